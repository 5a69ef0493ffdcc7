"""A person who moved once moves again: the account that came goes on, and nothing of it is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from paid_on import pay_on
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Walkthrough, leaving, record

from activities.contracts import REGISTER_CONTACT_LETTER
from models.messages.application import TransferApplication
from models.messages.papers import InformationForm
from models.store.histories import history_of
from models.store.records import clear_months, relationship_of
from models.store.tables import Account
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, account, application
from rules.amounts.amounts import transfer_amount
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import AmountLines, ContributionRange, History

THIRD_CASE = "220100-20260115-CCCCCCCC"
BEFORE = ContributionRange(Month(2020, 1), Month(2025, 12), Fen(6000_00))
SINCE = ContributionRange(Month(2026, 4), Month(2026, 12), Fen(7000_00))
NEXT_YEAR = datetime(2027, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account())
        yield built


def back(**changes: object) -> TransferApplication:
    """The teacher's application to return to a school in Yanbian."""
    return application(
        scheme_from="E",
        scheme_to="G",
        bureau_out=CHANGCHUN,
        bureau_in=YANBIAN,
        employer_bureau=YANBIAN,
        new_employer="延吉市第三中学",
        **changes,
    )


async def joined_id(walkthrough: Walkthrough) -> int:
    """The relationship at Changchun into which the first case brought the months."""
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        found = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
    assert found is not None
    assert found.id is not None
    return found.id


async def works_on(walkthrough: Walkthrough) -> None:
    """The teacher pays on at Changchun for the rest of the year and asks to return in the next."""
    joined = await joined_id(walkthrough)
    await pay_on(walkthrough.stores[CHANGCHUN], joined, CHANGCHUN, SINCE)
    walkthrough.now = NEXT_YEAR


async def at_changchun(walkthrough: Walkthrough) -> History:
    async with walkthrough.stores[CHANGCHUN].reading() as session:
        found = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert found is not None
        return await history_of(session, found)


def stayed(*ranges: ContributionRange) -> AmountLines:
    """Since 2016 both schemes credit one rate: the account has to come to what it would be without a move."""
    return transfer_amount(History(Scheme.GOVERNMENT, ranges), Scheme.ENTERPRISE, NEXT_YEAR.date()).lines


async def test_who_came_by_transfer_gets_a_certificate_of_all_months(walkthrough: Walkthrough) -> None:
    await walkthrough.walk()
    await works_on(walkthrough)
    certificate = (await walkthrough.certify(back(), OTHER_CASE)).certificate
    assert certificate is not None
    assert (certificate.insured_from, certificate.insured_to) == (Month(2020, 1), Month(2026, 12))
    assert certificate.months_paid == 72 + 9
    assert certificate.account_balance == stayed(BEFORE, SINCE).individual


async def test_the_second_form_comes_to_what_the_account_would_be_without_a_move(
    walkthrough: Walkthrough,
) -> None:
    first = await walkthrough.walk()
    await works_on(walkthrough)
    second = await walkthrough.walk(back(), case_no=OTHER_CASE)
    assert second.form.lines == stayed(BEFORE, SINCE)
    assert second.form.lines.pooled == first.form.lines.pooled + 9 * 7000_00 * 12 // 100
    assert (second.form.record, second.form.months) == ((BEFORE, SINCE), 81)
    assert second.form.provisional_rate_years == (2026,)
    assert second.taken_in.duplicate_months == ()


async def test_what_goes_there_and_back_on_one_day_comes_back_to_the_fen(walkthrough: Walkthrough) -> None:
    first = await walkthrough.walk()
    bank = await walkthrough.balance(YANBIAN, Account.BANK)
    second = await walkthrough.walk(back(), case_no=OTHER_CASE)
    third = await walkthrough.walk(case_no=THIRD_CASE)
    assert first.form.lines == second.form.lines == third.form.lines
    assert first.form.record == second.form.record == third.form.record
    assert await walkthrough.balance(YANBIAN, Account.BANK) == bank
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == first.form.lines.total
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == -first.form.lines.individual
    assert await walkthrough.balance(CHANGCHUN, Account.POOLED_FUND) == -first.form.lines.pooled


async def test_interest_and_new_credits_reach_the_account_before_it_leaves_again(
    walkthrough: Walkthrough,
) -> None:
    # The interest is paid by a fund to which others contribute too.
    await walkthrough.seed(account(WORKER, "孙立国", "E", CHANGCHUN))
    held = await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT)
    await walkthrough.walk()
    await works_on(walkthrough)
    second = await walkthrough.walk(back(), case_no=OTHER_CASE)
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == held
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == second.form.lines.individual
    for summary in await walkthrough.summaries():
        assert (sum(summary.balances.values()), summary.findings) == (0, ())


@pytest.mark.parametrize("sent", [False, True], ids=["before the funds leave", "after the funds have left"])
async def test_a_base_of_the_second_form_is_put_right_over_the_same_account(
    walkthrough: Walkthrough, sent: bool
) -> None:
    await walkthrough.walk(case_no=OTHER_CASE)
    await works_on(walkthrough)
    case = await (Exchange.delivered if sent else Exchange.with_form)(walkthrough, back())
    form = await case.amend(base__2026_04_to_2026_06="7500.00")
    raised = ContributionRange(Month(2026, 4), Month(2026, 6), Fen(7500_00))
    rest = ContributionRange(Month(2026, 7), Month(2026, 12), Fen(7000_00))
    assert form.lines == stayed(BEFORE, raised, rest)
    assert form.record == (BEFORE, raised, rest)
    if sent:
        await case.settle_difference()
    else:
        await case.remit()
        await case.inform()
    assert (await case.take_in()).individual == form.lines.individual
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == 0


