"""Life goes on during a case: it is put on hold for a death or a freeze, and goes on or is withdrawn."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from paid_by_bank import awaiting, by_bank, line, statement
from staff import (
    amendment,
    approval,
    completion,
    correction,
    correction_withdrawal,
    hold,
    refusal,
    resumption,
    submit,
    supplement,
    withdrawal,
)
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.contracts import CHECK_FIELDS, COMPLETE_RECORD, NOTIFY_APPLICANT
from activities.record_completion import RecordCompletionActivities
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.auditing import is_clean
from desk.client.filed_cases import dossier_of
from desk.client.responsibility import responsibility_of
from models.files.arrangements_file import CorrectionArrangements
from models.messages.arrangements import Officers
from models.messages.papers import ResultNotice
from models.messages.requests import Approvable, HoldReason
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CompletionOrder, NoticeOrder, RecordCompletion
from province import (
    BUREAUS,
    CHANGCHUN,
    SIPING,
    YANBIAN,
    Province,
    account,
    advance,
    application,
    arranged,
)
from rules.values.due_dates import Clock
from rules.values.form_fields import CorrectionEffect
from rules.values.moves import Material
from workflows.transfer_case import TransferCase


async def test_a_frozen_account_stops_the_case_and_its_clocks_until_it_goes_on(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    before = {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}
    await submit(handle, hold())
    held = await handle.query(TransferCase.progress)
    assert (held.stage, held.waiting_on) == (Stage.ON_HOLD, Party.APPLICANT)
    clock_c = next(one for one in held.clocks if one.clock is Clock.TAKE_IN)
    assert clock_c.paused_since is not None
    assert "not possible while the case is 'on hold'" in await refusal(handle, approval(Approvable.POSTING))
    await advance(province.env, handle, timedelta(days=40))
    said = await refusal(handle, resumption(Party.TRANSFER_OUT))
    assert "transfer-in bureau has put the case on hold" in said
    await submit(handle, resumption())
    await submit(handle, approval(Approvable.POSTING))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    after = next(one for one in ended.clocks if one.clock is Clock.TAKE_IN)
    assert not after.overdue
    assert after.due_on > before[Clock.TAKE_IN].due_on + timedelta(days=30)
    charged = await responsibility_of(province.client, ended, held.clocks[0].due_at)
    assert charged is not None
    days = {share.party: share.working_days for share in charged.ledger.shares}
    assert days[Party.APPLICANT] >= 20
    assert charged.ledger.total == sum(days.values())
    (record,) = (await dossier_of(province.client, ended.case_no)).holds
    assert (record.why, record.evidence) == (HoldReason.COURT_FREEZE, "协助执行通知书")
    assert is_clean(await province.audit())


async def test_when_the_person_has_died_the_case_stops_before_the_funds_leave(
    province: Province,
) -> None:
    """Whoever stands in for the person withdraws; the relationship stays where it is."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, hold(Party.TRANSFER_OUT, HoldReason.DEATH))
    assert "on hold" in await refusal(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await submit(handle, withdrawal())
    ended = await handle.result()
    assert ended.stage is Stage.WITHDRAWN
    assert (await handle.query(TransferCase.papers)).remittances == ()
    (record,) = (await handle.query(TransferCase.record)).holds
    assert record.until is not None
    assert is_clean(await province.audit())


async def test_a_case_put_on_hold_before_the_letter_goes_no_further(province: Province) -> None:
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await submit(handle, hold(Party.TRANSFER_OUT, HoldReason.RETIREMENT))
    await province.start_bureaus(CHANGCHUN)
    await province.journalled(handle, Event.APPLICATION_REVIEWED)
    await advance(province.env, handle, timedelta(days=2))
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.form_version) == (Stage.ON_HOLD, 0)
    await submit(handle, resumption(Party.TRANSFER_OUT))
    assert (await handle.result()).stage is Stage.CLOSED


