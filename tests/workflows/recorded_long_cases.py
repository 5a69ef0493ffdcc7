"""A case whose first run continues in a second, with both runs recorded."""

from typing import Any

from soon_handed_over import SoonHandedOver
from staff import approval, dispute, send, submit
from temporalio.client import WorkflowHandle

from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Party
from province import BUREAUS, Province, account, application, arranged


async def handed_over(province: Province) -> WorkflowHandle[Any, Any]:
    """The first run, which becomes long by refusing messages."""
    return (await long_case(province))[0]


async def taken_over(province: Province) -> WorkflowHandle[Any, Any]:
    """The second run, which closes the case."""
    return (await long_case(province))[1]


async def long_case(province: Province) -> tuple[WorkflowHandle[Any, Any], WorkflowHandle[Any, Any]]:
    worker = await province.platform(
        workflows=(SoonHandedOver,), arranged=arranged(posting=Officers.TWO_OFFICERS)
    )
    await province.running.enter_async_context(worker)
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    first = await run_of(handle)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING, "in-01"))

    async def followed() -> bool:
        if await run_of(handle) == first:
            await send(handle, dispute(Party.APPLICANT))
            return False
        return True

    await province.until(followed)
    await province.awaiting(handle, Approvable.POSTING)
    second = await run_of(handle)
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    await handle.result()
    runs = (province.client.get_workflow_handle(handle.id, run_id=run) for run in (first, second))
    return next(runs), next(runs)


async def run_of(handle: WorkflowHandle[Any, Any]) -> str | None:
    return (await handle.describe()).run_id
