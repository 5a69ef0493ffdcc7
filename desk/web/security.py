"""What every answer of the web desk bears, and what is refused before any page sees it."""

import logging
import re
from collections import deque
from collections.abc import Callable
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Everything from the desk itself, nothing written inside a page."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
_LOG = logging.getLogger("transfer")
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
OF_A_PROXY = re.compile(r"forwarded$|via$|x-forwarded|x-real-ip$")
"""The headers that a proxy adds, by their names in small letters."""
LARGEST_BODY = 12 * 1024 * 1024
"""Of a request, in bytes; a file of evidence is smaller."""


class SecureAnswers:
    """Adds the headers, and refuses what another site has sent, what is too large, and unknown hosts.

    `hosts` are the names by which the desk may be called: another name would be a page of somebody else
    that has had its name point here. `too_large` answers a request of more than `LARGEST_BODY`.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], secure: bool, too_large: ASGIApp) -> None:
        self.app = app
        self.too_large = too_large
        self.hosts = hosts
        self.headers = HEADERS | (OVER_TLS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        headers = Headers(scope=scope)
        if (refusal := self._refusal(scope["method"], headers)) is not None:
            await refusal(scope, receive, with_headers)
            return
        try:
            await self.app(scope, _bounded(receive), with_headers)
        except Exception:
            # The desk has answered and logged it; a traceback may quote what was handed in.
            _LOG.error("a request of the web desk was broken off")

    def _refusal(self, method: str, headers: Headers) -> ASGIApp | None:
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            return PlainTextResponse("Unknown host. 未知主机名。", 421)
        if method not in CHANGES_NOTHING and not is_of_this_site(headers):
            return PlainTextResponse("Sent by another site; nothing was done. 来自其他网站，未作处理。", 403)
        if int(headers.get("content-length") or 0) > LARGEST_BODY:
            return self.too_large
        return None


def is_of_this_site(headers: Headers) -> bool:
    """Whether a page of the desk itself has sent a request, by what the browser says of its origin."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    return headers.get("origin", "").partition("://")[2] == headers.get("host")


def is_handed_on(headers: Headers) -> bool:
    """Whether a proxy has handed a request on, by what it adds or by the name at which the browser is.

    A proxy that adds nothing cannot be told from a program of this machine that says nothing of its page.
    """
    page = headers.get("origin")
    elsewhere = page is not None and _name(page.partition("://")[2]) not in LOOPBACK_NAMES
    return elsewhere or any(map(OF_A_PROXY.match, headers))


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].lower()


def _bounded(receive: Receive) -> Receive:
    """The same request, ended when more of a body comes than was announced or allowed."""
    come = 0

    async def receive_bounded() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        return {"type": "http.disconnect"} if come > LARGEST_BODY else message

    return receive_bounded


class Limit:
    """At most `times` in `seconds` for each key; what is beyond is refused until time has passed."""

    MOST_KEYS = 10_000

    def __init__(self, times: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self.times, self.seconds, self.now = times, seconds, now
        self._tried: dict[str, deque[float]] = {}

    def is_reached(self, key: str) -> bool:
        """Whether the next try would be refused; counts none."""
        now = self.now()
        return sum(now - at < self.seconds for at in self._tried.get(key, ())) >= self.times

    def allows(self, key: str) -> bool:
        """Count a try; whether it is within the limit."""
        now = self.now()
        tried = self._tried.pop(key, deque())
        while tried and now - tried[0] >= self.seconds:
            tried.popleft()
        allowed = len(tried) < self.times
        if allowed:
            tried.append(now)
        # At the end of the table, so that what was tried longest ago is forgotten first.
        self._tried[key] = tried
        if len(self._tried) > self.MOST_KEYS:
            del self._tried[next(iter(self._tried))]
        return allowed
