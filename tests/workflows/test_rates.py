"""The yearly rate is published: two officers, the bureaus, and settlements that follow."""

import asyncio
from datetime import timedelta

import pytest
from borrowed_rates import (
    BORROWED,
    LINE_4_BORROWED,
    LINE_4_PUBLISHED,
    document,
    moved_under_a_borrowed_rate,
    settled,
)
from every_stage import started_again
from recorded_rates import CHECKER, MAKER, found_by, signature
from staff import amendment, approval, by_officer, refusal, reopening, submit
from temporalio.client import WorkflowHandle

from activities.contracts import ENTER_RATE, RECEIVE_INFORMATION, TAKE_IN_DIFFERENCE
from activities.officers.register import OfficerRegister
from activities.orders import order_refused
from activities.rates import register
from activities.rates.register import BureauRateActivities
from activities.rates.settlement import RateSettlementActivities
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.auditing import is_clean
from desk.client.publication import PublicationRefused
from desk.rates.client import (
    propose_or_check,
    published_rates,
    refused_rates,
    settle,
    withdraw_proposal,
)
from desk.rates.drafts import refusal_words
from models.messages.papers import InformationForm
from models.messages.requests import Approvable, Reopening
from models.messages.stages import Event, Stage
from models.messages.steps import Arrival
from models.rates.messages import (
    CHECKED_AGAIN,
    DifferenceOrder,
    DifferenceTaken,
    PublishedRate,
    RateDelivery,
    RatePublication,
    RateStage,
    Settlement,
    SettlementApproval,
    SettlementStage,
)
from models.store.ledger import individual_account
from models.store.records import relationship_of
from models.store.store import PaperKey
from province import CHANGCHUN, SIPING, TEACHER, YANBIAN, Province, advance
from rules.values.moves import Scheme
from rules.values.officers import PROVINCE, Right
from rules.values.papers import PaperKind, Side
from worker import accepted_officers
from workflows.identifiers import PLATFORM_QUEUE, rate_workflow_id, settlement_workflow_id
from workflows.rates.publication import PublishRate
from workflows.rates.settlement import SettleRate
from workflows.transfer_case import TransferCase


async def account_at_changchun(province: Province) -> int:
    async with province.stores[CHANGCHUN].reading() as session:
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert joined is not None
        assert joined.id is not None
        return await individual_account(session, joined.id)


async def test_when_the_rate_is_published_the_difference_follows_by_itself(province: Province) -> None:
    handle = await moved_under_a_borrowed_rate(province)
    case_no = (await handle.query(TransferCase.progress)).case_no
    number = document()
    proposed = await propose_or_check(province.client, signature(MAKER, number))
    assert isinstance(proposed, RatePublication)
    assert proposed.stage is RateStage.AWAITING_CHECK
    assert (await published_rates(province.client)).rates == ()
    checked = await propose_or_check(province.client, signature(CHECKER, number))
    assert isinstance(checked, RatePublication)
    assert (checked.maker, checked.checker) == (MAKER, CHECKER)
    await found_by(province, number, case_no)
    done = await settled(province, number, case_no)
    assert (done.stage, done.individual) == (SettlementStage.SETTLED, LINE_4_PUBLISHED - LINE_4_BORROWED)
    assert await account_at_changchun(province) == LINE_4_PUBLISHED
    (rate,) = (await published_rates(province.client)).rates
    assert rate.draft.document == number
    assert is_clean(await province.audit())


def wrong_base() -> Reopening:
    paid = BORROWED - 1
    return reopening((f"base/{paid}-01..{paid}-12", "6000.00", "7000.00"))


async def published(province: Province) -> str:
    number = document()
    for officer in (MAKER, CHECKER):
        await propose_or_check(province.client, signature(officer, number))
    return number


async def test_a_case_that_was_settled_since_it_closed_is_not_reopened(province: Province) -> None:
    first = await moved_under_a_borrowed_rate(province)
    case_no = (await first.query(TransferCase.progress)).case_no
    number = await published(province)
    await found_by(province, number, case_no)
    await settled(province, number, case_no)
    handle = await started_again(province, first)
    assert "a published rate has changed its form" in await refusal(handle, wrong_base())
    assert (await handle.result()).stage is Stage.CLOSED
    assert await account_at_changchun(province) == LINE_4_PUBLISHED
    assert is_clean(await province.audit())


