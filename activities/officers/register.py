"""Whose key it is at a bureau, and what its holder may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.files.arrangements_file import ArrangementsFile
from models.officers.checking import is_genuine, unpadded
from models.officers.keys import Demonstration, text_of
from models.officers.orders import OfficersOrder, digest_ordered
from models.officers.rosters import Grant, Holder, Roster, RosterChange, changes_about
from models.officers.seals import Seal, sealed_bytes
from models.officers.verifying import verified_roster
from models.store.databases import execute
from models.store.store import PaperKey, Store
from models.store.tables import PAPER
from rules.officers.rights import rights_of
from rules.officers.separation import GRADED
from rules.values.law import Finding
from rules.values.officers import Right, Role
from rules.values.papers import PaperKind, Side

ROSTER = PaperKind.ROSTER
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when demonstration officers are in office: the clocks of a demonstration's cases run apart."""
NO_CASE = ""


@dataclass(frozen=True, slots=True)
class AcceptedOfficers:
    """Which officers a worker accepts.

    `demonstration` is None where only enrolled officers are accepted; `rights` replaces the rights of the
    roles it names; `root` is the province's public root key as pinned at this worker; `arranged` is the
    worker's file of arrangements, if any.
    """

    demonstration: Demonstration | None = None
    rights: Mapping[Role, frozenset[Right]] = field(default_factory=dict)
    root: bytes | None = None
    arranged: ArrangementsFile | None = None


