"""Who signs in at a desk with keys of its own: by passkey from anywhere, by the roster on its own machine."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from limited_waits import FAR_OFF
from starlette.types import ASGIApp
from temporalio.client import Client
from visitor import OF_THE_DESK, Page, Visitor, served, visitors, waits_of_pages

from activities.officers.register import ALWAYS, change_key
from desk.client.case_numbers import KEY_VARIABLE
from desk.officers.signing import VARIABLE
from desk.web.application import desk_application
from desk.web.engine import CHECK_WITHIN, Engine
from desk.web.passkeys.sealing import KEPT_FOR
from desk.web.passkeys.signing_in import NOT_ENROLLED, NOT_PROVED
from desk.web.sessions import IDLE, Sessions
from desk.web.sign_in import NO_LONGER, NOT_KNOWN, ROSTER_ASKED_EVERY
from engine.address import Address
from engine.encryption.codec import data_converter, ring_of
from engine.encryption.keys import KeyFile, KeyRing, desk_party
from models.officers.keys import key_id, make_key, text_of, write_key
from models.officers.rosters import CHANGE, Bar, Bootstrap, Grant, RosterChange, RosterOrder
from province import CHANGCHUN, Province, application
from rules.values.officers import PROVINCE, ROLES_OF_A_BUREAU, Role

SITE = "https://desk.example"
ROOT = make_key(PROVINCE, "root")


class Authenticator:
    """A passkey of an officer, as the script of the page has it sign."""

    def __init__(self) -> None:
        self._private: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self.public = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    async def answers(self, visitor: Visitor, page: Page, address: str = "/sign-in/passkey") -> Page:
        """What the desk says to the signature that a page has asked for, handed in at an address."""
        asked = re.search(r'data-challenge="([^"]*)"', page.html)
        assert asked, page.text
        said = {"type": "webauthn.get", "challenge": asked[1], "crossOrigin": False}
        client_data = json.dumps(said).encode()
        data = sha256(b"desk.example").digest() + bytes([0b101]) + bytes(4)
        signature = self._private.sign(data + sha256(client_data).digest(), ECDSA(SHA256()))
        made = {"client_data": client_data, "authenticator_data": data, "signature": signature}
        texts = {name: text_of(value) for name, value in made.items()}
        return await visitor.post(address, token=page.inputs["token"], **texts)


@dataclass
class Desk:
    """Desks of a bureau with an officer who has a passkey, and two others with key files."""

    client: Client
    demonstration: Client
    passkey: Authenticator
    key_file: Path

    def at_site(self, client: Client | None = None, sessions: Sessions | None = None) -> ASGIApp:
        """The desk behind a proxy with TLS."""
        engine, hosts = Engine(Address(), client or self.client), frozenset({"desk.example"})
        return desk_application(engine, hosts=hosts, secure=True, sessions=sessions)

    def on_this_machine(self, client: Client | None = None, sessions: Sessions | None = None) -> ASGIApp:
        return desk_application(Engine(Address(), client or self.client), sessions=sessions)


@pytest.fixture
async def desk(province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Wang02 has a passkey; the key file of li01 is at hand, that of zhao03 is not."""
    await province.start()
    waits_of_pages(monkeypatch, FAR_OFF)
    li01, zhao03, wang02 = make_key(CHANGCHUN, "li01"), make_key(CHANGCHUN, "zhao03"), Authenticator()
    keys = {"li01": li01.public, "zhao03": zhao03.public, "wang02": wang02.public}
    await enrol(province, [grant(officer, public) for officer, public in keys.items()])
    ring = ring_of(province.client)
    assert ring is not None
    party = desk_party(CHANGCHUN)
    held = tuple(one.only((party,)) for one in ring.file.generations)
    converter = data_converter(KeyRing(KeyFile(owner=party, generations=held)), party)
    client = Client(**(province.client.config() | {"data_converter": converter}))
    write_key(tmp_path / "li01.json", li01)
    return Desk(client, province.client, wang02, tmp_path / "li01.json")


def grant(officer: str, public: bytes) -> Grant:
    """The enrolment of a key, with all roles of a bureau."""
    key, text = key_id(public), text_of(public)
    return Grant(officer=officer, key=key, public_key=text, roles=ROLES_OF_A_BUREAU, since=ALWAYS)


