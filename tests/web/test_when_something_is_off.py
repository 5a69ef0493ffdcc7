"""Engine, platform or bureau off: a true sentence within three seconds, nothing lost or doubled."""

import asyncio
import re
from datetime import timedelta

import pytest
from limited_waits import FAR_OFF, waits_of_connecting
from starlette.types import ASGIApp
from visitor import Page, Visitor, visitors, waits_of_pages, web_desk

from desk.web.application import desk_application
from desk.web.engine import ANSWER_WITHIN, CHECK_WITHIN, Engine
from desk.web.sessions import Sessions
from engine.address import Address
from engine.embedded import free_port
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged
from workflows.identifiers import RUNNING_CASES
from workflows.transfer_case import TransferCase

CASE = "220100-20260115-AAAAAAAA"


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province whose workers the test starts."""
    return web_desk(province, monkeypatch)


@pytest.fixture
def waits(desk: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> list[asyncio.Timeout]:
    """What pages wait for, no longer than they do for people; whoever is there may take longer to say so."""
    monkeypatch.setattr("desk.web.engine.CHECK_WITHIN", 5 * CHECK_WITHIN)
    return waits_of_pages(monkeypatch)


async def unanswered(visitor: Visitor, path: str, waits: list[asyncio.Timeout]) -> Page:
    """A page that says who is silent: its own limit has ended the wait, none of those whom it has asked."""
    page = await visitor.get(path)
    assert page.status == 503, path
    assert any(wait.expired() for wait in waits)
    return page


def test_a_page_waits_for_less_than_the_three_seconds_within_which_it_says_who_is_silent() -> None:
    assert timedelta(seconds=3) > ANSWER_WITHIN


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_without_the_engine_every_page_that_needs_it_says_so(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is waited for where nobody listens."""
    sessions, waits = Sessions(), waits_of_connecting(monkeypatch, FAR_OFF)
    app = desk_application(Engine(Address(host=f"127.0.0.1:{free_port()}")), sessions=sessions)
    clerk = Visitor(app, lang)
    clerk.client.cookies.set("session", sessions.begin("in-01", CHANGCHUN))
    async with visitors(clerk):
        for path in ("/", "/cases", f"/cases/{CASE}", f"/cases/{CASE}/papers", "/money", "/calendar"):
            page = await clerk.get(path)
            assert page.status == 503, path
            assert ("No Temporal server answers" if lang == "en" else "没有 Temporal 服务应答") in page.text
        # What needs no engine is there all the same.
        assert (await clerk.get("/search")).status == (await clerk.get("/help")).status == 200
    assert {wait.expired() for wait in waits} == {False}


@pytest.mark.parametrize("path", ["/money", "/officers", "/outgoing"])
async def test_a_bureau_whose_worker_is_off_is_named(
    province: Province, desk: ASGIApp, waits: list[asyncio.Timeout], path: str
) -> None:
    await province.start_platform()
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=SIPING, officer="x-01", back="/search")
        page = await unanswered(clerk, path, waits)
    assert "The system of Siping 220300 does not answer. Nothing is lost" in page.text


async def test_a_worklist_is_shown_also_while_the_bureaus_own_worker_is_off(
    province: Province, desk: ASGIApp, waits: list[asyncio.Timeout]
) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    await province.listed_at_work(handle)
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/search")
        page = await clerk.loaded("/")
    assert page.status == 200
    assert handle.id.removeprefix("transfer/") in page.text
    assert "does not answer" in page.text


async def test_a_case_that_has_ended_is_read_in_its_dossier_and_needs_no_platform(
    province: Province, desk: ASGIApp
) -> None:
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    async with await province.platform():
        handle = await province.apply(application(status="pensioner", materials=()))
        await handle.result()
    province.wait_longer()
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/search")
        for path in ("", "/papers", "/journal"):
            page = await clerk.get(f"/cases/{handle.id.removeprefix('transfer/')}{path}")
            assert page.status == 200
            assert ("from the dossier filed at Changchun 220100" in page.text) is (path == "")


async def test_a_case_that_takes_long_to_answer_is_not_called_an_absent_platform(
    province: Province, desk: ASGIApp, waits: list[asyncio.Timeout]
) -> None:
    async with await province.platform():
        handle = await province.apply(application())
        await province.listed(handle, RUNNING_CASES)
    clerk = Visitor(desk)
    # A platform that answers for itself, and takes up no case.
    async with visitors(clerk), await province.platform(workflows=()):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/search")
        page = await unanswered(clerk, f"/cases/{handle.id.removeprefix('transfer/')}", waits)
    assert "platform is there but has not answered this in time. Nothing is lost" in page.text


async def test_what_is_sent_again_and_again_while_the_platform_is_off_is_done_once_later(
    province: Province, desk: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = arranged(posting=Officers.ONE_OFFICER)
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/search")
        async with await province.platform(arranged=at_work):
            handle = await province.apply(application())
            await province.awaiting(handle, Approvable.POSTING)
            case = handle.id.removeprefix("transfer/")
            form = await clerk.get(f"/cases/{case}/act/approve?by=transfer_in&what=posting")
        for _ in range(2):
            waits = waits_of_pages(monkeypatch)
            page = await clerk.post(form.actions[-1], **form.inputs)
            assert page.status == 503
            assert any(wait.expired() for wait in waits)
            assert re.search("answer.* Nothing was handed in|has not answered yet", page.text)
        waits_of_pages(monkeypatch, FAR_OFF)
        async with await province.platform(arranged=at_work):
            done = await clerk.hand_in(form)
            assert re.search("accepted|Handed in before", done.text)
            assert (await handle.result()).stage is Stage.CLOSED
            assert "Handed in before" in (await clerk.hand_in(form)).text
            journal = await handle.query(TransferCase.journal)
    assert [entry.event for entry in journal].count(Event.APPROVED) == 1
