"""Requests and disputes taken back, requests that contradict the form, reasons that stay on file."""

from datetime import timedelta

import pytest
from staff import (
    Handle,
    amendment,
    answer,
    approval,
    correction,
    correction_withdrawal,
    dispute,
    dispute_withdrawal,
    refusal,
    settlement,
    submit,
)

from desk.client.auditing import is_clean
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers
from models.messages.clocks import ClockReading
from models.messages.corrections import ALREADY_SO, AnsweredItem, ItemOutcome
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from province import BUREAUS, Province, account, advance, application
from rules.values.due_dates import Clock
from rules.values.form_fields import CorrectionEffect
from workflows.transfer_case import TransferCase

FIELD, OTHER = "base/2020-01..2020-12", "base/2021-01..2021-03"


async def held(province: Province, effect: CorrectionEffect = CorrectionEffect.RESTART) -> Handle:
    """A case whose taking in waits for an officer."""
    defaults = BureauArrangements(posting=Officers.ONE_OFFICER)
    effects = CorrectionArrangements(clock_b=effect, clock_c=effect)
    await province.start_platform(arranged=ArrangementsFile(defaults=defaults, corrections=effects))
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def clocks(handle: Handle) -> dict[Clock, ClockReading]:
    return {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}


async def answered(handle: Handle) -> list[AnsweredItem]:
    return list((await handle.query(TransferCase.record)).answered)


async def posted(province: Province, handle: Handle) -> None:
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
    assert is_clean(await province.audit())


@pytest.mark.parametrize("effect", CorrectionEffect)
async def test_a_correction_withdrawn_unanswered_leaves_the_clocks_as_they_were(
    province: Province, effect: CorrectionEffect
) -> None:
    handle = await held(province, effect)
    before = await clocks(handle)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await advance(province.env, handle, timedelta(days=3))
    await submit(handle, correction_withdrawal(FIELD))
    await province.awaiting(handle, Approvable.POSTING)
    after = await clocks(handle)
    for name in (Clock.TRANSFER_OUT, Clock.TAKE_IN):
        assert after[name].due_on == before[name].due_on, name
        assert after[name].stopped_at == before[name].stopped_at, name
        assert after[name].paused_since is None
    (one,) = await answered(handle)
    assert (one.outcome, one.asked.item.evidence) == (ItemOutcome.WITHDRAWN, "工资台账")
    await posted(province, handle)


async def test_a_correction_withdrawn_before_the_funds_leave_lets_them_leave(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, correction_withdrawal(FIELD))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    assert (await handle.result()).form_version == 1


async def test_of_two_requests_the_one_not_answered_can_be_withdrawn(province: Province) -> None:
    handle = await held(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00"), (OTHER, "6000.00", "9000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.SUPPLEMENT_REMITTED)
    assert "No request of the transfer-in bureau is open for" in await refusal(
        handle, correction_withdrawal(FIELD)
    )
    await submit(handle, correction_withdrawal(OTHER))
    await posted(province, handle)
    assert (await clocks(handle))[Clock.TRANSFER_OUT].stopped_at is not None
    assert [one.outcome for one in await answered(handle)] == [ItemOutcome.AMENDED, ItemOutcome.WITHDRAWN]


async def test_what_was_seen_is_laid_beside_the_form(province: Province) -> None:
    handle = await held(province)
    said = await refusal(handle, correction((FIELD, "5500.00", "7000.00")))
    assert "The form has 6000.00 for monthly base 2020-01 to 2020-12" in said
    name = await refusal(handle, correction(("name", "崔明钰", "崔明毓")))
    assert "The name on the form is another" in name
    assert "崔" not in name
    unchanged = FIELD, "6000.00", "6000.00"
    assert "has this value already" in await refusal(handle, correction(unchanged))
    together = await refusal(
        handle, correction(unchanged, ("line/5", "1.00", "2.00"), ("line/9", "1.00", "2.00"))
    )
    for wrong in ("has this value already for monthly base", "for line ⑤", "no such field"):
        assert wrong in together
    assert (await handle.query(TransferCase.progress)).open_fields == ()


async def test_a_second_request_for_a_field_replaces_the_first_and_says_so(province: Province) -> None:
    handle = await held(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    overlapping = "base/2020-06..2021-03"
    assert "asked about already" in await refusal(handle, correction((overlapping, "6000.00", "8000.00")))
    receipt = await submit(handle, correction((FIELD, "6000.00", "6500.00")))
    assert "replaces the earlier request" in receipt.en
    assert "已替换原请求" in receipt.zh
    (open_now,) = (await handle.query(TransferCase.record)).corrections
    assert open_now.item.expected == "6500.00"
    await submit(handle, amendment({FIELD: "6500.00"}))
    await posted(province, handle)
    assert [one.outcome for one in await answered(handle)] == [ItemOutcome.REPLACED, ItemOutcome.AMENDED]
    events = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert Event.CORRECTION_REPLACED in events


async def test_amending_to_what_the_form_says_already_is_a_decline(province: Province) -> None:
    handle = await held(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "6000.00"}))
    await posted(province, handle)
    record = await handle.query(TransferCase.record)
    assert [form.version for form in record.papers.information_forms] == [1]
    (one,) = record.answered
    assert one.outcome is ItemOutcome.DECLINED
    assert one.answer is not None
    assert one.answer.reason == ALREADY_SO
    events = [entry.event for entry in record.journal]
    assert Event.CORRECTION_DECLINED in events
    assert Event.AMENDMENT_HANDED_IN not in events


async def test_the_reason_of_a_decline_stays_on_file_with_the_evidence(province: Province) -> None:
    handle = await held(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: None}))
    await posted(province, handle)
    (one,) = await answered(handle)
    assert one.answer is not None
    assert (one.answer.reason, one.asked.item.evidence) == ("档案无此记录", "工资台账")


async def test_a_dispute_can_be_taken_back_until_the_other_side_has_answered(province: Province) -> None:
    handle = await held(province)
    await submit(handle, dispute())
    assert "Only the bureau that has raised" in await refusal(handle, dispute_withdrawal(Party.TRANSFER_OUT))
    await submit(handle, dispute_withdrawal())
    assert (await handle.query(TransferCase.progress)).stage is Stage.TAKING_IN
    await submit(handle, dispute())
    await submit(handle, settlement(Party.TRANSFER_OUT))
    assert "The other bureau has answered" in await refusal(handle, dispute_withdrawal())
    await submit(handle, settlement(Party.TRANSFER_IN))
    await posted(province, handle)
    first, second = await handle.query(TransferCase.all_disputes)
    assert (first.settled_at, second.withdrawn_at) == (None, None)
    assert first.withdrawn_at
    assert first.why_withdrawn == "经核对无误"


async def test_a_bureau_cannot_answer_its_own_dispute(province: Province) -> None:
    handle = await held(province)
    await submit(handle, dispute())
    assert "the other bureau is to answer it" in await refusal(handle, answer(Party.TRANSFER_IN))
    await submit(handle, answer(Party.TRANSFER_OUT))
    assert "does not answer it" in await refusal(handle, answer(Party.TRANSFER_IN))
    await submit(handle, answer(Party.TRANSFER_IN, officer="in-07"))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, settlement(Party.TRANSFER_IN))
    await posted(province, handle)
