"""Whole cases on the real server, real stores, real workers."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select
from temporalio.api.enums.v1 import EventType
from temporalio.exceptions import ApplicationError

from activities.deeds import AIM_CLOCK, RECEIVE_FUNDS, REMIT_AND_END_RELATIONSHIP, SEND_CONTACT_LETTER
from activities.platform_desk import PlatformDesk
from activities.transfer_in_desk import TransferInDesk
from activities.transfer_out_desk import TransferOutDesk
from desk.audit import audit_books, is_clean
from desk.opening import open_case
from models.books import PaperRow
from models.ledger import individual_account
from models.messages import Arrival, ClockOrder, LetterOrder
from models.papers import ClockReading, ContactLetter, InformationForm, Remittance
from models.records import months_here, person_of, relationship_of
from models.stages import Event, Party, Stage
from province import (
    BUREAUS,
    CHANGCHUN,
    SIPING,
    TEACHER,
    WORKER,
    YANBIAN,
    Province,
    account,
    advance,
    application,
)
from rules.money import Fen
from rules.schemes import Scheme
from workflows.names import DUE_AT, OVERDUE, STAGE, WAITING_ON
from workflows.transfer_case import TransferCase

MOST_ACTIVITIES, MOST_EVENTS = 12, 110
"""What a clean case may cost."""


async def test_a_teacher_who_joins_a_firm_finds_months_and_money_at_the_new_bureau(
    province: Province,
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    progress = await handle.result()
    assert progress.stage is Stage.CLOSED
    assert progress.months == 72
    assert [clock.clock for clock in progress.clocks] == ["B", "C"]
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
    assert is_clean(await audit_books(province.client, BUREAUS, 10))


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


async def test_a_missing_paper_is_named_and_nothing_moves(province: Province) -> None:
    await province.start()
    await province.seed(account())
    progress = await (await province.apply(application(materials=("identity_document",)))).result()
    assert progress.stage is Stage.REFUSED
    assert {paper.code for paper in progress.missing} == {"application_form", "posting_document"}
    assert is_clean(await audit_books(province.client, BUREAUS, 10))


async def test_months_paid_twice_are_taken_in_and_named_to_the_applicant(province: Province) -> None:
    """先转后清: the transfer does not wait, and nothing is cleared behind the person's back."""
    await province.start()
    await province.seed(
        account(), account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
    )
    handle = await province.apply(application())
    assert (await handle.result()).months == 72
    notice = (await handle.query(TransferCase.papers)).notice
    assert notice is not None
    assert [str(month) for month in notice.duplicate_months] == ["2025-11", "2025-12"]
    assert is_clean(await audit_books(province.client, BUREAUS, 10))


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
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    kinds = Counter(event.event_type for event in (await handle.fetch_history()).events)
    assert kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED] <= MOST_ACTIVITIES
    assert kinds.total() <= MOST_EVENTS
    assert kinds[EventType.EVENT_TYPE_TIMER_STARTED] == 2


async def test_both_bureaus_keep_the_dossier(province: Province) -> None:
    await province.start()
    await province.seed(account())
    await (await province.apply(application())).result()
    for bureau in (CHANGCHUN, YANBIAN):
        async with province.stores[bureau].transaction() as session:
            kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == "dossier"))
            assert len(kept.all()) == 1


class NearDeadlines(PlatformDesk):
    """Deadlines a moment away, for a bureau that stays closed; nothing in the workflow knows."""

    @AIM_CLOCK.done_here
    async def aim_clock(self, order: ClockOrder) -> ClockReading:
        reading: ClockReading = await PlatformDesk.aim_clock(self, order)
        return reading.model_copy(update={"due_at": datetime.now(UTC) + timedelta(seconds=1)})


