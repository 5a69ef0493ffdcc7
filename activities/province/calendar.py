"""The province's calendar steps: a notice is filed, then running cases that it may concern are informed."""

import asyncio
from hashlib import sha256

from pydantic import ValidationError
from sqlalchemy import func, literal_column, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity
from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import BatchOperationState
from temporalio.api.workflowservice.v1 import (
    DescribeBatchOperationRequest,
    DescribeBatchOperationResponse,
    StartBatchOperationRequest,
)
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.clock import started_at, today
from activities.contracts import ANNOUNCE, PUBLISH_NOTICE, READ_CALENDAR
from activities.officers.register import OfficerRegister
from activities.orders import order_refused
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.calendar import (
    Announced,
    Announcement,
    CalendarFiling,
    CalendarQuestion,
    NoticeFiling,
    PublishedCalendar,
    PublishedNotice,
    SignedCalendar,
)
from models.store.store import PaperKey, Store
from models.store.tables import PAPER
from rules.calendar.notices import closure_problems, notice_problems
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side

NOTICE = PaperKind.HOLIDAY_NOTICE
# The kind is written out in the statements, as it is in the index of these papers.
_IS_NOTICE = PAPER.c.kind == literal_column(f"'{NOTICE}'")
_NOTICES = select(PAPER.c.body).where(_IS_NOTICE).order_by(PAPER.c.id)
FILED = select(func.count()).where(_IS_NOTICE)


class ProvinceCalendar:
    """The calendar by the province's register, read again when any worker has added to the register."""

    def __init__(self, store: Store, nationwide: WorkingCalendar | None = None) -> None:
        self.store = store
        self.nationwide = nationwide or WorkingCalendar()
        self._read = 0
        self._calendar = self.nationwide

    async def as_published(self) -> WorkingCalendar:
        """The calendar as it stands now. One small query when nothing was published since."""
        if await self._filed() != self._read:
            notices = await self.notices()
            files = [CalendarFile.model_validate_json(notice.draft.content) for notice in notices]
            # The same calendar object serves until the next notice, so that its days are worked out once.
            self._calendar, self._read = loaded(self.nationwide, files), len(files)
        return self._calendar

    async def notices(self) -> tuple[PublishedNotice, ...]:
        """Every published calendar file, in order of filing."""
        async with self.store.connected() as connection:
            bodies = (await connection.execute(_NOTICES)).scalars()
            return tuple(PublishedNotice.model_validate_json(body) for body in bodies)

    async def _filed(self) -> int:
        async with self.store.connected() as connection:
            return (await connection.execute(FILED)).scalar_one()


LOOK_SECONDS = 0.2


