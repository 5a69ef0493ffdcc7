"""`starter.py up`: keeps the server and all workers running for use from another shell."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from desk.claim import claimed
from desk.files.province_files import read_arrangements, read_bureau_data, read_routes
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.screen import console
from desk.stack import ROOT, WEB, Workers
from desk.today import china_today
from engine.address import DEMONSTRATION
from rules.application.bureau_list import BUREAUS
from rules.application.bureaus import bureaus as bureaus_of

if TYPE_CHECKING:
    from rich.console import Console

    from engine.embedded import EmbeddedServer

PORT, UI_PORT, WEB_PORT = 7233, 8233, 8300
LOOK_SECONDS = 1
PRIVATE = 0o077
"""Stores and server state hold names and ID numbers: only the operator may read them."""


class Ports(NamedTuple):
    """The ports of the Temporal server, of its Web UI, and of the web desk."""

    server: int
    ui: int
    web: int

    def check_differ(self) -> None:
        """Raises BadInput when two of them are the same."""
        flags = ("--port", "--ui-port", "--web-port")
        for flag, number in zip(flags, self, strict=True):
            same = [other for other, taken in zip(flags, self, strict=True) if taken == number]
            if same[0] != flag:
                raise BadInput(
                    say(
                        f"{same[0]} and {flag} are both {number}: server, Web UI and web desk need a port "
                        "each.",
                        f"{same[0]} 和 {flag} 都是 {number}：服务、Temporal 管理网页和网页工作台各需一个"
                        "端口。",
                    )
                )


def up(
    state: Annotated[Path, typer.Option(help="Where server and stores keep their state.")] = ROOT / ".state",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Temporal server.")] = PORT,
    ui_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Temporal Web UI.")] = UI_PORT,
    web_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web desk.")] = WEB_PORT,
    arrangements: Annotated[
        Path | None, typer.Option(help="Who approves what, as in examples/arrangements.toml.")
    ] = None,
    bureau_data: Annotated[
        Path | None, typer.Option(help="Addresses and accounts of the bureaus, as in examples/bureaus.toml.")
    ] = None,
    outgoing: Annotated[
        Path | None,
        typer.Option(help="Where messages go, as in examples/routes.toml; files under --state unless given."),
    ] = None,
) -> None:
    """Keep server, workers and web desk running until Ctrl-C; the state survives a restart."""
    os.umask(PRIVATE)
    # The workers run in the project's directory, whatever the current directory is.
    state = state.resolve()
    if arrangements:
        read_arrangements(arrangements)
        arrangements = arrangements.resolve()
    if bureau_data:
        read_bureau_data(bureau_data)
        bureau_data = bureau_data.resolve()
    if outgoing:
        read_routes(outgoing)
        outgoing = outgoing.resolve()
    ports = Ports(port, ui_port, web_port)
    ports.check_differ()
    with claimed(state):
        _check_free(*ports)
        asyncio.run(_keep(state, ports, arrangements, bureau_data, outgoing))


def _check_free(*ports: int) -> None:
    from engine.embedded import taken

    for wanted in ports:
        if taken(wanted):
            raise BadInput(
                say(
                    f"Port {wanted} is in use: another `make up` runs, or another program uses it. "
                    "End it, or choose others with --port, --ui-port and --web-port, and another --state "
                    "with them.",
                    f"端口 {wanted} 已被占用：另一 `make up` 或其他程序正在使用。"
                    "请先结束它，或用 --port、--ui-port、--web-port 另选端口，并用 --state 另选目录。",
                )
            )


async def _keep(
    state: Path,
    ports: Ports,
    arrangements: Path | None,
    bureau_data: Path | None,
    outgoing: Path | None,
) -> None:
    from engine.embedded import EmbeddedServer
    from engine.preparation import prepare

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under `nohup` a closed terminal is ignored, and stays so.
        if signal.getsignal(name) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    keys = state / "keys" / DEMONSTRATION.name
    log = state / "logs" / "server.log"
    server = EmbeddedServer(ports.server, ports.ui, state / "temporal.db", log, keys=keys)
    workers = Workers(server.address, state, bureau_data=bureau_data, outgoing=outgoing)
    screen = console()
    try:
        await prepare(await server.start())
        # Replaced keys are served too, for cases that still name one.
        bureaus = [bureau.key for bureau in BUREAUS]
        workers.start_platform(arrangements)
        workers.start_bureaus("bureaus", bureaus, arrangements)
        workers.start_web(ports.web)
        _tell(screen, server, ports, state / "logs")
        while not stop.is_set():
            await _revive(server, workers, bureaus, arrangements, ports.web)
            try:
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue
    finally:
        with contextlib.suppress(OSError):
            # The terminal may be closed.
            screen.print(say("stopping …", "正在停止……"))
        await asyncio.to_thread(workers.stop)
        server.stop()


PROCESSES = {
    "platform": Words("the platform's worker", "省级平台工作进程"),
    "bureaus": Words("the bureaus' worker", "各经办机构工作进程"),
    WEB: Words("the web desk", "网页工作台"),
}
"""The processes beside the server, by the names under which they are kept running."""


def _tell(screen: Console, server: EmbeddedServer, ports: Ports, logs: Path) -> None:
    """Print what runs and where, and what to type in another shell."""
    desk = f"http://127.0.0.1:{ports.web}"
    screen.print(say(f"Web desk         {desk}", f"网页工作台     {desk}"))
    screen.print(say(f"Temporal server  {server.address.host}", f"Temporal 服务  {server.address.host}"))
    screen.print(say(f"Temporal Web UI  {server.ui}", f"Temporal 管理网页  {server.ui}"))
    now = len(bureaus_of(china_today()))
    replaced = len(BUREAUS) - now
    screen.print(
        say(
            f"platform worker and workers of {now} bureaus and of {replaced} replaced ones; logs in {logs}",
            f"省级平台、{now} 个经办机构及 {replaced} 个已撤并机构；日志见 {logs}",
        ),
        markup=False,
    )
    screen.print(
        say(
            "Officers are demonstration officers: any id acts, demo-checker and the like have one role.",
            "经办人为演示经办人：任何编号均可办理，demo-checker 等只有相应岗位。",
        ),
        markup=False,
    )
    typed = typed_elsewhere(ports.server, server.keys)
    screen.print(
        say(
            f"In another shell: {typed} --help   Ctrl-C stops everything.",
            f"另开终端：{typed} --help   按 Ctrl-C 全部停止。",
        ),
        markup=False,
        soft_wrap=True,
    )


def typed_elsewhere(port: int, keys: Path) -> str:
    """The beginning of commands that connect to this server and read its data; a screen puts the interpreter
    before it, as typed for this command."""
    elsewhere = "" if port == PORT else f" --address 127.0.0.1:{port}"
    if keys.resolve() != DEMONSTRATION:
        elsewhere += f" --keys {keys}"
    return f"starter.py{elsewhere}"


async def _revive(
    server: EmbeddedServer, workers: Workers, bureaus: list[str], arrangements: Path | None, web_port: int
) -> None:
    """Start again what has died; the cases go on where they were."""
    if server.ended:
        console().print(say("the Temporal server ended; starting it again", "Temporal 服务已退出，重新启动"))
        await server.start()
    for name in workers.dead():
        who = PROCESSES[name]
        console().print(say(f"{who.en} ended; starting it again", f"{who.zh}已退出，重新启动"))
        if name == "platform":
            workers.start_platform(arrangements)
        elif name == WEB:
            workers.start_web(web_port)
        else:
            workers.start_bureaus(name, bureaus, arrangements)
