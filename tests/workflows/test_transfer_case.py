"""Whole cases on the real server, real stores, real workers."""

import asyncio
from collections import Counter
from datetime import date

from sqlmodel import col, select
from staff import completion, submit
from temporalio.api.enums.v1 import EventType

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from activities.transfer_out.transfer_out import TransferOutActivities
from desk.client.auditing import is_clean
from desk.client.opening import open_case
from models.messages.papers import Remittance
from models.messages.stages import Event, Party, Stage
from models.messages.steps import RemittanceOrder
from models.store.ledger import individual_account
from models.store.records import months_here, person_of, relationship_of
from models.store.tables import PaperRow
from province import (
    CHANGCHUN,
    SIPING,
    TEACHER,
    WORKER,
    YANBIAN,
    Province,
    account,
    application,
)
from rules.values.due_dates import Clock
from rules.values.moves import Scheme
from rules.values.papers import PaperKind
from workflows.case.acceptance import CERTIFICATE_SOON
from workflows.case.status import REST
from workflows.transfer_case import TransferCase

MOST_ACTIVITIES, MOST_LISTINGS, MOST_EVENTS, MOST_TIMERS = 8, 2, 42, 4
"""What a clean case may ask for. Events are counted without those of workflow tasks, timers without rests."""


async def test_a_teacher_who_joins_a_firm_finds_months_and_money_at_the_new_bureau(
    province: Province,
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    progress = await handle.result()
    assert progress.stage is Stage.CLOSED
    assert progress.months == 72
    assert [clock.clock for clock in progress.clocks] == [Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN]
    async with province.stores[CHANGCHUN].transaction() as session:
        person = await person_of(session, TEACHER)
        assert person is not None
        assert person.id is not None
        assert len(await months_here(session, person.id)) == 72
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert joined is not None
        assert joined.id is not None
        assert await individual_account(session, joined.id) == progress.individual
    async with province.stores[YANBIAN].transaction() as session:
        left = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert left is not None
        assert left.id is not None
        assert left.ended_by == progress.case_no
        assert await individual_account(session, left.id) == 0
        assert await months_here(session, left.person_id) == set()


async def test_pooled_money_moves_at_twelve_per_cent_of_the_bases(province: Province) -> None:
    await province.start()
    await province.seed(account())
    progress = await (await province.apply(application())).result()
    assert progress.pooled == 72 * 600_000 * 12 // 100


async def test_a_worker_recruited_into_an_institution_moves_the_other_way(province: Province) -> None:
    await province.start()
    months = [("2016-01", "2025-12", "4600.00")]
    await province.seed(account(WORKER, "孙立国", "E", SIPING, months))
    asked = application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        registered_home="220302",
        new_employer="长春市第二实验小学",
    )
    progress = await (await province.apply(asked)).result()
    assert progress.stage is Stage.CLOSED
    assert progress.months == 120


async def test_a_move_within_one_bureau_keeps_its_books_straight(province: Province) -> None:
    await province.start()
    await province.seed(account(bureau=CHANGCHUN))
    progress = await (await province.apply(application(bureau_out=CHANGCHUN))).result()
    assert progress.stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_every_ground_of_refusal_is_told_at_once_and_no_letter_leaves(province: Province) -> None:
    await province.start()
    asked = application(scheme_to="G", status="pensioner")
    handle = await province.apply(asked)
    progress = await handle.result()
    assert progress.stage is Stage.REFUSED
    codes = {refusal.code for refusal in progress.refusals}
    assert len(codes) >= 3, "two grounds of the law, and the transfer-out bureau does not know the person"
    assert "no_relationship" in codes
    journal = await handle.query(TransferCase.journal)
    assert Event.CONTACT_LETTER_SENT not in {entry.event for entry in journal}


async def test_the_same_application_opens_one_case(province: Province) -> None:
    await province.start()
    await province.seed(account())
    first = await open_case(province.client, application(), province.secret)
    second = await open_case(province.client, application(), province.secret)
    province.opened.append(first.case_no)
    assert (first.new, second.new) == (True, False)
    assert first.case_no == second.case_no


async def test_a_second_case_for_a_relationship_under_way_or_gone_is_refused(province: Province) -> None:
    await province.start()
    await province.seed(account())
    assert (await (await province.apply(application())).result()).stage is Stage.CLOSED
    again = application(submitted_on=date(2026, 1, 16))
    progress = await (await province.apply(again)).result()
    assert [refusal.code for refusal in progress.refusals] == ["relationship_ended"]


