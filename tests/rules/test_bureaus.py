"""The directory of bureaus, and which one a household registration belongs to."""

import re
from datetime import date, timedelta
from importlib.resources import files

import pytest

from rules.application.bureau_list import BUREAUS, CHANGBAISHAN, PROVINCIAL, ZONE_TOWNSHIPS, BureauKind
from rules.application.bureaus import (
    bureau,
    bureau_for_division,
    bureau_now_serving,
    bureaus,
    bureaus_at_work,
    in_province,
    listed_bureau,
)

TODAY = date(2026, 1, 15)

SPLIT_SINCE = {"222202", "222303", "222321"}
"""浑江市 and 扶余 before 1992: their places belong to more than one bureau today."""

NO_HOME = {"220000", "222100", "222200", "222300", "222500", "222600", "229000"}
"""The province, and prefectures that were dissolved: nobody is registered in one."""


def test_there_are_nine_prefectures_the_zone_the_provincial_office_and_the_counties() -> None:
    count = {kind: sum(one.kind is kind for one in bureaus(TODAY)) for kind in BureauKind}
    assert count == {
        BureauKind.PROVINCIAL: 1,
        BureauKind.PREFECTURE: 9,
        BureauKind.ZONE: 1,
        BureauKind.COUNTY: 41,
    }


def test_the_directory_begins_in_1992() -> None:
    first_day = date(1992, 1, 1)
    assert bureau("220100", first_day) == listed_bureau("220100")
    assert bureaus(first_day - timedelta(days=1)) == ()


def test_every_day_has_each_place_once() -> None:
    for on in (date(1995, 5, 1), date(2006, 1, 1), date(2013, 6, 1), date(2014, 10, 20), TODAY):
        assert len(bureaus(on)) == 52
        assert len({one.key for one in bureaus(on)}) == 52


def test_a_key_is_the_division_code_where_there_is_one() -> None:
    own = {one.key for one in BUREAUS if one.key != one.division_code}
    assert own == {CHANGBAISHAN, PROVINCIAL}
    zone = listed_bureau(CHANGBAISHAN)
    assert zone is not None
    assert zone.division_code is None


@pytest.mark.parametrize(
    ("old", "new", "last_day", "first_day"),
    [
        ("220381", "220184", date(2020, 6, 18), date(2020, 6, 19)),
        ("220181", "220113", date(2014, 10, 19), date(2014, 10, 20)),
        ("220724", "220781", date(2013, 1, 23), date(2013, 1, 24)),
        ("220625", "220605", date(2005, 12, 31), date(2006, 1, 1)),
    ],
)
def test_a_renamed_county_keeps_one_bureau_under_a_new_key(
    old: str, new: str, last_day: date, first_day: date
) -> None:
    assert bureau(old, last_day)
    assert not bureau(new, last_day)
    assert bureau(new, first_day)
    assert not bureau(old, first_day)
    for code in (old, new):
        assert bureau_for_division(code, last_day) == bureau(old, last_day)
        assert bureau_for_division(code, first_day) == bureau(new, first_day)
        assert bureau_now_serving(code, first_day) == bureau(new, first_day)


def test_every_change_says_where_its_day_comes_from_and_leads_on() -> None:
    for one in BUREAUS:
        if one.until is not None:
            assert one.successor is not None
            following = listed_bureau(one.successor)
            assert following is not None
            assert following.since == one.until
            assert one.dated_by
            assert following.dated_by


@pytest.mark.parametrize(
    ("code", "key"),
    [
        pytest.param("220102", "220100", id="a city district has no bureau of its own"),
        pytest.param("220112", "220100", id="Shuangyang is a district"),
        pytest.param("220125", "220100", id="Shuangyang's code as a county"),
        pytest.param("220113", "220113", id="Jiutai district keeps its bureau"),
        pytest.param("222401", "222401", id="Yanji is a city, not a district of Yanbian"),
        pytest.param("222421", "222405", id="Longjing as a county"),
        pytest.param("220321", "220184", id="Huaide, now Gongzhuling"),
        pytest.param("220621", "220621", id="Fusong"),
        pytest.param("220621120", CHANGBAISHAN, id="Chixi: the zone, inside Fusong"),
        pytest.param("222426120", CHANGBAISHAN, id="Chibei: the zone, inside Antu"),
        pytest.param("222426100", "222426", id="another township of Antu"),
        pytest.param("220102001", "220100", id="a street of a district"),
    ],
)
def test_a_household_registration_belongs_to_one_bureau(code: str, key: str) -> None:
    found = bureau_for_division(code, TODAY)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("code", ["110101", "220000", "220171", "229999", "222303", "PROVINCIAL", "", "22"])
def test_a_code_that_names_no_place_of_jilin_has_no_bureau(code: str) -> None:
    assert bureau_for_division(code, TODAY) is None


def test_a_province_is_told_by_its_first_two_digits() -> None:
    assert in_province("220171")
    assert not in_province("110101")


def _codes_ever_used() -> set[str]:
    """Every code of Jilin in the table that the ID number library carries, an independent source."""
    lines = (files("stdnum.cn") / "loc.dat").read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("22 "))
    codes = set()
    for line in lines[start + 1 :]:
        if not line.startswith(" "):
            break
        if found := re.match(r"\s+(\d{4})\s", line):
            codes.add(f"22{found[1]}")
    return codes


def test_every_division_code_jilin_ever_had_leads_to_a_bureau() -> None:
    used = _codes_ever_used()
    assert len(used) > 150
    lost = {code for code in used if bureau_for_division(code, TODAY) is None}
    assert lost == SPLIT_SINCE | NO_HOME


def test_the_zone_has_three_townships() -> None:
    assert {bureau_for_division(code, TODAY) for code in ZONE_TOWNSHIPS} == {bureau(CHANGBAISHAN, TODAY)}


def test_a_bureau_that_was_replaced_is_at_work_under_its_key_until_its_cases_are_closed() -> None:
    on_the_day, later = ({one.key for one in bureaus_at_work(date(year, 6, 19))} for year in (2020, 2026))
    assert {"220381", "220184"} <= on_the_day
    assert later == {one.key for one in bureaus(date(2026, 6, 19))}
