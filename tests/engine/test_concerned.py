"""Which bureaus a case concerns: by its number, and by the word of whoever may say so."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import WorkflowSerializationContext
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from engine.encryption.codec import ENCRYPTED, NONCE_BYTES, data_converter
from engine.encryption.concerned import concerned_by
from engine.encryption.keys import (
    PLATFORM,
    PROVINCE,
    KeyFile,
    KeyRing,
    bureau_party,
    desk_party,
    new_generation,
)
from models.messages.steps import CaseOrder
from province import CHANGCHUN, SIPING, YANBIAN, application
from workflows.identifiers import case_workflow_id

RING = KeyRing(
    KeyFile(owner=PLATFORM, generations=(new_generation(datetime(2026, 11, 1, tzinfo=UTC)),)),
)
QUEUE = "of-nobody"
BOTH, OF_THE_NUMBER = {CHANGCHUN, YANBIAN}, {CHANGCHUN}


@workflow.defn
class HandsOver:
    """Hands over to a second run, as a long case does, and waits there."""

    @workflow.run
    async def run(self, order: CaseOrder) -> None:
        if not order.handed_over:
            workflow.continue_as_new(order.model_copy(update={"handed_over": "all that it was told"}))
        await workflow.wait_condition(lambda: False)


def order(case_no: str, **said: str) -> CaseOrder:
    """The order that opens a case from Yanbian to Changchun, but for what is said otherwise."""
    return CaseOrder(case_no=case_no, application=application(**said))


async def written(party: str, of: str, case: CaseOrder) -> Payload:
    """What a party writes to open a case, for the workflow of the number `of`."""
    context = WorkflowSerializationContext("default", case_workflow_id(of))
    (payload,) = await data_converter(RING, party).with_context(context).encode([case])
    return payload


def under_another_name(party: str, writer: str, case: CaseOrder) -> Payload:
    """What a party writes with the key that it has, with another as the writer."""
    generation, cipher = RING.current(party)
    key = f"{generation}/{party}".encode()
    bound = json.dumps([writer, case_workflow_id(case.case_no), "", ""]).encode()
    said = Payload(metadata={"encoding": b"json/plain"}, data=case.model_dump_json().encode())
    nonce = bytes(NONCE_BYTES)
    data = nonce + cipher.encrypt(nonce, said.SerializeToString(), key + b"\n" + bound)
    return Payload(metadata={"encoding": ENCRYPTED, "key": key, "bound": bound}, data=data)


@asynccontextmanager
async def opened(client: Client, case_no: str, payload: Payload) -> AsyncIterator[None]:
    """A workflow of this number that was started with this."""
    plain = Client(**(client.config() | {"data_converter": pydantic_data_converter}))
    number = case_workflow_id(case_no)
    started = await plain.start_workflow("HandsOver", RawValue(payload), id=number, task_queue=QUEUE)
    try:
        yield
    finally:
        await plain.get_workflow_handle(started.id).terminate()


@pytest.fixture
def number() -> str:
    """The number of a case to Changchun that nobody has opened."""
    return f"{CHANGCHUN}-20260115-{uuid4().hex[:8].upper()}"


async def test_its_transfer_in_bureau_the_province_and_the_platform_say_whom_a_case_concerns(
    env: WorkflowEnvironment, number: str
) -> None:
    for party in (desk_party(CHANGCHUN), desk_party(PROVINCE), PLATFORM):
        async with opened(env.client, number, await written(party, number, order(number))):
            assert await concerned_by(env.client, RING)(case_workflow_id(number)) == BOTH


async def test_nobody_else_says_so_and_in_no_other_way(env: WorkflowEnvironment, number: str) -> None:
    theirs, siping = order(number, bureau_out=SIPING), desk_party(SIPING)
    changchun, elsewhere = desk_party(CHANGCHUN), f"{SIPING}-20260115-AAAAAAAA"
    handed_over = theirs.model_copy(update={"handed_over": "all that it was told"})
    for planted in (
        await written(siping, number, theirs),
        await written(bureau_party(SIPING), number, theirs),
        under_another_name(siping, changchun, theirs),
        await written(siping, number, order(number, bureau_in=SIPING)),
        await written(changchun, elsewhere, theirs),
        await written(changchun, number, order(elsewhere, bureau_out=SIPING)),
        await written(changchun, number, order(number, bureau_in=SIPING)),
        await written(PLATFORM, number, handed_over),
        Payload(metadata={"encoding": b"json/plain"}, data=theirs.model_dump_json().encode()),
    ):
        async with opened(env.client, number, planted):
            assert await concerned_by(env.client, RING)(case_workflow_id(number)) == OF_THE_NUMBER


@pytest.mark.parametrize(
    ("started_by", "said", "concerned"),
    [(CHANGCHUN, YANBIAN, BOTH), (SIPING, SIPING, OF_THE_NUMBER)],
)
async def test_in_a_further_run_the_word_of_whoever_started_the_first_counts(
    env: WorkflowEnvironment, number: str, started_by: str, said: str, concerned: set[str]
) -> None:
    platform = Client(**(env.client.config() | {"data_converter": data_converter(RING, PLATFORM)}))
    started = await written(desk_party(started_by), number, order(number, bureau_out=said))
    runner = UnsandboxedWorkflowRunner()
    async with opened(env.client, number, started):
        case = env.client.get_workflow_handle(case_workflow_id(number))
        first = (await case.describe()).run_id
        async with Worker(platform, task_queue=QUEUE, workflows=[HandsOver], workflow_runner=runner):
            while (await case.describe()).run_id == first:
                pass
        assert await concerned_by(env.client, RING)(case.id) == concerned


async def test_a_case_that_the_engine_does_not_have_is_of_its_number_and_another_workflow_of_nobody(
    env: WorkflowEnvironment, number: str
) -> None:
    concerned = concerned_by(env.client, RING)
    assert await concerned(case_workflow_id(number)) == OF_THE_NUMBER
    assert await concerned(f"rate/2031/x/{number}") == set()
