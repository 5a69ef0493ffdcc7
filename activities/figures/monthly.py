"""A month of a bureau, counted from the papers on file."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.contracts import COUNT_MONTH
from models.figures.monthly import (
    BureauMonth,
    DaysCharged,
    DirectionMonth,
    MonthQuestion,
    Occurrence,
    PeriodSpan,
)
from models.messages.papers import RemittancePurpose
from models.messages.stages import Event, Party, Stage
from models.store.databases import execute
from models.store.store import Store
from models.store.tables import PAPER
from rules.application.ground_titles import ground_title
from rules.values.due_dates import Clock, china_day, china_midnight
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.orders import DisputePoint
from rules.values.papers import PaperKind, Side

READ_TOGETHER = 200
"""How many papers are read at a time; this bounds the memory a count takes."""

Key = tuple[Party, Scheme, Scheme]


@dataclass
class _Tally:
    """The counts of one side and direction."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[tuple[Party, int]] = field(default_factory=Counter)
    periods: Counter[tuple[Clock, date, date]] = field(default_factory=Counter)
    grounds: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)

    def end(self, dossier: dict[str, Any]) -> None:
        """Count a case that has ended."""
        progress = dossier["progress"]
        self.counts[_ENDS.get(progress["stage"], "ruled")] += 1
        self.counts["late"] += any(clock["overdue"] for clock in progress["clocks"])
        self.counts["corrections"] += sum(line["event"] in _CORRECTIONS for line in dossier["journal"])
        for share in dossier["responsibility"]["ledger"]["shares"]:
            self.days[Party(share["party"]), share["working_days"]] += 1
        for clock in progress["clocks"]:
            if clock["stopped_at"]:
                stopped = china_day(datetime.fromisoformat(clock["stopped_at"]))
                received = date.fromisoformat(clock["received_on"])
                self.periods[Clock(clock["clock"]), received, stopped] += 1
        if progress["stage"] == Stage.REFUSED:
            self.grounds.update({ground["code"] for ground in dossier["notice"]["refusals"]})
        for dispute in dossier["disputes"]:
            self.points[dispute["point"]] += 1

    def as_month(self, key: Key) -> DirectionMonth:
        """The counts as a message; grounds and points with the most frequent first."""
        side, left, joined = key
        return DirectionMonth(
            side=side,
            scheme_from=left,
            scheme_to=joined,
            **self.counts,
            days=tuple(
                DaysCharged(party=party, working_days=days, cases=cases)
                for (party, days), cases in sorted(self.days.items())
            ),
            periods=tuple(
                PeriodSpan(clock=clock, received_on=received, stopped_on=stopped, cases=cases)
                for (clock, received, stopped), cases in sorted(self.periods.items())
            ),
            grounds=tuple(
                Occurrence(code=code, zh=titles[1], en=titles[0], cases=cases)
                for code, cases in self.grounds.most_common()
                for titles in (ground_title(code),)
            ),
            points=tuple(
                Occurrence(code=point, zh=titles[1], en=titles[0], cases=cases)
                for point, cases in self.points.most_common()
                for titles in (DisputePoint(point).titles,)
            ),
        )


_ENDS = {
    Stage.CLOSED: "closed",
    Stage.REFUSED: "refused",
    Stage.WITHDRAWN: "withdrawn",
    Stage.ENDED_BY_RULING: "ruled",
}
_CORRECTIONS = frozenset({Event.CORRECTION_REQUESTED, Event.DISCREPANCY_FOUND})


