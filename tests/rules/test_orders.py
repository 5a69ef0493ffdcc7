"""The closed sets a ruling is made of: written down and read back, and shown without personal data."""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from rules.values.due_dates import Clock
from rules.values.form_fields import CorrectionEffect
from rules.values.money import Fen
from rules.values.orders import (
    AmendField,
    Close,
    DisputePoint,
    ExtendClock,
    Order,
    OrderKind,
    Proceed,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)

ORDERS: list[Order] = [
    Proceed(),
    AmendField("name", "王小明"),
    SetAmount(Fen(100), Fen(200)),
    SupplementFunds(Fen(0), Fen(1)),
    ReturnFunds(),
    RestoreRelationship(),
    RestartClock(Clock.TRANSFER_OUT),
    ExtendClock(Clock.TAKE_IN, 5),
    Close(),
]
written: TypeAdapter[Order] = TypeAdapter(Order)


def test_there_is_one_order_of_each_kind() -> None:
    assert [order.kind for order in ORDERS] == list(OrderKind)
    assert [type(order) for order in ORDERS] == list(get_args(Order))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.kind)
def test_an_order_that_is_written_down_is_read_back(order: Order) -> None:
    assert written.validate_json(written.dump_json(order)) == order


def test_an_order_outside_the_set_is_none() -> None:
    with pytest.raises(ValidationError):
        written.validate_json('{"kind": "apologise"}')


def test_the_value_of_an_amended_field_is_not_shown() -> None:
    assert "王小明" not in repr(AmendField("name", "王小明"))


@pytest.mark.parametrize("names", [OrderKind, DisputePoint, CorrectionEffect])
def test_every_member_has_a_title_of_its_own_in_both_languages(
    names: type[OrderKind] | type[DisputePoint] | type[CorrectionEffect],
) -> None:
    titles = [title for member in names for title in member.titles]
    assert len(set(titles)) == 2 * len(names)
