"""Pages that follow their case: the engine's own long poll, handed on as server-sent events."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError

from desk.client.asking import handle_of
from desk.web.case.finding import case_of
from desk.web.rendering import engine_of, sessions_of

CHANGES = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    }
)
"""After these a case may say something else than before."""
SIGN_OF_LIFE_SECONDS = 20
AGAIN_SECONDS = 2
"""Before a case is followed again after the engine was away."""


class Hub:
    """One long poll for each case that is watched, however many pages watch it."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._polls: dict[str, asyncio.Task[None]] = {}

    @property
    def watched(self) -> int:
        """How many cases are watched."""
        return len(self._polls)

    def join(self, client: Client, case_no: str) -> asyncio.Event:
        """An event that is set whenever the case may have changed."""
        changed = asyncio.Event()
        self._watchers[case_no].add(changed)
        if case_no not in self._polls:
            self._polls[case_no] = asyncio.create_task(self._follow(client, case_no))
        return changed

    def leave(self, case_no: str, changed: asyncio.Event) -> None:
        """Watch no longer; with the last page that watches a case its poll ends."""
        self._watchers[case_no].discard(changed)
        if not self._watchers[case_no]:
            del self._watchers[case_no]
            self._polls.pop(case_no).cancel()

    async def _follow(self, client: Client, case_no: str) -> None:
        seen = 0
        while True:
            with suppress(RPCError):
                events = handle_of(client, case_no).fetch_history_events(
                    wait_new_event=True, skip_archival=True
                )
                async for event in events:
                    if event.event_id <= seen:
                        continue
                    seen = event.event_id
                    if event.event_type in CHANGES:
                        self._tell(case_no)
                # The history has ended with its last event; nothing more comes.
                self._tell(case_no)
                return
            await asyncio.sleep(AGAIN_SECONDS)

    def _tell(self, case_no: str) -> None:
        for changed in self._watchers.get(case_no, ()):
            changed.set()


async def watch(request: Request) -> Response:
    """Server-sent events: `changed` whenever the page should look at its case again."""
    found = await case_of(request)
    client = await engine_of(request).client()
    secret = request.cookies.get("session") or request.cookies.get("__Host-session")
    hub: Hub = request.app.state.hub

    async def events() -> AsyncIterator[str]:
        changed = hub.join(client, found.case_no)
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
            hub.leave(found.case_no, changed)

    return StreamingResponse(events(), media_type="text/event-stream")
