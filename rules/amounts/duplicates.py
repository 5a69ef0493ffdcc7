"""Months paid twice: found by calendar month, offered with amounts, cleared after the transfer (先转后清).

吉社保〔2020〕6号第四条: the transfer-in bureau tells the person, who says which record keeps the months;
the other records lose them, and what they brought to the individual account is refunded to the person.
Certified government service is cleared as the certification says, whatever the person would choose. A month
that the resident scheme has too is kept by an employee scheme (人社部发〔2014〕17号第七条). The
employers' money stays in the pooled fund (a practice found in weak sources only, grade D). No day is
set by which the person must answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.amounts.account import credits_by_year, yearly_account
from rules.amounts.contributions import STAYS, ContributionMonth, PaidStretch, by_month, stretches
from rules.amounts.interest import UnpublishedRate, rates_for
from rules.amounts.rates import RATES_BY_SCHEME
from rules.amounts.residents import resident_refund
from rules.values.law import JILIN_MEASURES, Law
from rules.values.money import NO_MONEY, WHOLE, Fen, Rate, half_up
from rules.values.months import Month, count_months, months_between
from rules.values.moves import CertifiedMonths, Scheme
from rules.values.record import ContributionRange, CreditRounding, RefundOf

DUPLICATES = Law(JILIN_MEASURES, "第四条")


@dataclass(frozen=True, slots=True)
class PaidRecord:
    """One record of months, at one bureau and in one scheme; `rates` override published yearly rates.

    `taken_in`: the record came by transfer, so its account was credited at the share that counts,
    whatever had been booked (人社厅发〔2017〕7号第八条). Only months that moved or stand here
    belong in it.
    """

    scheme: Scheme
    bureau: str
    ranges: tuple[ContributionRange, ...]
    taken_in: bool = False
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    rates: Mapping[int, Rate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DuplicatePeriod:
    """Months `first` to `last` that the same records hold; `records` are their positions, in order.

    `certified`: certified as government service, so only a government record may keep them.
    """

    first: Month
    last: Month
    records: tuple[int, ...]
    certified: bool = False

    @property
    def months(self) -> int:
        return count_months(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to clear a period: the record at `keep` keeps the months, `cleared` lose them.

    `refund` is what the person then gets for this period alone, in fen.
    """

    keep: int
    cleared: tuple[int, ...]
    refund: Fen


@dataclass(frozen=True, slots=True)
class Clearing:
    """What is cleared and refunded. Both tuples have one entry per record; refunds in fen.

    `kept` and `cleared` together are all months of the records, and no month is kept twice.
    """

    kept: tuple[tuple[Month, ...], ...]
    cleared: tuple[tuple[Month, ...], ...]
    refunds: tuple[Fen, ...]
    refund_of: RefundOf
    law: Law = DUPLICATES

    @property
    def refund(self) -> Fen:
        """The refund of all records together, in fen."""
        return Fen(sum(self.refunds))


class ChoiceMissing(ValueError):
    """Periods that cannot be cleared yet: nothing chosen, or a record that may not keep the months."""

    def __init__(self, periods: Iterable[DuplicatePeriod]) -> None:
        self.periods = tuple(periods)
        super().__init__("; ".join(f"{period.first} to {period.last}" for period in self.periods))


def months_of(record: PaidRecord) -> tuple[Month, ...]:
    """The months of a record that count, in order; arrears and pilot months do not (第四条; 1号)."""
    return tuple(sorted({paid.month for paid in by_month(record.ranges) if paid.kind not in STAYS}))


def duplicate_periods(
    records: Sequence[PaidRecord], certified: Sequence[CertifiedMonths] = ()
) -> tuple[DuplicatePeriod, ...]:
    """Every month that more than one record holds, gathered into periods in order (第四条).

    Place and scheme make no difference. A period ends where the set of records changes, where a
    certification begins or ends, and where a month is missing.
    """
    holders: dict[Month, list[int]] = {}
    for position, record in enumerate(records):
        for month in months_of(record):
            holders.setdefault(month, []).append(position)
    service = {month for part in certified for month in months_between(part.first, part.last)}
    periods: list[DuplicatePeriod] = []
    for month in sorted(holders):
        if len(holders[month]) > 1:
            alone = DuplicatePeriod(month, month, tuple(holders[month]), month in service)
            periods.append(_joined(periods.pop(), alone) if _continues(periods, alone) else alone)
    return tuple(periods)


def _continues(periods: Sequence[DuplicatePeriod], alone: DuplicatePeriod) -> bool:
    if not periods:
        return False
    last = periods[-1]
    same = (last.records, last.certified) == (alone.records, alone.certified)
    return same and last.last.plus(1) == alone.first


def _joined(period: DuplicatePeriod, alone: DuplicatePeriod) -> DuplicatePeriod:
    return DuplicatePeriod(period.first, alone.last, period.records, period.certified)


def options(
    records: Sequence[PaidRecord],
    period: DuplicatePeriod,
    on: date,
    refund_of: RefundOf = RefundOf.PRINCIPAL,
) -> tuple[Option, ...]:
    """The ways to clear one period, each with its refund in fen (第四条).

    Over certified service only a government record may keep the months; that this normally clears the
    enterprise side is this system's reading. With no government record in the period the certification
    decides nothing and every record is offered. Raises MissingRates under `RefundOf.BALANCE` only.
    """
    keepers = _keepers(records, period)
    months = frozenset(months_between(period.first, period.last))
    offered = []
    for keep in keepers:
        cleared = tuple(at for at in period.records if at != keep)
        refund = sum(_given_back(records, at, months, on, refund_of) for at in cleared)
        offered.append(Option(keep, cleared, Fen(refund)))
    return tuple(offered)


