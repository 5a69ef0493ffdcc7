"""Runs workers: the provincial platform's, a bureau's, or all of them on one laptop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Interceptor, Worker

from activities.books_desk import BooksDesk
from activities.platform_desk import PlatformDesk
from activities.pulse import Pulse
from activities.transfer_in_desk import TransferInDesk
from activities.transfer_out_desk import TransferOutDesk
from desk.session import SETTLE_SECONDS
from engine.connection import Address, NoEngine, connect
from engine.logs import event, log_events
from engine.preparation import prepare
from models.store import Store
from rules.bureau_list import BUREAUS
from rules.bureaus import listed_bureau
from workflows.audit import AuditBooks
from workflows.names import PLATFORM_QUEUE, bureau_queue
from workflows.transfer_case import TransferCase

DEFAULT_STORES = f"sqlite+aiosqlite:///{Path(__file__).parent}/.state/stores/{{bureau}}.db"
FINISH = timedelta(seconds=30)
"""How long a running deed may take to finish after SIGTERM."""

WORKFLOWS = (TransferCase, AuditBooks)


def platform_activities(desk: PlatformDesk) -> list[Callable[..., Any]]:
    """Every deed of the provincial platform."""
    return [desk.aim_clock, desk.compare_books]


def platform_worker(client: Client) -> Worker:
    """The provincial platform: workflows, clocks, audit. It has no bureau's store."""
    return Worker(
        client,
        task_queue=PLATFORM_QUEUE,
        workflows=WORKFLOWS,
        activities=platform_activities(PlatformDesk()),
        interceptors=[Pulse()],
        graceful_shutdown_timeout=FINISH,
    )


def bureau_activities(bureau: str, store: Store) -> list[Callable[..., Any]]:
    """Every deed one bureau does, on its own store."""
    out, into, books = TransferOutDesk(bureau, store), TransferInDesk(bureau, store), BooksDesk(bureau, store)
    return [
        out.issue_certificate,
        out.register_contact_letter,
        out.draw_up_information_form,
        out.remit_and_end_relationship,
        into.review_application,
        into.send_contact_letter,
        into.receive_information,
        into.receive_funds,
        into.take_in,
        into.notify_applicant,
        books.file_dossier,
        books.seed_accounts,
        books.tell_history,
        books.summarise_books,
    ]


def bureau_worker(
    client: Client, bureau: str, store: Store, interceptors: Sequence[Interceptor] = ()
) -> Worker:
    """One bureau's desks on its own store, and nothing else."""
    return Worker(
        client,
        task_queue=bureau_queue(bureau),
        activities=bureau_activities(bureau, store),
        interceptors=[Pulse(), *interceptors],
        graceful_shutdown_timeout=FINISH,
    )


class UnusableStore(Exception):
    """A store that cannot be opened. One sentence, without the URL: it may hold a password."""

    def __init__(self, bureau: str, why: Exception) -> None:
        # The first line alone: what follows may quote rows.
        told = str(why.orig if isinstance(why, DBAPIError) else why).partition("\n")[0]
        super().__init__(f"The store of bureau {bureau} cannot be opened: {told}. See --store.")


def store_of(bureau: str, stores: str) -> Store:
    """The store of a bureau, not yet opened. Raises UnusableStore when `stores` is no URL of one."""
    try:
        return Store(stores.format(bureau=bureau))
    except LookupError:
        raise UnusableStore(bureau, ValueError("only {bureau} may stand in braces")) from None
    except (SQLAlchemyError, ValueError, ImportError, OSError) as error:
        raise UnusableStore(bureau, error) from None


async def opened(bureau: str, store: Store) -> Store:
    """The store with its schema up to date. Raises UnusableStore when it cannot be reached or written."""
    try:
        await store.open()
    except (SQLAlchemyError, OSError) as error:
        await store.close()
        raise UnusableStore(bureau, error) from None
    return store


async def run(address: Address, platform: bool, bureaus: tuple[str, ...], stores: str) -> None:
    """Serve, and leave without a crash at the door."""
    try:
        await serve(address, platform, bureaus, stores)
    finally:
        await asyncio.sleep(SETTLE_SECONDS)


async def serve(address: Address, platform: bool, bureaus: tuple[str, ...], stores: str) -> None:
    """Run until SIGTERM or Ctrl-C, then finish what is running. Raises NoEngine and UnusableStore."""
    named = {bureau: store_of(bureau, stores) for bureau in bureaus}
    client = await connect(address)
    await prepare(client)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    workers = []
    async with AsyncExitStack() as running:
        for bureau, closed in named.items():
            store = await opened(bureau, closed)
            running.push_async_callback(store.close)
            workers.append(await running.enter_async_context(bureau_worker(client, bureau, store)))
        if platform:
            workers.append(await running.enter_async_context(platform_worker(client)))
        event("workers_ready", platform=platform, bureaus=len(bureaus))
        await stop.wait()
        event("workers_stopping")
        # All at once: one after another, those whose turn is last would go on taking up deeds.
        await asyncio.gather(*(worker.shutdown() for worker in workers))
    event("workers_stopped")


def main(
    platform: Annotated[bool, typer.Option("--platform", help="The provincial platform's worker.")] = False,
    bureau: Annotated[list[str] | None, typer.Option(help="A bureau's worker; repeatable.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Platform and every bureau in one process.")
    ] = False,
    store: Annotated[
        str, typer.Option(help="SQLAlchemy URL of the store; {bureau} stands for the bureau's key.")
    ] = DEFAULT_STORES,
    address: Annotated[str | None, typer.Option(help="Temporal frontend, host:port.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Temporal namespace.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the Temporal TOML file.")] = None,
    config_file: Annotated[Path | None, typer.Option(help="Temporal TOML file.")] = None,
) -> None:
    """Run the platform's worker, one or more bureaus' workers, or all of them."""
    bureaus = tuple(one.key for one in BUREAUS) if everything else tuple(bureau or ())
    problems = [
        f"There is no bureau {key}; `starter.py bureaus` lists them."
        for key in bureaus
        if not listed_bureau(key)
    ]
    if not (platform or bureaus or everything):
        problems.append("Say which worker to run: --platform, --bureau CODE or --all.")
    if len(bureaus) > 1 and "{bureau}" not in store:
        problems.append("Several bureaus need several stores: write {bureau} into --store.")
    if problems:
        print("\n".join(problems), file=sys.stderr)
        raise typer.Exit(2)
    # A store holds names and ID numbers: for nobody's eyes but the operator's.
    os.umask(0o077)
    log_events()
    try:
        asyncio.run(
            run(Address(address, namespace, profile, config_file), platform or everything, bureaus, store)
        )
    except (NoEngine, UnusableStore) as absent:
        print(absent, file=sys.stderr)
        raise typer.Exit(2) from None
    except RPCError as refusal:
        print(f"The Temporal server refuses: {refusal.message}.", file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
