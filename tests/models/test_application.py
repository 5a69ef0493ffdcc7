"""The application as it travels with a case."""

from datetime import date

import pytest
from pydantic import ValidationError

from models.messages.application import ServicePeriod, TransferApplication
from province import TEACHER, application
from rules.values.months import Month
from rules.values.moves import ApplicationRoute, CertifiedMonths, InsuredStatus, Material


def test_the_move_has_the_facts_and_not_the_person() -> None:
    asked = application(
        registered_home="220621120",
        certified_government_service=[{"first": "2018-05", "last": "2018-06"}],
    )
    move = asked.move()
    assert (move.born_on, move.male) == (date(1986, 4, 12), False)
    for field in move.__slots__:
        if field in ("born_on", "male"):
            continue
        stated = getattr(asked, field)
        if field == "materials":
            stated = frozenset(stated)
        if field == "certified_government_service":
            stated = (CertifiedMonths(Month(2018, 5), Month(2018, 6)),)
        assert getattr(move, field) == stated
    assert asked.name not in repr(move)
    assert asked.id_number not in repr(move)
    assert "1986" not in repr(move)


def test_what_is_not_said_is_the_ordinary_case() -> None:
    move = application(materials=()).move()
    assert move.status is InsuredStatus.ACTIVE
    assert move.entry is ApplicationRoute.CONTACT_LETTER
    assert move.materials == frozenset()
    assert not move.individual_payer


def test_an_application_survives_the_wire() -> None:
    sent = application(
        materials=(Material.IDENTITY_DOCUMENT,),
        certified_government_service=[{"first": "2018-05", "last": "2018-06"}],
    )
    assert TransferApplication.model_validate_json(sent.model_dump_json()) == sent


def test_name_and_id_number_stay_out_of_logs_and_errors() -> None:
    asked = application()
    assert asked.name not in repr(asked)
    assert TEACHER not in repr(asked)
    with pytest.raises(ValidationError) as wrong:
        application(id_number=TEACHER + "9")
    assert TEACHER not in str(wrong.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": "２" * 18},
        {"id_number": TEACHER[:-1]},
        {"name": "  "},
        {"registered_home": "2224"},
        {"bureau_out": "../220100"},
        {"unknown": 1},
        {"materials": ["letter"]},
        {"submitted_on": "15 January"},
    ],
)
def test_a_paper_of_another_form_is_none(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        application(**changed)


def test_a_certified_period_does_not_end_before_it_begins() -> None:
    assert ServicePeriod(first=Month(2018, 5), last=Month(2018, 5))
    with pytest.raises(ValidationError, match="ends before it begins"):
        ServicePeriod(first=Month(2018, 6), last=Month(2018, 5))


def test_an_application_once_made_is_not_altered() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        application().submitted_on = date(2026, 1, 16)  # type: ignore[misc]
