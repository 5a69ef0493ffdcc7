"""Cases that have borrowed a yearly rate, for tests of what follows when the rate is published."""

from datetime import date
from itertools import count

from staff import submit, supplement

from desk.today import china_today
from models.messages.stages import Stage
from models.rates.messages import Settlement
from province import Handle, Province, account, advance, application
from rules.values.moves import Material
from workflows.identifiers import settlement_workflow_id
from workflows.rates.settlement import SettleRate
from workflows.transfer_case import TransferCase

_documents = count(1)
BORROWED = china_today().year
"""The year whose rate cannot be published yet: the cases of these tests move early in the next year."""


def document() -> str:
    """A document number that no test has used yet."""
    return f"人社厅发〔{BORROWED + 1}〕{next(_documents)}号"


async def moved_under_a_borrowed_rate(province: Province, *, at_work: bool = False) -> Handle:
    """The closed case of a teacher who paid last year and whose papers come next February: this year's rate
    is not published, and last year's, 1.50 %, is borrowed. Workers are `at_work` already, or start now."""
    if not at_work:
        await province.start()
    paid, today = BORROWED - 1, china_today()
    year = [(f"{paid}-01", f"{paid}-12", "6000.00")]
    await province.seed(account(months=year, rates={str(paid): "1.50"}))
    handle = await province.apply(application(materials=("identity_document", "application_form")))

    async def waits() -> bool:
        return (await handle.query(TransferCase.progress)).stage is Stage.AWAITING_MATERIALS

    await province.until(waits)
    await advance(province.env, handle, date(BORROWED + 1, 2, 1) - today)
    await submit(handle, supplement(Material.POSTING_DOCUMENT))
    ended = await handle.result()
    assert (ended.stage, ended.individual) == (Stage.CLOSED, LINE_4_BORROWED)
    return handle


HELD = 480_00 * 12 + 46_80
"""Twelve months of 480 last year, with interest at 1.50 %."""
LINE_4_BORROWED = HELD + 87_10
"""1.50 % of 5,806.80 is 87.102."""
LINE_4_PUBLISHED = HELD + 121_94
"""2.10 % of it is 121.9428."""


async def settled(province: Province, document: str, case_no: str) -> Settlement:
    handle = province.client.get_workflow_handle_for(
        SettleRate.run, settlement_workflow_id(BORROWED, document, case_no)
    )
    return await handle.result()
