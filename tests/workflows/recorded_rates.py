"""The recorded publication of a yearly rate, and the recorded settlement that follows."""

from typing import Any

from borrowed_rates import BORROWED, document, moved_under_a_borrowed_rate, settled
from temporalio.client import WorkflowHandle

from desk.rates.client import propose_or_check
from models.rates.messages import RateDraft, RatePublication, RateSignature
from province import CHANGCHUN, YANBIAN, Province
from rules.values.money import rate_from_percent
from workflows.identifiers import rate_workflow_id, settlement_workflow_id
from workflows.rates.publication import PublishRate

MAKER, CHECKER = "province-01", "province-02"


def signature(officer: str, document: str, percent: str = "2.10", **more: object) -> RateSignature:
    draft = RateDraft(year=BORROWED, rate=rate_from_percent(percent), document=document)
    return RateSignature.model_validate(
        {"draft": draft, "officer": officer, "bureaus": (YANBIAN, CHANGCHUN), **more}
    )


async def found_by(province: Province, document: str, case_no: str) -> WorkflowHandle[Any, Any]:
    """The publication, once it has found the case that had borrowed the rate."""
    handle = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(BORROWED, document))

    async def found() -> bool:
        state: RatePublication = await handle.query(PublishRate.publication)
        return state.found == (case_no,)

    await province.until(found)
    return handle


async def published(province: Province, document: str, case_no: str) -> WorkflowHandle[Any, Any]:
    """Two officers publish the rate, and the case that had borrowed one is found."""
    await propose_or_check(province.client, signature(MAKER, document))
    await propose_or_check(province.client, signature(CHECKER, document))
    return await found_by(province, document, case_no)


async def rate_published(province: Province) -> WorkflowHandle[Any, Any]:
    """One officer proposes, another checks, and a form with a borrowed rate is found."""
    case = await moved_under_a_borrowed_rate(province)
    handle = await published(province, number := document(), case.id.removeprefix("transfer/"))
    await settled(province, number, case.id.removeprefix("transfer/"))
    return handle


async def rate_settled(province: Province) -> WorkflowHandle[Any, Any]:
    """The settlement: the form has a larger amount by the published rate, and the difference is sent."""
    case = await moved_under_a_borrowed_rate(province)
    case_no = case.id.removeprefix("transfer/")
    await published(province, number := document(), case_no)
    await settled(province, number, case_no)
    return province.client.get_workflow_handle(settlement_workflow_id(BORROWED, number, case_no))
