"""The checks of the audit on a bureau's books as a whole, beside those on single cases."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit.departures import divergences_of_departures
from models.store.databases import execute
from models.store.loaded_records import KIND as LOADED
from models.store.loaded_records import divergences_of_records
from models.store.superseding import HERE, LIVE, partly_superseded
from models.store.tables import (
    CREDIT,
    ENTRY,
    MONTHS,
    OPENING,
    PAPER,
    PERSON,
    POSTING,
    RELATIONSHIP,
    Account,
)
from rules.values.books import Divergence
from rules.values.moves import InsuredStatus
from rules.values.papers import PaperKind, Side
from rules.values.record import MonthKind

ENTRY_PAPERS = (PaperKind.CONTACT_LETTER, PaperKind.FORMER_EMPLOYERS_FORM)
"""The papers on which a case reserves a relationship."""


async def divergences_of_relationships(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Relationships reserved without an open case, or ended, or still in force, without a reason."""
    connection = await session.connection()
    columns = (RELATIONSHIP.c.id, RELATIONSHIP.c.reserved_by, RELATIONSHIP.c.ended_by)
    known = select(*columns).join(PERSON, PERSON.c.id == RELATIONSHIP.c.person_id).order_by(RELATIONSHIP.c.id)
    reserved = RELATIONSHIP.c.reserved_by.is_not(None)
    for row in (await connection.execute(known.where(reserved, ~_open_case()))).all():
        yield Divergence("reserved_by_no_case", bureau, f"relationship {row.id}", "—", row.reserved_by)
    other = RELATIONSHIP.c.status != InsuredStatus.ACTIVE
    states = select(RELATIONSHIP.c.id, RELATIONSHIP.c.status).where(other).order_by(RELATIONSHIP.c.id)
    for number, status in (await connection.execute(states)).all():
        # Every relationship is opened as active, and no step of a bureau changes that.
        yield Divergence(
            "not_marked_as_stated",
            bureau,
            f"relationship {number} status",
            InsuredStatus.ACTIVE.value,
            status,
        )
    for row in (await connection.execute(known.where(_ended_for_nothing()))).all():
        yield Divergence("end_not_as_moved", bureau, f"relationship {row.id}", "—", row.ended_by)
    for row in (await connection.execute(known.where(_not_ended()))).all():
        yield Divergence("end_not_as_moved", bureau, f"relationship {row.id}", "ended", "—")


def _open_case() -> ColumnElement[bool]:
    """Whether the reserving case has entered its paper and neither taken nor released the relationship."""
    entered, gone = PAPER.alias(), PAPER.alias()
    by_letter = exists().where(
        entered.c.case_no == RELATIONSHIP.c.reserved_by,
        entered.c.kind.in_(ENTRY_PAPERS),
        entered.c.side == Side.RECEIVED,
        _names(entered, entered.c.scheme_from),
    )
    done = exists().where(
        gone.c.case_no == RELATIONSHIP.c.reserved_by,
        or_(
            gone.c.kind == PaperKind.DOSSIER,
            and_(gone.c.kind.in_((PaperKind.REMITTANCE, PaperKind.RELEASE)), gone.c.side == Side.ISSUED),
        ),
    )
    return and_(by_letter, ~done)


def _ended_for_nothing() -> ColumnElement[bool]:
    """Whether it is marked as ended, but nothing left with it or something that leaves with it is here."""
    left = exists().where(_of_it(MONTHS), LIVE, MONTHS.c.moved_by == RELATIONSHIP.c.ended_by)
    taken_over = or_(
        *(
            exists().where(_of_it(table), table.c.moved_by == RELATIONSHIP.c.ended_by)
            for table in (OPENING, CREDIT)
        )
    )
    form = PAPER.alias()
    nothing_to_leave = exists().where(
        form.c.case_no == RELATIONSHIP.c.ended_by,
        form.c.kind == PaperKind.INFORMATION_FORM,
        form.c.side == Side.ISSUED,
        form.c.ranges == 0,
        _names(form, form.c.scheme_from),
    )
    moving = or_(MONTHS.c.origin_case != "", MONTHS.c.kind.in_((MonthKind.REGULAR, MonthKind.ARREARS_PAID)))
    stayed = exists().where(_of_it(MONTHS), HERE, moving)
    return and_(
        RELATIONSHIP.c.ended_by.is_not(None),
        or_(~or_(left, taken_over, nothing_to_leave), stayed, _opening_here()),
    )


