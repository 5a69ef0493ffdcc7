"""The cases whose histories are stored, each as a function that records it again.

There is one for every path a case can take; `tests/replay` holds the server's history of each.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from recorded_corrections import CORRECTIONS
from recorded_disputes import DISPUTES
from recorded_long_cases import handed_over, taken_over
from recorded_months import MONTHS
from recorded_notices import NOTICES, publication, publication_announced_twice
from recorded_payments import paid_in_two_parts
from recorded_rates import rate_published, rate_settled
from sqlalchemy import text
from staff import (
    approval,
    choice,
    completion,
    correction,
    hold,
    resumption,
    send,
    submit,
    supplement,
    withdrawal,
)
from stores import lift_protection
from temporalio.client import WorkflowHandle

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from activities.transfer_out.transfer_out import TransferOutActivities
from models.messages.application import TransferApplication
from models.messages.arrangements import Officers
from models.messages.audit import AuditOrder
from models.messages.papers import Remittance
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from models.messages.steps import RemittanceOrder
from province import (
    BUREAUS,
    CHANGCHUN,
    SIPING,
    WORKER,
    YANBIAN,
    Handle,
    Province,
    account,
    advance,
    application,
)
from rules.values.due_dates import Clock
from rules.values.moves import Material
from workflows.audit import AuditBooks
from workflows.identifiers import PLATFORM_QUEUE
from workflows.transfer_case import TransferCase

Recording = Callable[[Province], Awaitable[WorkflowHandle[Any, Any]]]


async def teacher_to_enterprise(province: Province) -> Handle:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    return handle


async def record_completed(province: Province) -> Handle:
    """Each bureau has another name on its record, and both complete theirs."""
    await province.start()
    await province.seed(
        account(name="崔明珠"), account(name="崔明珍", scheme="E", bureau=CHANGCHUN, months=[])
    )
    handle = await province.apply(application())
    await province.journalled(handle, Event.COMPLETION_REQUESTED, times=2)
    await submit(handle, completion(Party.TRANSFER_IN, "崔明玉"))
    await submit(handle, completion(Party.TRANSFER_OUT, "崔明玉"))
    await handle.result()
    return handle


async def record_confirmed(province: Province) -> Handle:
    """The bureau confirms its record, and the application is refused."""
    await province.start()
    await province.seed(account(name="崔明珠"))
    handle = await province.apply(application())
    await province.journalled(handle, Event.COMPLETION_REQUESTED)
    await submit(handle, completion(Party.TRANSFER_OUT, reason="户口簿为另名"))
    await handle.result()
    return handle


async def put_on_hold(province: Province) -> Handle:
    """The case is put on hold while the posting waits for an officer; its clock runs on afterwards."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, hold())
    await submit(handle, resumption())
    await submit(handle, approval(Approvable.POSTING))
    await handle.result()
    return handle


async def worker_to_government(province: Province) -> Handle:
    await province.start()
    await province.seed(account(WORKER, "孙立国", "E", SIPING, [("2016-01", "2025-12", "4600.00")]))
    handle = await province.apply(workers_application())
    await handle.result()
    return handle


def workers_application() -> TransferApplication:
    return application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        registered_home="220302",
        new_employer="长春市第二实验小学",
    )


async def within_one_bureau(province: Province) -> Handle:
    """Both parties are one bureau, which keeps one dossier."""
    await province.start()
    await province.seed(account(bureau=CHANGCHUN))
    handle = await province.apply(application(bureau_out=CHANGCHUN))
    await handle.result()
    return handle


async def leaver_by_the_former_employers_form(province: Province) -> Handle:
    await province.start()
    await province.seed(account())
    handle = await province.apply(
        application(
            reason="resigned",
            entry="former_employers_form",
            registered_home="220102",
            materials=("former_employers_form", "departure_document", "identity_document"),
        )
    )
    await handle.result()
    return handle


async def refused(province: Province) -> Handle:
    await province.start()
    handle = await province.apply(application(status="pensioner", materials=()))
    await handle.result()
    return handle


async def refused_after_the_letter(province: Province) -> Handle:
    """Two cases have a certificate for one relationship; the second letter finds it reserved."""
    await province.start_platform()
    await province.start_bureaus(YANBIAN)
    await province.seed(account())
    both = [await province.apply(application(submitted_on=date(2026, 1, day))) for day in (15, 16)]
    for handle in both:
        await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await province.start_bureaus(CHANGCHUN)
    stages = [(await handle.result()).stage for handle in both]
    return both[stages.index(Stage.REFUSED)]


