"""Hosts on one machine, each a network namespace, with a switch between them."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
IP = shutil.which("ip", path=PATH)
HAPROXY = shutil.which("haproxy", path=PATH)
NEEDS = (
    "Hosts of their own need root, Debian's packages iproute2 and haproxy, and a kernel that allows network "
    "namespaces (`ip netns add`) with a bridge and veth."
)


def ip(*arguments: str) -> str:
    """Run iproute2's `ip`. Raises CalledProcessError when it refuses."""
    assert IP is not None
    told = subprocess.run([IP, *arguments], check=True, capture_output=True, text=True)
    return told.stdout


class Network:
    """A switch and the hosts connected to it, by name; all of it is removed at the end."""

    def __init__(self) -> None:
        self.switch = f"transfer-{os.getpid()}"
        self.hosts: list[str] = []

    def __enter__(self) -> "Network":
        ip("netns", "add", self.switch)
        try:
            ip("-n", self.switch, "link", "add", "name", "switch", "type", "bridge")
            ip("-n", self.switch, "link", "set", "switch", "up")
        except subprocess.CalledProcessError:
            ip("netns", "delete", self.switch)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self.hosts:
            self.kill_all(host)
            ip("netns", "delete", self.namespace(host))
        ip("netns", "delete", self.switch)

    def add(self, host: str) -> None:
        """Add a connected host with its own address."""
        namespace, port = self.namespace(host), self._port(host)
        ip("netns", "add", namespace)
        self.hosts.append(host)
        ends = ("netns", self.switch, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        ip("link", "add", port, *ends)
        ip("-n", self.switch, "link", "set", port, "master", "switch")
        ip("-n", namespace, "address", "add", f"{self.address(host)}/24", "dev", "eth0")
        for interface in ("lo", "eth0"):
            ip("-n", namespace, "link", "set", interface, "up")
        self.plug(host)

    def namespace(self, host: str) -> str:
        return f"{self.switch}-{host}"

    def address(self, host: str) -> str:
        """A host's address, in a subnet that only these namespaces use: nothing leaves them."""
        return f"10.98.0.{self.hosts.index(host) + 1}"

    def command(self, host: str, *command: str) -> list[str]:
        """The command that runs a command on a host."""
        assert IP is not None
        return [IP, "netns", "exec", self.namespace(host), *command]

    def unplug(self, host: str) -> None:
        """Disconnect a host: nothing passes from or to it any more, and no program is informed."""
        ip("-n", self.switch, "link", "set", self._port(host), "down")

    def plug(self, host: str) -> None:
        ip("-n", self.switch, "link", "set", self._port(host), "up")

    def lose_answers(self, by: str, to: str) -> None:
        """Drop what one host sends another; packets in the other direction still arrive."""
        ip("-n", self.namespace(by), "route", "add", "blackhole", f"{self.address(to)}/32")

    def answer_again(self, by: str, to: str) -> None:
        ip("-n", self.namespace(by), "route", "delete", "blackhole", f"{self.address(to)}/32")

    def vanish(self, host: str) -> None:
        """Simulate a power failure of a host: disconnect it and kill all its processes at once."""
        self.unplug(host)
        self.kill_all(host)

    def kill_all(self, host: str) -> None:
        for pid in ip("netns", "pids", self.namespace(host)).split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _port(self, host: str) -> str:
        return f"to-{host}"


def missing() -> str | None:
    """A sentence on what this machine lacks for such hosts; None if it lacks nothing."""
    if os.geteuid() or not (IP and HAPROXY):
        return NEEDS
    try:
        with Network() as network:
            network.add("a")
            with TemporaryDirectory() as directory:
                ran = Path(directory) / "ran"
                subprocess.run(network.command("a", "touch", str(ran)), check=True, capture_output=True)
                return None if ran.exists() else NEEDS
    except (subprocess.CalledProcessError, OSError):
        return NEEDS
