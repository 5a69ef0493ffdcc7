"""A recorded case whose money moved through a bank."""

from datetime import timedelta

from desk.client.arrivals import submit_statement
from desk.today import china_today
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.arrangements import Rail
from models.messages.bank_statement import AwaitedFunds, StatementLine
from models.messages.stages import Event
from province import BUREAUS, CHANGCHUN, Handle, Province, account, advance, application
from rules.values.money import Fen
from workflows.transfer_case import TransferCase

LATE = timedelta(days=40)


async def paid_in_two_parts(province: Province) -> Handle:
    """A part arrives soon and the rest weeks later, with a value date that is long past."""
    by_bank = BureauArrangements(rail=Rail.BANK_STATEMENT)
    await province.start_platform(arranged=ArrangementsFile(bureaus={CHANGCHUN: by_bank}))
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    part = Fen(1_000_00)
    awaited = await _awaiting(province, handle, come=0)
    await _arrives(province, "20260302-0017", awaited, part)
    awaited = await _awaiting(province, handle, come=part)
    await advance(province.env, handle, LATE)
    await _arrives(province, "20260302-0018", awaited, awaited.missing)
    await handle.result()
    return handle


async def _awaiting(province: Province, handle: Handle, come: int) -> AwaitedFunds:
    """The funds that a case still waits for once it knows that `come` has arrived."""
    found: list[AwaitedFunds] = []

    async def waits() -> bool:
        awaited = (await handle.query(TransferCase.progress)).awaited_funds
        found.extend([awaited] if awaited and awaited.come == come else [])
        return bool(found)

    await province.until(waits)
    return found[0]


async def _arrives(province: Province, reference: str, awaited: AwaitedFunds, amount: Fen) -> None:
    line = StatementLine(
        reference=reference, value_date=china_today(), remittance=awaited.remittance, amount=amount
    )
    await submit_statement(province.client, CHANGCHUN, [line])
