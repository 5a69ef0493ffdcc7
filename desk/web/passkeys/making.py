"""The page on which an officer makes a passkey; two operators then enrol its public key."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from desk.web.rendering import page, session_of


async def show_making(request: Request) -> Response:
    """The page for the officer who is signed in."""
    session = session_of(request)
    return making(request, session.bureau, session.officer)


def making(request: Request, bureau: str, officer: str) -> Response:
    """Have the authenticator of this browser make a passkey for an officer, and show its public key.

    The desk is told nothing and keeps nothing: the passkey counts once two operators have enrolled it, so an
    officer without a first one need not be signed in.
    """
    challenge, user = secrets.token_urlsafe(32), f"{bureau}/{officer}"
    return page(request, "passkey.html", challenge=challenge, user=user, officer=officer)
