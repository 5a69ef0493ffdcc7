"""The six lines in worked examples, to the fen."""

from dataclasses import replace
from datetime import date

import pytest

from rules.amounts import OutOfScope, transfer_amount, years_without_rate
from rules.history_problems import UnusableHistory
from rules.interest import MissingRates, UnpublishedRate
from rules.money import Fen, Rate, fen_from_yuan, rate_from_percent, yuan
from rules.months import Month
from rules.one_off import OneOffCheck
from rules.record import ContributionRange, History, MonthKind, Opening, TransferAmount
from rules.schemes import Scheme

GOVERNMENT, ENTERPRISE = Scheme.GOVERNMENT, Scheme.ENTERPRISE


def paid(
    first: str, last: str, base: str, booked: str | None = None, kind: MonthKind = MonthKind.REGULAR
) -> ContributionRange:
    rate = None if booked is None else rate_from_percent(booked)
    return ContributionRange(Month.parse(first), Month.parse(last), fen_from_yuan(base), rate, kind)


def lines(amount: TransferAmount) -> list[str]:
    return [yuan(value) for _, value in amount.lines.numbered()]


def codes(amount: TransferAmount) -> list[str]:
    return [finding.code for finding in amount.findings]


TEACHER = History(
    GOVERNMENT,
    (
        paid("2014-10", "2015-12", "4000"),
        paid("2016-01", "2016-12", "4500"),
        paid("2017-01", "2017-12", "5000"),
    ),
)
WORKER_BALANCE = Opening(
    2016, fen_from_yuan("38500"), fen_from_yuan("600"), pooled_base_sum=fen_from_yuan("336000")
)

WORKED_EXAMPLES = [
    pytest.param(
        TEACHER,
        ENTERPRISE,
        date(2018, 9, 3),
        ["0.00", "15576.14", "0.00", "15576.14", "20880.00", "36456.14"],
        39,
        id="1 whole years, posting",
    ),
    pytest.param(
        History(GOVERNMENT, (paid("2018-01", "2018-12", "6000"), paid("2019-01", "2019-05", "6500"))),
        ENTERPRISE,
        date(2019, 7, 1),
        ["0.00", "6018.65", "2600.00", "8618.65", "12540.00", "21158.65"],
        17,
        id="2 in mid-year",
    ),
    pytest.param(
        History(GOVERNMENT, (paid("2024-09", "2025-01", "5200"),)),
        ENTERPRISE,
        date(2025, 7, 1),
        ["0.00", "1673.08", "416.00", "2089.08", "3120.00", "5209.08"],
        5,
        id="3 under one year, resigned",
    ),
    pytest.param(
        History(ENTERPRISE, (paid("2017-01", "2017-08", "3500"),), WORKER_BALANCE),
        GOVERNMENT,
        date(2017, 10, 9),
        ["600.00", "38500.00", "2240.00", "41340.00", "43680.00", "85020.00"],
        8,
        id="4 balances given, years before 1998 and 2006",
    ),
    pytest.param(
        History(ENTERPRISE, (paid("2022-07", "2023-12", "4000"), paid("2024-01", "2024-02", "4300"))),
        GOVERNMENT,
        date(2024, 9, 2),
        ["0.00", "5954.43", "688.00", "6642.43", "9672.00", "16314.43"],
        20,
        id="5 flexible worker recruited",
    ),
    pytest.param(
        History(GOVERNMENT, (paid("2018-01", "2018-06", "6000"),)),
        ENTERPRISE,
        date(2019, 9, 2),
        ["0.00", "3069.01", "0.00", "3069.01", "4320.00", "7389.01"],
        6,
        id="6 with an overlap still to be cleared",
    ),
]


@pytest.mark.parametrize(("history", "to", "on", "expected", "months"), WORKED_EXAMPLES)
def test_the_six_lines_agree_with_the_worked_example(
    history: History, to: Scheme, on: date, expected: list[str], months: int
) -> None:
    amount = transfer_amount(history, to, on)
    assert lines(amount) == expected
    assert amount.months == months
    assert amount.adjusted_record_balance == amount.lines.individual


def test_the_yearly_table_of_the_teacher_is_the_one_on_the_form() -> None:
    years = transfer_amount(TEACHER, ENTERPRISE, date(2018, 9, 3)).years
    shown = [
        (line.year, line.months, *map(yuan, (line.base_sum, line.credited, line.interest, line.balance)))
        for line in years
    ]
    assert shown == [
        (2014, 3, "12000.00", "960.00", "8.00", "968.00"),
        (2015, 12, "48000.00", "3840.00", "152.40", "4960.40"),
        (2016, 12, "54000.00", "4320.00", "606.66", "9887.06"),
        (2017, 12, "60000.00", "4800.00", "889.08", "15576.14"),
    ]
    assert [line.rate for line in years] == [50_000, 50_000, 83_100, 71_200]