async def test_the_settlement_of_a_reopened_case_waits_until_it_is_closed_again(province: Province) -> None:
    first = await moved_under_a_borrowed_rate(province)
    handle = await started_again(province, first)
    await submit(handle, wrong_base())
    await province.awaiting(handle, Approvable.REOPENING)
    await submit(handle, approval(Approvable.REOPENING, "in-02"))
    await province.journalled(handle, Event.CASE_REOPENED)
    case_no = (await handle.query(TransferCase.progress)).case_no
    number = await published(province)
    await found_by(province, number, case_no)
    settling = province.client.get_workflow_handle_for(
        SettleRate.run, settlement_workflow_id(BORROWED, number, case_no)
    )
    await province.until(lambda: _waits_for_the_end(settling))
    await submit(handle, amendment({wrong_base().items[0].field: "7000.00"}))
    corrected = await handle.result()
    assert (corrected.stage, corrected.form_version) == (Stage.CLOSED, 2)
    await advance(province.env, settling, CHECKED_AGAIN)
    done = await settled(province, number, case_no)
    # 560 a month instead of 480. The correction counts with the published 2.10 % already.
    assert corrected.individual == 6_720_00 + 54_60 + 142_27
    assert (done.stage, done.individual) == (SettlementStage.SETTLED, 0)
    assert await account_at_changchun(province) == corrected.individual
    assert is_clean(await province.audit())


async def test_a_case_is_not_reopened_while_a_published_rate_is_being_settled(province: Province) -> None:
    """The transfer-out bureau has drawn up the further form; the other bureau has not entered it yet. Two
    bureaus that took it for the correction could go on by a ruling only."""
    entering = asyncio.Event()

    class Slow(TransferInActivities):
        @RECEIVE_INFORMATION.implements
        async def receive_information(self, form: InformationForm) -> Arrival:
            if form.version > 1:
                await entering.wait()
            arrived: Arrival = await TransferInActivities.receive_information(self, form)
            return arrived

    slow = Slow(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, receive_information=slow.receive_information)
    first = await moved_under_a_borrowed_rate(province, at_work=True)
    case_no = (await first.query(TransferCase.progress)).case_no
    handle = await started_again(province, first)
    await submit(handle, wrong_base())
    await province.awaiting(handle, Approvable.REOPENING)
    number = await published(province)
    await found_by(province, number, case_no)
    settling = province.client.get_workflow_handle_for(
        SettleRate.run, settlement_workflow_id(BORROWED, number, case_no)
    )

    async def under_way() -> bool:
        form = PaperKey(case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, 2)
        async with province.stores[YANBIAN].reading() as session:
            return await province.stores[YANBIAN].has(session, form)

    await province.until(under_way)
    await submit(handle, approval(Approvable.REOPENING, "in-02"))
    await province.journalled(handle, Event.REOPENING_LAPSED)
    assert (await handle.result()).stage is Stage.CLOSED
    told = [one for one in await handle.query(TransferCase.journal) if one.event is Event.REOPENING_LAPSED]
    assert "a published rate has changed its form" in told[0].detail
    entering.set()
    assert (await settling.result()).stage is SettlementStage.SETTLED
    assert await account_at_changchun(province) == LINE_4_PUBLISHED
    assert is_clean(await province.audit())


async def _waits_for_the_end(settling: WorkflowHandle[SettleRate, Settlement]) -> bool:
    return (await settling.query(SettleRate.settlement)).stage is SettlementStage.AWAITING_END


async def test_where_it_is_arranged_a_settlement_waits_for_an_officers_word(province: Province) -> None:
    handle = await moved_under_a_borrowed_rate(province)
    case_no = (await handle.query(TransferCase.progress)).case_no
    number = document()
    await propose_or_check(province.client, signature(MAKER, number, by_itself=False))
    await propose_or_check(province.client, signature(CHECKER, number, by_itself=False))

    async def word() -> Settlement | PublicationRefused | None:
        try:
            word = SettlementApproval(year=BORROWED, document=number, case_no=case_no, officer=CHECKER)
            return await settle(province.client, word)
        except Exception:
            return None

    async def given() -> bool:
        return isinstance(await word(), Settlement)

    await province.until(given)
    assert (await settled(province, number, case_no)).stage is SettlementStage.SETTLED
    assert await account_at_changchun(province) == LINE_4_PUBLISHED


