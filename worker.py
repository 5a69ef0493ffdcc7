"""Runs workers: the provincial platform's, a bureau's, or all of them on one laptop."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Interceptor, Worker

from activities.asked_by_desks import AskedByDesks
from activities.bank.unallocated import unallocated
from activities.bank.unreported_funds import UnreportedFunds, keep_reporting
from activities.heartbeat import HEARTBEAT_SECONDS, Heartbeat
from activities.officers.register import AcceptedOfficers
from activities.outbox.sender import Sender, keep_sending
from activities.recovery.entry_gate import EntryGate, last_stated
from activities.recovery.recovery import ENTERED_AT_PROVINCE, Recovered, do_again, looked_at_since
from activities.registration import bureau_activities, platform_activities
from engine.address import Address, NoEngine
from engine.asked import Asked, asked_of
from engine.connection import connect
from engine.deployment import deployment_config
from engine.encryption.codec import acting_as, asked_by_the_province, ring_of
from engine.encryption.keys import PLATFORM, bureau_party
from engine.gauges import UNALLOCATED_FEN, UNALLOCATED_RECEIPTS, GaugeValue, count_cases, keep_gauges
from engine.health import answer_health
from engine.leaving import leave_at_the_latest, run_and_leave
from engine.listening import CannotListen, Listening, listening
from engine.logs import event, log_events, log_the_end, runtime_that_logs
from engine.preparation import prepare
from engine.sandbox import PrecompilingRunner
from models.contacts.bureaus import OfficeData
from models.files.arrangements_file import ArrangementsFile, OfficersAccepted
from models.files.bureau_data_file import BureauDataFile
from models.files.province_files import read_named, text_of
from models.messages.bank_statement import FundsArrived, case_and_sequence
from models.messages.stages import ENDS, Stage
from models.officers.checking import unpadded
from models.officers.keys import Demonstration
from models.outbox.routes import RoutesFile
from models.store.databases import StoreOutOfReach, StoreReplaced
from models.store.store import Store
from rules.application.bureau_list import BUREAUS
from rules.application.bureaus import listed_bureau
from rules.values.officers import PROVINCE
from workflows.audit import AuditBooks
from workflows.calendar_publication import AnnounceAgain, PublishCalendar
from workflows.identifiers import FUNDS_ARRIVED, PLATFORM_QUEUE, bureau_queue, case_workflow_id
from workflows.rates.publication import PublishRate
from workflows.rates.settlement import SettleRate
from workflows.transfer_case import TransferCase

DEFAULT_STORES = f"sqlite+aiosqlite:///{Path(__file__).parent}/.state/stores/{{bureau}}.db"
FINISH = timedelta(seconds=30)
"""How long a running step may take to finish after SIGTERM."""
STOPPED = timedelta(seconds=35)
"""How long after SIGTERM the process exists at most, even when a case cannot be evicted from its memory."""

UNNAMED = "unnamed"
"""The build id of a worker without one: the SDK would hash every loaded module to make one, a third of a
second of processor time at each start."""

ANSWER_SECONDS = 3
"""The time limit for the service and each store when readiness is asked for."""

WORKFLOWS = (TransferCase, AuditBooks, PublishCalendar, AnnounceAgain, PublishRate, SettleRate)


def accepted_officers(client: Client, arranged: ArrangementsFile | None = None) -> AcceptedOfficers:
    """The officers a worker accepts: those in its store's roster, and demonstration officers.

    The latter only with the keys of a demonstration, and unless the arrangements want officers enrolled.
    """
    file, ring = arranged or ArrangementsFile(), ring_of(client)
    secret = ring.demonstration_secret() if ring else None
    accepts_all = file.officers is OfficersAccepted.DEMONSTRATION
    return AcceptedOfficers(
        Demonstration(secret) if secret and accepts_all else None,
        file.rights,
        unpadded(file.province_root) if file.province_root else None,
        arranged,
    )


def platform_worker(
    client: Client,
    store: Store,
    arranged: ArrangementsFile | None = None,
    build_id: str = "",
    gate: EntryGate | None = None,
) -> Worker:
    """The provincial platform: workflows, clocks, calendar, arbitration, audit. It has no bureau's store.

    `gate` holds back entries until the province's store is known to be complete; None for no check.
    """
    return Worker(
        acting_as(client, PLATFORM),
        task_queue=PLATFORM_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=PrecompilingRunner(),
        activities=platform_activities(store, arranged, accepted=accepted_officers(client, arranged)),
        interceptors=[AskedByDesks(asked_by_the_province), Heartbeat(), *((gate,) if gate else ())],
        deployment_config=deployment_config(build_id),
        build_id=None if build_id else UNNAMED,
        graceful_shutdown_timeout=FINISH,
    )


def bureau_worker(
    client: Client,
    bureau: str,
    store: Store,
    interceptors: Sequence[Interceptor] = (),
    office: OfficeData | None = None,
    arranged: ArrangementsFile | None = None,
    gate: EntryGate | None = None,
) -> Worker:
    """The activities of one bureau on its own store, and nothing else.

    `gate` holds back entries until the store is known to be complete; None for no check.
    """
    return Worker(
        acting_as(client, bureau_party(bureau)),
        task_queue=bureau_queue(bureau),
        activities=bureau_activities(bureau, store, office, accepted_officers(client, arranged)),
        interceptors=[AskedByDesks(), Heartbeat(), *((gate,) if gate else ()), *interceptors],
        build_id=UNNAMED,
        graceful_shutdown_timeout=FINISH,
    )


class UnusableStore(Exception):
    """A store cannot be opened, or used any further. One sentence, without the URL and its password."""

    def __init__(self, bureau: str, why: Exception, *, opened: bool = False) -> None:
        # The first line alone: what follows may quote rows.
        told = str(why.orig if isinstance(why, DBAPIError) else why).partition("\n")[0]
        whose = "the province" if bureau == PROVINCE else f"bureau {bureau}"
        what = "used on" if opened else "opened"
        super().__init__(f"The store of {whose} cannot be {what}: {told}. See --store.")


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
    before = set(threading.enumerate())
    try:
        await store.open(bureau)
    except (SQLAlchemyError, OSError) as error:
        await store.close()
        # The driver of SQLite does not wait for the thread of a connection it could not open, which would
        # complain of a loop that is closed.
        for thread in set(threading.enumerate()) - before:
            await asyncio.to_thread(thread.join, 1)
        raise UnusableStore(bureau, error) from None
    return store


async def tell_of_money(client: Client, arrived: FundsArrived) -> None:
    """Tell a case of money in its bureau's books. Raises RPCError when the service cannot be reached."""
    named = case_and_sequence(arrived.remittance)
    assert named is not None
    try:
        await client.get_workflow_handle(case_workflow_id(named[0])).signal(FUNDS_ARRIVED, arrived)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