def test_the_year_of_transfer_stands_in_the_table_without_rate_or_interest() -> None:
    last = transfer_amount(
        History(GOVERNMENT, (paid("2018-01", "2019-05", "6000"),)), ENTERPRISE, date(2019, 7, 1)
    ).years[-1]
    assert (last.year, last.months, last.rate, last.interest) == (2019, 5, None, 0)


def test_a_year_without_contributions_still_bears_interest() -> None:
    amount = transfer_amount(
        History(GOVERNMENT, (paid("2018-01", "2018-06", "6000"),)), ENTERPRISE, date(2020, 9, 1)
    )
    idle = amount.years[1]
    assert (idle.year, idle.months, idle.credited) == (2019, 0, 0)
    assert idle.interest == fen_from_yuan("233.55")  # 3 069.01 × 7.61 %
    assert amount.lines.to_last_year == fen_from_yuan("3302.56")


def test_a_person_without_months_moves_zeros() -> None:
    amount = transfer_amount(History(ENTERPRISE, ()), GOVERNMENT, date(2025, 3, 3))
    assert lines(amount) == ["0.00"] * 6
    assert (amount.years, amount.months, amount.adjusted_record_balance) == ((), 0, 0)
    assert codes(amount) == ["nothing_to_move"]


@pytest.mark.parametrize(
    ("left", "to", "article"),
    [
        (GOVERNMENT, GOVERNMENT, "第二条"),
        (ENTERPRISE, ENTERPRISE, "第二条"),
        (Scheme.RESIDENT, GOVERNMENT, "第八条"),
        (ENTERPRISE, Scheme.RESIDENT, "第八条"),
    ],
)
def test_a_move_that_is_none_by_the_measures_names_its_article(
    left: Scheme, to: Scheme, article: str
) -> None:
    with pytest.raises(OutOfScope) as refused:
        transfer_amount(History(left, ()), to, date(2025, 3, 3))
    assert refused.value.law.article == article


BOOKED = [
    # first, last, booked, what moves of 12 × 100.00, what the record becomes
    pytest.param("2003-01", "2003-12", "11", "132.00", "132.00", None, id="11 % as laid down"),
    pytest.param("2003-01", "2003-12", "12", "132.00", "144.00", "booked_higher", id="above 11 %"),
    pytest.param("2003-01", "2003-12", "9", "132.00", "132.00", "booked_lower", id="below 11 %"),
    pytest.param("2006-01", "2006-12", "11", "96.00", "132.00", "booked_higher", id="11 % kept too long"),
    pytest.param("2006-01", "2006-12", "8", "96.00", "96.00", None, id="8 % as laid down"),
    pytest.param("2006-01", "2006-12", "6", "96.00", "96.00", "booked_lower", id="below 8 %"),
    pytest.param("2006-01", "2006-12", "0", "96.00", "96.00", "booked_lower", id="nothing booked"),
]


@pytest.mark.parametrize(("first", "last", "booked", "moves", "record", "finding"), BOOKED)
def test_the_book_rate_decides_what_moves_and_what_the_record_becomes(
    first: str, last: str, booked: str, moves: str, record: str, finding: str | None
) -> None:
    history = History(ENTERPRISE, (paid(first, last, "100", booked),), rates=no_interest())
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.lines.individual) == moves
    assert yuan(amount.adjusted_record_balance) == record
    assert {"booked_higher", "booked_lower"} & set(codes(amount)) == ({finding} if finding else set())
    assert yuan(amount.lines.pooled) == "144.00"


def no_interest() -> dict[int, Rate]:
    return {year: Rate(0) for year in range(1992, 2016)}


