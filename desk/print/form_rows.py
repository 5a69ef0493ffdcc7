"""The rows of an information form's yearly table, with known values only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.messages.papers import InformationForm
from rules.values.money import NO_MONEY, Fen, Rate
from rules.values.months import Month, count_months
from rules.values.moves import Scheme
from rules.values.record import AccountCredit, BaseLine, ContributionRange, Opening, YearLine


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row, with None for what is unknown or does not apply. Money is in fen.

    `place` numbers the rows except balances taken over, which have no number. `first` and `last` are None for
    a year without months. Interest and balance are figures of a year and are in its last row; `own` and its
    like are the parts that the person paid, if the law makes all of them known.
    """

    year: int
    place: int | None = None
    division: str | None = None
    first: Month | None = None
    last: Month | None = None
    months: int | None = None
    base: Fen | None = None
    share: Rate | None = None
    own_share: Rate | None = None
    credited: Fen | None = None
    own: Fen | None = None
    interest: Fen | None = None
    own_interest: Fen | None = None
    balance: Fen | None = None
    own_balance: Fen | None = None
    note: str = ""


def form_rows(form: InformationForm) -> list[FormRow]:
    """A row for each balance taken over, then for each base of each year; years may bear interest only."""
    return list(_rows(form))


def _rows(form: InformationForm) -> Iterator[FormRow]:
    paid = _OwnPart()
    for opening in form.openings:
        paid.add(None)
        yield _opening(opening)
    division = form.agency.division if form.agency and form.agency.division else form.bureau_out
    years = {line.year: line for line in form.years}
    place = 0
    residents = {part.first.year: part for part in form.record if form.scheme_from is Scheme.RESIDENT}
    for year in sorted(years.keys() | residents.keys() | {line.first.year for line in form.bases}):
        of_year = [line for line in form.bases if line.first.year == year]
        subsidies = [one for one in form.credits if one.month.year == year and year in years]
        figures = _figures(years.get(year), of_year, paid, all_by_months=not subsidies)
        rows = [_of_base(place + number, division, line) for number, line in enumerate(of_year, start=1)]
        after = place + len(of_year)
        rows += [_of_subsidy(after + number, one) for number, one in enumerate(subsidies, start=1)]
        if not rows and year in residents:
            rows = [_of_resident_year(place + 1, division, residents[year])]
        rows = rows or [FormRow(year, place + 1)]
        place += len(rows)
        yield from rows[:-1]
        yield _with(rows[-1], figures)


@dataclass(slots=True)
class _OwnPart:
    """The part of an account that the person is known to have paid, in fen; None once it is unknown."""

    own: Fen | None = NO_MONEY

    def add(self, *parts: Fen | None) -> None:
        """Add amounts that were paid in; None for an amount whose division is unknown."""
        known = [part for part in parts if part is not None]
        all_known = self.own is not None and len(known) == len(parts)
        self.own = Fen((self.own or 0) + sum(known)) if all_known else None


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures that a year has only once."""

    interest: Fen | None = None
    own_interest: Fen | None = None
    balance: Fen | None = None
    own_balance: Fen | None = None


def _with(row: FormRow, figures: _Figures) -> FormRow:
    """The last row of a year, with the figures that the year has only once."""
    return replace(
        row,
        interest=figures.interest,
        own_interest=figures.own_interest,
        balance=figures.balance,
        own_balance=figures.own_balance,
    )


def _figures(
    closed: YearLine | None, of_year: Sequence[BaseLine], paid: _OwnPart, *, all_by_months: bool
) -> _Figures:
    """A year's figures; `all_by_months` says that no subsidy was credited in the year."""
    if closed is None:
        return _Figures()
    known = all_by_months and all(line.own is not None for line in of_year if line.credited is not None)
    paid.add(closed.credited if known else None, closed.interest if known else None)
    interest = closed.interest if closed.rate is not None else None
    return _Figures(
        interest=interest,
        own_interest=interest if paid.own is not None else None,
        balance=closed.balance,
        own_balance=closed.balance if paid.own == closed.balance else None,
    )


def _opening(opening: Opening) -> FormRow:
    held = Fen(opening.balance + opening.before_1998)
    return FormRow(opening.year, balance=held, note="期初余额")


def _of_resident_year(place: int, division: str, part: ContributionRange) -> FormRow:
    """The row of a year in a resident account, with the person's own payment separate."""
    return FormRow(
        year=part.first.year,
        place=place,
        division=division,
        first=part.first,
        last=part.last,
        months=count_months(part.first, part.last),
        credited=part.paid.total if part.paid else None,
        own=part.paid.own if part.paid else None,
        note="城乡居民缴费",
    )


def _of_subsidy(place: int, one: AccountCredit) -> FormRow:
    return FormRow(
        one.month.year, place, first=one.month, last=one.month, credited=one.amount, note="一次性补贴"
    )


def _of_base(place: int, division: str, line: BaseLine) -> FormRow:
    stays_in_opening = "含于期初余额" if line.credited is None else ""
    return FormRow(
        year=line.first.year,
        place=place,
        division=None if line.brought else division,
        first=line.first,
        last=line.last,
        months=line.months,
        base=line.base,
        share=line.share,
        own_share=line.share if line.own is not None else None,
        credited=line.credited,
        own=line.own,
        note="此前转入" if line.brought else stays_in_opening,
    )
