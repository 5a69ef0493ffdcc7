"""Cases brought to a stage and kept there, by a step that is never done or an officer who has to act."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from paid_by_bank import awaiting, by_bank, line, statement
from staff import Handle, answer, correction, dispute, hold, referral, submit
from stored_histories import replay_history
from temporalio import activity, workflow
from temporalio.client import WorkflowHistory

from activities.contracts import (
    FILE_DOSSIER,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    REGISTER_CONTACT_LETTER,
    REGISTER_FORMER_EMPLOYERS_FORM,
    REMIT_AND_END_RELATIONSHIP,
    REVIEW_APPLICATION,
    TAKE_IN,
    ActivityContract,
)
from activities.orders import order_refused
from desk.client.filed_cases import start_from_dossier
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged
from workflows.case.context import CaseContext
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
LACKING = "The order rests on a paper that is not on file here: information form 1. Nothing was done."
LACKING_ZH = "所依据的文书未在本经办机构存档：information form 1。未作处理。"
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
"""An account of which two months have been paid in both schemes."""


def waits(step: ActivityContract[Any, Any]) -> Callable[..., Any]:
    """A step that begins and never ends."""

    @activity.defn(name=step.name)
    async def never(_: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    return never


def fails(step: ActivityContract[Any, Any]) -> Callable[..., Any]:
    """A step that contradicts the books of its bureau."""

    @activity.defn(name=step.name)
    async def never(_: dict[str, Any]) -> None:
        raise ValueError("months 2020-01 to 2020-12 are not here to leave")

    return never


def refuses(step: ActivityContract[Any, Any]) -> Callable[..., Any]:
    """A step for which its bureau lacks the papers."""

    @activity.defn(name=step.name)
    async def never(_: dict[str, Any]) -> None:
        raise order_refused(LACKING, LACKING_ZH)

    return never


WAITING_FOR: dict[Stage, tuple[str, ActivityContract[Any, Any]]] = {
    Stage.APPLICATION_RECEIVED: (CHANGCHUN, REVIEW_APPLICATION),
    Stage.CONTACT_LETTER_SENT: (YANBIAN, REGISTER_CONTACT_LETTER),
    Stage.TRANSFERRING_OUT: (YANBIAN, REMIT_AND_END_RELATIONSHIP),
    Stage.TO_BE_RECONCILED: (CHANGCHUN, RECEIVE_FUNDS),
    Stage.BEING_CLOSED: (CHANGCHUN, FILE_DOSSIER),
}
"""The stages at which a case waits for one step of a bureau."""


async def kept_waiting(province: Province, stage: Stage) -> Handle:
    """A case at this stage, with all workers running but one step never done."""
    where, step = WAITING_FOR[stage]
    await province.start_platform()
    for bureau in (CHANGCHUN, YANBIAN, SIPING):
        replaced = {step.name: waits(step)} if bureau == where else {}
        await province.start_bureaus(bureau, **replaced)
    await province.seed(account())
    return await province.apply(application())


async def leaver(province: Province) -> Handle:
    """The case of a person whose former employer's form replaces the letter."""
    return await province.apply(
        application(
            reason="resigned",
            entry="former_employers_form",
            registered_home="220102",
            materials=("former_employers_form", "departure_document", "identity_document"),
        )
    )


async def awaiting_materials(province: Province) -> Handle:
    await province.start()
    await province.seed(account())
    return await province.apply(application(materials=("identity_document",)))


async def to_be_reopened(province: Province) -> Handle:
    """A closed case whose next run has started."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    return await started_again(province, handle)


async def started_again(province: Province, handle: Handle) -> Handle:
    """Start the next run of a closed case, which waits for the request to correct its form."""
    case = handle.id.removeprefix("transfer/")
    await start_from_dossier(province.client, case, province.secret)
    province.opened.append(case)
    return province.client.get_workflow_handle_for(TransferCase.run, handle.id)


async def on_hold(province: Province) -> Handle:
    handle = await taking_in(province)
    await submit(handle, hold())
    return handle


async def record_to_be_completed(province: Province) -> Handle:
    """A case with another name on the records of both bureaus."""
    await province.start()
    await province.seed(account(name="崔明珠"), account(name="崔明珍", scheme="E", bureau=CHANGCHUN))
    return await province.apply(application())


async def taking_in(province: Province) -> Handle:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def accepted(province: Province) -> Handle:
    """A case whose former employer's form is never entered."""
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    step = REGISTER_FORMER_EMPLOYERS_FORM
    await province.start_bureaus(YANBIAN, **{step.name: waits(step)})
    await province.seed(account())
    return await leaver(province)


