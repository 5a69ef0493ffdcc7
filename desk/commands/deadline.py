"""`starter.py deadline`: the certificate of a due date, which can be recounted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from desk.client.session import with_client
from desk.files.calendar_file import read_calendar_files
from desk.files.files import bureau_keys, typed_day
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.screens.screen import JsonOption, console, print_json, table
from desk.words import calendar_name, hour, listed, weekday
from engine.address import NoEngine
from models.files.holiday_notice import LAST_YEAR, CalendarFile, loaded
from rules.application.bureaus import listed_bureau
from rules.calendar.published_holidays import FIRST_PUBLISHED_YEAR, governing_year
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date
from rules.clocks.clocks import LONGEST_PERIOD, end_of
from rules.values.due_dates import DayKind, DueDate, OpenYears
from rules.values.law import CIVIL_CODE, Law

if TYPE_CHECKING:
    from temporalio.client import Client

FIRST_DAY = date(FIRST_PUBLISHED_YEAR, 1, 1)
"""Holiday notices are on record from this year; an earlier count would not be reliable."""

LAST_DAY = date(LAST_YEAR - 1, 12, 31)
"""After it not even the dates of the festivals are known."""

TO_BE_TOLD = timedelta(seconds=3)
SECONDS_TO_CONNECT = 2.0
"""The count is possible without the platform, so the command does not wait long for it."""
STARTING_DAY = Law(CIVIL_CODE, "第二百零一条")
END_OF_PERIOD = Law(CIVIL_CODE, "第二百零三条")


STYLES = {
    DayKind.RECEIPT: "dim",
    DayKind.WEEKEND: "dim",
    DayKind.HOLIDAY: "dim",
    DayKind.DAY_OFF: "dim",
    DayKind.CLOSURE: "dim",
    DayKind.MAKE_UP: "bold",
}


@dataclass(frozen=True, slots=True)
class Question:
    """The question, after its checks."""

    received_on: date
    working_days: int
    bureau: str | None
    files: list[CalendarFile]
    open_years: OpenYears | None = None
    """None means as the calendar has it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer, the calendar it was counted by, and whether cases count by that calendar."""

    due: DueDate
    calendar: WorkingCalendar
    of_the_province: bool
    close_of_business: time | None = None
    """The hour at which the last day ends at the bureau in question; None for 24:00."""


def deadline(
    received: Annotated[str, typer.Option(metavar="DATE", help="Day of receipt, YYYY-MM-DD.")],
    working_days: Annotated[str, typer.Option(metavar="N", help="Length of the period in working days.")],
    bureau: Annotated[
        str | None, typer.Option(metavar="CODE", help="Bureau whose own closures count.")
    ] = None,
    calendar: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Calendar file (TOML); may be given again.")
    ] = None,
    open_years: Annotated[
        OpenYears | None, typer.Option(help="What a year whose notice is still to come may bring.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The due date of a period, with every day from receipt on: its number, or why it does not count.

    Counted as cases are, by what the province has published; by the nationwide calendar alone where no
    platform is there to tell, and then it says so.
    """
    asked = replace(_question(received, working_days, bureau, calendar or []), open_years=open_years)
    counted = _counted(asked)
    if as_json:
        print_json(_document(counted, asked.bureau))
    else:
        _certificate(counted, asked)


def _counted(asked: Question) -> Counted:
    published, close = _published(asked.bureau)
    whole = loaded(published or WorkingCalendar(), asked.files)
    if asked.open_years is not None:
        whole = replace(whole, open_years=asked.open_years)
    calendar = whole.at(asked.bureau) if asked.bureau else whole
    due = due_date(asked.received_on, asked.working_days, calendar)
    return Counted(due, calendar, of_the_province=published is not None, close_of_business=close)


def _published(bureau: str | None) -> tuple[WorkingCalendar | None, time | None]:
    """The calendar by which cases count, and the bureau's closing hour; None if no platform answers."""
    from desk.client.publication import calendar_of, office_hours, published_notices
    from desk.client.worker_answers import Patience

    patience = Patience(attempts=1, in_all=TO_BE_TOLD)

    async def ask(client: Client) -> tuple[WorkingCalendar, time | None]:
        calendar = calendar_of(await published_notices(client, patience))
        return calendar, await office_hours(client, bureau, patience) if bureau else None

    try:
        return with_client(ask, SECONDS_TO_CONNECT)
    except (NoEngine, BadInput):
        return None, None


def _question(received: str, working_days: str, bureau: str | None, paths: list[Path]) -> Question:
    """The question as typed. Raises BadInput with every problem."""
    problems: list[Problem] = []
    received_on = _received_on(received, problems)
    length = _length(working_days, problems)
    keys, unknown = bureau_keys([bureau] if bureau is not None else (), "--bureau")
    problems += unknown
    files: list[CalendarFile] = []
    try:
        files = read_calendar_files(paths)
    except BadInput as bad:
        told = [Problem("", bad.summary), *bad.problems] if str(bad.summary) else bad.problems
        problems += [one.within("--calendar", "--calendar") for one in told]
    if problems or received_on is None or length is None:
        raise BadInput(say("The due date cannot be worked out:", "无法计算到期日："), problems)
    return Question(received_on, length, keys[0] if keys else None, files)