async def enrol(province: Province, grants: Sequence[Grant]) -> None:
    """Enter the first officers of a bureau."""
    first, at = Bootstrap(officers=tuple(grants), reason="启用"), datetime.now(UTC)
    order = RosterOrder(message_id="first", officer=ROOT.officer, bureau=CHANGCHUN, change=first)
    made = RosterChange(serial=1, change=first, orders=(ROOT.seal("", CHANGE, order),), started_at=at)
    store = province.stores[CHANGCHUN]
    async with store.transaction() as session:
        await store.file(session, change_key(1), at, made)


async def change_roster(province: Province, serial: int, change: Grant | Bar) -> None:
    made = RosterChange(serial=serial, change=change, orders=(), started_at=datetime.now(UTC))
    store = province.stores[CHANGCHUN]
    async with store.transaction() as session:
        await store.file(session, change_key(serial), made.started_at, made)


class Watch:
    """The time as a desk's sessions have it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def bureaus_off(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait for them no longer than they do for people; the engine may take long to say it is there."""
    await province.stop_bureaus()
    monkeypatch.setattr("desk.web.engine.CHECK_WITHIN", 5 * CHECK_WITHIN)
    waits_of_pages(monkeypatch)


async def is_signed_in(visitor: Visitor) -> bool:
    return (await visitor.get("/search")).path == "/search"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("officer", ["anything", "zhao03", "li01"])
async def test_from_other_machines_nobody_signs_in_who_proves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, officer: str, lang: str
) -> None:
    """Nor as the officer with whose key this process seals."""
    monkeypatch.setenv(VARIABLE, str(desk.key_file))
    visitor = Visitor(desk.at_site(), lang, SITE)
    async with visitors(visitor):
        page = await visitor.post("/sign-in", bureau=CHANGCHUN, officer=officer)
        assert page.status == 422
        assert page.problems()["officer"].endswith(getattr(NOT_ENROLLED, lang))
        assert not await is_signed_in(visitor)
        assert "li01" not in (await visitor.get("/sign-in")).text


async def test_from_other_machines_an_officer_signs_in_with_the_passkey_that_is_enrolled(desk: Desk) -> None:
    visitor = Visitor(desk.at_site(), "en", SITE)
    async with visitors(visitor):
        asked = await visitor.post("/sign-in", bureau=CHANGCHUN, officer="WANG02")
        assert not await is_signed_in(visitor)
        refused = await Authenticator().answers(visitor, asked)
        assert refused.status == 422
        assert NOT_PROVED.en in refused.text
        assert not await is_signed_in(visitor)
        asked = await visitor.post("/sign-in", bureau=CHANGCHUN, officer="wang02", back="/search")
        assert (await desk.passkey.answers(visitor, asked)).path == "/search"
        assert await is_signed_in(visitor)


async def test_the_first_passkey_is_made_before_its_officer_can_sign_in(desk: Desk) -> None:
    visitor = Visitor(desk.at_site(), "en", SITE)
    async with visitors(visitor):
        making = {"bureau": CHANGCHUN, "officer": "zhao03", "with": "new_passkey"}
        page = await visitor.post("/sign-in", **making)
        assert 'data-passkey="make"' in page.html
        assert f'data-user="{CHANGCHUN}/zhao03"' in page.html
        assert not await is_signed_in(visitor)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_on_its_own_machine_whom_the_roster_knows_signs_in_and_nobody_else(
    desk: Desk, lang: str
) -> None:
    one, other, holder = [Visitor(desk.on_this_machine(), lang) for _ in range(3)]
    async with visitors(one, other, holder):
        page = await one.post("/sign-in", bureau=CHANGCHUN, officer="anything")
        assert page.status == 422
        assert page.problems()["officer"].endswith(getattr(NOT_KNOWN, lang))
        assert not await is_signed_in(one)
        await other.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
        assert await is_signed_in(other)
        # Whoever has a passkey uses it.
        asked = await holder.post("/sign-in", bureau=CHANGCHUN, officer="wang02")
        assert not await is_signed_in(holder)
        await desk.passkey.answers(holder, asked)
        assert await is_signed_in(holder)


