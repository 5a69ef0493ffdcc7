"""An officer's passkey in a real browser: made, enrolled by two operators, used to sign in and to seal."""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, Self

import pytest
from axe_playwright_python.async_playwright import Axe
from borrowed_rates import document
from browsers import browsing, click, hand_in, sign_in, started_chromium
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.async_api import Browser, CDPSession, Page, expect
from staff import approval, choice, submit
from temporalio.service import RPCError
from visitor import served, web_desk

from activities.officers.register import FORGED
from desk.client.arrivals import order_unallocated, submit_statement
from desk.client.auditing import audit_books, bureaus_to_ask, is_clean
from desk.rates.client import propose_or_check
from desk.rates.drafts import rate_draft
from desk.today import china_today
from models.messages.arrangements import Officers
from models.messages.bank_statement import StatementLine, UnallocatedOrder
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.officers.checking import unpadded
from models.officers.keys import key_id
from models.rates.messages import RatePublication, RateSignature
from province import BUREAUS, CHANGCHUN, WORKER, YANBIAN, Handle, Province, account, application
from rules.values.money import Fen
from rules.values.officers import PROVINCE
from workflows.identifiers import rate_workflow_id
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


COUNT_WHAT_IS_ASKED = """() => {
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = asked => {
    sessionStorage.asked = sessionStorage.asked ? "again" : "once";
    return get(asked);
  };
}"""
"""Has a page remember whether it asks its authenticator once or again."""


class Authenticator:
    """The authenticator of a page, which knows its owner and says yes; at most one is plugged in."""

    def __init__(self, devtools: CDPSession) -> None:
        self.devtools = devtools
        self.plugged_in = ""

    @classmethod
    async def of(cls, page: Page) -> Self:
        """An empty one, plugged in."""
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        authenticator = cls(devtools)
        await authenticator.plug_in()
        return authenticator

    async def plug_in(self, *passkeys: dict[str, Any]) -> None:
        """Take out the one that is plugged in, and put in one that holds these passkeys."""
        if self.plugged_in:
            taken_out = {"authenticatorId": self.plugged_in}
            await self.devtools.send("WebAuthn.removeVirtualAuthenticator", taken_out)
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = await self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.plugged_in = str(made["authenticatorId"])
        for one in passkeys:
            held = {"authenticatorId": self.plugged_in, "credential": one}
            await self.devtools.send("WebAuthn.addCredential", held)

    async def passkeys(self) -> list[dict[str, Any]]:
        """What it holds."""
        held = await self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.plugged_in})
        return list(held["credentials"])


def somebody_elses_passkey() -> dict[str, Any]:
    """A passkey of the same site that the officer has not made."""
    key = generate_private_key(SECP256R1())
    written = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        "credentialId": b64encode(b"somebody else's").decode(),
        "isResidentCredential": True,
        "rpId": "localhost",
        "privateKey": b64encode(written).decode(),
        "userHandle": b64encode(b"222400/somebody").decode(),
        "signCount": 1,
    }


async def passkey_made(page: Page) -> str:
    """Make a passkey for whoever is signed in; its public key."""
    await page.goto("/officers")
    await click(page, "为自己生成通行密钥")
    await page.click("main form button.main")
    field = page.locator("#f-public_key")
    await expect(field).not_to_have_value("")
    return await field.input_value()


async def enrol(
    page: Page, bureau: str, chief: str, officer: str, public: str, roles: Sequence[str], told: str
) -> None:
    """An operator's word on enrolling a key."""
    await sign_in(page, bureau, chief)
    await page.goto("/officers")
    await page.fill("#f-officer", officer)
    await page.fill("#f-public_key", public)
    for role in roles:
        await page.get_by_label(role, exact=True).check()
    await page.click("form:has(input[value=grant]) button.main")
    await page.get_by_role("status").get_by_text(told).wait_for()


async def sign_in_with_passkey(page: Page, bureau: str, officer: str) -> None:
    await page.goto("/sign-in")
    await page.select_option("#f-bureau", bureau)
    await page.fill("#f-officer", officer)
    await page.get_by_role("button", name="用通行密钥登录").click()
    await page.get_by_role("button", name="使用通行密钥").click()
    await page.wait_for_url("**/")


async def enrolled(page: Page, bureau: str, officer: str, *roles: str) -> str:
    """Make a passkey for an officer, have two operators enrol it, and sign in with it; its public key."""
    await sign_in(page, bureau, officer)
    public = await passkey_made(page)
    await enrol(page, bureau, "chief-1", officer, public, roles, "chief-1 已提交")
    await enrol(page, bureau, "chief-2", officer, public, roles, "已登记为名册")
    await sign_in_with_passkey(page, bureau, officer)
    return public


