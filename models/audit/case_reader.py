"""Gathers what a bureau's books hold of one case, row by row, for the audit."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from models.messages.stages import Stage
from models.store.records import paid_on_paper
from models.store.store import paper_name
from models.store.tables import Account
from rules.values.books import (
    AccountBefore,
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
    YearOnForm,
)
from rules.values.moves import ApplicationRoute, Scheme
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
DRAWN_UP = (PaperKind.INFORMATION_FORM, Side.ISSUED)
SENT_OR_RELEASED = {(PaperKind.REMITTANCE, Side.ISSUED), (PaperKind.RELEASE, Side.ISSUED)}
BROUGHT = "brought"
"""In place of a paper's number: the months that a case has brought."""


@dataclass(slots=True)
class PapersRead:
    """Which papers of a case are on file, and what the filings of its dossiers state of them."""

    bureau: str
    peer: str | None = None
    kinds: set[tuple[PaperKind, Side]] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    crossing: list[CrossingPaper] = field(default_factory=list)
    form: Any = None
    """The row of the last information form: whose case it is, between which schemes and bureaus."""
    dossiers: dict[int, Any] = field(default_factory=dict)
    """The rows of the dossiers by version."""
    reopened: int = 0
    """The version of the last dossier that no longer closes the case."""
    reversed: set[int] = field(default_factory=set)
    differences: set[int] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    """The digests of all papers as the dossiers' filings state them."""
    endings: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """How the case has ended by the filing of each version of the dossier."""

    @property
    def dossier(self) -> str:
        """The digest of the dossier that closes the case; empty while it is open, or open again."""
        last = max(self.dossiers, default=0)
        return self.dossiers[last].digest if last > self.reopened else ""

    @property
    def refused(self) -> bool:
        return bool(self.dossiers) and self.dossiers[max(self.dossiers)].outcome == Stage.REFUSED

    @property
    def ended(self) -> Ended | None:
        """How the case has ended by the last filing of its dossier."""
        if not self.endings:
            return None
        last = self.endings[max(self.endings)]
        return Ended(
            outcome=last["outcome"],
            transfer_in=self.bureau == last["bureau_in"],
            transfer_out=self.bureau == last["bureau_out"],
            by_letter=last["entry"] == ApplicationRoute.CONTACT_LETTER,
        )

    @property
    def reserves(self) -> bool:
        """Whether the case has drawn up its form here, and has neither sent the money nor released it."""
        return DRAWN_UP in self.kinds and self.kinds.isdisjoint(SENT_OR_RELEASED) and not self.dossier

    def enter(self, row: Any) -> None:
        """Add a paper on file."""
        kind, side, version, digest = row.kind, row.side, row.version, row.digest
        self.kinds.add((kind, side))
        self.numbers.add(row.number)
        self.digests[paper_name(kind, side, version, row.reference)] = digest
        if kind in CROSSING:
            self.crossing.append(CrossingPaper(PaperKind(kind), version, Side(side), digest))
        if row.bureau_out and row.outcome != Stage.REFUSED:
            self.peer = row.bureau_in if row.bureau_out == self.bureau else row.bureau_out
        match kind:
            case PaperKind.DOSSIER:
                self.dossiers[version] = row
            case PaperKind.REOPENING:
                self.reopened = max(self.reopened, version)
            case PaperKind.INFORMATION_FORM:
                self.form = row
            case PaperKind.REVERSAL:
                self.reversed.add(version)
            case PaperKind.RATE_SETTLEMENT:
                self.differences.add(version)

    def filed_as(self, version: int, body: Mapping[str, Any]) -> None:
        """Add what the filing of a dossier states of it and of all other papers of the case."""
        self.stated |= body["papers"]
        if ended := body["ended"]:
            self.endings[version] = ended

    def odd(self) -> Iterator[ChangedPaper]:
        """The papers that are not on file as a dossier states them."""
        for name, digest in self.stated.items():
            if (found := self.digests.get(name, "")) != digest:
                yield ChangedPaper(name, digest, found)

    def odd_dossiers(self) -> Iterator[WrongMark]:
        """The dossiers whose columns differ from their filing."""
        for version in sorted(self.endings.keys() & self.dossiers.keys()):
            row, ended = self.dossiers[version], self.endings[version]
            stated = " ".join((ended["outcome"], ended["bureau_out"], ended["bureau_in"]))
            columns = " ".join((row.outcome, row.bureau_out, row.bureau_in))
            if columns != stated:
                yield WrongMark(f"dossier/{row.case_no}/{version}", stated, columns)


