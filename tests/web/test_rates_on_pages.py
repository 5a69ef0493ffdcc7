"""Yearly rates at the web desk: the effect first, two officers publish, a settlement waits for a word."""

from collections.abc import AsyncIterator

import pytest
from borrowed_rates import (
    BORROWED,
    LINE_4_BORROWED,
    LINE_4_PUBLISHED,
    document,
    moved_under_a_borrowed_rate,
    settled,
)
from starlette.types import ASGIApp
from temporalio.client import WorkflowExecutionStatus
from visitor import Page, Visitor, visitors, web_desk

from desk.client.auditing import audit_books, is_clean
from engine.encryption.keys import PROVINCE
from models.rates.messages import SettlementStage
from province import BUREAUS, CHANGCHUN, Province
from workflows.identifiers import rate_workflow_id


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province whose workers the test starts."""
    return web_desk(province, monkeypatch)


@pytest.fixture
async def rate(province: Province) -> AsyncIterator[dict[str, str]]:
    """A rate as it is typed. Its publication is ended, as it waits for bureaus that no worker has here."""
    yield (typed := {"year": str(BORROWED), "rate": "2.10", "document": document()})
    handle = province.client.get_workflow_handle(rate_workflow_id(BORROWED, typed["document"]))
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate()


async def test_a_rate_is_previewed_published_by_two_officers_and_settled_by_a_word(
    province: Province, desk: ASGIApp, rate: dict[str, str]
) -> None:
    handle = await moved_under_a_borrowed_rate(province)
    case = handle.id.removeprefix("transfer/")
    maker, checker = [await Visitor.signed_in(desk, PROVINCE, f"province-0{number}") for number in (1, 2)]
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(maker, checker, clerk):
        wrong = await maker.post("/rates", year="last", rate="2,1", document="")
        assert set(wrong.problems()) == {"year", "rate", "document"}
        previews: list[Page] = []

        async def case_is_in_it() -> bool:
            """A preview is of the bureaus that have answered in time."""
            previews.append(await maker.post("/rates", **rate))
            return case in previews[-1].links

        await province.until(case_is_in_it)
        difference = LINE_4_PUBLISHED - LINE_4_BORROWED
        assert f"{difference // 100}.{difference % 100:02d}" in previews[-1].text
        proposed = await maker.post("/rates", **rate, do="publish", by_word="yes")
        assert "another officer has to check it" in proposed.text
        again = await maker.post("/rates", **rate, do="publish", by_word="yes")
        assert again.status == 422
        assert "another officer has to check it" in again.text
        # Whoever checks reads year and document, and types the rate from the document.

        async def listed() -> bool:
            return rate["document"] in (await checker.get("/rates")).text

        await province.until(listed)
        to_check = await checker.get("/rates")
        assert "2.1 " not in to_check.text
        assert any(rate["document"] in words for words in (await checker.get("/")).links)
        other = await checker.post("/rates", **{**rate, "rate": "2.20"}, do="publish", by_word="yes")
        assert "This is not the rate" in other.text
        checked = await checker.post("/rates", **rate, do="publish", by_word="yes")
        assert "published by province-01 and province-02" in checked.text

        async def waits() -> bool:
            return "waits for an officer's word" in (await checker.get("/rates")).text

        await province.until(waits)
        nobody = await checker.post(
            "/rates/settle", year=str(BORROWED), document=rate["document"], case="nowhere"
        )
        assert "No settlement of this case" in nobody.text
        # An officer of a bureau sees what is published, and orders nothing.
        seen = await clerk.get("/rates")
        assert rate["document"] in seen.text
        assert seen.actions == ["/sign-out"]
        assert (await clerk.post("/rates", **rate)).status == 403
        page = await checker.get("/rates")
        assert page.actions[-1] == "/rates/settle"
        word = {"year": str(BORROWED), "document": rate["document"], "case": case}
        assert case in (await checker.post("/rates/settle", **word)).text
        done = await settled(province, rate["document"], case)
        assert (done.stage, done.individual) == (SettlementStage.SETTLED, difference)

        async def over() -> bool:
            return "Settlements under way" not in (await checker.get("/rates")).text

        await province.until(over)
        # Sent once more, it is not proposed anew.
        assert "published by province-01" in (await checker.post("/rates", **rate, do="publish")).text
        assert "check it with the document" not in (await checker.get("/")).text
    assert is_clean(await audit_books(province.client, BUREAUS, 60))


async def test_a_proposal_is_taken_back_by_whoever_made_it(
    province: Province, desk: ASGIApp, rate: dict[str, str]
) -> None:
    await province.start()
    maker, other = [await Visitor.signed_in(desk, PROVINCE, f"province-0{number}") for number in (1, 2)]
    async with visitors(maker, other):
        assert "No proposal" in (await maker.post("/rates", **rate, do="withdraw")).text
        await maker.post("/rates", **rate, do="publish")
        assert "may withdraw it" in (await other.post("/rates", **rate, do="withdraw")).text
        assert "withdrawn by province-01" in (await maker.post("/rates", **rate, do="withdraw")).text
        assert "For a second officer" not in (await other.get("/rates")).text
