"""Cases whose money moves through a bank, and the bank's statement, for tests."""

import asyncio

from staff import Handle

from desk.client.arrivals import CaseTold, submit_statement
from desk.today import china_today
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.arrangements import Officers, Rail
from models.messages.bank_statement import LineAnswer, StatementLine
from models.messages.progress import Progress
from province import CHANGCHUN, PATIENCE_SECONDS, Province
from rules.values.money import Fen
from workflows.transfer_case import TransferCase


def by_bank(*bureaus: str, **officers: Officers) -> ArrangementsFile:
    """Arrangements under which these bureaus use the bank-statement rail."""
    on_the_bank = BureauArrangements(rail=Rail.BANK_STATEMENT)
    return ArrangementsFile(
        defaults=BureauArrangements(**officers), bureaus=dict.fromkeys(bureaus, on_the_bank)
    )


async def standing(handle: Handle) -> Progress:
    return await handle.query(TransferCase.progress)


async def awaiting(
    province: Province, handle: Handle, come: int | None = None, number: str = "/1"
) -> Progress:
    """The progress of a case once it waits for the bank and knows that `come` has arrived."""

    async def waits() -> bool:
        awaited = (await standing(handle)).awaited_funds
        return awaited is not None and awaited.remittance.endswith(number) and come in (None, awaited.come)

    await province.until(waits)
    return await standing(handle)


def line(handle: Handle, reference: str, amount: int, sequence: int = 1) -> StatementLine:
    number = f"remittance/{handle.id.removeprefix('transfer/')}/{sequence}"
    return StatementLine(reference=reference, value_date=china_today(), remittance=number, amount=Fen(amount))


async def statement(
    province: Province, *lines: StatementLine, bureau: str = CHANGCHUN
) -> list[tuple[LineAnswer, CaseTold]]:
    return await submit_statement(province.client, bureau, lines)


async def end_of(handle: Handle) -> Progress:
    """The final progress of a case; a case that does not end fails its test, instead of blocking the run."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await handle.result()
