"""The web desk in a real browser: a whole case, accessibility, narrow and enlarged, without script."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright
from visitor import served, web_desk

from desk.client.applicant.receipt import receipt_code
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, Province, account, application
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

CHROMIUM = Path("/usr/bin/chromium")
NARROW, ENLARGED, WIDE = 320, 640, 1280
"""Widths in CSS pixels: of a telephone, of a wide screen at 200 %, and of that screen as it is."""
ONE = Officers.ONE_OFFICER
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
PICTURE = Path(tempfile.gettempdir()) / "web-desk-when-a-test-failed.png"
"""What the browser showed last when a test failed."""


def _is_installed() -> bool:
    if CHROMIUM.exists():
        return True
    told = "no Chromium: `apt install chromium fonts-noto-cjk` has the browser tests run"
    assert not os.environ.get("CI"), told
    pytest.skip(told)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium; a run of CI without it fails, elsewhere these tests say why they are skipped."""
    assert _is_installed()
    async with async_playwright() as playwright:
        options = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        await browser.close()


@pytest.fixture
async def site(province: Province, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The desk's address while it is served."""
    async with served(web_desk(province, monkeypatch)) as address:
        yield address


@asynccontextmanager
async def browsing(
    chromium: Browser, site: str, lang: str = "zh-CN", script: bool = True, width: int = WIDE
) -> AsyncIterator[Page]:
    """A browser of its own; whatever its console says fails the test."""
    context: BrowserContext = await chromium.new_context(
        base_url=site,
        locale=lang,
        java_script_enabled=script,
        viewport={"width": width, "height": 800},
    )
    context.set_default_timeout(15_000)
    said: list[str] = []
    page = await context.new_page()
    page.on("console", lambda message: said.append(message.text))
    refused = "status of 422"  # What a browser notes of a form that is shown again with its problems.
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        assert [one for one in said if refused not in one] == []
    except BaseException:
        await page.screenshot(path=PICTURE, full_page=True)
        raise
    finally:
        await context.close()


async def sign_in(page: Page, bureau: str, officer: str) -> None:
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", bureau)
    await page.fill("#f-officer", officer)
    await page.click("button.main")
    await page.wait_for_url("**/")


async def click(page: Page, words: str) -> None:
    await page.get_by_role("link", name=words, exact=True).first.click()


async def hand_in(page: Page) -> None:
    """Press the form's own button, and be told that it was accepted."""
    await page.click("main form button.main")
    await page.get_by_role("status").get_by_text("已受理").wait_for()


async def test_a_clerk_plays_a_case_from_application_to_dossier_while_another_looks_on(
    province: Province, site: str, chromium: Browser
) -> None:
    await province.start(release_of_funds=ONE, posting=ONE)
    await province.seed(account())
    async with browsing(chromium, site) as one, browsing(chromium, site) as two:
        await sign_in(one, CHANGCHUN, "in-01")
        await sign_in(two, YANBIAN, "out-01")
        await click(one, "受理申请")
        for name, value in {
            "name": "崔明玉",
            "id_number": TEACHER,
            "registered_home": "222401",
            "new_employer": "长春北方软件有限公司",
            "submitted_on": "2026-01-15",
        }.items():
            await one.fill(f"#f-{name}", value)
        for name, value in {
            "scheme_from": "G",
            "scheme_to": "E",
            "bureau_out": YANBIAN,
            "reason": "posting",
            "employer_bureau": CHANGCHUN,
        }.items():
            await one.select_option(f"#f-{name}", value)
        for paper in ("有效身份证件或社会保障卡", "养老保险关系转移接续申请表"):
            await one.get_by_label(paper, exact=True).check()
        await one.get_by_role("button", name="核对申请").click()
        await one.get_by_text("审核意见预览").wait_for()
        await one.get_by_label("调动（录用）文件", exact=True).check()
        await one.get_by_role("button", name="建立案件").click()
        await one.wait_for_url("**/receipt")
        case = one.url.split("/")[-2]
        province.opened.append(case)
        handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
        await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
        await one.goto(f"/cases/{case}")
        await two.goto(f"/cases/{case}")
        await click(two, "审批基金划转")
        await hand_in(two)
        # The other officer's page says so without being touched.
        await one.get_by_role("link", name="审批接续记账").wait_for()
        await two.goto(f"/cases/{case}")
        await click(one, "审批接续记账")
        await hand_in(one)
        await handle.result()
        await two.get_by_text("已办结").first.wait_for()
        await one.goto(f"/cases/{case}/papers")
        assert await one.get_by_text("办理情况告知").count() >= 1
        await one.get_by_role("button", name="退出").click()
        await one.wait_for_url("**/sign-in")


async def _everything(province: Province) -> tuple[str, str]:
    """Two cases: one that waits for approval and has months paid twice, one that lacks papers."""
    await province.start(posting=ONE, release_of_funds=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), TWICE, account(id_number=WORKER, name="王建国"))
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    lacking = application(id_number=WORKER, name="王建国", materials=("identity_document",))
    missing = await province.apply(lacking)
    await province.journalled(missing, Event.MATERIALS_ASKED_FOR)
    await province.listed_at_work(handle)
    return handle.id.removeprefix("transfer/"), missing.id.removeprefix("transfer/")