class Refuses(BureauRateActivities):
    """A bureau that refuses every rate until it is told otherwise."""

    refusing = True
    why: Exception = order_refused("The seals do not hold.", "签章未通过核验。")

    @ENTER_RATE.implements
    async def enter_rate(self, delivery: RateDelivery) -> PublishedRate:
        if self.refusing:
            raise self.why
        entered: PublishedRate = await BureauRateActivities.enter_rate(self, delivery)
        return entered


class Contradicts(Refuses):
    """A bureau whose books contradict every rate until they are mended."""

    why = ValueError("another paper is on file")


async def test_a_rate_that_a_bureau_refuses_stands_with_the_province_until_it_is_ordered_again(
    province: Province,
) -> None:
    desk = Refuses(OfficerRegister(YANBIAN, province.stores[YANBIAN], accepted_officers(province.client)))
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, enter_rate=desk.enter_rate)
    number, year = document(), BORROWED

    async def refused_for(pause: timedelta) -> bool:
        found = await refused_rates(province.client, 10)
        return [one.refusal.asked_again_at - one.refusal.refused_at for one in found] == [pause]

    async def ordered(number: str, percent: str = "2.10") -> None:
        for officer in (MAKER, CHECKER):
            await propose_or_check(province.client, signature(officer, number, percent))

    await ordered(number)
    await province.until(lambda: refused_for(timedelta(days=1)))
    (one,) = await refused_rates(province.client, 10)
    said = refusal_words(one)
    assert said.en.startswith(f"{year} {number}: Yanbian")
    assert "The seals do not hold. This is for" in said.en
    assert "签章未通过核验。由省局经办人处理" in said.zh
    await ordered(number)
    await province.until(lambda: refused_for(timedelta(days=2)))

    # Another rate of the year takes the place of the first, which the bureau then need not enter.
    await ordered(later := document(), "2.20")
    await ordered(number)
    first = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(year, number))
    assert (await first.result()).stage is RateStage.ANNOUNCED
    await province.until(lambda: refused_for(timedelta(days=1)))
    desk.refusing = False
    await ordered(later, "2.20")
    second = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(year, later))
    assert (await second.result()).stage is RateStage.ANNOUNCED
    assert await refused_rates(province.client, 10) == []


async def test_a_check_that_does_not_want_the_rate_is_refused_and_the_proposal_can_be_withdrawn(
    province: Province,
) -> None:
    await province.start()
    number = document()
    await propose_or_check(province.client, signature(MAKER, number))
    refused = await propose_or_check(province.client, signature(CHECKER, number, withdrawn=True))
    assert isinstance(refused, PublicationRefused)
    assert refused.en.startswith("The rate cannot be published: Two different officers have to want")
    assert refused.zh == "该利率不能公布：须由两名不同的经办人就同一利率签章同意公布，未归档。"
    assert (await published_rates(province.client)).rates == ()
    back = await withdraw_proposal(province.client, signature(MAKER, number, withdrawn=True))
    assert isinstance(back, RatePublication)
    assert back.stage is RateStage.WITHDRAWN


async def test_a_rate_that_contradicts_the_provinces_books_is_told_to_who_checks_it_and_can_be_checked_again(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def contradicts(*_: object) -> PublishedRate:
        raise ValueError("another paper is on file under this number")

    filed, number = register._file, document()
    monkeypatch.setattr(register, "_file", contradicts)
    await province.start()
    await propose_or_check(province.client, signature(MAKER, number))
    refused = await propose_or_check(province.client, signature(CHECKER, number))
    assert isinstance(refused, PublicationRefused)
    assert refused.en == "The rate cannot be published: another paper is on file under this number."
    assert refused.zh == "该利率不能公布：该环节与该机构账目不符，详情见系统日志。"
    monkeypatch.setattr(register, "_file", filed)
    again = await propose_or_check(province.client, signature(CHECKER, number))
    assert isinstance(again, RatePublication)
    handle = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(BORROWED, number))
    assert (await handle.result()).stage is RateStage.ANNOUNCED