class FiguresActivities:
    """Counts a month of a bureau, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @COUNT_MONTH.implements
    async def count_month(self, question: MonthQuestion) -> BureauMonth:
        """Count the papers of a calendar month in China."""
        begins, ends = _instant(question.month), _instant(question.month.plus(1))
        tallies: defaultdict[Key, _Tally] = defaultdict(_Tally)
        async with self.store.reading() as session:
            await self._opened(session, begins, ends, tallies)
            await self._ended(session, begins, ends, tallies)
            await self._money(session, begins, ends, tallies)
        directions = (tallies[key].as_month(key) for key in sorted(tallies))
        return BureauMonth(bureau=self.bureau, month=question.month, directions=tuple(directions))

    async def _opened(
        self, session: AsyncSession, begins: datetime, ends: datetime, tallies: defaultdict[Key, _Tally]
    ) -> None:
        """Count received cases: by application where they come to, by letter and form where they leave.

        Those without an end are open.
        """
        dossier = PAPER.alias("dossier")
        over = (
            select(dossier.c.id)
            .where(
                dossier.c.case_no == PAPER.c.case_no,
                dossier.c.kind == PaperKind.DOSSIER,
                dossier.c.at < ends,
            )
            .exists()
        )
        form = PAPER.alias("form")
        drawn_up = (
            select(form.c.id)
            .where(
                form.c.case_no == PAPER.c.case_no,
                form.c.kind == PaperKind.INFORMATION_FORM,
                form.c.side == Side.ISSUED,
            )
            .exists()
        )
        first = (PAPER.c.side == Side.RECEIVED, PAPER.c.version == 1)
        papers = {
            Party.TRANSFER_OUT: (PAPER.c.kind.in_(_AT_ENTRY), *first, drawn_up),
            Party.TRANSFER_IN: (PAPER.c.kind == PaperKind.APPLICATION, *first),
        }
        for side, of_kind in papers.items():
            async for row in _read(session, *of_kind, PAPER.c.at >= begins, PAPER.c.at < ends):
                tallies[side, *_schemes(row)].counts["opened"] += 1
            async for row in _read(session, *of_kind, PAPER.c.at < ends, ~over):
                tallies[side, *_schemes(row)].counts["open"] += 1

    async def _ended(
        self, session: AsyncSession, begins: datetime, ends: datetime, tallies: defaultdict[Key, _Tally]
    ) -> None:
        """Count ended cases by their first dossier, since a reopened case is received once.

        The transfer-out bureau counts those for which it drew up a form, as it counts no others as received.
        """
        of_month = (
            PAPER.c.kind == PaperKind.DOSSIER,
            PAPER.c.version == 1,
            PAPER.c.at >= begins,
            PAPER.c.at < ends,
        )
        forms = PAPER.alias("form")
        drawn_up = select(forms.c.case_no).where(
            forms.c.kind == PaperKind.INFORMATION_FORM,
            forms.c.side == Side.ISSUED,
            forms.c.case_no.in_(select(PAPER.c.case_no).where(*of_month)),
        )
        with_form = set((await execute(session, drawn_up)).scalars())
        async for row in _read(session, *of_month):
            dossier = from_json(row.body)
            asked = dossier["application"]
            direction = Scheme(asked["scheme_from"]), Scheme(asked["scheme_to"])
            # Within one bureau the case ends on both sides.
            for key, side in (("bureau_in", Party.TRANSFER_IN), ("bureau_out", Party.TRANSFER_OUT)):
                if asked[key] == self.bureau and (side is Party.TRANSFER_IN or row.case_no in with_form):
                    tallies[side, *direction].end(dossier)

    async def _money(
        self, session: AsyncSession, begins: datetime, ends: datetime, tallies: defaultdict[Key, _Tally]
    ) -> None:
        """Count what this bureau sent and received; the direction is that of the information form."""
        moved = (PAPER.c.kind == PaperKind.REMITTANCE, PAPER.c.at >= begins, PAPER.c.at < ends)
        async for row in _read(session, *moved):
            paper = from_json(row.body)
            side = _sending(paper) if row.side == Side.ISSUED else _receiving(paper)
            key = side, *await self._direction(session, row.case_no)
            amount = Fen(paper["individual"] + paper["pooled"])
            tallies[key].counts["money" if row.side == Side.ISSUED else "money_received"] += amount

    async def _direction(self, session: AsyncSession, case_no: str) -> tuple[Scheme, Scheme]:
        query = (
            select(PAPER.c.scheme_from, PAPER.c.scheme_to)
            .where(PAPER.c.case_no == case_no, PAPER.c.kind == PaperKind.INFORMATION_FORM)
            .limit(1)
        )
        left, joined = (await execute(session, query)).one()
        return Scheme(left), Scheme(joined)


def _sending(paper: dict[str, Any]) -> Party:
    """Which side of the case sends a movement of money."""
    return Party.TRANSFER_IN if RemittancePurpose(paper["purpose"]).goes_back else Party.TRANSFER_OUT


def _receiving(paper: dict[str, Any]) -> Party:
    return Party.TRANSFER_OUT if RemittancePurpose(paper["purpose"]).goes_back else Party.TRANSFER_IN


_AT_ENTRY = (PaperKind.CONTACT_LETTER, PaperKind.FORMER_EMPLOYERS_FORM)


async def _read(session: AsyncSession, *conditions: ColumnElement[bool]) -> AsyncIterator[Any]:
    """The papers that meet the conditions, in order of entry, read in portions."""
    connection = await session.connection()
    columns = (PAPER.c.id, PAPER.c.case_no, PAPER.c.side, PAPER.c.at, PAPER.c.body)
    last = 0
    while True:
        query = select(*columns).where(*conditions, PAPER.c.id > last).order_by(PAPER.c.id)
        rows = (await connection.execute(query.limit(READ_TOGETHER))).all()
        if not rows:
            return
        activity.heartbeat()
        for row in rows:
            yield row
        last = rows[-1].id


def _schemes(row: Any) -> tuple[Scheme, Scheme]:
    """The direction that an application or a letter states."""
    said = from_json(row.body)
    asked = said.get("application", said)
    return Scheme(asked["scheme_from"]), Scheme(asked["scheme_to"])


def _instant(month: Month) -> datetime:
    """The first instant of a month in China."""
    return china_midnight(date(month.year, month.number, 1))
