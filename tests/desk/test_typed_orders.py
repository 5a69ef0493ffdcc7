"""Orders of a ruling as the province types them, and as everyone reads them."""

from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import language
from desk.files.orders import WrongOrder, order_from, order_words, orders_from, typed_field, typed_value
from desk.language import Language
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.orders import (
    AmendField,
    Close,
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


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("proceed", Proceed()),
        (" close ", Close()),
        ("return_funds", ReturnFunds()),
        ("restore_relationship", RestoreRelationship()),
        ("amend_field base/2017-01..2017-08 4200.00", AmendField("base/2017-01..2017-08", "4200.00")),
        ("amend_field name 阿依努尔 买买提", AmendField("name", "阿依努尔 买买提")),
        ("set_amount 79538.37 92736.00", SetAmount(Fen(7_953_837), Fen(9_273_600))),
        ("supplement_funds 100 0.05", SupplementFunds(Fen(10_000), Fen(5))),
        ("restart_clock B", RestartClock(Clock.TRANSFER_OUT)),
        ("extend_clock  C   10", ExtendClock(Clock.TAKE_IN, 10)),
        ("继续办理", Proceed()),
        ("核定转移金额 79,538.37 ９２７３６．００", SetAmount(Fen(7_953_837), Fen(9_273_600))),
        ("更正信息表 姓名 崔明玉", AmendField("name", "崔明玉")),
        ("更正信息表　姓名　崔明玉", AmendField("name", "崔明玉")),
        ("延长期限　ｂ　１０", ExtendClock(Clock.TRANSFER_OUT, 10)),
        ("restart_clock Ｃ", RestartClock(Clock.TAKE_IN)),
        ("amend_field base/2017-01..2017-08 4,200.00", AmendField("base/2017-01..2017-08", "4200.00")),
    ],
)
def test_an_order_is_read_as_it_is_typed(typed: str, order: Order) -> None:
    assert order_from(typed) == order


@pytest.mark.parametrize(
    ("field", "typed", "read"),
    [
        ("base/2017-01..2017-08", "6,000.00", "6000.00"),
        ("line/5", "¥９２７３６", "92736.00"),
        ("line/5", "92736", "92736"),
        ("line/5", "", ""),
        ("line/5", "four", "four"),
        ("name", "６０００", "６０００"),
    ],
)
def test_an_amount_is_read_as_a_screen_shows_it_or_an_input_method_leaves_it(
    field: str, typed: str, read: str
) -> None:
    assert typed_value(field, typed) == read


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("姓名", "name"),
        ("name", "name"),
        ("ｂａｓｅ／２０１７－０１．．２０１７－０８", "base/2017-01..2017-08"),
        ("line/5 ", "line/5"),
        ("base/2017年1月至2017年8月", "base/2017-01..2017-08"),
        ("base/2017.01～2017.08", "base/2017-01..2017-08"),
        ("base/2017-01", "base/2017-01..2017-01"),
        ("base/2017-08..2017-01", "base/2017-08..2017-01"),
        ("base/", "base/"),
    ],
)
def test_a_field_is_named_by_its_title_in_wide_letters_or_with_months_as_offices_write_them(
    typed: str, field: str
) -> None:
    assert typed_field(typed) == field


def test_every_kind_of_order_can_be_typed() -> None:
    rest = {
        OrderKind.AMEND_FIELD: "line/5 1.00",
        OrderKind.SET_AMOUNT: "1 2",
        OrderKind.SUPPLEMENT_FUNDS: "1 2",
        OrderKind.RESTART_CLOCK: "A",
        OrderKind.EXTEND_CLOCK: "A 1",
    }
    assert [order_from(f"{kind} {rest.get(kind, '')}").kind for kind in OrderKind] == list(OrderKind)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "no such order"),
        ("pardon", "no such order"),
        ("proceed now", "stands alone"),
        ("amend_field", "no such field"),
        ("amend_field line/4 1.00", "sum"),
        ("amend_field id_number 220102199001011239", "another person"),
        ("amend_field base/2017-01..2017-08 four", "not an amount"),
        ("set_amount 1", "two amounts"),
        ("set_amount 1 2 3", "two amounts"),
        ("supplement_funds 1.234 2", "two amounts"),
        ("restart_clock", "the clocks are A, B, C"),
        ("restart_clock Z", "the clocks are A, B, C"),
        ("extend_clock B", "number of working days"),
        ("extend_clock B 0", "number of working days"),
        ("extend_clock B ²", "number of working days"),
        ("extend_clock B 1001", "number of working days, 1 to 1000"),
        (f"extend_clock B {'9' * 5000}", "number of working days"),
        ("extend_clock Z 1", "the clocks are A, B, C"),
    ],
)
def test_what_is_no_order_says_what_to_write(typed: str, told: str) -> None:
    with pytest.raises(WrongOrder, match=told) as wrong:
        order_from(typed)
    assert not wrong.value.words.zh.isascii()
    if told == "no such order":
        assert all(f"{kind.titles[1]}（{kind}）" in wrong.value.words.zh for kind in OrderKind)


def test_every_wrong_order_is_named_by_its_number() -> None:
    orders, problems = orders_from(["pardon", "proceed", "restart_clock Q"])
    assert orders == [Proceed()]
    assert [problem.field for problem in problems] == ["orders.0", "orders.2"]
    assert [str(problem).partition(":")[0] for problem in problems] == ["order 1", "order 3"]


@given(st.text(max_size=30))
def test_what_was_typed_is_never_repeated(name: str) -> None:
    """It may be a name, and complaints end up in scripts' logs."""
    with pytest.raises(WrongOrder) as wrong:
        order_from(f"amend_field {'王' + name}")
    assert "王" not in wrong.value.words.en + wrong.value.words.zh


@pytest.mark.parametrize(
    ("order", "english", "chinese"),
    [
        (Proceed(), "proceed", "继续办理"),
        (
            SetAmount(Fen(7_953_837), Fen(5)),
            "set the amount: individual account 79,538.37, pooled fund 0.05",
            "核定转移金额：个人账户 79,538.37 元，统筹基金 0.05 元",
        ),
        (
            ExtendClock(Clock.TRANSFER_OUT, 10),
            "extend a clock: B, 10 working days",
            "延长期限：B，10 个工作日",
        ),
        (
            AmendField("base/2017-01..2017-08", "4200.00"),
            "amend a field of the form: monthly base 2017-01 to 2017-08 = 4200.00",
            "更正信息表：2017-01至2017-08月缴费基数 = 4200.00",
        ),
        (AmendField("name", "崔明钰"), "amend a field of the form: name = 崔**", "更正信息表：姓名 = 崔**"),
    ],
)
def test_an_order_is_told_in_words(
    order: Order, english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert order_words(order) == english
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))
    assert order_words(order) == chinese


def test_a_name_is_told_in_full_when_it_is_asked_for() -> None:
    assert order_words(AmendField("name", "崔明钰"), unmask=True).endswith("崔明钰")


@pytest.mark.parametrize(
    "order", [Proceed(), Close(), RestartClock(Clock.REVIEW), SupplementFunds(Fen(1), Fen(2))]
)
def test_words_begin_with_the_title_of_the_kind(order: Any) -> None:
    assert order_words(order).startswith(order.kind.titles[0])
