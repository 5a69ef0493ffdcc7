"""Corrections (第七条第二项) on the real server: fields, versions of the form, and the money after them."""

import asyncio

import pytest
from staff import (
    Handle,
    amendment,
    answer,
    approval,
    correction,
    dispute,
    referral,
    refusal,
    ruling,
    send,
    submit,
)

from activities.contracts import RECEIVE_FUNDS
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.papers import RemittancePurpose
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Stage
from models.messages.steps import Arrival, FundsDelivery
from province import CHANGCHUN, SIPING, TEACHER, YANBIAN, Province, account, application, arranged
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.orders import Proceed, SetAmount
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
TWELVE_MONTHS_AT_12_PERCENT = 12 * 12 // 100
"""Of the monthly base, what twelve months bring to the pooled fund."""


async def opened(province: Province, *more: object) -> Handle:
    """A case whose taking in waits for an officer, so that the transfer-in bureau can look first."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def approved(province: Province, handle: Handle) -> None:
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))


async def test_a_base_put_up_brings_a_second_form_and_a_supplement(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    assert (await handle.query(TransferCase.progress)).stage is Stage.TO_BE_CORRECTED
    await submit(handle, amendment({FIELD: "7000.00"}))
    await approved(province, handle)
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert ended.pooled == (60 * 600_000 + 12 * 700_000) * 12 // 100
    papers = await handle.query(TransferCase.papers)
    first, second = papers.information_forms
    assert (first.version, second.version) == (1, 2)
    assert FIELD in {change.field for change in second.changes}
    sent, supplement = papers.remittances
    assert supplement.purpose is RemittancePurpose.SUPPLEMENT
    assert sent.total + supplement.total == second.lines.total
    assert supplement.pooled == 12 * 100_000 * 12 // 100
    assert is_clean(await province.audit())


async def test_a_base_put_down_sends_the_surplus_back(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, correction((FIELD, "6000.00", "5000.00")))
    await submit(handle, amendment({FIELD: "5000.00"}))
    await approved(province, handle)
    ended = await handle.result()
    assert ended.pooled == (60 * 600_000 + 12 * 500_000) * 12 // 100
    papers = await handle.query(TransferCase.papers)
    assert [one.purpose for one in papers.remittances] == [
        RemittancePurpose.TRANSFER,
        RemittancePurpose.SURPLUS,
    ]
    assert is_clean(await province.audit())


async def test_a_field_left_unanswered_stays_open_and_a_declined_one_does_not(province: Province) -> None:
    handle = await opened(province)
    other = "base/2021-01..2021-03"
    await submit(handle, correction((FIELD, "6000.00", "7000.00"), (other, "6000.00", "9000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.SUPPLEMENT_REMITTED)
    progress = await handle.query(TransferCase.progress)
    assert [one.field for one in progress.open_fields] == [other]
    assert progress.stage is Stage.TO_BE_CORRECTED
    await submit(handle, amendment({other: None}))
    await approved(province, handle)
    assert (await handle.result()).pooled == (60 * 600_000 + 12 * 700_000) * 12 // 100


async def test_two_rounds_make_a_third_version(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "7000.00", "6500.00")))
    await submit(handle, amendment({FIELD: "6500.00"}))
    await approved(province, handle)
    ended = await handle.result()
    assert ended.form_version == 3
    assert ended.pooled == (60 * 600_000 + 12 * 650_000) * 12 // 100
    assert is_clean(await province.audit())


async def test_a_form_corrected_before_the_funds_leave_costs_one_remittance(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    ended = await handle.result()
    papers = await handle.query(TransferCase.papers)
    assert [one.total for one in papers.remittances] == [ended.individual + ended.pooled]
    assert papers.information_forms[-1].lines.total == papers.remittances[0].total
    assert is_clean(await province.audit())


@pytest.mark.parametrize("value", ["6500.00", None], ids=["another value", "declined"])
async def test_what_was_not_put_right_as_asked_is_posted_only_by_the_word_of_the_bureau_that_asked(
    province: Province, value: str | None
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    receipt = await submit(handle, amendment({FIELD: value}))
    assert "须经转入地审批入账" in receipt.zh
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await province.awaiting(handle, Approvable.POSTING)
    waiting = await handle.query(TransferCase.progress)
    assert (waiting.individual, waiting.pooled) == (0, 0)
    assert {StaffAction.CORRECT, StaffAction.DISPUTE} <= set(waiting.possible)
    await approved(province, handle)
    assert (await handle.result()).stage is Stage.CLOSED


async def test_clock_b_runs_on_and_clock_c_starts_when_both_agree(province: Province) -> None:
    handle = await opened(province)
    before = {clock.clock: clock for clock in (await handle.query(TransferCase.progress)).clocks}
    assert before[Clock.TRANSFER_OUT].stopped_at is not None
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    asked = {clock.clock: clock for clock in (await handle.query(TransferCase.progress)).clocks}
    assert asked[Clock.TRANSFER_OUT].stopped_at is None
    assert asked[Clock.TRANSFER_OUT].due_on == before[Clock.TRANSFER_OUT].due_on
    assert asked[Clock.TAKE_IN].paused_since is not None
    await submit(handle, amendment({FIELD: "7000.00"}))
    await approved(province, handle)
    ended = {clock.clock: clock for clock in (await handle.result()).clocks}
    assert ended[Clock.TRANSFER_OUT].stopped_at is not None
    assert ended[Clock.TAKE_IN].stopped_at is not None
    assert ended[Clock.TAKE_IN].received_on >= asked[Clock.TRANSFER_OUT].received_on


async def test_an_answer_to_a_field_nobody_asked_about_is_refused(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    assert "No correction was asked for line/5" in await refusal(handle, amendment({"line/5": "1.00"}))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("base/1999-01..1999-12", "900.00", "months not on the form"),
        ("line/6", "1.00", "is a sum"),
        ("id_number", TEACHER, "another number is another person"),
        (FIELD, "a lot", "not an amount in yuan"),
    ],
)
async def test_what_no_form_can_say_is_refused_and_asked_of_nobody(
    province: Province, field: str, value: str, why: str
) -> None:
    handle = await opened(province)
    assert why in await refusal(handle, correction((field, "6000.00", value)))
    assert (await handle.query(TransferCase.progress)).stage is Stage.TAKING_IN


async def test_money_that_does_not_come_as_promised_is_not_paid_again_on_anybodys_word(
    province: Province,
) -> None:
    """A fen less is said to have come: the platform asks, the transfer-out bureau finds in its books that all
    of it has left, and only a ruling ends the case."""
    lost: list[int] = []

    class AFenShort(TransferInActivities):
        @RECEIVE_FUNDS.implements
        async def receive_funds(self, delivery: FundsDelivery) -> Arrival:
            sent = delivery.remittance
            if not lost:
                lost.append(sent.sequence)
            if sent.sequence in lost:
                short = sent.model_copy(update={"pooled": Fen(sent.pooled - 1)})
                delivery = delivery.model_copy(update={"remittance": short})
            arrival: Arrival = await TransferInActivities.receive_funds(self, delivery)
            return arrival

    desk = AFenShort(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.DISCREPANCY_FOUND)
    progress = await handle.query(TransferCase.progress)
    assert progress.stage is Stage.TO_BE_CORRECTED
    assert [one.field for one in progress.open_fields] == ["funds"]
    assert [clock.clock for clock in progress.clocks] == [Clock.REVIEW, Clock.TRANSFER_OUT]
    await submit(handle, amendment({"funds": "confirmed"}))
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await province.journalled(handle, Event.DISCREPANCY_FOUND, times=2)
    (sent,) = (await handle.query(TransferCase.papers)).remittances
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, referral())
    come = SetAmount(sent.individual, Fen(sent.pooled - 1))
    await submit(handle, ruling([come, Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    await province.reached(handle, Stage.TO_BE_CORRECTED)
    await submit(handle, amendment({"funds": None}))
    async with asyncio.timeout(60):
        ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert (await handle.query(TransferCase.papers)).remittances == (sent,)
    report = await province.audit()
    found = {finding.code for finding in report.findings}
    assert found == {"paper_differs", "sent_not_received"}, "the fen is still missed"


async def test_a_correction_waits_while_the_case_is_in_dispute(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, dispute())
    said = await refusal(handle, correction((FIELD, "6000.00", "7000.00")))
    assert "in dispute" in said
    assert "refer to the province" in said


async def test_a_correction_by_signal_does_the_same(province: Province) -> None:
    handle = await opened(province)
    request = correction((FIELD, "6000.00", "7000.00"))
    await send(handle, request)
    await send(handle, request)
    await province.journalled(handle, Event.CORRECTION_REQUESTED)
    await send(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.SUPPLEMENT_REMITTED)
    await approved(province, handle)
    assert (await handle.result()).form_version == 2
    events = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert events.count(Event.CORRECTION_REQUESTED) == 1