async def test_what_was_put_right_in_the_first_case_is_what_moves_on(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    walkthrough.now = NEXT_YEAR
    await case.amend(base__2023_01_to_2023_12="6500.00")
    await case.settle_difference()
    await case.take_in()
    (brought,) = (await at_changchun(walkthrough)).brought
    assert case.form.drawn_up_on == date(2027, 3, 2)
    assert (brought.opening.year, brought.opening.balance) == (2025, case.form.lines.to_last_year)
    assert brought.opening.pooled_base_sum == 60 * 6000_00 + 12 * 6500_00
    assert brought.ranges == case.form.record


async def test_until_the_first_case_has_ended_no_second_one_takes_its_months(
    walkthrough: Walkthrough,
) -> None:
    """It may still clear months paid twice, or take its months back."""
    await Exchange.settled(walkthrough)
    answer = await walkthrough.certify(back(), OTHER_CASE)
    assert [refusal.code for refusal in answer.refusals] == ["transfer_under_way"]


async def test_after_months_were_cleared_the_account_cannot_be_moved_on(walkthrough: Walkthrough) -> None:
    """A limit of this system, and said to be one."""
    await walkthrough.walk()
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        found = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert found is not None
        assert found.id is not None
        await clear_months(session, found.id, {Month(2025, 12)}, f"clearing/{CASE}/1", origin_case=CASE)
    answer = await walkthrough.certify(back(), OTHER_CASE)
    assert [refusal.code for refusal in answer.refusals] == ["cleared_after_taking_in"]


async def test_months_of_ones_own_cleared_beside_those_brought_stand_against_it_too(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.walk()
    await works_on(walkthrough)
    joined = await joined_id(walkthrough)
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        await clear_months(session, joined, {Month(2026, 12)}, f"clearing/{CASE}/1", origin_case="")
    answer = await walkthrough.certify(back(), OTHER_CASE)
    assert [refusal.code for refusal in answer.refusals] == ["cleared_after_taking_in"]


async def test_months_cleared_in_a_relationship_that_took_nothing_in_stand_against_it_too(
    walkthrough: Walkthrough,
) -> None:
    """Their principal was refunded, and the balance taken over still holds it: it would be paid twice."""
    opening = {"year": 2019, "balance": "6500.00", "pooled_base_sum": "72000.00"}
    months = [("2018-01", "2019-12", "3000.00"), ("2026-01", "2026-02", "3000.00")]
    await walkthrough.seed(account(scheme="E", bureau=CHANGCHUN, months=months, opening=opening))
    joined = await joined_id(walkthrough)
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        await clear_months(session, joined, {Month(2019, 12)}, f"clearing/{CASE}/1")
    answer = await walkthrough.certify(back(), OTHER_CASE)
    assert [refusal.code for refusal in answer.refusals] == ["cleared_after_taking_in"]


async def test_an_account_that_came_without_a_month_is_not_moved_on_as_nothing(tmp_path: Path) -> None:
    """Its months were never listed: the next form would state nothing, and the fund keep it."""
    (tmp_path / "stores").mkdir()
    async with Walkthrough.between(tmp_path / "stores") as walkthrough:
        opening = {"year": 2019, "balance": "25000.00", "pooled_base_sum": "336000.00"}
        await walkthrough.seed(account(months=(), opening=opening))
        first = await walkthrough.walk()
        assert first.form.record == ()
        answer = await walkthrough.certify(back(), OTHER_CASE)
        assert [refusal.code for refusal in answer.refusals] == ["record_incomplete"]
        held = -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT)
        assert held == first.form.lines.individual > 0


async def test_money_that_left_with_a_balance_taken_over_does_not_leave_again_with_months_that_stayed(
    tmp_path: Path,
) -> None:
    (tmp_path / "stores").mkdir()
    async with Walkthrough.between(tmp_path / "stores") as walkthrough:
        opening = {"year": 2019, "balance": "25000.00", "pooled_base_sum": "192000.00"}
        unproven = {"from": "2016-01", "to": "2019-12", "base": "4000.00", "kind": "one_off_without_papers"}
        since = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
        await walkthrough.seed(record([unproven, since], scheme="E", opening=opening))
        first = await walkthrough.walk(leaving("E"))
        assert (first.form.months, first.form.lines.pooled) == (72, (192_000_00 + 72 * 6000_00) * 12 // 100)
        papers = ("identity_document", "application_form", "posting_document", "one_off_papers")
        asked = TransferApplication.model_validate({**leaving("E").model_dump(), "materials": papers})
        certificate = (await walkthrough.certify(asked, OTHER_CASE)).certificate
        assert certificate is not None
        assert (certificate.months_paid, certificate.account_balance) == (48, 0)


async def test_a_second_form_drawn_up_twice_is_one_form(walkthrough: Walkthrough) -> None:
    await walkthrough.walk()
    await works_on(walkthrough)
    walkthrough.repeat = REGISTER_CONTACT_LETTER
    form: InformationForm = (await walkthrough.walk(back(), case_no=OTHER_CASE)).form
    assert walkthrough.repeated == [CHANGCHUN]
    assert form.lines == stayed(BEFORE, SINCE)
