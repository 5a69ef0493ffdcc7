"""The publication of a yearly rate and the settlement that follows, recorded; and how tests come to both."""

from datetime import timedelta
from itertools import count
from typing import Any

from staff import submit, supplement
from temporalio.client import WorkflowHandle

from desk.rates.client import propose_or_check
from models.messages.stages import Stage
from models.rates.messages import RateDraft, RatePublication, RateSignature, Settlement
from province import CHANGCHUN, YANBIAN, Handle, Province, account, advance, application
from rules.values.money import rate_from_percent
from rules.values.moves import Material
from workflows.identifiers import rate_workflow_id, settlement_workflow_id
from workflows.rates.publication import PublishRate
from workflows.rates.settlement import SettleRate
from workflows.transfer_case import TransferCase

MAKER, CHECKER = "province-01", "province-02"
_documents = count(1)
YEAR = [("2025-01", "2025-12", "6000.00")]


def signature(officer: str, document: str, percent: str = "2.10", **more: object) -> RateSignature:
    draft = RateDraft(year=2026, rate=rate_from_percent(percent), document=document)
    return RateSignature.model_validate(
        {"draft": draft, "officer": officer, "bureaus": (YANBIAN, CHANGCHUN), **more}
    )


def document() -> str:
    return f"人社厅发〔2027〕{next(_documents)}号"


async def moved_under_a_borrowed_rate(province: Province) -> Handle:
    """A teacher whose papers come in March 2027: the rate of 2026 is not out, 1.50 % is borrowed."""
    await province.start()
    await province.seed(account(months=YEAR))
    handle = await province.apply(application(materials=("identity_document", "application_form")))

    async def waits() -> bool:
        return (await handle.query(TransferCase.progress)).stage is Stage.AWAITING_MATERIALS

    await province.until(waits)
    await advance(province.env, handle, timedelta(days=100))
    await submit(handle, supplement(Material.POSTING_DOCUMENT))
    ended = await handle.result()
    assert (ended.stage, ended.individual) == (Stage.CLOSED, LINE_4_BORROWED)
    return handle


HELD = 480_00 * 12 + 46_80
"""Twelve months of 480 in 2025, with interest at 1.50 %."""
LINE_4_BORROWED = HELD + 87_10
"""1.50 % of 5,806.80 is 87.102."""
LINE_4_PUBLISHED = HELD + 121_94
"""2.10 % of it is 121.9428."""


async def found_by(province: Province, document: str, case_no: str) -> WorkflowHandle[Any, Any]:
    """The publication, once it has found the case that borrowed the rate."""
    handle = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(2026, document))

    async def found() -> bool:
        state: RatePublication = await handle.query(PublishRate.publication)
        return state.found == (case_no,)

    await province.until(found)
    return handle


async def published(province: Province, document: str, case_no: str) -> WorkflowHandle[Any, Any]:
    """Two officers publish the rate, and the case that borrowed one is found."""
    await propose_or_check(province.client, signature(MAKER, document))
    await propose_or_check(province.client, signature(CHECKER, document))
    return await found_by(province, document, case_no)


async def settled(province: Province, document: str, case_no: str) -> Settlement:
    handle = province.client.get_workflow_handle_for(
        SettleRate.run, settlement_workflow_id(2026, document, case_no)
    )
    return await handle.result()


async def rate_published(province: Province) -> WorkflowHandle[Any, Any]:
    """One officer proposes, another checks, a form that borrowed the rate is found."""
    case = await moved_under_a_borrowed_rate(province)
    handle = await published(province, number := document(), case.id.removeprefix("transfer/"))
    await settled(province, number, case.id.removeprefix("transfer/"))
    return handle


async def rate_settled(province: Province) -> WorkflowHandle[Any, Any]:
    """The other half of it: the form is more by the published rate, and the difference follows."""
    case = await moved_under_a_borrowed_rate(province)
    case_no = case.id.removeprefix("transfer/")
    await published(province, number := document(), case_no)
    await settled(province, number, case_no)
    return province.client.get_workflow_handle(settlement_workflow_id(2026, number, case_no))