@dataclass(frozen=True, slots=True)
class Work:
    """What a process has to run: the workers and stores, the province's files, and where it answers HTTP."""

    platform: bool
    bureaus: tuple[str, ...]
    stores: str
    arranged: ArrangementsFile | None = None
    bureau_data: BureauDataFile = field(default_factory=BureauDataFile)
    routes: RoutesFile | None = None
    """The routes by which messages are sent outside; None where another process sends them, or nobody."""
    build_id: str = ""
    despite_loss: bool = False
    """Allow entries in a store that ends before what its bureau has answered."""
    recover: bool = False
    """Do again what the bureaus' stores have lost, and end."""
    retention_days: int | None = None
    metrics: Listening | None = None
    health: Listening | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the stores: the bureaus' own, and the province's."""
        return (*self.bureaus, PROVINCE) if self.platform else self.bureaus


@dataclass
class Serving:
    """The workers and stores of a running process, for health checks and gauges."""

    client: Client
    stores: dict[str, Store] = field(default_factory=dict)
    gates: Mapping[str, EntryGate] = field(default_factory=dict)
    ready: bool = False

    async def missing(self) -> list[str]:
        """What keeps the workers from their work at the moment."""
        if not self.ready:
            return ["starting or stopping"]
        asked: dict[str, Awaitable[object]] = {
            "Temporal service": self.client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=self.client.namespace)
            )
        }
        asked |= {f"store {key}": store.answer() for key, store in self.stores.items()}
        answers = await asyncio.gather(
            *(asyncio.wait_for(one, ANSWER_SECONDS) for one in asked.values()), return_exceptions=True
        )
        lacking = [name for name, said in zip(asked, answers, strict=True) if isinstance(said, Exception)]
        closed = [gate.closed_because() for gate in self.gates.values()]
        return lacking + [why[0] for why in closed if why]

    async def count_cases(self) -> list[GaugeValue]:
        """The open cases; empty unless this process runs the platform's worker."""
        if PROVINCE not in self.stores:
            return []
        return await count_cases(self.client, [stage for stage in Stage if stage not in ENDS])

    async def count_money(self) -> list[GaugeValue]:
        """The unallocated money of each bureau of this process."""
        measured = []
        for key, store in self.stores.items():
            if key != PROVINCE:
                async with store.reading() as session:
                    held = await unallocated(session)
                measured.append(GaugeValue(UNALLOCATED_FEN, sum(held.values()), {"bureau": key}))
                measured.append(GaugeValue(UNALLOCATED_RECEIPTS, len(held), {"bureau": key}))
        return measured


