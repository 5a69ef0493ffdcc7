"""What one bureau's books hold of one case, and what diverges in it: values only. Money in fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rules.values.papers import PaperKind, Side

Sums = Mapping[str, int]
"""The sum posted to each account, debits positive and credits negative, in fen."""


class BookedMonths(NamedTuple):
    """Months `first` to `last` ('YYYY-MM') on one base, as a paper or the record has them."""

    first: str
    last: str
    base: int
    booked: int | None
    kind: str
    paid: str | None = None
    """The payments for the year in the resident scheme, as text."""


class CrossingPaper(NamedTuple):
    """A paper that passes between the bureaus, as it was filed on one side; `digest` is that of its text."""

    kind: PaperKind
    version: int
    side: Side
    digest: str


class Movement(NamedTuple):
    """A remittance as its paper states it; `issued` where this bureau sent it."""

    number: str
    issued: bool
    goes_back: bool
    individual: int
    pooled: int

    @property
    def total(self) -> int:
        return self.individual + self.pooled


class AnnouncedRemittance(NamedTuple):
    """A remittance announced here that is not all in: its money comes by the bank, part by part.

    `arrived` is the amount that the papers on file assign to it, in fen; no more than the total counts.
    """

    number: str
    goes_back: bool
    total: int
    arrived: int

    @property
    def come(self) -> int:
        return min(self.total, self.arrived)


class TakingInOnFile(NamedTuple):
    """A taking in as its paper states it; `reversal` is the number of the paper that undid it."""

    number: str
    version: int
    individual: int
    pooled: int
    reversal: str = ""


class ClearingOnFile(NamedTuple):
    """A clearing as its paper states it: refund in fen, months cleared; `found` are those the record has."""

    number: str
    refund: int
    months: tuple[str, ...]
    found: tuple[str, ...] = ()


def left_in_account(adjusted_record_balance: int, away: int) -> int:
    """The balance a case leaves in the individual account it draws on, in fen, when `away` has left.

    Never below zero. Where a correction makes the record less than what has left, the pooled fund bears the
    difference only once the surplus is back.
    """
    return max(0, adjusted_record_balance - away)


class ArrearsPaymentOnFile(NamedTuple):
    """A payment of arrears as its paper states it: the person's part and the unit's, in fen."""

    number: str
    personal: int
    unit: int


class YearOnForm(NamedTuple):
    """A year of the account on a form: interest and balance in fen, the rate in parts per million."""

    year: int
    interest: int
    rate: int
    balance: int


class AccountBefore(NamedTuple):
    """An individual account before a case took anything from it.

    `held` is its balance in fen, `since` the year of its first entry; `arrears_paid` where months that the
    case moved were owed and have been paid, `amended` where another case has corrected their base.
    """

    held: int
    since: int
    arrears_paid: bool = False
    amended: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A version of the information form as it is on file: its record and the account behind it."""

    version: int
    issued: bool
    record: tuple[BookedMonths, ...]
    adjusted_record_balance: int
    individual: int = 0
    """Line ④."""
    years: tuple[YearOnForm, ...] = ()
    to_residents: bool = False

    @property
    def account(self) -> int:
        """The account that moves at the end of its yearly table, in fen."""
        return self.years[-1].balance if self.years else 0


class Posted(NamedTuple):
    """A posting of a case by its key, with the step that it names and the paper that it rests on."""

    key: str
    step: str
    paper: str


class ChangedPaper(NamedTuple):
    """A paper that is not on file as it was when the case ended here; digests, empty where there is none."""

    name: str
    filed: str
    found: str


class MisplacedEntry(NamedTuple):
    """Months or money of a case, by row or posting, in a relationship that is not that of its form."""

    subject: str
    relationship: int


class WrongMark(NamedTuple):
    """A mark of a row that differs from the papers of its case; as text, nothing of it personal."""

    subject: str
    stated: str
    found: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended by this bureau's filing of its dossier, and whether a contact letter started it."""

    outcome: str
    transfer_in: bool
    transfer_out: bool
    by_letter: bool


@dataclass(frozen=True, slots=True)
class CaseBooks:
    """One case in one bureau's books.

    `peer` is the bureau at the other end, once a letter or a form has crossed. `posted` sums the entries of
    every posting by the paper it rests on, `adjusted` those that move money between fund and account before
    it leaves. `left` are the months the case took away from here, `brought` those it brought and its own
    papers did not send back. `account` is what the individual account it drew on held after it.
    """

    case_no: str
    bureau: str
    peer: str | None
    dossier: str = ""
    """The digest of the dossier; empty while the case is open here."""
    refused: bool = False
    restored: bool = False
    papers: tuple[CrossingPaper, ...] = ()
    forms: tuple[Form, ...] = ()
    movements: tuple[Movement, ...] = ()
    announced: tuple[AnnouncedRemittance, ...] = ()
    takings_in: tuple[TakingInOnFile, ...] = ()
    clearings: tuple[ClearingOnFile, ...] = ()
    payments: tuple[ArrearsPaymentOnFile, ...] = ()
    posted: Mapping[str, Sums] | None = None
    adjusted: Mapping[str, Sums] | None = None
    left: tuple[BookedMonths, ...] = ()
    brought: tuple[BookedMonths, ...] = ()
    account: int | None = None
    differences: frozenset[int] = frozenset()
    """The versions of the form of which only the difference was taken in, by a rate published since."""
    by_bank: frozenset[str] = frozenset()
    """The remittances that the bank's statement reports here."""
    postings: tuple[Posted, ...] = ()
    ended: Ended | None = None
    on_file: frozenset[tuple[PaperKind, Side]] = frozenset()
    odd_papers: tuple[ChangedPaper, ...] = ()
    strangers: tuple[MisplacedEntry, ...] = ()
    wrong_marks: tuple[WrongMark, ...] = ()
    before: AccountBefore | None = None
    """The account it drew on, where it held another sum than the first form states."""
    counted_twice: tuple[str, ...] = ()
    """Months paid twice that are still here twice, though the case is closed."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """A difference where there should be none: where, what, what the papers say and what was found."""

    code: str
    bureau: str
    subject: str
    expected: int | str
    found: int | str