async def test_a_clean_case_stays_within_its_cost(province: Province) -> None:
    """Whatever the machine does beside it: for every second that the case has rested it may be listed once
    more, and reviewed once more if the certificate has let it wait."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    events = (await handle.fetch_history()).events
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events)
    timers = {
        event.event_id: event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    }
    passed = Counter(
        timers[event.timer_fired_event_attributes.started_event_id]
        for event in events
        if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED
    )
    assert passed.keys() <= {REST, CERTIFICATE_SOON}
    assert kinds["ACTIVITY_TASK_SCHEDULED"] <= MOST_ACTIVITIES + passed[CERTIFICATE_SOON]
    assert kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] <= MOST_LISTINGS + passed[REST]
    assert Counter(timers.values())[REST] <= 1 + passed[REST]
    assert sum(length != REST for length in timers.values()) <= MOST_TIMERS
    tasks = sum(number for kind, number in kinds.items() if kind.startswith("WORKFLOW_TASK"))
    assert kinds.total() - tasks <= MOST_EVENTS + 3 * passed.total()
    assert kinds["WORKFLOW_TASK_COMPLETED"] <= 1 + kinds["ACTIVITY_TASK_COMPLETED"] + passed.total()


async def test_both_bureaus_keep_the_dossier(province: Province) -> None:
    await province.start()
    await province.seed(account())
    await (await province.apply(application())).result()
    for bureau in (CHANGCHUN, YANBIAN):
        async with province.stores[bureau].transaction() as session:
            kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == PaperKind.DOSSIER))
            assert len(kept.all()) == 1


async def test_a_corrected_application_is_another_case(province: Province) -> None:
    """Whoever was asked for a missing paper may also come back with a new application, the same day."""
    await province.start()
    await province.seed(account())
    first = await province.apply(application(materials=("identity_document",)))
    await province.journalled(first, Event.MATERIALS_ASKED_FOR)
    second = await province.apply(application())
    assert (await second.result()).stage is Stage.CLOSED
    assert first.id != second.id


async def test_someone_of_another_name_at_the_new_bureau_is_not_merged(province: Province) -> None:
    await province.start()
    await province.seed(account(), account(name="王另外", scheme="E", bureau=CHANGCHUN))
    handle = await province.apply(application())
    await province.journalled(handle, Event.COMPLETION_REQUESTED)
    await submit(handle, completion(Party.TRANSFER_IN, reason="另一人"))
    progress = await handle.result()
    assert [refusal.code for refusal in progress.refusals] == ["name_differs_here"]


async def test_nothing_is_taken_into_a_relationship_that_is_leaving_with_another_case(
    province: Province,
) -> None:
    """The months and money that come in would go along unseen, or stay behind without an owner."""
    released = asyncio.Event()

    class NobodyReleases(TransferOutActivities):
        @REMIT_AND_END_RELATIONSHIP.implements
        async def remit_and_end_relationship(self, order: RemittanceOrder) -> Remittance:
            await released.wait()
            sent: Remittance = await TransferOutActivities.remit_and_end_relationship(self, order)
            return sent

    desk = NobodyReleases(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, remit_and_end_relationship=desk.remit_and_end_relationship)
    await province.seed(
        account(), account(scheme="E", bureau=SIPING, months=[("2016-01", "2019-12", "4000.00")])
    )
    leaving = await province.apply(application())
    await province.journalled(leaving, Event.INFORMATION_FORM_DRAWN_UP)
    coming = application(
        scheme_from="E", scheme_to="G", bureau_out=SIPING, bureau_in=YANBIAN, employer_bureau=YANBIAN
    )
    joining = await province.apply(coming)
    await province.journalled(joining, Event.RECONCILED)
    released.set()
    left, joined = await leaving.result(), await joining.result()
    assert (left.months, joined.months) == (72, 48)
    async with province.stores[YANBIAN].transaction() as session:
        here = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert here is not None
        assert here.id is not None
        assert here.ended_by is None
        assert await individual_account(session, here.id) == joined.individual
        assert len(await months_here(session, here.person_id)) == 48
    assert is_clean(await province.audit())
