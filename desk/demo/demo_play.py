"""What `starter.py demo` plays: five cases side by side, months in seconds, and the audit at the end."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.live import Live
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from desk.client.auditing import audit_books, is_clean
from desk.client.case_numbers import person_secret
from desk.client.opening import open_case
from desk.commands.applying import applications_of
from desk.commands.seed import seed_all
from desk.demo.demo_board import Board, Lines, days_charged, openings, results
from desk.demo.demo_case import DemoCase
from desk.demo.demo_stories import STORIES
from desk.files.account_files import read_accounts
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.screens.audit_report import print_report
from desk.screens.bad_input import lines_of
from desk.screens.screen import console
from desk.stack import ROOT, Workers, run_orderly
from desk.today import china_today
from desk.words import day
from engine.embedded import EmbeddedServer, free_port
from engine.preparation import prepare
from models.messages.application import TransferApplication
from models.messages.audit import AuditReport
from models.messages.dossier import JournalEntry
from models.store.databases import NoDatabase, temporary_database
from rules.values.officers import PROVINCE

EXAMPLES = ROOT / "examples"
AUDIT_PATIENCE_SECONDS = 30
PACE_SECONDS = 0.4
"""The pause between two steps of a case on a terminal, so that a person can follow."""
REFRESHES_PER_SECOND = 8


@dataclass(frozen=True, slots=True)
class Played:
    """The cases as they ended, the seconds they took, and what the audit found."""

    cases: Sequence[DemoCase]
    seconds: float
    report: AuditReport

    @property
    def well(self) -> bool:
        """Whether all ended as their stories require, and not a fen and not a month is missing."""
        return all(case.as_expected for case in self.cases) and is_clean(self.report)


def play(stores: str) -> bool:
    """Play the whole demo; returns whether all cases ended as they should, with nothing missing."""
    screen = console()
    with tempfile.TemporaryDirectory(prefix="transfer-demo-") as directory:
        played = run_orderly(_run(Path(directory), stores))
    screen.print()
    screen.print(results(played.cases))
    screen.print()
    screen.print(days_charged(played.cases))
    for case in played.cases:
        if case.stuck:
            screen.print(f"{case.story.titles}: {case.stuck}", style="red", markup=False)
    screen.print(_time_passed(played))
    screen.print(
        say(
            "To work with cases yourself: make up, then http://127.0.0.1:8300 in a browser.",
            "自行办理案件：运行 make up，再用浏览器打开 http://127.0.0.1:8300。",
        ),
        markup=False,
    )
    screen.print()
    print_report(played.report)
    return played.well


def _show_refused_file() -> None:
    """Show what a clerk is told about a wrong ID number, which never becomes a case."""
    screen = console()
    screen.print(f"[dim]$ starter.py apply --file {(EXAMPLES / 'wrong-id.csv').relative_to(ROOT)}[/dim]")
    try:
        applications_of(EXAMPLES / "wrong-id.csv")
    except BadInput as bad:
        for line in lines_of(bad):
            screen.print(line.replace(f"{ROOT}/", ""), markup=False)
    else:
        raise typer.Exit(1)
    screen.print()


def _applications() -> list[TransferApplication]:
    """The applications, dated the day of the demo, so that the case numbers are too."""
    read = applications_of(EXAMPLES / "demo" / "applications.csv")
    return [application.model_copy(update={"submitted_on": china_today()}) for application in read]


async def _run(directory: Path, stores: str) -> Played:
    applications = _applications()
    keys = sorted({key for one in applications for key in (one.bureau_in, one.bureau_out)})
    server = EmbeddedServer(free_port(), None, None, directory / "server.log", time_skipping=True)
    workers = Workers(server.address, directory, stores, EXAMPLES / "bureaus.toml")
    async with temporary_stores(workers.stores, (*keys, PROVINCE)):
        _show_refused_file()
        return await _play_all(server, workers, applications, keys)


async def _play_all(
    server: EmbeddedServer,
    workers: Workers,
    applications: Sequence[TransferApplication],
    keys: Sequence[str],
) -> Played:
    try:
        with console().status(say("starting server and workers …", "正在启动服务和工作进程……")):
            client = await _start(server, workers, keys)
        cases = await _open(client, applications)
        began = time.monotonic()
        await _play(cases)
        seconds = time.monotonic() - began
        return Played(cases, seconds, await audit_books(client, keys, AUDIT_PATIENCE_SECONDS))
    finally:
        await asyncio.to_thread(workers.stop)
        server.stop()


async def _start(server: EmbeddedServer, workers: Workers, keys: Sequence[str]) -> Client:
    """Start server, platform and one worker and store per bureau, and load the accounts."""
    accounts = read_accounts([EXAMPLES / "demo" / "accounts.json"])
    client = await server.start()
    await prepare(client)
    workers.start_platform(EXAMPLES / "demo" / "arrangements.toml")
    for key in keys:
        workers.start_bureaus(key, [key])
    await seed_all(client, accounts)
    kind = workers.stores.partition("+")[0]
    console().print(
        say(
            f"1 platform worker, {len(keys)} bureau workers with a store each ({kind}), "
            f"{len(accounts)} accounts loaded",
            f"省级平台 1 个，经办机构 {len(keys)} 个（各有账库，{kind}），已载入账户 {len(accounts)} 个",
        )
    )
    return client


async def _open(client: Client, applications: Sequence[TransferApplication]) -> list[DemoCase]:
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    secret = person_secret()
    screen = console()
    pace, told = (PACE_SECONDS, _left_to_the_board) if screen.is_terminal else (0, Lines(screen))
    cases = []
    for story, application in zip(STORIES, applications, strict=True):
        opened = await open_case(skipper.client, application, secret)
        cases.append(DemoCase(story, opened.case_no, skipper, told, pace))
    screen.print(openings(cases, applications))
    screen.print()
    return cases


async def _play(cases: Sequence[DemoCase]) -> None:
    """Play all stories at once: on a terminal as a live board, elsewhere line by line."""
    screen = console()
    playing = asyncio.gather(*(case.play() for case in cases))
    if screen.is_terminal:
        with Live(Board(cases), console=screen, auto_refresh=False) as shown:
            drawing = asyncio.create_task(_keep_drawing(shown))
            try:
                await playing
            finally:
                drawing.cancel()
    else:
        await playing


async def _keep_drawing(shown: Live) -> None:
    """Redraw the board repeatedly, in a task, as a thread would not know the reader's language."""
    while True:
        shown.refresh()
        await asyncio.sleep(1 / REFRESHES_PER_SECOND)


