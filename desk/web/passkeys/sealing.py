"""A filled-in request waits for its officer's passkey, and is handed in once it is sealed."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.web.passkeys.enrolled import made_seal, shown_challenge, unmade_seal
from desk.web.rendering import go_to, notify, page, session_of
from models.messages.papers import Paper
from models.officers.seals import WebauthnSeal, sealed_bytes

MOST_AWAITING = 20
"""The most requests of an officer that wait for a seal at once; older ones are dropped."""
NO_LONGER = Words(
    "This no longer waits to be sealed. Perhaps it was handed in; look whether it stands here.",
    "该事项已不在待签章状态，可能已经提交，请查看办理情况。",
)
NOT_SEALED = Words(
    "Your passkey has not sealed this. Nothing was handed in; fill in the form again.",
    "通行密钥未完成签章，未提交任何内容，请重新填写。",
)

HandIn = Callable[[Request, Any], Awaitable[Response]]
"""Hands in the sealed request, and returns what became of it."""


@dataclass(frozen=True, slots=True)
class Sealable:
    """A request that was checked, and what its seal is to name; `request` has a field `seal`.

    `case_no` is empty for what belongs to no case; `about` is number and digest of the paper that the request
    is about. `back` is the page that the officer came from.
    """

    words: Words
    back: str
    bureau: str
    action: str
    request: Paper
    hand_in: HandIn
    case_no: str = ""
    about: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A request that waits for its officer's seal; `seal` is the one to be made."""

    what: Sealable
    seal: WebauthnSeal

    @property
    def challenge(self) -> str:
        """What the authenticator has to sign."""
        content = self.what.request.model_dump(mode="json")
        return shown_challenge(sealed_bytes(self.what.case_no, self.what.action, content, self.seal))


def ask_for_seal(request: Request, what: Sealable) -> Response:
    """Show what is to be sealed, and have the page ask the officer's passkey."""
    session = session_of(request)
    awaiting = Awaiting(what, unmade_seal(session.passkey, what.bureau, what.about, datetime.now(UTC)))
    token = secrets.token_urlsafe(16)
    session.awaiting[token] = awaiting
    while len(session.awaiting) > MOST_AWAITING:
        del session.awaiting[next(iter(session.awaiting))]
    return page(request, "seal.html", awaiting=awaiting, token=token)


async def take_seal(request: Request) -> Response:
    """Hand a request in with the seal that the officer's passkey has made."""
    form = await request.form()
    awaiting = session_of(request).awaiting.get(str(form.get("token") or ""))
    if not isinstance(awaiting, Awaiting):
        notify(request, NO_LONGER)
        return go_to("/")
    seal = made_seal(awaiting.seal, form)
    if seal is None:
        notify(request, NOT_SEALED)
        return go_to(awaiting.what.back)
    return await awaiting.what.hand_in(request, awaiting.what.request.model_copy(update={"seal": seal}))
