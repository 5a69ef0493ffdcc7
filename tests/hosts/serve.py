"""Runs the embedded server on this host, with its namespace prepared, until SIGTERM."""

import asyncio
import signal
import sys
from pathlib import Path

from engine.embedded import EmbeddedServer
from engine.preparation import prepare


async def serve(port: int, directory: Path) -> None:
    server = EmbeddedServer(port, None, directory / "temporal.db", directory / "server.log")
    try:
        await prepare(await server.start())
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
