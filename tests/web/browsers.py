"""Debian's Chromium with the web desk: a browser for each officer, and what officers do in it."""

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
"""The statuses of a form that is shown again with its problems, and of a page that got no answer."""
PICTURE = Path(tempfile.gettempdir()) / "web-desk-when-a-test-failed.png"
"""The last screenshot of the browser when a test failed."""


def _is_installed() -> bool:
    if CHROMIUM.exists():
        return True
    told = "no Chromium: `apt install chromium fonts-noto-cjk` has the browser tests run"
    assert not os.environ.get("CI"), told
    pytest.skip(told)


@asynccontextmanager
async def started_chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium; without it a run of CI fails, elsewhere these tests are skipped with a reason."""
    assert _is_installed()
    async with async_playwright() as playwright:
        options = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=options, timeout=PATIENCE_SECONDS * 1000
        )
        yield browser
        await browser.close()


class Noted:
    """The messages of a page's console, and the responses that its browser has got."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.answers: list[Response] = []
        page.on("console", lambda message: self.said.append(f"{message.text} {message.location['url']}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("response", lambda answer: self.answers.append(answer))

    async def complaints(self) -> list[str]:
        """All messages of the console except a browser's notes on two statuses of responses.

        422 is a form that is shown again with its problems. 503 is a page without an answer in time, as on a
        machine that is busy with other tests; the next try has to be answered.
        """
        for answer in self.answers:
            if answer.status == SILENT and not await self._answered_next(answer):
                self.said.append(f"not answered on the next try either: {answer.url}")
        overlooked = (f"status of {REFILLED} ", f"status of {SILENT} ")
        return [one for one in self.said if not any(status in one for status in overlooked)]

    async def _answered_next(self, silent: Response) -> bool:
        """Whether a request without an answer is answered when repeated, by the page or else here."""
        asked = (silent.request.method, silent.url)
        for later in self.answers[self.answers.index(silent) + 1 :]:
            if (later.request.method, later.url) == asked:
                return later.status != SILENT
        if silent.request.method != "GET":
            return False
        # The page was left before it repeated the request.
        again = await self.page.context.request.head(silent.url)
        return again.status != SILENT


@asynccontextmanager
async def browsing(
    chromium: Browser, site: str, lang: str = "zh-CN", script: bool = True, width: int = WIDE
) -> AsyncIterator[Page]:
    """A separate browser; any message of its console fails the test."""
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
    """Sign in as an officer, which leads to the worklist."""
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", bureau)
    await page.fill("#f-officer", officer)
    await page.click("button.main")
    await page.wait_for_url("**/")


async def click(page: Page, words: str) -> None:
    """Follow the first link with these words."""
    await page.get_by_role("link", name=words, exact=True).first.click()


async def hand_in(page: Page) -> None:
    """Press the form's own button, and expect that it is accepted."""
    await page.click("main form button.main")
    await page.get_by_role("status").get_by_text("已提交").wait_for()
