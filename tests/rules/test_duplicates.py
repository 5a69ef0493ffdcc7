"""Months paid twice: found, offered, cleared, to the fen and to the month."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.amounts.amounts import transfer_amount
from rules.amounts.duplicates import (
    ChoiceMissing,
    Clearing,
    DuplicatePeriod,
    PaidRecord,
    clear,
    duplicate_periods,
    months_of,
    options,
    refund_for,
)
from rules.amounts.interest import MissingRates
from rules.values.money import Fen, fen_from_yuan, rate_from_percent, yuan
from rules.values.months import Month, months_between
from rules.values.moves import CertifiedMonths, Scheme
from rules.values.record import ContributionRange, History, MonthKind, RefundOf

G, E = Scheme.GOVERNMENT, Scheme.ENTERPRISE
KEEP_GOVERNMENT, KEEP_ENTERPRISE = 0, 1
MOVED_ON = date(2019, 9, 2)


def paid(
    first: str, last: str, base: str, booked: str | None = None, kind: MonthKind = MonthKind.REGULAR
) -> ContributionRange:
    rate = None if booked is None else rate_from_percent(booked)
    return ContributionRange(Month.parse(first), Month.parse(last), fen_from_yuan(base), rate, kind)


GOVERNMENT = PaidRecord(G, "222400", (paid("2018-01", "2018-06", "6000"),), taken_in=True)
ENTERPRISE = PaidRecord(E, "220100", (paid("2018-05", "2019-08", "5500"),))
OVERLAP = (GOVERNMENT, ENTERPRISE)
MAY_AND_JUNE = DuplicatePeriod(Month(2018, 5), Month(2018, 6), (0, 1))


def certified(first: str, last: str) -> tuple[CertifiedMonths, ...]:
    return (CertifiedMonths(Month.parse(first), Month.parse(last)),)


def test_worked_example_6_the_enterprise_months_kept_by_choice() -> None:
    history = History(G, GOVERNMENT.ranges)
    lines = transfer_amount(history, E, MOVED_ON).lines
    assert [yuan(value) for _, value in lines.numbered()][3:] == ["3069.01", "4320.00", "7389.01"]
    cleared = clear(OVERLAP, [KEEP_ENTERPRISE], MOVED_ON)
    assert yuan(cleared.refund) == "960.00"
    assert yuan(Fen(lines.individual - cleared.refund)) == "2109.01"
    assert len(cleared.kept[0]) == 4
    assert cleared.cleared == ((Month(2018, 5), Month(2018, 6)), ())
    assert len(cleared.kept[1]) == len(months_of(ENTERPRISE))
    assert cleared.law.article == "第四条"


def test_the_person_is_offered_both_sides_with_their_amounts() -> None:
    assert duplicate_periods(OVERLAP) == (MAY_AND_JUNE,)
    keep_government, keep_enterprise = options(OVERLAP, MAY_AND_JUNE, MOVED_ON)
    assert (keep_government.keep, keep_government.cleared) == (KEEP_GOVERNMENT, (KEEP_ENTERPRISE,))
    assert (keep_enterprise.keep, keep_enterprise.cleared) == (KEEP_ENTERPRISE, (KEEP_GOVERNMENT,))
    assert [yuan(one.refund) for one in (keep_government, keep_enterprise)] == ["880.00", "960.00"]


def test_certified_service_overrides_the_choice() -> None:
    service = certified("2018-01", "2018-06")
    cleared = clear(OVERLAP, [KEEP_ENTERPRISE], MOVED_ON, service)
    assert cleared.cleared == ((), (Month(2018, 5), Month(2018, 6)))
    assert yuan(cleared.refund) == "880.00"
    (period,) = duplicate_periods(OVERLAP, service)
    assert [one.keep for one in options(OVERLAP, period, MOVED_ON)] == [KEEP_GOVERNMENT]


def test_a_certification_of_one_month_leaves_the_choice_for_the_other() -> None:
    service = certified("2018-06", "2018-06")
    may, june = duplicate_periods(OVERLAP, service)
    assert (may.first, may.last, may.certified) == (Month(2018, 5), Month(2018, 5), False)
    assert (june.first, june.last, june.certified) == (Month(2018, 6), Month(2018, 6), True)
    cleared = clear(OVERLAP, [KEEP_ENTERPRISE, None], MOVED_ON, service)
    assert cleared.cleared == ((Month(2018, 5),), (Month(2018, 6),))
    assert yuan(cleared.refund) == "920.00"


def test_a_certification_decides_nothing_between_two_enterprise_records() -> None:
    twice = (ENTERPRISE, PaidRecord(E, "220200", (paid("2018-05", "2018-05", "3000"),)))
    (period,) = duplicate_periods(twice, certified("2018-05", "2018-05"))
    assert [one.keep for one in options(twice, period, MOVED_ON)] == [0, 1]


def test_months_in_three_places_are_kept_in_one() -> None:
    three = (*OVERLAP, PaidRecord(E, "220200", (paid("2018-06", "2018-07", "3000"),)))
    periods = duplicate_periods(three)
    assert [(str(p.first), str(p.last), p.records) for p in periods] == [
        ("2018-05", "2018-05", (0, 1)),
        ("2018-06", "2018-06", (0, 1, 2)),
        ("2018-07", "2018-07", (1, 2)),
    ]
    assert [yuan(one.refund) for one in options(three, periods[1], MOVED_ON)] == [
        "680.00",
        "720.00",
        "920.00",
    ]


def test_a_gap_ends_a_period() -> None:
    gap = PaidRecord(G, "222400", (paid("2018-05", "2018-06", "6000"), paid("2018-08", "2018-09", "6000")))
    periods = duplicate_periods((gap, ENTERPRISE))
    assert [(str(p.first), str(p.last), p.months) for p in periods] == [
        ("2018-05", "2018-06", 2),
        ("2018-08", "2018-09", 2),
    ]


@pytest.mark.parametrize("kind", [MonthKind.ARREARS, MonthKind.PILOT])
def test_months_that_were_never_paid_or_do_not_move_are_no_duplicates(kind: MonthKind) -> None:
    other = PaidRecord(G, "222400", (paid("2018-05", "2018-06", "6000", kind=kind),))
    assert duplicate_periods((other, ENTERPRISE)) == ()
    assert months_of(other) == ()


@pytest.mark.parametrize("choices", [[None], [7]])
def test_nothing_is_cleared_before_the_person_has_chosen(choices: list[int | None]) -> None:
    with pytest.raises(ChoiceMissing) as missing:
        clear(OVERLAP, choices, MOVED_ON)
    assert missing.value.periods == (MAY_AND_JUNE,)


def test_every_period_needs_its_choice() -> None:
    with pytest.raises(ValueError, match="zip"):
        clear(OVERLAP, [], MOVED_ON)


def test_without_duplicates_everything_is_kept() -> None:
    apart = (GOVERNMENT, PaidRecord(E, "220100", (paid("2018-07", "2018-12", "5500"),)))
    cleared = clear(apart, [], MOVED_ON)
    assert cleared.cleared == ((), ())
    assert cleared.refund == 0


def test_principal_of_a_transferred_record_is_what_moved_and_of_another_what_was_booked() -> None:
    month = frozenset({Month(2019, 1)})
    overbooked = (paid("2019-01", "2019-01", "5000", booked="11"),)
    assert yuan(refund_for(PaidRecord(E, "220100", overbooked), month, MOVED_ON)) == "550.00"
    assert yuan(refund_for(PaidRecord(E, "220100", overbooked, taken_in=True), month, MOVED_ON)) == "400.00"


def test_before_1998_the_record_stands_as_booked() -> None:
    early = PaidRecord(E, "220100", (paid("1997-01", "1997-01", "1000", booked="3"),), taken_in=True)
    assert yuan(refund_for(early, frozenset({Month(1997, 1)}), MOVED_ON)) == "30.00"


def test_under_the_national_wording_the_refund_carries_its_interest() -> None:
    refund = clear(OVERLAP, [KEEP_ENTERPRISE], MOVED_ON, refund_of=RefundOf.BALANCE).refund
    # 480 each in May and June 2018 at 8.29 %: 8 and 7 months of interest, 49.74 in all.
    assert yuan(refund) == "1009.74"


def test_a_balance_needs_the_rates_of_its_years_and_principal_does_not() -> None:
    early = PaidRecord(G, "222400", (paid("2013-01", "2013-01", "1000"),))
    month = frozenset({Month(2013, 1)})
    assert yuan(refund_for(early, month, MOVED_ON)) == "80.00"
    with pytest.raises(MissingRates):
        refund_for(early, month, MOVED_ON, RefundOf.BALANCE)


def test_what_is_promised_for_two_periods_of_a_year_is_what_is_paid() -> None:
    # 8 % of 10,370.32, three months' bases, is 829.6256; of both periods together 1,659.2512.
    quarter = ("3456.77", "3456.77", "3456.78")
    months = [*(f"2018-0{month}" for month in (1, 2, 3)), *(f"2018-0{month}" for month in (7, 8, 9))]
    parts = tuple(paid(month, month, base) for month, base in zip(months, (*quarter, *quarter), strict=True))
    government = PaidRecord(G, "222400", parts, taken_in=True)
    enterprise = PaidRecord(
        E, "220100", (paid("2018-01", "2018-03", "4000"), paid("2018-07", "2018-09", "4000"))
    )
    held = (government, enterprise)
    promised = [options(held, period, MOVED_ON)[KEEP_ENTERPRISE].refund for period in duplicate_periods(held)]
    assert [yuan(one) for one in promised] == ["829.63", "829.62"]
    assert yuan(clear(held, [KEEP_ENTERPRISE] * 2, MOVED_ON).refund) == "1659.25"
    assert yuan(clear(held, [KEEP_ENTERPRISE, KEEP_GOVERNMENT], MOVED_ON).refunds[0]) == "829.63"
    assert yuan(clear(held, [KEEP_GOVERNMENT, KEEP_ENTERPRISE], MOVED_ON).refunds[0]) == "829.62"


def test_under_the_national_wording_months_before_the_known_rates_stand_in_nobodys_way() -> None:
    old = PaidRecord(E, "220100", (paid("2010-01", "2010-12", "2000"), paid("2018-01", "2018-12", "5000")))
    month = frozenset({Month(2018, 12)})
    # 400 with one month of interest at 8.29 %: 2.7633.
    assert yuan(refund_for(old, month, MOVED_ON, RefundOf.BALANCE)) == "402.76"


bases = st.integers(1, 3_000_000).map(Fen)


@st.composite
def records(draw: st.DrawFn) -> tuple[PaidRecord, ...]:
    made = []
    for number in range(draw(st.integers(2, 3))):
        starts = Month(2016, 1).plus(draw(st.integers(0, 24)))
        parts = []
        for _ in range(draw(st.integers(0, 3))):
            last = starts.plus(draw(st.integers(0, 14)))
            parts.append(ContributionRange(starts, last, draw(bases)))
            starts = last.plus(draw(st.integers(1, 4)))
        scheme = draw(st.sampled_from((G, E)))
        made.append(PaidRecord(scheme, f"bureau {number}", tuple(parts), taken_in=number == 0))
    return tuple(made)


services = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(
    lambda span: (CertifiedMonths(Month(2016, 1).plus(span[0]), Month(2016, 1).plus(sum(span))),)
)


def cleared_somehow(
    held: tuple[PaidRecord, ...], service: tuple[CertifiedMonths, ...], data: st.DataObject, of: RefundOf
) -> Clearing:
    choices = [
        data.draw(st.sampled_from([one.keep for one in options(held, period, date(2024, 3, 1))]))
        for period in duplicate_periods(held, service)
    ]
    return clear(held, choices, date(2024, 3, 1), service, of)


@settings(max_examples=60, deadline=None)
@given(records(), st.just(()) | services, st.data())
def test_kept_and_cleared_are_all_and_no_month_is_kept_twice(
    held: tuple[PaidRecord, ...], service: tuple[CertifiedMonths, ...], data: st.DataObject
) -> None:
    cleared = cleared_somehow(held, service, data, RefundOf.PRINCIPAL)
    for record, kept, gone in zip(held, cleared.kept, cleared.cleared, strict=True):
        assert sorted((*kept, *gone)) == list(months_of(record))
    counted = [month for kept in cleared.kept for month in kept]
    assert len(counted) == len(set(counted))
    assert set(counted) == {month for record in held for month in months_of(record)}
    decided = {month for part in service for month in months_between(part.first, part.last)}
    for kept, record in zip(cleared.kept, held, strict=True):
        if record.scheme is E:
            others = [held[at] for at in range(len(held)) if held[at].scheme is G]
            certified_elsewhere = decided & {m for other in others for m in months_of(other)}
            assert not certified_elsewhere & set(kept)


@settings(max_examples=60, deadline=None)
@given(records(), st.sampled_from(RefundOf), st.data())
def test_no_more_is_refunded_than_moved_and_the_options_add_up(
    held: tuple[PaidRecord, ...], of: RefundOf, data: st.DataObject
) -> None:
    on = date(2024, 3, 1)
    moved = transfer_amount(History(held[0].scheme, held[0].ranges), E if held[0].scheme is G else G, on)
    cleared = cleared_somehow(held, (), data, of)
    assert 0 <= cleared.refunds[0] <= moved.lines.individual
    assert cleared.refund == sum(cleared.refunds)
    posted = moved.lines.individual - cleared.refunds[0]
    whole = refund_for(held[0], frozenset(months_of(held[0])), on, of)
    assert posted >= moved.lines.individual - whole >= 0
    if of is RefundOf.BALANCE:
        assert whole == moved.lines.individual


@settings(max_examples=60, deadline=None)
@given(records(), st.sampled_from(RefundOf), st.data())
def test_what_is_promised_is_what_is_paid(
    held: tuple[PaidRecord, ...], of: RefundOf, data: st.DataObject
) -> None:
    on = date(2024, 3, 1)
    promised, choices = 0, []
    for period in duplicate_periods(held):
        chosen = data.draw(st.sampled_from(options(held, period, on, of)))
        choices.append(chosen.keep)
        promised += chosen.refund
    assert clear(held, choices, on, refund_of=of).refund == promised


@settings(max_examples=60, deadline=None)
@given(records(), st.integers(0, 60))
def test_the_national_wording_never_refunds_less(held: tuple[PaidRecord, ...], at: int) -> None:
    months = frozenset(months_between(Month(2016, 1), Month(2016, 1).plus(at)))
    principal = refund_for(held[0], months, date(2024, 3, 1))
    assert principal <= refund_for(held[0], months, date(2024, 3, 1), RefundOf.BALANCE)


@settings(max_examples=60, deadline=None)
@given(bases, st.integers(1, 11))
def test_how_ranges_are_written_changes_no_refund(base: Fen, cut: int) -> None:
    first, last = Month(2018, 1), Month(2018, 12)
    months = frozenset(months_between(first, last))
    whole = PaidRecord(G, "222400", (ContributionRange(first, last, base),))
    parts = PaidRecord(
        G,
        "222400",
        (
            ContributionRange(first, Month(2018, cut), base),
            ContributionRange(Month(2018, cut + 1), last, base),
        ),
    )
    assert refund_for(whole, months, MOVED_ON) == refund_for(parts, months, MOVED_ON)
