"""Money of a case that leaves one bureau and comes by the bank's statement at the other."""

from datetime import date, timedelta

from exchange import Exchange
from road import CASE, Road

from activities.contracts import (
    AWAIT_FUNDS,
    IMPORT_STATEMENT,
    REMIT_AND_END_RELATIONSHIP,
    TELL_EXPECTED_FUNDS,
)
from models.messages.bank_statement import (
    ExpectedFunds,
    ExpectedFundsQuestion,
    FundsStanding,
    LineAnswer,
    StatementBatch,
    StatementLine,
)
from models.messages.papers import Remittance
from models.messages.steps import RemittanceOrder
from province import CHANGCHUN, YANBIAN
from rules.values.money import Fen

FIRST = f"remittance/{CASE}/1"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


async def sent(road: Road) -> tuple[Exchange, Remittance]:
    """A case whose funds have left the transfer-out bureau; the form has reached the other."""
    case = await Exchange.with_form(road)
    await case.inform()
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    case.remittances.append(remittance)
    return case, remittance


def line(reference: str, amount: int, number: str = FIRST, on: date = TUESDAY) -> StatementLine:
    """A line of the bank's statement, in fen."""
    return StatementLine(reference=reference, value_date=on, remittance=number, amount=Fen(amount))


async def entered(road: Road, *lines: StatementLine, bureau: str = CHANGCHUN) -> tuple[LineAnswer, ...]:
    """What the bureau makes of a statement, a day later."""
    road.now += timedelta(days=1)
    return (await road.do(IMPORT_STATEMENT, bureau, StatementBatch(bureau=bureau, lines=lines))).lines


async def awaited(road: Road, remittance: Remittance, bureau: str = CHANGCHUN) -> FundsStanding:
    """How much of a remittance is there, when its case asks."""
    return await road.do(AWAIT_FUNDS, bureau, remittance)


async def expected(road: Road, bureau: str = CHANGCHUN) -> ExpectedFunds:
    """What the bureau expects and keeps, as its officers see it."""
    return await road.do(TELL_EXPECTED_FUNDS, bureau, ExpectedFundsQuestion(bureau=bureau))
