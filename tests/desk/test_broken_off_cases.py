"""Cases whose workflow was ended from outside: nobody acts on them any more, and every screen says so."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from clerk import Clerk
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from desk.client.opening import open_case
from models.messages.progress import Progress
from models.messages.stages import Event, Stage
from province import CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, account, application
from rules.values.money import Fen
from workflows.transfer_case import TransferCase


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


async def open_case_of(province: Province) -> "WorkflowHandle[TransferCase, Progress]":
    """A case that waits for a transfer-out bureau that is closed."""
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    handle = await province.apply(application())
    await province.journalled(handle, Event.APPLICATION_REVIEWED)
    return handle


async def terminate(handle: "WorkflowHandle[TransferCase, Progress]") -> None:
    await handle.terminate("by mistake")


async def test_a_case_that_was_broken_off_is_shown_and_listed_as_such(
    province: Province, clerk: Clerk
) -> None:
    handle = await open_case_of(province)
    case_no = handle.id.removeprefix("transfer/")
    await terminate(handle)
    shown = (await clerk("show", case_no)).printed
    assert stage_of(shown) == "terminated (application received)"
    assert "waiting on" not in shown
    assert "已终止" in (await clerk("show", case_no, lang="zh")).printed
    document = (await clerk("show", case_no, "--json")).document()
    assert (document["stage"], document["broken_off"]) == ("application_received", "terminated")
    row = await row_of(clerk, case_no)
    assert "terminated" in row
    assert "transfer-in bureau" not in row


async def on_worklist(clerk: Clerk, case_no: str, *of: str) -> str | None:
    """What a worklist says is to be done about a case; None where the case is not on it."""
    # The bureaus are closed, and they know of proposals: the exit code says that these are missing.
    tasks = json.loads((await clerk("worklist", "--limit", "500", "--json", *of)).printed)["tasks"]
    return next((task["to_do"] for task in tasks if task["case_no"] == case_no), None)


async def test_a_terminated_case_stands_on_the_worklists_and_is_revived(
    province: Province, clerk: Clerk
) -> None:
    handle = await open_case_of(province)
    case_no = handle.id.removeprefix("transfer/")
    before = (await handle.describe()).run_id
    await terminate(handle)
    await row_of(clerk, case_no)
    for of in (("--bureau", CHANGCHUN), ("--bureau", YANBIAN), ("--province",), ()):
        assert "ended from outside" in (await on_worklist(clerk, case_no, *of) or ""), of
    assert await on_worklist(clerk, case_no, "--applicant") is None
    again = await open_case(province.client, application(), province.secret)
    assert (again.new, again.broken_off) == (False, "terminated")
    assert (await clerk("revive", case_no, "--officer", "ops-01")).code == 0
    assert (await handle.describe()).run_id != before
    await province.listed(handle, "ExecutionStatus = 'Running'")
    assert "ended" not in (await on_worklist(clerk, case_no) or "")
    listed = (await clerk("list", "--limit", "500", "--json")).document()["cases"]
    assert [one["broken_off"] for one in listed if one["case_no"] == case_no] == [None]
    await province.start_bureaus(YANBIAN)
    await province.seed(account())
    assert (await handle.result()).stage in (Stage.CLOSED, Stage.REFUSED)


async def test_what_was_not_ended_from_outside_is_not_revived(province: Province, clerk: Clerk) -> None:
    handle = await open_case_of(province)
    case_no = handle.id.removeprefix("transfer/")
    (line,) = (await clerk("revive", case_no, "--officer", "ops-01")).refusal()
    assert "nothing to revive" in line
    (line,) = (await clerk("revive", "220100-20200101-AAAAAAAA", "--officer", "ops-01")).refusal()
    assert line.startswith("There is no case")


def stage_of(shown: str) -> str:
    (line,) = (line for line in shown.splitlines() if line.startswith("stage"))
    return line.removeprefix("stage").strip()


async def row_of(clerk: Clerk, case_no: str) -> str:
    """The case in the list, as soon as the list knows that it was broken off."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            printed = (await clerk("list", "--limit", "500")).printed
            rows = [line for line in printed.splitlines() if line.startswith(case_no)]
            if rows and "(" in rows[0]:
                return rows[0]
            await asyncio.sleep(0.1)


async def test_a_case_at_work_is_not_called_broken_off(province: Province, clerk: Clerk) -> None:
    handle = await open_case_of(province)
    case_no = handle.id.removeprefix("transfer/")
    assert stage_of((await clerk("show", case_no)).printed) == "application received"
    assert (await clerk("show", case_no, "--json")).document()["broken_off"] is None


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let every question to a case be answered, or refused, like this."""

    def answer(given: Any) -> None:
        async def query(handle: object, question: Callable[..., Any], **_: object) -> Any:
            if isinstance(given, Exception):
                raise given
            return given[question.__name__]

        monkeypatch.setattr(WorkflowHandle, "query", query)

    return answer


async def test_only_where_the_server_knows_no_case_is_it_said_that_there_is_none(
    province: Province, clerk: Clerk, answering: Callable[[Any], None]
) -> None:
    """A question can come back as not found for other reasons: a history that is kept elsewhere, a shard."""
    case_no = (await open_case_of(province)).id.removeprefix("transfer/")
    province.wait_longer()
    answering(RPCError("history branch not found", RPCStatusCode.NOT_FOUND, b""))
    assert (await clerk("show", case_no)).silence() == [
        "The Temporal server refuses: history branch not found."
    ]
    answering(RPCError("no poller seen recently", RPCStatusCode.FAILED_PRECONDITION, b""))
    (line,) = (await clerk("show", case_no)).silence()
    assert line.startswith(f"Case {case_no} did not answer in time")
    (line,) = (await clerk("show", "220100-20200101-AAAAAAAA")).refusal()
    assert line.startswith("There is no case 220100-20200101-AAAAAAAA")


async def test_money_is_shown_where_no_month_went_with_it(
    province: Province, clerk: Clerk, answering: Callable[[Any], None]
) -> None:
    handle = await open_case_of(province)
    record = await handle.query(TransferCase.record)
    moved = record.progress.model_copy(update={"months": 0, "individual": Fen(123_456)})
    answering({"record": record.model_copy(update={"progress": moved})})
    assert "1,234.56" in (await clerk("show", moved.case_no)).printed


async def test_one_question_to_the_case_brings_all_that_its_screen_shows(
    province: Province, clerk: Clerk, answering: Callable[[Any], None]
) -> None:
    handle = await open_case_of(province)
    record = await handle.query(TransferCase.record)
    assert record.journal == tuple(await handle.query(TransferCase.journal))
    assert record.papers == await handle.query(TransferCase.papers)
    before = await clerk("show", record.progress.case_no, "--papers", "--unmask")
    # Any other question would find no answer.
    answering({"record": record})
    after = await clerk("show", record.progress.case_no, "--papers", "--unmask")
    assert (after.code, after.printed) == (before.code, before.printed)
    assert "application reviewed" in after.printed
