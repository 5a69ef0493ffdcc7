"""Money of a case that leaves one bureau and arrives at the other by the bank's statement."""

from datetime import date, timedelta

from staff import by_officer
from two_bureaus import Exchange
from walkthrough import CASE, TheBooks, Walkthrough

from activities.contracts import (
    AWAIT_FUNDS,
    IMPORT_STATEMENT,
    LIST_EXPECTED_FUNDS,
    REMIT_AND_END_RELATIONSHIP,
)
from models.messages.bank_statement import (
    ExpectedFunds,
    ExpectedFundsQuestion,
    FundsStatus,
    LineAnswer,
    StatementBatch,
    StatementLine,
)
from models.messages.papers import Remittance
from models.messages.steps import RemittanceOrder
from province import CHANGCHUN, YANBIAN
from rules.values.money import Fen
from rules.values.officers import Right
from rules.values.papers import PaperKind

CLERK = "clerk-01"
FIRST = f"remittance/{CASE}/1"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


async def sent(walkthrough: Walkthrough) -> tuple[Exchange, Remittance]:
    """A case whose funds have left the transfer-out bureau and whose form has reached the other."""
    case = await Exchange.with_form(walkthrough)
    await case.inform()
    remittance = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    case.remittances.append(remittance)
    return case, remittance


def line(reference: str, amount: int, number: str = FIRST, on: date = TUESDAY) -> StatementLine:
    """A line of the bank's statement, in fen."""
    return StatementLine(reference=reference, value_date=on, remittance=number, amount=Fen(amount))


async def entered(
    walkthrough: Walkthrough, *lines: StatementLine, bureau: str = CHANGCHUN
) -> tuple[LineAnswer, ...]:
    """The bureau's answers to a statement that is imported a day later."""
    walkthrough.now += timedelta(days=1)
    batch = StatementBatch(bureau=bureau, lines=lines)
    sealed = by_officer(Right.IMPORT_STATEMENT, bureau, batch, CLERK, batch.digests())
    return (await walkthrough.do(IMPORT_STATEMENT, bureau, sealed)).lines


async def awaited(walkthrough: Walkthrough, remittance: Remittance, bureau: str = CHANGCHUN) -> FundsStatus:
    """The bureau's answer to the case: how much of a remittance has arrived."""
    return await walkthrough.do(AWAIT_FUNDS, bureau, remittance)


async def expected(walkthrough: Walkthrough, bureau: str = CHANGCHUN) -> ExpectedFunds:
    """The funds that the bureau expects or holds as unallocated, as its officers see them."""
    return await walkthrough.do(LIST_EXPECTED_FUNDS, bureau, ExpectedFundsQuestion(bureau=bureau))


async def without_orders(walkthrough: Walkthrough) -> TheBooks:
    """Every row of the bureau's books except officers' orders and the roster."""
    books = await walkthrough.books(CHANGCHUN)
    kept = (PaperKind.OFFICERS_ORDER, PaperKind.ROSTER)
    return {**books, "paper": [row for row in books["paper"] if row[2] not in kept]}
