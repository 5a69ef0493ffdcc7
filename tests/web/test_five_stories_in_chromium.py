"""The five stories of the demo, played by clerks in a real browser from application to dossier."""

import asyncio
import csv
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as hour

import pytest
from browsers import browsing, click, hand_in, sign_in, started_chromium
from playwright.async_api import Browser, Locator, Page
from temporalio.testing import WorkflowEnvironment
from visitor import served, web_desk

from desk.client.auditing import audit_books
from desk.demo.demo_stories import LATE_BEFORE_RELEASE, STORIES
from desk.files.account_files import read_accounts
from desk.files.province_files import read_arrangements
from desk.stack import ROOT
from engine.encryption.keys import PROVINCE
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import Handle, Province, advance
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from rules.values.due_dates import CHINA_TIME, Clock, china_day
from rules.values.moves import Material
from workflows.identifiers import OVERDUE, case_workflow_id
from workflows.transfer_case import TransferCase

DEMO = ROOT / "examples" / "demo"
BUREAUS = ("220100", "220200", "220500", "222400")
TEXTS = ("name", "id_number", "registered_home", "submitted_on", "new_employer")
CHOICES = ("scheme_from", "scheme_to", "bureau_out", "bureau_in", "reason", "employer_bureau")
OFFICE_HOUR = hour(10)
CLEAN, CORRECTED, LATE, ARBITRATED, DUPLICATES = range(5)

RELEASE, POSTING = "审批基金划转", "审批接续记账"


@dataclass
class Offices:
    """The province at work, the address of its desk, and how long changes took to be seen."""

    province: Province
    chromium: Browser
    site: str
    seen_after: list[float] = field(default_factory=list)


@dataclass
class Staff:
    """The officers of one case at their browsers; one of them only looks on."""

    offices: Offices
    case: str
    handle: Handle
    officers: Mapping[str, Page]

    @property
    def looks_on(self) -> Page:
        return self.officers["in-03"]

    async def working_days_pass(self, days: int) -> None:
        """To office hours of a later working day, by the case's own clock."""
        now = await self.offices.province.time_of(self.handle)
        then = nth_working_day_after(china_day(now), days, WorkingCalendar())
        at = datetime.combine(then, OFFICE_HOUR, CHINA_TIME)
        await advance(self.offices.province.env, self.handle, at - now)

    async def does(self, officer: str, button: str, leaves: Event, **filled_in: str) -> None:
        """Find the case, press a button of it, fill in its form and send it; the colleague's page tells."""
        page = self.officers[officer]
        await page.goto("/search")
        await page.fill("#f-number", self.case)
        await page.click("main form button.main")
        await page.wait_for_url(f"**/cases/{self.case}")
        await click(page, button)
        for name, value in filled_in.items():
            await _fill_in(page, name.replace("__", "."), value)
        before = await self._lines(leaves).count()
        seeing = asyncio.create_task(self.sees(leaves, before))
        await hand_in(page)
        accepted = time.monotonic()
        self.offices.seen_after.append(max(0.0, await seeing - accepted))

    async def sees(self, event: Event, before: int = 0) -> float:
        """When the colleague's page had one more line of this event, without being loaded again."""
        await self._lines(event).nth(before).wait_for()
        return time.monotonic()

    def _lines(self, event: Event) -> Locator:
        rows = self.looks_on.locator("[data-part=journal] tbody tr")
        return rows.filter(has=self.looks_on.get_by_role("cell", name=event.titles[1], exact=True))

    async def awaits(self, what: Approvable, version: int = 1) -> None:
        await self.offices.province.awaiting(self.handle, what, version)


async def _fill_in(page: Page, name: str, value: str) -> None:
    """An input of a form, of whatever kind it is."""
    one = page.locator(f"[name='{name}']").first
    kind = await one.evaluate("one => one.tagName == 'SELECT' ? 'select' : one.type")
    if kind == "select":
        await one.select_option(value)
    elif kind in ("radio", "checkbox"):
        await page.check(f"[name='{name}'][value='{value}']")
    else:
        await one.fill(value)


