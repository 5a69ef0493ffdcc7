"""A closed case taken up again: what the bureaus are asked, and what they answer."""

from pydantic import Field

from models.messages.papers import Done, Paper
from rules.values.law import Finding


class ReopeningCheck(Paper):
    """Asks a bureau whether a closed case can be reopened as its books stand."""

    case_no: str
    id_number: str = Field(repr=False)


class ReopeningAnswer(Done):
    """Everything that stands against it; nothing when the case can be reopened."""

    findings: tuple[Finding, ...]


class ReopeningOrder(ReopeningCheck):
    """Has a bureau enter that a case was reopened; the transfer-in bureau checks again that it can be.

    `version` is that of the dossier that no longer closes the case.
    """

    version: int
    reason: str = Field(repr=False)
    officers: tuple[str, ...]


class ReopeningEntry(Done):
    """The entry that a case was reopened, or what stood against it."""

    number: str
    version: int
    reason: str = Field(repr=False)
    officers: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
