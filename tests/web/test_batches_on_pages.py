"""Approvals and missing papers from a file at the web desk: checked whole, each row answered by its case."""

from functools import partial
from typing import Any

import pytest
from starlette.types import ASGIApp
from visitor import Page, Visitor, visitors, waits_of_pages, web_desk

from desk.web.intake.batches import MOST
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, WORKER, YANBIAN, Handle, Province, account, application, arranged
from workflows.transfer_case import TransferCase

OTHER: dict[str, Any] = {"id_number": WORKER, "name": "王建国"}
LACKING = ("identity_document", "application_form")
NOWHERE = "220100-20990101-AAAAAAAA"


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province whose workers the test starts."""
    return web_desk(province, monkeypatch)


async def sent(officer: Visitor, kind: str, text: str) -> Page:
    """The answer to a file that was chosen on the page."""
    page = await officer.get("/batches")
    assert f"/batches/{kind}" in page.actions
    file = {kind: ("many.csv", text.encode(), "text/csv")}
    return Page(await officer.client.post(f"/batches/{kind}", files=file))


async def lacks_papers(handle: Handle) -> bool:
    return bool((await handle.query(TransferCase.progress)).missing)


async def test_papers_and_approvals_of_many_cases_come_from_a_file_and_each_row_is_answered(
    province: Province, desk: ASGIApp
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account(), account(**OTHER))
    handles = [await province.apply(application(materials=LACKING, **more)) for more in ({}, OTHER)]
    for handle in handles:
        await province.until(partial(lacks_papers, handle))
    first, second = (handle.id.removeprefix("transfer/") for handle in handles)
    maker = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    checker = await Visitor.signed_in(desk, CHANGCHUN, "in-02")
    sender = await Visitor.signed_in(desk, YANBIAN, "out-01")
    async with visitors(maker, checker, sender):
        assert (await maker.get("/")).links["Approve many cases from a file, or enter papers for many"]
        papers = f"案号,材料\n{first},调动（录用）文件\n{second},posting_document\n"
        entered = await sent(maker, "supplements", papers)
        assert "2 of 2 accepted" in entered.text
        for handle in handles:
            await province.awaiting(handle, Approvable.POSTING)
        approvals = f"case,what\n{first},posting\n{second},接续记账\n"
        nowhere = await sent(checker, "approvals", f"{approvals}{NOWHERE},posting\n")
        assert nowhere.status == 422
        assert "row 4: case: There is no such case here." in nowhere.text
        assert "row 2" not in nowhere.text
        # The bureau that has sent the funds does not post them.
        refused = await sent(sender, "approvals", approvals)
        assert "0 of 2 accepted" in refused.text
        assert refused.text.count("not yours to do") == 2
        answered = await sent(checker, "approvals", approvals)
        assert "2 of 2 accepted" in answered.text
        assert first in answered.links
        again = await sent(checker, "approvals", approvals)
        assert again.text.count("handed in before; nothing was done again") == 2
    for handle in handles:
        assert (await handle.result()).stage is Stage.CLOSED
        journal = await handle.query(TransferCase.journal)
        assert [one.event for one in journal].count(Event.APPROVED) == 1


async def test_of_a_file_with_a_wrong_row_nothing_is_sent_and_everything_wrong_is_told(
    province: Province, desk: ASGIApp
) -> None:
    await province.start_platform()
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/batches")
        wrong = await sent(clerk, "approvals", "case,what\nc-1,posting\nc-2,passport\nc-3,\n")
        assert wrong.status == 422
        assert "row 3" in wrong.text
        assert "row 4" in wrong.text
        assert "row 2" not in wrong.text
        assert "no row below the heading" in (await sent(clerk, "approvals", "case,what\n")).text
        many = "case,what\n" + f"{NOWHERE},posting\n" * (MOST + 1)
        assert f"at most {MOST} rows" in (await sent(clerk, "approvals", many)).text
        assert (await clerk.post("/batches/rulings")).status == 404


async def test_after_a_row_for_which_nobody_answers_no_further_one_is_sent(
    province: Province, desk: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    async with await province.platform(arranged=arranged(posting=Officers.ONE_OFFICER)):
        handle = await province.apply(application())
        await province.awaiting(handle, Approvable.POSTING)
    case = handle.id.removeprefix("transfer/")
    clerk = Visitor(desk)
    async with visitors(clerk):
        await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/batches")
        waits_of_pages(monkeypatch)
        page = await sent(clerk, "approvals", f"case,what\n{case},posting\n{case},posting\n")
    assert "0 of 2 accepted" in page.text
    assert "does not answer" in page.text
    assert "not sent, as nobody answered before" in page.text
