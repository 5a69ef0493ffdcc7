"""A day typed after a flag: read alike by every command, and told beside what else is wrong."""

from dataclasses import replace
from datetime import date, datetime
from unittest.mock import ANY

import pytest
from clerk import Clerk

from desk.files.files import typed_day
from desk.print.words import day as printed_day
from desk.problems import BadInput
from desk.words import day as shown_day
from rules.values.due_dates import CHINA_TIME

NOBODY = "127.0.0.1:1"
NOT_A_DAY = "not a day; write it as 2026-01-31."
OF_NO_BUREAU = "There is no bureau nowhere; `starter.py bureaus` lists them."


@pytest.mark.parametrize(
    "text",
    [
        "2026-W05-1",
        "2026-02-30",
        "2026年2月30日",
        "31.01.2026",
        "1月31日",
        "2026-01-31 17:00",
        "2026",
        " ",
        "",
    ],
)
def test_what_is_not_written_as_year_month_and_day_is_none(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        typed_day("--on", text)
    assert str(refused.value) == f"--on: {NOT_A_DAY}"


async def test_a_reader_of_chinese_is_told_how_to_write_a_day_in_one_sentence() -> None:
    (line,) = (await Clerk(NOBODY)("list", "--since", "昨天", lang="zh")).refusal()
    assert line == "--since：不是日期，应写成 2026-01-31 或 2026年1月31日。"


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        "2024-2-29",
        "2024年2月29日",
        "2024年02月29日",
        " ２０２４年２月２９日 ",
        "2024/2/29",
        "20240229",
    ],
)
def test_a_day_is_read_as_a_screen_and_a_paper_show_it(text: str) -> None:
    assert typed_day("--on", text) == date(2024, 2, 29)


def test_the_day_that_a_paper_prints_can_be_typed() -> None:
    day = date(2026, 1, 31)
    assert typed_day("--on", printed_day(day)) == day
    assert typed_day("--on", shown_day(datetime(2026, 1, 31, tzinfo=CHINA_TIME))) == day


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("bureaus", "--on"), "Changchun"),
        (("calculate", "examples/histories/worker.json", "--to", "G", "--on"), "135"),
        (("deadline", "--working-days", "15", "--received"), "2017-10-16"),
    ],
)
async def test_a_command_answers_for_a_day_in_chinese_as_for_the_same_in_digits(
    typed: tuple[str, ...], told: str
) -> None:
    clerk = Clerk(NOBODY)
    in_digits = await clerk(*typed, "2017-09-15")
    assert in_digits.code == 0
    assert await clerk(*typed, "2017年9月15日") == replace(in_digits, typed=ANY)


@pytest.mark.parametrize("day", ["2026-W05-1", "soon"])
@pytest.mark.parametrize(
    ("typed", "flag"),
    [
        (("bureaus", "--on"), "--on"),
        (("calculate", "examples/histories/worker.json", "--to", "G", "--on"), "--on"),
        (("list", "--due-before"), "--due-before"),
        (("audit", "--since"), "--since"),
        (("deadline", "--working-days", "15", "--received"), "--received"),
    ],
)
async def test_every_command_reads_a_day_alike(typed: tuple[str, ...], flag: str, day: str) -> None:
    refusal = (await Clerk(NOBODY)(*typed, day)).refusal()
    assert [line.strip() for line in refusal if "--" in line] == [f"{flag}: {NOT_A_DAY}"]


async def test_a_list_is_told_of_its_wrong_bureau_and_its_wrong_day_together() -> None:
    lines = (await Clerk(NOBODY)("list", "--bureau", "nowhere", "--due-before", "soon")).refusal()
    assert [line.strip() for line in lines] == [OF_NO_BUREAU, f"--due-before: {NOT_A_DAY}"]
