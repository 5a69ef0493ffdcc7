"""The bank's statement (银行对账单): what it says has arrived, and what the books make of it."""

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
    """One arrival on a statement; `value_date` is the day from which the bank counts it as here, in fen."""

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
    """What the books make of an arrival."""

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
    """A line as it was entered; what does not count towards its remittance is kept in suspense.

    `entered_by` is the message id of the officer's order under which it was first entered.
    """

    line: StatementLine
    outcome: ArrivalOutcome
    counted: Fen
    entered_by: str


class LineAnswer(Paper):
    """What became of a line. `known`: it had been entered before, and nothing was done.

    `announced` is what the remittance comes to, None before it is announced; `come` is all that has come.
    What did not count is `kept` in suspense, or has been `moved` from there by two officers.
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
    """What became of the lines of a batch, in their order; none where the officer's order was refused."""

    bureau: str
    lines: tuple[LineAnswer, ...] = ()
    refusals: tuple[Finding, ...] = ()


class FundsStatus(Done):
    """How much of an announced remittance has come; `in_since` once it is all here.

    The day is that of the bank, not the day on which somebody read the statement: clock C counts from it.
    """

    remittance: str
    announced: Fen
    come: Fen
    in_since: datetime | None = None
    reconciliation: Reconciliation | None = None


class FundsArrived(Paper):
    """Tells a case that a bank has reported an arrival; `surplus` is more than was announced, in fen."""

    message_id: MessageId
    bureau: str
    remittance: NamedRemittance
    reference: BankReference
    value_date: date
    amount: Fen
    surplus: Fen = Fen(0)

    @classmethod
    def whole(cls, bureau: str, remittance: str, sent_on: date, total: Fen) -> Self:
        """Tells a case that all of a remittance is in its bureau's books, should it not have heard so.

        The same for whoever tells it, so that the case takes it in once.
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
    """A remittance that is announced and not all here, in fen.

    `bureau` is the key of the bureau whose bank's statement shows what arrives.
    """

    bureau: str
    remittance: str
    announced: Fen
    come: Fen

    @property
    def missing(self) -> Fen:
        """What has still to come."""
        return Fen(self.announced - self.come)


class ExpectedFundsQuestion(Paper):
    """Asks a bureau what it expects."""

    bureau: str


class ExpectedRemittance(AwaitedFunds):
    """The same in a bureau's list, with the bureau that sent it and the day it left there."""

    sent_by: str
    sent_on: date


class UnallocatedOrder(Paper):
    """An officer's word on money kept in suspense: it goes back to whoever paid it, or `to` a remittance.

    Two officers have to say the same; the first of them says why.
    """

    bureau: str
    reference: BankReference
    to: NamedRemittance = ""
    officer: OfficerId
    order: OfficersOrder | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class UnallocatedProposal(Done):
    """What the first officer wants done with unallocated money, in fen. Nothing has moved.

    `version` counts the proposals on the money under one reference.
    """

    reference: BankReference
    version: int
    to: NamedRemittance
    amount: Fen
    officer: OfficerId
    reason: str


class UnallocatedMoved(Done):
    """Unallocated money as it left suspense by the word of two officers, in fen.

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
    """Why unallocated money cannot be moved as an officer wants."""

    NOT_ENTERED = "not_entered"
    NOTHING_UNALLOCATED = "nothing_kept"
    NOT_ANNOUNCED = "not_announced"
    NOTHING_MISSING = "nothing_missing"
    NO_REASON = "no_reason"


class UnallocatedAnswer(Paper):
    """What became of an officer's order: `moved` by two officers, `proposed` by one, or hindered.

    With a hindrance, `moved` is what was last moved under the same reference, if anything was.
    """

    hindrance: Hindrance | None = None
    refusals: tuple[Finding, ...] = ()
    """Why the officer's order was not heard."""
    proposed: UnallocatedProposal | None = None
    moved: UnallocatedMoved | None = None


class UnallocatedReceipt(Paper):
    """Money in suspense under the bank's own reference: no remittance accounts for it, in fen."""

    line: StatementLine
    outcome: ArrivalOutcome
    amount: Fen
    proposed: UnallocatedProposal | None = None


class ExpectedFunds(Paper):
    """What a bureau expects from other bureaus, what has come that nobody accounts for, and what of that
    has left suspense, the newest first."""

    bureau: str
    expected: tuple[ExpectedRemittance, ...]
    kept: tuple[UnallocatedReceipt, ...]
    moved: tuple[UnallocatedMoved, ...] = ()
