"""What a case asks a bureau before it takes in what the bureau's staff hand in, and the bureau's answer."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from models.messages.papers import Done, Paper
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Party
from rules.values.law import Finding
from rules.values.officers import Right

_APPROVAL_RIGHTS = {
    Approvable.RELEASE_OF_FUNDS: Right.APPROVE_RELEASE_OF_FUNDS,
    Approvable.POSTING: Right.APPROVE_POSTING,
    Approvable.REFUND: Right.APPROVE_REFUND,
    Approvable.RULING: Right.APPROVE_RULING,
    Approvable.REOPENING: Right.APPROVE_REOPENING,
}
_TAKEN_BACK = {
    StaffAction.WITHDRAW_CORRECTION: Right.CORRECT,
    StaffAction.WITHDRAW_DISPUTE: Right.DISPUTE,
}
"""Who may hand something in may take it back."""
_SIDES = {
    Party.TRANSFER_IN: "in",
    Party.APPLICANT: "in",
    Party.TRANSFER_OUT: "out",
    Party.PROVINCE: "province",
}


def right_for(action: StaffAction, what: Approvable | None = None) -> Right:
    """The right that a request needs; of an approval, by what it approves."""
    if what is not None:
        return _APPROVAL_RIGHTS[what]
    return _TAKEN_BACK.get(action) or Right(action.value)


def side_of(party: Party) -> str:
    """The side of a case that a party's request comes from: what applicants want is handed in by the
    transfer-in bureau."""
    return _SIDES[party]


class ActLine(Paper):
    """What an officer has done in a case before, in short."""

    right: Right
    side: str
    officer: str
    key: str
    about: str = ""


def key_of(request: Mapping[str, object]) -> str:
    """The id of the key that has sealed a request, from its JSON; empty where it has no seal."""
    seal = request.get("seal")
    return str(seal["key"]) if isinstance(seal, dict) else ""


def act_line(action: StaffAction, request: Mapping[str, object], about: str) -> ActLine:
    """A request in short, from its JSON. Raises KeyError and ValueError for what is no sealed request."""
    what = Approvable(str(request["what"])) if action is StaffAction.APPROVE else None
    return ActLine(
        right=right_for(action, what),
        side=side_of(Party(str(request["by"]))),
        officer=str(request["officer"]),
        key=key_of(request),
        about=about,
    )


class VouchOrder(Paper):
    """Asks the bureau of a party to vouch for a request: that its officer sealed it, and may do it.

    `request` is what was handed in, in JSON, with its seal. `earlier` is what officers have done in the case
    so far.
    """

    case_no: str
    bureau: str
    action: StaffAction
    about: str = ""
    """The number of what the request is about, as the case has it."""
    request: dict[str, object] = Field(repr=False)
    earlier: tuple[ActLine, ...] = ()
    within_one_bureau: bool = False


class Vouched(Done):
    """The bureau's answer: why it does not vouch, or nothing. `demonstration`: the officer is one."""

    refusals: tuple[Finding, ...] = ()
    demonstration: bool = False


class SealedAct(Paper):
    """A request that a case has taken in, with its seal, as the dossier keeps it.

    `vouched_at` is when the bureau vouched for it.
    """

    action: StaffAction
    bureau: str
    about: str = ""
    request: dict[str, object] = Field(repr=False)
    vouched_at: datetime
    demonstration: bool = False