async def test_money_leaves_by_an_officers_passkey_and_by_no_other(
    province: Province, site: str, chromium: Browser
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    case = handle.id.removeprefix("transfer/")
    async with browsing(chromium, site) as page:
        authenticator = await Authenticator.of(page)
        public = await enrolled(page, YANBIAN, "zhao01", "基金拨付岗", "复核岗")
        assert await page.get_by_text("演示经办人").count() == 0
        own = await authenticator.passkeys()
        await page.goto(f"/cases/{case}")
        # By the roster no maker, so what makers do is not offered.
        assert await page.get_by_role("link", name="提出异议").count() == 0
        await click(page, "审批基金划转")
        await page.click("main form button.main")
        await page.get_by_text("用通行密钥签章").first.wait_for()
        assert (await Axe().run(page)).response["violations"] == []
        await authenticator.plug_in(somebody_elses_passkey())
        await page.click("main form button.main")
        await page.get_by_text(FORGED.zh).first.wait_for()
        assert (await handle.query(TransferCase.progress)).stage is Stage.AWAITING_FUNDS
        assert (await handle.query(TransferCase.papers)).remittances == ()
        await authenticator.plug_in(*own)
        await page.goto(f"/cases/{case}")
        await click(page, "审批基金划转")
        await page.click("main form button.main")
        await page.get_by_text("用通行密钥签章").first.wait_for()
        await _finds_what_waits_after_signing_in_again(page, case)
        await page.evaluate(COUNT_WHAT_IS_ASKED)
        await page.dblclick("main form button.main")
        await page.wait_for_url(f"**/cases/{case}")
        assert await page.evaluate("sessionStorage.asked") == "once"
        assert (await handle.result()).stage is Stage.CLOSED
        await _sends_back_what_nobody_expects(province, page)
        refunded = await _refunds_months_paid_twice(province, page)
        # The officer of the province has an authenticator of their own.
        await authenticator.plug_in()
        await _publishes_a_rate(province, page)
    for one in (handle, refunded):
        journal = await one.query(TransferCase.journal)
        (sealed,) = [entry for entry in journal if entry.officer == "zhao01"]
        assert (sealed.event, sealed.key) == (Event.APPROVED, key_id(unpadded(public)))
    # The audit verifies every seal of dossiers and orders against the roster.
    assert is_clean(await audit_books(province.client, BUREAUS, 60))


async def _finds_what_waits_after_signing_in_again(page: Page, case: str) -> None:
    """The session ends before the seal is made; what was filled in is on the worklist afterwards."""
    await page.context.clear_cookies()
    await page.reload()
    await page.get_by_role("heading", name="登录", exact=True).wait_for()
    await sign_in_with_passkey(page, YANBIAN, "zhao01")
    waits = page.locator("section", has=page.get_by_role("heading", name="待您签章，尚未提交"))
    await expect(waits).to_contain_text(case)
    await waits.get_by_role("link").click()
    await page.get_by_role("heading", name="用通行密钥签章").wait_for()


async def _sends_back_what_nobody_expects(province: Province, page: Page) -> None:
    """Money in suspense is proposed to be sent back by passkey, and a second officer orders the same."""
    line = StatementLine(reference="Y-77", value_date=china_today(), remittance="", amount=Fen(500))
    await submit_statement(province.client, YANBIAN, [line])
    await page.goto("/money")
    await page.fill("#f-reason", "无人认领")
    await page.click("form[action='/money/unallocated'] button.main")
    await page.get_by_text("用通行密钥签章").first.wait_for()
    await page.click("main form button.main")
    await page.get_by_role("status").get_by_text("zhao01 已提交").wait_for()
    order = UnallocatedOrder(bureau=YANBIAN, reference="Y-77", officer="fu-01")
    answer, _ = await order_unallocated(province.client, order)
    assert answer.moved is not None
    assert (answer.moved.maker, answer.moved.checker) == ("zhao01", "fu-01")


async def _refunds_months_paid_twice(province: Province, page: Page) -> Handle:
    """The same officer is the second to approve a refund, by passkey, where a person is taken in."""
    person: dict[str, Any] = {"id_number": WORKER, "name": "王秀英"}
    paid_twice = account(**person, scheme="E", bureau=YANBIAN, months=[("2025-11", "2026-02", "6500.00")])
    await province.seed(account(**person, bureau=CHANGCHUN), paid_twice)
    bureaus = {"bureau_out": CHANGCHUN, "bureau_in": YANBIAN, "employer_bureau": YANBIAN}
    handle = await province.apply(application(**person, **bureaus))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await page.goto(f"/cases/{handle.id.removeprefix('transfer/')}")
    await click(page, "审批退还本金")
    await page.click("main form button.main")
    await page.get_by_text("用通行密钥签章").first.wait_for()
    await hand_in(page)
    assert (await handle.result()).refunded > 0
    return handle


async def _publishes_a_rate(province: Province, page: Page) -> None:
    """An officer of the province proposes a yearly rate by passkey, and a second one checks it."""
    await enrolled(page, PROVINCE, "fu01", "日历管理岗")
    draft, _ = rate_draft("2031", "2.10", document())
    assert draft is not None
    await page.goto("/rates")
    for name, value in (("year", "2031"), ("rate", "2.10"), ("document", draft.document)):
        await page.fill(f"#f-{name}", value)
    await page.click("main form button.main")
    await page.click("button[value=publish]")
    await page.get_by_text("用通行密钥签章").first.wait_for()
    await page.click("main form button.main")
    await page.get_by_role("status").get_by_text("已由 fu01 提交").wait_for()
    checked = RateSignature(
        draft=draft, officer="province-02", bureaus=tuple(await bureaus_to_ask(province.client))
    )
    answer = await propose_or_check(province.client, checked)
    assert isinstance(answer, RatePublication)
    assert (answer.maker, answer.checker) == ("fu01", "province-02")
    # It goes on to inform bureaus, of which no worker is here.
    handle = province.client.get_workflow_handle(rate_workflow_id(draft.year, draft.document))
    with suppress(RPCError):
        await handle.terminate()


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
