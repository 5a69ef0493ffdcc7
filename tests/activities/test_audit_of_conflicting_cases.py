"""Books that follow from their papers and are wrong: a form that states money twice or not at all, and cases
that cross. Each test has the bureau do what it refuses otherwise; the audit names what came of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from damage import found_in
from staff import accepted
from stores import Databases
from test_arrears_at_a_bureau import OWED, PAID, paid
from test_duplicate_months_at_a_bureau import OWN, approved_order, offer
from test_rate_settlement import DOCUMENT, IN_MARCH, YEAR, found, published, settle
from test_second_transfers import back, joined_id
from walkthrough import CASE, OTHER_CASE, Walkthrough, leaving, record

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    CLEAR_DUPLICATES,
    ENTER_ARREARS_PAYMENT,
    ENTER_RATE,
    OFFER_CHOICE,
    RECEIVE_INFORMATION,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    TAKE_IN_DIFFERENCE,
)
from activities.rates.settlement import RateSettlementActivities
from activities.transfer_in import duplicates
from activities.transfer_out import amended_form, arrears, grounds
from models.messages.application import TransferApplication
from models.messages.corrections import AmendmentOrder
from models.messages.duplicates import OfferOrder
from models.messages.steps import LetterDelivery, RemittanceOrder
from models.rates.messages import DifferenceOrder
from models.store import histories
from models.store.ledger import credit, debit, post
from models.store.records import clear_months
from models.store.superseding import pay_months
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account, application
from rules.values.months import Month
from rules.values.record import RefundOf

OPENING = {"year": 2019, "balance": "25000.00", "pooled_base_sum": "336000.00"}


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        yield built


async def never(*_: Any) -> bool:
    return False


async def always(*_: Any) -> bool:
    return True


async def test_months_refunded_out_of_a_balance_taken_over_that_moves_whole(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [("2018-01", "2019-12", "3000.00"), ("2026-01", "2026-02", "3000.00")]
    await walkthrough.seed(account(scheme="E", bureau=CHANGCHUN, months=months, opening=OPENING))
    cleared, refund = {Month(2019, 11), Month(2019, 12)}, 2 * 240_00
    joined, number = await joined_id(walkthrough), f"clearing/{CASE}/1"
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        await clear_months(session, joined, cleared, number)
        sides = (debit(Account.INDIVIDUAL_ACCOUNT, refund, joined), credit(Account.BANK, refund, joined))
        await post(
            session, f"{number}/refund", CASE, walkthrough.now, sides, step="clear_duplicates", paper=number
        )
    monkeypatch.setattr(grounds, "cleared_after_taking_in", lambda rows: False)
    await walkthrough.seed(account())
    await walkthrough.walk(back(), case_no=OTHER_CASE)
    assert ("form_not_as_account", OTHER_CASE) in await found_in(walkthrough)


async def test_an_account_that_came_without_a_month_and_moves_on_as_nothing(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounds, "holds_money_without_months", never)
    await walkthrough.seed(account(months=(), opening=OPENING))
    first = await walkthrough.walk()
    await walkthrough.walk(back(), case_no=OTHER_CASE)
    (one,) = (await found_in(walkthrough)).values()
    assert (one.code, one.subject, one.bureau) == ("form_not_as_account", OTHER_CASE, CHANGCHUN)
    assert one.found == 0 < first.form.lines.individual - 100 < int(one.expected)


async def test_money_of_a_balance_that_left_and_leaves_again_with_months_that_stayed(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_before(row: Any, moved_by: str | None, ranges: Any) -> Any:
        return _as_opening(row, moved_by, ()) if row.moved_by == moved_by else None

    _as_opening = histories._as_opening
    monkeypatch.setattr(histories, "_as_opening", as_before)
    unproven = {"from": "2016-01", "to": "2019-12", "base": "4000.00", "kind": "one_off_without_papers"}
    since = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
    await walkthrough.seed(record([unproven, since], scheme="E", opening=OPENING))
    await walkthrough.walk(leaving("E"))
    papers = ("identity_document", "application_form", "posting_document", "one_off_papers")
    asked = TransferApplication.model_validate({**leaving("E").model_dump(), "materials": papers})
    letter = await walkthrough.letter_sent(asked, OTHER_CASE)
    delivery = LetterDelivery(letter=letter, received_at=walkthrough.now, one_off_proven=True)
    form = (await walkthrough.do(REGISTER_CONTACT_LETTER, YANBIAN, delivery)).form
    assert form is not None
    await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    assert ("form_not_as_account", OTHER_CASE) in await found_in(walkthrough)


async def test_arrears_that_were_paid_and_move_without_their_money(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def as_regular(session: Any, rows: Any, months: Any, by: str, taken_over: int) -> Any:
        return await pay_months(session, rows, months, by)

    monkeypatch.setattr(arrears, "pay_months", as_regular)
    await walkthrough.seed(record([OWED, PAID], opening=OPENING))
    await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-12"))
    await walkthrough.walk()
    assert set(await found_in(walkthrough)) == {("form_not_as_account", CASE)}


@pytest.mark.parametrize("left", [False, True], ids=["while it is leaving", "after it has left"])
async def test_a_difference_posted_to_an_account_that_another_case_moves(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch, left: bool
) -> None:
    monkeypatch.setattr(RateSettlementActivities, "_not_moved", always)
    walkthrough.now = IN_MARCH
    await walkthrough.seed(account(months=YEAR))
    await walkthrough.walk()
    form = await walkthrough.form_drawn_up(back(), OTHER_CASE)
    if left:
        await walkthrough.do(REMIT_AND_END_RELATIONSHIP, CHANGCHUN, RemittanceOrder(form=form))
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    (one,) = await found(walkthrough)
    await settle(walkthrough, one)
    posted = ("entered_while_leaving", f"taking-in/{CASE}/2")
    assert posted in await found_in(walkthrough)
    if not left:
        await walkthrough.do(REMIT_AND_END_RELATIONSHIP, CHANGCHUN, RemittanceOrder(form=form))
        assert posted in await found_in(walkthrough)


async def test_months_cleared_while_another_case_moves_them(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_require_staying", never)
    government = [("2025-11", "2025-11", "5000.00")]
    await walkthrough.seed(
        account(),
        account(scheme="E", bureau=CHANGCHUN, months=OWN),
        account(bureau=CHANGCHUN, months=government),
    )
    elsewhere = application(bureau_out=CHANGCHUN, bureau_in=YANBIAN, employer_bureau=YANBIAN)
    await walkthrough.form_drawn_up(elsewhere, OTHER_CASE)
    case, notice = await offer(walkthrough)
    await walkthrough.do(
        CLEAR_DUPLICATES, CHANGCHUN, await approved_order(walkthrough, case, notice, [1, 1, 1])
    )
    assert set(await found_in(walkthrough)) == {("entered_while_leaving", f"clearing/{CASE}/1/refund")}


async def test_a_difference_that_is_not_the_one_of_the_published_rate(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        amended_form, "_with_the_rate", lambda before, *_: (before.lines.individual, before.lines.pooled)
    )
    walkthrough.now = IN_MARCH
    await walkthrough.seed(account(months=YEAR))
    await walkthrough.walk()
    for bureau in (YANBIAN, CHANGCHUN):
        await walkthrough.do(ENTER_RATE, bureau, published("2.10"))
    (one,) = await found(walkthrough)
    order = AmendmentOrder(entry=one.entry, form=one.form, by=DOCUMENT, recompute=True)
    form = await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    await walkthrough.do(TAKE_IN_DIFFERENCE, CHANGCHUN, DifferenceOrder(form=form, by=DOCUMENT))
    assert ("rate_not_on_form", f"information-form/{CASE}/2") in await found_in(walkthrough)


async def test_a_case_closed_over_months_that_still_count_in_two_records(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=OWN))
    walked = await walkthrough.walk()
    assert await walkthrough.divergences() == []
    order = accepted(CASE, application())
    offered = OfferOrder(order=order, taken_in=walked.taken_in, refund_of=RefundOf.PRINCIPAL)
    await walkthrough.do(OFFER_CHOICE, CHANGCHUN, offered)
    (one,) = await walkthrough.divergences()
    assert (one.code, one.subject, one.found) == ("months_counted_twice", f"{CASE} 2025-10", 3)
