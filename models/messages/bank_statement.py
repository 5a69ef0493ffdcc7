"""The bank's statement (银行对账单): the arrivals it lists, and how the books count them."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from models.messages.papers import Done, Paper, Reconciliation
from models.messages.requests import MessageId, OfficerId
from models.officers.orders import OfficersOrder
from models.officers.seals import digest_of
from rules.values.law import Finding
from rules.values.money import GREATEST_AMOUNT, Fen

BankReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,60}$")]
"""The bank's own number of a movement, by which it is entered once."""
NamedRemittance = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{0,100}$")]
"""The remittance a payment names; empty when it names none."""

_REMITTANCE = re.compile(r"remittance/([A-Za-z0-9-]{1,60})/([1-9][0-9]{0,5})", re.ASCII)


def case_and_sequence(remittance: str) -> tuple[str, int] | None:
    """The case of a remittance and its place among the case's; None for what is no such number."""
    found = _REMITTANCE.fullmatch(remittance)
    return (found[1], int(found[2])) if found else None


class StatementLine(Paper):
    """One arrival on a statement, in fen; `value_date` is the day from which the bank counts it."""

    reference: BankReference
    value_date: date
    remittance: NamedRemittance
    amount: Annotated[Fen, Field(gt=0, le=GREATEST_AMOUNT)]


class StatementBatch(Paper):
    """Lines of a statement for the bureau whose account it is."""

    bureau: str
    lines: tuple[StatementLine, ...]
    order: OfficersOrder | None = Field(default=None, repr=False)

    def digests(self) -> tuple[str, ...]:
        """The digest of each line, by which an officer's seal is over it."""
        return tuple(digest_of(line) for line in self.lines)


class ArrivalOutcome(StrEnum):
    """How the books count an arrival."""

    MATCHED = "matched"
    PARTIAL = "partial"
    COMPLETE = "complete"
    DOUBLE = "double"
    EARLY = "early"
    UNKNOWN = "unknown"
    CONTRADICTED = "contradicted"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _OUTCOMES[self]


_OUTCOMES = {
    ArrivalOutcome.MATCHED: ("matched", "相符"),
    ArrivalOutcome.PARTIAL: ("partial", "部分到账"),
    ArrivalOutcome.COMPLETE: ("complete with this part", "分笔到齐"),
    ArrivalOutcome.DOUBLE: ("more than announced", "多于通知金额"),
    ArrivalOutcome.EARLY: ("before its announcement", "先于通知到账"),
    ArrivalOutcome.UNKNOWN: ("no such remittance", "无此划转"),
    ArrivalOutcome.CONTRADICTED: ("not as entered before", "与已登记的不一致"),
}


class StatementEntry(Done):
    """A line as it was entered; the part that does not count towards its remittance is held in suspense.

    `entered_by` is the message id of the officer's order under which it was first entered.
    """

    line: StatementLine
    outcome: ArrivalOutcome
    counted: Fen
    entered_by: str


class LineAnswer(Paper):
    """The answer to a line. `known`: it had been entered before, and nothing was done.

    `announced` is the amount of the remittance, None before it is announced; `come` is all that has arrived.
    The part that does not count is held in suspense (`kept`), or two officers have moved it (`moved`).
    """

    line: StatementLine
    outcome: ArrivalOutcome
    known: bool
    case_no: str | None
    counted: Fen
    kept: Fen
    moved: Fen = Fen(0)
    announced: Fen | None
    come: Fen

    @property
    def missing(self) -> Fen:
        """What has still to come, in fen."""
        return Fen(max(0, (self.announced or 0) - self.come))


class StatementAnswer(Paper):
    """The answers to the lines of a batch, in their order; none where the officer's order was refused."""

    bureau: str
    lines: tuple[LineAnswer, ...] = ()
    refusals: tuple[Finding, ...] = ()


