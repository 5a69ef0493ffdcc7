"""Where a relationship goes."""

from dataclasses import replace
from datetime import date

import pytest
from movers import DAY, LEAVER, RECRUIT, TEACHER

from rules.application.destination import destination, goes_home
from rules.values.law import JILIN_MEASURES, Law
from rules.values.moves import LEAVING_REASONS, Move, MoveReason, Scheme


@pytest.mark.parametrize(
    ("move", "key"),
    [
        pytest.param(TEACHER, "220100", id="posting: the new employer's bureau"),
        pytest.param(RECRUIT, "220100", id="recruited: the school's bureau"),
        pytest.param(replace(TEACHER, employer_bureau=None), "220100", id="the employer applies where it is"),
        pytest.param(replace(TEACHER, employer_bureau="220381"), "220184", id="an employer under an old key"),
        pytest.param(replace(TEACHER, employer_bureau="CHANGBAISHAN"), "CHANGBAISHAN", id="the zone"),
        pytest.param(LEAVER, "222401", id="resigned: home"),
        pytest.param(replace(LEAVER, registered_home="220102"), "220100", id="a district is the city's"),
        pytest.param(replace(LEAVER, registered_home="220181"), "220113", id="an old code on the register"),
        pytest.param(
            replace(LEAVER, new_employer="新单位", employer_bureau="220200"), "222401", id="new job"
        ),
        pytest.param(
            replace(LEAVER, reason=MoveReason.POSTING, individual_payer=True), "222401", id="pays alone"
        ),
        pytest.param(
            replace(TEACHER, reason=MoveReason.LEAVE_TO_START_A_BUSINESS), "220100", id="on leave: new firm"
        ),
    ],
)
def test_the_right_bureau(move: Move, key: str) -> None:
    right = destination(move, DAY)
    assert right.bureau is not None
    assert right.bureau.key == key
    assert right.law == Law(JILIN_MEASURES, "第五条")


@pytest.mark.parametrize("reason", sorted(LEAVING_REASONS))
def test_every_leaver_goes_home(reason: MoveReason) -> None:
    assert goes_home(replace(LEAVER, reason=reason))


@pytest.mark.parametrize(
    ("individual_payer", "new_employer", "home"),
    [(True, None, True), (True, "某单位", False), (False, None, False), (False, "某单位", False)],
)
def test_of_the_others_only_who_pays_alone_goes_home(
    individual_payer: bool, new_employer: str | None, home: bool
) -> None:
    posted = replace(TEACHER, individual_payer=individual_payer, new_employer=new_employer)
    assert goes_home(posted) is home


def test_a_resident_never_goes_home_by_these_measures() -> None:
    assert not goes_home(replace(LEAVER, scheme_from=Scheme.RESIDENT))
    assert not goes_home(replace(LEAVER, scheme_to=Scheme.RESIDENT))


def test_who_enters_the_government_scheme_never_goes_home() -> None:
    assert not goes_home(replace(RECRUIT, new_employer=None))
    assert not goes_home(replace(RECRUIT, reason=MoveReason.RESIGNED))


def test_a_home_outside_jilin_names_no_bureau() -> None:
    assert destination(replace(LEAVER, registered_home="110101"), DAY).bureau is None


def test_the_bureau_is_that_of_the_day() -> None:
    leaver = replace(LEAVER, registered_home="220184")
    before, after = (destination(leaver, day).bureau for day in (date(2020, 6, 18), date(2020, 6, 19)))
    assert before is not None
    assert after is not None
    assert (before.key, after.key) == ("220381", "220184")
