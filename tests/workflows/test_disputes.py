"""Disputes and rulings (第九条) on the real server."""

from datetime import date, timedelta

import pytest
from staff import (
    Handle,
    amendment,
    answer,
    approval,
    dispute,
    referral,
    refusal,
    ruling,
    send,
    settlement,
    submit,
    withdrawal,
)

from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.papers import RemittancePurpose
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from models.store.records import relationship_of
from province import TEACHER, WORKER, YANBIAN, Province, account, advance, application
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.moves import Scheme
from rules.values.orders import (
    AmendField,
    Close,
    ExtendClock,
    Order,
    Proceed,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)
from workflows.transfer_case import TransferCase


async def opened(province: Province, **officers: Officers) -> Handle:
    """A case whose taking in waits for an officer."""
    await province.start(**{"posting": Officers.ONE_OFFICER, "ruling": Officers.ONE_OFFICER, **officers})
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def referred(province: Province, **officers: Officers) -> Handle:
    handle = await opened(province, **officers)
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, referral())
    return handle


async def closed(province: Province, handle: Handle) -> Stage:
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))
    return (await handle.result()).stage


async def test_two_bureaus_that_agree_settle_and_the_case_goes_on(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, dispute())
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.IN_DISPUTE, Party.TRANSFER_OUT)
    assert "dispute" in await refusal(handle, approval(Approvable.POSTING))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    assert (await handle.query(TransferCase.progress)).stage is Stage.IN_DISPUTE
    await submit(handle, settlement(Party.TRANSFER_IN))
    assert (await handle.query(TransferCase.progress)).stage is Stage.TAKING_IN
    assert await closed(province, handle) is Stage.CLOSED


async def test_only_what_both_have_spoken_on_is_referred(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, dispute())
    assert "has not stated its position" in await refusal(handle, referral())
    assert "0 have passed" in await refusal(handle, referral())
    await submit(handle, answer())
    await submit(handle, referral())
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.BEFORE_THE_PROVINCE, Party.PROVINCE)
    assert progress.possible == (StaffAction.RULE,)
    (record,) = await handle.query(TransferCase.all_disputes)
    assert {taken.party for taken in record.positions} == {Party.TRANSFER_IN, Party.TRANSFER_OUT}


async def test_terms_that_were_changed_since_are_agreed_to_no_more(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, dispute())
    await submit(handle, settlement(Party.TRANSFER_IN, "按 7000 元办理"))
    await submit(handle, settlement(Party.TRANSFER_OUT, "按 6000 元办理"))
    await submit(handle, settlement(Party.TRANSFER_IN, "按 6500 元办理"))
    await submit(handle, settlement(Party.TRANSFER_OUT, "按 7000 元办理"))
    assert (await handle.query(TransferCase.progress)).stage is Stage.IN_DISPUTE
    await submit(handle, settlement(Party.TRANSFER_OUT, "按 6500 元办理"))
    assert (await handle.query(TransferCase.progress)).stage is Stage.TAKING_IN


async def test_a_bureau_that_answers_nothing_keeps_no_dispute_from_the_province(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, dispute())
    await advance(province.env, handle, timedelta(days=2))
    await send(handle, referral())
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    assert (await handle.query(TransferCase.progress)).stage is Stage.IN_DISPUTE
    await advance(province.env, handle, timedelta(days=28))
    assert "One bureau has not stated" in await refusal(handle, referral(Party.TRANSFER_OUT))
    await submit(handle, referral())
    assert (await handle.query(TransferCase.progress)).stage is Stage.BEFORE_THE_PROVINCE
    await submit(handle, ruling([Proceed()]))
    assert await closed(province, handle) is Stage.CLOSED


async def test_terms_are_an_answer_too(province: Province) -> None:
    """Whoever proposed something has negotiated, and the province's file has it."""
    handle = await opened(province)
    await submit(handle, dispute())
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, referral())
    assert (await handle.query(TransferCase.progress)).stage is Stage.BEFORE_THE_PROVINCE


