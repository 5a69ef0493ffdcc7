"""Word that leaves the house: to real servers on loopback, away for an hour of the sender's clock."""

import asyncio
import errno
import hmac
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from staff import accepted
from stores import Databases
from temporalio.testing import ActivityEnvironment
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import NOTIFY_APPLICANT, READ_OUTBOX, REVIEW_APPLICATION
from activities.outbox.carriers import IDENTITY, SIGNATURE, TIMESTAMP, signed
from activities.outbox.outbox import TOLD, ProvinceOutbox
from activities.outbox.sender import LONGEST_WAIT, MOST_ATTEMPTS, Sender
from desk.files.province_files import read_routes
from desk.problems import BadInput, Problem
from engine.embedded import free_port
from models.messages.stages import ENDS, Stage
from models.messages.steps import NoticeOrder, ReviewOrder
from models.outbox.outgoing import (
    MessageState,
    OutboxQuestion,
    OutgoingEvent,
    OutgoingMessage,
    OutgoingOrder,
    Recipient,
)
from models.outbox.routes import FilesRoute, MailRoute, RoutesFile, WebhookRoute
from models.store import outbox
from models.store.store import Store
from province import CHANGCHUN, TEACHER, YANBIAN, account, application

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "examples" / "routes.toml"


class Clock:
    """The sender's clock, moved by the test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def message(number: int, case_no: str = CASE, **changes: Any) -> OutgoingMessage:
    return OutgoingMessage.model_validate(
        {
            "key": f"reminder/{case_no}/{number}",
            "case_no": case_no,
            "event": OutgoingEvent.REMINDER,
            "recipient": Recipient.TRANSFER_OUT,
            "bureau": YANBIAN,
            "about": f"clock-{number}",
            "due_on": "2026-03-20",
            **changes,
        }
    )


async def put(store: Store, *messages: OutgoingMessage) -> None:
    async with store.transaction() as session:
        for one in messages:
            await outbox.put(session, one, NOON)


async def states(store: Store, case_no: str = CASE) -> list[MessageState]:
    async with store.reading() as session:
        return [line.state for line in await outbox.of_case(session, case_no)]


class Webhook:
    """An HTTP endpoint that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answer = 204

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if endpoint.answer < 300:
                    endpoint.taken.append((dict(self.headers), body))
                self.send_response(endpoint.answer)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing on the screen of the tests."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield
        finally:
            server.shutdown()
            serving.join()
            server.server_close()


