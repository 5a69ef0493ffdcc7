"""What cannot be handed in is refused at the desk, everything wrong at once, before any server is asked."""

from pathlib import Path

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from engine.encryption.keys import VARIABLE as KEYS_VARIABLE
from rules.values.bounds import EVIDENCE, TEXT

CASE = "220100-20260115-AAAAAAAA"
NOBODY = "127.0.0.1:1"
"""No server: a command that got as far as asking one would complain of that instead."""


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clerk:
    """At a desk without demonstration officers, which act where no officer is named."""
    monkeypatch.setenv(KEY_VARIABLE, "a key of this test")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "keys-of-no-demonstration.json"))
    return Clerk(NOBODY)


async def problems(clerk: Clerk, *typed: str, lang: str = "en") -> list[str]:
    """What a refused command complains of, without its summary."""
    summary, *lines = (await clerk(*typed, lang=lang)).refusal()
    assert summary in ("This cannot be handed in; nothing was sent:", "输入有误，未提交：")
    return [line.strip() for line in lines]


def flags(lines: list[str]) -> list[str]:
    return [line.partition(":")[0] for line in lines]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("supplement", CASE), ["--paper", "--officer"]),
        (("supplement", CASE, "--paper", "passport"), ["--paper", "--officer"]),
        (("withdraw", CASE), ["--officer", "--reason"]),
        (("withdraw", CASE, "--by", "minister"), ["--by", "--officer", "--reason"]),
        (("dispute", CASE), ["--by", "--officer", "--point", "--statement"]),
        (("answer", CASE, "--by", "east"), ["--by", "--officer", "--statement"]),
        (("settle", CASE, "--by", "in"), ["--officer", "--terms"]),
        (("refer", CASE, "--by", "in", "--officer", "崔明玉"), ["--officer", "--reason"]),
        (("rule", CASE), ["--officer", "--number", "--reasons", "--order"]),
        (
            ("rule", CASE, "--order", "pardon", "--order", "set_amount 1", "--message-id", "a b"),
            ["order 1", "order 2", "--message-id", "--officer", "--number", "--reasons"],
        ),
        (("approve", CASE, "everything"), ["--officer", "WHAT"]),
        (("certify", CASE, "--months", "2027-0"), ["--months", "--officer", "--evidence"]),
        (("arrears", CASE), ["--months", "--officer", "--evidence"]),
        (
            ("reopen", CASE, "--field", "shoe"),
            ["--seen", "--expected", "--evidence", "shoe", "--officer", "--reason"],
        ),
        (("amend", CASE, "--field", "shoe"), ["--value", "shoe", "--officer"]),
        (
            ("withdraw-correction", CASE, "--field", "shoe", "--field", "shoe"),
            ["shoe", "shoe", "shoe", "--officer"],
        ),
        (("choose", CASE, "--consent", "--account", "12"), ["--officer", "--account"]),
        (("choose", CASE, "--keep", "1"), ["--consent", "--officer", "--account"]),
        (("correct", CASE), ["--field", "--officer"]),
        (("amend", CASE), ["--field, --decline", "--officer"]),
        (
            ("correct", CASE, "--field", "line/4", "--field", "shoe", "--seen", "1.00", "--officer", "a"),
            ["--seen", "--expected", "--evidence", "line/4", "shoe"],
        ),
        (
            (
                *("correct", CASE, "--officer", "a", "--evidence", "x"),
                *("--field", "base/2020-13..2021-01", "--seen", "1.00", "--expected", "2.00"),
                *("--field", "line/5", "--seen", "much", "--expected", "-1"),
            ),
            ["base/2020-13..2021-01", "line/5, seen", "line/5, expected"],
        ),
        (
            ("amend", CASE, "--field", "line/5", "--value", "1.234", "--decline", "line/5", "--reason", ""),
            ["line/5, value", "line/5", "--officer", "field 2, reason"],
        ),
    ],
)
async def test_everything_wrong_is_told_at_once(
    clerk: Clerk, typed: tuple[str, ...], named: list[str]
) -> None:
    assert sorted(flags(await problems(clerk, *typed))) == sorted(named)


async def test_a_chinese_clerk_is_told_in_chinese(clerk: Clerk) -> None:
    lines = await problems(clerk, "rule", CASE, "--order", "pardon", lang="zh")
    assert all(not line.isascii() for line in lines)
    assert lines[0].startswith("第 1 项裁定：")


async def test_a_name_typed_as_a_value_is_not_repeated(clerk: Clerk) -> None:
    typed = ("correct", CASE, "--field", "line/5", "--seen", "崔明玉", "--expected", "1", "--evidence", "x")
    screen = await clerk(*typed)
    assert "崔明玉" not in screen.complaints
    assert "line/5, seen: not an amount" in screen.complaints


