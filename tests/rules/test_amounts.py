"""The six lines in worked examples, to the fen; the rates they need; and why a history cannot be used."""

from dataclasses import replace
from datetime import date

import pytest
from paid_months import ENTERPRISE, GOVERNMENT, TEACHER, WORKER_BALANCE, codes, lines, no_interest, paid

from rules.amounts.amounts import OutOfScope, transfer_amount, years_without_rate
from rules.amounts.history_problems import UnusableHistory
from rules.amounts.interest import MissingRates, UnpublishedRate
from rules.values.money import Fen, Rate, fen_from_yuan, yuan
from rules.values.moves import Scheme
from rules.values.record import History, MonthKind

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
        (Scheme.RESIDENT, Scheme.RESIDENT, "第二条"),
    ],
)
def test_a_move_that_is_none_by_the_measures_names_its_article(
    left: Scheme, to: Scheme, article: str
) -> None:
    with pytest.raises(OutOfScope) as refused:
        transfer_amount(History(left, ()), to, date(2025, 3, 3))
    assert refused.value.law.article == article


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
