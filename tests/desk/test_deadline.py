"""The certificate of a due date, as a clerk sees it and as a machine reads it."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from desk import language
from desk.commands.deadline import deadline
from desk.language import Language
from desk.problems import BadInput
from desk.screens.bad_input import problem_of

SAMPLE = Path(__file__).parents[2] / "examples" / "calendar" / "notice-2027-sample.toml"
app = typer.Typer(pretty_exceptions_enable=False)
app.command("deadline")(deadline)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No platform is asked, whatever may run beside the tests."""
    monkeypatch.setattr("desk.commands.deadline._published", lambda _: (None, None))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    language.choose(Language.ENGLISH)
    yield
    language.choose(Language.ENGLISH)


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def answer(*arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(printed(*arguments, "--json"))
    return document


def problems(*arguments: str) -> tuple[str, ...]:
    with pytest.raises(BadInput) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    return tuple(map(problem_of, caught.value.problems))


def test_the_document_has_the_due_date_and_every_day() -> None:
    document = answer("--received", "2025-12-19", "--working-days", "15")
    assert document["due_on"] == document["earliest"] == document["latest"] == "2026-01-12"
    assert document["provisional"] is False
    assert document["calendar"].startswith("holidays ")
    days = document["days"]
    assert [day["number"] for day in days if day["counted"]] == list(range(1, 16))
    first = date(2025, 12, 19)
    assert [day["date"] for day in days] == [str(first + timedelta(days=n)) for n in range(25)]
    assert days[0]["why"] == "day of receipt, not counted"
    assert all(set(day) >= {"date", "counted", "number", "why", "source"} for day in days)


def test_a_date_in_an_unpublished_year_is_provisional_and_firms_up_with_the_notice() -> None:
    asked = ("--received", "2027-09-10", "--working-days", "15")
    before = answer(*asked)
    assert before["provisional"] is True
    assert before["earliest"] == before["due_on"] < before["latest"]
    after = answer(*asked, "--calendar", str(SAMPLE))
    assert after["provisional"] is False
    assert before["earliest"] <= after["due_on"] <= before["latest"]
    assert after["calendar"] != before["calendar"]


def test_the_bureau_counts_by_its_own_closures() -> None:
    asked = ("--received", "2027-09-01", "--working-days", "2", "--calendar", str(SAMPLE))
    at_yanbian = answer(*asked, "--bureau", "222400")
    assert answer(*asked, "--bureau", "220100")["due_on"] == "2027-09-03"
    assert at_yanbian["due_on"] == "2027-09-06"
    assert [day["why"] for day in at_yanbian["days"] if day["kind"] == "closure"] == [
        "延边朝鲜族自治州成立纪念日"
    ]


def test_the_certificate_can_be_recounted_by_hand() -> None:
    text = printed("--received", "2025-12-19", "--working-days", "15")
    assert re.search(r"^Due +2026-01-12 Mon 24:00", text, re.MULTILINE)
    rows = re.findall(r"^(\d{4}-\d\d-\d\d)  (\w{3})  (\S+) +(.+?)  +\[(\d)\]", text, re.MULTILINE)
    assert len(rows) == 25
    assert [row[2] for row in rows if row[2] != "–"] == [str(n) for n in range(1, 16)]
    assert ("2026-01-04", "Sun", "9", "make-up working day for 2026-01-02") in [row[:4] for row in rows]
    for number in {row[4] for row in rows}:
        assert re.search(rf"^\[{number}\] \S", text, re.MULTILINE)
    assert "民法典第二百零一条" in text
    assert "the platform did not answer; what the province has published is not in it" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_certificate_speaks_chinese() -> None:
    language.choose(Language.CHINESE)
    text = printed("--received", "2027-09-10", "--working-days", "15", "--bureau", "222401")
    assert "收到之日，不计入" in text
    assert "中秋节" in text
    assert "2027 年放假通知尚未公布" in text
    assert "最早 2027-10-07，最迟 2027-10-08" in text
    assert "延吉市社会保险局 222401" in text


def test_bad_input_is_told_all_at_once() -> None:
    found = problems(
        "--received", "2025-02-30", "--working-days", "0", "--bureau", "999999", "--calendar", "none.toml"
    )
    assert [problem.split(":")[0] for problem in found] == [
        "--received",
        "--working-days",
        "--bureau",
        "--calendar",
    ]


@pytest.mark.parametrize("received", ["1991-12-31", "2000-12-31", "2100-01-01", "9999-12-31", "2025-W04-1"])
def test_a_day_without_holiday_records_is_refused(received: str) -> None:
    (problem,) = problems("--received", received, "--working-days", "15")
    assert problem.startswith("--received")


@pytest.mark.parametrize("length", ["0", "-3", "1001", "99999999999", "1.5", "fifteen", "", "１５", "²"])
def test_an_absurd_length_is_refused(length: str) -> None:
    (problem,) = problems("--received", "2025-01-20", f"--working-days={length}")
    assert problem.startswith("--working-days")


def test_the_longest_period_and_the_first_and_last_day_are_accepted() -> None:
    assert len(answer("--received", "2001-01-01", "--working-days", "1000")["days"]) > 1000
    assert answer("--received", "2099-12-31", "--working-days", "1000")["provisional"] is True


def test_the_furthest_seen_is_the_other_bound_of_a_provisional_date() -> None:
    asked = ("--received", "2027-09-10", "--working-days", "15", "--open-years", "furthest_seen")
    seen = answer(*asked)
    assert (seen["earliest"], seen["latest"]) == ("2027-09-30", "2027-10-09")
