"""Releases of the platform side by side: open cases come over to the one that is current."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from clerk import Clerk
from limited_waits import FAR_OFF, waits_of
from servers import start_server
from temporalio.api.enums.v1 import EventType

import desk.commands.releases
from desk.client.publication import published_notices
from engine.deployment import deployment_config
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, YANBIAN, Handle, Province, application


@pytest.fixture
async def province(tmp_path: Path) -> AsyncIterator[Province]:
    """What is current holds for a whole server, so that other tests keep theirs."""
    server = await start_server()
    async with AsyncExitStack() as running:
        built = Province(server, tmp_path, running)
        for bureau in BUREAUS:
            await built.open_store(bureau)
        yield built
        await built.end_open_cases()
    await server.shutdown()


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


async def builds(handle: Handle) -> list[str]:
    """The build id of each task of a case; '' for a worker without one."""
    return [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]


async def opened(province: Province, home: str) -> Handle:
    handle = await province.apply(application(status="pensioner", registered_home=home))
    await province.journalled(handle, Event.CLOCK_STARTED)
    return handle


async def test_open_cases_come_over_from_release_to_release_and_back(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_of(desk.commands.releases, monkeypatch, FAR_OFF)
    async with await province.platform():
        oldest = await opened(province, "222401")
    async with await province.platform(deployment_config=deployment_config("1.0")):
        assert (await clerk("promote", "1.0")).code == 0
        older = await opened(province, "222402")
        async with await province.platform(deployment_config=deployment_config("1.1")):
            promoted = (await clerk("promote", "1.1", "--json")).document()["releases"]
            assert [one["build_id"] for one in promoted if one["current_since"]] == ["1.1"]
            assert (await published_notices(province.client)).notices == (), (
                "what the desk asks is answered meanwhile"
            )
            await province.start_bureaus(CHANGCHUN, YANBIAN)
            for handle in (oldest, older):
                assert (await handle.result()).stage is Stage.REFUSED
            assert await builds(oldest) == sorted(await builds(oldest))
            assert (await builds(oldest))[0] == ""
            assert (await builds(older))[0] == "1.0"
            assert {(await builds(one))[-1] for one in (oldest, older)} == {"1.1"}
            back = await clerk("promote", "--unversioned")
            assert back.printed.startswith("Cases go by the workers without a build id.")
    async with await province.platform():
        newest = await opened(province, "222403")
        assert (await newest.result()).stage is Stage.REFUSED
        assert set(await builds(newest)) == {""}


async def test_a_release_is_given_nothing_before_it_is_promoted(province: Province, clerk: Clerk) -> None:
    async with await province.platform(), await province.platform(deployment_config=deployment_config("1.0")):
        handle = await opened(province, "222401")
        await province.start_bureaus(CHANGCHUN, YANBIAN)
        await handle.result()
        assert set(await builds(handle)) == {""}

        async def is_known() -> bool:
            return bool((await clerk("releases", "--json")).document()["releases"])

        await province.until(is_known)
        (known,) = (await clerk("releases", "--json")).document()["releases"]
        assert (known["build_id"], known["state"], known["current_since"]) == ("1.0", "inactive", None)


async def test_a_release_nobody_has_started_is_not_promoted(province: Province, clerk: Clerk) -> None:
    (line,) = (await clerk("promote", "2.0")).refusal()
    assert line.startswith("No worker of release 2.0 has come")
    assert "worker.py --platform --build-id 2.0" in line
    (line,) = (await clerk("promote")).refusal()
    assert line == "Give either BUILD or --unversioned."
    assert (await clerk("releases")).printed == "Cases go by the workers without a build id.\n"
