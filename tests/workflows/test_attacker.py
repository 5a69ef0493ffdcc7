"""An attacker who has everything but the keys of those whom a case concerns: has seen its papers, calls every
step of both bureaus by name, works at their queues, sends every message of staff. Nothing is paid, posted,
filed or read; the workers go on, and the case ends as it would have."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from forged_orders import forged_orders
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
from strangers import (
    Disguise,
    start_with_own_keys,
    with_another_bureaus_keys,
    with_another_desks_keys,
    with_key_file,
    with_other_keys,
    without_keys,
)
from temporalio.client import ActivityFailureError, WorkflowUpdateFailedError
from temporalio.common import RetryPolicy

from activities.contracts import ORDER_REFUSED
from activities.registration import bureau_activities
from desk.client.auditing import audit_books, is_clean
from desk.commands.seed import seed_all
from engine.encryption.codec import Unreadable
from engine.encryption.keys import desk_party
from models.messages.arrangements import Officers
from models.messages.bank_statement import FundsArrived
from models.messages.clocks import CalendarPublished
from models.messages.papers import Paper
from models.messages.requests import Approvable, Approval, StaffAction, StaffRequest
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CaseOrder, CasePapers
from models.store.store import Store
from province import BUREAUS, CHANGCHUN, YANBIAN, Province, account, application, arranged
from rules.values.money import Fen
from rules.values.moves import Material
from rules.values.orders import Close
from workflows.identifiers import CALENDAR_PUBLISHED, FUNDS_ARRIVED, bureau_queue, case_workflow_id
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
    case_no = handle.id.removeprefix(case_workflow_id(""))
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
            assert getattr(failed.value.__cause__, "type", "") != ORDER_REFUSED
    theirs = attacker.get_workflow_handle_for(TransferCase.run, handle.id)
    for request in REQUESTS:
        await theirs.signal(NAMES[type(request)], request)
        with pytest.raises((WorkflowUpdateFailedError, KeyError, Unreadable)):
            await theirs.execute_update(NAMES[type(request)], request, result_type=dict)
    announced = announcements(handle.id.removeprefix(case_workflow_id("")))
    for name, announcement in announced.items():
        await theirs.signal(name, announcement)
    unread = 0 if stranger in HAVE_KEYS_OF_A_BUREAU else len(announced)
    with pytest.raises((KeyError, Unreadable)):
        await theirs.query(TransferCase.progress)
    await province.journalled(handle, Event.MESSAGE_REFUSED, times=len(REQUESTS) + unread)
    assert {bureau: await rows(province.stores[bureau]) for bureau in BUREAUS} == before
    await ends_well(province, handle, waits_for)


async def ends_well(province: Province, handle: Handle, waits_for: Approvable) -> None:
    """The case closes with the money of the form on file, and the audit finds nothing."""
    await submit(handle, approval(waits_for))
    assert (await handle.result()).stage is Stage.CLOSED
    papers = await handle.query(TransferCase.papers)
    (sent,) = papers.remittances
    assert sent.total == papers.information_forms[0].lines.total
    assert is_clean(await audit_books(province.client, BUREAUS, 10))
