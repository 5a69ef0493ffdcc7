"""The months of the bureaus, asked and added up; no terminal here."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desk.client.silence import NoAnswer, WaitingFor, nobody_is_told
from desk.language import say
from desk.words import title
from models.figures.monthly import BureauMonth, DirectionMonth, MonthQuestion, Occurrence
from models.messages.stages import Party
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.values.due_dates import Clock
from rules.values.money import Fen, yuan
from rules.values.months import Month

if TYPE_CHECKING:
    from temporalio.client import Client

HALF, NINE_TENTHS = 50, 90
AT_ONCE = 8
"""Bureaus asked at the same time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took in the middle case, and in all but a tenth, in working days; None without a case."""

    cases: int
    median: int | None
    ninetieth: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted of a month, bureau by bureau, and who gave no answer.

    `calendar` is the one by which periods are counted in working days.
    """

    month: Month
    bureaus: tuple[BureauMonth, ...]
    silent: tuple[str, ...]
    calendar: WorkingCalendar

    def rows(self) -> Iterator[tuple[str, DirectionMonth]]:
        """Every bureau with each of its sides and directions."""
        return ((one.bureau, part) for one in self.bureaus for part in one.directions)

    def transfer_in_rows(self) -> list[DirectionMonth]:
        """The sides that relationships come to: over all bureaus each case once."""
        return [part for _, part in self.rows() if part.side is Party.TRANSFER_IN]

    def days_of(self, party: Party) -> Spread:
        """The working days charged to a party in the cases closed in the month."""
        return charged(self.transfer_in_rows(), party)

    def period_of(self, clock: Clock) -> Spread:
        """The working days that a statutory period took in these cases."""
        return period(self.transfer_in_rows(), clock, self.calendar)

    def grounds(self) -> list[Occurrence]:
        """Grounds of refusal, the most frequent first."""
        return _together(one for part in self.transfer_in_rows() for one in part.grounds)

    def points(self) -> list[Occurrence]:
        """Disputed points, the most frequent first."""
        return _together(one for part in self.transfer_in_rows() for one in part.points)

    def document(self) -> dict[str, Any]:
        """For machines: amounts in yuan, days in working days."""
        return {
            "month": str(self.month),
            "silent": list(self.silent),
            "bureaus": [_row(key, part, self.calendar) for key, part in self.rows()],
            "days_by_party": {party: _spread(self.days_of(party)) for party in PARTIES},
            "days_by_period": {clock: _spread(self.period_of(clock)) for clock in Clock},
            "grounds": [one.model_dump() for one in self.grounds()],
            "points": [one.model_dump() for one in self.points()],
        }


PARTIES = (Party.TRANSFER_IN, Party.TRANSFER_OUT, Party.APPLICANT, Party.PROVINCE)


def percentile(counted: Counter[int], share: int) -> int | None:
    """The smallest value that at least so many of a hundred do not exceed; None of nothing."""
    total, reached = sum(counted.values()), 0
    for value in sorted(counted):
        reached += counted[value]
        if reached * 100 >= total * share:
            return value
    return None


def spread(counted: Counter[int]) -> Spread:
    """Median and 90th percentile of values with their numbers of cases."""
    return Spread(sum(counted.values()), percentile(counted, HALF), percentile(counted, NINE_TENTHS))


def charged(parts: Iterable[DirectionMonth], party: Party) -> Spread:
    """The working days charged to a party; a case in which it had none counts as none."""
    counted: Counter[int] = Counter()
    ended = 0
    for part in parts:
        ended += part.ended
        for one in part.days:
            if one.party is party:
                counted[one.working_days] += one.cases
    counted[0] += max(0, ended - sum(counted.values()))
    return spread(+counted)


def period(parts: Iterable[DirectionMonth], clock: Clock, calendar: WorkingCalendar) -> Spread:
    """The working days from the receipt to the step that ends a statutory period."""
    counted: Counter[int] = Counter()
    for part in parts:
        for one in part.periods:
            if one.clock is clock:
                counted[working_days_between(one.received_on, one.stopped_on, calendar)] += one.cases
    return spread(counted)


def corrections_per_hundred(part: DirectionMonth) -> str:
    """Requests for correction per 100 cases that ended, to one decimal; empty without a case."""
    return f"{part.corrections * 100 / part.ended:.1f}" if part.ended else ""


