"""A ruling as it crosses to a bureau: with the seals it rests on, and the roster they are verified by."""

from datetime import datetime

from pydantic import Field

from models.messages.disputes import RulingRecord
from models.messages.papers import Done, Paper
from models.officers.rosters import RosterChange
from models.officers.vouching import SealedAct


class RulingDelivery(Paper):
    """An approved ruling for the province's register, and for the bureaus that are to carry it out.

    `acts` are the ruling itself and its approvals, as the province's officers have sealed them; `roster` is
    the whole roster of the province, which follows from the root key that a bureau has pinned.
    """

    record: RulingRecord
    acts: tuple[SealedAct, ...] = Field(repr=False)
    roster: tuple[RosterChange, ...] = ()


class RulingReceipt(Done):
    """The bureau has verified the seals of a ruling and filed it."""

    number: str
    received_at: datetime