def _keepers(records: Sequence[PaidRecord], period: DuplicatePeriod) -> list[int]:
    """The records that may keep the months of a period, by their positions."""
    employed = [at for at in period.records if records[at].scheme is not Scheme.RESIDENT]
    government = [at for at in employed if records[at].scheme is Scheme.GOVERNMENT]
    if period.certified and government:
        return government
    return employed or list(period.records)


def _given_back(
    records: Sequence[PaidRecord], at: int, cleared: frozenset[Month], on: date, refund_of: RefundOf
) -> Fen:
    """The refund for clearing these months of one of the records, in fen."""
    if records[at].scheme is not Scheme.RESIDENT:
        return refund_for(records[at], cleared, on, refund_of)
    others = [month for position, one in enumerate(records) if position != at for month in months_of(one)]
    return resident_refund(
        records[at].ranges, cleared, frozenset(others).intersection(months_of(records[at]))
    )


def clear(
    records: Sequence[PaidRecord],
    choices: Sequence[int | None],
    on: date,
    certified: Sequence[CertifiedMonths] = (),
    refund_of: RefundOf = RefundOf.PRINCIPAL,
) -> Clearing:
    """Clear every duplicate month (第四条). `choices` names, per period, the record that keeps its months.

    Where a certification leaves one option only, no choice is needed and a given one is ignored. Raises
    ChoiceMissing with every period that is still open, ValueError when there are not as many choices as
    periods, and MissingRates under `RefundOf.BALANCE` only.
    """
    periods = duplicate_periods(records, certified)
    lost: list[set[Month]] = [set() for _ in records]
    undecided = []
    for period, choice in zip(periods, choices, strict=True):
        offered = options(records, period, on, refund_of)
        chosen = offered if len(offered) == 1 else [one for one in offered if one.keep == choice]
        if not chosen:
            undecided.append(period)
            continue
        for at in chosen[0].cleared:
            lost[at].update(months_between(period.first, period.last))
    if undecided:
        raise ChoiceMissing(undecided)
    months = [months_of(record) for record in records]
    return Clearing(
        kept=tuple(tuple(m for m in of if m not in gone) for of, gone in zip(months, lost, strict=True)),
        cleared=tuple(tuple(sorted(gone)) for gone in lost),
        refunds=tuple(
            _given_back(records, at, frozenset(gone), on, refund_of) for at, gone in enumerate(lost)
        ),
        refund_of=refund_of,
    )


def refund_for(
    record: PaidRecord, cleared: frozenset[Month], on: date, refund_of: RefundOf = RefundOf.PRINCIPAL
) -> Fen:
    """The refund on a day for clearing these months of one record, in fen (第四条).

    Each run of months gives the value of the record up to its end, less its value before it. So what
    is offered for single periods adds up to what is paid for all of them, and clearing a whole record gives
    back exactly what it holds (own rule on rounding; the measures name none). Under `RefundOf.BALANCE` a
    past year without a rate raises MissingRates.
    """
    paid = [one for one in by_month(record.ranges) if one.kind not in STAYS]
    if refund_of is RefundOf.BALANCE:
        paid = _with_rates(record, paid, cleared)
    total, before = NO_MONEY, NO_MONEY
    inside = False
    for position, one in enumerate(paid):
        if (one.month in cleared) is inside:
            continue
        through = _held(record, paid[:position], on, refund_of)
        total = Fen(total + through - before) if inside else total
        before, inside = through, not inside
    if inside:
        total = Fen(total + _held(record, paid, on, refund_of) - before)
    return total


def _with_rates(
    record: PaidRecord, paid: Sequence[ContributionMonth], cleared: frozenset[Month]
) -> list[ContributionMonth]:
    """The months since the year from which every rate is known, or since the year of the first month
    cleared if that is earlier: then its rate is reported missing."""
    known = {**RATES_BY_SCHEME[record.scheme], **record.rates}
    begins = min((one.month.year for one in paid if one.month in cleared), default=0)
    while begins - 1 in known:
        begins -= 1
    return [one for one in paid if one.month.year >= begins]


def _held(record: PaidRecord, months: Sequence[ContributionMonth], on: date, refund_of: RefundOf) -> Fen:
    """The value of these months of a record on a day, in fen: their credits, each year half up, or with
    interest to the end of the year before `on`."""
    parts = [ContributionRange(one.month, one.month, one.base, one.booked, one.kind) for one in months]
    share_of = _counted if record.taken_in else _booked
    credits = credits_by_year(stretches(parts), share_of, record.credit_rounding)
    if not credits:
        return NO_MONEY
    if refund_of is RefundOf.PRINCIPAL:
        return Fen(sum(half_up(year.credited, WHOLE) for year in credits.values()))
    years = range(min(credits), max(on.year, *credits) + 1)
    rates = rates_for(record.scheme, years[:-1], record.rates, UnpublishedRate.LAST_PUBLISHED)
    return yearly_account({}, credits, years, rates.by_year).balance


def _counted(part: PaidStretch) -> Rate | None:
    """The share credited after a transfer: the one that counts; before 1998 as booked (7号第八条)."""
    return part.booked if part.counts is None else part.counts


def _booked(part: PaidStretch) -> Rate | None:
    """The share credited on a record that has not moved: as booked, else the statutory one."""
    return part.counts if part.booked is None else part.booked
