"""The page on which an officer makes a passkey; two operators then enrol its public key."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from desk.web.rendering import page, session_of


async def show_making(request: Request) -> Response:
    """Has the authenticator of this browser make a passkey for the officer, and shows its public key."""
    session = session_of(request)
    return page(
        request,
        "passkey.html",
        challenge=secrets.token_urlsafe(32),
        user=f"{session.bureau}/{session.officer}",
    )
