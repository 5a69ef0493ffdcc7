"""What every answer of the web desk bears, and who gets none: no engine is needed for it."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.routing import Route
from starlette.types import ASGIApp
from visitor import BASE, OF_THE_DESK, Page, Visitor, sessions_at

from desk.web.application import desk_application, routes
from desk.web.engine import Engine
from desk.web.rendering import HERE
from desk.web.security import Limit
from desk.web.sessions import IDLE, LONGEST, Sessions
from engine.address import Address
from engine.embedded import free_port

NOBODY = Address(host=f"127.0.0.1:{free_port()}")


@pytest.fixture
def app() -> ASGIApp:
    """A desk whose engine is not there."""
    return desk_application(Engine(NOBODY))


async def test_every_answer_bears_the_headers_and_allows_nothing_unsafe(app: ASGIApp) -> None:
    visitor = Visitor(app)
    for path in ("/sign-in", "/static/desk.css", "/no-such-page", "/", "/cases/220100-20260115-AAAAAAAA"):
        headers = (await visitor.get(path)).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert (
            policy.pop("default-src") == policy.pop("base-uri") == policy.pop("frame-ancestors") == "'none'"
        )
        assert set(policy) == {"script-src", "style-src", "img-src", "connect-src", "form-action"}
        assert set(policy.values()) == {"'self'"}
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert {"camera=()", "geolocation=()", "microphone=()"} <= set(
            headers["permissions-policy"].split(", ")
        )
        assert "server" not in headers
        assert headers["cache-control"] in ("no-store", "no-cache")
        assert "strict-transport-security" not in headers


async def test_over_tls_the_browser_is_told_to_stay_with_it_and_the_cookie_is_bound_to_the_host() -> None:
    app = desk_application(Engine(NOBODY), hosts=frozenset({"desk.example"}), secure=True)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://desk.example"
    ) as browser:
        answer = await browser.post("/sign-out", headers=OF_THE_DESK)
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
            assert part.lower() in cookie.lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_what_another_site_sends_is_refused(app: ASGIApp, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as browser:
        assert (await browser.post("/sign-out", headers=headers)).status_code == 403
        assert (await browser.post("/sign-out", headers={"Origin": BASE})).status_code == 303


@pytest.mark.parametrize("host", ["desk.elsewhere.example", "127.0.0.1.elsewhere.example", ""])
async def test_a_name_that_is_not_the_desks_is_refused(app: ASGIApp, host: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as browser:
        assert (await browser.get("/static/desk.css", headers={"Host": host})).status_code == 421
        assert (await browser.get("/static/desk.css", headers={"Host": "[::1]:8300"})).status_code == 200


async def test_too_much_at_once_is_refused(app: ASGIApp) -> None:
    visitor = Visitor(app)
    sent_from = {"Referer": f"{BASE}/cases/X/act/correct?by=transfer_in"}
    answer = await visitor.client.post("/sign-in", content=b"a" * (13 << 20), headers=sent_from)
    assert answer.status_code == 413
    assert "larger than 12 MB" in answer.text
    assert 'href="/cases/X/act/correct?by=transfer_in"' in answer.text
    elsewhere = {"Referer": "https://elsewhere.example//x"}
    answer = await visitor.client.post("/sign-in", content=b"a" * (13 << 20), headers=elsewhere)
    assert "elsewhere" not in answer.text
    assert 'href="/"' in answer.text


async def test_pages_are_for_those_who_are_signed_in_and_lead_back(app: ASGIApp) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=BASE, headers=OF_THE_DESK
    ) as browser:
        for path in ("/", "/cases", "/search", "/access", "/cases/220100-20260115-AAAAAAAA/papers"):
            answer = await browser.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/sign-in?back={path}"
        filtered = await browser.get("/cases?stage=closed&page=2")
        assert filtered.headers["location"] == "/sign-in?back=/cases%3Fstage%3Dclosed%26page%3D2"
        asked_by_a_page = await browser.get("/", headers={"X-Asked-By": "page"})
        assert asked_by_a_page.status_code == 401


async def test_what_was_typed_is_kept_for_who_was_signed_out_or_got_no_answer() -> None:
    sessions = Sessions()
    visitor = Visitor(desk_application(Engine(NOBODY), sessions=sessions))
    address = "/cases/220100-20260115-AAAAAAAA/act/correct?by=transfer_in"
    typed = {"name": "“李” <雷>", "materials": ["identity_document", "posting_document"], "to": ""}
    signed_out = Page(await visitor.client.post(address, data=typed, files={"proof": ("账.pdf", b"%PDF")}))
    assert (signed_out.status, signed_out.path) == (403, address.partition("?")[0])
    visitor.client.cookies.set("session", sessions.begin("in-01", "220100"))
    silent = Page(await visitor.client.post(address, data=typed, files={"proof": ("账.pdf", b"%PDF")}))
    assert silent.status == 503
    for page in (signed_out, silent):
        assert page.actions[-1] == address
        assert page.inputs == {"name": typed["name"], "materials": "posting_document", "to": "", "proof": ""}
        assert page.html.count('name="materials"') == 2
        assert "账.pdf" in page.text
    assert "Sign in (new window)" in signed_out.links
    assert "Sign in (new window)" not in silent.links


OF_NO_OFFICER = frozenset({"/sign-in", "/sign-in/passkey", "/sign-out", "/person"})
HANDED_IN = sorted(
    one.path
    for one in routes()
    if isinstance(one, Route) and "POST" in (one.methods or ()) and one.path not in OF_NO_OFFICER
)


@pytest.mark.parametrize("path", HANDED_IN)
async def test_no_form_that_one_officer_has_opened_is_handed_in_for_another(path: str) -> None:
    sessions = Sessions()
    visitor = Visitor(desk_application(Engine(NOBODY), sessions=sessions), "zh")
    visitor.client.cookies.set("session", sessions.begin("in-02", "220100"))
    address = re.sub("{.*?}", "x", path)
    # Officers of two bureaus may have the same id.
    for opened_by in ("220100/in-01", "222400/in-02"):
        told = await visitor.post(address, opened_by=opened_by, document="吉人社函〔2031〕9号")
        assert (told.status, told.path) == (409, address)
        assert f"请由 {opened_by} 在新窗口重新登录" in told.text
        assert told.inputs == {"document": "吉人社函〔2031〕9号"}
    assert (await visitor.post(address, opened_by="220100/in-02")).status != 409


def test_every_form_of_an_officer_says_who_has_opened_it() -> None:
    forms = [
        (one.name, form)
        for one in (HERE / "templates").glob("*.html")
        for form in re.findall(r'<form method="post".*?</form>', one.read_text(), re.DOTALL)
    ]
    # Whoever signs in or asks for their own case is no officer yet; the address of a seal is one officer's.
    without = {name for name, form in forms if "{{ opened_here_by }}" not in form and "/sign-out" not in form}
    assert without == {"passkey_form.html", "person.html", "sent_again.html", "sign_in.html"}
    assert len(forms) > 20


async def test_the_address_that_a_form_is_sent_to_leads_to_the_page_of_the_form(app: ASGIApp) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as browser:
        for sent_to, form in {
            "/apply/file": "/apply",
            "/money/statement": "/money",
            "/cases/220100-20260115-AAAAAAAA/claim": "/cases/220100-20260115-AAAAAAAA",
            "/seal/secret/drop": "/seal/secret",
        }.items():
            answer = await browser.get(sent_to)
            assert (answer.status_code, answer.headers["location"]) == (303, form)
        assert (await browser.post("/help", headers=OF_THE_DESK)).status_code == 405


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_without_an_engine_a_sentence_says_so(app: ASGIApp, lang: str) -> None:
    page = await Visitor(app, lang).get("/sign-in")
    assert page.status == 503
    assert ("No Temporal server answers" if lang == "en" else "没有 Temporal 服务应答") in page.text


async def test_the_language_is_the_readers_and_chinese_where_they_ask_for_neither(app: ASGIApp) -> None:
    visitor = Visitor(app, "fr,de;q=0.5")
    assert 'lang="zh-CN"' in (await visitor.get("/no-such-page")).html
    assert 'lang="en"' in (await visitor.get("/language/en?back=/no-such-page")).html
    assert (await visitor.get("/language/en?back=//elsewhere.example/")).path != "//elsewhere.example/"
    assert 'lang="en"' in (await visitor.get("/language/tlh?back=/no-such-page")).html


def test_a_session_ends_after_fifteen_idle_minutes_and_after_a_day_at_work() -> None:
    clock = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    sessions = sessions_at(clock)
    secret = sessions.begin("in-01", "220100")
    clock.append(clock[-1] + IDLE - timedelta(seconds=1))
    assert sessions.find(secret) is not None
    clock.append(clock[-1] + IDLE - timedelta(seconds=1))
    # What a page asks for by itself keeps nobody signed in.
    assert sessions.find(secret, use=False) is not None
    clock.append(clock[-1] + timedelta(seconds=1))
    assert sessions.find(secret) is None
    secret = sessions.begin("in-01", "220100")
    while clock[-1] < clock[0] + LONGEST + timedelta(hours=1):
        clock.append(clock[-1] + IDLE / 2)
        last = sessions.find(secret)
    assert last is None


def test_a_session_cannot_be_guessed_and_ends_with_signing_out() -> None:
    sessions = Sessions()
    secrets = {sessions.begin("in-01", "220100") for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) >= 43
    one = secrets.pop()
    sessions.end(one)
    assert sessions.find(one) is None
    assert sessions.find(None) is None
    assert sessions.find("") is None


def test_a_limit_counts_for_each_key_and_forgets_with_time() -> None:
    clock = [0.0]
    limit = Limit(times=3, seconds=60, now=lambda: clock[-1])
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b")
    clock.append(59.9)
    assert not limit.allows("a")
    clock.append(60.0)
    assert limit.allows("a")