def _left_to_the_board(_: DemoCase, __: Sequence[JournalEntry]) -> None:
    """Do nothing with journal entries: the board is drawn from the cases."""


def _time_passed(played: Played) -> str:
    entries = [entry.at for case in played.cases for entry in case.journal]
    if not entries:
        return ""
    first, last, seconds = day(min(entries)), day(max(entries)), f"{played.seconds:.1f}"
    return say(f"{first} to {last}, in {seconds} seconds", f"{first} 至 {last}，用时 {seconds} 秒")


@asynccontextmanager
async def temporary_stores(stores: str, keys: Iterable[str]) -> AsyncIterator[None]:
    """Make a new store for each key, by a URL with {bureau} in it. Raises BadInput when one cannot be made.

    An existing database of that name is never touched.
    """
    try:
        urls = {key: stores.format(bureau=key) for key in keys}
    except (LookupError, ValueError):
        urls = {}
    if "{bureau}" not in stores or not urls:
        raise BadInput(
            say(
                "--stores: write {bureau}, and nothing else in braces, where the name of each store differs.",
                "--stores：请用 {bureau} 标明各账库名称不同之处，花括号内不得有其他内容。",
            )
        )
    # Two stores may have the same problem with their server; it is reported once.
    problems: dict[str, None] = {}
    async with AsyncExitStack() as made:
        for url in urls.values():
            try:
                await made.enter_async_context(temporary_database(url))
            except NoDatabase as none:
                problems[str(none)] = None
        if problems:
            raise BadInput(
                say(
                    "The stores of the demo cannot be made. They are new each time and removed at the end; "
                    "name others with --stores, or remove what is there:",
                    "无法建立演示用账库。账库每次新建、用后即删；请用 --stores 另行指定，或先删除已有的：",
                ),
                [Problem("", Words(why, why)) for why in problems],
            )
        yield