class Mailbox:
    """What a real SMTP server does with a letter: keeps it, or refuses it with a reply."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.reply = "250 taken"

    async def handle_DATA(self, _: SMTP, __: SmtpSession, envelope: Envelope) -> str:
        if self.reply.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.letters.append(envelope.content)
        return self.reply

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="localhost"), "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def by_mail(port: int) -> RoutesFile:
    route = MailRoute(by="mail", host="127.0.0.1", port=port, sender="a@x.example", to="b@y.example")
    return RoutesFile(applicant=route, bureau=route, province=route)


def by_webhook(port: int, secret: Path) -> RoutesFile:
    secret.write_text("of the tests\n", encoding="utf-8")
    route = WebhookRoute(by="webhook", url=f"http://127.0.0.1:{port}/in", secret_file=secret)
    return RoutesFile(applicant=route, bureau=route, province=route)


async def hour_away(sender: Sender, clock: Clock) -> None:
    """Nobody answers for an hour; the sender tries when it is due."""
    until = clock.now + timedelta(hours=1)
    while clock.now < until:
        assert await sender.send_due() == 0
        clock.now += timedelta(minutes=5)


async def test_word_is_written_in_the_transaction_of_what_it_tells_of(databases: Databases) -> None:
    async with Walkthrough.between(databases) as walking:
        walking.repeat = NOTIFY_APPLICANT
        await walking.seed(account())
        await walking.walk()
        asked = accepted(OTHER_CASE, application(status="pensioner"))
        found = (await walking.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=asked))).review
        told = NoticeOrder(
            case_no=OTHER_CASE, outcome=Stage.REFUSED, refusals=found.refusals, missing=found.missing
        )
        await walking.do(NOTIFY_APPLICANT, CHANGCHUN, told)
        answer = await walking.do(READ_OUTBOX, CHANGCHUN, OutboxQuestion(case_no=CASE))
        refused = await walking.do(READ_OUTBOX, CHANGCHUN, OutboxQuestion(case_no=OTHER_CASE))
        assert [line.message.event for line in answer.lines] == [OutgoingEvent.CLOSED]
        assert [line.message.event for line in refused.lines] == [OutgoingEvent.REFUSED]
        assert answer.lines[0].message.about == "转告〔2026〕220100-000001"
        assert TEACHER not in answer.model_dump_json()
        assert application().name not in answer.model_dump_json()


async def test_who_has_paid_months_twice_is_told_that_the_transfer_is_made(databases: Databases) -> None:
    """And not that the case has ended without one: the months are cleared after the transfer (第四条)."""
    part_time = account(scheme="E", bureau=CHANGCHUN, months=[("2025-10", "2026-02", "3000.00")])
    async with Walkthrough.between(databases) as walking:
        await walking.seed(account(), part_time)
        await walking.walk()
        answer = await walking.do(READ_OUTBOX, CHANGCHUN, OutboxQuestion(case_no=CASE))
        assert [line.message.event for line in answer.lines] == [OutgoingEvent.SETTLED]


@pytest.mark.parametrize("outcome", sorted(ENDS | {Stage.AWAITING_CHOICE, Stage.AWAITING_MATERIALS}))
def test_only_an_end_without_a_transfer_is_told_as_one(outcome: Stage) -> None:
    without = outcome in {Stage.WITHDRAWN, Stage.RETURNED, Stage.ENDED_BY_RULING}
    assert (outcome not in TOLD) is without


async def test_a_message_entered_twice_is_one(store: Store) -> None:
    desk, province = ActivityEnvironment(), ProvinceOutbox(store)
    for numbers in ((1, 2), (2, 3)):
        await desk.run(province.enter_outgoing, OutgoingOrder(messages=tuple(map(message, numbers))))
    assert await states(store) == [MessageState.WAITING] * 3


async def test_without_routes_each_message_is_a_file(store: Store, tmp_path: Path, clock: Clock) -> None:
    await put(store, message(1), message(2, OTHER_CASE))
    sender = Sender(store, read_routes(tmp_path / "outgoing"), clock)
    assert await sender.send_due() == 2
    assert await sender.send_due() == 0
    files = sorted((tmp_path / "outgoing").iterdir())
    assert [file.name.rpartition("-")[0] for file in files] == [CASE, OTHER_CASE]
    told = json.loads(files[0].read_text(encoding="utf-8"))
    assert told["subject"] == f"[{CASE}] 办理期限将至"
    assert "2026-03-20" in told["text"]


async def test_a_worker_whose_clock_is_a_day_slow_sends_a_message_at_once(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    """The instant of a message is the service's; by its own clock the worker would hold it back."""
    await put(store, message(1))
    clock.now = NOON - timedelta(days=1)
    assert await Sender(store, read_routes(tmp_path / "outgoing"), clock).send_due() == 1


async def test_a_file_that_does_not_reach_the_disk_is_not_delivered_and_leaves_nothing(
    store: Store, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, message(1))
    sender = Sender(store, RoutesFile.at(tmp_path / "out"), clock)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        assert await sender.send_due() == 0
    assert not list((tmp_path / "out").iterdir())
    clock.now += LONGEST_WAIT
    assert await sender.send_due() == 1


