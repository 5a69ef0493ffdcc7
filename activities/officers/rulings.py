"""A bureau receives a ruling and verifies its seals from the province's root key, which it has pinned."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import RECEIVE_RULING
from activities.officers.approved import ApprovalsNeeded, more_officers_needed
from activities.officers.register import OfficerRegister
from activities.officers.ruled import ruling_key
from models.messages.requests import Approvable, StaffAction
from models.officers.rosters import Roster
from models.officers.rulings import RulingDelivery, RulingReceipt
from models.officers.seals import digest_of
from models.officers.verifying import NotVerified, require_genuine
from models.officers.vouching import SealedAct, key_of, right_for
from models.store.tables import PaperRow
from rules.officers.rights import rights_of
from rules.values.officers import PROVINCE, Right
from rules.values.papers import PaperKind, Side


class RulingActivities:
    """Receives rulings of the province for one bureau."""

    def __init__(self, register: OfficerRegister) -> None:
        self.register = register
        self.needed = ApprovalsNeeded(register.accepted.arranged, register.bureau)

    @RECEIVE_RULING.implements
    async def receive_ruling(self, delivery: RulingDelivery) -> RulingReceipt:
        """Verify every seal under a ruling and file it; what the bureau does by it rests on this.

        Raises NotVerified, a caller's fault, when a seal or the roster does not hold, when an officer counts
        twice, or when the roster is older than one this bureau has seen; raises MORE_OFFICERS when fewer
        officers have sealed it than this bureau requires.
        """
        record = delivery.record
        roster = self.register.roster_of(PROVINCE, delivery.roster)
        self._require_sealed(delivery, roster)

        async def draw_up(session: AsyncSession) -> RulingDelivery:
            if roster.serial < await _latest_serial(session):
                raise NotVerified("the roster of the province is older than one that was seen here")
            arranged = await self.needed.of(session, record.case_no, Approvable.RULING)
            if len(record.officers) < arranged.needed:
                raise more_officers_needed(Approvable.RULING, arranged)
            return delivery

        key = ruling_key(record.case_no, record.ruling.number)
        await self.register.store.file_once(key, RulingDelivery, started_at(), draw_up)
        return RulingReceipt(number=record.ruling.number, received_at=started_at(), started_at=started_at())

    def _require_sealed(self, delivery: RulingDelivery, roster: Roster) -> None:
        """Require that each officer named was on the province's roster with the right to act."""
        record = delivery.record
        for act in acts_of_officers(delivery):
            require_genuine(record.case_no, act, roster)
            holder = roster.holder(key_of(act.request), act.vouched_at)
            if holder is None or right_to(act) not in rights_of(holder.roles, self.register.accepted.rights):
                raise NotVerified(f"ruling {record.ruling.number} is sealed by who has no right to it")


def acts_of_officers(delivery: RulingDelivery) -> list[SealedAct]:
    """The act of each officer named, which made or approved this very ruling, each under an own key.

    Raises NotVerified where one is missing or counts twice. The caller verifies seals and rights.
    """
    record = delivery.record
    acts = [act for act in delivery.acts if _is_of(act, delivery)]
    by_officer = {str(act.request.get("officer")): act for act in acts}
    if set(record.officers) - by_officer.keys():
        raise NotVerified(f"ruling {record.ruling.number} is not sealed by every officer it names")
    sealed = [by_officer[officer] for officer in record.officers]
    if len({key_of(act.request) for act in sealed}) < len(sealed):
        raise NotVerified(f"ruling {record.ruling.number} is approved twice by one officer")
    if StaffAction.RULE not in {act.action for act in sealed}:
        raise NotVerified(f"ruling {record.ruling.number} is not sealed by who has made it")
    return sealed


def right_to(act: SealedAct) -> Right:
    """The right that whoever makes or approves a ruling needs."""
    return right_for(act.action, Approvable.RULING if act.action is StaffAction.APPROVE else None)


def _is_of(act: SealedAct, delivery: RulingDelivery) -> bool:
    """Whether an act makes or approves this very ruling."""
    ruling = delivery.record.ruling
    if act.bureau != PROVINCE:
        return False
    if act.action is StaffAction.RULE:
        return act.request == ruling.model_dump(mode="json")
    seal = act.request.get("seal")
    return (
        act.action is StaffAction.APPROVE
        and act.request.get("what") == Approvable.RULING
        and isinstance(seal, dict)
        and seal.get("digest") == digest_of(ruling)
    )


async def _latest_serial(session: AsyncSession) -> int:
    """The serial of the province's roster that came with the last ruling; 0 before the first."""
    query = (
        select(PaperRow.body)
        .where(col(PaperRow.kind) == PaperKind.RULING, col(PaperRow.side) == Side.RECEIVED)
        .order_by(col(PaperRow.id).desc())
        .limit(1)
    )
    body = (await session.exec(query)).first()
    if body is None:
        return 0
    return Roster(RulingDelivery.model_validate_json(body).roster).serial
