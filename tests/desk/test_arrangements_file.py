"""Files of arrangements: what a case runs under, and everything wrong with a file told at once."""

import subprocess
import sys
from datetime import time
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from desk.files.province_files import TITLES, read_arrangements
from desk.problems import BadInput
from models.files.arrangements_file import ArrangementsFile
from models.files.bureau_data_file import BureauDataFile
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from province import CHANGCHUN, YANBIAN
from rules.values.form_fields import CorrectionEffect
from rules.values.record import RefundOf

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "arrangements.toml"

BAD = """
colour = "red"
[defaults]
refund = "three_officers"
close_of_business = "5 pm"
[bureaus.999999]
posting = "one_officer"
[bureaus.220100]
ruling = "one_officer"
close_of_business = 17:00:00
[corrections]
clock_c = "stop"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "arrangements.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rulings_and_refunds_need_two_officers_where_nothing_else_is_arranged() -> None:
    arranged = ArrangementsFile().for_case(YANBIAN, CHANGCHUN)
    assert {what: arranged.needed(what) for what in Approvable} == {
        Approvable.RELEASE_OF_FUNDS: 0,
        Approvable.POSTING: 0,
        Approvable.REFUND: 2,
        Approvable.RULING: 2,
        Approvable.REOPENING: 2,
    }
    assert (arranged.close_out, arranged.close_in) == (None, None)
    assert arranged.effect_on_transfer_out is CorrectionEffect.RUN_ON
    assert arranged.effect_on_take_in is CorrectionEffect.RESTART
    assert arranged.refund_of is RefundOf.PRINCIPAL


def test_the_example_says_what_is_built_in_but_for_the_bureau_it_names() -> None:
    example = read_arrangements(EXAMPLE)
    assert example.for_case(CHANGCHUN, "220300") == ArrangementsFile().for_case(CHANGCHUN, "220300")
    out = example.for_case(YANBIAN, CHANGCHUN)
    assert out.officers[Approvable.RELEASE_OF_FUNDS] is Officers.ONE_OFFICER
    assert (out.close_out, out.close_in) == (time(17), None)
    into = example.for_case(CHANGCHUN, YANBIAN)
    assert into.officers[Approvable.RELEASE_OF_FUNDS] is Officers.STRAIGHT_THROUGH
    assert (into.close_out, into.close_in) == (None, time(17))


def test_a_bureaus_own_word_stands_over_the_defaults_and_24_00_over_an_earlier_hour(tmp_path: Path) -> None:
    text = """
    [defaults]
    posting = "two_officers"
    close_of_business = "16:30"
    [bureaus.222400]
    close_of_business = "24:00"
    """
    arranged = read_arrangements(written(tmp_path, text)).for_case(CHANGCHUN, YANBIAN)
    assert arranged.officers[Approvable.POSTING] is Officers.TWO_OFFICERS
    assert (arranged.close_out, arranged.close_in) == (time(16, 30), None)


def test_everything_wrong_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_arrangements(written(tmp_path, BAD))
    assert [problem.field for problem in caught.value.problems] == [
        "defaults.refund",
        "defaults.close_of_business",
        "bureaus.999999",
        "bureaus.220100.close_of_business",
        "bureaus.220100.ruling",
        "corrections.clock_c",
        "colour",
    ]


def test_in_chinese_keys_and_values_have_their_chinese_names(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_arrangements(written(tmp_path, BAD))
    refund, *_, clock, _ = caught.value.problems
    assert refund.named is not None
    assert refund.named.zh == "退还本金审批（defaults，refund）"
    assert "一人审批（one_officer）" in refund.words.zh
    assert "重新起算（restart）" in clock.words.zh
    assert keys_of(ArrangementsFile) | keys_of(BureauDataFile) == set(TITLES)


def keys_of(file: type[BaseModel]) -> set[str]:
    """The keys of a file, and of what is in it."""
    fields = file.model_fields
    within = chain.from_iterable(get_args(one.annotation) or [one.annotation] for one in fields.values())
    parts = (one for one in within if isinstance(one, type) and issubclass(one, BaseModel))
    return set(fields).union(*map(keys_of, parts))


def test_a_file_that_is_no_toml_is_told_so_and_where_it_stops(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not TOML"):
        read_arrangements(written(tmp_path, "[defaults"))
    with pytest.raises(BadInput) as caught:
        read_arrangements(written(tmp_path, "[defaults]\nposting 1\n"))
    assert caught.value.summary.zh.endswith("不是有效的 TOML：第 2 行第 9 列。")


def test_a_worker_does_not_start_with_a_bad_file(tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    command = [sys.executable, str(ROOT / "worker.py"), "--platform", "--arrangements", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 8
    assert "Traceback" not in done.stderr
