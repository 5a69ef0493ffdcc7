"""Says over HTTP whether a worker process is alive, and whether it can do its work."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus

from engine.listening import CannotListen, Listening

Missing = Callable[[], Awaitable[list[str]]]
"""Returns what keeps a process from its work at the moment, without personal data; nothing when it can work.
"""

REQUEST_SECONDS = 5


async def answer_health(where: Listening, missing: Missing) -> asyncio.Server:
    """Answer `GET /live` and `GET /ready`. Raises CannotListen.

    `/live` is 200 as long as the process answers at all: restart it when no answer comes. `/ready` is 200
    when the process can work and else 503, with the reasons; such a process recovers by itself, except where
    a reason says what is to be done.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await _answer_to(head.split(b"\r\n", 1)[0].decode("latin-1"), missing))
                await writer.drain()
        writer.close()

    try:
        return await asyncio.start_server(answer, where.host, where.port)
    except OSError:
        raise CannotListen(where) from None


async def _answer_to(request: str, missing: Missing) -> bytes:
    """The whole HTTP response to the first line of a request."""
    method, _, rest = request.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    if method != "GET":
        return _response(HTTPStatus.METHOD_NOT_ALLOWED, {})
    if path == "/live":
        return _response(HTTPStatus.OK, {"live": True})
    if path == "/ready":
        lacking = await missing()
        status = HTTPStatus.SERVICE_UNAVAILABLE if lacking else HTTPStatus.OK
        return _response(status, {"ready": not lacking, "missing": lacking})
    return _response(HTTPStatus.NOT_FOUND, {})


def _response(status: HTTPStatus, body: dict[str, object]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content
