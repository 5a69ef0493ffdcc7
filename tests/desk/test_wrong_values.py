"""What a clerk is told of a value that a model refuses, and of a file that the system does not give."""

import errno
import os
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from clerk import Clerk
from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails
from pydantic_core.core_schema import ErrorType

from desk.files.files import field_problems
from desk.problems import counted
from models.files.holiday_notice import DaysOffEntry
from models.files.system_errors import why_not
from models.messages.requests import HoldReason
from rules.values.moves import Material

DETAILS: dict[str, Any] = {
    "gt": 1,
    "ge": 1,
    "lt": 9,
    "le": 9,
    "multiple_of": 3,
    "min_length": 2,
    "max_length": 60,
    "actual_length": 1,
    "field_type": "List",
    "pattern": "[A-Z]+",
    "expected": "'one' or 'two'",
    "error": ValueError("of a program"),
    "class": "Move",
    "class_name": "Move",
    "attribute": "a",
    "discriminator": "'kind'",
    "tag": "x",
    "expected_tags": "'a'",
    "method_name": "f",
    "encoding": "utf-8",
    "encoding_error": "x",
    "tz_expected": 0,
    "tz_actual": 1,
    "expected_version": 4,
    "expected_schemes": "a",
    "max_digits": 2,
    "decimal_places": 2,
    "whole_digits": 2,
    "mapping_type": "x",
    "function_name": "f",
}
"""What the errors of the library are made with, whichever of it each takes."""
NOBODY = "127.0.0.1:1"
CASE = "220100-20260115-AAAAAAAA"


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_sentence_of_the_library_reaches_a_reader(kind: str) -> None:
    of_a_program = kind in ("value_error", "assertion_error")
    said = {**DETAILS, "error": ValueError("of a program") if of_a_program else "of a library"}
    details = InitErrorDetails(type=kind, loc=("field",), input=1, ctx=said)
    error = ValidationError.from_exception_data("paper", [details])
    (problem,) = field_problems(error)
    assert problem.words.en != error.errors()[0]["msg"]
    assert not re.match("Input|String|Value|Field|Extra", problem.words.en)
    assert re.search("[\u4e00-\u9fff]", problem.words.zh)
    assert "{" not in problem.words.en + problem.words.zh


def test_a_word_of_a_closed_list_is_told_by_titles() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(list[Material]).validate_python(["passport"])
    (problem,) = field_problems(refused.value)
    assert problem.words.zh.startswith("应为 ")
    assert all(f"{material.official}（{material.value}）" in problem.words.zh for material in Material)
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(HoldReason).validate_python("holiday")
    (problem,) = field_problems(refused.value)
    assert "参保人员死亡（death）" in problem.words.zh


def test_a_place_in_a_list_is_counted_from_one() -> None:
    assert str(counted("months.0.to")) == "months, item 1, to"
    assert counted("提交材料.1").zh == "提交材料，第 2 项"
    assert str(counted("bureaus.220100.ruling")) == "bureaus, 220100, ruling"


def test_a_day_off_that_ends_before_it_begins_is_told_in_chinese() -> None:
    with pytest.raises(ValidationError) as refused:
        DaysOffEntry.model_validate({"from": "2027-02-13", "to": "2027-02-05", "name": "春节"})
    assert [one.words.zh for one in field_problems(refused.value)] == ["结束早于开始"]


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.EEXIST, errno.EACCES, errno.ENOSPC, errno.ENOTDIR, 9999]
)
def test_the_system_is_quoted_in_chinese(number: int) -> None:
    said = why_not(OSError(number, os.strerror(number))).zh
    assert not said.isascii()
    assert not re.search("[A-Za-z]", said)


async def test_a_correction_without_its_evidence_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"items": [{"field": "base/2018-01..2018-02", "seen": "1.00", "expected": "-2.00", "evidence": ""}]}'
    )
    refused = await Clerk(NOBODY)(
        "correct", CASE, "--file", str(tmp_path / "a.json"), "--officer", "a", lang="zh"
    )
    assert refused.refusal()[1:] == [
        "  base/2018-01..2018-02，应为（expected）：金额不能为负",
        "  第 1 个栏目，依据（evidence）：不能为空",
    ]


@pytest.mark.parametrize(
    ("name", "content", "told", "not_told"),
    [
        ("a.json", b"\xff\xfe\x00\xd8", "请另存为 UTF-8 文本", "CSV"),
        ("a.toml", b"a = '\x81\x30\xff'", "请另存为 UTF-8 文本", "CSV"),
        ("a.xlsx", b"no workbook", "不是可读取的工作簿", "另存为"),
        ("a.csv", b"\x81\x30\xff", "请另存为“CSV UTF-8”或 .xlsx", "UTF-8 文本"),
    ],
)
async def test_a_file_gets_advice_that_fits_it(
    tmp_path: Path, name: str, content: bytes, told: str, not_told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    command = ("calendar", "preview", str(file)) if name == "a.toml" else ("apply", "--file", str(file))
    refusal = " ".join((await Clerk(NOBODY)(*command, lang="zh")).refusal())
    assert told in refusal
    assert not_told not in refusal
