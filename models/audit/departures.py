"""Checks that nothing is entered in an account, and no month cleared, while another case moves it: the form
of that case was drawn up before and does not have it."""

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.databases import execute
from models.store.superseding import LIVE
from models.store.tables import ENTRY, MONTHS, PAPER, PERSON, POSTING, RELATIONSHIP, Account
from rules.values.books import Divergence
from rules.values.papers import PaperKind, Side

AFTER_THE_CASE = ("take_in_difference", "clear_duplicates")
"""The steps that change an account after its own case has taken it in, when another may be moving it."""
FORM = PAPER.alias()


async def divergences_of_departures(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Every posting to an account after its case that the form of a case moving it does not have."""
    query = (
        select(POSTING.c.key, FORM.c.case_no)
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .join(RELATIONSHIP, RELATIONSHIP.c.id == ENTRY.c.relationship_id)
        .join(PERSON, PERSON.c.id == RELATIONSHIP.c.person_id)
        .join(FORM, FORM.c.id_number == PERSON.c.id_number)
        .where(
            POSTING.c.step.in_(AFTER_THE_CASE),
            ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT,
            FORM.c.kind == PaperKind.INFORMATION_FORM,
            FORM.c.side == Side.ISSUED,
            FORM.c.version == 1,
            FORM.c.scheme_from == RELATIONSHIP.c.scheme,
            FORM.c.case_no != POSTING.c.case_no,
            FORM.c.link < POSTING.c.link,
            or_(RELATIONSHIP.c.reserved_by == FORM.c.case_no, _left_later(), _had_left()),
        )
        .order_by(POSTING.c.key)
        .distinct()
    )
    for key, case_no in (await execute(session, query)).all():
        yield Divergence("entered_while_leaving", bureau, key, "—", case_no)


def _left_later() -> ColumnElement[bool]:
    """Whether the first money of the form left after the posting."""
    sent = PAPER.alias()
    return exists().where(
        sent.c.case_no == FORM.c.case_no,
        sent.c.kind == PaperKind.REMITTANCE,
        sent.c.side == Side.ISSUED,
        sent.c.version == 1,
        sent.c.link > POSTING.c.link,
    )


def _had_left() -> ColumnElement[bool]:
    """Whether the months of the posting's case have left with the form's."""
    months = and_(MONTHS.c.origin_case == POSTING.c.case_no, MONTHS.c.moved_by == FORM.c.case_no)
    return exists().where(MONTHS.c.relationship_id == RELATIONSHIP.c.id, months, LIVE)