def _together(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    cases: Counter[str] = Counter()
    words: dict[str, Occurrence] = {}
    for one in occurrences:
        cases[one.code] += one.cases
        words.setdefault(one.code, one)
    return [words[code].model_copy(update={"cases": count}) for code, count in cases.most_common()]


def _spread(of: Spread) -> dict[str, int | None]:
    return {"cases": of.cases, "median": of.median, "ninetieth": of.ninetieth}


def _row(key: str, part: DirectionMonth, calendar: WorkingCalendar) -> dict[str, Any]:
    return {
        "bureau": key,
        "side": part.side,
        "scheme_from": part.scheme_from,
        "scheme_to": part.scheme_to,
        "opened": part.opened,
        "closed": part.closed,
        "refused": part.refused,
        "withdrawn": part.withdrawn,
        "ruled": part.ruled,
        "open": part.open,
        "late": part.late,
        "money_sent": yuan(Fen(part.money)),
        "money_received": yuan(Fen(part.money_received)),
        "corrections": part.corrections,
        "corrections_per_hundred": corrections_per_hundred(part),
        "days_by_party": {party: _spread(charged([part], party)) for party in PARTIES},
        "days_by_period": {clock: _spread(period([part], clock, calendar)) for clock in Clock},
    }


COLUMNS = {
    "bureau": "经办机构",
    "side": "方向",
    "scheme_from": "转出险种",
    "scheme_to": "转入险种",
    "opened": "新收",
    "closed": "办结",
    "refused": "不予受理",
    "withdrawn": "撤回",
    "ruled": "裁定终结",
    "open": "未结",
    "late": "逾期",
    "money_sent": "划出（元）",
    "money_received": "收到（元）",
    "corrections": "更正请求",
    "corrections_per_hundred": "每百件更正",
}
"""The columns of the table for a spreadsheet, with their Chinese headings."""


def table_rows(report: Report) -> list[list[str]]:
    """A head and a row for each bureau, side and direction, for a spreadsheet; days as median and 90 %."""
    head = [say(name, zh) for name, zh in COLUMNS.items()]
    for party in PARTIES:
        charged_to = say("days_" + party, title(party) + "工作日")
        head += [charged_to + say("_median", "中位数"), charged_to + say("_ninetieth", "90%不超过")]
    rows = [head]
    for key, part in report.rows():
        document = _row(key, part, report.calendar)
        row = [str(document[name]) for name in COLUMNS]
        row[1] = say(row[1], title(part.side))
        for party in PARTIES:
            of = charged([part], party)
            row += ["" if value is None else str(value) for value in (of.median, of.ninetieth)]
        rows.append(row)
    return rows


async def month_of(
    client: Client, month: Month, keys: Collection[str], waiting_for: WaitingFor = nobody_is_told
) -> Report:
    """Ask bureaus for a month. Who does not answer is named in the report, and the others count.

    `waiting_for` is told meanwhile whose answers are still to come.
    """
    from desk.client.publication import calendar_of, published_notices

    found: list[BureauMonth] = []
    silent: list[str] = []
    try:
        calendar = calendar_of(await published_notices(client))
    except NoAnswer:
        calendar, silent = WorkingCalendar(), ["province"]
    asked = sorted(keys)
    for start in range(0, len(asked), AT_ONCE):
        batch = asked[start : start + AT_ONCE]
        waiting_for(asked[start:])
        for key, answer in zip(batch, await _ask(client, month, batch), strict=True):
            if isinstance(answer, BureauMonth):
                found.append(answer)
            else:
                silent.append(key)
    return Report(month, tuple(found), tuple(silent), calendar)


async def _ask(client: Client, month: Month, keys: Sequence[str]) -> list[BureauMonth | NoAnswer]:
    from activities.contracts import COUNT_MONTH
    from desk.client.worker_answers import TO_LOOK_UP, ask_bureau

    question = MonthQuestion(month=month)

    async def one(key: str) -> BureauMonth | NoAnswer:
        try:
            return await ask_bureau(client, key, COUNT_MONTH, question, f"figures of {month}", TO_LOOK_UP)
        except NoAnswer as silence:
            return silence

    return list(await asyncio.gather(*(one(key) for key in keys)))