class OfficerRegister:
    """The officers of one bureau, or of the province: its roster, and demonstration officers if accepted."""

    def __init__(self, bureau: str, store: Store, accepted: AcceptedOfficers | None = None) -> None:
        self.bureau = bureau
        self.store = store
        self.accepted = accepted or AcceptedOfficers()
        self._roster = Roster(())

    async def roster(self) -> Roster:
        """The roster as it stands. One small query when it has not changed."""
        async with self.store.connected() as connection:
            serial = (await connection.execute(_HOW_MANY)).scalar_one()
        if serial != self._roster.serial:
            async with self.store.reading() as session:
                self._roster = Roster(await changes(session))
        return self._roster

    async def changes_about(self, officer: str) -> tuple[RosterChange, ...]:
        """The part of the roster by which another bureau can verify what an officer has sealed."""
        async with self.store.reading() as session:
            return changes_about(officer, await changes(session))

    def roster_of(self, bureau: str, changes: Sequence[RosterChange], *, whole: bool = True) -> Roster:
        """The roster of the province or of another bureau, verified from the pinned root key.

        Raises NotVerified at the first change that does not follow from the earlier ones.
        """
        is_demonstration = partial(self._is_demonstration, bureau)
        return verified_roster(bureau, changes, self.accepted.root, is_demonstration, whole=whole)

    def register_of(self, bureau: str, changes: Sequence[RosterChange]) -> "OfficerRegister":
        """The officers of a bureau; those of another bureau by the part of its roster that was handed over.

        Raises NotVerified at the first change that does not follow from the earlier ones.
        """
        return self if bureau == self.bureau else _HandedOver(self, bureau, changes)

    def _is_demonstration(self, bureau: str, grant: Grant) -> bool:
        """Whether this bureau, too, derives this key for a demonstration officer of another bureau."""
        demonstration = self.accepted.demonstration
        return demonstration is not None and demonstration.officer(bureau, grant.officer).id == grant.key

    async def refusals(
        self,
        case_no: str,
        action: str,
        request: Mapping[str, Any],
        seal: Seal | None,
        right: Right,
        at: datetime,
    ) -> tuple[tuple[Finding, ...], Holder | None]:
        """Why a sealed request is refused at an instant, or nothing; and the key holder."""
        found, holder = await self._verified(case_no, action, request, seal, right, at)
        if seal is not None and holder is not None and holder.demonstration:
            await self._enter(seal.key, holder, at)
        return found, holder

    async def _verified(
        self,
        case_no: str,
        action: str,
        request: Mapping[str, Any],
        seal: Seal | None,
        right: Right,
        at: datetime,
    ) -> tuple[tuple[Finding, ...], Holder | None]:
        """Why a sealed request is refused, and the key holder, without entering a demonstration officer."""
        if seal is None:
            return (NOT_SEALED,), None
        if seal.bureau != self.bureau:
            return (_other_bureau(seal.bureau, self.bureau),), None
        holder = await self._holder(seal.key, str(request.get("officer", "")), at)
        if holder is None:
            return (await self._nobody(seal.key, str(request.get("officer", ""))),), None
        if holder.officer != request.get("officer"):
            return (_another_officer(holder.officer),), None
        sealed = sealed_bytes(case_no, action, request, seal)
        if not is_genuine(seal, sealed, unpadded(holder.public_key)):
            return (FORGED,), None
        if right not in rights_of(holder.roles, self.accepted.rights):
            return (_no_right(holder, right),), None
        return (), holder

    async def accept(
        self,
        order: OfficersOrder | None,
        right: Right,
        ordered: BaseModel,
        at: datetime,
        items: tuple[str, ...] = (),
    ) -> tuple[Finding, ...]:
        """Why an officer's order is refused, or nothing; an accepted order is filed once.

        `items` are the digests of the entries where a list is ordered.
        """
        return await self.accept_digest(order, right, digest_ordered(ordered), at, items)

    async def accept_digest(
        self,
        order: OfficersOrder | None,
        right: Right,
        digest: str,
        at: datetime,
        items: tuple[str, ...] = (),
    ) -> tuple[Finding, ...]:
        """Like `accept`, with the digest of what is ordered already computed."""
        if order is None:
            return (NOT_SEALED,)
        stated = (order.right, order.bureau, order.digest, order.items)
        if stated != (right, self.bureau, digest, items):
            return (FORGED,)
        found, holder = await self._sealed(order, right, at)
        if holder is None:
            return found

        async def draw_up(_: AsyncSession) -> OfficersOrder:
            return order

        await self.store.file_once(order_key(order), OfficersOrder, at, draw_up)
        return ()

    async def refusals_of_listed(
        self, order: OfficersOrder | None, right: Right, item: str, at: datetime
    ) -> tuple[Finding, ...]:
        """Why an officer's order is refused for the entry of its list that has this digest, or nothing.

        The caller files the order.
        """
        if order is None:
            return (NOT_SEALED,)
        if order.right != right or order.bureau != self.bureau or item not in order.items:
            return (FORGED,)
        found, _ = await self._sealed(order, right, at)
        return found

    async def refusals_of_order(self, order: OfficersOrder, at: datetime) -> tuple[Finding, ...]:
        """Why an officer's order would be refused here, whatever it orders, or nothing. Enters nothing."""
        if order.bureau != self.bureau:
            return (_other_bureau(order.bureau, self.bureau),)
        request = order.model_dump(mode="json")
        found, _ = await self._verified(NO_CASE, order.right, request, order.seal, order.right, at)
        return found

    async def _sealed(
        self, order: OfficersOrder, right: Right, at: datetime
    ) -> tuple[tuple[Finding, ...], Holder | None]:
        request = order.model_dump(mode="json")
        return await self.refusals(NO_CASE, right, request, order.seal, right, at)

    async def _holder(self, key: str, officer: str, at: datetime) -> Holder | None:
        roster = await self.roster()
        found = roster.holder(key, at)
        demonstration = self.accepted.demonstration
        if found is not None:
            return found if demonstration or not found.demonstration else None
        if demonstration is None or roster.knows(officer) or not officer:
            return None
        known = demonstration.officer(self.bureau, officer)
        if known.id != key:
            return None
        roles = demonstration.roles(self.bureau, officer)
        return Holder(known.officer, text_of(known.public), roles, demonstration=True)

    async def _nobody(self, key: str, officer: str) -> Finding:
        """Why a key may not act: it was never enrolled, or its officer is barred."""
        roster = await self.roster()
        owner = roster.owner(key)
        if owner is None or (owner != officer and roster.knows(officer)):
            return UNKNOWN_KEY
        return Finding(
            "officer_barred",
            GRADED,
            f"经办人 {owner} 当前不得办理：已离岗、离职或尚未到任。",
            f"Officer {owner} may not act now: dismissed, absent, or not yet in office.",
        )

    async def _enter(self, key: str, holder: Holder, at: datetime) -> None:
        """Enter a demonstration officer at the first act, so that the seal can be verified later."""
        if self._roster.owner(key):
            return
        grant = Grant(
            officer=holder.officer,
            key=key,
            public_key=holder.public_key,
            roles=holder.roles,
            since=ALWAYS,
            demonstration=True,
        )
        async with self.store.transaction() as session:
            known = Roster(await changes(session))
            if known.owner(key) is None:
                made = RosterChange(serial=known.serial + 1, change=grant, orders=(), started_at=at)
                await self.store.file(session, change_key(made.serial), at, made)


