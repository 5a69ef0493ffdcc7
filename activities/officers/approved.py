"""What money leaves or is posted on: sealed approvals of the bureau's own officers, as it has kept them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import china_day, today
from activities.contracts import MORE_OFFICERS
from activities.officers.register import OfficerRegister
from activities.officers.vouching import vouched_key
from models.contacts.bureaus import NumberedPaper, OfficeData
from models.files.arrangements_file import ArrangementsFile
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.officers.seals import digest_of
from models.officers.vouching import SealedAct, key_of
from models.store.official_numbers import next_serial
from models.store.store import Store
from models.store.tables import PaperRow

_PROPOSED_BY = {Approvable.REFUND: StaffAction.CHOOSE}
"""Whose proposal counts as the first officer's word."""


@dataclass(frozen=True, slots=True)
class PaperToApprove:
    """What an order is to have been approved for: the paper, by its number and as it is."""

    case_no: str
    what: Approvable
    number: str
    paper: BaseModel


class ApprovalsNeeded:
    """How many officers a bureau has arranged for, as its own worker has read it.

    A worker without a file of arrangements goes by what the order carries, and by the built-in arrangement
    for rulings, which are the province's. Cases that reached the bureau before the day since when the file
    holds keep what they were opened with.
    """

    def __init__(self, file: ArrangementsFile | None = None, bureau: str = "") -> None:
        own = file.at(bureau) if file else None
        self._since = file.since if file else None
        self._needed = {Approvable.RULING: (file or ArrangementsFile()).province.ruling}
        if own:
            self._needed |= {
                Approvable.RELEASE_OF_FUNDS: own.release_of_funds,
                Approvable.POSTING: own.posting,
                Approvable.REFUND: own.refund,
            }

    async def require(
        self,
        store: Store,
        session: AsyncSession,
        wanted: PaperToApprove,
        officers: Sequence[str],
        acts: Sequence[SealedAct],
    ) -> None:
        """Hold an order to the approvals that this bureau has vouched for and kept.

        Each officer named has sealed an approval of this very paper, or proposed it where that counts, each
        with a key of their own. Raises ValueError, a caller's fault, where one has not, and MORE_OFFICERS
        where this bureau has arranged for more.
        """
        keys = set()
        for officer in officers:
            act = await _kept(store, session, wanted, officer, acts)
            if act is None:
                raise ValueError(
                    f"{wanted.what} of {wanted.number} is not approved by every officer it names"
                )
            keys.add(key_of(act.request))
        if len(keys) < len(officers):
            raise ValueError(f"{wanted.what} of {wanted.number} is approved twice by one officer")
        if len(keys) < (officers_here := await self.of(session, wanted.case_no, wanted.what)).needed:
            raise more_officers_needed(wanted.what, officers_here)

    async def of(self, session: AsyncSession, case_no: str, what: Approvable) -> Officers:
        """How many officers this bureau asks for in a case."""
        officers = self._needed.get(what, Officers.STRAIGHT_THROUGH)
        holds = officers.needed and await self._holds_for(session, case_no)
        return officers if holds else Officers.STRAIGHT_THROUGH

    async def _holds_for(self, session: AsyncSession, case_no: str) -> bool:
        """Whether a case reached this bureau since these arrangements hold."""
        if self._since is None:
            return True
        first = select(func.min(PaperRow.at)).where(col(PaperRow.case_no) == case_no)
        reached = (await session.exec(first)).one()
        return reached is None or china_day(reached) >= self._since


def more_officers_needed(what: Approvable, officers: Officers) -> ApplicationError:
    """The refusal of what fewer officers have approved than are arranged here, to be raised."""
    en, zh = what.titles
    return ApplicationError(
        f"This bureau has arranged that {officers.needed} officers approve the {en}.",
        f"本经办机构规定{zh}须经 {officers.needed} 人审批。",
        officers,
        type=MORE_OFFICERS,
        non_retryable=True,
    )


class PayingBureau:
    """A bureau that pays and posts: its store, what its papers print, its officers, and how many it wants."""

    def __init__(
        self,
        bureau: str,
        store: Store,
        office: OfficeData | None = None,
        needed: ApprovalsNeeded | None = None,
        register: OfficerRegister | None = None,
    ) -> None:
        self.bureau = bureau
        self.store = store
        self.office = office or OfficeData()
        self.needed = needed or ApprovalsNeeded()
        self.register = register or OfficerRegister(bureau, store)

    async def official_number(self, session: AsyncSession, paper: NumberedPaper) -> str:
        """The next number of the year for a paper of this bureau."""
        serial = await next_serial(session, paper, today().year)
        return self.office.numbers.number(paper, self.bureau, today().year, serial)


async def _kept(
    store: Store, session: AsyncSession, wanted: PaperToApprove, officer: str, acts: Sequence[SealedAct]
) -> SealedAct | None:
    """What an officer has sealed about a paper, if this bureau has kept the same."""
    for act in acts:
        if act.request.get("officer") != officer or act.about != wanted.number:
            continue
        if not _is_about(act, wanted):
            continue
        key = vouched_key(wanted.case_no, str(act.request["message_id"]))
        kept = await store.paper(session, key, SealedAct)
        if kept is not None and kept.request == act.request:
            return kept
    return None


def _is_about(act: SealedAct, wanted: PaperToApprove) -> bool:
    """Whether an act approves, or proposes, just what is wanted."""
    if act.action is _PROPOSED_BY.get(wanted.what):
        return act.request == wanted.paper.model_dump(mode="json")
    seal = act.request.get("seal")
    return (
        act.action is StaffAction.APPROVE
        and act.request.get("what") == wanted.what
        and isinstance(seal, dict)
        and seal.get("digest") == digest_of(wanted.paper)
    )


def is_about(act: SealedAct, number: str, paper: BaseModel) -> bool:
    """Whether an act that this bureau has kept is about a paper: by the digest under its seal, if any."""
    seal = act.request.get("seal")
    read = seal.get("digest") if isinstance(seal, dict) else ""
    return act.about == number and read in ("", digest_of(paper))
