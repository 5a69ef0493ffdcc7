"""Debian's Chromium before the web desk: a browser of its own for each officer, and what they do in it."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
WIDE = 1280
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
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        await browser.close()


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
    # What a browser notes of a form that is shown again with its problems, and of a page that nobody answered
    # for in time, on a machine that is busy with other tests; the script asks for it again.
    noted = ("status of 422", "status of 503")
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        complaints = [one for one in said if not any(status in one for status in noted)]
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
    await page.get_by_role("status").get_by_text("已受理").wait_for()