def _received_on(text: str, problems: list[Problem]) -> date | None:
    try:
        day = typed_day("--received", text)
    except BadInput as bad:
        problems += bad.problems
        return None
    if not FIRST_DAY <= day <= LAST_DAY:
        problems.append(
            Problem(
                "--received",
                Words(
                    f"must lie from {FIRST_DAY} to {LAST_DAY}; no holidays are on record outside.",
                    f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间，此外没有节假日资料。",
                ),
            )
        )
        return None
    return day


def _length(text: str, problems: list[Problem]) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST_PERIOD)) else 0
    if 1 <= number <= LONGEST_PERIOD:
        return number
    problems.append(
        Problem(
            "--working-days",
            Words(
                f"must be a whole number from 1 to {LONGEST_PERIOD}.", f"应为 1 至 {LONGEST_PERIOD} 的整数。"
            ),
        )
    )
    return None


def _document(counted: Counted, bureau: str | None) -> dict[str, Any]:
    due = counted.due
    return {
        "received": due.received_on.isoformat(),
        "working_days": due.working_days,
        "bureau": bureau,
        "due_on": due.due_on.isoformat(),
        "due_at": end_of(due.due_on, counted.close_of_business).isoformat(),
        "provisional": due.provisional,
        "earliest": due.earliest.isoformat(),
        "latest": due.latest.isoformat(),
        "calendar": due.calendar,
        "as_the_province_counts": counted.of_the_province,
        "law": [str(STARTING_DAY), str(END_OF_PERIOD)],
        "days": [
            {
                "date": line.day.isoformat(),
                "counted": line.counted,
                "number": line.number,
                "kind": line.kind.value,
                "why": say(line.en, line.zh),
                "source": line.source,
            }
            for line in due.days
        ],
    }


def _certificate(counted: Counted, asked: Question) -> None:
    """Print the count for a clerk to file: the answer, the days, and the notice behind each day."""
    screen, due = console(), counted.due
    head = Table.grid(padding=(0, 2, 0, 0))
    for name, text in _head(counted, asked):
        head.add_row(Text(name, style="bold"), Text(text))
    sources = list(dict.fromkeys(line.source for line in due.days))
    days = table(say("Day", "日期"), "", say("No.", "序号"), say("Why", "事由"), say("Source", "依据"))
    for line in due.days:
        number = str(line.number) if line.counted else "–"
        source = f"[{sources.index(line.source) + 1}]"
        cells = (str(line.day), weekday(line.day), number, say(line.en, line.zh), source)
        days.add_row(*map(Text, cells), style=STYLES.get(line.kind, ""))
    screen.print(head)
    screen.print()
    screen.print(days)
    screen.print()
    for position, source in enumerate(sources, start=1):
        screen.print(f"[{position}] {calendar_name(str(source))}", markup=False)


def _head(counted: Counted, asked: Question) -> Iterator[tuple[str, str]]:
    """The question and the answer, one line each."""
    due = counted.due
    yield say("Received", "收到"), f"{due.received_on} {weekday(due.received_on)}"
    yield say("Period", "期限"), say(f"{due.working_days} working days", f"{due.working_days} 个工作日")
    yield say("Due", "到期"), f"{due.due_on} {weekday(due.due_on)} {_hour(counted)}"
    if due.provisional:
        yield say("Provisional", "暂定"), _reservation(due, counted.calendar)
    if asked.bureau and (known := listed_bureau(asked.bureau)):
        yield say("Bureau", "经办机构"), f"{say(known.en, known.zh)} {known.key}"
    yield say("Calendar", "日历"), calendar_name(due.calendar)
    if not counted.of_the_province:
        yield from _not_known(asked)
    yield say("Law", "依据"), listed(map(str, (STARTING_DAY, END_OF_PERIOD)))


_BOUNDED_BY = {
    OpenYears.PRINCIPLES: Words("the principles of arrangement since 2025", "2025 年起的放假调休原则"),
    OpenYears.FURTHEST_SEEN: Words("the arrangements seen since 2014", "2014 年以来的各种放假安排"),
}


def _not_known(asked: Question) -> Iterator[tuple[str, str]]:
    """What is not known without the platform."""
    note = say("Note", "注")
    published = say(
        "the platform did not answer; what the province has published is not in it",
        "省级平台未响应，省局已发布的放假安排未计入",
    )
    yield note, published
    if asked.bureau:
        yield (
            note,
            say("the bureau may have arranged an earlier hour than 24:00", "该局下班时间可能早于 24:00"),
        )


def _hour(counted: Counted) -> str:
    return hour(end_of(counted.due.due_on, counted.close_of_business))


def _reservation(due: DueDate, calendar: WorkingCalendar) -> str:
    """Which notice is still to come, and what the date may become then."""
    governing = sorted({governing_year(line.day) for line in due.days})
    years = listed(str(year) for year in governing if not calendar.is_published(year))
    by = _BOUNDED_BY[calendar.open_years]
    if due.earliest == due.latest:
        return say(
            f"the notice for {years} is still to come; no arrangement by {by.en} would change the date",
            f"{years} 年放假通知尚未公布；按{by.zh}，日期均不变",
        )
    return say(
        f"the notice for {years} is still to come; from {due.earliest} to {due.latest} by {by.en}",
        f"{years} 年放假通知尚未公布；按{by.zh}，最早 {due.earliest}，最迟 {due.latest}",
    )
