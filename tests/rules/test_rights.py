"""Who may do what by role, and what one officer may not do beside something else in the same case."""

import pytest

from rules.officers.rights import RIGHTS, rights_of, roles_for
from rules.officers.separation import OfficersAct, conflicts
from rules.values.officers import (
    PROVINCE,
    ROLES_OF_A_BUREAU,
    ROLES_OF_THE_PROVINCE,
    Right,
    Role,
    canonical_officer,
    roles_at,
)


def act(
    right: Right, side: str = "in", officer: str = "li01", key: str = "k1", about: str = ""
) -> OfficersAct:
    return OfficersAct(right, side, officer, key, about)


def codes(now: OfficersAct, *before: OfficersAct, within: bool = False) -> list[str]:
    return [one.code for one in conflicts(now, before, within)]


@pytest.mark.parametrize("typed", ["li01", "LI01", "ｌｉ01", " Li０1 "])
def test_an_id_is_the_same_however_it_is_typed(typed: str) -> None:
    assert canonical_officer(typed) == "li01"


def test_every_right_is_given_by_some_role_and_every_role_exists_somewhere() -> None:
    assert rights_of(tuple(Role)) == set(Right)
    assert set(ROLES_OF_A_BUREAU) | set(ROLES_OF_THE_PROVINCE) == set(Role)
    assert Role.ARBITRATOR not in roles_at("220100")
    assert Role.CHECKER not in roles_at(PROVINCE)


def test_the_arrangements_replace_the_rights_of_the_roles_they_name() -> None:
    arranged = {Role.MAKER: frozenset({Right.AMEND})}
    assert rights_of([Role.MAKER], arranged) == {Right.AMEND}
    assert rights_of([Role.CHECKER], arranged) == RIGHTS[Role.CHECKER]
    assert roles_for(Right.CORRECT, arranged) == ()


def test_who_amended_does_not_release_the_funds() -> None:
    amended = act(Right.AMEND, "out")
    assert codes(act(Right.APPROVE_RELEASE_OF_FUNDS, "out"), amended) == ["amended_and_releases"]
    another = act(Right.APPROVE_RELEASE_OF_FUNDS, "out", "wang02", "k2")
    assert codes(another, amended) == []


def test_who_proposed_a_ruling_checks_another_one_but_not_that_one() -> None:
    proposed = act(Right.RULE, "province", about="裁1号")
    assert codes(act(Right.APPROVE_RULING, "province", about="裁1号"), proposed) == ["proposed_and_checks"]
    assert codes(act(Right.APPROVE_RULING, "province", about="裁2号"), proposed) == []


def test_who_handed_in_a_choice_does_not_approve_its_refund() -> None:
    chosen = act(Right.CHOOSE, about="notice/1")
    assert codes(act(Right.APPROVE_REFUND, about="notice/1"), chosen) == ["proposed_and_checks"]


def test_nobody_acts_for_two_sides_of_a_case() -> None:
    corrected = act(Right.CORRECT, "in")
    assert codes(act(Right.AMEND, "out"), corrected) == ["acts_for_two_sides"]
    assert codes(act(Right.RULE, "province"), corrected) == ["acts_for_two_sides"]
    assert codes(act(Right.WITHDRAW, "in"), corrected) == []


def test_within_one_bureau_the_same_officers_act_for_both_sides_but_not_for_the_province() -> None:
    corrected = act(Right.CORRECT, "in")
    assert codes(act(Right.AMEND, "out"), corrected, within=True) == []
    assert codes(act(Right.RULE, "province"), corrected, within=True) == ["acts_for_two_sides"]


def test_who_raised_a_dispute_does_not_answer_it_even_within_one_bureau() -> None:
    raised = act(Right.DISPUTE, "in")
    assert codes(act(Right.ANSWER, "out"), raised, within=True) == ["raised_and_answers"]


@pytest.mark.parametrize(("officer", "key"), [("li01", "k2"), ("wang02", "k1")])
def test_one_key_with_two_ids_is_one_officer_and_so_is_one_id_with_two_keys(officer: str, key: str) -> None:
    amended = act(Right.AMEND, "out")
    release = act(Right.APPROVE_RELEASE_OF_FUNDS, "out", officer, key)
    assert codes(release, amended) == ["amended_and_releases"]
