"""The inbox of a case: receives what staff hand in, each message once, and notes what it refuses."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from models.messages.papers import Paper
    from models.messages.requests import REQUESTS, Receipt, StaffAction, StaffRequest
    from models.messages.stages import Party
    from rules.values import bounds
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused, possible_at, require_possible
    from workflows.identifiers import REFUSED_ENCODING
    from workflows.officers.vouching import Vouching
    from workflows.refusals import update_refused

Message = TypeVar("Message", bound=Paper)
LEADS_TO_THE_END = frozenset(
    {
        StaffAction.APPROVE,
        StaffAction.CHOOSE,
        StaffAction.WITHDRAW,
        StaffAction.REFER,
        StaffAction.RULE,
    }
)
"""The actions accepted even when a case has nearly reached the limit of what it can hold."""
WRONG_FIELDS = 10
"""How many wrong fields of a message are named."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of request is received, and what is checked before."""

    take: Callable[[Any], Awaitable[tuple[str, str] | None]]
    """Receives the request; returns what the receipt adds, in both languages, or None. Raises Refused."""
    check: Callable[[Any], None] = lambda _: None
    """Raises Refused for a reason that is known without asking a bureau."""
    open: Callable[[], bool] = lambda: True
    """Whether the case as it stands allows the request, at a stage that allows it."""


@dataclass(slots=True)
class SignalQueue:
    """Signals that wait to be processed, one after the other, in the order in which they came."""

    waiting: deque[tuple[str, RawValue]] = field(default_factory=deque)
    processing: bool = False


