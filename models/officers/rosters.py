"""The roster of a bureau: which key is whose, with which roles, from when to when, and by whose word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from models.messages.papers import Done, Paper
from models.messages.requests import MessageId, OfficerId
from models.officers.seals import Base64Url, KeyId, Seal
from rules.values.officers import Role, canonical_officer

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]

CHANGE = "change_roster"
"""The action under which a change of a roster is sealed."""


class Grant(Paper):
    """Gives an officer's key roles at a bureau, from an instant on, until another where it is for a time.

    Without `since`, from the instant at which it is entered.
    `deputy_for` is the officer in whose place this one acts meanwhile.
    """

    kind: Literal["grant"] = "grant"
    officer: OfficerId
    key: KeyId
    public_key: Base64Url
    roles: tuple[Role, ...] = Field(min_length=1)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    deputy_for: str = ""
    demonstration: bool = False


class Bar(Paper):
    """Bars an officer with every key entered so far: for a time (absent), or for good (dismissed).

    After a lost key the officer is barred for good with it, and enrolled again with a new one.
    """

    kind: Literal["bar"] = "bar"
    officer: OfficerId
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reason: Reason


class Bootstrap(Paper):
    """The first officers of a bureau, by the word of the province's root key; once, into an empty roster."""

    kind: Literal["bootstrap"] = "bootstrap"
    officers: tuple[Grant, ...] = Field(min_length=2)
    reason: Reason


Change = Annotated[Grant | Bar | Bootstrap, Field(discriminator="kind")]


class RosterOrder(Paper):
    """An officer's word on a change of a bureau's roster; two different officers have to say the same."""

    message_id: MessageId
    officer: OfficerId
    bureau: str
    change: Change
    seal: Seal | None = None


class RosterProposal(Done):
    """A change that one officer has ordered. The roster is as it was.

    `made_before` is how often the same was made and undone before: a key may be lost twice.
    """

    order: RosterOrder
    made_before: int = 0


class RosterChange(Done):
    """A change that was made, with the sealed orders it rests on: two, or the one of the root."""

    serial: int
    change: Change
    orders: tuple[RosterOrder, ...]


class RosterHindrance(StrEnum):
    """Why a change of a roster is not made."""

    NOT_VOUCHED = "not_vouched"
    NO_ROOT = "no_root"
    NOT_EMPTY = "not_empty"
    NO_OPERATORS = "no_operators"
    KEY_TAKEN = "key_taken"
    OFFICER_UNKNOWN = "officer_unknown"
    ROLE_UNKNOWN = "role_unknown"


class RosterAnswer(Paper):
    """What became of an order: `made` by two officers, `proposed` by one, or hindered."""

    hindrance: RosterHindrance | None = None
    why_en: str = ""
    why_zh: str = ""
    proposed: RosterProposal | None = None
    made: RosterChange | None = None


class RosterQuestion(Paper):
    """Asks a bureau, or the province, for its roster."""

    bureau: str


class RosterPage(Paper):
    """A roster: every change in order, and the proposals that wait for a second officer."""

    bureau: str
    changes: tuple[RosterChange, ...]
    proposed: tuple[RosterProposal, ...] = ()
    demonstration: bool = False
    """Whether demonstration officers are accepted here beside those enrolled."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a key is at an instant, and the roles it has."""

    officer: str
    public_key: str
    roles: tuple[Role, ...]
    demonstration: bool = False


class Roster:
    """A roster as its changes have made it."""

    def __init__(self, changes: Sequence[RosterChange]) -> None:
        self.grants: list[tuple[RosterChange, Grant]] = []
        self.bars: list[tuple[RosterChange, Bar]] = []
        for made in changes:
            match made.change:
                case Grant() as grant:
                    self.grants.append((made, grant))
                case Bar() as bar:
                    self.bars.append((made, bar))
                case Bootstrap() as first:
                    self.grants += [(made, grant) for grant in first.officers]
        self.serial = changes[-1].serial if changes else 0

    def public_key(self, key: str) -> str | None:
        """The public key of this name, whenever it was in force: old seals stay verifiable."""
        return next((grant.public_key for _, grant in self.grants if grant.key == key), None)

    def owner(self, key: str) -> str | None:
        """The officer a key was ever enrolled for."""
        return next((grant.officer for _, grant in self.grants if grant.key == key), None)

    def knows(self, officer: str) -> bool:
        """Whether an officer was ever enrolled."""
        wanted = canonical_officer(officer)
        return any(grant.officer == wanted for _, grant in self.grants)

    def holder(self, key: str, at: datetime) -> Holder | None:
        """Who may act with a key at an instant, with all roles it then has; None for nobody."""
        held = [
            grant
            for made, grant in self.grants
            if grant.key == key and _covers(made, grant, at) and not self._barred(made, grant.officer, at)
        ]
        if not held:
            return None
        roles = {role for grant in held for role in grant.roles}
        return Holder(
            held[0].officer,
            held[0].public_key,
            tuple(role for role in Role if role in roles),
            any(grant.demonstration for grant in held),
        )

    def _barred(self, granted: RosterChange, officer: str, at: datetime) -> bool:
        """Whether a bar that was entered after a grant keeps its officer from acting at an instant."""
        return any(
            made.serial > granted.serial and bar.officer == officer and _covers(made, bar, at)
            for made, bar in self.bars
        )


def changes_about(officer: str, changes: Sequence[RosterChange]) -> tuple[RosterChange, ...]:
    """The part of a roster by which another bureau can verify what an officer has sealed: the changes of this
    officer, of whoever ordered those, and the first officers."""
    wanted, kept = {canonical_officer(officer)}, []
    for made in reversed(changes):
        if isinstance(made.change, Bootstrap) or made.change.officer in wanted:
            wanted |= {order.officer for order in made.orders}
            kept.append(made)
    return tuple(reversed(kept))


def _covers(made: RosterChange, span: Grant | Bar, at: datetime) -> bool:
    return (span.since or made.started_at) <= at and (span.until is None or at < span.until)
