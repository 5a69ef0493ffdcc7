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
    SettlementStage,
)
from models.store.ledger import individual_account
from models.store.records import relationship_of
from province import BUREAUS, CHANGCHUN, TEACHER, Province
from rules.values.moves import Scheme
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
            return await settle(province.client, BORROWED, number, case_no, CHECKER)
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
    back = await withdraw_proposal(province.client, signature(MAKER, number))
    assert isinstance(back, RatePublication)
    assert back.stage is RateStage.WITHDRAWN
    assert (await published_rates(province.client)).rates == ()
