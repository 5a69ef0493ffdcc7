"""The statutory clocks as dated law, and the hour at which a last day ends."""

from datetime import UTC, date, datetime, time

import pytest

from rules.amounts.one_off import WORKING_DAYS_FOR_NOTICE
from rules.clocks.clocks import (
    CONTACT_LETTER_WORKING_DAYS,
    LINKING_WORKING_DAYS,
    TAKE_IN_WORKING_DAYS,
    TRANSFER_OUT_WORKING_DAYS,
    end_of,
    last_day,
)
from rules.values.due_dates import Clock
from rules.values.law import InForce, in_force


@pytest.mark.parametrize(
    ("clock", "working_days", "law"),
    [
        (CONTACT_LETTER_WORKING_DAYS, 15, "国办发〔2009〕66号第八条第（二）项"),
        (TRANSFER_OUT_WORKING_DAYS, 15, "吉社保〔2020〕6号第七条第一项"),
        (TAKE_IN_WORKING_DAYS, 15, "吉社保〔2020〕6号第七条第三项"),
        (WORKING_DAYS_FOR_NOTICE, 10, "人社厅发〔2019〕94号第一条至第三条"),
        (LINKING_WORKING_DAYS[Clock.REVIEW], 15, "人社部发〔2014〕17号第九条第（二）项"),
        (LINKING_WORKING_DAYS[Clock.TRANSFER_OUT], 15, "人社部发〔2014〕17号第九条第（三）项"),
        (LINKING_WORKING_DAYS[Clock.TAKE_IN], 15, "人社部发〔2014〕17号第九条第（四）项"),
    ],
)
def test_each_clock_has_its_length_and_its_article(
    clock: tuple[InForce[int], ...], working_days: int, law: str
) -> None:
    rule = in_force(clock, date(2024, 3, 1))
    assert (rule.value, str(rule.law)) == (working_days, law)


@pytest.mark.parametrize(
    ("clock", "letter", "titles"),
    [
        (Clock.REVIEW, "A", ("review", "审核")),
        (Clock.TRANSFER_OUT, "B", ("transfer-out", "转出")),
        (Clock.TAKE_IN, "C", ("taking in", "接续")),
        (Clock.WRITTEN_NOTICE, "D", ("written notice", "书面告知")),
    ],
)
def test_each_clock_is_named_by_a_letter_and_in_both_languages(
    clock: Clock, letter: str, titles: tuple[str, str]
) -> None:
    assert (clock.letter, clock.titles) == (letter, titles)


def test_the_clocks_of_the_measures_do_not_run_before_the_measures() -> None:
    with pytest.raises(LookupError):
        in_force(TRANSFER_OUT_WORKING_DAYS, date(2019, 12, 31))


def test_a_last_day_ends_at_midnight_in_china() -> None:
    assert end_of(date(2026, 1, 12)) == datetime(2026, 1, 12, 16, 0, tzinfo=UTC)
    assert end_of(date(2026, 12, 31), None).isoformat() == "2027-01-01T00:00:00+08:00"


def test_a_last_day_ends_at_close_of_business_where_there_are_office_hours() -> None:
    assert end_of(date(2026, 1, 12), time(17, 0)).isoformat() == "2026-01-12T17:00:00+08:00"


def test_the_last_day_of_a_period_is_the_day_that_ends_at_its_last_instant() -> None:
    day = date(2026, 10, 14)
    assert last_day(end_of(day)) == day
    assert last_day(end_of(day, time(17))) == day
