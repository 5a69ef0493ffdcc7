"""What the transfer-out bureau can hold against a certificate."""

import pytest

from rules.application.certificate_grounds import RelationshipFacts, grounds_against_certificate
from rules.values.moves import InsuredStatus

SOUND = RelationshipFacts(known=True, status=InsuredStatus.ACTIVE)


def test_nothing_stands_against_a_sound_relationship() -> None:
    assert grounds_against_certificate(SOUND, "case") == ()


def test_someone_unknown_hears_only_that() -> None:
    unknown = RelationshipFacts(known=False, asked="崔明玉", named="崔明钰", ended=True)
    assert [ground.code for ground in grounds_against_certificate(unknown, "case")] == ["no_relationship"]


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (RelationshipFacts(known=True, asked="崔明玉", named="崔明钰"), "name_differs"),
        (RelationshipFacts(known=True, status=InsuredStatus.PENSIONER), "pension_drawn"),
        (RelationshipFacts(known=True, ended=True), "relationship_ended"),
        (RelationshipFacts(known=True, reserved_by="another case"), "transfer_under_way"),
        (RelationshipFacts(known=True, computable=False), "record_incomplete"),
        (RelationshipFacts(known=True, cleared_after_taking_in=True), "cleared_after_taking_in"),
    ],
)
def test_each_fact_has_its_ground(standing: RelationshipFacts, code: str) -> None:
    assert [ground.code for ground in grounds_against_certificate(standing, "case")] == [code]


def test_every_ground_is_told_at_once() -> None:
    standing = RelationshipFacts(
        known=True,
        asked="崔明玉",
        named="崔明钰",
        status=InsuredStatus.PENSIONER,
        reserved_by="other",
        computable=False,
    )
    codes = {ground.code for ground in grounds_against_certificate(standing, "case")}
    assert codes == {"name_differs", "pension_drawn", "transfer_under_way", "record_incomplete"}


def test_a_case_does_not_stand_in_its_own_way() -> None:
    assert grounds_against_certificate(RelationshipFacts(known=True, reserved_by="case"), "case") == ()


@pytest.mark.parametrize(
    ("asked", "named", "where"),
    [
        ("崔明玉", "崔明钰", "第 3 个字，申请为玉 (U+7389)，登记为钰 (U+94B0)"),
        ("崔明", "崔明玉", "第 3 个字，申请为无字，登记为玉 (U+7389)"),
        ("艾力-买买提", "艾力·买买提", "第 3 个字，申请为- (U+002D)，登记为· (U+00B7)"),
    ],
)
def test_a_name_that_differs_is_shown_by_the_character_that_differs(
    asked: str, named: str, where: str
) -> None:
    (ground,) = grounds_against_certificate(RelationshipFacts(known=True, asked=asked, named=named), "case")
    assert where in ground.zh
    assert named not in ground.zh + ground.en + repr(RelationshipFacts(known=True, asked=asked, named=named))