@dataclass(slots=True)
class FiguresRead:
    """The figures that the papers of a case state."""

    forms: list[Form] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    movements: list[Movement] = field(default_factory=list)
    announced: dict[str, AnnouncedRemittance] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    takings_in: list[TakingInOnFile] = field(default_factory=list)
    clearings: list[ClearingOnFile] = field(default_factory=list)
    payments: list[ArrearsPaymentOnFile] = field(default_factory=list)

    @property
    def coming(self) -> set[str]:
        """The remittances announced here that are not complete."""
        return self.announced.keys() - {one.number for one in self.movements if not one.issued}

    def state(self, row: Any, body: Mapping[str, Any]) -> None:
        """Add the figures of a paper."""
        issued = row.side == Side.ISSUED
        match row.kind:
            case PaperKind.INFORMATION_FORM:
                self.names.add(body["name"])
                self.forms.append(_form(row.version, issued, body))
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


@dataclass(slots=True)
class EntriesRead:
    """The entries of a case in the ledger and the record."""

    posted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    adjusted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    postings: dict[int, Posted] = field(default_factory=dict)
    relationship: int | None = None
    account: int = 0
    held: int = 0
    """What the account held before the case took anything from it."""
    entered_by: set[str] = field(default_factory=set)
    """The papers that made the months that left what they are."""
    left: list[BookedMonths] = field(default_factory=list)
    brought: list[BookedMonths] = field(default_factory=list)
    cleared: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    drawn_on: set[tuple[str, int]] = field(default_factory=set)
    """The relationships that the case's months and money are in, each with the number of its paper; for
    months that left that of the case, for months that came `BROUGHT`."""

    def post(self, row: Any) -> None:
        """Add an entry of a posting."""
        sums = self.adjusted if row.key.rpartition("/")[2] == ADJUST else self.posted
        sums[row.paper or row.key][row.account] += row.amount
        if row.id not in self.postings:
            self.postings[row.id] = Posted(row.key, row.step, row.paper)
        if row.relationship_id is not None:
            self.drawn_on.add((row.paper, row.relationship_id))
        if row.account == Account.INDIVIDUAL_ACCOUNT and (row.remittance or sums is self.adjusted):
            self.relationship = row.relationship_id