async def test_the_key_of_this_process_seals_on_its_own_machine_for_its_officer_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(desk.key_file))
    app = desk.on_this_machine()
    one, other = Visitor(app), Visitor(app)
    change = {"kind": "bar", "bar-officer": "wang02", "bar-reason": "离岗"}
    async with visitors(one, other):
        await one.post("/sign-in", bureau=CHANGCHUN, officer="li01")
        await other.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
        assert "no key of officer zhao03" in (await other.post("/officers", **change)).text
        wrong = await one.post("/officers", **change, **{"bar-since": "soon"})
        assert wrong.problems() == {"bar-since": "First day: not a day; write it as 2026-01-31"}
        proposed = await one.post("/officers", **change, **{"bar-since": "2027年12月1日"})
        assert "Proposed by li01" in proposed.text
        assert "2027-12-01" in proposed.text


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "10.0.0.7"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=10.0.0.7"},
        {"Via": "1.1 proxy.example"},
        {"X-Real-IP": "10.0.0.7"},
        {"Origin": "https://desk.example"},
        {"Origin": "null"},
    ],
)
async def test_who_comes_through_a_proxy_that_was_not_named_proves_who_they_are(
    desk: Desk, header: dict[str, str]
) -> None:
    """Whatever the proxy says of them, or their browser of the name at which its page is."""
    async with served(desk.on_this_machine()) as address, httpx.AsyncClient(base_url=address) as browser:
        form = {"bureau": CHANGCHUN, "officer": "zhao03"}
        headers = OF_THE_DESK | header | {"Accept-Language": "en"}
        answer = await browser.post("/sign-in", data=form, headers=headers)
        assert (answer.status_code, NOT_ENROLLED.en in answer.text) == (422, True)
        answer = await browser.post("/sign-in", data=form, headers=OF_THE_DESK)
        assert answer.status_code == 303


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_nobody_signs_in_while_the_roster_cannot_be_read(
    desk: Desk, province: Province, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    await bureaus_off(province, monkeypatch)
    here, elsewhere = Visitor(desk.on_this_machine(), lang), Visitor(desk.at_site(), lang, SITE)
    async with visitors(here, elsewhere):
        for visitor in (here, elsewhere):
            page = await visitor.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
            assert page.status == 503
            # It says so in other words where the same was asked a few seconds before.
            assert ("Changchun 220100" if lang == "en" else "长春市 220100") in page.text
            assert not await is_signed_in(visitor)


async def test_a_demonstration_asks_for_no_proof_until_a_real_officers_key_is_in_use(
    desk: Desk, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bureaus_off(province, monkeypatch)
    anybody, officer = [Visitor(desk.at_site(desk.demonstration), "en", SITE) for _ in range(2)]
    async with visitors(anybody, officer):
        await anybody.post("/sign-in", bureau=CHANGCHUN, officer="in-01")
        assert await is_signed_in(anybody)
        monkeypatch.setenv(VARIABLE, str(desk.key_file))
        assert (await officer.post("/sign-in", bureau=CHANGCHUN, officer="li01")).status == 503
        assert not await is_signed_in(officer)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_session_of_an_officer_who_is_dismissed_ends(
    desk: Desk, province: Province, lang: str
) -> None:
    """With a passkey and without; of one who is not dismissed it goes on."""
    watch = Watch()
    sessions = Sessions(watch.now)
    there = Visitor(desk.at_site(sessions=sessions), lang, SITE)
    app = desk.on_this_machine(sessions=sessions)
    here, other = Visitor(app, lang), Visitor(app, lang)
    async with visitors(there, here, other):
        asked = await there.post("/sign-in", bureau=CHANGCHUN, officer="wang02")
        await desk.passkey.answers(there, asked)
        await here.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
        await other.post("/sign-in", bureau=CHANGCHUN, officer="li01")
        for serial, officer in ((2, "wang02"), (3, "zhao03")):
            await change_roster(province, serial, Bar(officer=officer, reason="离岗"))
        watch.ahead = ROSTER_ASKED_EVERY
        following = {"X-Asked-By": "page", "Accept-Language": lang}
        assert (await there.client.get("/search", headers=following)).status_code == 401
        told = await here.post("/search", number="1")
        assert (told.status, getattr(NO_LONGER, lang) in told.text) == (403, True)
        assert not await is_signed_in(there)
        assert not await is_signed_in(here)
        assert await is_signed_in(other)


async def test_the_rights_of_a_session_follow_the_roster(desk: Desk, province: Province) -> None:
    watch = Watch()
    visitor = Visitor(desk.on_this_machine(sessions=Sessions(watch.now)))
    async with visitors(visitor):
        await visitor.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
        assert 'action="/officers"' in (await visitor.get("/officers")).html
        await change_roster(province, 2, Bar(officer="zhao03", reason="离岗"))
        public = make_key(CHANGCHUN, "zhao03").public
        again = grant("zhao03", public).model_copy(update={"roles": (Role.REGISTRAR,)})
        await change_roster(province, 3, again)
        watch.ahead = ROSTER_ASKED_EVERY
        assert 'action="/officers"' not in (await visitor.get("/officers")).html


async def test_while_the_roster_cannot_be_read_what_it_said_last_holds(
    desk: Desk, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    visitor = Visitor(desk.on_this_machine(sessions=Sessions(watch.now)))
    async with visitors(visitor):
        await visitor.post("/sign-in", bureau=CHANGCHUN, officer="zhao03")
        await change_roster(province, 2, Bar(officer="zhao03", reason="离岗"))
        await bureaus_off(province, monkeypatch)
        watch.ahead = ROSTER_ASKED_EVERY
        assert await is_signed_in(visitor)
        await province.start_bureaus(CHANGCHUN)
        waits_of_pages(monkeypatch, FAR_OFF)
        assert await is_signed_in(visitor)
        watch.ahead *= 2
        assert (await visitor.get("/search")).status == 403


async def test_what_waits_for_a_seal_is_handed_in_though_the_session_has_ended_meanwhile(
    desk: Desk, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    watch = Watch()
    officer = Visitor(desk.at_site(sessions=Sessions(watch.now)), "zh", SITE)

    async def signs_in() -> Page:
        asked = await officer.post("/sign-in", bureau=CHANGCHUN, officer="wang02")
        return await desk.passkey.answers(officer, asked)

    async with visitors(officer):
        await signs_in()
        form = await officer.get("/apply")
        filled_in = {**application().model_dump(mode="json", exclude_none=True), "confirm": "yes"}
        once = form.inputs["once"]
        del filled_in["individual_payer"]
        seal = await officer.post("/apply", **filled_in, once=once)
        assert seal.path.startswith("/seal/"), seal.problems()
        watch.ahead += IDLE
        kept = await desk.passkey.answers(officer, seal, seal.path)
        assert (kept.status, kept.actions) == (403, [seal.path])
        assert (await signs_in()).links["转移接续申请"] == seal.path
        # Loading the page shows what waits; the seal that was made meanwhile is still the right one.
        assert "签章并提交" in (await officer.get(seal.path)).html
        receipt = await officer.hand_in(kept)
        assert re.fullmatch(r"/cases/.+/receipt", receipt.path), receipt.text
        assert "转移接续申请" not in (await officer.get("/")).links
        province.opened.append(receipt.path.split("/")[2])


async def test_what_waits_for_one_officers_seal_is_nobody_elses_and_ends_as_they_say_or_after_a_day_at_work(
    desk: Desk, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    watch = Watch()
    sessions = Sessions(watch.now)
    app = desk.at_site(sessions=sessions)
    officer, other = Visitor(app, "en", SITE), Visitor(app, "en", SITE)
    async with visitors(officer, other):
        for one in (officer, other):
            asked = await one.post("/sign-in", bureau=CHANGCHUN, officer="wang02")
            await desk.passkey.answers(one, asked)
        filled_in = {**application().model_dump(mode="json", exclude_none=True), "confirm": "yes"}
        del filled_in["individual_payer"]
        dropped = await officer.post("/apply", **filled_in)
        waiting = await officer.post("/apply", **filled_in)
        unsealed = await officer.post(waiting.path, client_data="")
        assert unsealed.path == waiting.path
        assert "what you filled in still waits here" in unsealed.text
        assert (await officer.post(f"{dropped.path}/drop")).path == "/apply"
        assert (await officer.get(dropped.path)).path == "/"
        # Another session of the same officer is that officer's; a session with another key is not.
        assert (await other.get(waiting.path)).path == waiting.path
        with_another_key = Visitor(app, "en", SITE)
        secret = sessions.begin("wang02", CHANGCHUN, None, "another key")
        with_another_key.client.cookies.set("__Host-session", secret, domain="desk.example")
        async with visitors(with_another_key):
            told = await with_another_key.get(waiting.path)
            assert "This no longer waits to be sealed" in told.text
        watch.ahead += KEPT_FOR
        asked = await officer.post("/sign-in", bureau=CHANGCHUN, officer="wang02")
        await desk.passkey.answers(officer, asked)
        assert "This no longer waits to be sealed" in (await officer.get(waiting.path)).text
