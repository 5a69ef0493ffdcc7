"""A bureau's steps for its bank account: what is announced, what has arrived, what is missing."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.bank.arrivals import ANNOUNCED, announce, announced, arrived_at, enter
from activities.bank.unallocated import (
    MOVED,
    NO_CASE,
    entry_key,
    line_of,
    moves,
    open_proposal,
    unallocated,
    unallocated_under,
)
from activities.bank.unallocated_orders import carry_out
from activities.bank.unreported_funds import announced_and_open
from activities.clock import started_at
from activities.contracts import AWAIT_FUNDS, IMPORT_STATEMENT, LIST_EXPECTED_FUNDS, MOVE_UNALLOCATED
from activities.officers.register import FORGED, OfficerRegister
from activities.orders import paper_on_file, require_addressed_to, require_reviewed_here
from activities.transfer_in.reconciliation import reconciled
from activities.transfer_out.relationships import credits_of_return, money_away, require_returnable
from activities.transfer_out.remittances import post_adjustment, post_return_credits
from models.messages.bank_statement import (
    ArrivalOutcome,
    ExpectedFunds,
    ExpectedFundsQuestion,
    ExpectedRemittance,
    FundsStatus,
    LineAnswer,
    StatementAnswer,
    StatementBatch,
    StatementEntry,
    StatementLine,
    UnallocatedAnswer,
    UnallocatedMoved,
    UnallocatedOrder,
    UnallocatedReceipt,
    case_and_sequence,
)
from models.messages.papers import InformationForm, Reconciliation, Remittance
from models.store.ledger import received
from models.store.store import PaperKey, Store
from models.store.tables import PaperRow
from rules.values.money import NO_MONEY, Fen
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side

MOVED_SHOWN = 50


class BankActivities:
    """The receiving side of the bank-statement rail, on the bureau's own store."""

    def __init__(self, bureau: str, store: Store, register: OfficerRegister) -> None:
        self.bureau = bureau
        self.store = store
        self.register = register

    @AWAIT_FUNDS.implements
    async def await_funds(self, remittance: Remittance) -> FundsStatus:
        """Register an announced remittance and say how much of it has arrived (第七条第三项).

        It is asked again after each arrival. Once all of it is here it is received: money that comes back is
        credited to account and fund; money that comes in is reconciled with the form if one is here.
        """
        case_no, number, sequence = remittance.case_no, remittance.number, remittance.sequence
        key = PaperKey(case_no, PaperKind.FUNDS_ARRIVAL, Side.RECEIVED, sequence)
        async with self.store.transaction() as session:
            if whole := await self.store.paper(session, key, FundsStatus):
                return whole
            await self._require_own_announcement(session, remittance)
            await announce(self.store, session, remittance)
            standing = FundsStatus(
                remittance=number,
                announced=remittance.total,
                come=await received(session, number),
                started_at=started_at(),
            )
            if standing.come < remittance.total:
                return standing
            since = await arrived_at(self.store, session, remittance)
            found = await self._receive(session, remittance)
            whole = standing.model_copy(update={"in_since": since, "reconciliation": found})
            await self.store.file(session, key, started_at(), whole)
        return whole

    @IMPORT_STATEMENT.implements
    async def import_statement(self, batch: StatementBatch) -> StatementAnswer:
        """Enter every line of a statement, each once by the bank's reference, and say how each was counted.

        An officer's sealed order is needed; each entry names it.
        """
        refusals = await self.register.accept(
            batch.order, Right.IMPORT_STATEMENT, batch, started_at(), batch.digests()
        )
        if refusals:
            return StatementAnswer(bureau=self.bureau, refusals=refusals)
        assert batch.order is not None
        lines = [await self._enter(line, batch.order.message_id) for line in batch.lines]
        return StatementAnswer(bureau=self.bureau, lines=tuple(lines))

    @LIST_EXPECTED_FUNDS.implements
    async def list_expected_funds(self, asked: ExpectedFundsQuestion) -> ExpectedFunds:
        """What is announced here and not yet complete, and what is unallocated."""
        async with self.store.reading() as session:
            return ExpectedFunds(
                bureau=self.bureau,
                expected=tuple([await _expected(session, one) for one in await announced_and_open(session)]),
                kept=await self._kept(session),
                moved=await _moved(session),
            )

    @MOVE_UNALLOCATED.implements
    async def move_unallocated(self, order: UnallocatedOrder) -> UnallocatedAnswer:
        """Propose how to move unallocated money, or check another officer's proposal and carry it out."""
        refusals = await self.register.accept(order.order, Right.MOVE_UNALLOCATED, order, started_at())
        if refusals:
            return UnallocatedAnswer(refusals=refusals)
        if order.order is None or order.order.officer != order.officer:
            return UnallocatedAnswer(refusals=(FORGED,))
        async with self.store.transaction() as session:
            return await carry_out(self.store, session, order)

    async def _require_own_announcement(self, session: AsyncSession, remittance: Remittance) -> None:
        """Refuses an announcement that is not for this bureau, or differs from the one on file."""
        case_no, sequence = remittance.case_no, remittance.sequence
        key = PaperKey(case_no, ANNOUNCED, Side.RECEIVED, sequence)
        if await self.store.has(session, key):
            await paper_on_file(self.store, session, key, remittance)
            return
        if remittance.purpose.goes_back:
            require_addressed_to(self.bureau, remittance.bureau_out)
            await credits_of_return(self.store, session, remittance)
            await require_returnable(self.store, session, remittance)
        else:
            require_addressed_to(self.bureau, remittance.bureau_in)
            await require_reviewed_here(self.store, session, case_no)

    async def _receive(self, session: AsyncSession, remittance: Remittance) -> Reconciliation | None:
        """Record a remittance as received, now that all of it is here."""
        kept = PaperKey(remittance.case_no, PaperKind.REMITTANCE, Side.RECEIVED, remittance.sequence)
        await self.store.file(session, kept, started_at(), remittance)
        if remittance.purpose.goes_back:
            owed = await credits_of_return(self.store, session, remittance)
            away, _ = await money_away(self.store, session, remittance.case_no)
            before = Fen(away + remittance.individual)
            await post_return_credits(session, remittance, owed, step=AWAIT_FUNDS.name)
            await post_adjustment(self.store, session, remittance, owed[0], before, step=AWAIT_FUNDS.name)
            return None
        forms = await self.store.papers(
            session, remittance.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, InformationForm
        )
        return await reconciled(self.store, session, forms[-1]) if forms else None

    async def _enter(self, line: StatementLine, order: str) -> LineAnswer:
        drawn_up: list[StatementEntry] = []

        async def draw_up(session: AsyncSession) -> StatementEntry:
            drawn_up.append(await enter(self.store, session, line, order))
            return drawn_up[-1]

        key = entry_key(line.reference)
        entry = await self.store.file_once(key, StatementEntry, started_at(), draw_up)
        async with self.store.reading() as session:
            remittance = await announced(self.store, session, line.remittance)
            come = await received(session, line.remittance) if remittance else NO_MONEY
            kept = await unallocated_under(session, line.reference)
            moved = sum(one.amount for one in await moves(self.store, session, line.reference))
        contradicted = entry.line != line
        named = case_and_sequence(line.remittance)
        return LineAnswer(
            line=line,
            outcome=ArrivalOutcome.CONTRADICTED if contradicted else entry.outcome,
            known=not any(entry is one for one in drawn_up),
            case_no=named[0] if named else None,
            counted=NO_MONEY if contradicted else Fen(line.amount - kept - moved),
            kept=NO_MONEY if contradicted else kept,
            moved=NO_MONEY if contradicted else Fen(moved),
            announced=remittance.total if remittance else None,
            come=come,
        )

    async def _kept(self, session: AsyncSession) -> tuple[UnallocatedReceipt, ...]:
        found = []
        for reference, amount in (await unallocated(session)).items():
            entry = await line_of(self.store, session, reference)
            proposed = await open_proposal(self.store, session, reference)
            if entry is not None:
                kept = UnallocatedReceipt(
                    line=entry.line, outcome=entry.outcome, amount=amount, proposed=proposed
                )
                found.append(kept)
        return tuple(found)


async def _expected(session: AsyncSession, remittance: Remittance) -> ExpectedRemittance:
    back = remittance.purpose.goes_back
    return ExpectedRemittance(
        bureau=remittance.bureau_out if back else remittance.bureau_in,
        remittance=remittance.number,
        announced=remittance.total,
        come=await received(session, remittance.number),
        sent_by=remittance.bureau_in if back else remittance.bureau_out,
        sent_on=remittance.sent_on,
    )


async def _moved(session: AsyncSession) -> tuple[UnallocatedMoved, ...]:
    """What two officers have moved, newest first."""
    query = select(PaperRow.body).where(col(PaperRow.case_no) == NO_CASE, col(PaperRow.kind) == MOVED)
    newest = await session.exec(query.order_by(col(PaperRow.id).desc()).limit(MOVED_SHOWN))
    return tuple(UnallocatedMoved.model_validate_json(body) for body in newest)