class Inbox:
    """Receives updates and signals, with the same checks and effect. A duplicate changes nothing.

    Signals can have any content and come in any number. One that is no known message of an accepted size is
    refused unread; the others are processed one at a time, and refused while `MESSAGES_WAITING` wait. Those
    of staff and those of bank and province wait in separate queues, so neither delays the other.
    """

    def __init__(
        self, context: CaseContext, handlers: dict[StaffAction, Handler], vouching: Vouching
    ) -> None:
        self.context = context
        self.handlers = handlers
        self.vouching = vouching
        self.receipts: dict[str, Receipt] = {}
        self.taken_in = 0
        """The size in bytes of all accepted requests together."""
        self.came = 0
        """How many signals this run of the case has received."""
        self.refused_unseen: set[Party] = set()
        """The sides that had a signal refused, which no sender sees, and have handed in nothing since;
        `Party.NOBODY` for a signal that could not be read, until any side hands in something."""
        staff = SignalQueue()
        self._signals: dict[str, tuple[SignalQueue, Callable[[RawValue], Awaitable[None]]]] = {
            action: (staff, self._signal(action)) for action in handlers
        }
        """The queue and the handler of each signal, by its name."""
        self._announced = SignalQueue()

    def possible(self) -> tuple[StaffAction, ...]:
        """The actions that are possible now."""
        return tuple(one for one in possible_at(self.context.state.stage) if self.handlers[one].open())

    async def receive_signal(self, name: str, raws: Sequence[RawValue]) -> None:
        """Receive a signal, after those that came before it; an unreadable one stops nothing."""
        self.came += 1
        self.context.history.look()
        queue, _ = self._signals.get(name, (None, None))
        try:
            _require_readable(name if queue else None, raws)
        except Refused as refused:
            self._journal(Party.NOBODY, name if queue else None, refused)
            return
        assert queue is not None
        if len(queue.waiting) >= bounds.MESSAGES_WAITING:
            self._journal(Party.NOBODY, None, _too_many())
            return
        queue.waiting.append((name, raws[0]))
        if not queue.processing:
            await self._process_queue(queue)

    @property
    def idle(self) -> bool:
        """Whether no signal waits or is being processed."""
        return not any(queue.processing or queue.waiting for queue, _ in self._signals.values())

    def refuse_cancelling(self) -> None:
        """Note that somebody asked the engine to cancel the case, which the law does not provide for."""
        refused = Refused(
            "A request to cancel the case: it goes on. A withdrawal or a ruling ends it.",
            "请求取消案件：案件继续办理。终结须经撤回或裁定。",
        )
        self._journal(Party.NOBODY, None, refused)

    async def _process_queue(self, queue: SignalQueue) -> None:
        """Process the waiting signals, one at a time."""
        queue.processing = True
        try:
            # Signals of the same moment join the queue first, and those beyond its limit are counted.
            await asyncio.sleep(0)
            while queue.waiting:
                name, raw = queue.waiting.popleft()
                await self._signals[name][1](raw)
        finally:
            queue.processing = False

    def validate(self, name: str, raws: Sequence[RawValue]) -> None:
        """Validate an update. A refusal here leaves nothing in the history. Raises ApplicationError."""
        try:
            action, request = self._update(name, raws)
            if request.message_id not in self.receipts:
                self._check(action, request, raws[0])
        except Refused as refused:
            raise update_refused(refused.en, refused.zh) from None

    async def receive_update(self, name: str, raws: Sequence[RawValue]) -> Receipt:
        """Receive an update. Raises ApplicationError when it is refused."""
        self.context.history.look()
        try:
            return await self._take(*self._update(name, raws), raws[0])
        except Refused as refused:
            raise update_refused(refused.en, refused.zh) from None

    def _update(self, name: str, raws: Sequence[RawValue]) -> tuple[StaffAction, StaffRequest]:
        action = next((one for one in self.handlers if one == name), None)
        _require_readable(action, raws)
        assert action is not None
        return action, _request(action, raws[0])

    def _signal(self, action: StaffAction) -> Callable[[RawValue], Awaitable[None]]:
        async def handle(raw: RawValue) -> None:
            try:
                request = _request(action, raw)
            except Refused as refused:
                self._journal(Party.NOBODY, action, refused)
                return
            try:
                await self._take(action, request, raw)
            except Refused as refused:
                self._journal(request.by, action, refused, request)

        return handle

    def listen(
        self,
        name: str,
        titles: tuple[str, str],
        kind: type[Message],
        take: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Register a signal that no officer sends; the journal notes one that is unreadable or refused."""

        async def handle(raw: RawValue) -> None:
            try:
                await take(_decoded(titles, kind, raw))
            except Refused as refused:
                self._journal(Party.NOBODY, name, refused)

        self._signals[name] = (self._announced, handle)

    def copy(self, party: Party, message_id: str, officer: str = "") -> None:
        """Note in the journal that a message came again. The worklist does not show it."""
        said = ("the same message had come before; nothing was done twice", "重复消息，未重复处理")
        self.context.state.note_refusal(party, message_id, said, officer)

    async def _take(self, action: StaffAction, request: StaffRequest, raw: RawValue) -> Receipt:
        """Accept a request; a copy gets the receipt of the first and changes nothing. Raises Refused."""
        if known := self._receipt_of_copy(request):
            return known
        self._check(action, request, raw)
        act = await self.vouching.vouch(action, request)
        # While the bureau vouched, a copy may have been accepted, or the case may have moved on.
        if known := self._receipt_of_copy(request):
            return known
        self._check(action, request, raw)
        en, zh = action.titles
        receipt = Receipt(
            message_id=request.message_id,
            en=f"{en}: accepted",
            zh=f"{zh}：已提交",
            accepted_at=workflow.now(),
        )
        self.receipts[request.message_id] = receipt
        self.context.state.keep_act(act)
        try:
            more = await self.handlers[action].take(request)
        except Refused:
            del self.receipts[request.message_id]
            self.context.state.forget_act(act)
            raise
        self.refused_unseen -= {_side(request.by), Party.NOBODY}
        self.taken_in += len(raw.payload.data)
        if more is not None:
            receipt = receipt.model_copy(
                update={"en": f"{receipt.en}; {more[0]}", "zh": f"{receipt.zh}；{more[1]}"}
            )
            self.receipts[request.message_id] = receipt
        return receipt

    def _receipt_of_copy(self, request: StaffRequest) -> Receipt | None:
        """The receipt of a message that was accepted before; the copy is noted."""
        if (known := self.receipts.get(request.message_id)) is None:
            return None
        self.copy(request.by, request.message_id, request.officer)
        return known.model_copy(update={"duplicate": True})

    def _check(self, action: StaffAction, request: StaffRequest, raw: RawValue) -> None:
        require_possible(action, request.by, self.context.state.stage, self.possible())
        self.handlers[action].check(request)
        self.vouching.require_sealed(action, request)
        room = bounds.CASE_BYTES - (0 if action in LEADS_TO_THE_END else bounds.KEPT_FOR_THE_END)
        if self.taken_in + len(raw.payload.data) > room:
            raise _full()

    def _journal(
        self, party: Party, name: str | None, refused: Refused, request: StaffRequest | None = None
    ) -> None:
        """Note a refused message; the worklist shows it until an officer of its side hands in something."""
        self.refused_unseen.add(_side(party))
        self.context.state.note_refusal(
            party,
            request.message_id if request else name,
            (refused.en, refused.zh),
            request.officer if request else "",
        )


def _require_readable(name: str | None, raws: Sequence[RawValue]) -> None:
    """Raises Refused unless there is exactly one payload, of an accepted size, under a known name.

    It decodes nothing, so that any number of messages can be refused at once.
    """
    if name is None:
        raise Refused("There is no such message; nothing was done.", "没有这种消息，未作处理。")
    if len(raws) != 1 or raws[0].payload.metadata.get("encoding") == REFUSED_ENCODING:
        raise Refused("The message cannot be read; nothing was done.", "消息无法读取，未作处理。")
    if len(raws[0].payload.data) > bounds.REQUEST_BYTES:
        most = bounds.REQUEST_BYTES // 1024
        raise Refused(
            f"The message is larger than {most} KB; nothing was done.", f"消息超过 {most} KB，未作处理。"
        )


def _too_many() -> Refused:
    most = bounds.MESSAGES_WAITING
    return Refused(
        f"The message came while {most} others waited; it was not read.",
        f"收到时已有 {most} 条消息等待处理，未予读取。",
    )


def _full() -> Refused:
    most = bounds.CASE_BYTES // 1024
    return Refused(
        f"The case has taken in as much text as it can hold, {most} KB in all; what is left is kept for what "
        "brings it to its end: an approval, a choice, a withdrawal, a referral, a ruling.",
        f"本案收到的文字已达上限（共 {most} KB）；余下的容量只用于审批、确认、撤回、报请省局和裁定。",
    )


def _side(party: Party) -> Party:
    """The party whose officers act for a party: the transfer-in bureau enters what applicants want."""
    return Party.TRANSFER_IN if party is Party.APPLICANT else party


def _request(action: StaffAction, raw: RawValue) -> StaffRequest:
    return _decoded(action.titles, REQUESTS[action], raw)


def _decoded(titles: tuple[str, str], kind: type[Message], raw: RawValue) -> Message:
    """The message in a payload. Raises Refused for one that cannot be read, naming fields and no values."""
    try:
        message = workflow.payload_converter().from_payload(raw.payload, kind)
    except ValidationError as error:
        raise _unreadable(titles, ", ".join(_wrong_fields(error))) from None
    except Exception:
        # Anybody can send any content, in any encoding that the converter knows. Whatever error that causes,
        # the payload is no message of this kind, and must not stop the case.
        raise _unreadable(titles, "") from None
    if not isinstance(message, kind):
        raise _unreadable(titles, "")
    return message


def _wrong_fields(error: ValidationError) -> Iterator[str]:
    """Each wrong field with the limit that it exceeds. A field that the message type does not have is not
    named: its name is whatever the sender wrote."""
    for wrong in error.errors(include_input=False, include_url=False)[:WRONG_FIELDS]:
        if wrong["type"] == "extra_forbidden":
            continue
        most = wrong.get("ctx", {}).get("max_length")
        path = ".".join(map(str, wrong["loc"]))
        yield f"{path} ≤ {most}" if most else path


def _unreadable(titles: tuple[str, str], fields: str) -> Refused:
    where_en, where_zh = (f" ({fields})", f"（{fields}）") if fields else ("", "")
    return Refused(
        f"The message '{titles[0]}' cannot be read{where_en}; nothing was done.",
        f"消息“{titles[1]}”无法读取{where_zh}，未作处理。",
    )
