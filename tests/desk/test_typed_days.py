"""A day typed after a flag: read alike by every command, and told beside what else is wrong."""

from datetime import date

import pytest
from clerk import Clerk

from desk.files.files import typed_day
from desk.problems import BadInput

NOBODY = "127.0.0.1:1"
NOT_A_DAY = "not a day; write it as 2026-01-31."
OF_NO_BUREAU = "There is no bureau nowhere; `starter.py bureaus` lists them."


@pytest.mark.parametrize(
    "text", ["20260131", "2026-W05-1", "2026-02-30", "2026/01/31", "31.01.2026", " ", ""]
)
def test_what_is_not_written_as_year_month_and_day_is_none(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        typed_day("--on", text)
    assert str(refused.value) == f"--on: {NOT_A_DAY}"


def test_a_day_is_read() -> None:
    assert typed_day("--on", "2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("day", ["20260131", "2026-W05-1", "soon"])
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
