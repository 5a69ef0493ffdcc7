"""Holiday notices before they are loaded: what stands, and everything that cannot be right."""

from dataclasses import replace
from datetime import date

import pytest

from rules.calendar.notices import (
    Closure,
    DaysOff,
    HolidayNotice,
    closure_problems,
    notice_problems,
    notices_in_effect,
)

NOTICE = HolidayNotice(
    year=2026,
    number="国务院办公厅关于2026年部分节假日安排的通知",
    published_on=date(2025, 11, 4),
    days_off=(
        DaysOff(date(2026, 1, 1), date(2026, 1, 3), "元旦"),
        DaysOff(date(2026, 2, 15), date(2026, 2, 23), "春节"),
        DaysOff(date(2026, 4, 4), date(2026, 4, 6), "清明节"),
        DaysOff(date(2026, 5, 1), date(2026, 5, 5), "劳动节"),
        DaysOff(date(2026, 6, 19), date(2026, 6, 21), "端午节"),
        DaysOff(date(2026, 9, 25), date(2026, 9, 27), "中秋节"),
        DaysOff(date(2026, 10, 1), date(2026, 10, 7), "国庆节"),
    ),
    make_up_days=(
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ),
)


def codes(notice: HolidayNotice) -> list[str]:
    return [finding.code for finding in notice_problems(notice)]


def test_the_notice_for_2026_has_nothing_wrong() -> None:
    assert notice_problems(NOTICE) == ()


def test_a_forgotten_make_up_day_shows() -> None:
    (finding,) = notice_problems(replace(NOTICE, make_up_days=NOTICE.make_up_days[1:]))
    assert finding.code == "days_unbalanced"
    assert "19 weekdays are off but 18 should be" in finding.en
    assert "放假占用 19 个工作日，应为 18 个" in finding.zh


def test_days_given_freely_are_stated_and_then_balance() -> None:
    fewer = NOTICE.make_up_days[1:]
    assert notice_problems(replace(NOTICE, make_up_days=fewer, days_given=1)) == ()


def test_a_forgotten_festival_shows_with_each_of_its_days() -> None:
    without_labour_day = tuple(span for span in NOTICE.days_off if span.name != "劳动节")
    found = notice_problems(replace(NOTICE, days_off=without_labour_day))
    assert [finding.en for finding in found if finding.code == "statutory_day_missing"] == [
        "statutory holiday 2026-05-01 (劳动节) is not declared off",
        "statutory holiday 2026-05-02 (劳动节) is not declared off",
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"make_up_days": (*NOTICE.make_up_days, date(2026, 3, 4))}, "make_up_on_weekday"),
        ({"make_up_days": (*NOTICE.make_up_days, date(2026, 1, 3))}, "off_and_worked"),
        ({"make_up_days": (*NOTICE.make_up_days, date(2026, 1, 4))}, "make_up_twice"),
        ({"make_up_days": (*NOTICE.make_up_days, date(2027, 1, 3))}, "day_outside_year"),
        ({"make_up_days": (*NOTICE.make_up_days, date(2025, 12, 20))}, "day_outside_year"),
        (
            {"days_off": (*NOTICE.days_off, DaysOff(date(2026, 10, 7), date(2026, 10, 8), "国庆节"))},
            "day_off_twice",
        ),
    ],
)
def test_each_contradiction_is_named(change: dict[str, tuple[object, ...]], code: str) -> None:
    assert code in codes(replace(NOTICE, **change))  # type: ignore[arg-type]


def test_everything_wrong_is_told_at_once() -> None:
    bad = replace(NOTICE, days_off=NOTICE.days_off[1:], make_up_days=(date(2026, 3, 4), date(2028, 1, 1)))
    assert set(codes(bad)) == {
        "day_outside_year",
        "make_up_on_weekday",
        "statutory_day_missing",
        "days_unbalanced",
    }


def test_new_year_may_begin_in_the_last_week_of_december() -> None:
    early = DaysOff(date(2025, 12, 31), date(2026, 1, 3), "元旦")
    worked = (*NOTICE.make_up_days, date(2025, 12, 28))
    assert notice_problems(replace(NOTICE, days_off=(early, *NOTICE.days_off[1:]), make_up_days=worked)) == ()


def test_an_amendment_need_not_name_the_whole_year() -> None:
    extension = HolidayNotice(
        2020,
        "国办发明电〔2020〕1号",
        date(2020, 1, 27),
        (DaysOff(date(2020, 1, 31), date(2020, 2, 2), "春节"),),
    )
    assert notice_problems(replace(extension, amends=True)) == ()
    assert "statutory_day_missing" in codes(extension)


def test_the_notice_published_last_stands_and_amendments_follow_it() -> None:
    corrected = replace(NOTICE, number="更正", published_on=date(2025, 12, 1))
    early = replace(NOTICE, number="补充一", published_on=date(2025, 11, 20), amends=True)
    late = replace(NOTICE, number="补充二", published_on=date(2026, 1, 10), amends=True)
    later = replace(NOTICE, number="补充三", published_on=date(2026, 1, 20), amends=True)
    other_year = replace(NOTICE, year=2025, number="上年", published_on=date(2024, 11, 12))
    in_effect = notices_in_effect([later, corrected, late, early, NOTICE, other_year])
    assert [notice.number for notice in in_effect] == ["上年", "更正", "补充二", "补充三"]


def test_a_closure_names_a_bureau_that_exists_and_each_day_once() -> None:
    day = Closure("222400", date(2026, 9, 3), "延边朝鲜族自治州成立纪念日")
    assert closure_problems([day, replace(day, bureau="222401")]) == ()
    found = closure_problems([day, day, replace(day, bureau="999999")])
    assert [finding.code for finding in found] == ["closure_twice", "closure_of_unknown_bureau"]