async def serve(address: Address, work: Work) -> None:
    """Run until SIGTERM or Ctrl-C, then finish what is running.

    Raises NoEngine, UnusableStore and CannotListen.
    """
    named = {key: store_of(key, work.stores) for key in work.keys}
    client = await connect(address)
    if work.platform:
        await prepare(client, work.retention_days)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    serving, workers = Serving(client, gates={key: EntryGate(key) for key in work.keys}), []
    async with AsyncExitStack() as running:
        if work.health:
            running.callback((await answer_health(work.health, serving.missing)).close)
        for key, closed in named.items():
            serving.stores[key] = await opened(key, closed)
            running.push_async_callback(serving.stores[key].close)
            worker = _worker(serving, key, work)
            workers.append(await running.enter_async_context(worker))
        for beside in _beside_the_workers(serving, work):
            running.callback(asyncio.create_task(beside).cancel)
        watching = asyncio.create_task(_watch(serving.stores, stop))
        running.callback(watching.cancel)
        # Modules loaded by now stay: garbage collections need not look through them again.
        gc.collect()
        gc.freeze()
        event("workers_ready", platform=work.platform, bureaus=len(work.bureaus))
        serving.ready = True
        try:
            await stop.wait()
        finally:
            serving.ready = False
            leave_at_the_latest(STOPPED, int(not stop.is_set()), partial(event, "workers_left_unfinished"))
        event("workers_stopping")
        # All at once: one after another, the last ones would go on taking up steps.
        await asyncio.gather(*(worker.shutdown() for worker in workers))
    event("workers_stopped")
    if watching.done() and not watching.cancelled():
        watching.result()


def _worker(serving: Serving, key: str, work: Work) -> Worker:
    """The worker of the platform, or of a bureau."""
    client, store, gate = serving.client, serving.stores[key], serving.gates[key]
    if key == PROVINCE:
        return platform_worker(client, store, work.arranged, work.build_id, gate)
    office = work.bureau_data.office(key)
    return bureau_worker(client, key, store, office=office, arranged=work.arranged, gate=gate)


def _beside_the_workers(serving: Serving, work: Work) -> Iterator[Coroutine[Any, Any, None]]:
    """The tasks beside the workers: sending messages, watching stores, telling cases of money, gauges."""
    if work.routes:
        for store in serving.stores.values():
            yield keep_sending(Sender(store, work.routes), partial(event, "outbox_not_reached"))
    for key, gate in serving.gates.items():
        yield look_at(gate, serving.client, serving.stores[key], despite_loss=work.despite_loss)
    for key in work.bureaus:
        tell = partial(tell_of_money, acting_as(serving.client, bureau_party(key)))
        funds = UnreportedFunds(key, serving.stores[key], tell)
        yield keep_reporting(funds, partial(event, "waiting_money_not_told"))
    if work.metrics:
        yield keep_gauges(Runtime.default().metric_meter, (serving.count_cases, serving.count_money))