async def test_a_correction_file_is_checked_field_by_field(clerk: Clerk, tmp_path: Path) -> None:
    file = tmp_path / "correction.toml"
    file.write_text(
        """
        note = "urgent"
        [[items]]
        field = "line/6"
        seen = "1.00"
        expected = "2.00"
        evidence = "ledger"
        """
    )
    assert flags(await problems(clerk, "correct", CASE, "--file", str(file))) == [
        f"{file}",
        "line/6",
        "--officer",
    ]
    file.write_text("[[items]]\nfield = 'line/5'\nseen = 1.0\nreason = 'x'\n")
    lines = await problems(clerk, "correct", CASE, "--file", str(file), "--officer", "a")
    assert flags(lines) == ["field 1, seen", "field 1, expected", "field 1, evidence", "field 1, reason"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "items = [", "not a TOML table"),
        ("a.json", "[]", "not a JSON table"),
        ("a.json", '{"items"', "not a JSON table"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    clerk: Clerk, tmp_path: Path, name: str, text: str, told: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    (line,) = (await clerk("correct", CASE, "--file", str(file), "--officer", "a")).refusal()
    assert told in line


@pytest.mark.parametrize("text", ["items = 1", "items = [1]", "", "answers = []"])
async def test_a_file_without_its_list_says_which_list(clerk: Clerk, tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text + "\n# not empty")
    lines = await problems(clerk, "correct", CASE, "--file", str(file), "--officer", "a")
    assert "[[items]]" in lines[-1]


@pytest.mark.parametrize(
    ("action", "text", "flags_beside"),
    [
        (
            "correct",
            "[[items]]\nfield='line/5'\nseen='1.00'\nexpected='2.00'\nevidence='x'",
            ("--seen", "3.00"),
        ),
        ("amend", "[[answers]]\nfield = 'line/5'\nvalue = '1.00'", ("--decline", "name", "--reason", "x")),
        ("rule", "number = '3'\nreasons = 'x'\norders = ['proceed']", ("--order", "close")),
    ],
)
async def test_what_is_typed_beside_a_file_is_not_passed_over_in_silence(
    clerk: Clerk, tmp_path: Path, action: str, text: str, flags_beside: tuple[str, ...]
) -> None:
    file = tmp_path / "whole.toml"
    file.write_text(text)
    typed = (action, CASE, "--file", str(file), *flags_beside, "--officer", "a-1")
    assert await problems(clerk, *typed) == [
        "--file: give the file or the flags it stands for, not both",
    ]


async def test_a_ruling_file_is_checked_whole(clerk: Clerk, tmp_path: Path) -> None:
    file = tmp_path / "ruling.toml"
    file.write_text('number = 3\nreasons = ""\norders = ["close", "amend_field line/6 1"]\nkind = "final"')
    lines = await problems(clerk, "rule", CASE, "--file", str(file), "--officer", "p-1")
    assert flags(lines) == [f"{file}", "order 2", "--number", "--reasons"]
    file.write_text("orders = 'close'")
    lines = await problems(clerk, "rule", CASE, "--file", str(file), "--officer", "p-1")
    assert "list of texts" in lines[0]


@pytest.mark.parametrize("typed", [("rulings",), ("rulings", "--like", CASE, "--point", "amount")])
async def test_past_rulings_are_asked_for_in_one_way(clerk: Clerk, typed: tuple[str, ...]) -> None:
    (line,) = (await clerk(*typed)).refusal()
    assert "--like" in line
    assert "--point" in line


async def test_a_worklist_is_one_partys(clerk: Clerk) -> None:
    (line,) = (await clerk("worklist", "--province", "--applicant")).refusal()
    assert "--bureau" in line


@pytest.mark.parametrize(
    "unseen", ["\x1b[31mred", "left\u202eright", "no\u200bwidth", "two\nlines", "soft\u00adhyphen"]
)
async def test_characters_that_nobody_sees_are_refused_in_a_text(clerk: Clerk, unseen: str) -> None:
    (line,) = await problems(clerk, "withdraw", CASE, "--officer", "in-01", "--reason", unseen)
    assert line.startswith("--reason: ")
    assert "visible" in line


async def test_what_is_too_much_at_once_is_refused_with_the_bound(clerk: Clerk) -> None:
    dispute = ("dispute", CASE, "--by", "in", "--officer", "in-01", "--point", "bases", "--statement", "x")
    pieces = [part for _ in range(EVIDENCE + 1) for part in ("--evidence", "payroll")]
    (line,) = await problems(clerk, *dispute, *pieces)
    assert line == f"--evidence: at most {EVIDENCE} of them"
    (line,) = await problems(clerk, *dispute, "--evidence", "长" * (TEXT + 1))
    assert str(TEXT) in line
