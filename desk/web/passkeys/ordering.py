"""An officer's order on what belongs to no step of a case, sealed by a passkey where its officer has one."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.web.passkeys.sealing import Sealable, ask_for_seal
from desk.web.rendering import session_of
from models.messages.papers import Paper
from models.officers.orders import OfficersOrder, order_for
from rules.values.officers import Right

Ordered = TypeVar("Ordered", bound=Paper)


async def hand_in_order(
    request: Request,
    right: Right,
    bureau: str,
    asked: Ordered,
    words: Words,
    hand_in: Callable[[Request, Ordered], Awaitable[Response]],
    *,
    back: str,
    case_no: str = "",
    items: tuple[str, ...] = (),
) -> Response:
    """Hand in what an officer orders, which has a field `order`; of an officer with a passkey ask for the
    seal first. Without one whoever hands it in seals it with the keys of this desk.

    `words` and `case_no` are shown to the officer who seals; `back` is the page that the officer came from;
    `items` are the digests of the parts of a list.
    """
    session = session_of(request)
    if not session.passkey:
        return await hand_in(request, asked)

    async def sealed(request: Request, order: OfficersOrder) -> Response:
        made: dict[str, Any] = {"order": order}
        return await hand_in(request, asked.model_copy(update=made))

    order = order_for(right, bureau, session.officer, asked, items)
    shown = Words(f"{words.en} ({case_no})", f"{words.zh}（{case_no}）") if case_no else words
    return ask_for_seal(request, Sealable(shown, back, bureau, right.value, order, hand_in=sealed))