@dataclass(slots=True)
class CaseReader:
    """Everything read of one case so far."""

    case_no: str
    papers: PapersRead
    stated: FiguresRead = field(default_factory=FiguresRead)
    entries: EntriesRead = field(default_factory=EntriesRead)
    strangers: list[MisplacedEntry] = field(default_factory=list)
    wrong_marks: list[WrongMark] = field(default_factory=list)
    before: AccountBefore | None = None
    counted_twice: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        entries = self.entries
        return bool(self.papers.kinds - {ARRIVAL} or entries.postings or entries.left or entries.brought)

    @property
    def otherwise_held(self) -> bool:
        """Whether the account held another sum than the first form issued states."""
        first = next((form for form in self.stated.forms if form.issued), None)
        return first is not None and first.adjusted_record_balance != self.entries.held

    @property
    def uncleared(self) -> bool:
        """Whether the case is closed over months paid twice that were offered and not cleared."""
        offered = (PaperKind.DUPLICATE_NOTICE, Side.ISSUED) in self.papers.kinds
        return offered and bool(self.papers.dossier) and not self.stated.clearings

    def held_before(self, since: int) -> AccountBefore:
        """The account before the case took anything from it; `since` is the year of its first entry."""
        by, own = self.entries.entered_by, f"information-form/{self.case_no}/"
        paid = any(one.startswith("arrears-payment/") for one in by)
        amended = any(one.startswith("information-form/") and not one.startswith(own) for one in by)
        return AccountBefore(self.entries.held, since, paid, amended)

    @property
    def first_movement(self) -> int:
        """The first posting but payments of arrears, after which other cases may still bring money here."""
        paid = {one.number for one in self.stated.payments}
        return min(number for number, one in self.entries.postings.items() if one.paper not in paid)

    def enter(self, row: Any) -> None:
        """Add a paper on file, and what it states."""
        self.papers.enter(row)
        if row.body:
            body = from_json(row.body)
            if row.kind == PaperKind.DOSSIER_FILING:
                self.papers.filed_as(row.version, body)
            else:
                self.stated.state(row, body)

    def record(self, row: Any, *, moved: bool) -> None:
        """Add the months of a row: taken by the case, or brought by it and not sent back by its papers."""
        self.entries.drawn_on.add((self.case_no if moved else BROUGHT, row.relationship_id))
        if moved:
            self.entries.left.append(BookedMonths(*row[1:7]))
            self.entries.entered_by.add(row.entered_by)
            return
        self._marked(row)
        if row.moved_by is None or row.moved_by not in self.papers.numbers:
            self.entries.brought.append(BookedMonths(*row[1:7]))

    def _marked(self, row: Any) -> None:
        """Check that months that came state their bureau and the taking in that entered them."""
        form = self.papers.form
        if form is not None and row.origin_bureau != form.bureau_out:
            self.wrong_marks.append(WrongMark("origin bureau", form.bureau_out, row.origin_bureau))
        if not row.supersedes and row.entered_by not in {one.number for one in self.stated.takings_in}:
            self.wrong_marks.append(WrongMark("entered by", "a taking in", row.entered_by or "—"))

    def books(self) -> CaseBooks:
        papers, stated, entries = self.papers, self.stated, self.entries
        return CaseBooks(
            case_no=self.case_no,
            bureau=papers.bureau,
            peer=papers.peer,
            dossier=papers.dossier,
            refused=papers.refused,
            restored=(PaperKind.RESTORATION, Side.ISSUED) in papers.kinds,
            papers=tuple(papers.crossing),
            forms=tuple(stated.forms),
            movements=tuple(stated.movements),
            announced=tuple(
                stated.announced[number]._replace(arrived=stated.arrived[number])
                for number in sorted(stated.coming)
            ),
            takings_in=tuple(map(self._unless_reversed, stated.takings_in)),
            clearings=tuple(
                one._replace(found=tuple(sorted(entries.cleared[one.number]))) for one in stated.clearings
            ),
            payments=tuple(stated.payments),
            posted=_without_nothing(entries.posted),
            adjusted=_without_nothing(entries.adjusted),
            left=tuple(entries.left),
            brought=tuple(entries.brought),
            account=None if entries.relationship is None else entries.account,
            differences=frozenset(papers.differences),
            by_bank=frozenset(stated.announced),
            postings=tuple(entries.postings.values()),
            ended=papers.ended,
            on_file=frozenset(papers.kinds),
            odd_papers=tuple(papers.odd()),
            strangers=tuple(self.strangers),
            wrong_marks=(*self.wrong_marks, *papers.odd_dossiers()),
            before=self.before,
            counted_twice=tuple(self.counted_twice),
        )

    def _unless_reversed(self, one: TakingInOnFile) -> TakingInOnFile:
        if one.version not in self.papers.reversed:
            return one
        return one._replace(reversal=f"reversal/{self.case_no}/{one.version}")


def _form(version: int, issued: bool, body: Mapping[str, Any]) -> Form:
    lines = body["lines"]
    return Form(
        version,
        issued,
        tuple(map(_stretch, body["record"])),
        body["adjusted_record_balance"],
        lines["before_1998"] + lines["to_last_year"] + lines["this_year_principal"],
        tuple(YearOnForm(y["year"], y["interest"], y["rate"] or 0, y["balance"]) for y in body["years"]),
        body["scheme_to"] == Scheme.RESIDENT,
    )


def _stretch(part: Mapping[str, Any]) -> BookedMonths:
    return BookedMonths(
        part["first"], part["last"], part["base"], part["booked"], part["kind"], paid_on_paper(part)
    )


def _without_nothing(sums: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {number: {a: n for a, n in each.items() if n} for number, each in sums.items()}
