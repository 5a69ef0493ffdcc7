"""Changes of a roster: one officer proposes, a second confirms; the root key enters the first officers."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import CHANGE_ROSTER, READ_ROSTER
from activities.officers.register import FORGED, NO_CASE, NOT_SEALED, OfficerRegister, change_key, changes
from models.officers.checking import is_genuine, unpadded
from models.officers.keys import key_id
from models.officers.rosters import (
    CHANGE,
    Bar,
    Bootstrap,
    Change,
    Grant,
    Roster,
    RosterAnswer,
    RosterChange,
    RosterHindrance,
    RosterOrder,
    RosterPage,
    RosterProposal,
    RosterQuestion,
)
from models.officers.seals import digest_of, sealed_bytes
from models.store.store import PaperKey
from models.store.tables import PaperRow
from rules.values.law import Finding
from rules.values.officers import Right, Role, roles_at
from rules.values.papers import PaperKind, Side

PROPOSED = PaperKind.ROSTER_PROPOSAL
FIRST_OPERATORS = 2
"""How many of the first officers must be operators, since it takes two to enrol others."""


class RosterActivities:
    """Keeps the roster of one bureau, or of the province."""

    def __init__(self, register: OfficerRegister) -> None:
        self.register = register

    @READ_ROSTER.implements
    async def read_roster(self, question: RosterQuestion) -> RosterPage:
        """The roster with every change, and the proposals that wait for a second officer."""
        async with self.register.store.reading() as session:
            made = await changes(session)
            waiting = await _proposals(session)
        return RosterPage(
            bureau=self.register.bureau,
            changes=tuple(made),
            proposed=tuple(one for one in waiting if _waits(made, one)),
            demonstration=self.register.accepted.demonstration is not None,
        )

    @CHANGE_ROSTER.implements
    async def change_roster(self, order: RosterOrder) -> RosterAnswer:
        """Propose a change, or make one that another officer has proposed.

        The same officer ordering twice counts once. The province's root key counts as one of the two
        officers: where one operator is left, nobody else could.
        """
        if order.seal is None or order.bureau != self.register.bureau:
            return _not_vouched(NOT_SEALED)
        if isinstance(order.change, Bootstrap):
            return await self._bootstrap(order)
        if self._names_the_root(order):
            if not self._sealed_by_the_root(order):
                return _not_vouched(FORGED)
        else:
            request = order.model_dump(mode="json")
            found, holder = await self.register.refusals(
                NO_CASE, CHANGE, request, order.seal, Right.MANAGE_OFFICERS, started_at()
            )
            if holder is None:
                return _not_vouched(*found)
        async with self.register.store.transaction() as session:
            return await self._order(session, order)

    async def _order(self, session: AsyncSession, order: RosterOrder) -> RosterAnswer:
        made = await changes(session)
        if done := _made_already(made, order):
            return RosterAnswer(made=done)
        if why := _hindrance(Roster(made), order.change, self.register.bureau):
            return RosterAnswer(hindrance=why)
        proposed = [
            one
            for one in await _proposals(session)
            if one.order.change == order.change
            and _waits(made, one)
            and (self._names_the_root(one.order) or _in_office(Roster(made), one.order))
        ]
        if not proposed:
            times = _times_made(made, order.change)
            return RosterAnswer(proposed=await self._propose(session, order, times))
        first = proposed[-1]
        if _same_officer(first.order, order):
            return RosterAnswer(proposed=first)
        return RosterAnswer(made=await self._make(session, made, order.change, (first.order, order)))

    async def _bootstrap(self, order: RosterOrder) -> RosterAnswer:
        """Enter the first officers, under the seal of the pinned root key."""
        change = order.change
        assert isinstance(change, Bootstrap)
        if not self._names_the_root(order):
            return RosterAnswer(hindrance=RosterHindrance.NO_ROOT)
        if not self._sealed_by_the_root(order):
            return _not_vouched(FORGED)
        async with self.register.store.transaction() as session:
            made = await changes(session)
            if done := [one for one in made if one.change == change]:
                return RosterAnswer(made=done[-1])
            if any(not isinstance(one.change, Grant) or not one.change.demonstration for one in made):
                return RosterAnswer(hindrance=RosterHindrance.NOT_EMPTY)
            operators = {one.officer for one in change.officers if Role.OPERATOR in one.roles}
            if len(operators) < FIRST_OPERATORS:
                return RosterAnswer(hindrance=RosterHindrance.NO_OPERATORS)
            for grant in change.officers:
                if why := _hindrance(Roster(made), grant, self.register.bureau):
                    return RosterAnswer(hindrance=why)
            if len({one.key for one in change.officers}) != len({one.officer for one in change.officers}):
                return RosterAnswer(hindrance=RosterHindrance.KEY_TAKEN)
            return RosterAnswer(made=await self._make(session, made, change, (order,)))

    def _names_the_root(self, order: RosterOrder) -> bool:
        """Whether the seal of an order names the pinned root key."""
        root = self.register.accepted.root
        return root is not None and order.seal is not None and order.seal.key == key_id(root)

    def _sealed_by_the_root(self, order: RosterOrder) -> bool:
        root, seal = self.register.accepted.root, order.seal
        assert root is not None
        assert seal is not None
        return is_genuine(seal, sealed_bytes(NO_CASE, CHANGE, order.model_dump(mode="json"), seal), root)

    async def _propose(self, session: AsyncSession, order: RosterOrder, times: int) -> RosterProposal:
        proposal = RosterProposal(started_at=started_at(), order=order, made_before=times)
        reference = f"{digest_of(order.change)}/{order.officer}"
        key = PaperKey(NO_CASE, PROPOSED, Side.ISSUED, times + 1, reference)
        await self.register.store.file(session, key, started_at(), proposal)
        return proposal

    async def _make(
        self,
        session: AsyncSession,
        made: list[RosterChange],
        change: Grant | Bar | Bootstrap,
        orders: tuple[RosterOrder, ...],
    ) -> RosterChange:
        serial = made[-1].serial + 1 if made else 1
        entered = RosterChange(serial=serial, change=change, orders=orders, started_at=started_at())
        await self.register.store.file(session, change_key(serial), started_at(), entered)
        return entered


def _hindrance(roster: Roster, change: Grant | Bar | Bootstrap, bureau: str) -> RosterHindrance | None:
    if isinstance(change, Bar):
        return None if roster.knows(change.officer) else RosterHindrance.OFFICER_UNKNOWN
    if isinstance(change, Grant):
        if change.demonstration or not _names_its_key(change):
            return RosterHindrance.NOT_VOUCHED
        if set(change.roles) - set(roles_at(bureau)):
            return RosterHindrance.ROLE_UNKNOWN
        if roster.owner(change.key) not in (None, change.officer):
            return RosterHindrance.KEY_TAKEN
    return None


def _times_made(made: Sequence[RosterChange], change: Change) -> int:
    return sum(one.change == change for one in made)


def _waits(made: Sequence[RosterChange], proposal: RosterProposal) -> bool:
    """Whether a proposal still waits for a second officer."""
    return proposal.made_before == _times_made(made, proposal.order.change)


def _made_already(made: Sequence[RosterChange], order: RosterOrder) -> RosterChange | None:
    """The change that an order wants, if it was made and not undone since, or was made by this very order.

    Dismissing an officer is undone by enrolling the same officer again, and enrolling by dismissing.
    """
    for one in reversed(made):
        if order in one.orders:
            return one
    same = [one for one in made if one.change == order.change]
    if not same or any(_undoes(later, same[-1]) for later in made):
        return None
    return same[-1]


def _undoes(later: RosterChange, earlier: RosterChange) -> bool:
    if later.serial <= earlier.serial or later.change.kind == earlier.change.kind:
        return False
    officers = [
        {each.officer for each in one.officers} if isinstance(one, Bootstrap) else {one.officer}
        for one in (later.change, earlier.change)
    ]
    return bool(officers[0] & officers[1])


def _names_its_key(grant: Grant) -> bool:
    """Whether a grant has its key's own id: under two ids one key would count as two officers."""
    try:
        return key_id(unpadded(grant.public_key)) == grant.key
    except ValueError:
        return False


def _in_office(roster: Roster, order: RosterOrder) -> bool:
    """Whether the proposer may still act: a change needs two officers who are in office when it is made."""
    return order.seal is not None and roster.holder(order.seal.key, started_at()) is not None


def _same_officer(one: RosterOrder, other: RosterOrder) -> bool:
    assert one.seal
    assert other.seal
    return one.officer == other.officer or one.seal.key == other.seal.key


def _not_vouched(*findings: Finding) -> RosterAnswer:
    return RosterAnswer(
        hindrance=RosterHindrance.NOT_VOUCHED,
        why_en=" ".join(one.en for one in findings),
        why_zh="".join(one.zh for one in findings),
    )


async def _proposals(session: AsyncSession) -> list[RosterProposal]:
    query = (
        select(PaperRow.body)
        .where(col(PaperRow.case_no) == NO_CASE, col(PaperRow.kind) == PROPOSED)
        .order_by(col(PaperRow.id))
    )
    return [RosterProposal.model_validate_json(body) for body in await session.exec(query)]
