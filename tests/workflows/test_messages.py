"""Messages that come twice, too late, unreadable or under a name nobody knows: visible, and harmless."""

from typing import Any

import pytest
from staff import accepted, correction, send, submit, withdrawal
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Stage
from province import Province, account, application
from workflows.identifiers import (
    CALENDAR_PUBLISHED,
    FLAGS,
    FUNDS_ARRIVED,
    PLATFORM_QUEUE,
    Flag,
    case_workflow_id,
)
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"


OF_ANOTHER_MACHINE = RawValue(Payload(metadata={"encoding": b"binary/sealed"}, data=b"\x00\x01"))
NO_MESSAGES: tuple[list[Any], ...] = (
    [],
    [None],
    [b"withdraw"],
    ["withdraw"],
    [{}, {}],
    [None, None, None],
    [OF_ANOTHER_MACHINE],
    [OF_ANOTHER_MACHINE, OF_ANOTHER_MACHINE],
)
"""What anybody could send under the name of a message that consists of one request."""


async def refused(province: Province, handle: object) -> list[str]:
    journal = await handle.query(TransferCase.journal)  # type: ignore[attr-defined]
    folded = [entry for entry in journal if entry.event is Event.MESSAGE_REFUSED]
    return [entry.detail for entry in folded for _ in range(entry.count)]


async def test_a_signal_that_cannot_be_read_stands_in_the_journal_without_its_content(
    province: Province,
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await handle.signal(StaffAction.CORRECT, {"message_id": "m", "officer": "崔明玉", "items": 7})
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    (said,) = await refused(province, handle)
    assert "cannot be read" in said
    assert "officer" in said
    assert "崔明玉" not in said
    await province.listed(handle, f"{FLAGS.name} = '{Flag.MESSAGE_REFUSED}'")


@pytest.mark.parametrize("name", [StaffAction.WITHDRAW, FUNDS_ARRIVED, CALENDAR_PUBLISHED, "repair"])
async def test_a_signal_that_is_no_message_is_journalled_and_does_not_stop_the_case(
    province: Province, name: str
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    for sent in NO_MESSAGES:
        await handle.signal(name, args=sent)
    await province.journalled(handle, Event.MESSAGE_REFUSED, times=len(NO_MESSAGES))
    assert len(await refused(province, handle)) == len(NO_MESSAGES)
    await province.awaiting(handle, Approvable.POSTING)


async def test_what_comes_before_the_case_has_begun_waits_for_it(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    order = accepted("220100-20260115-EARLY123", application())
    handle = await province.client.start_workflow(
        TransferCase.run,
        order,
        id=case_workflow_id(order.case_no),
        task_queue=PLATFORM_QUEUE,
        start_signal=StaffAction.WITHDRAW,
        start_signal_args=[],
    )
    province.opened.append(order.case_no)
    await send(handle, withdrawal())
    assert (await handle.result()).stage is Stage.WITHDRAWN
    assert len(await refused(province, handle)) == 1


@pytest.mark.parametrize("sent", NO_MESSAGES, ids=range(len(NO_MESSAGES)))
async def test_an_update_that_is_no_message_is_refused_in_a_sentence(
    province: Province, sent: list[Any]
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    for name in (StaffAction.WITHDRAW, "repair"):
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await handle.execute_update(name, args=sent)
        assert isinstance(failed.value.cause, ApplicationError)
        assert failed.value.cause.type == "Refused"
        assert "nothing was done" in failed.value.cause.message
    await province.awaiting(handle, Approvable.POSTING)
    assert await refused(province, handle) == []


async def test_a_signal_of_no_known_name_stands_in_the_journal(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await handle.signal("repair", "anything")
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    assert "no such message" in (await refused(province, handle))[0]


async def test_a_calendar_that_cannot_be_read_moves_no_clock_and_is_journalled(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    before = (await handle.query(TransferCase.progress)).clocks
    await handle.signal(CALENDAR_PUBLISHED, "next year")
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    assert (await handle.query(TransferCase.progress)).clocks == before


async def test_an_update_that_cannot_be_read_is_refused_and_leaves_no_trace(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(StaffAction.CORRECT, {"items": []})
    assert isinstance(failed.value.cause, ApplicationError)
    assert "cannot be read" in failed.value.cause.message
    assert await refused(province, handle) == []


async def test_the_same_message_by_update_and_signal_is_one(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    request = correction((FIELD, "6000.00", "7000.00"))
    assert not (await submit(handle, request)).duplicate
    await send(handle, request)
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    assert "had come before" in (await refused(province, handle))[0]
    assert len((await handle.query(TransferCase.progress)).open_fields) == 1


async def test_what_comes_after_the_close_is_turned_away_at_the_door(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    with pytest.raises(RPCError) as turned_away:
        await send(handle, correction((FIELD, "6000.00", "7000.00")))
    assert turned_away.value.status is RPCStatusCode.NOT_FOUND