async def awaiting_funds(province: Province) -> Handle:
    """A case whose form has been sent and whose funds wait for an officer."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    return await province.apply(application())


async def awaiting_information(province: Province) -> Handle:
    """A case whose money has arrived at the bank and whose form is never entered."""
    await province.start_platform(arranged=by_bank(CHANGCHUN))
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, **{RECEIVE_INFORMATION.name: waits(RECEIVE_INFORMATION)})
    await province.seed(account())
    handle = await province.apply(application())
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await statement(province, line(handle, "B1", awaited.announced))
    return handle


async def to_be_corrected(province: Province) -> Handle:
    handle = await taking_in(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    return handle


async def awaiting_choice(province: Province) -> Handle:
    await province.start()
    await province.seed(account(), TWICE)
    return await province.apply(application())


async def in_dispute(province: Province) -> Handle:
    handle = await taking_in(province)
    await submit(handle, dispute())
    return handle


async def before_the_province(province: Province) -> Handle:
    handle = await in_dispute(province)
    await submit(handle, answer())
    await submit(handle, referral())
    return handle


async def cannot_go_on(province: Province, how: Callable[..., Any] = fails) -> Handle:
    """A case in which the transfer-in bureau cannot post what has arrived."""
    await province.start_platform(arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, **{TAKE_IN.name: how(TAKE_IN)})
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.CANNOT_GO_ON)
    return handle


LED_TO: dict[Stage, Callable[[Province], Awaitable[Handle]]] = {
    Stage.ACCEPTED: accepted,
    Stage.AWAITING_MATERIALS: awaiting_materials,
    Stage.RECORD_TO_BE_COMPLETED: record_to_be_completed,
    Stage.TO_BE_REOPENED: to_be_reopened,
    Stage.ON_HOLD: on_hold,
    Stage.AWAITING_FUNDS: awaiting_funds,
    Stage.AWAITING_INFORMATION: awaiting_information,
    Stage.TO_BE_CORRECTED: to_be_corrected,
    Stage.TAKING_IN: taking_in,
    Stage.AWAITING_CHOICE: awaiting_choice,
    Stage.IN_DISPUTE: in_dispute,
    Stage.BEFORE_THE_PROVINCE: before_the_province,
    Stage.CANNOT_GO_ON: cannot_go_on,
}
"""The stages at which a case waits for a person to act."""


async def bring_to(province: Province, stage: Stage) -> Handle:
    """A case that stays at a stage until something is handed in. Raises TimeoutError otherwise."""
    led = LED_TO.get(stage)
    handle = await (led(province) if led else kept_waiting(province, stage))

    async def there() -> bool:
        return (await handle.query(TransferCase.progress)).stage is stage

    await province.until(there)
    return handle


async def steps_of(handle: Handle) -> set[tuple[Stage, Stage]]:
    """Every change of stage that a case has made."""
    return await steps_in(await handle.fetch_history())


async def steps_in(history: WorkflowHistory) -> set[tuple[Stage, Stage]]:
    """Every change of stage, by replaying a history: search attributes miss stages that end at once."""
    stages: list[Stage] = []
    record_holder = CaseContext.record_holder

    def noting(work: CaseContext, since: datetime | None = None) -> None:
        if workflow.unsafe.is_replaying() and workflow.info().workflow_id == history.workflow_id:
            stages.append(work.state.stage)
        record_holder(work, since)

    with patch.object(CaseContext, "record_holder", noting):
        await replay_history(history)
    return {(before, after) for before, after in pairwise(stages) if before is not after}
