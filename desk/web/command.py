"""`starter.py web`: the web desk on a port of this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from desk.client.session import address_in_use
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import console

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from engine.address import Address

PORT = 8300
PRIVATE = 0o077
SECONDS_TO_FINISH = 3
"""For requests under way when the desk is stopped; pages that follow a case would stay for ever."""


def web(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port, on loopback.")] = PORT,
    origin: Annotated[
        str,
        typer.Option(help="URL by which browsers reach it through a proxy with TLS, https://desk.example."),
    ] = "",
) -> None:
    """Run the web desk until Ctrl-C; officers sign in and work in a browser.

    It listens on loopback: put a proxy with TLS in front of it for other machines, and name it by --origin.
    """
    name = _name_of(origin) if origin else ""
    os.umask(PRIVATE)
    address = f"http://127.0.0.1:{port}"
    console().print(say(f"Web desk  {origin or address}", f"网页工作台  {origin or address}"), markup=False)
    from desk.web.serving import serve
    from engine.logs import log_events

    log_events()
    serve(_application(address_in_use(), name), port, SECONDS_TO_FINISH)


def _application(address: Address, name: str) -> ASGIApp:
    from dataclasses import replace

    from desk.web.application import desk_application
    from desk.web.engine import Engine
    from desk.web.security import LOOPBACK_NAMES

    hosts = frozenset({name}) if name else LOOPBACK_NAMES
    return desk_application(Engine(replace(address, why="web")), hosts=hosts, secure=bool(name))


def _name_of(origin: str) -> str:
    """The host of an origin. Raises BadInput for one that is not over TLS, as sessions are."""
    parts = urlsplit(origin)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        raise BadInput(
            say(
                "--origin: not of the form https://desk.example; without TLS the desk is on loopback only.",
                "--origin：应写成 https://desk.example；不用 TLS 时仅限本机访问。",
            )
        )
    return parts.hostname
