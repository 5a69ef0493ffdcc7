"""A filled-in request waits for its officer's passkey, and is handed in once it is sealed."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.web.passkeys.enrolled import made_seal, shown_challenge, unmade_seal
from desk.web.rendering import go_to, notify, page, session_of
from desk.web.sessions import Session
from models.messages.papers import Paper
from models.officers.seals import WebauthnSeal, sealed_bytes

MOST_AWAITING = 20
"""The most requests of an officer that wait for a seal at once; older ones are dropped."""
KEPT_FOR = timedelta(hours=12)
"""So long a request waits, also while its officer is signed out."""
NO_LONGER = Words(
    "This no longer waits to be sealed. Perhaps it was handed in; look whether it stands here.",
    "该事项已不在待签章状态，可能已经提交，请查看办理情况。",
)
NOT_SEALED = Words(
    "Your passkey has not sealed this. Nothing was handed in; what you filled in still waits here.",
    "通行密钥未完成签章，未提交任何内容；所填内容仍在此待签章。",
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


class AwaitingSeals:
    """The requests that wait for their officers' seals, by the secret of the page that asks for each.

    They are the officer's and not the session's, so that none is lost when a session ends.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._by_officer: dict[tuple[str, str], dict[str, Awaiting]] = {}

    def add(self, session: Session, what: Sealable) -> str:
        """Keep a request until it is sealed; its secret."""
        token = secrets.token_urlsafe(16)
        own = self._by_officer.setdefault(session.seals_as, {})
        own[token] = Awaiting(what, unmade_seal(session.passkey, what.bureau, what.about, self.now()))
        while len(own) > MOST_AWAITING:
            del own[next(iter(own))]
        return token

    def of(self, session: Session) -> dict[str, Awaiting]:
        """What waits for the officer of a session, oldest first."""
        # Of every officer, as what is kept may be personal.
        for officer, waiting in [*self._by_officer.items()]:
            left = {token: one for token, one in waiting.items() if self.now() - one.seal.at < KEPT_FOR}
            self._by_officer[officer] = left
            if not left:
                del self._by_officer[officer]
        return dict(self._by_officer.get(session.seals_as, {}))

    def drop(self, session: Session, token: str) -> None:
        """Keep a request no longer; nothing happens for one that is not there."""
        self._by_officer.get(session.seals_as, {}).pop(token, None)


def ask_for_seal(request: Request, what: Sealable) -> Response:
    """Go to the page on which the officer's passkey is asked."""
    return go_to(f"/seal/{seals_of(request).add(session_of(request), what)}")


async def show_seal(request: Request) -> Response:
    """Show what is to be sealed, and have the page ask the officer's passkey."""
    token, awaiting = _asked(request)
    if awaiting is None:
        return _no_longer(request)
    return page(request, "seal.html", awaiting=awaiting, token=token)


async def take_seal(request: Request) -> Response:
    """Hand a request in with the seal that the officer's passkey has made."""
    token, awaiting = _asked(request)
    if awaiting is None:
        return _no_longer(request)
    seal = made_seal(awaiting.seal, await request.form())
    if seal is None:
        notify(request, NOT_SEALED)
        return go_to(f"/seal/{token}")
    # Where nobody answers it goes on waiting, to be sent again.
    answer = await awaiting.what.hand_in(request, awaiting.what.request.model_copy(update={"seal": seal}))
    seals_of(request).drop(session_of(request), token)
    return answer


async def drop(request: Request) -> Response:
    """Go back without handing in what waits for a seal."""
    token, awaiting = _asked(request)
    if awaiting is None:
        return _no_longer(request)
    seals_of(request).drop(session_of(request), token)
    return go_to(awaiting.what.back)


def seals_of(request: Request) -> AwaitingSeals:
    """What waits for a seal at this desk."""
    seals: AwaitingSeals = request.app.state.awaiting_seals
    return seals


def _asked(request: Request) -> tuple[str, Awaiting | None]:
    token = request.path_params["token"]
    return token, seals_of(request).of(session_of(request)).get(token)


def _no_longer(request: Request) -> Response:
    notify(request, NO_LONGER)
    return go_to("/")