async def test_a_ruling_to_proceed_lets_the_case_go_on(province: Province) -> None:
    handle = await referred(province)
    await submit(handle, ruling([Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT)
    assert await closed(province, handle) is Stage.CLOSED
    (made,) = await handle.query(TransferCase.rulings)
    assert made.carried_out == 1


async def test_a_ruling_sent_as_a_signal_is_carried_out_in_order(province: Province) -> None:
    """The field is set, the money follows, the clock is longer, and each order is reported done."""
    handle = await referred(province)
    orders: list[Order] = [
        AmendField("base/2020-01..2020-12", "7000.00"),
        ExtendClock(Clock.TAKE_IN, 5),
        Proceed(),
    ]
    before = {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}[Clock.TAKE_IN]
    await send(handle, ruling(orders))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    after = {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}[Clock.TAKE_IN]
    assert after.extension == 5
    assert after.due_on > before.due_on
    assert after.moved[-1].before == before.due_on
    assert await closed(province, handle) is Stage.CLOSED
    done = [one for one in await handle.query(TransferCase.journal) if one.event is Event.ORDER_CARRIED_OUT]
    assert [one.detail.partition(".")[0] for one in done] == ["1", "2", "3"]
    ended = await handle.query(TransferCase.progress)
    assert ended.pooled == (60 * 600_000 + 12 * 700_000) * 12 // 100
    assert is_clean(await province.audit())


async def test_the_officers_of_a_ruling_stand_for_the_release_of_what_it_orders(province: Province) -> None:
    """In dispute nothing else is approved, so a ruling must not wait for an approval of its own."""
    await province.start(
        posting=Officers.ONE_OFFICER,
        release_of_funds=Officers.TWO_OFFICERS,
        ruling=Officers.ONE_OFFICER,
    )
    await province.seed(account())
    handle = await province.apply(application())
    for officer in ("out-01", "out-02"):
        await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
        await submit(handle, approval(Approvable.RELEASE_OF_FUNDS, officer))
    await province.awaiting(handle, Approvable.POSTING)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    await submit(handle, ruling([AmendField("base/2020-01..2020-12", "7000.00"), Proceed()]))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    assert await closed(province, handle) is Stage.CLOSED


async def test_an_amount_set_by_ruling_is_what_is_posted(province: Province) -> None:
    handle = await referred(province)
    await submit(handle, ruling([SetAmount(Fen(4_000_000), Fen(5_000_000)), Proceed()]))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    await closed(province, handle)
    ended = await handle.query(TransferCase.progress)
    assert (ended.individual, ended.pooled) == (4_000_000, 5_000_000)
    assert is_clean(await province.audit())


async def test_returned_funds_and_a_restored_relationship_leave_everything_as_it_was(
    province: Province,
) -> None:
    handle = await referred(province)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    ended = await handle.result()
    assert ended.stage is Stage.RETURNED
    papers = await handle.query(TransferCase.papers)
    sent, returned = papers.remittances
    assert returned.purpose is RemittancePurpose.RETURN
    assert returned.total == sent.total
    async with province.stores[YANBIAN].transaction() as session:
        left = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert left is not None
        assert left.ended_by is None
    assert is_clean(await province.audit())


async def test_what_came_back_can_be_transferred_again(province: Province) -> None:
    handle = await referred(province)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    await handle.result()
    again = await province.apply(application(submitted_on=date(2026, 1, 16)))
    assert await closed(province, again) is Stage.CLOSED
    assert (await again.query(TransferCase.progress)).months == 72
    assert is_clean(await province.audit())


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        ([RestoreRelationship(), Close()], "funds are not back"),
        ([Close(), Proceed()], "only the last order"),
        ([ReturnFunds()], "the last order must be"),
        ([ExtendClock(Clock.WRITTEN_NOTICE, 5), Proceed()], "no such clock"),
        ([ExtendClock(Clock.TRANSFER_OUT, 9_000_000), Proceed()], "no more than 1000 working days"),
        ([SupplementFunds(Fen(1000), Fen(2000)), Proceed()], "proceeding would send it back"),
        ([SetAmount(Fen(10**17), Fen(0)), Proceed()], "must not be more than"),
        ([AmendField("base/2020-01..2020-12", "999999999999999.99"), Proceed()], "must not be more than"),
        ([AmendField("base/1999-01..1999-02", "900.00"), Proceed()], "months not on the form"),
    ],
)
async def test_a_ruling_that_cannot_be_carried_out_is_answered_with_why(
    province: Province, orders: list[Order], why: str
) -> None:
    handle = await referred(province)
    assert why in await refusal(handle, ruling(orders))
    assert await handle.query(TransferCase.rulings) == []
    assert Event.RULING_MADE not in {one.event for one in await handle.query(TransferCase.journal)}


