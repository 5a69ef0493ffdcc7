"""An attacker who has everything but the keys of those whom a case concerns: has seen its papers, calls every
step of both bureaus by name, works at their queues, sends every message of staff. Nothing is paid, posted,
filed or read; the workers go on, and the case ends as it would have.

And one who holds the key of the desk of the very bureau, which orders no step of a case."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from forged_orders import forged_orders, tenfold
from sqlalchemy import select
from sqlmodel import SQLModel
from staff import (
    NAMES,
    Handle,
    amendment,
    answer,
    approval,
    arrears_paid,
    certification,
    choice,
    completion,
    correction,
    correction_withdrawal,
    dispute,
    dispute_withdrawal,
    hold,
    referral,
    reopening,
    resumption,
    ruling,
    settlement,
    submit,
    supplement,
    withdrawal,
)
from stored_histories import stored
from strangers import (
    Disguise,
    start_with_own_keys,
    with_another_bureaus_keys,
    with_another_desks_keys,
    with_key_file,
    with_other_keys,
    without_keys,
)
from temporalio.api.enums.v1 import EventType
from temporalio.client import ActivityFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.contracts import (
    ANNOUNCE,
    ENTER_OUTGOING,
    FILE_RULING,
    LIST_RULINGS,
    NOT_FOR_DESKS,
    ORDER_REFUSED,
    READ_PROVINCE_OUTBOX,
    READ_ROSTER,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    TAKE_IN,
    USE_RULING_NUMBER,
    ActivityContract,
)
from activities.registration import bureau_activities
from desk.client.auditing import is_clean
from desk.client.worker_answers import ask_platform
from desk.commands.seed import seed_all
from desk.outbox.outgoing import messages_of_case
from desk.problems import BadInput
from engine.encryption.codec import Unreadable
from engine.encryption.keys import desk_party
from models.messages.arrangements import Officers
from models.messages.bank_statement import FundsArrived
from models.messages.calendar import Announcement
from models.messages.clocks import CalendarPublished
from models.messages.disputes import RulingNumber, RulingRecord, RulingsQuestion
from models.messages.papers import Paper, Remittance
from models.messages.requests import Approvable, Approval, StaffAction, StaffRequest
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CaseOrder, CasePapers, FundsDelivery, TakeInOrder
from models.officers.rosters import RosterQuestion
from models.officers.rulings import RulingDelivery
from models.outbox.outgoing import OutboxQuestion, OutgoingEvent, OutgoingMessage, OutgoingOrder, Recipient
from models.store.store import Store
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged
from rules.values.money import Fen
from rules.values.moves import Material
from rules.values.officers import PROVINCE
from rules.values.orders import Close, DisputePoint
from worker import bureau_worker, platform_worker
from workflows.calendar_publication import AnnounceAgain
from workflows.identifiers import (
    CALENDAR_PUBLISHED,
    FUNDS_ARRIVED,
    HANDED_OVER,
    PLATFORM_QUEUE,
    bureau_queue,
    case_no_of,
    case_workflow_id,
)
from workflows.transfer_case import TransferCase


async def waiting_case(province: Province, waits_for: Approvable) -> Handle:
    """A case that waits for an officer, at bureaus that hold their own keys only."""
    await province.start_platform(arranged=arranged(**{waits_for.value: Officers.ONE_OFFICER}))
    await start_with_own_keys(province, *BUREAUS)
    desk = with_key_file(province.client, desk_party(YANBIAN))
    await seed_all(desk, [account()])
    handle = await province.apply(application())
    await province.awaiting(handle, waits_for)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


async def rows(store: Store) -> dict[str, list[str]]:
    """Every row of every table."""
    async with store.reading() as session:
        connection = await session.connection()
        return {
            table.name: sorted(map(repr, await connection.execute(select(table))))
            for table in SQLModel.metadata.sorted_tables
        }


def orders_of(handle: Handle, papers: CasePapers, store: Store) -> list[tuple[str, Paper]]:
    """Every step of a bureau with forged orders, or with the application where none rest on papers."""
    case_no = case_no_of(handle.id)
    forged = {step.name: orders for step, orders in forged_orders(case_no, papers).items()}
    plain = [CaseOrder(case_no=case_no, application=application())]
    steps = [step.__name__ for step in bureau_activities(YANBIAN, store)]
    return [(step, order) for step in steps for order in forged.get(step, plain)]


FIELD = "base/2020-01..2020-12"
REQUESTS: Sequence[StaffRequest] = (
    supplement(Material.POSTING_DOCUMENT),
    arrears_paid("2020-01", "2020-12"),
    certification("2010-01", "2019-12"),
    correction((FIELD, "6000.00", "60000.00")),
    amendment({FIELD: "60000.00"}),
    *(approval(what) for what in Approvable),
    choice(1),
    withdrawal(),
    dispute(),
    answer(),
    settlement(Party.TRANSFER_IN),
    referral(),
    ruling([Close()]),
    correction_withdrawal(FIELD),
    dispute_withdrawal(),
    completion(Party.TRANSFER_OUT, name="王敏"),
    reopening((FIELD, "6000.00", "60000.00")),
    hold(),
    resumption(),
)
"""A message of every kind that staff hand in."""


def announcements(case_no: str) -> dict[str, Paper]:
    """What bank and province announce to a case, which no officer seals."""
    arrived = FundsArrived.whole(CHANGCHUN, f"remittance/{case_no}/1", date(2026, 11, 1), Fen(1))
    published = CalendarPublished(message_id="calendar/forged", notice="国办发〔2027〕1号", version="forged")
    return {FUNDS_ARRIVED: arrived, CALENDAR_PUBLISHED: published}


HAVE_KEYS_OF_A_BUREAU = (with_another_bureaus_keys, with_another_desks_keys)
"""Whose announcements a case reads: it asks its own bureau and the province what is true of them."""


def test_the_attacker_knows_every_kind_of_message_that_staff_send() -> None:
    assert {NAMES[type(request)] for request in REQUESTS} == set(StaffAction)
    assert {request.what for request in REQUESTS if isinstance(request, Approval)} == set(Approvable)


@pytest.mark.parametrize(
    ("stranger", "waits_for"),
    [
        (without_keys, Approvable.RELEASE_OF_FUNDS),
        (with_other_keys, Approvable.POSTING),
        (with_another_bureaus_keys, Approvable.RELEASE_OF_FUNDS),
        (with_another_desks_keys, Approvable.POSTING),
    ],
)
async def test_no_step_is_done_and_no_message_believed_of_an_attacker(
    province: Province, stranger: Disguise, waits_for: Approvable
) -> None:
    handle = await waiting_case(province, waits_for)
    papers = await handle.query(TransferCase.papers)
    before = {bureau: await rows(province.stores[bureau]) for bureau in BUREAUS}
    attacker = stranger(province.client)
    for bureau in (YANBIAN, CHANGCHUN):
        for number, (step, order) in enumerate(orders_of(handle, papers, province.stores[bureau])):
            with pytest.raises((ActivityFailureError, Unreadable)) as failed:
                await attacker.execute_activity(
                    step,
                    order,
                    id=f"attack/{handle.id}/{bureau}/{number}",
                    task_queue=bureau_queue(bureau),
                    start_to_close_timeout=timedelta(seconds=10),
                    retry_policy=RetryPolicy(maximum_attempts=1),
                )
            # Refused where it was decrypted: a step that looks at its papers has begun already.
            assert getattr(failed.value.__cause__, "type", "") not in (ORDER_REFUSED, NOT_FOR_DESKS)
    theirs = attacker.get_workflow_handle_for(TransferCase.run, handle.id)
    for request in REQUESTS:
        await theirs.signal(NAMES[type(request)], request)
        with pytest.raises((WorkflowUpdateFailedError, KeyError, Unreadable)):
            await theirs.execute_update(NAMES[type(request)], request, result_type=dict)
    announced = announcements(case_no_of(handle.id))
    for name, announcement in announced.items():
        await theirs.signal(name, announcement)
    unread = 0 if stranger in HAVE_KEYS_OF_A_BUREAU else len(announced)
    with pytest.raises((KeyError, Unreadable)):
        await theirs.query(TransferCase.progress)
    await province.journalled(handle, Event.MESSAGE_REFUSED, times=len(REQUESTS) + unread)
    assert {bureau: await rows(province.stores[bureau]) for bureau in BUREAUS} == before
    await ends_well(province, handle, waits_for)


async def waiting_in_service(province: Province) -> Handle:
    """A case whose form has reached Changchun and whose funds wait for an officer, with the workers that
    `worker.py` runs."""
    client = province.client
    await province.open_store(PROVINCE)
    asked_of = arranged(release_of_funds=Officers.ONE_OFFICER)
    workers = [platform_worker(client, province.stores[PROVINCE], asked_of)]
    workers += [bureau_worker(client, bureau, province.stores[bureau]) for bureau in BUREAUS]
    for worker in workers:
        await province.running.enter_async_context(worker)
    await seed_all(with_key_file(client, desk_party(YANBIAN)), [account()])
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


Attack = tuple[str, str, ActivityContract[Any, Any], Paper]
"""Whose desk, the queue, the step, and what it is asked to do."""


def of_its_own_bureau(case_no: str, papers: CasePapers) -> Iterator[Attack]:
    """Money invented and posted: a further form of ten times the amounts, its money, taken in."""
    form = papers.information_forms[-1].model_copy(update={"version": 2})
    forged = tenfold(form).model_copy(update={"number": f"{form.number} forged"})
    sent = Remittance(
        number=f"remittance/{case_no}/1",
        case_no=case_no,
        sequence=1,
        bureau_out=YANBIAN,
        bureau_in=CHANGCHUN,
        information_form=forged.number,
        individual=forged.lines.individual,
        pooled=forged.lines.pooled,
        sent_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    for step, order in (
        (RECEIVE_INFORMATION, forged),
        (RECEIVE_FUNDS, FundsDelivery(remittance=sent)),
        (TAKE_IN, TakeInOrder(form=forged)),
    ):
        yield CHANGCHUN, bureau_queue(CHANGCHUN), step, order


def of_the_platform(case_no: str) -> Iterator[Attack]:
    """A ruling and its number, a message to a person, an announcement to a case: by any bureau's desk."""
    made = ruling([Close()])
    record = RulingRecord(
        case_no=case_no,
        point=DisputePoint.AMOUNT,
        ruling=made,
        officers=("province-01", "province-02"),
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    told = OutgoingMessage(
        key=f"forged/{case_no}",
        case_no=case_no,
        event=OutgoingEvent.CLOSED,
        recipient=Recipient.APPLICANT,
        bureau=CHANGCHUN,
    )
    published = announcements(case_no)[CALENDAR_PUBLISHED]
    assert isinstance(published, CalendarPublished)
    query = f"WorkflowId = '{case_workflow_id(case_no)}'"
    for step, order in (
        (FILE_RULING, RulingDelivery(record=record, acts=())),
        (USE_RULING_NUMBER, RulingNumber(number=made.number, case_no=case_no)),
        (ENTER_OUTGOING, OutgoingOrder(messages=(told,))),
        (ANNOUNCE, Announcement(message=published, signal=CALENDAR_PUBLISHED, query=query)),
    ):
        for desk in (CHANGCHUN, SIPING):
            yield desk, PLATFORM_QUEUE, step, order


async def test_the_key_of_a_bureaus_own_desk_orders_no_step_of_a_case(province: Province) -> None:
    handle = await waiting_in_service(province)
    case_no = case_no_of(handle.id)
    papers = await handle.query(TransferCase.papers)
    before = {key: await rows(store) for key, store in province.stores.items()}
    for desk, queue, step, order in (*of_its_own_bureau(case_no, papers), *of_the_platform(case_no)):
        with pytest.raises(ActivityFailureError) as failed:
            await with_key_file(province.client, desk_party(desk)).execute_activity(
                step.name,
                order,
                id=f"attack/{desk}/{step.name}/{handle.id}",
                task_queue=queue,
                start_to_close_timeout=timedelta(seconds=10),
            )
        refused = failed.value.cause
        assert isinstance(refused, ApplicationError)
        assert (refused.type, refused.non_retryable) == (NOT_FOR_DESKS, True)
        assert step.name in refused.message
    assert {key: await rows(store) for key, store in province.stores.items()} == before
    await ends_well(province, handle, Approvable.RELEASE_OF_FUNDS)


async def test_the_platform_answers_the_desk_of_the_province_what_it_answers_no_other(
    province: Province,
) -> None:
    await province.open_store(PROVINCE)
    worker = platform_worker(province.client, province.stores[PROVINCE])
    await province.running.enter_async_context(worker)
    bureau, own = (with_key_file(province.client, desk_party(one)) for one in (CHANGCHUN, PROVINCE))
    questions: tuple[tuple[ActivityContract[Any, Any], Paper], ...] = (
        (READ_PROVINCE_OUTBOX, OutboxQuestion(dead_only=True, retry=True)),
        (READ_ROSTER, RosterQuestion(bureau=PROVINCE)),
        (LIST_RULINGS, RulingsQuestion(point=DisputePoint.AMOUNT)),
    )
    for step, question in questions:
        with pytest.raises(BadInput) as refused:
            await ask_platform(bureau, step, question, "-")
        assert "for the province's desk alone" in refused.value.summary.en
        assert "只应省级经办机构的要求" in refused.value.summary.zh
        await ask_platform(own, step, question, "-")
        await ask_platform(province.client, step, question, "-")
    for client in (bureau, own):
        assert await messages_of_case(client, "220100-20260115-ZZZZZZZZ", ()) == []


def as_taken_over(case_no: str) -> CaseOrder:
    """With what a run begins that goes on with a case whose money waits to be posted."""
    began, *_ = json.loads(stored("taken_over").read_text())["events"]
    (given,) = began["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    order = given["payload"]["says"]
    assert order[HANDED_OVER]
    return CaseOrder.model_validate_json(json.dumps(order).replace(order["case_no"], case_no))


async def test_a_desk_opens_no_case_that_stands_where_it_says(province: Province) -> None:
    await province.start()
    order = as_taken_over("220100-20260115-ZZZZZZZZ")
    desk = with_key_file(province.client, desk_party(CHANGCHUN))
    province.opened.append(order.case_no)
    handle = await desk.start_workflow(
        TransferCase.run, order, id=case_workflow_id(order.case_no), task_queue=PLATFORM_QUEUE
    )
    await is_not_read(province, handle)


async def test_no_desk_of_a_bureau_has_an_announcement_carried_out(province: Province) -> None:
    waiting = await waiting_in_service(province)
    published = announcements(case_no_of(waiting.id))[CALENDAR_PUBLISHED]
    assert isinstance(published, CalendarPublished)
    query = f"WorkflowId = '{waiting.id}'"
    announcement = Announcement(message=published, signal=CALENDAR_PUBLISHED, query=query)
    desk = with_key_file(province.client, desk_party(CHANGCHUN))
    handle = await desk.start_workflow(
        AnnounceAgain.run, announcement, id=f"announced/{waiting.id}", task_queue=PLATFORM_QUEUE
    )
    await is_not_read(province, handle)
    await handle.terminate()
    await ends_well(province, waiting, Approvable.RELEASE_OF_FUNDS)


async def is_not_read(province: Province, handle: WorkflowHandle[Any, Any]) -> None:
    """The platform's worker has taken up what was started, and cannot read what it was started with."""
    completed, failed = (
        EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    )

    async def happened() -> set[Any]:
        return {event.event_type async for event in handle.fetch_history_events()} & {completed, failed}

    async def was_tried() -> bool:
        return bool(await happened())

    await province.until(was_tried)
    assert await happened() == {failed}


async def ends_well(province: Province, handle: Handle, waits_for: Approvable) -> None:
    """The case closes with the money of the form on file, and the audit finds nothing."""
    await submit(handle, approval(waits_for))
    assert (await handle.result()).stage is Stage.CLOSED
    papers = await handle.query(TransferCase.papers)
    (sent,) = papers.remittances
    assert sent.total == papers.information_forms[0].lines.total
    assert is_clean(await province.audit())
