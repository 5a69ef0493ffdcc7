"""Once a case has ended, its dossier answers everything that the case was asked before."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clerk import Clerk, Screen
from servers import start_server
from sqlalchemy import func
from sqlmodel import select
from staff import (
    amendment,
    answer,
    approval,
    choice,
    correction,
    dispute,
    referral,
    ruling,
    submit,
    withdrawal,
)
from temporalio.client import Client
from temporalio.worker import Worker

from activities.registration import bureau_activities
from desk.client.opening import open_case
from desk.client.views.case import CaseView, Days
from desk.client.views.shown_case import ShownCase, ask_case, shown_case
from desk.language import Language, choose
from engine.encryption.codec import acting_as
from engine.encryption.keys import PLATFORM, bureau_party
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.store.tables import PaperRow, PostingRow
from province import (
    CHANGCHUN,
    PATIENCE_SECONDS,
    TEACHER,
    YANBIAN,
    Handle,
    Province,
    account,
    application,
    arranged,
)
from rules.values.officers import PROVINCE
from rules.values.orders import Close, RestoreRelationship, ReturnFunds
from worker import platform_worker
from workflows.identifiers import bureau_queue, case_workflow_id
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
A_TASK = timedelta(seconds=10)
"""As long as one task of a workflow may take."""
NOT_SHOWN = ("Whose the days were is not shown", "责任归属未显示")
CLOCK_TIME = re.compile(r"\d\d:\d\d:\d\d")


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


@pytest.fixture(scope="module")
async def forgetful() -> AsyncIterator[Client]:
    """An engine that knows no case. To delete one from an engine that did takes half a minute."""
    server = await start_server()
    yield server.client
    await server.shutdown()


@pytest.fixture
async def later(forgetful: Client, province: Province) -> AsyncIterator[Clerk]:
    """A clerk at that engine, the bureaus at work there with the books they have."""
    async with AsyncExitStack() as running:
        for bureau in (CHANGCHUN, YANBIAN):
            desks = bureau_activities(bureau, province.stores[bureau])
            client = acting_as(forgetful, bureau_party(bureau))
            worker = Worker(client, task_queue=bureau_queue(bureau), activities=desks)
            await running.enter_async_context(worker)
        yield Clerk.at(forgetful)


async def clean(province: Province) -> Handle:
    await province.start()
    await province.seed(account())
    return await province.apply(application())


async def refused(province: Province) -> Handle:
    await province.start()
    return await province.apply(application(status="pensioner", materials=()))


async def corrected_and_cleared(province: Province) -> Handle:
    """Two versions of the form, two movements of money, an answer to months paid twice."""
    await province.start(posting=Officers.ONE_OFFICER, refund=Officers.ONE_OFFICER)
    twice = [("2025-11", "2026-02", "6500.00")]
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=twice))
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    await submit(handle, approval(Approvable.POSTING))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice(1))
    return handle


async def returned_with_a_field_unanswered(province: Province) -> Handle:
    """The province ends the case while the transfer-out bureau still owes an answer."""
    await province.start(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, referral())
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    return handle


async def withdrawn(province: Province) -> Handle:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, withdrawal())
    return handle


@pytest.mark.parametrize(
    "opened", [clean, refused, corrected_and_cleared, returned_with_a_field_unanswered, withdrawn]
)
async def test_a_case_and_its_dossier_say_the_same_whether_or_not_the_engine_has_forgotten_it(
    province: Province,
    clerk: Clerk,
    later: Clerk,
    forgetful: Client,
    opened: Callable[[Province], Awaitable[Handle]],
) -> None:
    handle = await opened(province)
    await handle.result()
    asked = ("show", number_of(handle), "--papers", "--unmask")
    at_once = (await clerk(*asked, "--json")).document()
    await province.stop_bureaus()
    # Nobody gives the dossier, so the case itself is asked.
    document = (await in_full(clerk, *asked, "--json")).document()
    filed = (await later(*asked, "--json")).document()
    assert filed == at_once
    assert (document.pop("dossier_at"), filed.pop("dossier_at")) == (None, CHANGCHUN)
    for then, now in zip(instants_of(document), instants_of(filed), strict=True):
        assert abs(datetime.fromisoformat(then) - datetime.fromisoformat(now)) < A_TASK
    assert filed == document
    by_the_case, by_the_dossier = [
        await told_in_full(client, number_of(handle)) for client in (province.client, forgetful)
    ]
    for lang in Language:
        before, after = [copy_context().run(shown_in, lang, *told) for told in (by_the_case, by_the_dossier)]
        assert CHANGCHUN in after.filed
        after = replace(after, filed=before.filed)
        assert CLOCK_TIME.sub("…", repr(after)) == CLOCK_TIME.sub("…", repr(before))


def shown_in(lang: Language, view: CaseView, days: Days) -> ShownCase:
    """What is shown of a case in one language, by a command and on a page alike."""
    choose(lang)
    return shown_case(view, days, unmask=True)


async def in_full(desk: Clerk, *typed: str, lang: str = "en") -> Screen:
    """What `show` prints once the platform, which may be busy, has charged the days as well."""
    while True:
        screen = await desk(*typed, lang=lang)
        if '"unanswered": "' not in screen.printed and all(note not in screen.printed for note in NOT_SHOWN):
            return screen


async def told_in_full(client: Client, case: str) -> tuple[CaseView, Days]:
    """The same without a screen."""
    while True:
        view, days = await ask_case(client, case)
        if days.unanswered is None:
            return view, days


def instants_of(document: Any) -> list[str]:
    """Take the instants out of the journal and the holdings, which the case tells from its history.

    The engine's time of what follows a platform action is now and then a little other when a case is rebuilt
    from its history than it was when it happened; the dossier has it as it happened.
    """
    taken = [entry.pop("at") for entry in document["journal"]]
    return taken + [holding.pop("since") for holding in document["holdings"]]


def number_of(handle: Handle) -> str:
    return handle.id.removeprefix("transfer/")


async def test_a_case_that_has_ended_is_shown_and_printed_while_nobody_can_ask_it(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    """With the platform off, as little as one with a long history, which takes long to replay."""
    async with await province.platform(arranged=arranged(posting=Officers.ONE_OFFICER)):
        await province.start_bureaus(CHANGCHUN, YANBIAN)
        await province.seed(account())
        handle = await province.apply(application())
        for version, (seen, expected) in enumerate((("6000.00", "7000.00"), ("7000.00", "7100.00")), 1):
            await province.awaiting(handle, Approvable.POSTING, form_version=version)
            await submit(handle, correction((FIELD, seen, expected)))
            await submit(handle, amendment({FIELD: expected}))
        await province.awaiting(handle, Approvable.POSTING, form_version=3)
        await submit(handle, approval(Approvable.POSTING))
        await handle.result()
    province.wait_longer()
    case = number_of(handle)
    document = (await clerk("show", case, "--json")).document()
    assert (document["stage"], document["form_version"], document["dossier_at"]) == ("closed", 3, CHANGCHUN)
    assert "files in" in (await clerk("papers", case, "--out", str(tmp_path))).printed


async def test_a_field_nobody_answered_is_still_shown(province: Province, clerk: Clerk, later: Clerk) -> None:
    handle = await returned_with_a_field_unanswered(province)
    await handle.result()
    (item,) = (await later("show", number_of(handle), "--json")).document()["corrections"]
    assert item["item"]["field"] == FIELD


async def test_the_transfer_out_bureau_has_the_same_dossier(province: Province, later: Clerk) -> None:
    handle = await clean(province)
    await handle.result()
    here, there = [
        (await later("show", number_of(handle), "--bureau", key, "--json")).document()
        for key in (CHANGCHUN, YANBIAN)
    ]
    assert (here.pop("dossier_at"), there.pop("dossier_at")) == (CHANGCHUN, YANBIAN)
    assert here == there


async def test_names_in_a_dossier_stay_masked_unless_asked_for(province: Province, later: Clerk) -> None:
    handle = await clean(province)
    await handle.result()
    printed = (await later("show", number_of(handle), "--papers")).printed
    assert TEACHER not in printed
    assert "崔明玉" not in printed


async def test_what_nobody_has_is_said_in_one_sentence(clerk: Clerk, later: Clerk) -> None:
    nowhere = "220100-20200101-AAAAAAAA"
    (line,) = (await later("show", nowhere)).refusal()
    assert line.startswith(f"There is no case {nowhere}, and no dossier of it at Changchun 220100")
    (line,) = (await clerk("show", nowhere)).silence()
    assert "The worker of Changchun 220100 does not answer; start it" in line
    (line,) = (await later("show", "nonsense")).refusal()
    assert line.startswith("There is no case nonsense;")
    (line,) = (await later("show", nowhere, "--bureau", "000000")).refusal()
    assert line == "There is no bureau 000000; `starter.py bureaus` lists them."


async def entered(province: Province) -> dict[str, tuple[int, int]]:
    """How many papers and postings each bureau has."""
    found = {}
    for bureau in (CHANGCHUN, YANBIAN):
        async with province.stores[bureau].reading() as session:
            papers = (await session.exec(select(func.count()).select_from(PaperRow))).one()
            postings = (await session.exec(select(func.count()).select_from(PostingRow))).one()
        found[bureau] = (papers, postings)
    return found


async def test_the_same_application_after_the_engine_has_forgotten_it_moves_nothing_again(
    province: Province, forgetful: Client, later: Clerk
) -> None:
    """The engine opens a case under the same number; every step of it finds its paper on file."""
    first = await (await clean(province)).result()
    before = await entered(province)
    opened = await open_case(forgetful, application(), province.secret)
    assert (opened.case_no, opened.new) == (first.case_no, True)
    platform = acting_as(forgetful, PLATFORM)
    async with platform_worker(platform, province.stores[PROVINCE]):
        handle = forgetful.get_workflow_handle_for(TransferCase.run, case_workflow_id(opened.case_no))
        async with asyncio.timeout(PATIENCE_SECONDS):
            again = await handle.result()
    assert again.stage is Stage.CLOSED
    assert await entered(province) == before
