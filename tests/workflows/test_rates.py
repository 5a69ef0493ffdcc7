"""The yearly rate is published: two officers, the bureaus, and settlements that follow."""

from datetime import timedelta

from borrowed_rates import (
    BORROWED,
    LINE_4_BORROWED,
    LINE_4_PUBLISHED,
    document,
    moved_under_a_borrowed_rate,
    settled,
)
from recorded_rates import CHECKER, MAKER, found_by, signature
from staff import by_officer

from activities.contracts import ENTER_RATE
from activities.officers.register import OfficerRegister
from activities.orders import order_refused
from activities.rates.register import BureauRateActivities
from desk.client.auditing import audit_books, is_clean
from desk.rates.client import (
    RatePublicationRefused,
    propose_or_check,
    published_rates,
    refused_rates,
    settle,
    withdraw_proposal,
)
from desk.rates.drafts import refusal_words
from models.rates.messages import (
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
from province import BUREAUS, CHANGCHUN, TEACHER, YANBIAN, Province
from rules.values.moves import Scheme
from rules.values.officers import PROVINCE, Right
from worker import accepted_officers
from workflows.identifiers import PLATFORM_QUEUE, rate_workflow_id
from workflows.rates.publication import PublishRate
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
    assert is_clean(await audit_books(province.client, BUREAUS, 10))


async def test_where_it_is_arranged_a_settlement_waits_for_an_officers_word(province: Province) -> None:
    handle = await moved_under_a_borrowed_rate(province)
    case_no = (await handle.query(TransferCase.progress)).case_no
    number = document()
    await propose_or_check(province.client, signature(MAKER, number, by_itself=False))
    await propose_or_check(province.client, signature(CHECKER, number, by_itself=False))

    async def word() -> Settlement | RatePublicationRefused | None:
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

    @ENTER_RATE.implements
    async def enter_rate(self, delivery: RateDelivery) -> PublishedRate:
        if self.refusing:
            raise order_refused("The seals do not hold.", "签章未通过核验。")
        entered: PublishedRate = await BureauRateActivities.enter_rate(self, delivery)
        return entered


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


async def test_one_officer_alone_publishes_nothing_and_may_take_it_back(province: Province) -> None:
    await province.start()
    number = document()
    await propose_or_check(province.client, signature(MAKER, number))
    again = await propose_or_check(province.client, signature(MAKER, number))
    assert isinstance(again, RatePublicationRefused)
    assert "another officer" in again.en
    other = await propose_or_check(province.client, signature(CHECKER, number, "2.20"))
    assert isinstance(other, RatePublicationRefused)
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
    assert isinstance(refused, RatePublicationRefused)
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
    assert isinstance(kept, RatePublicationRefused)
    assert "does not fit" in kept.en
    again = await withdraw_proposal(province.client, signature(MAKER, number, withdrawn=True))
    assert isinstance(again, RatePublication)
