"""An officer's passkey in a real browser: made, enrolled by two operators, used to sign in and to seal."""

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from browsers import browsing, click, hand_in, sign_in, started_chromium
from playwright.async_api import Browser, Page
from visitor import served, web_desk

from desk.client.auditing import audit_books, is_clean
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.officers.checking import unpadded
from models.officers.keys import key_id
from province import CHANGCHUN, YANBIAN, Province, account, application
from workflows.transfer_case import TransferCase


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser program for these tests."""
    async with started_chromium() as browser:
        yield browser


@pytest.fixture
async def site(province: Province, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The desk's address under a name that passkeys know."""
    async with served(web_desk(province, monkeypatch)) as address:
        yield address.replace("127.0.0.1", "localhost")


async def with_authenticator(page: Page) -> str:
    """Give a page an authenticator that knows its owner and says yes; by what it is named."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


async def passkey_made(page: Page) -> str:
    """Make a passkey for whoever is signed in; its public key."""
    await page.goto("/officers")
    await click(page, "为自己生成通行密钥")
    await page.click("main form button.main")
    field = page.locator("#f-public_key")
    await page.wait_for_function("document.querySelector('#f-public_key').value != ''")
    return await field.input_value()


async def enrol(page: Page, chief: str, officer: str, public: str, role: str, told: str) -> None:
    """An operator's word on enrolling a key."""
    await sign_in(page, CHANGCHUN, chief)
    await page.goto("/officers")
    await page.fill("#f-officer", officer)
    await page.fill("#f-public_key", public)
    await page.get_by_label(role, exact=True).check()
    await page.click("form:has(input[value=grant]) button.main")
    await page.get_by_role("status").get_by_text(told).wait_for()


async def sign_in_with_passkey(page: Page, officer: str) -> None:
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", CHANGCHUN)
    await page.fill("#f-officer", officer)
    await page.get_by_role("button", name="用通行密钥登录").click()
    await page.get_by_role("button", name="使用通行密钥").click()
    await page.wait_for_url("**/")


async def test_an_officer_makes_a_passkey_signs_in_with_it_and_seals_an_approval(
    province: Province, site: str, chromium: Browser
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    case = handle.id.removeprefix("transfer/")
    async with browsing(chromium, site) as page:
        await with_authenticator(page)
        await sign_in(page, CHANGCHUN, "zhao01")
        public = await passkey_made(page)
        await enrol(page, "chief-1", "zhao01", public, "复核岗", "chief-1 已提交")
        await enrol(page, "chief-2", "zhao01", public, "复核岗", "已登记为名册")
        await sign_in_with_passkey(page, "zhao01")
        assert await page.get_by_text("演示经办人").count() == 0
        await page.goto(f"/cases/{case}")
        # By the roster a checker, so what makers do is not offered.
        assert await page.get_by_role("link", name="提出更正").count() == 0
        await click(page, "审批接续记账")
        await page.click("main form button.main")
        await page.get_by_text("用通行密钥签章").first.wait_for()
        assert (await Axe().run(page)).response["violations"] == []
        await hand_in(page)
    assert (await handle.result()).stage is Stage.CLOSED
    (sealed,) = [one for one in await handle.query(TransferCase.journal) if one.officer == "zhao01"]
    assert (sealed.event, sealed.key) == (Event.APPROVED, key_id(unpadded(public)))
    # The audit verifies every seal of the dossier against the roster.
    assert is_clean(await audit_books(province.client, [CHANGCHUN, YANBIAN], 30))


async def test_nobody_signs_in_or_seals_with_a_passkey_that_is_not_enrolled(
    province: Province, site: str, chromium: Browser
) -> None:
    await province.start()
    async with browsing(chromium, site) as page:
        await sign_in(page, CHANGCHUN, "zhao01")
        await page.goto("/sign-in")
        await page.select_option("#f-bureau", CHANGCHUN)
        await page.fill("#f-officer", "zhao01")
        await page.get_by_role("button", name="用通行密钥登录").click()
        await page.get_by_text("名册中没有该经办人的通行密钥").first.wait_for()
