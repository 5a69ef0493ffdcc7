"""Grounds against a move in the transfer-out bureau's books (第七条第一项)."""

from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import today
from activities.linking import against_leaving, joining_case
from activities.transfer_out.relationships import BookedRelationship
from models.messages.application import TransferApplication
from models.messages.papers import EntryPaper
from models.store.dossiers import is_closed
from models.store.histories import holds_money_without_months
from models.store.store import Store
from models.store.superseding import cleared_after_taking_in
from rules.amounts.amounts import OutOfScope, transfer_amount
from rules.amounts.history_problems import UnusableHistory
from rules.amounts.interest import MissingRates
from rules.amounts.one_off import ONE_OFF_KINDS
from rules.application.certificate_grounds import RelationshipFacts, grounds_against_certificate
from rules.values.law import Refusal
from rules.values.moves import InsuredStatus, Scheme
from rules.values.record import History, TransferAmount


class Grounds(NamedTuple):
    """The grounds against a move, and its amount as of today where it can be computed."""

    refusals: tuple[Refusal, ...]
    amount: TransferAmount | None = None


async def grounds(
    store: Store,
    session: AsyncSession,
    held: BookedRelationship | None,
    history: History | None,
    asked: TransferApplication | EntryPaper,
    case_no: str,
    *,
    proven: bool,
    application: TransferApplication | None,
) -> Grounds:
    """Every ground against a move, for the certificate and again for the letter.

    Between the two another case may have changed the books, including the years that decide the direction of
    linking. `history` is that of the months here, None where there is no relationship; `proven`: the papers
    for one-off months are handed in.
    """
    if held is None or history is None:
        return Grounds(grounds_against_certificate(RelationshipFacts(known=False), case_no))
    relationship = held.relationship
    ended = relationship.ended_by is not None
    assert relationship.id is not None
    computable, amount = _amount(history, asked.scheme_to)
    if await holds_money_without_months(session, relationship.id):
        computable, amount = False, None
    facts = RelationshipFacts(
        known=True,
        named=held.person.name,
        asked=asked.name,
        linking=Scheme.RESIDENT in (asked.scheme_from, asked.scheme_to),
        status=InsuredStatus(relationship.status),
        reserved_by=await _moving(store, session, held, asked.id_number),
        ended=ended,
        ended_by=relationship.ended_by or "",
        months_left_behind=ended and any(part.kind in ONE_OFF_KINDS for part in history.ranges),
        proven=proven,
        computable=computable,
        cleared_after_taking_in=cleared_after_taking_in(held.contributions),
        against_linking=await against_leaving(store, session, application, case_no) if application else (),
    )
    return Grounds(grounds_against_certificate(facts, case_no), amount)


async def _moving(
    store: Store, session: AsyncSession, held: BookedRelationship, id_number: str
) -> str | None:
    """A case that must end before another can move the relationship; None if there is none.

    It is moving the relationship, or has moved it and may still correct its form, which draws on what stayed;
    or it brought months here, and may still clear them or take them back; or residents join the relationship
    by it on the strength of its months.
    """
    if held.relationship.reserved_by:
        return held.relationship.reserved_by
    ended_by = held.relationship.ended_by
    left_behind = any(row.kind in ONE_OFF_KINDS for row in held.here)
    if ended_by and left_behind and not await is_closed(store, session, ended_by):
        return ended_by
    for row in held.here:
        if row.origin_case and not await is_closed(store, session, row.origin_case):
            return row.origin_case
    return await joining_case(store, session, id_number, Scheme(held.relationship.scheme)) or None


def _amount(history: History, to: Scheme) -> tuple[bool, TransferAmount | None]:
    """Whether the amount can be computed today, and the amount; None for a move that review refuses."""
    try:
        return True, transfer_amount(history, to, today())
    except OutOfScope:
        return True, None
    except (MissingRates, UnusableHistory):
        return False, None
