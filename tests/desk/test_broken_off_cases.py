"""Cases whose workflow was ended from outside: nobody acts on them any more, and every screen says so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from clerk import Clerk
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from models.messages.progress import Progress
from models.messages.stages import Event
from province import CHANGCHUN, PATIENCE_SECONDS, Province, application
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


async def cancel(handle: "WorkflowHandle[TransferCase, Progress]") -> None:
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()


@pytest.mark.parametrize(
    ("end", "named", "in_chinese"),
    [(terminate, "terminated", "已终止"), (cancel, "cancelled", "已取消")],
    ids=["terminated", "cancelled"],
)
async def test_a_case_that_was_broken_off_is_shown_and_listed_as_such(
    province: Province,
    clerk: Clerk,
    end: Callable[..., Awaitable[None]],
    named: str,
    in_chinese: str,
) -> None:
    handle = await open_case_of(province)
    case_no = handle.id.removeprefix("transfer/")
    await end(handle)
    shown = (await clerk("show", case_no)).printed
    assert stage_of(shown) == f"{named} (application received)"
    assert "waiting on" not in shown
    assert in_chinese in (await clerk("show", case_no, lang="zh")).printed
    document = (await clerk("show", case_no, "--json")).document()
    assert (document["stage"], document["broken_off"]) == ("application_received", named.replace("ll", "l"))
    row = await row_of(clerk, case_no)
    assert named in row
    assert "transfer-in bureau" not in row


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
    answering(RPCError("history branch not found", RPCStatusCode.NOT_FOUND, b""))
    assert (await clerk("show", case_no)).refusal() == [
        "The Temporal server refuses: history branch not found."
    ]
    answering(RPCError("no poller seen recently", RPCStatusCode.FAILED_PRECONDITION, b""))
    (line,) = (await clerk("show", case_no)).refusal()
    assert line.startswith("The platform's worker does not answer")
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
