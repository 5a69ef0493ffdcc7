"""Every ground names a remedy that helps in its direction: nobody is sent somewhere in vain."""

from dataclasses import replace
from typing import Any

import pytest
from movers import TEACHER
from test_linking import FARMER, REACHED, E, G, R

from rules.application.certificate_grounds import RelationshipFacts, grounds_against_certificate
from rules.application.grounds import grounds_for_refusal
from rules.application.linking import EmployeeRecord, grounds_against_direction
from rules.values.moves import ApplicationRoute, InsuredStatus, MoveReason, Scheme

LINKING = ((R, E), (R, G), (E, R), (G, R))
EMPLOYEE = ((G, E), (E, G))


def cures(left: Scheme, joined: Scheme, **changes: Any) -> dict[str, str]:
    """The cures in Chinese by the code of their ground."""
    base = FARMER if R in (left, joined) else TEACHER
    home = {"bureau_in": "222401"} if joined is R else {}
    move = replace(base, **{"scheme_from": left, "scheme_to": joined, **home, **changes})
    return {one.code: one.cure_zh for one in grounds_for_refusal(move, move.submitted_on)}


@pytest.mark.parametrize(("left", "joined"), LINKING + EMPLOYEE)
def test_a_pensioner_and_the_heirs_hear_what_becomes_of_the_money(left: Scheme, joined: Scheme) -> None:
    drawn = cures(left, joined, status=InsuredStatus.PENSIONER)["already_a_pensioner"]
    assert ("扣除政府补贴后退还本人" in drawn) is (R in (left, joined))
    assert "继承人" in cures(left, joined, status=InsuredStatus.DECEASED)["deceased"]


@pytest.mark.parametrize(("left", "joined"), LINKING)
def test_for_linking_no_employer_is_named(left: Scheme, joined: Scheme) -> None:
    told = cures(left, joined, reason=MoveReason.RECRUITED)
    assert told == {"not_for_linking": "请将转移原因改为“城乡养老保险制度衔接”，由本人向转入地申请。"}
    by_employer = cures(left, joined, entry=ApplicationRoute.FORMER_EMPLOYERS_FORM)
    assert by_employer == {"not_for_linking": "请由本人向转入地申请。"}


def test_who_pays_alone_applies_without_an_employer() -> None:
    alone = {"reason": MoveReason.POSTING, "individual_payer": True, "new_employer": None}
    told = cures(G, E, **alone, entry=ApplicationRoute.FORMER_EMPLOYERS_FORM)
    assert "以个人身份缴费的，由本人" in told["former_employers_form_for_leavers_only"]


@pytest.mark.parametrize(("left", "joined"), EMPLOYEE)
def test_between_employee_schemes_linking_is_no_reason(left: Scheme, joined: Scheme) -> None:
    told = cures(left, joined, reason=MoveReason.LINKING)
    assert told["reason_against_direction"] == "请更正转移原因后重新申请。"


SOUND = EmployeeRecord(months=60)
LEFT = EmployeeRecord(months=0, kept=False)
SCATTERED = EmployeeRecord(months=0, kept=False, elsewhere=120)


@pytest.mark.parametrize("joined", [E, G])
@pytest.mark.parametrize(
    ("record", "told", "not_told"),
    [
        pytest.param(SOUND, "自今日起申请从{}转入城乡居民基本养老保险", "以该地为转入地", id="too few"),
        pytest.param(LEFT, "转入地没有本人的{}关系：关系在他处的，请以该地为转入地", "延长缴费", id="left"),
        pytest.param(SCATTERED, "归集后，重新计算缴费年限", "延长缴费", id="to be gathered"),
    ],
)
def test_a_resident_is_sent_to_where_the_employee_relationship_is(
    joined: Scheme, record: EmployeeRecord, told: str, not_told: str
) -> None:
    grounds = grounds_against_direction(replace(FARMER, scheme_to=joined), record, REACHED, REACHED)
    (cure,) = (one.cure_zh for one in grounds if one.code == "too_few_employee_years")
    assert told.format(joined.official) in cure
    assert not_told not in cure


@pytest.mark.parametrize("left", [E, G])
def test_with_enough_employee_years_the_other_direction_is_named(left: Scheme) -> None:
    worker = replace(FARMER, scheme_from=left, scheme_to=R)
    (ground,) = grounds_against_direction(worker, EmployeeRecord(months=180), REACHED, REACHED)
    assert f"从城乡居民基本养老保险转入{left.official}" in ground.cure_zh


@pytest.mark.parametrize(
    ("facts", "told", "not_told"),
    [
        pytest.param({"ended": True, "ended_by": "X-1"}, "案件 X-1 的转入地", "查询", id="moved by a case"),
        pytest.param({"ended": True}, "以该地为转出地", "案件", id="moved"),
        pytest.param({"status": InsuredStatus.PENSIONER}, "先在转出地更正", "衔接", id="pension"),
    ],
)
def test_who_asks_where_the_relationship_was_is_sent_to_where_it_is(
    facts: dict[str, Any], told: str, not_told: str
) -> None:
    (ground,) = grounds_against_certificate(RelationshipFacts(known=True, **facts), "case")
    assert told in ground.cure_zh
    assert not_told not in ground.cure_zh


def test_a_resident_who_draws_a_pension_is_not_told_of_employment() -> None:
    drawn = RelationshipFacts(known=True, linking=True, status=InsuredStatus.PENSIONER)
    (ground,) = grounds_against_certificate(drawn, "case")
    assert "在职" not in ground.zh
    assert "制度衔接" in ground.zh