def test_before_1998_the_booked_contributions_move_and_nothing_from_the_pool() -> None:
    rates = {**no_interest(), 1996: rate_from_percent("10"), 2000: rate_from_percent("5")}
    history = History(ENTERPRISE, (paid("1996-01", "1996-12", "500", "4"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    # 240.00 + 20.00 × 78 × 10 % ÷ 12 = 253.00; 5 % of it in 2000.
    assert lines(amount) == ["265.65", "0.00", "0.00", "265.65", "0.00", "265.65"]
    assert amount.months == 12
    assert "before_1998_as_booked" in codes(amount)


def test_a_lifted_book_rate_recomputes_the_interest_of_the_record() -> None:
    rates = {**no_interest(), 2006: rate_from_percent("10"), 2007: rate_from_percent("10")}
    history = History(ENTERPRISE, (paid("2006-01", "2006-12", "1000", "5"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.adjusted_record_balance) == "1113.20"  # (960 + 52) × 1.1
    assert amount.lines.individual == amount.adjusted_record_balance


def test_an_excess_stays_on_the_record_with_its_interest() -> None:
    rates = {**no_interest(), 2007: rate_from_percent("10")}
    history = History(ENTERPRISE, (paid("2006-01", "2006-12", "1000", "11"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.lines.individual) == "1056.00"  # 960 × 1.1
    assert yuan(amount.adjusted_record_balance) == "1452.00"  # 1 320 × 1.1


def test_pilot_years_before_the_reform_stay_and_do_not_count() -> None:
    pilot = paid("2010-01", "2014-09", "3000", "8", MonthKind.PILOT)
    with_pilot = transfer_amount(
        replace(TEACHER, ranges=(pilot, *TEACHER.ranges)), ENTERPRISE, date(2018, 9, 3)
    )
    without = transfer_amount(TEACHER, ENTERPRISE, date(2018, 9, 3))
    assert (with_pilot.lines, with_pilot.years, with_pilot.months) == (
        without.lines,
        without.years,
        without.months,
    )
    assert set(codes(with_pilot)) - set(codes(without)) == {"pilot_stays"}


def test_months_in_arrears_do_not_count_and_carry_no_money() -> None:
    owed = paid("2018-01", "2018-04", "5000", kind=MonthKind.ARREARS)
    amount = transfer_amount(replace(TEACHER, ranges=(*TEACHER.ranges, owed)), ENTERPRISE, date(2018, 9, 3))
    assert (yuan(amount.lines.total), amount.months) == ("36456.14", 39)
    assert "arrears_do_not_count" in codes(amount)


def one_off(months: str, kind: MonthKind) -> History:
    return History(
        ENTERPRISE,
        (paid("2016-01", months, "3000", kind=kind), paid("2020-01", "2020-12", "4000")),
    )


def test_three_years_paid_in_one_sum_without_papers_stay_behind_and_on_the_record() -> None:
    without_papers = one_off("2018-12", MonthKind.ONE_OFF_WITHOUT_PAPERS)
    amount = transfer_amount(without_papers, GOVERNMENT, date(2021, 9, 1))
    rest = transfer_amount(History(ENTERPRISE, without_papers.ranges[1:]), GOVERNMENT, date(2021, 9, 1))
    assert (amount.lines, amount.months) == (rest.lines, 12)
    (told,) = (finding for finding in amount.findings if finding.code == "one_off_stays")
    assert "within 10 working days of the contact letter" in told.en
    assert "自收到联系函之日起10个工作日内书面告知本人" in told.zh
    proven = transfer_amount(one_off("2018-12", MonthKind.ONE_OFF), GOVERNMENT, date(2021, 9, 1))
    assert amount.adjusted_record_balance == proven.lines.individual
    assert proven.months == 48


@pytest.mark.parametrize(
    ("last", "on", "check"),
    [
        pytest.param("2018-11", date(2021, 9, 1), OneOffCheck.APPLY, id="under three years"),
        pytest.param("2018-12", date(2021, 9, 1), OneOffCheck.OFF, id="check switched off"),
    ],
)
def test_one_off_months_that_need_no_papers_move_like_any_other(
    last: str, on: date, check: OneOffCheck
) -> None:
    unproven = transfer_amount(one_off(last, MonthKind.ONE_OFF_WITHOUT_PAPERS), GOVERNMENT, on, one_off=check)
    regular = transfer_amount(one_off(last, MonthKind.REGULAR), GOVERNMENT, on)
    assert unproven == regular


def test_months_within_the_opening_count_but_carry_no_second_money() -> None:
    history = History(
        ENTERPRISE,
        (paid("1995-01", "2016-12", "1300"), paid("2017-01", "2017-08", "3500")),
        WORKER_BALANCE,
    )
    amount = transfer_amount(history, GOVERNMENT, date(2017, 10, 9))
    assert yuan(amount.lines.total) == "85020.00"
    assert amount.months == 22 * 12 + 8
    assert [line.year for line in amount.years] == [2017]
    assert "opening_holds_the_money" in codes(amount)


def test_a_balance_without_its_months_is_pointed_out() -> None:
    history = History(ENTERPRISE, (paid("2017-01", "2017-08", "3500"),), WORKER_BALANCE)
    assert "opening_without_months" in codes(transfer_amount(history, GOVERNMENT, date(2017, 10, 9)))


def test_both_parts_of_an_opening_bear_interest() -> None:
    amount = transfer_amount(History(ENTERPRISE, (), WORKER_BALANCE), GOVERNMENT, date(2018, 9, 3))
    assert lines(amount)[:4] == ["642.72", "41241.20", "0.00", "41883.92"]  # × 1.0712


def test_last_years_unpublished_rate_is_borrowed_and_flagged() -> None:
    history = History(GOVERNMENT, (paid("2026-01", "2026-12", "6000"),))
    amount = transfer_amount(history, ENTERPRISE, date(2027, 3, 1))
    assert amount.provisional_rate_years == (2026,)
    assert [(line.rate, line.rate_provisional) for line in amount.years] == [(15_000, True)]
    assert yuan(amount.lines.to_last_year) == "5806.80"  # 5 760 + 480 × 78 × 1.5 % ÷ 12
    assert "rate_provisional" in codes(amount)


def test_the_rate_once_known_replaces_the_borrowed_one() -> None:
    history = History(GOVERNMENT, (paid("2026-01", "2026-12", "6000"),), rates={2026: Rate(20_000)})
    amount = transfer_amount(history, ENTERPRISE, date(2027, 3, 1))
    assert (amount.provisional_rate_years, yuan(amount.lines.to_last_year)) == ((), "5822.40")


def test_waiting_for_the_rate_is_a_switch() -> None:
    history = History(GOVERNMENT, (paid("2026-01", "2026-12", "6000"),))
    with pytest.raises(MissingRates) as missing:
        transfer_amount(history, ENTERPRISE, date(2027, 3, 1), unpublished=UnpublishedRate.WAIT)
    assert missing.value.years == (2026,)


def test_missing_rates_of_past_years_are_all_named() -> None:
    history = History(ENTERPRISE, (paid("2012-01", "2016-12", "2000"),), rates={2013: Rate(30_000)})
    with pytest.raises(MissingRates) as missing:
        transfer_amount(history, GOVERNMENT, date(2018, 9, 3))
    assert missing.value.years == (2012, 2014, 2015)
    assert years_without_rate(history, date(2018, 9, 3)) == (2012, 2014, 2015)


def test_a_rate_without_an_official_text_is_pointed_out() -> None:
    history = History(GOVERNMENT, (paid("2025-01", "2025-12", "6000"),))
    assert "rate_without_official_text" in codes(transfer_amount(history, ENTERPRISE, date(2026, 9, 1)))
    given = replace(history, rates={2025: Rate(15_000)})
    assert "rate_without_official_text" not in codes(transfer_amount(given, ENTERPRISE, date(2026, 9, 1)))


def test_an_unusable_history_is_refused_with_every_problem() -> None:
    history = History(GOVERNMENT, (paid("2013-01", "2013-02", "0"), paid("2018-05", "2018-12", "5000")))
    with pytest.raises(UnusableHistory) as refused:
        transfer_amount(history, ENTERPRISE, date(2018, 9, 3))
    assert [wrong.path for wrong in refused.value.problems] == [
        ("ranges", 0, "base"),
        ("ranges", 0, "first"),
        ("ranges", 1, "last"),
    ]


def test_every_finding_names_its_law_in_both_languages() -> None:
    history = History(
        ENTERPRISE,
        (
            paid("1996-01", "1996-12", "500", "4"),
            paid("2003-01", "2003-12", "780", "12"),
            paid("2006-01", "2006-12", "900", "6"),
            paid("2011-01", "2011-06", "900", kind=MonthKind.ARREARS),
            paid("2016-01", "2018-12", "3000", kind=MonthKind.ONE_OFF_WITHOUT_PAPERS),
            paid("2027-01", "2027-02", "5000"),
        ),
        rates=no_interest(),
    )
    found = transfer_amount(history, GOVERNMENT, date(2027, 3, 1)).findings
    assert {finding.code for finding in found} == {
        "pooled_fund_share",
        "this_year_principal_only",
        "booked_higher",
        "booked_lower",
        "before_1998_as_booked",
        "one_off_stays",
        "arrears_do_not_count",
        "rates_given",
        "rate_without_official_text",
        "rate_provisional",
    }
    assert all(finding.law.document and finding.zh and finding.en for finding in found)


def test_the_pooled_fund_gives_its_share_from_the_reform_on_only() -> None:
    history = History(ENTERPRISE, (paid("1997-12", "1998-01", "1000", "11"),), rates=no_interest())
    assert transfer_amount(history, GOVERNMENT, date(2016, 3, 1)).lines.pooled == Fen(12_000)