async def _watch(stores: Mapping[str, Store], stop: asyncio.Event) -> None:
    """Check the file of every store at each heartbeat, and stop the workers when one was replaced.

    Raises UnusableStore then.
    """
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for key, store in stores.items():
            try:
                with suppress(StoreOutOfReach):
                    store.on_disk.require_the_same()
            except StoreReplaced as replaced:
                event("store_replaced", store=key)
                stop.set()
                raise UnusableStore(key, replaced, opened=True) from None


async def recover(address: Address, work: Work) -> bool:
    """Do again in each store the steps that are lost; returns whether all came out as they were.

    The workers of these stores must not run meanwhile. Raises NoEngine and UnusableStore.
    """
    client, alike = await connect(address), True
    for key in work.keys:
        store = await opened(key, store_of(key, work.stores))
        try:
            recovered = await recover_store(client, key, store, work)
        finally:
            await store.close()
        print(f"{key}: {recovered.steps} steps looked at, {recovered.missing} of them done again")
        for one in recovered.otherwise:
            print(f"  not as it was: {one}")
        for case_no, entered in recovered.ahead.items():
            print(f"  not known to the engine: {case_no or 'of no case'}: {', '.join(entered)}")
        alike = alike and not recovered.otherwise
    return alike


async def recover_store(client: Client, key: str, store: Store, work: Work) -> Recovered:
    """Do again in one open store the steps that the engine has kept, from a day before its last entry on.

    It is a bureau's store or the province's.
    """
    accepted, office = accepted_officers(client, work.arranged), work.bureau_data.office(key)
    return await do_again(
        store,
        await _asked_lately(client, key, store),
        lambda trial: (
            platform_activities(trial, work.arranged, accepted=accepted)
            if key == PROVINCE
            else bureau_activities(key, trial, office, accepted)
        ),
    )


async def _asked_lately(client: Client, key: str, store: Store) -> list[Asked]:
    """What was answered from a store since a day before its last entry; at the province only what enters."""
    since = await looked_at_since(store)
    if key != PROVINCE:
        return await asked_of(client, bureau_queue(key), since)
    return [one for one in await asked_of(client, PLATFORM_QUEUE, since) if one.step in ENTERED_AT_PROVINCE]


async def look_at(gate: EntryGate, client: Client, store: Store, *, despite_loss: bool = False) -> None:
    """Open the gate of a worker unless its store ends before its last answer; for `despite_loss` always."""
    if despite_loss:
        gate.open()
        event("store_not_looked_at", store=gate.key)
        return
    while True:
        try:
            if not await gate.look(store, last_stated(await _asked_lately(client, gate.key, store))):
                event("store_behind", store=gate.key)
        except (RPCError, SQLAlchemyError, OSError):
            await asyncio.sleep(ANSWER_SECONDS)
        else:
            return


