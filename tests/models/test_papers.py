"""Papers: fixed once drawn up, nothing added in passing, and silent about the person in every error."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from within import types_within

from models.messages import (
    arrangements,
    clocks,
    corrections,
    disputes,
    dossier,
    duplicates,
    papers,
    progress,
    requests,
    steps,
)
from models.messages.application import TransferApplication
from models.messages.papers import ContactLetter, Paper
from models.messages.steps import CaseOrder, SeedBatch
from province import TEACHER, application
from rules.values.moves import Scheme

NAME = "崔明玉"
PERSONAL = ("name", "id_number", "histories", "refund_account", "seen", "value", "statement")
MODULES = (
    arrangements,
    clocks,
    corrections,
    disputes,
    dossier,
    duplicates,
    papers,
    progress,
    requests,
    steps,
)


def kinds_of_paper() -> list[type[BaseModel]]:
    declared = [one for module in MODULES for one in vars(module).values()] + [TransferApplication]
    found = {
        one for one in declared if isinstance(one, type) and issubclass(one, (Paper, TransferApplication))
    }
    return sorted(found - {Paper}, key=lambda kind: kind.__name__)


def letter(**changes: Any) -> ContactLetter:
    return ContactLetter.model_validate(
        {
            "number": "contact-letter/220100-20260115-AAAAAAAA",
            "case_no": "220100-20260115-AAAAAAAA",
            "bureau_in": "220100",
            "bureau_out": "222400",
            "name": NAME,
            "id_number": TEACHER,
            "scheme_from": Scheme.GOVERNMENT,
            "scheme_to": Scheme.ENTERPRISE,
            "certificate": "certificate/220100-20260115-AAAAAAAA",
            "sent_on": date(2026, 1, 20),
            "started_at": datetime(2026, 1, 20, 1, tzinfo=UTC),
            **changes,
        }
    )


@pytest.mark.parametrize("kind", kinds_of_paper(), ids=lambda kind: kind.__name__)
def test_every_paper_is_final_closed_and_discreet(kind: type[BaseModel]) -> None:
    assert kind.model_config.get("frozen"), "a correction is a further version"
    assert kind.model_config.get("extra") == "forbid", "a field nobody knows is a mistake"
    assert kind.model_config.get("hide_input_in_errors"), "errors end in logs and histories"
    shown = [name for name, field in kind.model_fields.items() if name in PERSONAL and field.repr]
    assert shown == [], "personal fields do not show in repr"


@pytest.mark.parametrize("kind", kinds_of_paper(), ids=lambda kind: kind.__name__)
def test_no_paper_carries_money_or_anything_else_as_a_float(kind: type[BaseModel]) -> None:
    assert float not in set(types_within(kind))


def test_a_float_deep_in_a_paper_would_be_noticed() -> None:
    class Nested(Paper):
        amounts: dict[str, tuple[float, ...]] | None

    class Outer(Paper):
        nested: list[Nested]

    assert float in set(types_within(Outer))


def test_a_paper_once_drawn_up_is_not_altered() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        letter().sent_on = date(2026, 1, 21)  # type: ignore[misc]


def test_neither_name_nor_id_number_shows_when_a_paper_is_printed() -> None:
    asked = application(name=NAME, id_number=TEACHER)
    order = CaseOrder(case_no="220100-20260115-AAAAAAAA", application=asked)
    batch = SeedBatch(bureau="220100", histories=({"person": {"name": NAME, "id_number": TEACHER}},))
    for paper in (letter(), asked, order, batch):
        for printed in (repr(paper), str(paper), f"{[paper]}"):
            assert TEACHER not in printed
            assert NAME not in printed


@pytest.mark.parametrize(
    "changes",
    [
        {"id_number": [TEACHER]},
        {"name": {"given": NAME}},
        {"id_number": None, "name": TEACHER},
        {"sent_on": TEACHER},
    ],
    ids=["id number in a list", "name in an object", "no id number", "no day"],
)
def test_a_paper_that_cannot_be_read_says_which_field_and_no_value(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        letter(**changes)
    said = f"{refused.value!s} {refused.value!r}"
    assert NAME not in said
    assert TEACHER not in said
    assert next(iter(changes)) in said


def test_an_application_that_cannot_be_read_says_no_value() -> None:
    with pytest.raises(ValidationError) as refused:
        application(id_number=TEACHER[:-1], name="", bureau_in="長春")
    said = str(refused.value)
    assert TEACHER[:-1] not in said
    assert {"name", "id_number", "bureau_in"} <= {str(error["loc"][0]) for error in refused.value.errors()}


def test_papers_travel_as_json_and_come_back_the_same() -> None:
    sent = letter()
    assert ContactLetter.model_validate_json(sent.model_dump_json()) == sent
