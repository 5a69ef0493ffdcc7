"""What the transfer-out bureau can hold against a certificate."""

import pytest

from rules.application.certificate_grounds import Standing, grounds_against_certificate
from rules.values.moves import InsuredStatus

SOUND = Standing(known=True, status=InsuredStatus.ACTIVE)


def test_nothing_stands_against_a_sound_relationship() -> None:
    assert grounds_against_certificate(SOUND, "case") == ()


def test_someone_unknown_hears_only_that() -> None:
    unknown = Standing(known=False, name_agrees=False, ended=True)
    assert [ground.code for ground in grounds_against_certificate(unknown, "case")] == ["no_relationship"]


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing(known=True, name_agrees=False), "name_differs"),
        (Standing(known=True, status=InsuredStatus.PENSIONER), "pension_drawn"),
        (Standing(known=True, ended=True), "relationship_ended"),
        (Standing(known=True, reserved_by="another case"), "transfer_under_way"),
        (Standing(known=True, computable=False), "record_incomplete"),
        (Standing(known=True, cleared_after_taking_in=True), "cleared_after_taking_in"),
    ],
)
def test_each_fact_has_its_ground(standing: Standing, code: str) -> None:
    assert [ground.code for ground in grounds_against_certificate(standing, "case")] == [code]


def test_every_ground_is_told_at_once() -> None:
    standing = Standing(
        known=True, name_agrees=False, status=InsuredStatus.PENSIONER, reserved_by="other", computable=False
    )
    codes = {ground.code for ground in grounds_against_certificate(standing, "case")}
    assert codes == {"name_differs", "pension_drawn", "transfer_under_way", "record_incomplete"}


def test_a_case_does_not_stand_in_its_own_way() -> None:
    assert grounds_against_certificate(Standing(known=True, reserved_by="case"), "case") == ()
