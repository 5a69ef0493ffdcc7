"""The engine as the web desk asks it: one connection, and a time limit and a sentence for each question."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from desk.client.responsibility import published_calendar
from desk.client.silence import CaseStuck, NoAnswer, PlatformOff
from desk.client.views.tasks import Proposals, proposals_or_silence
from desk.language import Words
from desk.words import bureau
from engine.address import Address, NoEngine
from engine.connection import connect
from engine.encryption.codec import PairCodec
from engine.logs import silent_runtime
from models.messages.stages import Party
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.officers import PROVINCE

Answer = TypeVar("Answer")

ANSWER_WITHIN = timedelta(seconds=2)
"""How long a page waits for an answer before it says who does not answer."""
CALENDAR_FOR_SECONDS = 5
"""How long a desk keeps the calendar that it was given last."""
SILENT_BEFORE_WITHIN = timedelta(milliseconds=150)
"""How long a page waits for a party that did not answer the page before."""
CHECK_WITHIN = timedelta(milliseconds=800)
"""How long the engine may take to answer at all."""
UNREACHABLE = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}

ENGINE_OFF = Words(
    "The engine does not answer. Nothing is lost; tell the operator, and load this page again later.",
    "流程引擎未响应。数据未受影响，请告知运维人员，稍后重新打开本页。",
)
PLATFORM_OFF = Words(
    "The province's platform does not answer. Nothing is lost; tell the operator, and load this page again "
    "later.",
    "省级平台未响应。数据未受影响，请告知运维人员，稍后重新打开本页。",
)
NOT_IN_TIME = Words(
    "The province's platform is there but has not answered this in time. Nothing is lost; load this page "
    "again.",
    "省级平台运行正常，但未在时限内答复本次查询。数据未受影响，请重新打开本页。",
)
NOT_ANSWERED_YET = Words(
    "The case has not answered yet. What you handed in may still be taken up: press the button again later, "
    "it is the same message and is done once.",
    "本案尚未答复，提交的内容可能稍后处理。请稍后再次点击提交，系统视为同一消息，只办理一次。",
)


class Silent(Exception):
    """Nobody answered in time; `words` says who, and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def bureau_off(key: str) -> Words:
    """The error when the worker of a bureau, or for the province the platform's, does not answer."""
    if key == PROVINCE:
        return PLATFORM_OFF
    return Words(
        f"The system of {bureau(key)} does not answer. Nothing is lost; tell its operator, and try again "
        "later.",
        f"{bureau(key)}的系统未响应。数据未受影响，请告知其运维人员，稍后再试。",
    )


class Engine:
    """One connection for all requests, made when the first of them needs it and again after a failure."""

    def __init__(self, address: Address, client: Client | None = None) -> None:
        self.address = address
        self._client = client
        self._connecting = asyncio.Lock()
        self._calendar: tuple[float, WorkingCalendar] | None = None
        self._asking: dict[str, asyncio.Task[Proposals]] = {}
        self._silent: dict[str, Proposals] = {}

    async def client(self) -> Client:
        """The connection. Raises Silent when the engine cannot be reached."""
        async with self._connecting:
            if self._client is None:
                try:
                    self._client = await connect(
                        self.address, ANSWER_WITHIN.total_seconds(), silent_runtime()
                    )
                except NoEngine as absent:
                    raise Silent(Words(str(absent), absent.zh)) from None
            return self._client

    async def calendar(self, client: Client) -> WorkingCalendar:
        """The calendar that the province counts by, a few seconds old at most. Raises NoAnswer."""
        if self._calendar is None or monotonic() - self._calendar[0] > CALENDAR_FOR_SECONDS:
            asked_at = monotonic()
            self._calendar = asked_at, await published_calendar(client)
        return self._calendar[1]

    async def proposals(self, client: Client, bureau: str | None, party: Party | None) -> Proposals:
        """The proposals outside of cases. A party that did not answer last time is hardly waited for."""
        place = bureau or str(party)
        asking = self._asking.get(place)
        if asking is None or asking.done():
            asking = self._asking[place] = asyncio.create_task(proposals_or_silence(client, bureau, party))
            asking.add_done_callback(lambda done: self._note(place, done))
        if (silent := self._silent.get(place)) is not None:
            await asyncio.wait({asking}, timeout=SILENT_BEFORE_WITHIN.total_seconds())
            return asking.result() if asking.done() else silent
        return await asyncio.shield(asking)

    def _note(self, place: str, done: asyncio.Task[Proposals]) -> None:
        """Remember who did not answer; the next page says so at once, and asks again all the same."""
        if done.cancelled() or done.exception() is not None:
            return
        self._silent.pop(place, None)
        if done.result()[1] is not None:
            self._silent[place] = done.result()

    async def party(self) -> str:
        """Whose desk this is by its key file, 'desk-220100'; '' for a demonstration, which is everybody's."""
        codec = (await self.client()).data_converter.payload_codec
        return codec.party if isinstance(codec, PairCodec) and codec.ring.is_of_a_desk else ""

    async def ask(
        self,
        work: Callable[[Client], Awaitable[Answer]],
        silent: Words = PLATFORM_OFF,
        within: timedelta = ANSWER_WITHIN,
    ) -> Answer:
        """The answer, if it comes in time. Raises Silent, with `silent` where the engine itself is there."""
        client = await self.client()
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await work(client)
        except CaseStuck:
            raise
        except (TimeoutError, PlatformOff):
            pass
        except RPCError as error:
            if error.status not in UNREACHABLE:
                raise
        engine, platform = await asyncio.gather(
            self._answers(client.service_client.check_health(timeout=CHECK_WITHIN)),
            self._answers(published_calendar(client)),
        )
        slow = silent is PLATFORM_OFF and platform
        raise Silent(NOT_IN_TIME if slow else silent if engine else ENGINE_OFF)

    async def _answers(self, question: Awaitable[object]) -> bool:
        with suppress(RPCError, TimeoutError, RuntimeError, NoAnswer):
            async with asyncio.timeout(CHECK_WITHIN.total_seconds()):
                return bool(await question)
        return False