class FundsStatus(Done):
    """How much of an announced remittance has arrived; `in_since` once it is complete.

    The day is that of the bank, not the day on which somebody read the statement: clock C counts from it.
    """

    remittance: str
    announced: Fen
    come: Fen
    in_since: datetime | None = None
    reconciliation: Reconciliation | None = None


class FundsArrived(Paper):
    """Tells a case that a bank has reported an arrival; `surplus` is the excess over the announcement, in
    fen."""

    message_id: MessageId
    bureau: str
    remittance: NamedRemittance
    reference: BankReference
    value_date: date
    amount: Fen
    surplus: Fen = Fen(0)

    @classmethod
    def whole(cls, bureau: str, remittance: str, sent_on: date, total: Fen) -> Self:
        """The message that a remittance is complete in its bureau's books, for a case that may not know yet.

        It is the same whoever sends it, so the case takes it in once.
        """
        return cls(
            message_id=f"whole/{remittance}",
            bureau=bureau,
            remittance=remittance,
            reference=f"whole:{remittance.replace('/', ':')}"[-60:],
            value_date=sent_on,
            amount=total,
        )


class AwaitedFunds(Paper):
    """A remittance that is announced and not complete, in fen.

    `bureau` is the key of the bureau whose bank's statement shows what arrives.
    """

    bureau: str
    remittance: str
    announced: Fen
    come: Fen

    @property
    def missing(self) -> Fen:
        """What has not arrived yet."""
        return Fen(self.announced - self.come)


class ExpectedFundsQuestion(Paper):
    """Asks a bureau what it expects."""

    bureau: str


class ExpectedRemittance(AwaitedFunds):
    """An announced remittance in a bureau's list, with the bureau that sent it and the day it left there."""

    sent_by: str
    sent_on: date


class UnallocatedOrder(Paper):
    """An officer's order on unallocated money: to return it to its payer, or to assign it `to` a remittance.

    Two officers have to order the same; the first one states a reason.
    """

    bureau: str
    reference: BankReference
    to: NamedRemittance = ""
    officer: OfficerId
    order: OfficersOrder | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class UnallocatedProposal(Done):
    """What the first officer proposes for unallocated money, in fen. Nothing has moved.

    `version` counts the proposals on the money under one reference.
    """

    reference: BankReference
    version: int
    to: NamedRemittance
    amount: Fen
    officer: OfficerId
    reason: str


class UnallocatedMoved(Done):
    """Unallocated money that two officers have moved out of suspense, in fen.

    `proposal` is the version of the proposal that it carries out.
    """

    number: str
    proposal: int
    line: StatementLine
    to: NamedRemittance
    amount: Fen
    maker: OfficerId
    checker: OfficerId
    reason: str


class Hindrance(StrEnum):
    """Why unallocated money cannot be moved as an officer orders."""

    NOT_ENTERED = "not_entered"
    NOTHING_UNALLOCATED = "nothing_kept"
    NOT_ANNOUNCED = "not_announced"
    NOTHING_MISSING = "nothing_missing"
    NO_REASON = "no_reason"


class UnallocatedAnswer(Paper):
    """The answer to an officer's order: `moved` by two officers, `proposed` by one, or hindered.

    With a hindrance, `moved` is the last move under the same reference, if any.
    """

    hindrance: Hindrance | None = None
    refusals: tuple[Finding, ...] = ()
    """Why the officer's order was refused."""
    proposed: UnallocatedProposal | None = None
    moved: UnallocatedMoved | None = None


class UnallocatedReceipt(Paper):
    """Money in suspense under the bank's own reference, which belongs to no remittance, in fen."""

    line: StatementLine
    outcome: ArrivalOutcome
    amount: Fen
    proposed: UnallocatedProposal | None = None


class ExpectedFunds(Paper):
    """What a bureau expects from others, its unallocated money, and the moves of such money, newest first."""

    bureau: str
    expected: tuple[ExpectedRemittance, ...]
    kept: tuple[UnallocatedReceipt, ...]
    moved: tuple[UnallocatedMoved, ...] = ()
