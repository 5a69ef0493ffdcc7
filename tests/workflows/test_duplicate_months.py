"""Months paid twice (第四条): told after the transfer, chosen by the person, refunded, counted once."""

from collections.abc import Sequence

from staff import (
    Handle,
    amendment,
    answer,
    approval,
    choice,
    correction,
    dispute,
    referral,
    refusal,
    ruling,
    submit,
)

from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from models.store.ledger import individual_account
from models.store.records import relationship_of
from province import CHANGCHUN, TEACHER, Province, account, application
from rules.values.moves import Scheme
from rules.values.orders import AmendField, Close, Proceed, ReturnFunds
from workflows.transfer_case import TransferCase

TWICE = [("2025-11", "2026-02", "6500.00")]
"""Two of these months, November and December, the teacher has paid in both schemes."""


async def opened(
    province: Province, certified: Sequence[dict[str, str]] = (), **officers: Officers
) -> Handle:
    await province.start(**officers)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    papers = (*application().materials, *(["service_certification"] if certified else ()))
    handle = await province.apply(
        application(certified_government_service=tuple(certified), materials=papers)
    )
    await province.journalled(handle, Event.CHOICE_OFFERED)
    return handle


async def test_until_the_person_answers_the_transfer_is_complete_and_reported_so(province: Province) -> None:
    handle = await opened(province)
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.AWAITING_CHOICE, Party.APPLICANT)
    assert progress.settled
    assert progress.months == 72
    assert all(clock.stopped_at for clock in progress.clocks)
    assert is_clean(await province.audit())


async def test_the_months_not_kept_are_refunded_and_counted_once(province: Province) -> None:
    handle = await opened(province)
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    (period,) = offer.periods
    assert (str(period.first), str(period.last)) == ("2025-11", "2025-12")
    number = next(n for n, one in enumerate(period.options, 1) if not offer.records[one.keep].transferred)
    await submit(handle, choice(number))
    await province.awaiting(handle, Approvable.REFUND)
    async with province.stores[CHANGCHUN].transaction() as session:
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert joined is not None
        assert joined.id is not None
        before = await individual_account(session, joined.id)
    await submit(handle, approval(Approvable.REFUND))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert ended.refunded == 2 * 600_000 * 8 // 100
    async with province.stores[CHANGCHUN].transaction() as session:
        assert await individual_account(session, joined.id) == before - ended.refunded
    assert is_clean(await province.audit())


async def test_certified_service_is_kept_whatever_the_person_would_choose(province: Province) -> None:
    handle = await opened(province, [{"first": "2025-11", "last": "2025-12"}], refund=Officers.ONE_OFFICER)
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    assert offer.open_periods == 0
    await submit(handle, choice())
    ended = await handle.result()
    assert ended.refunded == 2 * 650_000 * 8 // 100


async def test_certified_months_are_cleared_without_the_persons_consent_once_there_is_an_account(
    province: Province,
) -> None:
    """第四条 has them cleared as the certification says; the person only says where the refund goes."""
    handle = await opened(province, [{"first": "2025-11", "last": "2025-12"}], refund=Officers.ONE_OFFICER)
    await submit(handle, choice(consent=False))
    assert (await handle.result()).refunded == 2 * 650_000 * 8 // 100
    assert is_clean(await province.audit())


async def test_a_period_that_no_certification_decides_still_asks_for_consent(province: Province) -> None:
    handle = await opened(province, [{"first": "2025-11", "last": "2025-11"}])
    assert "consent" in await refusal(handle, choice(1, consent=False))


async def test_a_refund_needs_a_second_officer(province: Province) -> None:
    handle = await opened(province)
    await submit(handle, choice(1, officer="in-01"))
    await province.awaiting(handle, Approvable.REFUND)
    waiting = await handle.query(TransferCase.to_be_approved)
    assert waiting.choice is not None
    assert (waiting.choice.keep, waiting.choice.refund_account) == ((1,), "6217000012345678")
    assert StaffAction.CHOOSE not in (await handle.query(TransferCase.progress)).possible
    assert "another officer" in await refusal(handle, approval(Approvable.REFUND, "in-01"))
    await submit(handle, approval(Approvable.REFUND, "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED
    assert (await handle.query(TransferCase.to_be_approved)).choice is None


async def test_nothing_is_cleared_without_consent_or_with_an_answer_too_many(province: Province) -> None:
    handle = await opened(province)
    assert "consent" in await refusal(handle, choice(1, consent=False))
    assert "1 periods to decide and 2 answers" in await refusal(handle, choice(1, 1))
    assert "options 1 to 2, not 3" in await refusal(handle, choice(3))


async def test_a_ruling_that_returns_the_funds_and_goes_on_takes_them_in_again(province: Province) -> None:
    """The undone posting stays in the books; the form is reissued as it was and taken in anew."""
    handle = await opened(province, ruling=Officers.ONE_OFFICER)
    for request in (dispute(), answer(), referral(), ruling([ReturnFunds(), Proceed()])):
        await submit(handle, request)
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    ended = await handle.result()
    assert (ended.stage, ended.form_version, ended.months) == (Stage.CLOSED, 2, 72)
    assert is_clean(await province.audit())


async def test_no_ruling_closes_the_case_over_a_form_that_was_amended_and_not_taken_in(
    province: Province,
) -> None:
    """The money it promises would never move, and each bureau would keep other bases."""
    handle = await opened(province, ruling=Officers.ONE_OFFICER)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    amended = AmendField("base/2020-01..2020-12", "7000.00")
    assert "different records" in await refusal(handle, ruling([amended, Close()]))
    await submit(handle, ruling([amended, Proceed()]))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)


async def test_no_ruling_closes_the_case_while_months_paid_twice_count_in_both_records(
    province: Province,
) -> None:
    """The dispute ends with an order to proceed; then the person chooses, and the months count once."""
    handle = await opened(province, ruling=Officers.ONE_OFFICER)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    assert "would stay counted twice" in await refusal(handle, ruling([Close()]))
    await submit(handle, ruling([Proceed()]))
    await province.reached(handle, Stage.AWAITING_CHOICE)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    ended = await handle.result()
    assert (ended.stage, ended.refunded > 0) == (Stage.CLOSED, True)
    assert is_clean(await province.audit())


async def test_a_correction_after_the_taking_in_reverses_and_posts_anew(province: Province) -> None:
    handle = await opened(province)
    field = "base/2020-01..2020-12"
    await submit(handle, correction((field, "6000.00", "7000.00")))
    await submit(handle, amendment({field: "7000.00"}))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    assert Event.TAKING_IN_REVERSED in {one.event for one in await handle.query(TransferCase.journal)}
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    ended = await handle.result()
    assert ended.pooled == (60 * 600_000 + 12 * 700_000) * 12 // 100
    assert is_clean(await province.audit())