@pytest.fixture(scope="module")
async def offices(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Offices]:
    """The province of the demo, its accounts, its arrangements, and its desk, for all five stories."""
    async with AsyncExitStack() as running:
        province = Province(env, tmp_path_factory.mktemp("province"), running)
        for bureau in BUREAUS:
            await province.open_store(bureau)
        await province.start_platform(arranged=read_arrangements(DEMO / "arrangements.toml"))
        await province.start_bureaus(*BUREAUS)
        await province.seed(*read_accounts([DEMO / "accounts.json"]))
        patch = running.enter_context(pytest.MonkeyPatch.context())
        chromium = await running.enter_async_context(started_chromium())
        site = await running.enter_async_context(served(web_desk(province, patch)))
        yield Offices(province, chromium, site)
        await province.end_open_cases()


def _rows() -> list[dict[str, str]]:
    with (DEMO / "applications.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def _apply(page: Page, row: Mapping[str, str]) -> str:
    """Accept an application as it is written, and come to its receipt; the number of the case."""
    await click(page, "受理申请")
    for name in TEXTS:
        await page.fill(f"#f-{name}", row[name])
    for name in CHOICES:
        await page.select_option(f"#f-{name}", row[name])
    for paper in row["materials"].split(";"):
        await page.get_by_label(Material(paper).official, exact=True).check()
    await page.get_by_role("button", name="核对申请").click()
    await page.get_by_text("可以受理").wait_for()
    await page.get_by_role("button", name="建立案件").click()
    await page.wait_for_url("**/receipt")
    return page.url.split("/")[-2]


async def _clean(staff: Staff) -> None:
    await staff.awaits(Approvable.RELEASE_OF_FUNDS)
    await staff.working_days_pass(5)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING)
    await staff.working_days_pass(4)
    await staff.does("in-02", POSTING, Event.APPROVED)


async def _corrected_twice(staff: Staff) -> None:
    await staff.awaits(Approvable.RELEASE_OF_FUNDS)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING)
    await _correct(staff, "2020-01..2020-12", "5600.00", "6200.00")
    await staff.awaits(Approvable.RELEASE_OF_FUNDS, 2)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING, 2)
    await _correct(staff, "2021-01..2021-12", "6800.00", "5900.00")
    await staff.awaits(Approvable.POSTING, 3)
    await staff.does("in-02", POSTING, Event.APPROVED)


async def _correct(staff: Staff, months: str, seen: str, expected: str) -> None:
    await staff.working_days_pass(1)
    asked = {
        "items__0__field": "base",
        "items__0__months": months,
        "items__0__seen": seen,
        "items__0__expected": expected,
        "evidence": "工资台账",
    }
    await staff.does("in-01", "提出更正", Event.CORRECTION_REQUESTED, **asked)
    await staff.working_days_pass(2)
    answer = {f"answers__base/{months}__how": "amend"}
    await staff.does("out-01", "答复更正", Event.AMENDMENT_HANDED_IN, **answer)


async def _overdue(staff: Staff) -> None:
    await staff.awaits(Approvable.RELEASE_OF_FUNDS)
    progress = await staff.handle.query(TransferCase.progress)
    days = next(one for one in progress.clocks if one.clock is Clock.TRANSFER_OUT).working_days
    for _ in range(days + LATE_BEFORE_RELEASE + 1):
        await staff.working_days_pass(1)
    for event in (Event.REMINDER_SENT, Event.CLOCK_OVERDUE, Event.ESCALATED):
        await staff.sees(event)
    province = staff.officers["province-01"]
    await staff.offices.province.listed(staff.handle, f"{OVERDUE.name} = true")
    await province.goto("/province")
    await province.get_by_role("link", name="逾期").click()
    await click(province, staff.case)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING)
    await staff.working_days_pass(3)
    await staff.does("in-02", POSTING, Event.APPROVED)


