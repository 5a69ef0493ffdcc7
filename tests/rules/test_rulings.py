"""Whether the province's orders can be carried out one after the other, and every reason when they cannot."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rulings.rulings import infeasible
from rules.values.due_dates import Clock
from rules.values.money import GREATEST_AMOUNT, Fen
from rules.values.orders import (
    AmendField,
    CaseFacts,
    Close,
    ExtendClock,
    Order,
    Proceed,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)

MONEY = Fen(4_830_000)
SPLIT = (Fen(2_000_000), Fen(2_830_000))
PROMISED = (SPLIT[0], Fen(SPLIT[1] + 500))
APPLIED = CaseFacts(clocks=frozenset({Clock.REVIEW}))
FORM_SENT = CaseFacts(form_exists=True, clocks=frozenset({Clock.REVIEW, Clock.TRANSFER_OUT}))
ON_THE_WAY = replace(FORM_SENT, sent=MONEY, stated=SPLIT, remitted=SPLIT, relationship_ended=True)
RECEIVED = replace(ON_THE_WAY, received=MONEY)
TAKEN_IN = replace(
    RECEIVED, taken_in=True, clocks=frozenset({Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN})
)
REFUNDED = replace(TAKEN_IN, refunded=True)
SHORT = replace(RECEIVED, stated=PROMISED)
"""The form promises 5 yuan more of the pooled fund than was sent."""
EXTENDED = replace(FORM_SENT, extended=((Clock.TRANSFER_OUT, 1000),))
WITHOUT_MONEY = replace(FORM_SENT, relationship_ended=True, taken_in=True)
CLOSED = replace(TAKEN_IN, closed=True)

BACK = (ReturnFunds(), RestoreRelationship())
SET = SetAmount(Fen(1), Fen(2))
SUPPLEMENT = SupplementFunds(Fen(0), Fen(500))
BASE = AmendField("base/2017-01..2017-08", "3600.00")


@pytest.mark.parametrize(
    ("standing", "orders"),
    [
        (APPLIED, (Proceed(),)),
        (APPLIED, (Close(),)),
        (FORM_SENT, (BASE, AmendField("name", "王小明"), AmendField("line/1", "600.00"), Proceed())),
        (FORM_SENT, (BASE, AmendField("base/2017-09..2017-12", "3600.00"), Proceed())),
        (FORM_SENT, (SET, ExtendClock(Clock.TRANSFER_OUT, 5), Proceed())),
        (FORM_SENT, (Close(),)),
        (ON_THE_WAY, (RestartClock(Clock.TRANSFER_OUT), Proceed())),
        (SHORT, (SUPPLEMENT, Proceed())),
        (SHORT, (AmendField("name", "王小明"), SUPPLEMENT, Proceed())),
        (RECEIVED, (SetAmount(*PROMISED), SUPPLEMENT, Proceed())),
        (RECEIVED, (ReturnFunds(), SUPPLEMENT, Proceed())),
        (RECEIVED, (*BACK, Close())),
        (RECEIVED, (*BACK, RestartClock(Clock.REVIEW), Close())),
        (RECEIVED, (ReturnFunds(), SET, Proceed())),
        (TAKEN_IN, (Close(),)),
        (TAKEN_IN, (*BACK, Close())),
        (replace(TAKEN_IN, counted_twice=True), (*BACK, Close())),
        (replace(TAKEN_IN, counted_twice=True), (Proceed(),)),
        (TAKEN_IN, (BASE, *BACK, Close())),
        (replace(TAKEN_IN, superseded=True), (Proceed(),)),
        (REFUNDED, (ExtendClock(Clock.TAKE_IN, 5), Proceed())),
        (WITHOUT_MONEY, (*BACK, Close())),
        (replace(WITHOUT_MONEY, stated=PROMISED), (SUPPLEMENT, Proceed())),
        (FORM_SENT, (ExtendClock(Clock.TRANSFER_OUT, 1000), ExtendClock(Clock.REVIEW, 1000), Proceed())),
        (FORM_SENT, (SetAmount(GREATEST_AMOUNT, GREATEST_AMOUNT), Proceed())),
        (replace(ON_THE_WAY, sent=Fen(0)), (RestoreRelationship(), Close())),
    ],
)
def test_a_ruling_that_can_be_carried_out_meets_no_obstacle(
    standing: CaseFacts, orders: tuple[Order, ...]
) -> None:
    assert infeasible(orders, standing) == ()


@pytest.mark.parametrize(
    ("standing", "orders", "codes"),
    [
        (APPLIED, (), ["no_orders"]),
        (CLOSED, (Proceed(),), ["case_closed"]),
        (CLOSED, (), ["case_closed"]),
        (APPLIED, (RestartClock(Clock.REVIEW),), ["no_conclusion"]),
        (APPLIED, (Proceed(), RestartClock(Clock.REVIEW)), ["conclusion_not_last", "no_conclusion"]),
        (APPLIED, (Proceed(), Close()), ["conclusion_not_last"]),
        (APPLIED, (BASE, Proceed()), ["no_form"]),
        (APPLIED, (SET, Proceed()), ["no_form"]),
        (FORM_SENT, (AmendField("line/4", "1.00"), Proceed()), ["wrong_field"]),
        (FORM_SENT, (AmendField("line/5", "-1.00"), Proceed()), ["wrong_field"]),
        (FORM_SENT, (BASE, AmendField("base/2017-08..2018-01", "1.00"), Proceed()), ["amended_twice"]),
        (FORM_SENT, (AmendField("name", "甲"), AmendField("name", "乙"), Proceed()), ["amended_twice"]),
        (FORM_SENT, (AmendField("line/5", "1.00"), SET, Proceed()), ["amended_twice"]),
        (FORM_SENT, (SET, SET, Proceed()), ["amended_twice"]),
        (FORM_SENT, (SetAmount(Fen(0), Fen(-1)), Proceed()), ["amount_below_zero"]),
        (replace(FORM_SENT, stated=PROMISED), (SUPPLEMENT, Proceed()), ["nothing_sent"]),
        (RECEIVED, (SupplementFunds(Fen(-1), Fen(1)), Proceed()), ["amount_below_zero"]),
        (RECEIVED, (SupplementFunds(Fen(0), Fen(0)), Proceed()), ["no_amount"]),
        (RECEIVED, (SUPPLEMENT, Proceed()), ["not_promised"]),
        (SHORT, (SUPPLEMENT, SUPPLEMENT, Proceed()), ["not_promised"]),
        (SHORT, (SupplementFunds(Fen(1), Fen(0)), Proceed()), ["not_promised"]),
        (SHORT, (BASE, SUPPLEMENT, Proceed()), ["not_promised"]),
        (SHORT, (SetAmount(*SPLIT), SUPPLEMENT, Proceed()), ["not_promised"]),
        (FORM_SENT, (SetAmount(Fen(0), Fen(GREATEST_AMOUNT + 1)), Proceed()), ["amount_too_great"]),
        (RECEIVED, (SupplementFunds(Fen(10**30), Fen(0)), Proceed()), ["amount_too_great"]),
        (FORM_SENT, (AmendField("line/2", "999999999999999.99"), Proceed()), ["wrong_field"]),
        (FORM_SENT, (AmendField("base/2017-01..2017-08", "10000000.01"), Proceed()), ["wrong_field"]),
        (FORM_SENT, (ExtendClock(Clock.TRANSFER_OUT, 9_000_000), Proceed()), ["extension_too_long"]),
        (
            FORM_SENT,
            (ExtendClock(Clock.TRANSFER_OUT, 600), ExtendClock(Clock.TRANSFER_OUT, 600), Proceed()),
            ["extension_too_long"],
        ),
        (EXTENDED, (ExtendClock(Clock.TRANSFER_OUT, 1), Proceed()), ["extension_too_long"]),
        (FORM_SENT, (ReturnFunds(), Proceed()), ["nothing_received"]),
        (ON_THE_WAY, (ReturnFunds(), Proceed()), ["funds_on_the_way"]),
        (SHORT, (SUPPLEMENT, ReturnFunds(), Proceed()), ["funds_on_the_way"]),
        (RECEIVED, (ReturnFunds(), ReturnFunds(), Proceed()), ["nothing_received"]),
        (REFUNDED, (*BACK, Close()), ["already_refunded"]),
        (replace(REFUNDED, stated=PROMISED), (SUPPLEMENT, Proceed()), ["cleared"]),
        (REFUNDED, (BASE, Proceed()), ["cleared"]),
        (REFUNDED, (SET, Proceed()), ["cleared"]),
        (FORM_SENT, (RestoreRelationship(), Close()), ["relationship_stands"]),
        (RECEIVED, (RestoreRelationship(), ReturnFunds(), Close()), ["funds_not_back", "restored"]),
        (WITHOUT_MONEY, (RestoreRelationship(), Close()), ["funds_not_back"]),
        (RECEIVED, (*BACK, Proceed()), ["restored"]),
        (RECEIVED, (*BACK, RestoreRelationship(), Close()), ["restored"]),
        (RECEIVED, (*BACK, BASE, Close()), ["restored"]),
        (
            APPLIED,
            (RestartClock(Clock.TAKE_IN), ExtendClock(Clock.TAKE_IN, 5), Proceed()),
            ["no_such_clock", "no_such_clock"],
        ),
        (FORM_SENT, (ExtendClock(Clock.TRANSFER_OUT, 0), Proceed()), ["no_extension"]),
        (RECEIVED, (Close(),), ["funds_stranded", "months_stranded"]),
        (RECEIVED, (ReturnFunds(), Close()), ["months_stranded"]),
        (replace(TAKEN_IN, received=Fen(1)), (Close(),), ["funds_stranded"]),
        (replace(TAKEN_IN, stated=PROMISED), (SUPPLEMENT, Close()), ["funds_stranded"]),
        (TAKEN_IN, (ReturnFunds(), Close()), ["months_stranded"]),
        (TAKEN_IN, (BASE, Close()), ["form_not_taken_in"]),
        (TAKEN_IN, (SET, Close()), ["form_not_taken_in"]),
        (replace(TAKEN_IN, superseded=True), (Close(),), ["form_not_taken_in"]),
        (replace(TAKEN_IN, counted_twice=True), (Close(),), ["months_counted_twice"]),
    ],
)
def test_every_obstacle_is_named(standing: CaseFacts, orders: tuple[Order, ...], codes: list[str]) -> None:
    found = infeasible(orders, standing)
    assert [finding.code for finding in found] == codes
    assert {str(finding.law) for finding in found} == {"吉社保〔2020〕6号第九条"}


def test_all_obstacles_come_at_once_each_with_the_order_it_stands_against() -> None:
    ruling = (
        AmendField("id_number", "220102199001011239"),
        ReturnFunds(),
        ExtendClock(Clock.TAKE_IN, -1),
        Close(),
    )
    found = infeasible(ruling, APPLIED)
    assert [finding.code for finding in found] == [
        "no_form",
        "wrong_field",
        "nothing_received",
        "no_such_clock",
        "no_extension",
    ]
    assert found[2].en == "order 2 (return the funds): there are no funds to return."
    assert found[2].zh == "第2项（退回基金）：转入地没有可退回的基金。"
    assert "220102199001011239" not in str(found)


orders = st.lists(
    st.one_of(
        st.sampled_from([Proceed(), ReturnFunds(), RestoreRelationship(), Close(), BASE, SET]),
        st.builds(SupplementFunds, st.just(Fen(0)), st.integers(-1, 2).map(Fen)),
        st.builds(ExtendClock, st.sampled_from("ABC"), st.integers(-1, 2)),
    ),
    max_size=5,
)
standings = st.sampled_from(
    [APPLIED, FORM_SENT, ON_THE_WAY, RECEIVED, SHORT, TAKEN_IN, REFUNDED, WITHOUT_MONEY]
)


@given(orders, standings)
def test_a_feasible_ruling_leaves_neither_money_nor_months_without_an_owner(
    ruling: list[Order], standing: CaseFacts
) -> None:
    if infeasible(ruling, standing):
        return
    kinds = [type(order) for order in ruling]
    assert kinds[-1] in (Proceed, Close)
    assert len({Proceed, Close} & set(kinds)) == 1
    if RestoreRelationship in kinds:
        assert ReturnFunds in kinds[: kinds.index(RestoreRelationship)] or standing == FORM_SENT
        assert Proceed not in kinds
    if Close in kinds and standing.relationship_ended:
        still_in = standing.taken_in and ReturnFunds not in kinds
        assert still_in or RestoreRelationship in kinds
    if Close in kinds and ReturnFunds not in kinds:
        assert SupplementFunds not in kinds
        assert standing.sent == standing.received


@given(orders, standings)
def test_a_further_order_to_proceed_never_hides_an_obstacle(ruling: list[Order], standing: CaseFacts) -> None:
    before = {one.zh for one in infeasible(ruling, standing)} - {
        "最后一项应为继续办理或终结案件。",
        "裁定没有任何执行事项。",
    }
    assert before <= {one.zh for one in infeasible([*ruling, Proceed()], standing)}
