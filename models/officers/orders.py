"""An officer's word on what belongs to no case: accounts to load, a statement to import, money to move."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from models.messages.papers import Paper
from models.messages.requests import MessageId, OfficerId
from models.officers.rosters import RosterChange
from models.officers.seals import Seal, digest_of
from rules.values.law import Finding
from rules.values.officers import Right

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class OfficersOrder(Paper):
    """Says who orders what: `digest` is that of what is ordered, which travels beside it.

    Sealed under the name of the right, and filed by the bureau that carries it out. Of what is ordered as a
    list, `items` are the digests of its parts: what was entered of each names the order by its message id.
    """

    message_id: MessageId
    officer: OfficerId
    bureau: str
    right: Right
    digest: Digest
    items: tuple[Digest, ...] = ()
    seal: Seal | None = None


class Listed(Paper):
    """A list of what is ordered, by the digests of its parts alone."""

    items: tuple[Digest, ...]
    order: OfficersOrder | None = Field(default=None, repr=False)


class OrderToAccept(Paper):
    """Asks the province to verify and file an officer's order of which a workflow has what is ordered."""

    order: OfficersOrder | None
    right: Right
    digest: Digest


class OrderAnswer(Paper):
    """Why an order is not accepted, or nothing.

    `roster` is the part of the bureau's roster by which another bureau can verify the order.
    """

    refusals: tuple[Finding, ...] = ()
    roster: tuple[RosterChange, ...] = ()


class Promotion(Paper):
    """Gives all cases to a release of the platform, by its build id; '' for workers without one."""

    build_id: str
    order: OfficersOrder | None = Field(default=None, repr=False)


def digest_ordered(ordered: BaseModel) -> str:
    """The digest of what is ordered, without the order that travels with it."""
    return digest_of(ordered.model_copy(update={"order": None}))


def order_for(
    right: Right, bureau: str, officer: str, ordered: BaseModel, items: tuple[Digest, ...] = ()
) -> OfficersOrder:
    """An order yet to be sealed; the same order by the same officer is the same message."""
    digest = digest_ordered(ordered)
    return OfficersOrder(
        message_id=f"{right}/{officer}/{digest[:40]}"[:100],
        officer=officer,
        bureau=bureau,
        right=right,
        digest=digest,
        items=items,
    )
