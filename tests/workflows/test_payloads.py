"""What crosses between workflows, desks and clerks: papers, no rows of a store, no number in doubt."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest
from sqlmodel import Field, SQLModel
from temporalio import workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from within import types_within

from activities import contracts
from activities.contracts import ActivityContract
from activities.registration import bureau_activities, platform_activities
from models.messages.application import TransferApplication
from models.messages.papers import Paper
from models.messages.steps import CaseOrder, TakenIn
from models.store.store import Store
from models.store.tables import PersonRow
from province import TEACHER, application
from rules.values.money import Fen
from rules.values.months import Month
from worker import WORKFLOWS

CONVERTER = pydantic_data_converter.payload_converter
ORDER = CaseOrder(case_no="220100-20260115-AAAAAAAA", application=application())


def handlers(kind: type[Any]) -> Iterator[Callable[..., Any]]:
    """Everything a workflow can be started, asked or told with."""
    known = workflow._Definition.must_from_class(kind)
    yield known.run_fn
    for group in (known.signals, known.queries, known.updates):
        for handler in group.values():
            yield handler.fn


def signatures() -> dict[str, dict[str, Any]]:
    """The types that each activity and each handler takes and gives, by its name."""
    store = Store("sqlite+aiosqlite://")
    activities = [*platform_activities(store), *bureau_activities("220100", store)]
    found = {activity.__name__: get_type_hints(activity) for activity in activities}
    for kind in WORKFLOWS:
        for handler in handlers(kind):
            found[f"{kind.__name__}.{handler.__name__}"] = get_type_hints(handler)
    return found


SIGNATURES = signatures()


def rows_within(kind: Any) -> list[Any]:
    return [part for part in types_within(kind) if isinstance(part, type) and issubclass(part, SQLModel)]


def test_every_step_and_every_handler_is_looked_at() -> None:
    known = {step.name for step in vars(contracts).values() if isinstance(step, ActivityContract)}
    assert known <= set(SIGNATURES)
    assert {"TransferCase.run", "TransferCase.progress", "TransferCase.papers", "AuditBooks.run"} <= set(
        SIGNATURES
    )


@pytest.mark.parametrize("name", SIGNATURES)
def test_no_row_of_a_store_crosses(name: str) -> None:
    """A table class is not validated when it is read: amounts and days would arrive as text."""
    for part in SIGNATURES[name].values():
        assert rows_within(part) == []


@pytest.mark.parametrize("name", SIGNATURES)
def test_no_float_and_nothing_untyped_crosses(name: str) -> None:
    for part in SIGNATURES[name].values():
        within = set(types_within(part))
        assert float not in within
        assert Any not in within


def test_a_row_hidden_in_a_paper_would_be_noticed() -> None:
    class Register(Paper):
        persons: dict[str, list[PersonRow]] | None

    class NotATable(SQLModel):
        id: int = Field(primary_key=True)

    assert rows_within(Register) == [PersonRow]
    assert rows_within(tuple[NotATable, ...]) == [NotATable]


def test_an_order_arrives_as_it_was_sent_and_checked_again() -> None:
    payloads = CONVERTER.to_payloads([ORDER])
    (arrived,) = CONVERTER.from_payloads(payloads, [CaseOrder])
    assert arrived == ORDER
    assert isinstance(arrived.application, TransferApplication)


def test_months_and_money_travel_as_text_of_the_month_and_whole_fen() -> None:
    taken_in = TakenIn(
        number="taking-in/220100-20260115-AAAAAAAA/1",
        version=1,
        started_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
        individual=Fen(38_462_09),
        pooled=Fen(51_840_00),
        months=72,
        duplicate_months=(Month(2025, 12),),
        taken_in_on=date(2026, 3, 2),
    )
    (payload,) = CONVERTER.to_payloads([taken_in])
    written = json.loads(payload.data)
    assert (written["individual"], written["pooled"]) == (38_462_09, 51_840_00)
    assert (written["duplicate_months"], written["taken_in_on"]) == (["2025-12"], "2026-03-02")
    assert CONVERTER.from_payloads([payload], [TakenIn]) == [taken_in]


@pytest.mark.parametrize("broken", ["id_number", "registered_home", "bureau_in"])
def test_an_order_that_cannot_be_read_is_refused_with_the_field_and_no_value(broken: str) -> None:
    """The text of the error ends in histories and logs."""
    (payload,) = CONVERTER.to_payloads([ORDER])
    value = getattr(ORDER.application, broken).encode()
    payload.data = payload.data.replace(b'"' + value + b'"', b'"' + value + b' and more"')
    with pytest.raises(Exception, match=broken) as refused:
        CONVERTER.from_payloads([payload], [CaseOrder])
    said = f"{refused.value!s} {refused.value!r} {refused.value.__cause__!s}"
    assert TEACHER not in said
    assert "and more" not in said
