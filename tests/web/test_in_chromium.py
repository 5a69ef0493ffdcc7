"""The web desk in a real browser: accessibility, narrow and enlarged, without script."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from browsers import WIDE, browsing, click, hand_in, sign_in, started_chromium
from playwright.async_api import Browser, Locator, Page, expect
from visitor import served, web_desk

from desk.client.applicant.receipt import receipt_code
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, WORKER, Province, account, application
from workflows.identifiers import STAGE, case_workflow_id
from workflows.transfer_case import TransferCase

NARROW, ENLARGED = 320, 640
"""Widths in CSS pixels: of a telephone, and of a wide screen at 200 %."""
ONE = Officers.ONE_OFFICER
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser program for these tests."""
    async with started_chromium() as browser:
        yield browser


@pytest.fixture
async def site(province: Province, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The desk's address while it is served."""
    async with served(web_desk(province, monkeypatch)) as address:
        yield address


async def _everything(province: Province) -> tuple[str, str]:
    """Two cases: one that waits for approval and has months paid twice, one that lacks papers."""
    await province.start(posting=ONE, release_of_funds=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), TWICE, account(id_number=WORKER, name="王建国"))
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    lacking = application(id_number=WORKER, name="王建国", materials=("identity_document",))
    missing = await province.apply(lacking)
    await province.journalled(missing, Event.MATERIALS_ASKED_FOR)
    await province.listed(handle, f"{STAGE.name} = '{Stage.TAKING_IN}'")
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
    of_a_case = [
        f"/cases/{case}{rest}" for rest in ("", "/papers", "/clocks/A", "/receipt", "/deliveries", "/journal")
    ]
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
        "/batches",
        "/rates",
    ]
    complaints: list[str] = []
    async with browsing(chromium, site, lang) as page:
        for address in ("/sign-in", "/person"):
            await _looked_at(page, address, complaints)
        await page.goto("/person")
        await page.fill("#f-number", case)
        await page.fill("#f-code", receipt_code(case, province.secret))
        await page.click("main button.main")
        await page.locator("section").nth(3).wait_for()
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
            "/rates",
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
        await expect(summary).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("[name='items.0.months']")).to_be_focused()
        found = await Axe().run(page)
        complaints += [one["id"] for one in found.response["violations"]]
        assert complaints == []


async def test_on_paper_the_certificate_of_a_due_date_is_a_table(
    province: Province, site: str, chromium: Browser
) -> None:
    case, _ = await _everything(province)
    async with browsing(chromium, site) as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await page.goto(f"/cases/{case}/clocks/A")
        # The width of a sheet of A4 within its margins.
        await page.set_viewport_size({"width": 718, "height": 1000})
        cell = "getComputedStyle(document.querySelector('.days td')).display"
        assert await page.evaluate(cell) == "grid"
        await page.emulate_media(media="print")
        assert await page.evaluate(cell) == "table-cell"


async def test_what_an_officer_types_stays_while_a_colleague_works_on_the_case(
    province: Province, site: str, chromium: Browser
) -> None:
    case, _ = await _everything(province)
    async with browsing(chromium, site) as one, browsing(chromium, site) as two:
        await sign_in(one, CHANGCHUN, "in-01")
        await sign_in(two, CHANGCHUN, "in-02")
        await one.goto(f"/cases/{case}")
        await one.get_by_role("button", name="认领").click()
        await one.fill("#f-to", "in-0")
        await one.click("h1")
        await two.goto(f"/cases/{case}/act/dispute?by=transfer_in")
        await two.select_option("#f-point", index=1)
        await two.fill("#f-statement", "金额有误")
        async with one.expect_response(lambda answer: "x-asked-by" in answer.request.headers):
            await hand_in(two)
        await one.press("#f-to", "End")
        await one.keyboard.type("3")
        await one.get_by_role("button", name="移交").click()
        await one.get_by_text("该案已移交 in-03").wait_for()


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


async def test_clicking_twice_going_back_and_reloading_do_nothing_twice(
    province: Province, site: str, chromium: Browser
) -> None:
    case, _ = await _everything(province)
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
    async with browsing(chromium, site) as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await page.goto(f"/cases/{case}")
        await click(page, "审批接续记账")
        await page.dblclick("main form button.main")
        await page.wait_for_url(f"**/cases/{case}")
        await province.journalled(handle, Event.APPROVED)
        await page.reload()
        # The form behind is asked for anew, and the case says that there is nothing to approve any more.
        await page.go_back()
        await page.get_by_text("案件当前状态下不能办理此事项").wait_for()
        await page.reload()
    journal = await handle.query(TransferCase.journal)
    assert [entry.event for entry in journal].count(Event.APPROVED) == 1