async def _arbitrated(staff: Staff) -> None:
    await staff.awaits(Approvable.RELEASE_OF_FUNDS)
    await staff.working_days_pass(7)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING)
    await staff.working_days_pass(1)
    revoked = {"statement": "调动决定已撤销，本人仍在原单位。", "evidence": "撤销调动的决定"}
    await staff.does("out-01", "提出异议", Event.DISPUTE_RAISED, point="scope", **revoked)
    hired = {"statement": "新单位已为其办理参保登记。", "evidence": "参保登记表"}
    await staff.does("in-01", "答复异议", Event.POSITION_ANSWERED, **hired)
    await staff.working_days_pass(3)
    await staff.does("out-01", "报请省局", Event.REFERRED, reason="协商不成")
    await staff.working_days_pass(5)
    ruled = {
        "number": "吉社保裁〔2026〕1号",
        "reasons": "调动决定撤销后不再符合第二条，基金和关系应退回转出地。",
        "orders__0": "return_funds",
        "orders__1": "restore_relationship",
        "orders__2": "close",
    }
    await staff.does("province-01", "裁定", Event.RULING_MADE, **ruled)
    await staff.awaits(Approvable.RULING)
    await staff.does("province-02", "审批裁定", Event.APPROVED)


async def _duplicates_cleared(staff: Staff) -> None:
    await staff.awaits(Approvable.RELEASE_OF_FUNDS)
    await staff.does("out-02", RELEASE, Event.APPROVED)
    await staff.awaits(Approvable.POSTING)
    await staff.does("in-02", POSTING, Event.APPROVED)
    await staff.sees(Event.CHOICE_OFFERED)
    await staff.working_days_pass(9)
    chosen = {"keep__0": "1", "consent": "yes", "refund_account": "6217000012345678"}
    await staff.does("in-01", "确认保留缴费", Event.CHOICE_MADE, **chosen)
    await staff.awaits(Approvable.REFUND)
    await staff.working_days_pass(2)
    await staff.does("in-02", "审批退还本金", Event.APPROVED)


Play = Callable[[Staff], Awaitable[None]]


@pytest.mark.parametrize(
    ("number", "play", "also"),
    [
        (CLEAN, _clean, ()),
        (CORRECTED, _corrected_twice, ("out-01",)),
        (LATE, _overdue, ("province-01",)),
        (ARBITRATED, _arbitrated, ("out-01", "province-01", "province-02")),
        (DUPLICATES, _duplicates_cleared, ()),
    ],
    ids=[one.titles.en for one in STORIES],
)
async def test_clerks_play_a_story_of_the_demo_from_application_to_dossier_while_a_colleague_looks_on(
    offices: Offices, number: int, play: Play, also: tuple[str, ...], tell: Callable[[str], None]
) -> None:
    row, story = _rows()[number], STORIES[number]
    async with AsyncExitStack() as browsers:

        async def at_work(officer: str) -> Page:
            at = {"in": row["bureau_in"], "out": row["bureau_out"]}.get(officer.partition("-")[0], PROVINCE)
            page = await browsers.enter_async_context(browsing(offices.chromium, offices.site))
            await sign_in(page, at, officer)
            return page

        names = ("in-01", "in-02", "in-03", "out-02", *also)
        officers = dict(zip(names, await asyncio.gather(*map(at_work, names)), strict=True))
        case = await _apply(officers["in-01"], row)
        offices.province.opened.append(case)
        handle = offices.province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
        staff = Staff(offices, case, handle, officers)
        await staff.looks_on.goto(f"/cases/{case}")
        offices.seen_after.clear()
        await play(staff)
        ended = await handle.result()
        assert ended.stage is story.end
        await staff.looks_on.locator("[data-part=standing]").get_by_text(story.end.titles[1]).first.wait_for()
        for event in story.shows:
            await staff.sees(event)
        # The dossier: every paper stands in it, and can be printed.
        await staff.looks_on.goto(f"/cases/{case}/papers")
        assert await staff.looks_on.locator("a[href$='.pdf']").count() >= 3
        worst = max(offices.seen_after)
        tell(f"{story.titles.en}: {len(offices.seen_after)} changes, seen after at most {worst:.2f} s")


async def test_the_books_are_whole_after_the_stories(offices: Offices) -> None:
    report = await audit_books(offices.province.client, BUREAUS, 60)
    assert report.findings == (), report
