"""A calendar file on its way: drafted by one officer, checked by another, filed, announced to cases."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from models.messages.clocks import CalendarPublished
from models.messages.papers import Anchor, Done, Paper
from models.messages.requests import OfficerId
from models.officers.orders import Digest, OfficersOrder
from rules.values.law import Finding


class CalendarDraft(Paper):
    """A calendar file as handed in; `digest` identifies its content, whatever the layout of the file.

    The content travels as text: the province's steps read it, workflows do not.
    """

    number: str
    digest: Digest
    content: str


class CalendarSignature(Paper):
    """An officer's signature on a calendar's content: to publish it or, with `withdrawn`, not to."""

    draft: CalendarDraft
    officer: OfficerId
    withdrawn: bool = False
    order: OfficersOrder | None = Field(default=None, repr=False)
    """The officer's seal over all fields."""


class SignedCalendar(Paper):
    """A draft with the signatures of two officers."""

    maker: CalendarSignature
    checker: CalendarSignature

    @property
    def draft(self) -> CalendarDraft:
        """The calendar as its maker proposed it."""
        return self.maker.draft


class PublishedNotice(Done):
    """A calendar file in the province's register. It is never altered; a later one adds to it."""

    signed: SignedCalendar
    published_on: date

    @property
    def draft(self) -> CalendarDraft:
        """The file."""
        return self.signed.draft

    @property
    def maker(self) -> str:
        """The officer who proposed it."""
        return self.signed.maker.officer

    @property
    def checker(self) -> str:
        """The officer who checked it."""
        return self.signed.checker.officer


class CalendarQuestion(Paper):
    """Asks the province for what it has published."""


class PublishedCalendar(Paper):
    """The files published over the nationwide calendar, in order, and the version that results."""

    notices: tuple[PublishedNotice, ...]
    version: str


class NoticeFiling(Paper):
    """The notice is in the province's register, and the calendar now has this version.

    `changes_from` is the first day whose counting it may change; `bureaus` are those whose calendar it
    changes, none where it changes that of every bureau. `anchor` is where the province's chain stood then.
    """

    filed_at: datetime
    anchor: Anchor | None = None
    version: str
    changes_from: date
    bureaus: tuple[str, ...] = ()


class CalendarFiling(Paper):
    """What became of a signed calendar at the province: it is filed, or a seal under it does not hold.

    `of_maker`: the failed seal is that of the officer who proposed it, and nothing can be published under it.
    """

    filed: NoticeFiling | None = None
    refusals: tuple[Finding, ...] = ()
    of_maker: bool = False


class Announcement(Paper):
    """Asks for one message to all cases that a query of the engine's finds, by signal."""

    message: CalendarPublished
    signal: str
    query: str
    time: int = 1
    """Which announcement of this message it is, from 1; a case that has received it ignores further ones."""


class Announced(Paper):
    """How many cases were informed, and how many could not be; a case that had just ended is one of these."""

    told: int
    not_told: int


class PublicationStage(StrEnum):
    """How far a publication has come."""

    AWAITING_CHECK = "awaiting_check"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """The proposer's seal does not hold."""
    FILED = "filed"
    ANNOUNCED = "announced"


class Publication(Paper):
    """A publication as it stands."""

    number: str
    digest: Digest
    stage: PublicationStage
    maker: OfficerId
    checker: OfficerId | None = None
    version: str = ""
    told: int = 0
    not_told: int = 0
