"""Pages that follow a case or a worklist: server-sent events tell them to load their parts again.

A case is followed by the engine's own long poll. Lists have none: a list is asked for repeatedly, once for
all pages that show it, and the less often the longer it takes.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from desk.client.asking import handle_of
from desk.client.views.tasks import listed_tasks
from desk.web.case.finding import case_of
from desk.web.claiming import Claims
from desk.web.rendering import engine_of, session_of, sessions_of
from desk.web.worklist import Whose

CHANGED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
"""The history events after which a case may show something else."""
HANDED_OVER = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
"""The event that ends a run whose case goes on in a further one."""
SIGN_OF_LIFE_SECONDS = 20
AGAIN_SECONDS = 2
"""The wait before a case is followed again after the engine was away."""
LIST_SECONDS = 1
"""Between two looks at a list, and at least `REST` times as long as a look takes."""
REST = 19

Follow = Callable[[Callable[[], None]], Awaitable[None]]
"""Follows something until it ends, and calls its argument after each change."""


class Hub:
    """One source for each case or list that is watched, however many pages watch it."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._sources: dict[str, asyncio.Task[None]] = {}

    @property
    def watched(self) -> int:
        """How many cases and lists are watched."""
        return len(self._sources)

    def join(self, key: str, follow: Follow) -> asyncio.Event:
        """An event that is set whenever what the key names may have changed."""
        changed = asyncio.Event()
        self._watchers[key].add(changed)
        if key not in self._sources:
            self._sources[key] = asyncio.create_task(self._until_it_ends(key, follow))
        return changed

    def leave(self, key: str, changed: asyncio.Event) -> None:
        """Watch no longer; with the last page that watches a key its source ends."""
        self._watchers[key].discard(changed)
        if not self._watchers[key]:
            del self._watchers[key]
            self._sources.pop(key).cancel()

    def tell(self, key: str) -> None:
        """Have every page that watches a key look again."""
        for changed in self._watchers.get(key, ()):
            changed.set()

    async def _until_it_ends(self, key: str, follow: Follow) -> None:
        await follow(lambda: self.tell(key))


async def follow_case(client: Client, case_no: str, tell: Callable[[], None]) -> None:
    """The long poll of a case, until its last run has ended."""
    goes_on = True
    while goes_on:
        try:
            goes_on = await _follow_run(client, case_no, tell)
        except RPCError:
            await asyncio.sleep(AGAIN_SECONDS)


async def _follow_run(client: Client, case_no: str, tell: Callable[[], None]) -> bool:
    """The long poll of the latest run of a case; whether the case goes on in a further one."""
    event: HistoryEvent | None = None
    async for event in handle_of(client, case_no).fetch_history_events(
        wait_new_event=True, skip_archival=True
    ):
        if event.event_type == CHANGED:
            tell()
    tell()
    return event is not None and event.event_type == HANDED_OVER


async def follow_list(client: Client, whose: Whose, claims: Claims, tell: Callable[[], None]) -> None:
    """A worklist, by what the engine lists and who has claimed what."""
    before: object = None
    while True:
        began = time.monotonic()
        with suppress(RPCError):
            now = (await listed_tasks(client, whose.bureau, whose.party), claims.size())
            if before not in (None, now):
                tell()
            before = now
        await asyncio.sleep(max(LIST_SECONDS, REST * (time.monotonic() - began)))


async def watch_case(request: Request) -> Response:
    """Server-sent events: `changed` whenever the page should look at its case again."""
    found = await case_of(request)
    client = await engine_of(request).client()
    return _events(request, found.case_no, lambda tell: follow_case(client, found.case_no, tell))


async def watch_worklist(request: Request) -> Response:
    """Server-sent events: `changed` whenever the page should look at its worklist again."""
    whose = Whose.asked(session_of(request), request.query_params)
    client = await engine_of(request).client()
    claims: Claims = request.app.state.claims
    return _events(request, f"list/{whose.word}", lambda tell: follow_list(client, whose, claims, tell))


def _events(request: Request, key: str, follow: Follow) -> Response:
    secret = request.cookies.get("session") or request.cookies.get("__Host-session")
    hub: Hub = request.app.state.hub

    async def events() -> AsyncIterator[str]:
        changed = hub.join(key, follow)
        try:
            yield "retry: 2000\n\n"
            while sessions_of(request).find(secret, use=False) is not None:
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                        await changed.wait()
                    changed.clear()
                    yield "event: changed\ndata:\n\n"
                except TimeoutError:
                    yield ":\n\n"
            yield "event: ended\ndata:\n\n"
        finally:
            hub.leave(key, changed)

    return StreamingResponse(events(), media_type="text/event-stream")
