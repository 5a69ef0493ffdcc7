"""The sealed approvals that a bureau keeps of its own officers; without them no money leaves or is posted."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import today
from activities.contracts import MORE_OFFICERS
from activities.officers.register import OfficerRegister
from activities.officers.vouching import vouched
from models.contacts.bureaus import NumberedPaper, OfficeData
from models.files.arrangements_file import ArrangementsFile
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.officers.seals import digest_of
from models.officers.vouching import SealedAct, key_of
from models.store.official_numbers import next_serial
from models.store.store import Store
from models.store.tables import PaperRow
from rules.values.due_dates import china_day

_PROPOSED_BY = {Approvable.REFUND: StaffAction.CHOOSE}
"""The staff action whose officer counts as the first approving officer."""


@dataclass(frozen=True, slots=True)
class PaperToApprove:
    """The paper that must be approved: its number and its content."""

    case_no: str
    what: Approvable
    number: str
    paper: BaseModel


class ApprovalsNeeded:
    """How many officers must approve at a bureau, by the arrangements of its own worker.

    Without a file of arrangements a worker follows the number in the order, and for rulings, which are the
    province's, the built-in arrangement. Cases that reached the bureau before the file's `since` follow the
    arrangements they were opened with.
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
        """Require the approvals of an order among those that this bureau has vouched for and kept.

        Each officer named has sealed an approval of this very paper, or proposed it where that counts, each
        with a key of their own. Raises ValueError, a caller's fault, where one has not, and MORE_OFFICERS
        where this bureau's arrangements want more.
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
        """How many officers this bureau requires in a case."""
        officers = self._needed.get(what, Officers.STRAIGHT_THROUGH)
        holds = officers.needed and await self._holds_for(session, case_no)
        return officers if holds else Officers.STRAIGHT_THROUGH

    async def _holds_for(self, session: AsyncSession, case_no: str) -> bool:
        """Whether a case reached this bureau on or after the day from which these arrangements hold."""
        if self._since is None:
            return True
        first = select(func.min(PaperRow.at)).where(col(PaperRow.case_no) == case_no)
        reached = (await session.exec(first)).one()
        return reached is None or china_day(reached) >= self._since


def more_officers_needed(what: Approvable, officers: Officers) -> ApplicationError:
    """The error, to be raised, that says how many officers must approve at this bureau."""
    en, zh = what.titles
    return ApplicationError(
        f"This bureau has arranged that {officers.needed} officers approve the {en}.",
        f"本经办机构规定{zh}须经 {officers.needed} 人审批。",
        officers,
        type=MORE_OFFICERS,
        non_retryable=True,
    )


class PayingBureau:
    """A bureau that pays and posts: its store, its printed data, its officers, how many must approve."""

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
    """What an officer has sealed about a paper, if this bureau has kept the same act."""
    for act in acts:
        if act.request.get("officer") != officer or act.about != wanted.number:
            continue
        if not _is_about(act, wanted):
            continue
        for kept in await vouched(store, session, wanted.case_no, str(act.request["message_id"])):
            if kept.request == act.request:
                return kept
    return None


def _is_about(act: SealedAct, wanted: PaperToApprove) -> bool:
    """Whether an act approves, or proposes, exactly this paper."""
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
    """Whether an act kept here is about this paper: the digests are compared if the seal has one."""
    seal = act.request.get("seal")
    read = seal.get("digest") if isinstance(seal, dict) else ""
    return act.about == number and read in ("", digest_of(paper))
