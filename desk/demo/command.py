"""`starter.py demo`, as a command."""

from typing import Annotated

import typer


def demo(
    stores: Annotated[
        str,
        typer.Option(
            help="SQLAlchemy URL of the stores, as worker.py takes it; {bureau} is the bureau's key, or "
            "'province'. They are made new and removed at the end."
        ),
    ] = "",
) -> None:
    """Five cases on an embedded server with a worker per bureau; exit 1 unless all end as they should."""
    # Stores and the engine's time skipping take half a second to load, which other commands should not pay.
    from desk.demo.demo_play import play

    if not play(stores):
        raise typer.Exit(1)
