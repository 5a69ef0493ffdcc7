"""A store that was set back takes no entries until it is recovered.

What a bureau, or the province, has answered states the head of its chain (`models.messages.papers.Anchor`),
and the engine keeps the answers. A store that ends before the last head so stated was set back: a new entry
would take the place of one of which others hold papers.
"""

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import contracts
from activities.recovery.recovery import ENTERED_AT_PROVINCE, QUESTIONS, AskedBefore, found_in
from models.messages.papers import Anchor
from models.store.chain import head_of
from models.store.store import Store
from rules.values.officers import PROVINCE

READS = QUESTIONS | {
    one.name
    for one in (
        contracts.COUNT_MONTH,
        contracts.FIND_PAPER,
        contracts.LIST_CASES,
        contracts.LIST_DELIVERIES,
        contracts.LIST_EXPECTED_FUNDS,
        contracts.READ_CASES,
        contracts.READ_DOSSIER,
        contracts.READ_EVIDENCE,
        contracts.READ_HISTORY,
        contracts.READ_ROSTER,
        contracts.SUMMARISE_BOOKS,
    )
}
"""The steps that enter nothing, the audit's among them: they are done even while entries are missing."""
LOOKING = timedelta(seconds=30)
"""How long a step waits to learn whether the store is complete."""
STORE_BEHIND = "StoreBehind"
"""The error type of a step that waits for the store to be recovered; the engine tries the step again."""


def last_stated(asked: Iterable[AskedBefore]) -> int:
    """The last link that a store must have, by its bureau's answers; 0 when no answer states one."""
    answers = (json.loads(one.answer) for one in asked if one.answer)
    stated = (Anchor.model_validate(one) for answer in answers for one in found_in(answer, "anchor"))
    # The paper itself is a link after the head that it states.
    return max((one.link + 1 for one in stated), default=0)


class EntryGate(Interceptor):
    """Holds back entries of a worker until its store is known to be complete.

    What the platform computes for cases, and what it reads, needs no recent entry and is not held back.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._known = asyncio.Event()
        self._behind: tuple[int, int] | None = None

    async def look(self, store: Store, last: int) -> bool:
        """Open the gate if a store has the last link that it must have; returns whether it has."""
        async with store.reading() as session:
            head = await head_of(session)
        self._behind = (head.link, last) if head.link < last else None
        self._known.set()
        return self._behind is None

    def open(self) -> None:
        """Let every entry through, whatever is missing."""
        self._behind = None
        self._known.set()

    def closed_because(self) -> tuple[str, str] | None:
        """Why no entry is made now, in English and Chinese; None while the gate is open."""
        if self._known.is_set() and self._behind is None:
            return None
        if self._behind is None:
            en, zh = "it is not known yet whether its store is whole", "尚未确认数据库是否完整"
        else:
            link, last = self._behind
            en = (
                f"its store was set back: it ends at link {link}, and what was answered from it at link "
                f"{last}; stop the worker and run it once with --recover"
            )
            zh = (
                f"数据库已被回退：止于第 {link} 节，而已作出的答复至第 {last} 节；"
                "请停止工作进程，并以 --recover 运行一次"
            )
        whose = (f"bureau {self.key}", f"经办机构 {self.key}")
        if self.key == PROVINCE:
            whose = ("the province", "省级平台")
        return f"{whose[0]} enters nothing: {en}", f"{whose[1]}暂不登记：{zh}"

    async def passed(self) -> None:
        """Wait until the gate is open. Raises ApplicationError, to be retried, while it is not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKING.total_seconds()):
                await self._known.wait()
        if (why := self.closed_because()) is not None:
            en, zh = why
            raise ApplicationError(f"{en[0].upper()}{en[1:]}.", f"{zh}。", type=STORE_BEHIND)

    def holds(self, step: str) -> bool:
        """Whether a step makes an entry in the store."""
        return step in ENTERED_AT_PROVINCE if self.key == PROVINCE else step not in READS

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Gated(next, self)


class _Gated(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, gate: EntryGate) -> None:
        super().__init__(next)
        self.gate = gate

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if self.gate.holds(activity.info().activity_type):
            await self.gate.passed()
        return await super().execute_activity(input)
