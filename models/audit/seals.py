"""The checks of the audit on officers: the roster follows from its root, and each seal in each dossier holds.

Public keys are enough. A bureau verifies what its own officers have handed in; both bureaus have the dossier
of a case, so each does its part.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import and_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit.orders import divergences_of_orders, read_papers
from models.officers.rosters import Grant, Roster, RosterChange
from models.officers.verifying import NotVerified, require_genuine, verified_roster
from models.officers.vouching import SealedAct
from models.store.databases import execute
from models.store.tables import PAPER
from rules.values.books import Divergence
from rules.values.papers import PaperKind, Side


async def divergences_of_seals(
    session: AsyncSession, bureau: str, root: bytes | None, since: datetime | None = None
) -> AsyncIterator[Divergence]:
    """A roster without its root, and every seal of this bureau's officers that does not hold.

    Looked at are dossiers and orders outside cases. `root` is the province's public root key as pinned at
    this bureau; without one a roster that was bootstrapped cannot be verified, which is a finding. With
    `since`, only dossiers filed since then.
    """
    changes = await _changes(session)
    try:
        verified_roster(bureau, changes, root, _is_its_own_word)
    except NotVerified as unproven:
        yield Divergence("roster_not_verified", bureau, "roster", "—", str(unproven))
    roster = Roster(changes)
    filed = and_(PAPER.c.kind == PaperKind.DOSSIER, PAPER.c.side == Side.RECEIVED)
    async for dossier in read_papers(session, filed, since):
        for found in _unsealed(bureau, dossier.case_no, dossier.body, roster):
            yield found
    async for found in divergences_of_orders(session, bureau, roster, since):
        yield found


def _is_its_own_word(_: Grant) -> bool:
    """A demonstration officer's grant rests on nothing but the store, and screens say so."""
    return True


async def _changes(session: AsyncSession) -> list[RosterChange]:
    query = (
        select(PAPER.c.body)
        .where(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.ROSTER)
        .order_by(PAPER.c.version)
    )
    found = await execute(session, query)
    return [RosterChange.model_validate_json(body) for body in found.scalars()]


class _Acts(BaseModel):
    """The fields of a dossier that are read here; the rest, which is long, is skipped."""

    acts: tuple[dict[str, Any], ...] = ()


def _unsealed(bureau: str, case_no: str, body: str, roster: Roster) -> Iterator[Divergence]:
    for written in _Acts.model_validate_json(body).acts:
        if written["bureau"] != bureau:
            continue
        act = SealedAct.model_validate(written)
        try:
            require_genuine(case_no, act, roster)
        except NotVerified as unproven:
            number = act.request.get("message_id", "")
            yield Divergence("seal_not_genuine", bureau, f"{case_no} {number}", "—", str(unproven))
