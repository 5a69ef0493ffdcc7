"""Server and platform, two bureaus and a desk, each on its own host, with the server behind TLS.

The embedded server has no TLS: HAProxy on its host terminates TLS and requires a certificate of every client.
A second port accepts clients with an API key, which the server itself would not check. The test runs on none
of the hosts: it reads through a Unix socket of the server's host.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from certificates import SERVER_NAME, Authority
from network import HAPROXY, Network
from temporalio.client import Client

from desk.stack import ROOT
from engine.address import Address, NoEngine
from engine.children import ending_with_us
from engine.connection import connect
from engine.embedded import free_port
from engine.encryption.keys import VARIABLE
from engine.logs import silent_runtime

SERVER, DESK = "server", "desk"
ENGINE_PORT, TLS_PORT, KEY_PORT = 7233, 7443, 7444
READY_SECONDS = 120
HERE = Path(__file__).parent
PROXY = """
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
frontend bureaus
    bind {address}:{tls} ssl crt {certificate} ca-file {authority} verify required alpn h2
    default_backend engine
frontend keys
    mode http
    bind {address}:{keys} ssl crt {certificate} alpn h2
    http-request deny unless {{ req.hdr(authorization) -m str "Bearer {key}" }}
    default_backend engine_http
frontend test
    bind unix@{socket}
    default_backend engine
backend engine
    server embedded 127.0.0.1:{engine}
backend engine_http
    mode http
    server embedded 127.0.0.1:{engine} proto h2
"""
API_KEY = "a-key-of-this-test"


class Hosts:
    """The programs on the hosts, by name; each can be restarted as it was started."""

    def __init__(self, network: Network, directory: Path, bureaus: Sequence[str]) -> None:
        self.network = network
        self.directory = directory
        self.bureaus = bureaus
        self.stores = f"sqlite+aiosqlite:///{directory}/stores/{{bureau}}.db"
        self.socket = directory / "engine.socket"
        self.authority = Authority(directory)
        self.running: dict[str, tuple[str, list[str], subprocess.Popen[bytes]]] = {}
        self.gone: list[subprocess.Popen[bytes]] = []
        for host in (SERVER, *bureaus, DESK):
            network.add(host)
            self._write_profile(host)

    def profile(self, host: str) -> Path:
        """The configuration file by which programs on a host connect to the service."""
        return self.directory / f"{host}.toml"

    def start(self, name: str, host: str, *command: str) -> None:
        """Run a program on a host, with a log under its name."""
        with (self.directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                ending_with_us(self.network.command(host, *command)),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.running[name] = (host, list(command), process)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", VARIABLE)}
        return {"PYTHONPATH": f"{ROOT}:{HERE}", "LANG": "C.UTF-8"} | kept

    def start_server(self) -> None:
        """Start the server, its proxy and the platform, as when the host is switched on."""
        self.socket.unlink(missing_ok=True)
        self.start(
            "engine", SERVER, sys.executable, str(HERE / "serve.py"), str(ENGINE_PORT), str(self.directory)
        )
        self.start("proxy", SERVER, str(HAPROXY), "-db", "-f", str(self._written_proxy()))
        self.start_worker("platform", SERVER, "--platform")

    def start_worker(self, name: str, host: str, *options: str, program: Path = ROOT / "worker.py") -> None:
        """Start a worker that connects to the service by its host's profile."""
        reach = ("--store", self.stores, "--config-file", str(self.profile(host)))
        self.start(name, host, sys.executable, str(program), *options, *reach)

    def vanish(self) -> None:
        """Let the server's host fail, with the platform; reconnecting and `start_server` bring it back."""
        for name, (host, _, process) in list(self.running.items()):
            if host == SERVER:
                del self.running[name]
                self.gone.append(process)
        self.network.vanish(SERVER)

    async def watch(self) -> None:
        """Restart what has ended by itself, as systemd does: a worker that finds no server ends."""
        while True:
            for name, (host, command, process) in list(self.running.items()):
                if process.poll() is not None:
                    self.start(name, host, *command)
            await asyncio.sleep(0.5)

    async def said(self, name: str, word: str) -> None:
        """Wait until a program has written a word into its log."""
        log = self.directory / f"{name}.log"
        async with asyncio.timeout(READY_SECONDS):
            while word not in (log.read_text() if log.exists() else ""):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def desk(self, *command: str, program: Path = ROOT / "starter.py") -> tuple[int, str]:
        """Run a command on the desk's host; returns its exit code and output."""
        typed = [sys.executable, str(program), *command]
        process = await asyncio.create_subprocess_exec(
            *self.network.command(DESK, *typed),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        told, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, told.decode()

    def at_service(self, *command: str) -> list[str]:
        """The command with the desk's flags to connect to the service."""
        return ["--config-file", str(self.profile(DESK)), *command]

    @asynccontextmanager
    async def reading_along(self) -> AsyncIterator[Client]:
        """A client of the test on none of the hosts, so that it still works while links are down."""
        port = free_port()
        relay = await asyncio.start_server(self._relay, "127.0.0.1", port)
        async with relay:
            yield await self._connected(Address(host=f"127.0.0.1:{port}"))

    async def _connected(self, address: Address) -> Client:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                with contextlib.suppress(NoEngine):
                    return await connect(address, runtime=silent_runtime())
                await asyncio.sleep(0.2)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_engine, to_engine = await asyncio.open_unix_connection(self.socket)
        except OSError:
            writer.close()
            return
        directions = (_pass_on(reader, to_engine), _pass_on(from_engine, writer))
        # At the end the loop cancels open connections.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*directions)

    def _write_profile(self, host: str) -> None:
        certificate, key = self.authority.certify(host)
        address = self.network.address(SERVER)
        self.profile(host).write_text(
            f'[profile.default]\naddress = "{address}:{TLS_PORT}"\n[profile.default.tls]\n'
            f'client_cert_path = "{certificate}"\nclient_key_path = "{key}"\n'
            f'server_ca_cert_path = "{self.authority.trusted}"\nserver_name = "{SERVER_NAME}"\n'
        )

    def _written_proxy(self) -> Path:
        both = self.directory / "server.pem"
        both.write_bytes(b"".join(part.read_bytes() for part in self.authority.certify(SERVER_NAME)))
        file = self.directory / "haproxy.cfg"
        file.write_text(
            PROXY.format(
                address=self.network.address(SERVER),
                tls=TLS_PORT,
                keys=KEY_PORT,
                key=API_KEY,
                engine=ENGINE_PORT,
                certificate=both,
                authority=self.authority.trusted,
                socket=self.socket,
            )
        )
        return file

    def stop(self) -> None:
        for _, _, process in self.running.values():
            process.terminate()
        for process in (*self.gone, *(one for _, _, one in self.running.values())):
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()