class _HandedOver(OfficerRegister):
    """The officers of another bureau, by the part of its roster that was handed over. Enters nothing."""

    def __init__(self, here: OfficerRegister, bureau: str, changes: Sequence[RosterChange]) -> None:
        super().__init__(bureau, here.store, here.accepted)
        self._roster = here.roster_of(bureau, changes, whole=False)

    async def roster(self) -> Roster:
        return self._roster

    async def _enter(self, key: str, holder: Holder, at: datetime) -> None:
        """Does nothing: a demonstration officer is entered by their own bureau."""


def order_key(order: OfficersOrder) -> PaperKey:
    """The key under which an officer's order is filed."""
    return PaperKey(NO_CASE, PaperKind.OFFICERS_ORDER, Side.RECEIVED, reference=order.message_id)


_OF_ROSTER = (PAPER.c.case_no == NO_CASE, PAPER.c.kind == ROSTER)
_CHANGES = select(PAPER.c.body).where(*_OF_ROSTER).order_by(PAPER.c.version)
_HOW_MANY = select(func.count()).where(*_OF_ROSTER)


async def changes(session: AsyncSession) -> list[RosterChange]:
    """Every change of a bureau's roster, in order."""
    found = await execute(session, _CHANGES)
    return [RosterChange.model_validate_json(body) for body in found.scalars()]


def change_key(serial: int) -> PaperKey:
    """The key under which a change of a roster is filed."""
    return PaperKey(NO_CASE, ROSTER, Side.ISSUED, serial)


NOT_SEALED = Finding(
    "not_sealed",
    GRADED,
    "未经经办人签章，未作处理。",
    "It bears no officer's seal; nothing was done.",
)
FORGED = Finding(
    "seal_not_genuine",
    GRADED,
    "签章与内容不符：内容、案号或时间在签章后被更改，或并非由该密钥签章。",
    "The seal does not fit: content, case or time are not what was sealed, or another key made it.",
)
UNKNOWN_KEY = Finding(
    "key_not_enrolled",
    GRADED,
    "该密钥未在本局登记给该经办人。",
    "This key is not enrolled for this officer at this bureau.",
)


def _other_bureau(of: str, here: str) -> Finding:
    return Finding(
        "key_of_another_bureau",
        GRADED,
        f"该密钥属于 {of}，不得代表 {here} 办理。",
        f"The key is of {of}, which does not act for {here}.",
    )


def _another_officer(officer: str) -> Finding:
    return Finding(
        "key_of_another_officer",
        GRADED,
        f"该密钥登记在经办人 {officer} 名下，不得以其他编号使用。",
        f"The key is enrolled for officer {officer}, and is used under no other id.",
    )


def _no_right(holder: Holder, right: Right) -> Finding:
    en = ", ".join(role.titles[0] for role in holder.roles)
    zh = "、".join(role.titles[1] for role in holder.roles)
    return Finding(
        "no_right",
        GRADED,
        f"经办人 {holder.officer}（{zh}）无权{right.titles[1]}。",
        f"Officer {holder.officer} ({en}) has no right to {right.titles[0]}.",
    )
