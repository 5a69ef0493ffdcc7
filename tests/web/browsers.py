"""Debian's Chromium before the web desk: a browser of its own for each officer, and what they do in it."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright, expect

from province import PATIENCE_SECONDS

CHROMIUM = Path("/usr/bin/chromium")
WIDE = 1280
REFILLED, SILENT = 422, 503
"""Statuses of a form that is shown again with its problems, and of a page for which nobody answered."""
PICTURE = Path(tempfile.gettempdir()) / "web-desk-when-a-test-failed.png"
"""What the browser showed last when a test failed."""


def _is_installed() -> bool:
    if CHROMIUM.exists():
        return True
    told = "no Chromium: `apt install chromium fonts-noto-cjk` has the browser tests run"
    assert not os.environ.get("CI"), told
    pytest.skip(told)


@asynccontextmanager
async def started_chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium; a run of CI without it fails, elsewhere these tests say why they are skipped."""
    assert _is_installed()
    async with async_playwright() as playwright:
        options = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=options, timeout=PATIENCE_SECONDS * 1000
        )
        yield browser
        await browser.close()


class Noted:
    """What a page's console says, and the answers that its browser has got."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.answers: list[Response] = []
        page.on("console", lambda message: self.said.append(f"{message.text} {message.location['url']}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("response", lambda answer: self.answers.append(answer))

    async def complaints(self) -> list[str]:
        """Everything the console says, but for two notes of a browser about the status of an answer.

        422 is a form that is shown again with its problems. 503 is a page that nobody answered for in time,
        as happens on a machine that is busy with other tests; it has to be answered on the next try.
        """
        for answer in self.answers:
            if answer.status == SILENT and not await self._answered_next(answer):
                self.said.append(f"not answered on the next try either: {answer.url}")
        overlooked = (f"status of {REFILLED} ", f"status of {SILENT} ")
        return [one for one in self.said if not any(status in one for status in overlooked)]

    async def _answered_next(self, silent: Response) -> bool:
        """Whether what was not answered is answered when it is asked for again, by the page or else here."""
        asked = (silent.request.method, silent.url)
        for later in self.answers[self.answers.index(silent) + 1 :]:
            if (later.request.method, later.url) == asked:
                return later.status != SILENT
        if silent.request.method != "GET":
            return False
        # The page was left before it asked again.
        again = await self.page.context.request.head(silent.url)
        return again.status != SILENT


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
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    noted = Noted(page)
    try:
        yield page
        complaints = await noted.complaints()
        assert complaints == [], complaints
    except BaseException:
        await page.screenshot(path=PICTURE, full_page=True)
        raise
    finally:
        await context.close()


async def sign_in(page: Page, bureau: str, officer: str) -> None:
    """Sign in as an officer, and be at the worklist."""
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", bureau)
    await page.fill("#f-officer", officer)
    await page.click("button.main")
    await page.wait_for_url("**/")


async def click(page: Page, words: str) -> None:
    """Follow the first link of these words."""
    await page.get_by_role("link", name=words, exact=True).first.click()


async def hand_in(page: Page) -> None:
    """Press the form's own button, and be told that it was accepted."""
    await page.click("main form button.main")
    await page.get_by_role("status").get_by_text("已提交").wait_for()