async def test_a_number_is_ruled_under_once_in_a_case(province: Province) -> None:
    handle = await referred(province)
    await submit(handle, ruling([ExtendClock(Clock.TRANSFER_OUT, 5), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    await province.awaiting(handle, Approvable.POSTING)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    assert "number of its own" in await refusal(handle, ruling([Proceed()]))
    await submit(handle, ruling([Proceed()], "裁〔2026〕2号"))
    assert await closed(province, handle) is Stage.CLOSED
    kept = await handle.query(TransferCase.rulings)
    assert [(one.ruling.number, one.carried_out) for one in kept] == [
        ("裁〔2026〕1号", 2),
        ("裁〔2026〕2号", 1),
    ]


async def test_a_number_that_a_ruling_in_another_case_has_is_refused_and_named(province: Province) -> None:
    handle = await referred(province)
    await province.seed(account(WORKER, "孙立国"))
    other = await province.apply(application(id_number=WORKER, name="孙立国"))
    await province.awaiting(other, Approvable.POSTING)
    for request in (dispute(), answer(), referral()):
        await submit(other, request)
    made = ruling([Proceed()], "裁〔2026〕1号")
    await submit(handle, made)
    await submit(handle, made)
    told = await refusal(other, ruling([Proceed()], "裁[2026]1号"))
    assert f"The number 裁〔2026〕1号 has been used for a ruling in case {province.opened[0]}" in told
    await submit(other, ruling([Proceed()], "裁〔2026〕2号"))
    for one, number in ((handle, "裁〔2026〕1号"), (other, "裁〔2026〕2号")):
        assert await closed(province, one) is Stage.CLOSED
        (kept,) = await one.query(TransferCase.rulings)
        assert kept.ruling.number == number


async def test_a_ruling_needs_two_officers_and_a_later_one_replaces_it_until_then(
    province: Province,
) -> None:
    handle = await referred(province, ruling=Officers.TWO_OFFICERS)
    first = await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()], "裁〔2026〕1号"))
    assert (first.en, first.zh) == ("rule: accepted", "裁定：已提交")
    await province.awaiting(handle, Approvable.RULING)
    assert "another officer" in await refusal(handle, approval(Approvable.RULING, "province-01"))
    second = await submit(handle, ruling([Proceed()], "裁〔2026〕2号"))
    assert second.en.endswith("; it replaces ruling 裁〔2026〕1号, of which nothing has been carried out")
    assert second.zh.endswith("；取代尚未执行的裁定“裁〔2026〕1号”")
    await province.journalled(handle, Event.RULING_REPLACED)
    await province.awaiting(handle, Approvable.RULING)
    read_before = approval(Approvable.RULING, "province-02", of="裁〔2026〕1号")
    assert "waits for approval now is 裁〔2026〕2号" in await refusal(handle, read_before)
    waiting = await handle.query(TransferCase.to_be_approved)
    assert waiting.ruling is not None
    assert (waiting.ruling.number, waiting.ruling.orders) == ("裁〔2026〕2号", (Proceed(),))
    await submit(handle, approval(Approvable.RULING, "province-02", of=waiting.ruling.number))
    assert await closed(province, handle) is Stage.CLOSED
    (made,) = await handle.query(TransferCase.rulings)
    assert made.ruling.number == "裁〔2026〕2号"
    assert made.officers == ("province-01", "province-02")


async def test_the_wrong_party_is_told_who_may(province: Province) -> None:
    handle = await referred(province)
    by_a_bureau = ruling([Proceed()]).model_copy(update={"by": Party.TRANSFER_IN})
    assert "for the provincial bureau to do" in await refusal(handle, by_a_bureau)
    assert "for the applicant to do" in await refusal(
        handle, withdrawal().model_copy(update={"by": Party.TRANSFER_OUT})
    )
    assert "for the transfer-out bureau to do" in await refusal(
        handle, amendment({"name": "x"}).model_copy(update={"by": Party.TRANSFER_IN})
    )
