"""Whether a ruling can be carried out (吉社保〔2020〕6号第九条), asked before anything is done.

The article makes the provincial bureau decide and says nothing of how. That a ruling must leave neither money
nor months without an owner, and must say whether the case goes on, are rules of this system.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

from rules.clocks.clocks import LONGEST_PERIOD
from rules.rulings.form_amendments import same_place
from rules.rulings.obstacles import (
    ALREADY_REFUNDED,
    AMENDED_TWICE,
    AMOUNT_BELOW_ZERO,
    AMOUNT_TOO_GREAT,
    CASE_CLOSED,
    CLEARED,
    CONCLUSION_NOT_LAST,
    EXTENSION_TOO_LONG,
    FORM_NOT_TAKEN_IN,
    FUNDS_NOT_BACK,
    FUNDS_ON_THE_WAY,
    FUNDS_STRANDED,
    MONTHS_COUNTED_TWICE,
    MONTHS_STRANDED,
    NO_AMOUNT,
    NO_CONCLUSION,
    NO_EXTENSION,
    NO_FORM,
    NO_ORDERS,
    NO_SUCH_CLOCK,
    NOT_PROMISED,
    NOTHING_RECEIVED,
    NOTHING_SENT,
    RELATIONSHIP_STANDS,
    RESTORED,
    Obstacle,
)
from rules.values.form_fields import STATED, FormField, LineField, NameField, WrongFormField, form_field
from rules.values.law import JILIN_MEASURES, Finding, Law
from rules.values.money import GREATEST_AMOUNT, NO_MONEY, Fen
from rules.values.orders import (
    AmendField,
    CaseFacts,
    Close,
    ExtendClock,
    Order,
    OrderKind,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)

ARBITRATION = Law(JILIN_MEASURES, "第九条")

CONCLUSIONS = frozenset({OrderKind.PROCEED, OrderKind.CLOSE})
AFTER_RESTORING = frozenset({OrderKind.RESTART_CLOCK, OrderKind.EXTEND_CLOCK, OrderKind.CLOSE})
"""The orders still possible once the relationship is restored."""

LINES = tuple(LineField(number) for number in STATED)
"""The lines that setting the amount sets; their sums are ④, ⑤ and ⑥."""


@dataclass(frozen=True, slots=True)
class CaseAfterOrders:
    """The case as the orders before have left it: its facts, what they amended, whether they restored it."""

    facts: CaseFacts
    amended: tuple[FormField, ...] = ()
    restored: bool = False
    unreckoned: bool = False
    """The amounts of the form are not known before the transfer-out bureau has computed it anew."""


def infeasible(orders: Sequence[Order], facts: CaseFacts) -> tuple[Finding, ...]:
    """Every reason why the orders cannot be carried out one after the other; none when they can (第九条).

    Each order is judged by the facts as the orders before it would leave them. A ruling has at least one
    order and ends with the only one to proceed or to close. Amounts in fen. Raises nothing.
    """
    if facts.closed:
        return (_of_ruling(CASE_CLOSED),)
    if not orders:
        return (_of_ruling(NO_ORDERS),)
    found = []
    case = CaseAfterOrders(facts)
    for number, order in enumerate(orders, start=1):
        obstacles = [*_by_position(order, case, last=number == len(orders)), *_obstacles(order, case)]
        found += [_of_order(number, order, obstacle) for obstacle in obstacles]
        case = _carried_out(order, case)
    if orders[-1].kind not in CONCLUSIONS:
        found.append(_of_ruling(NO_CONCLUSION))
    return tuple(found)


def number_used_elsewhere(number: str, used_by: str, case_no: str) -> tuple[Finding, ...]:
    """The finding that another case has used the number of a ruling; none where this case has."""
    if used_by == case_no:
        return ()
    return (
        Finding(
            "ruling_number_used",
            ARBITRATION,
            f"文号 {number} 已用于案件 {used_by} 的裁定，请另编文号。",
            f"The number {number} has been used for a ruling in case {used_by}; give this one a number of "
            "its own.",
        ),
    )


def _of_ruling(obstacle: Obstacle) -> Finding:
    return Finding(obstacle.code, ARBITRATION, f"{obstacle.zh}。", f"{obstacle.en}.")


def _of_order(number: int, order: Order, obstacle: Obstacle) -> Finding:
    en, zh = order.kind.titles
    return Finding(
        obstacle.code,
        ARBITRATION,
        f"第{number}项（{zh}）：{obstacle.zh}。",
        f"order {number} ({en}): {obstacle.en}.",
    )


def _by_position(order: Order, case: CaseAfterOrders, *, last: bool) -> Iterator[Obstacle]:
    if order.kind in CONCLUSIONS and not last:
        yield CONCLUSION_NOT_LAST
    if case.restored and order.kind not in AFTER_RESTORING:
        yield RESTORED


@singledispatch
def _obstacles(order: Order, case: CaseAfterOrders) -> Iterator[Obstacle]:
    """The obstacles to one order by itself; none to proceeding."""
    yield from ()


@_obstacles.register
def _(order: AmendField, case: CaseAfterOrders) -> Iterator[Obstacle]:
    yield from _against_change(case.facts)
    try:
        named = form_field(order.field)
        named.value(order.value)
    except WrongFormField as wrong:
        yield Obstacle("wrong_field", wrong.zh, wrong.en)
        return
    if _overlap((named,), case.amended):
        yield AMENDED_TWICE


def _against_change(facts: CaseFacts) -> Iterator[Obstacle]:
    if not facts.form_exists:
        yield NO_FORM
    if facts.refunded:
        yield CLEARED


@_obstacles.register
def _(order: SetAmount, case: CaseAfterOrders) -> Iterator[Obstacle]:
    yield from _against_change(case.facts)
    yield from _wrong_amounts(order)
    if _overlap(LINES, case.amended):
        yield AMENDED_TWICE


def _wrong_amounts(order: SetAmount | SupplementFunds) -> Iterator[Obstacle]:
    if min(order.individual, order.pooled) < NO_MONEY:
        yield AMOUNT_BELOW_ZERO
    if max(order.individual, order.pooled) > GREATEST_AMOUNT:
        yield AMOUNT_TOO_GREAT


@_obstacles.register
def _(order: SupplementFunds, case: CaseAfterOrders) -> Iterator[Obstacle]:
    if not (case.facts.sent or case.facts.relationship_ended):
        yield NOTHING_SENT
    if case.facts.refunded:
        yield CLEARED
    wrong = (*_wrong_amounts(order),)
    yield from wrong
    if order.individual == order.pooled == NO_MONEY:
        yield NO_AMOUNT
    elif not wrong and not _promised(order, case):
        yield NOT_PROMISED


def _promised(order: SupplementFunds, case: CaseAfterOrders) -> bool:
    """Whether the form states what is to be sent beyond what was sent: the money follows the form."""
    after = _plus(case.facts.remitted, order)
    stated = case.facts.stated
    return not case.unreckoned and after[0] <= stated[0] and after[1] <= stated[1]


def _plus(remitted: tuple[Fen, Fen], order: SupplementFunds) -> tuple[Fen, Fen]:
    return Fen(remitted[0] + order.individual), Fen(remitted[1] + order.pooled)


@_obstacles.register
def _(order: ReturnFunds, case: CaseAfterOrders) -> Iterator[Obstacle]:
    facts = case.facts
    if facts.received < facts.sent:
        yield FUNDS_ON_THE_WAY
    elif not (facts.received or facts.taken_in):
        yield NOTHING_RECEIVED
    if facts.refunded:
        yield ALREADY_REFUNDED


@_obstacles.register
def _(order: RestoreRelationship, case: CaseAfterOrders) -> Iterator[Obstacle]:
    if not case.facts.relationship_ended and not case.restored:
        yield RELATIONSHIP_STANDS
    if case.facts.sent or case.facts.received or case.facts.taken_in:
        yield FUNDS_NOT_BACK


@_obstacles.register
def _(order: RestartClock, case: CaseAfterOrders) -> Iterator[Obstacle]:
    if order.clock not in case.facts.clocks:
        yield NO_SUCH_CLOCK


@_obstacles.register
def _(order: ExtendClock, case: CaseAfterOrders) -> Iterator[Obstacle]:
    if order.clock not in case.facts.clocks:
        yield NO_SUCH_CLOCK
    if order.working_days < 1:
        yield NO_EXTENSION
    if dict(case.facts.extended).get(order.clock, 0) + order.working_days > LONGEST_PERIOD:
        yield EXTENSION_TOO_LONG


@_obstacles.register
def _(order: Close, case: CaseAfterOrders) -> Iterator[Obstacle]:
    facts = case.facts
    if facts.sent != facts.received or (facts.received and not facts.taken_in):
        yield FUNDS_STRANDED
    if facts.relationship_ended and not facts.taken_in:
        yield MONTHS_STRANDED
    if facts.taken_in and (facts.superseded or case.amended):
        yield FORM_NOT_TAKEN_IN
    if facts.taken_in and facts.counted_twice:
        yield MONTHS_COUNTED_TWICE


def _carried_out(order: Order, case: CaseAfterOrders) -> CaseAfterOrders:
    """The case once the order is done; one that cannot be done counts as done, to be reported once only."""
    facts = case.facts
    match order:
        case AmendField():
            return _amended(order, case)
        case SetAmount():
            stated = replace(facts, stated=(order.individual, order.pooled))
            amended = (*case.amended, *LINES)
            return replace(case, facts=stated, amended=amended, unreckoned=False)
        case SupplementFunds():
            sent = Fen(facts.sent + order.individual + order.pooled)
            more = replace(facts, sent=sent, remitted=_plus(facts.remitted, order))
            return replace(case, facts=more)
        case ReturnFunds():
            none = (NO_MONEY, NO_MONEY)
            back = replace(facts, sent=NO_MONEY, received=NO_MONEY, remitted=none, taken_in=False)
            return replace(case, facts=back)
        case ExtendClock():
            extended = dict(facts.extended)
            extended[order.clock] = extended.get(order.clock, 0) + order.working_days
            return replace(case, facts=replace(facts, extended=tuple(extended.items())))
        case RestoreRelationship():
            return replace(case, facts=replace(facts, relationship_ended=False), restored=True)
        case _:
            return case


def _amended(order: AmendField, case: CaseAfterOrders) -> CaseAfterOrders:
    try:
        named = form_field(order.field)
    except WrongFormField:
        return case
    unreckoned = case.unreckoned or not isinstance(named, NameField)
    return replace(case, amended=(*case.amended, named), unreckoned=unreckoned)


def _overlap(fields: Sequence[FormField], earlier: Sequence[FormField]) -> bool:
    return any(same_place(one, other) for one in fields for other in earlier)