def _not_ended() -> ColumnElement[bool]:
    """Whether it is in force although all it held has left, and no case has opened it again empty."""
    left = exists().where(_of_it(MONTHS), LIVE, MONTHS.c.moved_by.is_not(None))
    cleared = exists().where(_of_it(MONTHS), LIVE, MONTHS.c.cleared_by.is_not(None))
    form = PAPER.alias()
    opened_with_nothing = exists().where(
        form.c.kind == PaperKind.INFORMATION_FORM,
        form.c.side == Side.RECEIVED,
        form.c.ranges == 0,
        _names(form, form.c.scheme_to),
    )
    held = or_(exists().where(_of_it(MONTHS), HERE), cleared, _opening_here())
    return and_(RELATIONSHIP.c.ended_by.is_(None), left, ~held, ~opened_with_nothing)


def _names(paper: Any, scheme: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a paper is about the person and the scheme of the relationship."""
    return and_(paper.c.id_number == PERSON.c.id_number, scheme == RELATIONSHIP.c.scheme)


def _of_it(table: Any) -> ColumnElement[bool]:
    of_it: ColumnElement[bool] = table.c.relationship_id == RELATIONSHIP.c.id
    return of_it


def _opening_here() -> ColumnElement[bool]:
    """Whether a balance taken over or a one-off subsidy, which leave together, is here."""
    opening = exists().where(_of_it(OPENING), OPENING.c.moved_by.is_(None))
    return or_(opening, exists().where(_of_it(CREDIT), CREDIT.c.moved_by.is_(None)))


KEPT = "import_statement"
"""The step that holds the unallocated part of an arrival in suspense."""
TAKE_MONTHS = (
    PaperKind.TAKING_IN,
    PaperKind.REVERSAL,
    PaperKind.CLEARING,
    PaperKind.INFORMATION_FORM,
    PaperKind.ARREARS_PAYMENT,
)
"""The kinds of papers by which months come into a record or leave it, beside the remittance of a case."""


async def balances(session: AsyncSession) -> dict[str, int]:
    """The balance of every account, in fen; what the fund owes is negative."""
    sums = select(ENTRY.c.account, func.sum(ENTRY.c.amount)).group_by(ENTRY.c.account)
    found = await execute(session, sums)
    return {account: int(total) for account, total in found}


async def count(session: AsyncSession, table: str) -> int:
    """How many rows a table has."""
    query = select(func.count()).select_from(SQLModel.metadata.tables[table])
    return int((await execute(session, query)).scalar_one())


async def opened_at(session: AsyncSession) -> datetime | None:
    """When the first link of these books was entered; None while they are empty."""
    connection = await session.connection()
    firsts = [
        (await connection.execute(select(func.min(each.c.at)))).scalar_one() for each in (POSTING, PAPER)
    ]
    return min((first for first in firsts if first is not None), default=None)


async def months_by_state(session: AsyncSession) -> dict[str, int]:
    """How many months entered these books, and how many of them are here, moved and cleared."""
    state = case(
        (MONTHS.c.cleared_by.is_not(None), "cleared"), (MONTHS.c.moved_by.is_not(None), "moved"), else_="here"
    )
    connection = await session.connection()
    came = select(func.coalesce(func.sum(_length()), 0)).where(MONTHS.c.supersedes == 0)
    by_state = select(state, func.sum(_length())).where(LIVE).group_by(state)
    found = {"all": int((await connection.execute(came)).scalar_one()), "here": 0, "moved": 0, "cleared": 0}
    return found | {name: int(months) for name, months in await connection.execute(by_state)}


def _length() -> Any:
    """How many months a row holds."""

    def number(month: Any) -> Any:
        return cast(func.substr(month, 1, 4), Integer) * 12 + cast(func.substr(month, 6, 2), Integer)

    return number(MONTHS.c.last) - number(MONTHS.c.first) + 1


async def divergences(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Every contradiction within the books, whichever case it belongs to."""
    async for found in _unbalanced(session, bureau):
        yield found
    held = await balances(session)
    if total := sum(held.values()):
        yield Divergence("ledger_unbalanced", bureau, "all entries", 0, total)
    if (below := held.get(Account.POOLED_FUND, 0)) > 0:
        yield Divergence("fund_below_zero", bureau, Account.POOLED_FUND.value, 0, -below)
    months = await months_by_state(session)
    if months["all"] != (known := months["here"] + months["moved"] + months["cleared"]):
        yield Divergence("months_lost", bureau, "all months", months["all"], known)
    for row in await partly_superseded(session):
        yield Divergence("months_lost", bureau, f"contribution row {row}", 0, 1)
    for check in (
        _without_paper,
        _unallocated,
        divergences_of_records,
        divergences_of_relationships,
        divergences_of_departures,
    ):
        async for found in check(session, bureau):
            yield found


async def _unbalanced(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Postings whose debits and credits differ, and entries whose posting is missing."""
    connection = await session.connection()
    query = (
        select(POSTING.c.key, ENTRY.c.posting_id, func.sum(ENTRY.c.amount))
        .select_from(ENTRY.outerjoin(POSTING, POSTING.c.id == ENTRY.c.posting_id))
        .group_by(ENTRY.c.posting_id, POSTING.c.key)
        .having(or_(func.sum(ENTRY.c.amount) != 0, POSTING.c.key.is_(None)))
        .order_by(ENTRY.c.posting_id)
    )
    for key, number, total in await connection.execute(query):
        if key is None:
            yield Divergence("entry_without_posting", bureau, f"posting {number}", 1, 0)
        else:
            yield Divergence("posting_unbalanced", bureau, key, 0, int(total))


async def _without_paper(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Money and months that moved without a paper on file, and papers without their pair."""
    connection = await session.connection()
    opened = select(PAPER.c.number).where(PAPER.c.case_no == "", PAPER.c.kind == LOADED)
    stated = exists().where(
        PAPER.c.case_no == "",
        PAPER.c.kind == PaperKind.STATEMENT_LINE,
        PAPER.c.reference == POSTING.c.reference,
    )
    loose = select(POSTING.c.key).where(POSTING.c.case_no == "", POSTING.c.key.not_in(opened), ~stated)
    for key in (await connection.execute(loose)).scalars():
        yield Divergence("posting_without_paper", bureau, key, 0, 1)
    for number in (await connection.execute(_marked_by_nothing())).scalars():
        yield Divergence("months_without_paper", bureau, number, 0, 1)
    other = PAPER.alias()
    for kind, receipt in (
        (PaperKind.DOSSIER, PaperKind.DOSSIER_FILING),
        (PaperKind.DOSSIER_FILING, PaperKind.DOSSIER),
    ):
        filed = exists().where(other.c.case_no == PAPER.c.case_no, other.c.kind == receipt)
        alone = select(PAPER.c.case_no).where(PAPER.c.kind == kind, ~filed)
        for case_no in (await connection.execute(alone)).scalars():
            yield Divergence("paper_missing", bureau, f"{receipt}/{case_no}", 1, 0)


async def _unallocated(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Arrivals whose held part is not what does not count, or was moved other than two officers said."""
    connection = await session.connection()
    due: Counter[tuple[str, str]] = Counter()
    papers = select(PAPER.c.body).where(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.UNALLOCATED)
    for body in (await connection.execute(papers)).scalars():
        paper = json.loads(body)
        due[paper["number"], Account.SUSPENSE] += paper["amount"]
        due[paper["number"], Account.BANK] -= paper["amount"]
    posted = await _posted_of_no_case(connection)
    for reference in await _arrivals_kept(connection):
        kept, arrival = await _not_counted(connection, reference), f"statement/{reference}"
        due[arrival, Account.BANK] += kept
        due[arrival, Account.SUSPENSE] -= kept
    for number, account in sorted(due.keys() | posted.keys()):
        expected, found = due[number, account], posted[number, account]
        if expected != found:
            yield Divergence("not_posted_as_stated", bureau, f"{number} {account}", expected, found)


_OF_ARRIVALS = and_(POSTING.c.case_no == "", POSTING.c.reference != "")


async def _arrivals_kept(connection: Any) -> list[str]:
    """The bank's references of the arrivals of which the ledger has held anything as unallocated."""
    query = select(POSTING.c.reference).where(_OF_ARRIVALS, POSTING.c.step == KEPT).distinct()
    return sorted((await connection.execute(query)).scalars())


async def _posted_of_no_case(connection: Any) -> Counter[tuple[str, str]]:
    """What was posted of unallocated money, in fen, by arrival or move and account."""
    named = case(
        (POSTING.c.step == KEPT, literal("statement/").concat(POSTING.c.reference)), else_=POSTING.c.paper
    )
    query = (
        select(named, ENTRY.c.account, func.sum(ENTRY.c.amount))
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .where(_OF_ARRIVALS)
        .group_by(named, ENTRY.c.account)
    )
    return Counter(
        {(number, account): int(total) for number, account, total in await connection.execute(query)}
    )


async def _not_counted(connection: Any, reference: str) -> int:
    """The part of an arrival that does not count towards the remittance it names, in fen."""
    entered = select(PAPER.c.body).where(
        PAPER.c.case_no == "", PAPER.c.kind == PaperKind.STATEMENT_LINE, PAPER.c.reference == reference
    )
    counted = (
        select(func.coalesce(func.sum(ENTRY.c.amount), 0))
        .join(POSTING, POSTING.c.id == ENTRY.c.posting_id)
        .where(POSTING.c.key == f"statement/{reference}/counted", ENTRY.c.account == Account.BANK)
    )
    body = (await connection.execute(entered)).scalar_one_or_none()
    amount = json.loads(body)["line"]["amount"] if body else 0
    return amount - int((await connection.execute(counted)).scalar_one())


def _marked_by_nothing() -> Any:
    """The numbers in the marks of months (come, moved, cleared) that belong to no paper on file."""
    numbers = select(PAPER.c.number).where(PAPER.c.kind.in_(TAKE_MONTHS))
    sent = select(PAPER.c.case_no).where(PAPER.c.kind == PaperKind.REMITTANCE, PAPER.c.side == Side.ISSUED)
    # A case takes months away under its own number, a paper under the paper's.
    moved = select(MONTHS.c.moved_by).where(
        MONTHS.c.moved_by.is_not(None), MONTHS.c.moved_by.not_in(sent), MONTHS.c.moved_by.not_in(numbers)
    )
    opening, credit = (
        select(table.c.moved_by).where(table.c.moved_by.is_not(None), table.c.moved_by.not_in(sent))
        for table in (OPENING, CREDIT)
    )
    # NOT IN an empty list holds for every row.
    cleared = select(MONTHS.c.cleared_by).where(
        MONTHS.c.cleared_by.is_not(None), MONTHS.c.cleared_by.not_in(numbers)
    )
    restored = select(PAPER.c.number).where(PAPER.c.kind == PaperKind.RESTORATION)
    entered = select(MONTHS.c.entered_by).where(
        MONTHS.c.entered_by != "", MONTHS.c.entered_by.not_in(numbers), MONTHS.c.entered_by.not_in(restored)
    )
    taken_in = exists().where(PAPER.c.case_no == MONTHS.c.origin_case, PAPER.c.kind == PaperKind.TAKING_IN)
    posted = exists().where(POSTING.c.case_no == MONTHS.c.origin_case, POSTING.c.step == "take_in")
    brought = select(MONTHS.c.origin_case).where(MONTHS.c.origin_case != "", ~taken_in, ~posted)
    return union(moved, opening, credit, cleared, entered, brought)