async def test_a_closed_bureau_is_overdue_and_its_case_still_ends_when_it_opens(province: Province) -> None:
    """The letter is received when the platform delivers it; a bureau that is off owes from then on."""
    held = asyncio.Event()

    class Held(TransferInDesk):
        @SEND_CONTACT_LETTER.done_here
        async def send_contact_letter(self, request: LetterOrder) -> ContactLetter:
            await held.wait()
            letter: ContactLetter = await TransferInDesk.send_contact_letter(self, request)
            return letter

    desk = Held(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(NearDeadlines())
    await province.start_bureaus(CHANGCHUN, send_contact_letter=desk.send_contact_letter)
    async with province.worker_at(YANBIAN):
        await province.seed(account())
        handle = await province.apply(application())
        await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    held.set()
    await province.journalled(handle, Event.CLOCK_OVERDUE)
    described = await handle.describe()
    assert described.typed_search_attributes[OVERDUE] is True
    assert described.typed_search_attributes[WAITING_ON] == Party.TRANSFER_OUT
    assert described.typed_search_attributes[STAGE] == Stage.CONTACT_LETTER_SENT
    assert described.typed_search_attributes[DUE_AT] is not None
    await province.start_bureaus(YANBIAN)
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert ended.clocks[0].overdue
    assert ended.clocks[0].stopped_at is not None


async def test_clock_b_runs_out_after_fifteen_working_days_by_the_servers_clock(province: Province) -> None:
    """Nobody remits: the letter is registered, the form drawn up, and who releases funds is away."""
    released = asyncio.Event()

    class NobodyReleases(TransferOutDesk):
        @REMIT_AND_END_RELATIONSHIP.done_here
        async def remit_and_end_relationship(self, form: InformationForm) -> Remittance:
            if not released.is_set():
                raise ApplicationError("nobody has released the funds", next_retry_delay=timedelta(days=1))
            sent: Remittance = await TransferOutDesk.remit_and_end_relationship(self, form)
            return sent

    desk = NobodyReleases(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, remit_and_end_relationship=desk.remit_and_end_relationship)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    (clock_b,) = (await handle.query(TransferCase.progress)).clocks
    assert clock_b.working_days == 15
    await advance(province.env, handle, clock_b.due_at - datetime.now(UTC) - timedelta(hours=1))
    assert not (await handle.query(TransferCase.progress)).clocks[0].overdue
    await advance(province.env, handle, timedelta(hours=2))
    assert (await handle.query(TransferCase.progress)).clocks[0].overdue
    released.set()
    await advance(province.env, handle, timedelta(days=1))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert ended.clocks[0].overdue


async def test_money_that_differs_from_the_form_waits_in_suspense(province: Province) -> None:
    """A fen is missing: nothing is posted, the case says so, and no clock C runs."""

    class AFenShort(TransferInDesk):
        @RECEIVE_FUNDS.done_here
        async def receive_funds(self, remittance: Remittance) -> Arrival:
            short = remittance.model_copy(update={"pooled": Fen(remittance.pooled - 1)})
            arrival: Arrival = await TransferInDesk.receive_funds(self, short)
            return arrival

    desk = AFenShort(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.DISCREPANCY_FOUND)
    progress = await handle.query(TransferCase.progress)
    assert progress.stage is Stage.TO_BE_CORRECTED
    assert progress.differences == 2
    assert [clock.clock for clock in progress.clocks] == ["B"]
    report = await audit_books(province.client, BUREAUS, 10)
    assert {finding.code for finding in report.findings} == {
        "sent_not_received",
        "received_not_posted",
        "months_not_taken_in",
    }


async def test_a_corrected_application_is_another_case(province: Province) -> None:
    """Whoever was sent away for a missing paper can come back the same day."""
    await province.start()
    await province.seed(account())
    first = await (await province.apply(application(materials=("identity_document",)))).result()
    second = await (await province.apply(application())).result()
    assert (first.stage, second.stage) == (Stage.REFUSED, Stage.CLOSED)
    assert first.case_no != second.case_no


async def test_someone_of_another_name_at_the_new_bureau_is_not_merged(province: Province) -> None:
    await province.start()
    await province.seed(account(), account(name="王另外", scheme="E", bureau=CHANGCHUN))
    progress = await (await province.apply(application())).result()
    assert [refusal.code for refusal in progress.refusals] == ["name_differs_here"]


async def test_nothing_is_taken_into_a_relationship_that_is_leaving_with_another_case(
    province: Province,
) -> None:
    """The months and money that come in would go along unseen, or stay behind without an owner."""
    released = asyncio.Event()

    class NobodyReleases(TransferOutDesk):
        @REMIT_AND_END_RELATIONSHIP.done_here
        async def remit_and_end_relationship(self, form: InformationForm) -> Remittance:
            await released.wait()
            sent: Remittance = await TransferOutDesk.remit_and_end_relationship(self, form)
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
    assert is_clean(await audit_books(province.client, BUREAUS, 10))
