"""Where a process answers HTTP: on loopback alone unless another host is given."""

from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Listening(NamedTuple):
    """A host's address and a port of it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def listening(typed: str) -> Listening:
    """`PORT` means loopback, `HOST:PORT` that host. Raises ValueError for anything else."""
    host, _, port = typed.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{typed} is neither PORT nor HOST:PORT")
    return Listening(host.strip("[]") or LOOPBACK, int(port))


class CannotListen(Exception):
    """Another program listens at an address, or this machine does not have it."""

    def __init__(self, where: Listening) -> None:
        super().__init__(
            f"Nobody can be answered at {where}: name another port, or an address of this machine."
        )
