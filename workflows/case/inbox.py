"""The inbox of a case: takes in what staff hand in, each message once, and notes what it refuses."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from models.messages.papers import Paper
    from models.messages.requests import REQUESTS, Receipt, StaffAction, StaffRequest
    from models.messages.stages import Event, Party
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused, possible_at, require_possible

Message = TypeVar("Message", bound=Paper)


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of request is taken in, and what is checked before."""

    take: Callable[[Any], Awaitable[None]]
    """Takes the request in. Raises Refused."""
    check: Callable[[Any], None] = lambda _: None
    """Raises Refused for a reason that can be told without asking anybody."""
    open: Callable[[], bool] = lambda: True
    """Whether the request is possible in the case as it stands, at a stage that allows it."""


class Inbox:
    """Takes in updates and signals, with the same checks and effect. A duplicate changes nothing."""

    def __init__(self, context: CaseContext, handlers: dict[StaffAction, Handler]) -> None:
        self.context = context
        self.handlers = handlers
        self.receipts: dict[str, Receipt] = {}
        self.refused_unseen = False
        """A signal was refused, which no sender sees, and no officer has handed anything in since."""
        self._signals: dict[str, Callable[[RawValue], Awaitable[None]]] = {
            action: self._signal(action) for action in handlers
        }
        """What takes in a signal, by the signal's name."""

    def possible(self) -> tuple[StaffAction, ...]:
        """What can be handed in now."""
        return tuple(one for one in possible_at(self.context.state.stage) if self.handlers[one].open())

    async def receive_signal(self, name: str, raws: Sequence[RawValue]) -> None:
        """Take a signal in. Anything can come as a signal; what cannot be read is noted and stops nothing."""
        if (receive := self._signals.get(name)) is None:
            self._journal(Party.NOBODY, name, _no_such_message())
        elif len(raws) != 1:
            self._journal(
                Party.NOBODY,
                name,
                Refused("The message cannot be read; nothing was done.", "消息无法读取，未作处理。"),
            )
        else:
            await receive(raws[0])

    def validate(self, name: str, raws: Sequence[RawValue]) -> None:
        """Validate an update. A refusal here leaves nothing in the history. Raises ApplicationError."""
        try:
            action, request = self._update(name, raws)
            if request.message_id not in self.receipts:
                self._check(action, request)
        except Refused as refused:
            raise _to_sender(refused) from None

    async def receive_update(self, name: str, raws: Sequence[RawValue]) -> Receipt:
        """Take an update in. Raises ApplicationError when it is refused."""
        try:
            return await self._take(*self._update(name, raws))
        except Refused as refused:
            raise _to_sender(refused) from None

    def _update(self, name: str, raws: Sequence[RawValue]) -> tuple[StaffAction, StaffRequest]:
        action = next((one for one in self.handlers if one == name), None)
        if action is None:
            raise _no_such_message()
        if len(raws) != 1:
            raise _unreadable(action.titles, "")
        return action, _request(action, raws[0])

    def _signal(self, action: StaffAction) -> Callable[[RawValue], Awaitable[None]]:
        async def handle(raw: RawValue) -> None:
            try:
                request = _request(action, raw)
            except Refused as refused:
                self._journal(Party.NOBODY, action, refused)
                return
            try:
                await self._take(action, request)
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
        """Have a signal that no officer sends taken in; what cannot be read or is refused is journalled."""

        async def handle(raw: RawValue) -> None:
            try:
                await take(_decoded(titles, kind, raw))
            except Refused as refused:
                self._journal(Party.NOBODY, name, refused)

        self._signals[name] = handle

    def copy(self, party: Party, message_id: str, officer: str = "") -> None:
        """Note in the journal that a message came again. The worklist does not show it."""
        self.context.state.note(
            party,
            Event.MESSAGE_REFUSED,
            message_id,
            detail="the same message had come before; nothing was done twice",
            detail_zh="重复消息，未重复处理",
            officer=officer,
        )

    async def _take(self, action: StaffAction, request: StaffRequest) -> Receipt:
        """Take a request in; a copy gets the receipt of the first and changes nothing. Raises Refused."""
        if known := self.receipts.get(request.message_id):
            self.copy(request.by, request.message_id, request.officer)
            return known.model_copy(update={"duplicate": True})
        self._check(action, request)
        en, zh = action.titles
        receipt = Receipt(
            message_id=request.message_id,
            en=f"{en}: accepted",
            zh=f"{zh}：已受理",
            accepted_at=workflow.now(),
        )
        self.receipts[request.message_id] = receipt
        try:
            await self.handlers[action].take(request)
        except Refused:
            del self.receipts[request.message_id]
            raise
        self.refused_unseen = False
        return receipt

    def _check(self, action: StaffAction, request: StaffRequest) -> None:
        require_possible(action, request.by, self.context.state.stage, self.possible())
        self.handlers[action].check(request)

    def _journal(
        self, party: Party, name: str, refused: Refused, request: StaffRequest | None = None
    ) -> None:
        """Note a refused message; the worklist shows it until an officer hands something in."""
        self.refused_unseen = True
        self.context.state.note(
            party,
            Event.MESSAGE_REFUSED,
            request.message_id if request else name,
            detail=refused.en,
            detail_zh=refused.zh,
            officer=request.officer if request else "",
        )


def _request(action: StaffAction, raw: RawValue) -> StaffRequest:
    return _decoded(action.titles, REQUESTS[action], raw)


def _decoded(titles: tuple[str, str], kind: type[Message], raw: RawValue) -> Message:
    """The message in a payload. Raises Refused for one that cannot be read, naming fields and no values."""
    try:
        message = workflow.payload_converter().from_payload(raw.payload, kind)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise _unreadable(titles, fields) from None
    except Exception:
        # Anybody can send anything, in any encoding that the converter knows. Whatever error that causes, the
        # payload is no message of this kind, and must not stop the case.
        raise _unreadable(titles, "") from None
    if not isinstance(message, kind):
        raise _unreadable(titles, "")
    return message


def _no_such_message() -> Refused:
    return Refused("There is no such message; nothing was done.", "没有这种消息，未作处理。")


def _unreadable(titles: tuple[str, str], fields: str) -> Refused:
    where_en, where_zh = (f" ({fields})", f"（{fields}）") if fields else ("", "")
    return Refused(
        f"The message '{titles[0]}' cannot be read{where_en}; nothing was done.",
        f"消息“{titles[1]}”无法读取{where_zh}，未作处理。",
    )


def _to_sender(refused: Refused) -> ApplicationError:
    return ApplicationError(refused.en, refused.zh, type="Refused", non_retryable=True)