def main(
    platform: Annotated[bool, typer.Option("--platform", help="The provincial platform's worker.")] = False,
    bureau: Annotated[list[str] | None, typer.Option(help="A bureau's worker; repeatable.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Platform and every bureau in one process.")
    ] = False,
    store: Annotated[
        str,
        typer.Option(help="SQLAlchemy URL of the store; {bureau} is the bureau's key, or 'province'."),
    ] = DEFAULT_STORES,
    arrangements: Annotated[
        Path | None, typer.Option(help="The province's file of arrangements (TOML).")
    ] = None,
    bureau_data: Annotated[
        Path | None,
        typer.Option(
            help="The province's file of its bureaus (TOML): addresses, accounts, numbers of papers."
        ),
    ] = None,
    outgoing: Annotated[
        Path | None,
        typer.Option(
            help="Send what the stores' outboxes hold: a directory for files, or a TOML file of routes."
        ),
    ] = None,
    build_id: Annotated[
        str, typer.Option(help="Name of this release, for the platform; `starter.py promote` gives it work.")
    ] = "",
    retention: Annotated[
        int | None,
        typer.Option(
            min=30, max=3650, help="Days for which the engine keeps closed cases; 180 unless more is set."
        ),
    ] = None,
    recover_stores: Annotated[
        bool,
        typer.Option(
            "--recover",
            help="Instead of working: do again what stores that were set back have lost; say what differs.",
        ),
    ] = False,
    despite_loss: Annotated[
        bool,
        typer.Option(
            "--despite-loss",
            help="Enter something in stores that were set back, although not all was recovered.",
        ),
    ] = False,
    address: Annotated[str | None, typer.Option(help="Temporal frontend, host:port.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Temporal namespace.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the Temporal TOML file.")] = None,
    config_file: Annotated[Path | None, typer.Option(help="Temporal TOML file.")] = None,
    metrics: Annotated[
        str | None, typer.Option(help="PORT (loopback) or HOST:PORT to answer Prometheus at, /metrics.")
    ] = None,
    health: Annotated[
        str | None, typer.Option(help="PORT (loopback) or HOST:PORT to answer /live and /ready at.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--keys", help="Key file; else of TRANSFER_KEYS, else of `make up`.")
    ] = None,
) -> None:
    """Run the platform's worker, one or more bureaus' workers, or all of them."""
    keys = tuple(one.key for one in BUREAUS) if everything else tuple(bureau or ())
    unread: list[str] = []
    work = Work(
        platform or everything,
        keys,
        store,
        arranged=read_named(arrangements, lambda path: ArrangementsFile.written(text_of(path)), unread),
        bureau_data=read_named(bureau_data, lambda path: BureauDataFile.written(text_of(path)), unread)
        or BureauDataFile(),
        routes=read_named(outgoing, RoutesFile.at, unread),
        build_id=build_id,
        despite_loss=despite_loss,
        recover=recover_stores,
        retention_days=retention,
    )
    work = replace(work, metrics=_listening(metrics, unread), health=_listening(health, unread))
    problems = [*_problems(work), *unread]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        raise typer.Exit(2)
    # A store holds names and ID numbers: for nobody's eyes but the operator's.
    os.umask(0o077)
    log_events()
    sys.excepthook = log_the_end
    try:
        Runtime.set_default(runtime_that_logs(metrics_at=work.metrics))
        at = Address(address, namespace, profile, config_file, key_file)

        if work.recover:
            raise typer.Exit(not asyncio.run(recover(at, work)))
        asyncio.run(serve(at, work))
    except (NoEngine, UnusableStore, CannotListen) as absent:
        print(absent, file=sys.stderr)
        raise typer.Exit(2) from None
    except RPCError as refusal:
        print(f"The Temporal server refuses: {refusal.message}.", file=sys.stderr)
        raise typer.Exit(2) from None


def _listening(where: str | None, problems: list[str]) -> Listening | None:
    """Where to answer, if somewhere; what is wrong with it is added to `problems`."""
    try:
        return listening(where) if where else None
    except ValueError as bad:
        problems.append(f"{bad}. See --metrics and --health.")
        return None


def _problems(work: Work) -> Iterator[str]:
    """Every contradiction among the options."""
    for key in work.bureaus:
        if not listed_bureau(key):
            yield f"There is no bureau {key}; `starter.py bureaus` lists them."
    if not work.keys:
        yield "Say which worker to run: --platform, --bureau CODE or --all."
    if work.retention_days and not work.platform:
        yield "The retention is set by the platform's worker; leave --retention to it."
    if work.build_id and not work.platform:
        yield "A build id is for the platform's worker: a bureau's has no workflow to keep apart."
    if len(work.keys) > 1 and "{bureau}" not in work.stores:
        yield "Several workers need several stores: write {bureau} into --store."


if __name__ == "__main__":
    run_and_leave(partial(typer.run, main))
