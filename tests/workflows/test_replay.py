"""Cases that are under way survive a new release: recorded histories replay on today's workflow.

`tests/replay` holds histories of whole cases as the server kept them, persons invented. A change of the
workflow that no longer fits one of them must go behind `workflow.patched`, so that cases begun before it
end as they began; then the histories stay as they are, and one of the new kind is added. Only while no
such case can exist anywhere are they recorded anew:

    RENEW_HISTORIES=1 .venv/bin/python -m pytest tests/workflows/test_replay.py
"""

import asyncio
import base64
import json
import os
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from out_of_order import CertifiedBeforeReviewed, ReviewedTwice
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.clock_desk import ClockDesk
from activities.deeds import AIM_CLOCK, RECEIVE_FUNDS, REMIT_AND_END_RELATIONSHIP
from activities.transfer_in_desk import TransferInDesk
from activities.transfer_out_desk import TransferOutDesk
from models.application import TransferApplication
from models.clocks import ClockOrder, ClockReading
from models.messages import Arrival, RemittanceOrder
from models.papers import Remittance
from models.progress import Progress
from models.stages import Event, Stage
from province import (
    CHANGCHUN,
    SIPING,
    STRICT,
    TEACHER,
    WORKER,
    YANBIAN,
    Province,
    account,
    application,
)
from rules.money import Fen
from workflows.transfer_case import TransferCase

STORED = Path(__file__).parents[1] / "replay"
Handle = WorkflowHandle[TransferCase, Progress]
MACHINE = re.compile(r"[0-9]+@[\w.-]+")
"""How the engine's client names itself: process and machine."""
ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")


async def teacher_to_enterprise(province: Province) -> Handle:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    return handle


async def worker_to_government(province: Province) -> Handle:
    await province.start()
    await province.seed(account(WORKER, "孙立国", "E", SIPING, [("2016-01", "2025-12", "4600.00")]))
    handle = await province.apply(workers_application())
    await handle.result()
    return handle


def workers_application() -> TransferApplication:
    return application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        registered_home="220302",
        new_employer="长春市第二实验小学",
    )


async def refused(province: Province) -> Handle:
    await province.start()
    handle = await province.apply(application(status="pensioner", materials=()))
    await handle.result()
    return handle


class NearDeadlines(ClockDesk):
    """Deadlines a moment away."""

    @AIM_CLOCK.done_here
    async def aim_clock(self, order: ClockOrder) -> ClockReading:
        reading: ClockReading = await ClockDesk.aim_clock(self, order)
        return reading.model_copy(update={"due_at": datetime.now(UTC) + timedelta(seconds=1)})


class FundsHeld(TransferOutDesk):
    """Funds leave when they are released."""

    released = asyncio.Event()

    @REMIT_AND_END_RELATIONSHIP.done_here
    async def remit_and_end_relationship(self, order: RemittanceOrder) -> Remittance:
        await self.released.wait()
        remittance: Remittance = await TransferOutDesk.remit_and_end_relationship(self, order)
        return remittance


async def overdue_and_closed(province: Province) -> Handle:
    """Funds leave only after clock B has run out."""
    desk = FundsHeld(YANBIAN, province.stores[YANBIAN])
    await province.start_platform(NearDeadlines)
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, remit_and_end_relationship=desk.remit_and_end_relationship)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.CLOCK_OVERDUE)
    desk.released.set()
    await handle.result()
    return handle


class AFenShort(TransferInDesk):
    """The bank brings a fen less than the form says."""

    @RECEIVE_FUNDS.done_here
    async def receive_funds(self, remittance: Remittance) -> Arrival:
        short = remittance.model_copy(update={"pooled": Fen(remittance.pooled - 1)})
        arrival: Arrival = await TransferInDesk.receive_funds(self, short)
        return arrival


async def discrepancy(province: Province) -> Handle:
    """Still open: the money waits in suspense."""
    desk = AFenShort(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.DISCREPANCY_FOUND)
    return handle


CASES: dict[str, Callable[[Province], Awaitable[Handle]]] = {
    case.__name__: case
    for case in (teacher_to_enterprise, worker_to_government, refused, overdue_and_closed, discrepancy)
}


if os.environ.get("RENEW_HISTORIES"):

    @pytest.mark.parametrize("name", CASES)
    async def test_a_history_is_recorded_anew(province: Province, name: str) -> None:
        history = await (await CASES[name](province)).fetch_history()
        lines = [json.dumps(event, ensure_ascii=False) for event in json.loads(history.to_json())["events"]]
        written = '{"events": [\n' + ",\n".join(lines) + "\n]}\n"
        stored(name).write_bytes(MACHINE.sub("a worker", written).encode())


def stored(name: str) -> Path:
    return STORED / f"{name}.json"


def history_of(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"transfer/{name}", stored(name).read_text(encoding="utf-8"))


async def replay(name: str, kind: type[Any]) -> None:
    """Run a recorded case on a workflow. Raises NondeterminismError when it would not go the same way."""
    replayer = Replayer(
        workflows=[kind],
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(restrictions=STRICT),
    )
    await replayer.replay_workflow(history_of(name))


@pytest.mark.parametrize("name", CASES)
async def test_a_recorded_case_goes_the_same_way_today(name: str) -> None:
    await replay(name, TransferCase)


@pytest.mark.parametrize("broken", [CertifiedBeforeReviewed, ReviewedTwice])
@pytest.mark.parametrize("name", CASES)
async def test_a_workflow_that_goes_another_way_is_found_out(name: str, broken: type[Any]) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(name, broken)


def test_every_stored_history_is_replayed() -> None:
    assert {path.stem for path in STORED.glob("*.json")} == set(CASES)


@pytest.mark.parametrize(
    ("name", "stage", "overdue"),
    [
        ("teacher_to_enterprise", Stage.CLOSED, [False, False]),
        ("worker_to_government", Stage.CLOSED, [False, False]),
        ("refused", Stage.REFUSED, []),
        ("overdue_and_closed", Stage.CLOSED, [True, False]),
    ],
)
def test_a_recorded_case_ended_as_its_name_says(name: str, stage: Stage, overdue: list[bool]) -> None:
    last = history_of(name).events[-1]
    completed = last.workflow_execution_completed_event_attributes
    ended = Progress.model_validate_json(completed.result.payloads[0].data)
    assert ended.stage is stage
    assert [clock.overdue for clock in ended.clocks] == overdue


def test_the_case_with_a_discrepancy_is_still_open_and_has_no_clock_c() -> None:
    kinds = [event.event_type for event in history_of("discrepancy").events]
    assert EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED not in kinds
    assert kinds.count(EventType.EVENT_TYPE_TIMER_STARTED) == 1


@pytest.mark.parametrize("name", CASES)
def test_a_stored_history_names_invented_persons_and_no_machine(name: str) -> None:
    written = stored(name).read_text(encoding="utf-8")
    payloads = b"\n".join(
        base64.b64decode(data) for data in re.findall(r'"data": "([^"]*)"', written)
    ).decode()
    assert set(ID_NUMBER.findall(payloads)) <= {TEACHER, WORKER}
    assert TEACHER in payloads or WORKER in payloads
    assert not MACHINE.search(written)
