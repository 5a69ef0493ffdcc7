"""What a bureau was asked and has answered, as the engine has kept it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecution

from engine.asked import asked_of
from models.messages.stages import Stage
from province import YANBIAN, Province, account, application
from workflows.identifiers import bureau_queue


async def test_a_case_that_is_listed_though_it_was_deleted_is_passed_over(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    assert (await handle.result()).stage is Stage.CLOSED
    await province.listed(handle, "ExecutionStatus = 'Completed'")
    (case,) = [one async for one in province.client.list_workflows(f"WorkflowId = '{handle.id}'")]

    async def with_a_deleted_one(*_: object) -> AsyncIterator[WorkflowExecution]:
        yield replace(case, id="transfer/220100-20260115-DELETED2", run_id=str(uuid4()))
        yield case

    monkeypatch.setattr(Client, "list_workflows", with_a_deleted_one)
    answered = await asked_of(province.client, bureau_queue(YANBIAN), datetime.fromtimestamp(0, UTC))
    assert {one.case for one in answered if one.case} == {handle.id}
