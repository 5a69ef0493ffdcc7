"""`make pictures`: the pictures of the README, taken from the running system.

Starts a server, workers and the web desk as the demo does, lets the demo's people move, and takes the
pages in Chromium. Needs Debian's `chromium` and `fonts-noto-cjk`; the printed form also `poppler-utils`.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from playwright.async_api import Page, async_playwright
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from desk.client.applicant.receipt import receipt_code
from desk.client.case_numbers import KEY_VARIABLE, person_secret
from desk.client.opening import open_case
from desk.client.views.case import CaseView
from desk.client.views.shown_case import ask_case
from desk.commands.applying import applications_of
from desk.commands.seed import seed_all
from desk.demo.demo_case import DemoCase
from desk.demo.demo_stories import STORIES
from desk.files.account_files import read_accounts
from desk.print.case_papers import printable_papers
from desk.stack import ROOT, Workers
from desk.today import china_today
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import PROVINCE
from engine.preparation import prepare
from models.messages.requests import Approvable

HERE = Path(__file__).parent
DEMO = ROOT / "examples" / "demo"
SIZE = {"width": 1100, "height": 760}
CHROMIUM = "/usr/bin/chromium"
BUREAU_OUT = "222400"


@asynccontextmanager
async def stack(directory: Path) -> AsyncIterator[tuple[TimeSkipper, str]]:
    """Server, workers and web desk, with the demo's accounts loaded; the address of the desk."""
    os.environ[KEY_VARIABLE] = "the pictures of the readme"
    port = free_port()
    server = EmbeddedServer(free_port(), None, None, directory / "server.log", time_skipping=True)
    workers = Workers(server.address, directory, "", ROOT / "examples" / "bureaus.toml")
    try:
        client = await server.start()
        await prepare(client)
        workers.start_platform(DEMO / "arrangements.toml")
        applications = applications_of(DEMO / "applications.csv")
        for key in sorted({key for one in applications for key in (one.bureau_in, one.bureau_out)}):
            workers.start_bureaus(key, [key])
        workers.start_web(port)
        await seed_all(client, read_accounts([DEMO / "accounts.json"]))
        yield TimeSkipper(client, config=TimeSkippingConfig(enabled=False)), f"http://127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(workers.stop)
        server.stop()


async def open_cases(skipper: TimeSkipper) -> list[DemoCase]:
    """The cases of the demo, each where its funds wait for an officer; the second one corrected twice."""
    cases = []
    for story, application in zip(STORIES, applications_of(DEMO / "applications.csv"), strict=True):
        dated = application.model_copy(update={"submitted_on": china_today()})
        opened = await open_case(skipper.client, dated, person_secret())
        cases.append(DemoCase(story, opened.case_no, skipper, lambda *_: None))
    for case in cases:
        await case.awaits(Approvable.RELEASE_OF_FUNDS)
    await cases[1].play()
    return cases


async def sign_in(page: Page, bureau: str) -> None:
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", bureau)
    await page.fill("#f-officer", "demo-01")
    await page.click("button.main")
    await page.wait_for_url("**/")


async def take(page: Page, cases: list[DemoCase]) -> None:
    """Worklist, case, certificate of a due date, versions of a form, and the person's page."""
    waiting, corrected = cases[0].case_no, cases[1].case_no
    for bureau, name, address in (
        (PROVINCE, "worklist", "/?of=all"),
        (BUREAU_OUT, "case", f"/cases/{waiting}"),
        (BUREAU_OUT, "due-date", f"/cases/{waiting}/clocks/B"),
        (PROVINCE, "versions", f"/cases/{corrected}/papers"),
    ):
        await sign_in(page, bureau)
        await page.goto(address)
        await page.screenshot(path=HERE / f"{name}.png")
    await page.goto("/person")
    await page.fill("#f-number", waiting)
    await page.fill("#f-code", receipt_code(waiting, person_secret()))
    await page.click("main button.main")
    await page.screenshot(path=HERE / "person.png")


def print_form(view: CaseView) -> None:
    """The printed information form, as a picture."""
    form = next(one for one in printable_papers(view) if one.file_name.startswith("information_form"))
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "form.pdf"
        file.write_bytes(form.pdf())
        subprocess.run(
            ["pdftoppm", "-png", "-r", "80", "-gray", "-singlefile", file, HERE / "printed-form"], check=True
        )


async def until_served(address: str) -> None:
    """Wait until the desk answers."""
    async with httpx.AsyncClient() as browser:
        while True:
            try:
                await browser.get(address)
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
            else:
                return


async def main() -> None:
    """All pictures, into this folder."""
    with tempfile.TemporaryDirectory(prefix="transfer-pictures-") as directory:
        async with stack(Path(directory)) as (skipper, address), async_playwright() as playwright:
            cases = await open_cases(skipper)
            await until_served(address)
            options = ["--no-sandbox"] if os.getuid() == 0 else []
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
            context = await browser.new_context(base_url=address, viewport=SIZE, locale="zh-CN")
            await take(await context.new_page(), cases)
            if shutil.which("pdftoppm"):
                view, _ = await ask_case(skipper.client, cases[1].case_no)
                print_form(view)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