async def _looked_at(page: Page, address: str, complaints: list[str]) -> None:
    """A page as it is judged: by axe, and by whether it scrolls sideways at each width."""
    await page.goto(address)
    found = await Axe().run(page)
    complaints += [
        f"{address}: {one['id']}: {node['html'][:120]}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]
    for width in (NARROW, ENLARGED, WIDE):
        await page.set_viewport_size({"width": width, "height": 800})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            complaints.append(f"{address}: {wide} px wide at {width}")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_every_page_is_accessible_and_never_scrolls_sideways(
    province: Province, site: str, chromium: Browser, lang: str
) -> None:
    case, missing = await _everything(province)
    of_a_case = [f"/cases/{case}{rest}" for rest in ("", "/papers", "/clocks/A", "/receipt")]
    forms = [f"/cases/{case}/act/{action}?by=transfer_in" for action in ("correct", "dispute")]
    forms += [f"/cases/{case}/act/approve?by=transfer_in&what=posting"]
    forms += [f"/cases/{missing}", f"/cases/{missing}/act/supplement?by=transfer_in"]
    lists = [
        "/",
        "/cases",
        "/search",
        "/apply",
        "/money",
        "/calendar",
        "/officers",
        "/figures",
        "/outgoing",
        "/access",
    ]
    complaints: list[str] = []
    async with browsing(chromium, site, lang) as page:
        for address in ("/sign-in", "/person"):
            await _looked_at(page, address, complaints)
        await page.goto("/person")
        await page.fill("#f-number", case)
        await page.fill("#f-code", receipt_code(case, province.secret))
        await page.click("main button.main")
        assert await page.locator("section").count() >= 4
        complaints += [f"person: {one['id']}" for one in (await Axe().run(page)).response["violations"]]
        await sign_in(page, CHANGCHUN, "in-01")
        for address in (*lists, *of_a_case, *forms):
            await _looked_at(page, address, complaints)
        await page.get_by_role("button").first.click()
        await sign_in(page, "province", "p-01")
        for address in (
            "/",
            "/province",
            "/rulings",
            "/calendar",
            "/money",
            "/officers",
            f"/figures?bureau={CHANGCHUN}",
            "/outgoing",
        ):
            await _looked_at(page, address, complaints)
    assert complaints == []


async def test_a_form_with_problems_leads_the_keyboard_to_them(
    province: Province, site: str, chromium: Browser
) -> None:
    case, _ = await _everything(province)
    complaints: list[str] = []
    async with browsing(chromium, site, "en") as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await page.goto(f"/cases/{case}/act/correct?by=transfer_in")
        await page.select_option("[name='items.0.field']", "base")
        await page.fill("[name='items.0.months']", "2020-13..2020-12")
        await page.click("main form button.main")
        summary: Locator = page.locator("#problems")
        await summary.wait_for()
        assert await summary.evaluate("element => element === document.activeElement")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        focused = await page.evaluate("document.activeElement.name || document.activeElement.id")
        assert focused == "items.0.months"
        found = await Axe().run(page)
        complaints += [one["id"] for one in found.response["violations"]]
        assert complaints == []


async def test_everything_is_done_without_script(province: Province, site: str, chromium: Browser) -> None:
    case, missing = await _everything(province)
    async with browsing(chromium, site, script=False) as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await page.get_by_role("link", name=case).first.click()
        await page.get_by_role("button", name="显示姓名").click()
        await page.get_by_text("崔明玉").first.wait_for()
        await click(page, "审批接续记账")
        await page.get_by_text("待审批接续记账").wait_for()
        await hand_in(page)
        await page.goto(f"/cases/{missing}")
        await click(page, "补正材料")
        await page.get_by_label("养老保险关系转移接续申请表").check()
        await page.get_by_label("调动（录用）文件").check()
        await hand_in(page)
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
    await province.journalled(handle, Event.CHOICE_OFFERED)
