"""Arrivals on a bank's statement, entered in the books: each part counts, up to the amount announced.

Money counts towards a remittance from its announcement on. Money that comes before it, or beyond the amount
announced, is held as unallocated (`activities.bank.unallocated`). Each step is a posting.
"""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.bank.unallocated import hold, line_of, unallocated_under
from activities.clock import started_at
from activities.contracts import IMPORT_STATEMENT
from models.messages.bank_statement import ArrivalOutcome, StatementEntry, StatementLine, case_and_sequence
from models.messages.papers import Remittance
from models.store.ledger import credit, debit, post, received
from models.store.store import PaperKey, Store
from models.store.tables import Account, EntryRow, PaperRow, PostingRow
from rules.values.due_dates import china_midnight
from rules.values.money import NO_MONEY, Fen
from rules.values.papers import PaperKind, Side

ANNOUNCED, BANK_ARRIVAL = PaperKind.ANNOUNCED_REMITTANCE, PaperKind.BANK_ARRIVAL


async def announced(store: Store, session: AsyncSession, number: str) -> Remittance | None:
    """The remittance with this number, if the other bureau has announced it here."""
    if (named := case_and_sequence(number)) is None:
        return None
    case_no, sequence = named
    for kind in (ANNOUNCED, PaperKind.REMITTANCE):
        # On the rail that settles at once, arrival and announcement are one paper.
        key = PaperKey(case_no, kind, Side.RECEIVED, sequence)
        if found := await store.paper(session, key, Remittance):
            return found
    return None


async def enter(store: Store, session: AsyncSession, line: StatementLine, order: str) -> StatementEntry:
    """Post an arrival once; the entry says how it was counted and which order entered it."""
    remittance = await announced(store, session, line.remittance)
    come = await received(session, line.remittance) if remittance else NO_MONEY
    counted = Fen(min(line.amount, remittance.total - come)) if remittance else NO_MONEY
    if named := case_and_sequence(line.remittance):
        await _note(store, session, named[0], line)
    if remittance is not None and counted:
        await _count(session, remittance, line, counted)
    if counted < line.amount:
        await hold(session, line, "kept", Fen(line.amount - counted))
    outcome = (
        arrival_outcome(line.amount, remittance.total, come)
        if remittance
        else await _unannounced(session, line)
    )
    return StatementEntry(
        line=line, outcome=outcome, counted=counted, entered_by=order, started_at=started_at()
    )


def arrival_outcome(amount: Fen, announced: Fen, come: Fen) -> ArrivalOutcome:
    """How an arrival relates to its remittance, of which `come` fen had arrived before."""
    match (come + amount) - announced:
        case 0:
            return ArrivalOutcome.COMPLETE if come else ArrivalOutcome.MATCHED
        case beyond if beyond > 0:
            return ArrivalOutcome.DOUBLE
        case _:
            return ArrivalOutcome.PARTIAL


async def announce(store: Store, session: AsyncSession, remittance: Remittance) -> None:
    """Enter what the other bureau has sent; money that came before the announcement counts from now on.

    Only money that is still here counts: two officers may have returned it or assigned it to another
    remittance.
    """
    key = PaperKey(remittance.case_no, ANNOUNCED, Side.RECEIVED, remittance.sequence)
    if await store.has(session, key):
        return
    await store.file(session, key, started_at(), remittance)
    come = NO_MONEY
    for line in await _lines(store, session, remittance):
        counted = Fen(min(await unallocated_under(session, line.reference), remittance.total - come))
        if counted:
            # No longer held: the opposite of the posting that holds it.
            await hold(session, line, "released", Fen(-counted))
            await _count(session, remittance, line, counted)
            come = Fen(come + counted)


async def arrived_at(store: Store, session: AsyncSession, remittance: Remittance) -> datetime:
    """The instant from which all of a remittance is here: the value date of the part that completed it.

    It is never before the money was sent nor after now, whatever the statement says.
    """
    last = remittance.sent_on
    for reference in await _references(session, remittance.number):
        if entry := await line_of(store, session, reference):
            last = max(last, entry.line.value_date)
    on_the_day = china_midnight(last)
    return min(max(on_the_day, remittance.started_at), started_at())


async def count_towards(
    session: AsyncSession,
    remittance: Remittance,
    key: str,
    reference: str,
    amount: Fen,
    *,
    step: str,
    officer: str = "",
) -> None:
    """Move money of a remittance from the bank into suspense; if it is coming back, into transit."""
    number = remittance.number
    waits = Account.IN_TRANSIT_IN if remittance.purpose.goes_back else Account.SUSPENSE
    entries = (debit(Account.BANK, amount, None, number), credit(waits, amount, None, number))
    await post(
        session,
        key,
        remittance.case_no,
        started_at(),
        entries,
        step=step,
        paper=number,
        officer=officer,
        reference=reference,
    )


async def _references(session: AsyncSession, number: str) -> list[str]:
    """The bank's references of the arrivals that count towards a remittance."""
    query = (
        select(PostingRow.reference)
        .join(EntryRow, col(EntryRow.posting_id) == col(PostingRow.id))
        .where(col(EntryRow.account) == Account.BANK, col(EntryRow.remittance) == number)
        .where(col(EntryRow.amount) > 0)
    )
    return list(await session.exec(query))


async def _lines(store: Store, session: AsyncSession, remittance: Remittance) -> list[StatementLine]:
    """Every arrival that names a remittance, in the order of their entry."""
    lines = await store.papers(session, remittance.case_no, BANK_ARRIVAL, Side.RECEIVED, StatementLine)
    return [line for line in lines if line.remittance == remittance.number]


async def _note(store: Store, session: AsyncSession, case_no: str, line: StatementLine) -> None:
    """File the arrival among the case's papers, announced or not."""
    known = await store.papers(session, case_no, BANK_ARRIVAL, Side.RECEIVED, StatementLine)
    key = PaperKey(case_no, BANK_ARRIVAL, Side.RECEIVED, len(known) + 1)
    await store.file(session, key, started_at(), line)


async def _unannounced(session: AsyncSession, line: StatementLine) -> ArrivalOutcome:
    """Early if the case is known here and has not sent this money from here itself; otherwise unknown."""
    named = case_and_sequence(line.remittance)
    if named is None:
        return ArrivalOutcome.UNKNOWN
    case_no, sequence = named
    papers = (
        await session.exec(
            select(PaperRow.kind, PaperRow.side, PaperRow.version).where(
                col(PaperRow.case_no) == case_no, col(PaperRow.kind) != BANK_ARRIVAL
            )
        )
    ).all()
    bounced = (PaperKind.REMITTANCE, Side.ISSUED, sequence) in papers
    return ArrivalOutcome.EARLY if papers and not bounced else ArrivalOutcome.UNKNOWN


async def _count(session: AsyncSession, remittance: Remittance, line: StatementLine, amount: Fen) -> None:
    key = f"statement/{line.reference}/counted"
    await count_towards(session, remittance, key, line.reference, amount, step=IMPORT_STATEMENT.name)
