"""The yearly rate is published: two officers, the bureaus, and settlements that follow."""

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

from desk.client.auditing import audit_books, is_clean
from desk.rates.client import (
    RatePublicationRefused,
    propose_or_check,
    published_rates,
    settle,
    withdraw_proposal,
)
from models.rates.messages import (
    RatePublication,
    RateStage,
    Settlement,
    SettlementApproval,
    SettlementStage,
)
from models.store.ledger import individual_account
from models.store.records import relationship_of
from province import BUREAUS, CHANGCHUN, TEACHER, Province
from rules.values.moves import Scheme
from rules.values.officers import PROVINCE, Right
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
