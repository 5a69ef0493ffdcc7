"""Serving the web desk on loopback."""

import uvicorn
from starlette.types import ASGIApp

from engine.listening import LOOPBACK


def server_of(app: ASGIApp, port: int, seconds_to_finish: int) -> uvicorn.Server:
    """A server that logs no addresses: one may hold a case number."""
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # The proxy's word on who asks, for the limits of tries.
        proxy_headers=True,
        forwarded_allow_ips=LOOPBACK,
        timeout_graceful_shutdown=seconds_to_finish,
    )
    return uvicorn.Server(config)


def serve(app: ASGIApp, port: int, seconds_to_finish: int) -> None:
    """Serve until the process is asked to end."""
    server_of(app, port, seconds_to_finish).run()
