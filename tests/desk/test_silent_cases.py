"""Cases and workers that give no answer: the others are shown all the same, and what to do is said."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from clerk import Clerk, on_a_wide_screen
from failing_release import FaultyForSome
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

import desk.client.worker_answers
from desk.client.case_numbers import KEY_VARIABLE
from models.messages.stages import Party
from province import CHANGCHUN, SIPING, YANBIAN, Province, application
from workflows.identifiers import WAITING_ON

STUCK = "Unable to query workflow due to Workflow Task in failed state."
STUCK_UPDATE = "Unable to perform workflow execution update due to Workflow Task in failed state."
WITHDRAWAL = ("--reason", "不转了", "--officer", "in-01")


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def two_cases(province: Province) -> tuple[str, str]:
    """One at each of two transfer-in bureaus; both wait for a transfer-out bureau that is closed."""
    async with await province.platform():
        await province.start_bureaus(CHANGCHUN, SIPING)
        handles = [
            await province.apply(application(bureau_in=key, employer_bureau=key))
            for key in (CHANGCHUN, SIPING)
        ]
        for handle in handles:
            await province.listed(handle, f"{WAITING_ON.name} = '{Party.TRANSFER_OUT}'")
    sound, faulty = (handle.id.removeprefix("transfer/") for handle in handles)
    return sound, faulty


async def test_a_case_on_which_the_program_fails_stands_in_the_worklist_beside_the_others(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_wide_screen(monkeypatch)
    sound, faulty = await two_cases(province)
    async with await province.platform(workflows=(FaultyForSome,)):
        screen = await clerk("worklist", "--bureau", YANBIAN)
        assert (screen.code, screen.complaints) == (3, ""), "the bureau, which is closed, knows of proposals"
        rows = {line.split()[0]: line for line in screen.printed.splitlines() if line.startswith("220")}
        assert "review the application; certificate" in rows[sound]
        assert "no answer" in rows[faulty]
        assert f"Case {faulty} cannot answer: the platform's program fails on it" in screen.printed
        listed = json.loads((await clerk("worklist", "--bureau", YANBIAN, "--json")).printed)["tasks"]
        # Other tests leave cases behind.
        tasks = [task for task in listed if task["case_no"] in (sound, faulty)]
        assert {task["case_no"]: task["answered"] for task in tasks} == {sound: True, faulty: False}
        assert {task["bureau"] for task in tasks} == {YANBIAN}
        (line,) = (await clerk("show", faulty)).silence()
        assert line.startswith(f"Case {faulty} cannot answer")
        assert (await clerk("show", sound)).code == 0


async def test_where_the_platform_is_off_the_worklist_says_so_after_asking_a_few(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_cases(province)
    asked: list[str] = []

    async def query(handle: WorkflowHandle[Any, Any], *_: object, **__: object) -> None:
        asked.append(handle.id)
        raise RPCError("Timeout expired", RPCStatusCode.CANCELLED, b"")

    monkeypatch.setattr(WorkflowHandle, "query", query)
    monkeypatch.setattr("desk.client.views.tasks.AT_ONCE", 1)
    (line,) = (await clerk("worklist", "--bureau", YANBIAN)).silence()
    assert line.startswith("The platform's worker does not answer; start it")
    assert len(asked) == 1


async def test_one_slow_case_among_others_is_not_taken_for_an_absent_platform(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, slow = await two_cases(province)
    asked = WorkflowHandle.query

    async def query(handle: WorkflowHandle[Any, Any], *args: Any, **more: Any) -> Any:
        if handle.id.endswith(slow):
            raise RPCError("Timeout expired", RPCStatusCode.CANCELLED, b"")
        return await asked(handle, *args, **more)

    monkeypatch.setattr(WorkflowHandle, "query", query)
    await province.start_platform()
    screen = await clerk("worklist", "--bureau", YANBIAN)
    assert screen.code == 3, "the bureau, which is closed, knows of proposals"
    assert answered in screen.printed
    assert f"Case {slow} did not answer in time" in screen.printed


@pytest.mark.parametrize(
    ("question", "told", "typed"),
    [
        ("query", STUCK, ("show",)),
        ("query", STUCK, ("choose",)),
        ("execute_update", STUCK_UPDATE, ("withdraw", *WITHDRAWAL)),
    ],
    ids=["show", "choose", "withdraw"],
)
async def test_what_the_server_says_of_a_stuck_case_is_told_as_what_to_do(
    province: Province,
    clerk: Clerk,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
    told: str,
    typed: tuple[str, ...],
) -> None:
    case, _ = await two_cases(province)

    async def refused(*_: object, **__: object) -> None:
        raise RPCError(told, RPCStatusCode.FAILED_PRECONDITION, b"")

    monkeypatch.setattr(WorkflowHandle, question, refused)
    action, *options = typed
    # What is handed in is sealed over what the case says now, which the platform's worker is asked for.
    async with await province.platform():
        (line,) = (await clerk(action, case, *options)).silence()
    assert line == (
        f"Case {case} cannot answer: the platform's program fails on it. Nothing is lost; tell the operator, "
        "as the case goes on by itself under a mended release."
    )


async def test_a_stuck_case_that_was_ended_is_not_said_to_go_on(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = await two_cases(province)
    await province.client.get_workflow_handle(f"transfer/{case}").terminate("by mistake")

    async def refused(*_: object, **__: object) -> None:
        raise RPCError(STUCK, RPCStatusCode.FAILED_PRECONDITION, b"")

    monkeypatch.setattr(WorkflowHandle, "query", refused)
    (line,) = (await clerk("show", case)).silence()
    assert line.startswith(f"Case {case} was ended from outside while the platform's program failed on it")


class OutOfReach:
    """A store whose database is gone."""

    def __call__(self) -> None:
        raise OSError("no such disk")


@pytest.mark.parametrize(
    "typed", [("rulings", "--point", "amount"), ("calendar", "show")], ids=["rulings", "calendar"]
)
async def test_a_platform_without_its_store_is_not_called_absent(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...]
) -> None:
    await province.start_platform()
    store = province.stores["province"]
    monkeypatch.setattr(store, "reading", OutOfReach())
    monkeypatch.setattr(store, "readers", SimpleNamespace(connect=OutOfReach()))
    (line,) = (await clerk(*typed)).silence()
    assert line.startswith("The platform's worker runs but could not look it up")


@pytest.mark.parametrize(
    "typed", [("rulings", "--point", "amount"), ("calendar", "show")], ids=["rulings", "calendar"]
)
async def test_an_absent_platform_is_called_absent(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...]
) -> None:
    short = desk.client.worker_answers.Patience(attempts=1, in_all=timedelta(milliseconds=300))
    monkeypatch.setattr("desk.client.worker_answers.TO_LOOK_UP", short)
    (line,) = (await clerk(*typed)).silence()
    assert line.startswith("The platform's worker does not answer; start it")
