"""Two cases bring the same months of one person to one bureau: what one clears the other cannot count on."""

from datetime import timedelta
from functools import partial

import pytest
from case_proofs import Held, held, prove
from paid_by_bank import awaiting, by_bank, end_of, line, statement
from staff import Handle, choice, correction, refusal, submit

from activities.bank.unreported_funds import UnreportedFunds
from desk.client.arrivals import CaseTold, expected_funds
from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.bank_statement import FundsArrived
from models.messages.duplicates import DuplicateNotice
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, advance, application
from worker import tell_of_money
from workflows.identifiers import FLAGS, FUNDS_ARRIVED, Flag
from workflows.transfer_case import TransferCase

TWICE = [("2025-11", "2026-02", "6500.00")]
"""Months paid at Changchun as well, of which two are brought by each case."""


async def both_offered(province: Province) -> tuple[Held, Handle, Handle]:
    """What the bureaus held, the case from Yanbian, and that from Siping with a year of the same months."""
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    elsewhere = account(bureau=SIPING, months=[("2025-01", "2025-12", "5000.00")])
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE), elsewhere)
    before = await held(province)
    first = await province.apply(application())
    await province.journalled(first, Event.CHOICE_OFFERED)
    second = await province.apply(application(bureau_out=SIPING))
    await province.journalled(second, Event.CHOICE_OFFERED)
    return before, first, second


async def offered(handle: Handle) -> DuplicateNotice:
    notice = await handle.query(TransferCase.choice)
    assert notice is not None
    return notice


def keeping(notice: DuplicateNotice, bureau: str) -> list[int]:
    """The choice that keeps the months of one bureau's record wherever it has any."""
    numbers = []
    for period in notice.periods:
        keepers = [notice.records[one.keep].bureau for one in period.options]
        numbers.append(keepers.index(bureau) + 1 if bureau in keepers else 1)
    return numbers


async def both_close(province: Province, before: Held, *handles: Handle) -> None:
    for handle in handles:
        assert (await end_of(handle)).stage is Stage.CLOSED
    await prove(province, before, *handles)


async def test_two_choices_that_cross_are_put_to_the_person_again(province: Province) -> None:
    """The first keeps what was paid here; the second keeps what the first has just cleared."""
    before, first, second = await both_offered(province)
    answer = choice(*keeping(await offered(second), YANBIAN))
    await submit(first, choice(*keeping(await offered(first), CHANGCHUN)))
    assert (await end_of(first)).stage is Stage.CLOSED
    crossed = await offered(second)
    await submit(second, answer)
    await province.journalled(second, Event.CHOICE_OFFERED, times=2)
    assert Event.OFFER_REPLACED in {one.event for one in await second.query(TransferCase.journal)}
    after = await offered(second)
    assert (after.replaces, after.number) == (crossed.number, f"{crossed.number}/again-1")
    again = choice(*keeping(after, SIPING))
    promised = after.promised(again.keep)
    await submit(second, again)
    await both_close(province, before, first, second)
    assert (await second.result()).refunded == promised


async def test_a_notice_about_months_that_another_case_has_cleared_is_replaced(province: Province) -> None:
    """The second clears all the months of the year that the first has brought: nothing is twice any more."""
    before, first, second = await both_offered(province)
    answer = choice(*keeping(await offered(first), YANBIAN))
    await submit(second, choice(*keeping(await offered(second), CHANGCHUN)))
    await submit(first, answer)
    await both_close(province, before, first, second)
    assert Event.OFFER_REPLACED in {one.event for one in await first.query(TransferCase.journal)}


async def test_what_another_case_has_cleared_can_no_longer_be_corrected(province: Province) -> None:
    before, first, second = await both_offered(province)
    await submit(second, choice(*keeping(await offered(second), SIPING)))
    assert (await end_of(second)).stage is Stage.CLOSED
    said = await refusal(first, correction(("base/2020-01..2020-12", "6000.00", "7000.00")))
    assert "have moved on or were cleared" in said
    assert Event.TAKING_IN_REVERSED not in {one.event for one in await first.query(TransferCase.journal)}
    await submit(first, choice(*keeping(await offered(first), CHANGCHUN)))
    await both_close(province, before, first, second)


async def entered_and_not_told(province: Province, monkeypatch: pytest.MonkeyPatch) -> Handle:
    """A case whose money is all in the books, and which nobody has told."""

    async def dies(*_: object) -> CaseTold:
        raise ConnectionError

    await province.start_platform(arranged=by_bank(CHANGCHUN))
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    with monkeypatch.context() as broken:
        broken.setattr("desk.client.arrivals._tell", dies)
        with pytest.raises(ConnectionError):
            await statement(province, line(handle, "B1", awaited.announced))
    return handle


async def test_money_whose_message_was_lost_is_told_by_the_bureaus_worker(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = await entered_and_not_told(province, monkeypatch)
    unreported = UnreportedFunds(
        CHANGCHUN, province.stores[CHANGCHUN], partial(tell_of_money, province.client)
    )
    assert await unreported.report() == 0, "it may be on its way"
    assert await unreported.report() == 1
    assert (await end_of(handle)).stage is Stage.CLOSED
    assert await unreported.report() == 0
    assert is_clean(await province.audit())


async def test_money_whose_message_was_lost_is_told_by_whoever_asks_what_is_expected(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = await entered_and_not_told(province, monkeypatch)
    await expected_funds(province.client, CHANGCHUN)
    assert (await end_of(handle)).stage is Stage.CLOSED


async def test_word_of_an_arrival_that_comes_again_is_a_copy_that_nobody_has_to_see_to(
    province: Province,
) -> None:
    """As when two clerks enter statements that overlap."""
    await province.start_platform(arranged=by_bank(CHANGCHUN))
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    await awaiting(province, handle)
    part = line(handle, "B1", 5)
    told = FundsArrived(
        message_id="bank/B1",
        bureau=CHANGCHUN,
        remittance=part.remittance,
        reference="B1",
        value_date=part.value_date,
        amount=part.amount,
    )
    for _ in range(2):
        await handle.signal(FUNDS_ARRIVED, told)
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await advance(province.env, handle, timedelta(days=1))
    described = await handle.describe()
    assert Flag.MESSAGE_REFUSED not in (described.typed_search_attributes.get(FLAGS) or [])