async def test_a_worklist_shows_what_comes_and_who_has_claimed_it_without_being_loaded_again(
    province: Province, site: str, chromium: Browser, tell: Callable[[str], None]
) -> None:
    await province.start(posting=ONE)
    await province.seed(account())
    async with browsing(chromium, site) as one, browsing(chromium, site) as two:
        await sign_in(one, CHANGCHUN, "in-01")
        await sign_in(two, CHANGCHUN, "in-02")
        handle = await province.apply(application())
        case = handle.id.removeprefix("transfer/")
        await province.awaiting(handle, Approvable.POSTING)
        await province.listed_at_work(handle)
        began = time.monotonic()
        await one.get_by_role("link", name=case).wait_for()
        tell(f"a worklist shows a listed case after {time.monotonic() - began:.2f} s")
        await two.goto(f"/cases/{case}")
        await two.get_by_role("button", name="认领").click()
        row = one.get_by_role("row").filter(has=one.get_by_role("link", name=case))
        await row.get_by_text("in-02").wait_for()
        # So does a colleague's page of the case, also after it was answered that nobody is there.
        await one.route("**/events", lambda route: route.fulfill(status=503), times=1)
        await one.goto(f"/cases/{case}")
        await two.get_by_role("button", name="放回").click()
        await one.get_by_text("本局尚无人认领").wait_for()


async def test_what_is_typed_stays_when_the_language_is_changed(
    province: Province, site: str, chromium: Browser, tmp_path: Path
) -> None:
    await province.start()
    many = tmp_path / "applications.csv"
    many.write_text("姓名")
    async with browsing(chromium, site) as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await click(page, "受理申请")
        # What was sent once and has come back with its problems is kept, too.
        await page.get_by_label("姓名", exact=True).fill("崔明玉")
        await page.get_by_role("button", name="核对申请").click()
        await page.get_by_role("heading", name="未建立案件：").wait_for()
        once = await page.locator("input[name=once]").first.input_value()
        await page.get_by_label("新用人单位", exact=True).fill("长春北方软件有限公司")
        await page.get_by_label("转移原因").select_option("posting")
        await page.get_by_label("有效身份证件或社会保障卡").check()
        await page.get_by_text("代办人（非本人申请时填写）").first.click()
        await page.get_by_label("代办人与本人关系").fill("配偶")
        await page.get_by_label("表格或 JSON 文件").set_input_files(many)
        await click(page, "English")
        await page.get_by_role("heading", name="New application").wait_for()
        assert await page.title() == "New application · Pension transfer, Jilin"
        assert await page.locator("html").get_attribute("lang") == "en"
        await expect(page.get_by_label("Name", exact=True)).to_have_value("崔明玉")
        await expect(page.get_by_label("New employer", exact=True)).to_have_value("长春北方软件有限公司")
        await expect(page.get_by_label("Reason", exact=True)).to_have_value("posting")
        await expect(page.get_by_label("identity document")).to_be_checked()
        await expect(page.get_by_label("Relation of the agent to the person")).to_have_value("配偶")
        await expect(page.get_by_label("Relation of the agent to the person")).to_be_visible()
        assert await page.locator("#f-applications").evaluate("one => one.files[0].name") == many.name
        assert await page.locator("input[name=once]").first.input_value() == once
        await expect(page.get_by_role("link", name="中文")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="受理申请").first.wait_for()
        await expect(page.get_by_label("姓名", exact=True)).to_have_value("崔明玉")


async def test_a_case_goes_on_being_followed_after_its_language_was_changed(
    province: Province, site: str, chromium: Browser
) -> None:
    case, _ = await _everything(province)
    async with browsing(chromium, site) as one, browsing(chromium, site) as two:
        await sign_in(one, CHANGCHUN, "in-01")
        await sign_in(two, CHANGCHUN, "in-02")
        await one.goto(f"/cases/{case}")
        await one.get_by_role("button", name="认领").click()
        await one.fill("#f-to", "in-03")
        await click(one, "English")
        await expect(one.get_by_label("Hand over to (officer id)")).to_have_value("in-03")
        await two.goto(f"/cases/{case}/act/dispute?by=transfer_in")
        await two.select_option("#f-point", index=1)
        await two.fill("#f-statement", "金额有误")
        await hand_in(two)
        # As long as something is typed the page stays as it is.
        await one.fill("#f-to", "")
        await one.click("h1")
        await one.get_by_text("in dispute", exact=True).first.wait_for()


async def test_without_script_another_language_opens_beside_the_form_that_is_being_filled_in(
    province: Province, site: str, chromium: Browser
) -> None:
    await province.start()
    async with browsing(chromium, site, script=False) as page:
        await sign_in(page, CHANGCHUN, "in-01")
        await click(page, "受理申请")
        await page.get_by_label("姓名", exact=True).fill("崔明玉")
        async with page.context.expect_page() as opened:
            await click(page, "English")
        beside = await opened.value
        await beside.get_by_role("heading", name="New application").wait_for()
        await expect(page.get_by_label("姓名", exact=True)).to_have_value("崔明玉")