def no_space(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_what_one_worker_has_delivered_another_that_could_not_does_not_take_up_again(
    store: Store,
) -> None:
    await put(store, message(1), message(2))
    async with store.transaction() as session:
        first, second = await outbox.of_case(session, CASE)
        for one, next_at in ((first, None), (second, NOON)):
            await outbox.delivered(session, one.number, NOON)
            await outbox.failed(session, one.number, "away", next_at)
        assert {one.state for one in await outbox.of_case(session, CASE)} == {MessageState.DELIVERED}


async def test_a_webhook_away_for_an_hour_gets_everything_in_order(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    port, endpoint = free_port(), Webhook()
    await put(store, *(message(n, case) for n in range(5) for case in (CASE, OTHER_CASE)))
    sender = Sender(store, by_webhook(port, tmp_path / "secret"), clock)
    await hour_away(sender, clock)
    with endpoint.listening(port):
        endpoint.answer = 503
        assert await sender.send_due() == 0
        endpoint.answer = 204
        clock.now += LONGEST_WAIT
        assert await sender.send_due() == 10
    told = [json.loads(body) for _, body in endpoint.taken]
    for case in (CASE, OTHER_CASE):
        assert [one["about"] for one in told if one["case_no"] == case] == [f"clock-{n}" for n in range(5)]
    assert set(await states(store)) == {MessageState.DELIVERED}
    async with store.reading() as session:
        assert {line.delivered_at for line in await outbox.of_case(session, CASE)} == {clock.now}


async def test_what_does_not_speak_http_is_tried_again_and_stops_no_other_message(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"220 mail.example\r\n")
        await writer.drain()
        writer.close()

    await put(store, message(1), message(2, OTHER_CASE))
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await Sender(store, by_webhook(port, tmp_path / "secret"), clock).send_due() == 0
    for case in (CASE, OTHER_CASE):
        async with store.reading() as session:
            (line,) = await outbox.of_case(session, case)
        assert (line.state, line.attempts) == (MessageState.WAITING, 1)
        assert line.last_error == "the webhook cannot be reached: BadStatusLine"


async def test_a_webhook_can_prove_who_sent_a_message_and_knows_it_again(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    port, endpoint = free_port(), Webhook()
    await put(store, message(1))
    sender = Sender(store, by_webhook(port, tmp_path / "secret"), clock)
    with endpoint.listening(port):
        await sender.send_due()
    ((headers, body),) = endpoint.taken
    expected = hmac.new(b"of the tests", headers[TIMESTAMP].encode() + b"." + body, sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={expected}"
    assert headers[SIGNATURE] != signed(b"another secret", headers[TIMESTAMP], body)
    assert json.loads(body)["id"] == headers[IDENTITY]
    assert set(json.loads(body)) == {"id", "case_no", "event", "recipient", "bureau", "about", "due_on"}


async def test_a_mail_server_away_for_an_hour_gets_everything_in_order(store: Store, clock: Clock) -> None:
    port, box = free_port(), Mailbox()
    await put(store, *(message(n) for n in range(3)))
    sender = Sender(store, by_mail(port), clock)
    await hour_away(sender, clock)
    clock.now += LONGEST_WAIT
    async with box.listening(port):
        box.reply = "451 not now"
        assert await sender.send_due() == 0
        box.reply = "250 taken"
        clock.now += LONGEST_WAIT
        assert await sender.send_due() == 3
    letters = [message_from_bytes(raw) for raw in box.letters]
    texts = [letter.get_payload(decode=True) for letter in letters]
    assert [f"clock-{n}".encode() in text for n, text in enumerate(texts) if isinstance(text, bytes)] == [
        True
    ] * 3
    assert len({letter["Message-ID"] for letter in letters}) == 3
    assert await states(store) == [MessageState.DELIVERED] * 3


@pytest.mark.parametrize("answer", [410, 302])
async def test_what_is_refused_for_good_is_a_dead_letter_and_the_next_goes_on(
    store: Store, tmp_path: Path, clock: Clock, answer: int
) -> None:
    port, endpoint = free_port(), Webhook()
    await put(store, message(1))
    sender = Sender(store, by_webhook(port, tmp_path / "secret"), clock)
    with endpoint.listening(port):
        endpoint.answer = answer
        assert await sender.send_due() == 0
        endpoint.answer = 204
        await put(store, message(2))
        assert await sender.send_due() == 1
    assert await states(store) == [MessageState.DEAD, MessageState.DELIVERED]
    async with store.reading() as session:
        (dead,) = await outbox.dead(session)
    assert dead.last_error == f"the webhook answers {answer}"


async def test_a_letter_refused_by_the_mail_server_is_dead(store: Store, clock: Clock) -> None:
    port, box = free_port(), Mailbox()
    await put(store, message(1))
    async with box.listening(port):
        box.reply = "550 nobody of this name"
        assert await Sender(store, by_mail(port), clock).send_due() == 0
    assert await states(store) == [MessageState.DEAD]


async def test_after_a_day_without_an_answer_a_message_is_given_up_until_somebody_has_it_tried_again(
    databases: Databases, clock: Clock
) -> None:
    async with Walkthrough.between(databases) as walking:
        store = walking.stores[YANBIAN]
        await put(store, message(1))
        port, box = free_port(), Mailbox()
        sender = Sender(store, by_mail(port), clock)
        for _ in range(MOST_ATTEMPTS):
            await sender.send_due()
            clock.now += LONGEST_WAIT
        assert await states(store) == [MessageState.DEAD]
        listed = await walking.do(READ_OUTBOX, YANBIAN, OutboxQuestion(dead_only=True, retry=True))
        assert len(listed.lines) == 1
        clock.now = max(clock.now, walking.now) + LONGEST_WAIT
        async with box.listening(port):
            assert await sender.send_due() == 1
        assert not (await walking.do(READ_OUTBOX, YANBIAN, OutboxQuestion(dead_only=True))).lines


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1), timedelta(days=-1)])
async def test_a_message_is_tried_for_a_day_whatever_the_clock_of_its_sender_says(
    store: Store, clock: Clock, ahead: timedelta
) -> None:
    """How long a mail server may be away, by a clock that is right, a day fast or a day slow."""
    await put(store, message(1))
    clock.now += ahead
    sender, began = Sender(store, by_mail(free_port()), clock), clock.now
    while MessageState.DEAD not in await states(store):
        await sender.send_due()
        clock.now += LONGEST_WAIT
    assert timedelta(days=1) <= clock.now - began < timedelta(days=1.1)


async def test_a_clock_put_right_after_it_was_a_day_fast_holds_no_message_back(
    store: Store, clock: Clock
) -> None:
    await put(store, message(1))
    port, box = free_port(), Mailbox()
    sender = Sender(store, by_mail(port), clock)
    clock.now = NOON + timedelta(days=1)
    assert await sender.send_due() == 0
    clock.now = NOON + timedelta(minutes=1)
    async with box.listening(port):
        assert await sender.send_due() == 1


async def test_a_sender_that_was_off_for_days_tries_before_it_gives_up(store: Store, clock: Clock) -> None:
    await put(store, message(1))
    clock.now += timedelta(days=30)
    await Sender(store, by_mail(free_port()), clock).send_due()
    assert await states(store) == [MessageState.WAITING]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("event", OutgoingEvent)
async def test_every_event_has_words_and_none_of_a_person(
    tmp_path: Path, event: OutgoingEvent, language: str
) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/one.db")
    await store.open()
    await put(store, message(1, event=event))
    route = FilesRoute(directory=tmp_path / "out", language=language)
    await Sender(store, RoutesFile(bureau=route), Clock()).send_due()
    (file,) = (tmp_path / "out").iterdir()
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["subject"].startswith(f"[{CASE}] ")
    assert told["subject"].isascii() == (language == "en")
    await store.close()


def test_the_sample_of_routes_is_read_and_a_wrong_one_says_all_that_is_wrong(tmp_path: Path) -> None:
    routes = read_routes(EXAMPLE)
    assert routes.to(Recipient.TRANSFER_OUT, "222400").by == "webhook"
    assert routes.to(Recipient.TRANSFER_IN, "220100").by == "files"
    assert routes.to(Recipient.PROVINCE, "222400").by == "mail"
    wrong = tmp_path / "routes.toml"
    wrong.write_text('[province]\nby = "mail"\nhost = "x"\n[bureau]\nby = "pigeon"\n', encoding="utf-8")
    with pytest.raises(BadInput) as bad:
        read_routes(wrong)
    fields = {one.field for one in bad.value.problems if isinstance(one, Problem)}
    assert {"province.mail.sender", "province.mail.to"} <= fields