class CalendarActivities:
    """Files notices and announces them; `calendar` is the one by which clocks are computed."""

    def __init__(self, calendar: ProvinceCalendar, officers: OfficerRegister) -> None:
        self.calendar = calendar
        self.officers = officers

    @READ_CALENDAR.implements
    async def read_calendar(self, question: CalendarQuestion) -> PublishedCalendar:
        """Everything that the province has published, for others to count by."""
        version = (await self.calendar.as_published()).version
        return PublishedCalendar(notices=await self.calendar.notices(), version=version)

    @PUBLISH_NOTICE.implements
    async def publish_notice(self, signed: SignedCalendar) -> CalendarFiling:
        """File a notice that two officers have sealed, or say which seal does not hold.

        Every clock computed from now on counts by it.
        """
        _check(signed)
        for one in (signed.maker, signed.checker):
            if found := await self.officers.accept(one.order, Right.PUBLISH_CALENDAR, one, started_at()):
                return CalendarFiling(refusals=found, of_maker=one is signed.maker)

        async def draw_up(_: AsyncSession) -> PublishedNotice:
            return PublishedNotice(
                started_at=started_at(),
                signed=signed,
                published_on=today(),
            )

        key = PaperKey(f"calendar/{signed.draft.digest}", NOTICE, Side.ISSUED)
        notice = await self.calendar.store.file_once(key, PublishedNotice, started_at(), draw_up)
        version = (await self.calendar.as_published()).version
        file = CalendarFile.model_validate_json(notice.draft.content)
        filed = NoticeFiling(
            filed_at=notice.started_at,
            anchor=notice.anchor,
            version=version,
            changes_from=file.changes_from,
            bureaus=file.bureaus,
        )
        return CalendarFiling(filed=filed)

    @ANNOUNCE.implements
    async def announce(self, announcement: Announcement) -> Announced:
        """Have the server signal all cases, and wait until it has. Asked again, it signals nobody twice.

        A terminated job is told apart from its replacement by a number, since a job's name is used once; a
        case that the terminated job had signalled ignores the copy.
        """
        client = activity.client()
        first = f"{announcement.message.message_id}/{announcement.time}"
        number = 0
        while True:
            number += 1
            begun, batch = await self._signalled(client, announcement, f"{first}/{number}")
            if batch.state == BatchOperationState.BATCH_OPERATION_STATE_COMPLETED:
                return Announced(told=batch.complete_operation_count, not_told=batch.failure_operation_count)
            if begun:
                raise ApplicationError(f"the announcement {first} was broken off; it is begun anew")

    async def _signalled(
        self, client: Client, announcement: Announcement, job: str
    ) -> tuple[bool, DescribeBatchOperationResponse]:
        """The finished job, and whether this call has started it."""
        payloads = Payloads(payloads=await client.data_converter.encode([announcement.message]))
        request = StartBatchOperationRequest(
            namespace=client.namespace,
            visibility_query=announcement.query,
            job_id=job,
            reason=job,
            signal_operation=BatchOperationSignal(signal=announcement.signal, input=payloads),
        )
        # Looked for first: while a job is under way the server refuses to start one, be it the same.
        begun = not await _is_known(client, job) and await _start(client, request)
        batch = await _look(client, job)
        while batch.state == BatchOperationState.BATCH_OPERATION_STATE_RUNNING:
            await asyncio.sleep(LOOK_SECONDS)
            batch = await _look(client, job)
        return begun, batch


async def _is_known(client: Client, job: str) -> bool:
    try:
        await _look(client, job)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _start(client: Client, request: StartBatchOperationRequest) -> bool:
    """Start the job, unless an earlier attempt has."""
    try:
        await client.workflow_service.start_batch_operation(request)
    except RPCError as error:
        if error.status is RPCStatusCode.RESOURCE_EXHAUSTED:
            raise ApplicationError(
                "cases are being told of something else; this waits until that is done"
            ) from None
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
        return False
    return True


async def _look(client: Client, job: str) -> DescribeBatchOperationResponse:
    return await client.workflow_service.describe_batch_operation(
        DescribeBatchOperationRequest(namespace=client.namespace, job_id=job)
    )


def _check(signed: SignedCalendar) -> None:
    """Refuses a draft that does not meet what its officers' desks check beforehand."""
    unwanted = (
        signed.maker.draft != signed.checker.draft or signed.maker.withdrawn or signed.checker.withdrawn
    )
    if unwanted or signed.maker.officer == signed.checker.officer:
        raise order_refused(
            "Two different officers have to want the same notice published; nothing was filed.",
            "须由两名不同的经办人就同一通知签章同意发布，未归档。",
        )
    draft = signed.draft
    try:
        file = CalendarFile.model_validate_json(draft.content)
    except ValidationError:
        raise order_refused(
            "The notice cannot be read by this release; nothing was filed.",
            "本版本无法读取该通知，未归档。",
        ) from None
    if (file.number, sha256(draft.content.encode()).hexdigest()) != (draft.number, draft.digest):
        raise order_refused(
            "The notice is not what its number and digest say; nothing was filed.",
            "通知内容与其文号或摘要不符，未归档。",
        )
    if file.notice is None and not file.closures:
        raise order_refused("The notice changes no day; nothing was filed.", "通知未变更任何日期，未归档。")
    notice = notice_problems(file.notice.notice()) if file.notice else ()
    if notice or closure_problems(entry.closure() for entry in file.closures):
        raise order_refused(
            "The notice contradicts the law it rests on; nothing was filed.",
            "通知内容与其所依据的规定不符，未归档。",
        )