async def missing_papers_supplemented(province: Province) -> Handle:
    """Papers are handed in twice: those still missing after the first time are asked for again."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.CLOCK_PAUSED)
    await advance(province.env, handle, timedelta(days=10))
    await submit(handle, supplement(Material.APPLICATION_FORM))
    await province.journalled(handle, Event.CLOCK_PAUSED, times=2)
    await submit(handle, supplement(Material.POSTING_DOCUMENT))
    await handle.result()
    return handle


async def withdrawn_while_papers_were_missing(province: Province) -> Handle:
    """It is withdrawn long after the day on which clock A would have ended without its pause."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.CLOCK_PAUSED)
    await advance(province.env, handle, timedelta(days=60))
    await submit(handle, withdrawal())
    await handle.result()
    return handle


async def overdue_and_closed_late(province: Province) -> Handle:
    """Nobody releases the funds: all reminders and reports are sent, also reports beyond those planned."""
    handle = await funds_held(province)
    clock = next(
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock == Clock.TRANSFER_OUT
    )
    now = await province.time_of(handle)
    await advance(province.env, handle, clock.due_at - now + timedelta(days=70))
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await handle.result()
    return handle


async def funds_held(province: Province) -> Handle:
    """A case whose funds wait for release."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


async def duplicates_cleared(province: Province) -> Handle:
    await province.start()
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    await handle.result()
    return handle


TWICE = [("2025-11", "2026-02", "6500.00")]


async def certified_duplicates(province: Province) -> Handle:
    """Certified service decides, and the refund needs no approval."""
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    certified = ({"first": "2025-11", "last": "2025-12"},)
    papers = (*application().materials, "service_certification")
    handle = await province.apply(application(certified_government_service=certified, materials=papers))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice())
    await handle.result()
    return handle


async def withdrawn_in_time(province: Province) -> Handle:
    handle = await funds_held(province)
    await submit(handle, withdrawal())
    await handle.result()
    return handle


class AnswersLate(TransferOutActivities):
    """Sends the funds at once, and reports it late."""

    left, heard = asyncio.Event(), asyncio.Event()

    @REMIT_AND_END_RELATIONSHIP.implements
    async def remit_and_end_relationship(self, order: RemittanceOrder) -> Remittance:
        remittance: Remittance = await TransferOutActivities.remit_and_end_relationship(self, order)
        self.left.set()
        await self.heard.wait()
        return remittance


async def withdrawn_too_late(province: Province) -> Handle:
    """The platform does not know yet that the funds have left; the transfer-out bureau's books show it."""
    desk = AnswersLate(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, remit_and_end_relationship=desk.remit_and_end_relationship)
    await province.seed(account())
    handle = await province.apply(application())
    await desk.left.wait()
    await submit(handle, withdrawal())
    await province.journalled(handle, Event.WITHDRAWAL_TOO_LATE)
    desk.heard.set()
    await handle.result()
    return handle


async def messages_refused(province: Province) -> Handle:
    """Messages are unreadable, unknown, repeated or at the wrong time: all are journalled, none is fatal."""
    handle = await funds_held(province)
    await handle.signal(StaffAction.CORRECT, {"message_id": "m", "officer": "王", "items": 7})
    await handle.signal("repair", "anything")
    await send(handle, choice(1))
    request = approval(Approvable.RELEASE_OF_FUNDS)
    await send(handle, correction(("base/2020-01..2020-12", "6000.00", "a lot")))
    await province.journalled(handle, Event.MESSAGE_REFUSED, times=4)
    await submit(handle, request)
    await send(handle, request)
    await handle.result()
    return handle


async def audit(province: Province) -> WorkflowHandle[Any, Any]:
    """Two bureaus answer, one of which has lost a dossier; a third does not answer."""
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await province.seed(account())
    await (await province.apply(application())).result()
    await lift_protection(province.stores[YANBIAN])
    async with province.stores[YANBIAN].engine.begin() as connection:
        await connection.execute(text("DELETE FROM paper WHERE kind = 'dossier'"))
    order = AuditOrder(bureaus=BUREAUS, patience_seconds=2)
    handle = await province.client.start_workflow(
        AuditBooks.run, order, id="audit/recorded", task_queue=PLATFORM_QUEUE
    )
    await handle.result()
    return handle


PATHS: tuple[Recording, ...] = (
    teacher_to_enterprise,
    put_on_hold,
    record_completed,
    record_confirmed,
    worker_to_government,
    within_one_bureau,
    leaver_by_the_former_employers_form,
    refused,
    refused_after_the_letter,
    missing_papers_supplemented,
    withdrawn_while_papers_were_missing,
    overdue_and_closed_late,
    duplicates_cleared,
    certified_duplicates,
    withdrawn_in_time,
    withdrawn_too_late,
    messages_refused,
    paid_in_two_parts,
)
CASES: dict[str, Recording] = {
    recording.__name__: recording for recording in (*PATHS, *MONTHS, *NOTICES, *CORRECTIONS, *DISPUTES)
}
BESIDE_CASES: dict[str, Recording] = {
    recording.__name__: recording
    for recording in (
        publication,
        publication_announced_twice,
        rate_published,
        rate_settled,
        audit,
        handed_over,
        taken_over,
    )
}
"""Recorded workflows that are not cases, or are one run of a case."""