@pytest.mark.parametrize("effect", [CorrectionEffect.PAUSE, CorrectionEffect.RESTART])
async def test_a_clock_that_starts_while_the_case_is_on_hold_stands_still_until_it_goes_on(
    province: Province, effect: CorrectionEffect
) -> None:
    """The bank's money comes in meanwhile; the days on hold are not the transfer-in bureau's."""
    readings = {"corrections": CorrectionArrangements(clock_c=effect)}
    arranged = by_bank(CHANGCHUN, posting=Officers.ONE_OFFICER).model_copy(update=readings)
    await province.start_platform(arranged=arranged)
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await submit(handle, hold())
    await statement(province, line(handle, "B-1", awaited.announced))
    await province.journalled(handle, Event.FUNDS_RECEIVED)
    await advance(province.env, handle, timedelta(days=40))
    await submit(handle, resumption())
    await province.awaiting(handle, Approvable.POSTING)
    clock_c = next(
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock is Clock.TAKE_IN
    )
    assert (clock_c.overdue, clock_c.paused_since) == (False, None)
    assert clock_c.due_on > clock_c.received_on + timedelta(days=50)
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_a_record_completed_while_the_case_is_on_hold_starts_no_clock(province: Province) -> None:
    """The completion was handed in before the hold, and the bureau's worker enters it only afterwards."""
    entering = asyncio.Event()

    class Slow(RecordCompletionActivities):
        @COMPLETE_RECORD.implements
        async def complete_record(self, order: CompletionOrder) -> RecordCompletion:
            await entering.wait()
            completed: RecordCompletion = await RecordCompletionActivities.complete_record(self, order)
            return completed

    slow = Slow(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, complete_record=slow.complete_record)
    await province.seed(account(name="崔明珠"))
    handle = await province.apply(application())
    await province.reached(handle, Stage.RECORD_TO_BE_COMPLETED)
    await submit(handle, completion(Party.TRANSFER_OUT, "崔明玉"))
    await submit(handle, hold())
    entering.set()
    await province.journalled(handle, Event.RECORD_COMPLETED)
    await advance(province.env, handle, timedelta(days=40))
    (clock_a,) = (await handle.query(TransferCase.progress)).clocks
    assert clock_a.paused_since is not None
    await submit(handle, resumption())
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert not any(one.overdue for one in ended.clocks)


async def test_a_hold_lifted_while_the_applicant_looks_for_papers_leaves_clock_a_paused(
    province: Province,
) -> None:
    """The other bureau puts the case on hold while the notice of what is missing is being written."""
    writing = asyncio.Event()

    class Slow(TransferInActivities):
        @NOTIFY_APPLICANT.implements
        async def notify_applicant(self, order: NoticeOrder) -> ResultNotice:
            await writing.wait()
            notice: ResultNotice = await TransferInActivities.notify_applicant(self, order)
            return notice

    slow = Slow(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, notify_applicant=slow.notify_applicant)
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document", "application_form")))
    await province.journalled(handle, Event.APPLICATION_REVIEWED)
    await submit(handle, hold(Party.TRANSFER_OUT))
    writing.set()
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await submit(handle, resumption(Party.TRANSFER_OUT))
    await advance(province.env, handle, timedelta(days=60))
    (clock_a,) = (await handle.query(TransferCase.progress)).clocks
    assert (clock_a.paused_since is not None, clock_a.overdue) == (True, False)
    await submit(handle, supplement(Material.POSTING_DOCUMENT))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert not any(one.overdue for one in ended.clocks)


async def test_an_answer_to_a_correction_that_is_compared_with_the_form_as_the_case_is_put_on_hold_is_refused(
    province: Province,
) -> None:
    compares, compared = asyncio.Event(), asyncio.Event()
    expected = "7000.00"

    class Slow(ActivityInboundInterceptor):
        async def execute_activity(self, input: ExecuteActivityInput) -> Any:
            if activity.info().activity_type == CHECK_FIELDS.name and not input.args[0].seen:
                compares.set()
                await compared.wait()
            return await super().execute_activity(input)

    class BeforeSteps(Interceptor):
        def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
            return Slow(next)

    arranged_for = arranged(posting=Officers.ONE_OFFICER)
    platform = await province.platform(arranged=arranged_for, interceptors=[BeforeSteps()])
    await province.running.enter_async_context(platform)
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    field = "base/2020-01..2020-12"
    await submit(handle, correction((field, "6000.00", expected)))
    answered = asyncio.create_task(refusal(handle, amendment({field: expected})))
    await compares.wait()
    await submit(handle, hold())
    compared.set()
    assert "has gone on while the request was looked at" in await answered
    await submit(handle, resumption())
    assert (await handle.query(TransferCase.progress)).form_version == 1
    await submit(handle, amendment({field: expected}))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_days_on_hold_stay_uncounted_when_a_correction_open_meanwhile_is_withdrawn(
    province: Province,
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    before = next(
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock is Clock.TAKE_IN
    )
    field = "base/2020-01..2020-12"
    await submit(handle, correction((field, "6000.00", "7000.00")))
    await submit(handle, hold())
    await advance(province.env, handle, timedelta(days=40))
    await submit(handle, resumption())
    await submit(handle, correction_withdrawal(field))
    await province.awaiting(handle, Approvable.POSTING)
    after = next(
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock is Clock.TAKE_IN
    )
    assert (after.overdue, after.paused_since) == (False, None)
    assert after.due_on > before.due_on + timedelta(days=30)
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
