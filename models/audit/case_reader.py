"""Reads a bureau's books case by case, in the order of case numbers, for the audit.

It reads columns, not rows, and of papers only those whose figures are needed: a hundred thousand cases are
read a few hundred at a time, and nothing of them is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, case, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit.owners import BROUGHT, read_owners
from models.messages.stages import Stage
from models.store.databases import execute
from models.store.paper_facts import PaperFacts
from models.store.records import paid_on_paper
from models.store.store import paper_name
from models.store.superseding import LIVE
from models.store.tables import ENTRY, MONTHS, PAPER, POSTING, Account
from rules.values.books import (
    AnnouncedRemittance,
    ArrearsPaymentOnFile,
    BookedMonths,
    CaseBooks,
    ChangedPaper,
    ClearingOnFile,
    CrossingPaper,
    Ended,
    Form,
    MisplacedEntry,
    Movement,
    Posted,
    TakingInOnFile,
    WrongMark,
)
from rules.values.months import Month, months_between
from rules.values.moves import ApplicationRoute
from rules.values.papers import PaperKind, Side

CROSSING = frozenset(
    {PaperKind.CERTIFICATE, PaperKind.CONTACT_LETTER, PaperKind.INFORMATION_FORM, PaperKind.REMITTANCE}
)
"""The kinds of papers that pass between the bureaus; the dossier is filed at both."""
ADJUST = "adjust"
"""The last part of the key of a posting that brings an account up to its record before the money leaves."""
BACK = ("surplus", "return")
"""The purposes of money that goes back to the transfer-out bureau."""
ARRIVAL = (PaperKind.BANK_ARRIVAL, Side.RECEIVED)
"""Anybody can name a case on a payment, so an arrival alone does not show that the case is known here."""


@dataclass(slots=True)
class CaseReader:
    """Everything read of one case so far."""

    case_no: str
    bureau: str
    peer: str | None = None
    filed: dict[int, str] = field(default_factory=dict)
    """The dossiers by version, with their digests."""
    reopened: int = 0
    """The version of the last dossier that no longer closes the case."""
    refused: bool = False
    kinds: set[tuple[PaperKind, Side]] = field(default_factory=set)
    papers: list[CrossingPaper] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    announced: dict[str, AnnouncedRemittance] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    numbers: set[str] = field(default_factory=set)
    takings_in: list[TakingInOnFile] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    differences: set[int] = field(default_factory=set)
    clearings: list[ClearingOnFile] = field(default_factory=list)
    payments: list[ArrearsPaymentOnFile] = field(default_factory=list)
    cleared: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    posted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    adjusted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    postings: set[int] = field(default_factory=set)
    left: list[BookedMonths] = field(default_factory=list)
    brought: list[BookedMonths] = field(default_factory=list)
    relationship: int | None = None
    account: int = 0
    booked: dict[int, Posted] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    ended: Ended | None = None
    form: Any = None
    """The row of the last information form: whose case it is, between which schemes and bureaus."""
    names: set[str] = field(default_factory=set)
    drawn_on: set[tuple[str, int]] = field(default_factory=set)
    """The relationships that the case's months and money are in, each with the number of its paper; for
    months that left that of the case, for months that came `BROUGHT`."""
    strangers: list[MisplacedEntry] = field(default_factory=list)
    wrong_marks: list[WrongMark] = field(default_factory=list)
    dossiers: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    endings: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    @property
    def dossier(self) -> str:
        """The digest of the dossier that closes the case; empty while it is open, or open again."""
        last = max(self.filed, default=0)
        return self.filed[last] if last > self.reopened else ""

    @property
    def known(self) -> bool:
        return bool(self.kinds - {ARRIVAL} or self.postings or self.left or self.brought)

    @property
    def reserves(self) -> bool:
        """Whether the case has drawn up its form here, and has neither sent the money nor released it."""
        gone = {(kind, Side.ISSUED) for kind in (PaperKind.REMITTANCE, PaperKind.RELEASE)}
        drawn_up = (PaperKind.INFORMATION_FORM, Side.ISSUED) in self.kinds
        return drawn_up and not (gone & self.kinds or self.dossier)

    @property
    def coming(self) -> set[str]:
        """The remittances announced here that are not complete."""
        return self.announced.keys() - {one.number for one in self.movements if not one.issued}

    def enter(self, row: Any) -> None:
        """Add a paper on file, as `_papers` reads it."""
        kind, side, version, digest = row.kind, row.side, row.version, row.digest
        self.kinds.add((kind, side))
        self.numbers.add(row.number)
        self.digests[paper_name(kind, side, version, row.reference)] = digest
        if kind in CROSSING:
            self.papers.append(CrossingPaper(PaperKind(kind), version, Side(side), digest))
        if row.bureau_out and row.outcome != Stage.REFUSED:
            self.peer = row.bureau_in if row.bureau_out == self.bureau else row.bureau_out
        match kind:
            case PaperKind.DOSSIER:
                self.filed[version] = digest
                self.dossiers[version] = (row.outcome, row.bureau_out, row.bureau_in)
                self.refused = row.outcome == Stage.REFUSED
            case PaperKind.REOPENING:
                self.reopened = max(self.reopened, version)
            case PaperKind.INFORMATION_FORM:
                self.form = row
            case PaperKind.REVERSAL:
                self.reversed.add(version)
            case PaperKind.RATE_SETTLEMENT:
                self.differences.add(version)
        if row.body:
            self._state(row, from_json(row.body))

    def _state(self, row: Any, body: Mapping[str, Any]) -> None:
        """Add the figures that a paper states."""
        issued = row.side == Side.ISSUED
        match row.kind:
            case PaperKind.DOSSIER_FILING:
                self._filed_as(row, body)
            case PaperKind.INFORMATION_FORM:
                self.names.add(body["name"])
                record = tuple(map(_stretch, body["record"]))
                self.forms.append(Form(row.version, issued, record, body["adjusted_record_balance"]))
            case PaperKind.REMITTANCE:
                back = body.get("purpose") in BACK
                amounts = body["individual"], body["pooled"]
                self.movements.append(Movement(body["number"], issued, back, *amounts))
            case PaperKind.ANNOUNCED_REMITTANCE:
                back = body["purpose"] in BACK
                total = body["individual"] + body["pooled"]
                self.announced[body["number"]] = AnnouncedRemittance(body["number"], back, total, 0)
            case PaperKind.BANK_ARRIVAL:
                self.arrived[body["remittance"]] += body["amount"]
            case PaperKind.TAKING_IN:
                amounts = body["individual"], body["pooled"]
                self.takings_in.append(TakingInOnFile(body["number"], row.version, *amounts))
            case PaperKind.ARREARS_PAYMENT:
                self.payments.append(ArrearsPaymentOnFile(body["number"], body["personal"], body["unit"]))
            case PaperKind.CLEARING:
                self.clearings.append(ClearingOnFile(body["number"], body["refund"], tuple(body["months"])))

    def _filed_as(self, row: Any, body: Mapping[str, Any]) -> None:
        """Add what the filing of a dossier states of it and of all other papers of the case."""
        self.stated |= body["papers"]
        if ended := body["ended"]:
            self.ended = Ended(
                outcome=ended["outcome"],
                transfer_in=self.bureau == ended["bureau_in"],
                transfer_out=self.bureau == ended["bureau_out"],
                by_letter=ended["entry"] == ApplicationRoute.CONTACT_LETTER,
            )
            self.endings[row.version] = (ended["outcome"], ended["bureau_out"], ended["bureau_in"])

    def _odd_dossiers(self) -> Iterator[WrongMark]:
        """The dossiers whose columns differ from their filing."""
        for version, stated in self.endings.items():
            columns = self.dossiers.get(version, stated)
            if columns != stated:
                yield WrongMark(f"dossier/{self.case_no}/{version}", " ".join(stated), " ".join(columns))

    def post(self, row: Any) -> None:
        """Add an entry of a posting."""
        sums = self.adjusted if row.key.rpartition("/")[2] == ADJUST else self.posted
        sums[row.paper or row.key][row.account] += row.amount
        self.postings.add(row.id)
        self.booked[row.id] = Posted(row.key, row.step, row.paper)
        if row.relationship_id is not None:
            self.drawn_on.add((row.paper, row.relationship_id))
        if row.account == Account.INDIVIDUAL_ACCOUNT and row.remittance:
            self.relationship = row.relationship_id

    def record(self, row: Any, *, moved: bool) -> None:
        """Add the months of a row: taken by the case, or brought by it and not sent back by its papers."""
        self.drawn_on.add((self.case_no if moved else BROUGHT, row.relationship_id))
        if not moved:
            self._marked(row)
        if moved:
            self.left.append(BookedMonths(*row[1:7]))
        elif row.moved_by is None or row.moved_by not in self.numbers:
            self.brought.append(BookedMonths(*row[1:7]))

    def _marked(self, row: Any) -> None:
        """Check that months that came state their bureau and the taking in that entered them."""
        if self.form is not None and row.origin_bureau != self.form.bureau_out:
            self.wrong_marks.append(WrongMark("origin bureau", self.form.bureau_out, row.origin_bureau))
        if not row.supersedes and row.entered_by not in {one.number for one in self.takings_in}:
            self.wrong_marks.append(WrongMark("entered by", "a taking in", row.entered_by or "—"))

    def books(self) -> CaseBooks:
        return CaseBooks(
            case_no=self.case_no,
            bureau=self.bureau,
            peer=self.peer,
            dossier=self.dossier,
            refused=self.refused,
            restored=(PaperKind.RESTORATION, Side.ISSUED) in self.kinds,
            papers=tuple(self.papers),
            forms=tuple(self.forms),
            movements=tuple(self.movements),
            announced=tuple(
                self.announced[number]._replace(arrived=self.arrived[number])
                for number in sorted(self.coming)
            ),
            takings_in=tuple(map(self._unless_reversed, self.takings_in)),
            clearings=tuple(
                one._replace(found=tuple(sorted(self.cleared[one.number]))) for one in self.clearings
            ),
            payments=tuple(self.payments),
            posted=_without_nothing(self.posted),
            adjusted=_without_nothing(self.adjusted),
            left=tuple(self.left),
            brought=tuple(self.brought),
            account=None if self.relationship is None else self.account,
            differences=frozenset(self.differences),
            by_bank=frozenset(self.announced),
            postings=tuple(self.booked.values()),
            ended=self.ended,
            on_file=frozenset(self.kinds),
            odd_papers=tuple(
                ChangedPaper(name, digest, self.digests.get(name, ""))
                for name, digest in self.stated.items()
                if self.digests.get(name) != digest
            ),
            strangers=tuple(self.strangers),
            wrong_marks=(*self.wrong_marks, *self._odd_dossiers()),
        )

    def _unless_reversed(self, one: TakingInOnFile) -> TakingInOnFile:
        if one.version not in self.reversed:
            return one
        return one._replace(reversal=f"reversal/{self.case_no}/{one.version}")


def _stretch(part: Mapping[str, Any]) -> BookedMonths:
    return BookedMonths(
        part["first"], part["last"], part["base"], part["booked"], part["kind"], paid_on_paper(part)
    )


def _without_nothing(sums: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {number: {a: n for a, n in each.items() if n} for number, each in sums.items()}


READ = (
    PaperKind.INFORMATION_FORM,
    PaperKind.REMITTANCE,
    PaperKind.ANNOUNCED_REMITTANCE,
    PaperKind.BANK_ARRIVAL,
    PaperKind.TAKING_IN,
    PaperKind.CLEARING,
    PaperKind.ARREARS_PAYMENT,
    PaperKind.DOSSIER_FILING,
)
"""The kinds of papers whose figures are compared with the books."""


async def case_numbers(
    session: AsyncSession, after: str, limit: int, since: datetime | None = None
) -> list[str]:
    """The numbers of the next cases in these books, in order; with `since`, of those with a paper since."""
    connection = await session.connection()
    found: set[str] = set()
    for table in (PAPER, POSTING):
        query = select(table.c.case_no).where(table.c.case_no > after).distinct()
        if since is not None:
            query = query.where(table.c.at >= since)
        numbers = await connection.execute(query.order_by(table.c.case_no).limit(limit))
        found.update(numbers.scalars())
    return sorted(found)[:limit]


async def cases_before(session: AsyncSession, since: datetime) -> int:
    """How many cases in these books have neither paper nor posting since then."""
    connection = await session.connection()
    later = [select(table.c.case_no).where(table.c.at >= since) for table in (PAPER, POSTING)]
    query = select(func.count(PAPER.c.case_no.distinct())).where(
        PAPER.c.case_no != "", *(PAPER.c.case_no.not_in(each) for each in later)
    )
    return int((await connection.execute(query)).scalar_one())


async def case_books(session: AsyncSession, bureau: str, numbers: Sequence[str]) -> list[CaseBooks]:
    """What the books hold of these cases, in their order; cases unknown to the books are left out."""
    gathered = {number: CaseReader(number, bureau) for number in numbers}
    if not gathered:
        return []
    connection = await session.connection()
    for row in (await connection.execute(_papers(numbers))).all():
        gathered[row.case_no].enter(row)
    for row in (await connection.execute(_entries(numbers))).all():
        gathered[row.case_no].post(row)
    for column in (MONTHS.c.moved_by, MONTHS.c.origin_case):
        for row in (await connection.execute(_months(column, numbers))).all():
            gathered[row[0]].record(row, moved=column is MONTHS.c.moved_by)
    await _read_accounts(session, gathered.values())
    await _read_cleared(session, gathered.values())
    await _read_unallocated(session, gathered.values())
    await read_owners(session, gathered.values())
    return [one.books() for one in gathered.values() if one.known]


def _papers(numbers: Sequence[str]) -> Any:
    needed = case((PAPER.c.kind.in_(READ), PAPER.c.body), else_="").label("body")
    columns = (PAPER.c.case_no, PAPER.c.kind, PAPER.c.version, PAPER.c.side, PAPER.c.digest)
    facts = (PAPER.c.reference, *(PAPER.c[name] for name in PaperFacts._fields))
    return (
        select(*columns, *facts, needed)
        .where(PAPER.c.case_no.in_(numbers))
        .order_by(PAPER.c.case_no, PAPER.c.version)
    )


def _entries(numbers: Sequence[str]) -> Any:
    columns = (POSTING.c.case_no, POSTING.c.id, POSTING.c.key, POSTING.c.paper, POSTING.c.step)
    sides = (ENTRY.c.account, ENTRY.c.amount, ENTRY.c.relationship_id, ENTRY.c.remittance)
    return (
        select(*columns, *sides)
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .where(POSTING.c.case_no.in_(numbers))
    )


def _months(column: ColumnElement[Any], numbers: Sequence[str]) -> Any:
    stretch = (
        *(MONTHS.c.first, MONTHS.c.last, MONTHS.c.base, MONTHS.c.booked, MONTHS.c.kind),
        MONTHS.c.paid,
    )
    marks = (MONTHS.c.origin_bureau, MONTHS.c.supersedes, MONTHS.c.entered_by)
    return (
        select(column, *stretch, MONTHS.c.moved_by, MONTHS.c.relationship_id, *marks)
        .where(column.in_(numbers), LIVE)
        .order_by(MONTHS.c.first, MONTHS.c.id)
    )


async def _read_accounts(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """The balance of each individual account after its case: that before it, and what the case did to it."""
    drawn_on: dict[int, list[CaseReader]] = defaultdict(list)
    for each in cases:
        if each.relationship is not None:
            drawn_on[each.relationship].append(each)
    if not drawn_on:
        return
    query = (
        select(ENTRY.c.relationship_id, ENTRY.c.posting_id, ENTRY.c.amount)
        .where(ENTRY.c.relationship_id.in_(drawn_on), ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT)
        .order_by(ENTRY.c.relationship_id)
    )
    entries = await execute(session, query)
    for relationship, posting, amount in entries.all():
        for one in drawn_on[relationship]:
            if posting < min(one.postings) or posting in one.postings:
                one.account -= amount


async def _read_cleared(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """The months that bear the number of a clearing, wherever they came from."""
    clearing = {cleared.number: one for one in cases for cleared in one.clearings}
    if clearing:
        for number, first, last in await execute(session, months_cleared(clearing)):
            months = months_between(Month.parse(first), Month.parse(last))
            clearing[number].cleared[number].update(map(str, months))


def months_cleared(by: Iterable[str]) -> Any:
    """The query for cleared months, by the numbers of the clearings."""
    return select(MONTHS.c.cleared_by, MONTHS.c.first, MONTHS.c.last).where(MONTHS.c.cleared_by.in_(by), LIVE)


async def _read_unallocated(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """What two officers assigned to announced remittances from unallocated money, or took from it."""
    waiting = {number: one for one in cases for number in one.coming}
    if not waiting:
        return
    moved = select(PAPER.c.body).where(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.UNALLOCATED)
    for body in (await execute(session, moved)).scalars():
        paper = from_json(body)
        for number, sign in ((paper["line"]["remittance"], -1), (paper["to"], 1)):
            if number in waiting:
                waiting[number].arrived[number] += sign * paper["amount"]
