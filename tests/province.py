"""A small province for tests: the platform, three bureaus, and people with accounts there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from limited_waits import nobody_is_silent
from stores import Databases, SqliteFiles
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment
from temporalio.worker import Interceptor, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from activities.asked_by_desks import AskedByDesks
from activities.officers.register import AcceptedOfficers
from activities.province.clocks import ClockActivities
from activities.registration import bureau_activities, platform_activities
from desk.client.asking import NO_ANSWER
from desk.client.auditing import audit_books
from desk.client.opening import open_case
from desk.commands.seed import seed_all
from engine.encryption.codec import acting_as, asked_by_the_province
from engine.encryption.keys import PLATFORM, bureau_party
from engine.sandbox import PrecompilingRunner
from models.contacts.bureaus import OfficeData
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, ProvinceArrangements
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.arrangements import Officers
from models.messages.audit import AuditReport
from models.messages.progress import Progress
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.store.store import Store
from rules.values.officers import PROVINCE
from worker import WORKFLOWS, accepted_officers
from workflows.identifiers import DUE_AT, PLATFORM_QUEUE, RUNNING_CASES, bureau_queue, case_workflow_id
from workflows.transfer_case import TransferCase

Handle = WorkflowHandle[TransferCase, Progress]

CHANGCHUN, YANBIAN, SIPING = BUREAUS = ("220100", "222400", "220300")

TEACHER = "222401198604120247"
WORKER = "22020219750930117X"

PATIENCE_SECONDS = 60
"""The longest time a test waits for an expected result: the machine may be busy with other tests."""

STRICT = SandboxRestrictions.default.with_import_notification_policy(
    SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)
"""The policy by which a module that workflow code reaches has to be passed through on purpose."""


def account(
    id_number: str = TEACHER,
    name: str = "崔明玉",
    scheme: str = "G",
    bureau: str = YANBIAN,
    months: Sequence[tuple[str, str, str]] = (("2020-01", "2025-12", "6000.00"),),
    **more: Any,
) -> HistoryFile:
    """An account as in a seed file."""
    return HistoryFile.model_validate(
        {
            "person": {"name": name, "id_number": id_number},
            "scheme": scheme,
            "bureau": bureau,
            "months": [{"from": first, "to": last, "base": base} for first, last, base in months],
            **more,
        }
    )


def application(**changes: Any) -> TransferApplication:
    """A teacher's application without grounds of refusal, with a test's changes."""
    return TransferApplication.model_validate(
        {
            "name": "崔明玉",
            "id_number": TEACHER,
            "scheme_from": "G",
            "scheme_to": "E",
            "bureau_out": YANBIAN,
            "bureau_in": CHANGCHUN,
            "reason": "posting",
            "registered_home": "222401",
            "submitted_on": date(2026, 1, 15),
            "new_employer": "长春北方软件有限公司",
            "employer_bureau": CHANGCHUN,
            "materials": ("identity_document", "application_form", "posting_document"),
            **changes,
        }
    )


def arranged(**officers: Officers) -> ArrangementsFile:
    """The built-in arrangements, except for the officers named."""
    ruling = officers.pop("ruling", None)
    province = ProvinceArrangements(ruling=ruling) if ruling else ProvinceArrangements()
    return ArrangementsFile(defaults=BureauArrangements(**officers), province=province)


class Province:
    """Workers that can be started and stopped one by one, and their stores."""

    def __init__(
        self,
        env: WorkflowEnvironment,
        directory: Path,
        running: AsyncExitStack,
        databases: Databases | None = None,
    ) -> None:
        self.env = env
        self.client = env.client
        self.databases = databases or SqliteFiles(directory)
        self.running = running
        self.stores: dict[str, Store] = {}
        self.bureau_workers: list[Worker] = []
        self.opened: list[str] = []
        self.offices: dict[str, OfficeData] = {}
        """The data of bureaus' own offices that a test sets, by bureau."""
        self.refuses = True
        """Whether workers refuse desks the steps that only workflows may ask for; some tests switch this
        off."""
        self.arranged: ArrangementsFile | None = None
        """The file of arrangements of the platform and of every bureau's worker."""
        self.runner: SandboxedWorkflowRunner = PrecompilingRunner(restrictions=STRICT)
        self.longer = pytest.MonkeyPatch()
        """Holds the extended limits, so that a busy worker does not count as silent."""
        running.callback(self.longer.undo)
        self.secret = str(directory).encode()
        """A key per test, so that the same application is a different case on the shared server."""

    async def open_store(self, bureau: str) -> None:
        store = Store(await self.databases.migrated(bureau))
        self.running.push_async_callback(store.close)
        self.stores[bureau] = store

    async def start_platform(
        self, clock: type[ClockActivities] = ClockActivities, arranged: ArrangementsFile | None = None
    ) -> None:
        """Run the platform's worker until the test ends."""
        await self.running.enter_async_context(await self.platform(clock, arranged))

    async def platform(
        self,
        clock: type[ClockActivities] = ClockActivities,
        arranged: ArrangementsFile | None = None,
        workflows: Sequence[type[Any]] = WORKFLOWS,
        interceptors: Sequence[Interceptor] = (),
        **options: Any,
    ) -> Worker:
        """The platform's worker, with the strictest rules for imports in workflow code."""
        if PROVINCE not in self.stores:
            await self.open_store(PROVINCE)
        self.arranged = arranged
        return Worker(
            acting_as(self.client, PLATFORM),
            task_queue=PLATFORM_QUEUE,
            workflows=workflows,
            activities=platform_activities(
                self.stores[PROVINCE], arranged, clock, accepted_officers(self.client, arranged)
            ),
            interceptors=[*self.refusing(asked_by_the_province), *interceptors],
            workflow_runner=self.runner,
            **options,
        )

    def refusing(self, of_the_province: Callable[[], bool] = lambda: True) -> list[Interceptor]:
        """The interceptors that refuse desks the steps they may not ask for."""
        return [AskedByDesks(of_the_province)] if self.refuses else []

    def worker_at(self, bureau: str, *interceptors: Interceptor, **replaced: Callable[..., Any]) -> Worker:
        """A bureau's worker; `replaced` holds other methods for steps, by the step's name."""
        return self._worker(bureau, accepted_officers(self.client, self.arranged), interceptors, replaced)

    def _worker(
        self,
        bureau: str,
        accepted: AcceptedOfficers,
        interceptors: Sequence[Interceptor] = (),
        replaced: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    ) -> Worker:
        steps = bureau_activities(bureau, self.stores[bureau], self.offices.get(bureau), accepted)
        steps = [replaced.get(step.__name__, step) for step in steps]
        queue = bureau_queue(bureau)
        client = acting_as(self.client, bureau_party(bureau))
        return Worker(
            client, task_queue=queue, activities=steps, interceptors=[*self.refusing(), *interceptors]
        )

    async def start_bureaus(self, *bureaus: str, **replaced: Callable[..., Any]) -> None:
        """Run these bureaus' workers until the test ends."""
        for bureau in bureaus:
            worker = self.worker_at(bureau, **replaced)
            self.bureau_workers.append(await self.running.enter_async_context(worker))

    async def stop_bureaus(self) -> None:
        """Stop the workers that `start_bureaus` has started; their stores stay open."""
        self.longer.undo()
        await asyncio.gather(*(worker.shutdown() for worker in self.bureau_workers))

    async def start_arranged(self, arranged: ArrangementsFile, *bureaus: str) -> None:
        """Run these bureaus' workers with these arrangements until the test ends."""
        for bureau in bureaus:
            worker = self._worker(bureau, accepted_officers(self.client, arranged))
            await self.running.enter_async_context(worker)

    def wait_longer(self) -> None:
        """Extend the limits to what a busy machine needs, as all workers are running."""
        self.longer.undo()
        nobody_is_silent(self.longer)

    async def start(self, **officers: Officers) -> None:
        """Start all workers; `officers` says who approves what, by its name; by default nobody has to."""
        self.wait_longer()
        await self.start_platform(arranged=arranged(**officers))
        await self.start_bureaus(*BUREAUS)

    async def seed(self, *accounts: HistoryFile) -> None:
        await seed_all(self.client, accounts)

    async def apply(self, asked: TransferApplication) -> Handle:
        """Open a case and return its handle."""
        case_no = (await open_case(self.client, asked, self.secret)).case_no
        self.opened.append(case_no)
        return self.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))

    async def journalled(self, handle: Handle, event: Event, times: int = 1) -> None:
        """Wait until the journal of a case holds an event. Raises TimeoutError otherwise."""

        async def has_it() -> bool:
            journal = await handle.query(TransferCase.journal)
            return sum(entry.count for entry in journal if entry.event is event) >= times

        await self.until(has_it)

    async def awaiting(self, handle: Handle, what: Approvable, form_version: int = 1) -> None:
        """Wait until a case waits for an approval. Raises TimeoutError otherwise."""

        async def waits() -> bool:
            progress = await handle.query(TransferCase.progress)
            waiting = {one.what for one in progress.approvals}
            return what in waiting and progress.form_version >= form_version and progress.dispute is None

        async def ruling_waits() -> bool:
            progress = await handle.query(TransferCase.progress)
            return what in {one.what for one in progress.approvals}

        await self.until(ruling_waits if what is Approvable.RULING else waits)

    @staticmethod
    async def until(condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait until a condition holds. Raises TimeoutError otherwise.

        A case that does not answer in time, as on a busy machine, is asked again.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    if await condition():
                        return
                except RPCError as error:
                    if error.status not in NO_ANSWER:
                        raise
                await asyncio.sleep(0.05)

    async def reached(self, handle: Handle, stage: Stage) -> None:
        """Wait until a case is at a stage. Raises TimeoutError otherwise."""

        async def is_there() -> bool:
            return (await handle.query(TransferCase.progress)).stage is stage

        await self.until(is_there)

    async def listed_at_work(self, handle: Handle) -> None:
        """Wait until the list of cases, which lags, has a case with a running clock."""
        await self.listed(handle, f"{RUNNING_CASES} AND {DUE_AT.name} IS NOT NULL")

    async def listed(self, handle: Handle, condition: str) -> None:
        """Wait until the list of cases, which lags, has a case with this condition on its attributes."""
        found = f"WorkflowId = '{handle.id}' AND {condition}"

        async def on_it() -> bool:
            return (await self.client.count_workflows(found)).count == 1

        await self.until(on_it)

    async def time_of(self, handle: Handle) -> datetime:
        """The present instant by the clock of a case, which tests move separately."""
        if not self.env.supports_time_skipping:
            return datetime.now(UTC)
        return await TimeSkipper(self.client).get_current_time(handle)

    async def audit(self) -> AuditReport:
        """What an audit of the three bureaus tells, who may take as long to answer as a test waits."""
        return await audit_books(self.client, BUREAUS, PATIENCE_SECONDS)

    async def end_open_cases(self) -> None:
        """End open cases, which the next test's workers would otherwise pick up."""
        for case_no in self.opened:
            await delete_case(self.client, case_no)


async def delete_case(client: Client, case_no: str) -> None:
    """Delete a case: if it were only terminated, it would be on the worklists of later tests."""
    case = WorkflowExecution(workflow_id=case_workflow_id(case_no))
    with suppress(RPCError):
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=case)
        )


async def advance(env: WorkflowEnvironment, handle: "WorkflowHandle[Any, Any]", by: timedelta) -> None:
    """Move one case's clock forward; this is the only place that depends on how the server does it.

    A test that needs this is skipped, with the reason, if a given service does not support it.
    """
    if not env.supports_time_skipping:
        pytest.skip("the given service cannot move the clock of a case")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await env.fast_forward(handle, by)