async def test_a_rate_that_contradicts_a_bureaus_books_stands_with_the_province_like_one_it_refuses(
    province: Province,
) -> None:
    """It is asked again once somebody has mended it; before, the publication failed for all bureaus."""
    desk = Contradicts(OfficerRegister(YANBIAN, province.stores[YANBIAN], accepted_officers(province.client)))
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, enter_rate=desk.enter_rate)
    number = await published(province)

    async def said() -> list[str]:
        return [refusal_words(one).zh for one in await refused_rates(province.client, 10)]

    async def stands() -> bool:
        return bool(await said())

    await province.until(stands)
    (told,) = await said()
    assert f"{YANBIAN}未予办理：该环节与该机构账目不符，详情见系统日志。由省局经办人处理" in told
    (one,) = await refused_rates(province.client, 10)
    assert "refuses: another paper is on file. This is for" in refusal_words(one).en
    desk.refusing = False
    await propose_or_check(province.client, signature(CHECKER, number))
    handle = province.client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(BORROWED, number))
    assert (await handle.result()).stage is RateStage.ANNOUNCED
    assert await said() == []


class RefusesTheDifference(RateSettlementActivities):
    @TAKE_IN_DIFFERENCE.implements
    async def take_in_difference(self, order: DifferenceOrder) -> DifferenceTaken:
        raise order_refused("The difference is not taken in.", "不予入账。")


async def test_a_settlement_that_a_bureau_refuses_stands_with_the_province_until_it_is_seen_to_by_hand(
    province: Province,
) -> None:
    desk = RefusesTheDifference(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, take_in_difference=desk.take_in_difference)
    handle = await moved_under_a_borrowed_rate(province, at_work=True)
    case_no = (await handle.query(TransferCase.progress)).case_no
    number = document()
    for officer in (MAKER, CHECKER):
        await propose_or_check(province.client, signature(officer, number))

    async def refused_for(pause: timedelta) -> bool:
        found = [one for one in await refused_rates(province.client, 10) if one.case_no == case_no]
        return [one.refusal.asked_again_at - one.refusal.refused_at for one in found] == [pause]

    await province.until(lambda: refused_for(timedelta(days=1)))
    (one,) = await refused_rates(province.client, 10)
    assert "to be seen to by hand" in refusal_words(one).en
    word = SettlementApproval(year=BORROWED, document=number, case_no=case_no, officer=CHECKER)
    await settle(province.client, word)
    await province.until(lambda: refused_for(timedelta(days=2)))
    by_hand = await settle(province.client, word.model_copy(update={"by_hand": True}))
    assert isinstance(by_hand, Settlement)
    assert (await settled(province, number, case_no)).stage is SettlementStage.BY_HAND
    assert await refused_rates(province.client, 10) == []
    found = await province.audit()
    assert case_no in {one.subject for one in found.findings}


async def test_one_officer_alone_publishes_nothing_and_may_take_it_back(province: Province) -> None:
    await province.start()
    number = document()
    await propose_or_check(province.client, signature(MAKER, number))
    again = await propose_or_check(province.client, signature(MAKER, number))
    assert isinstance(again, PublicationRefused)
    assert "another officer" in again.en
    other = await propose_or_check(province.client, signature(CHECKER, number, "2.20"))
    assert isinstance(other, PublicationRefused)
    assert "not the rate" in other.en
    back = await withdraw_proposal(province.client, signature(MAKER, number, withdrawn=True))
    assert isinstance(back, RatePublication)
    assert back.stage is RateStage.WITHDRAWN
    assert (await published_rates(province.client)).rates == ()


async def test_a_rate_that_its_maker_has_not_sealed_falls_away_and_can_be_proposed_anew(
    province: Province,
) -> None:
    await province.start()
    number = document()
    unsealed = signature(MAKER, number)
    handle = await province.client.start_workflow(
        PublishRate.run, unsealed, id=rate_workflow_id(BORROWED, number), task_queue=PLATFORM_QUEUE
    )
    refused = await propose_or_check(province.client, signature(CHECKER, number))
    assert isinstance(refused, PublicationRefused)
    assert "bears no officer's seal" in refused.en
    assert (await handle.result()).stage is RateStage.REFUSED
    assert (await published_rates(province.client)).rates == ()
    anew = await propose_or_check(province.client, signature(MAKER, number))
    assert isinstance(anew, RatePublication)
    assert anew.stage is RateStage.AWAITING_CHECK
    forged = signature(
        MAKER,
        number,
        withdrawn=True,
        order=by_officer(Right.PUBLISH_RATE, PROVINCE, signature(CHECKER, number), CHECKER).order,
    )
    kept = await withdraw_proposal(province.client, forged)
    assert isinstance(kept, PublicationRefused)
    assert "does not fit" in kept.en
    again = await withdraw_proposal(province.client, signature(MAKER, number, withdrawn=True))
    assert isinstance(again, RatePublication)
