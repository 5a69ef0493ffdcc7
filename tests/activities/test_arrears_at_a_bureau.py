"""Arrears at the transfer-out bureau: entered as paid, once, with months and money where they belong."""

from collections.abc import AsyncIterator

import pytest
from sealed_papers import arrears_were_paid
from staff import accepted
from stores import Databases
from temporalio.exceptions import ApplicationError
from walkthrough import CASE, MORNING, OTHER_CASE, Walkthrough, leaving, record

from activities.contracts import ENTER_ARREARS_PAYMENT, ISSUE_CERTIFICATE
from models.messages.steps import ArrearsOrder, CaseOrder, CertificateOrder
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account, application
from rules.amounts.amounts import transfer_amount
from rules.values.money import NO_MONEY, Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History, MonthKind, Opening

OWED = {"from": "2019-07", "to": "2019-12", "base": "5000.00", "kind": "arrears"}
PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
ORDER = accepted(CASE, application())


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        await built.seed(record([OWED, PAID]))
        yield built


async def paid(walkthrough: Walkthrough, first: str, last: str, order: CaseOrder = ORDER) -> ArrearsOrder:
    """The order to enter a payment that an officer of the bureau has sealed, after the certificate."""
    await walkthrough.do(ISSUE_CERTIFICATE, YANBIAN, CertificateOrder(order=order))
    sealed = await arrears_were_paid(walkthrough.stores[YANBIAN], YANBIAN, first, last)
    return ArrearsOrder(
        order=order,
        version=1,
        first=sealed.first,
        last=sealed.last,
        message_id=sealed.message_id,
        officer=sealed.officer,
    )


async def test_what_was_paid_goes_to_account_and_fund_and_the_months_count(walkthrough: Walkthrough) -> None:
    before = [-await walkthrough.balance(YANBIAN, one) for one in Account]
    first = await walkthrough.do(ISSUE_CERTIFICATE, YANBIAN, CertificateOrder(order=ORDER))
    assert first.certificate is not None
    (owed,) = first.certificate.arrears
    # Four months of 5,000: 8 % of the person and 16 % of the unit.
    payment = await walkthrough.do(
        ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-10")
    )
    assert (payment.personal, payment.unit) == (4 * 400_00, 4 * 800_00)
    assert (owed.personal, owed.unit) == (6 * 400_00, 6 * 800_00)
    after = [-await walkthrough.balance(YANBIAN, one) for one in Account]
    moved = {one: now - then for one, then, now in zip(Account, before, after, strict=True) if now != then}
    assert moved == {
        Account.BANK: -4 * 1200_00,
        Account.INDIVIDUAL_ACCOUNT: 4 * 400_00,
        Account.POOLED_FUND: 4 * 800_00,
    }
    again = await walkthrough.do(ISSUE_CERTIFICATE, YANBIAN, CertificateOrder(order=ORDER, version=2))
    assert again.certificate is not None
    assert again.certificate.months_paid == first.certificate.months_paid + 4
    assert again.certificate.number == f"certificate/{CASE}/2"
    (owed,) = again.certificate.arrears
    assert (owed.kind, owed.first, owed.last) == (MonthKind.ARREARS, Month(2019, 11), Month(2019, 12))
    assert await walkthrough.divergences() == []


async def test_a_payment_entered_twice_is_one_payment(walkthrough: Walkthrough) -> None:
    walkthrough.repeat = ENTER_ARREARS_PAYMENT
    await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-12"))
    assert await walkthrough.divergences() == []


async def test_after_the_payment_all_months_move_with_their_money(walkthrough: Walkthrough) -> None:
    await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-12"))
    walked = await walkthrough.walk()
    assert walked.form.months == walked.taken_in.months == 78
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert await walkthrough.divergences() == []


async def test_a_month_that_is_not_owed_is_not_paid(walkthrough: Walkthrough) -> None:
    with pytest.raises(ValueError, match="no such months: 2020-01"):
        await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-12", "2020-01"))


async def test_a_payment_that_no_officer_has_sealed_is_not_entered(walkthrough: Walkthrough) -> None:
    order = await paid(walkthrough, "2019-07", "2019-08")
    for changed in ({"last": Month(2019, 12)}, {"officer": "out-02"}, {"message_id": "another"}):
        with pytest.raises(ApplicationError, match="No officer of this bureau has sealed"):
            await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, order.model_copy(update=changed))
    assert await walkthrough.divergences() == []


async def test_money_another_case_brings_between_the_payment_and_the_transfer_leaves_with_it(
    walkthrough: Walkthrough,
) -> None:
    """The audit counts it to the account that the case of the payment draws on, and finds nothing wrong."""
    elsewhere = account(scheme="E", bureau=CHANGCHUN, months=[("2016-01", "2017-12", "3000.00")])
    await walkthrough.seed(elsewhere)
    await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-12"))
    returns = {"scheme_from": "E", "scheme_to": "G", "bureau_out": CHANGCHUN, "bureau_in": YANBIAN}
    asked = application(**returns, employer_bureau=YANBIAN, new_employer="延吉市第三中学")
    await walkthrough.walk(asked, case_no=OTHER_CASE)
    walked = await walkthrough.walk()
    assert walked.form.months == 78 + 24
    assert await walkthrough.divergences() == []


async def test_arrears_of_a_year_before_the_balance_taken_over_move_with_what_was_paid_for_them(
    databases: Databases,
) -> None:
    """The balance cannot hold money that came later: it is added as of that balance, 8 % and a base for ⑤."""
    opening = {"year": 2019, "balance": "25000.00", "pooled_base_sum": "336000.00"}
    async with Walkthrough.between(databases) as walkthrough:
        await walkthrough.seed(record([OWED, PAID], opening=opening))
        payment = await walkthrough.do(
            ENTER_ARREARS_PAYMENT, YANBIAN, await paid(walkthrough, "2019-07", "2019-12")
        )
        walked = await walkthrough.walk()
        since = ContributionRange(Month(2020, 1), Month(2025, 12), Fen(6000_00))
        balance = Opening(2019, Fen(25_000_00 + payment.personal), NO_MONEY, Fen(336_000_00 + 6 * 5000_00))
        whole = History(Scheme.GOVERNMENT, (since,), balance)
        assert payment.personal == 6 * 400_00
        assert walked.form.lines == transfer_amount(whole, Scheme.ENTERPRISE, MORNING.date()).lines
        assert walked.form.months == walked.taken_in.months == 78
        assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
        assert await walkthrough.divergences() == []


@pytest.mark.parametrize("taken_over", [False, True], ids=["on its own", "before a balance taken over"])
async def test_arrears_of_before_1998_move_in_line_1_with_what_was_paid_for_them(
    databases: Databases, taken_over: bool
) -> None:
    """Of 500 a month 3 %, which the record states: 15 a month for six months, beside six months paid."""
    owed = {"from": "1997-01", "to": "1997-06", "base": "500.00", "booked_percent": "3", "kind": "arrears"}
    months = [owed, owed | {"from": "1997-07", "to": "1997-12", "kind": "regular"}]
    opening = {"year": 2024, "balance": "0.00", "before_1998": "300.00"} if taken_over else None
    rates = {str(year): "0" for year in range(1997, 2026)}
    order = accepted(CASE, leaving("E"))
    held = 300_00 if taken_over else 6 * 15_00
    async with Walkthrough.between(databases) as walkthrough:
        await walkthrough.seed(record(months, scheme="E", opening=opening, rates=rates))
        asked = await paid(walkthrough, "1997-01", "1997-06", order)
        payment = await walkthrough.do(ENTER_ARREARS_PAYMENT, YANBIAN, asked)
        walked = await walkthrough.walk(order.application)
        assert payment.personal == 6 * 15_00
        assert (walked.form.lines.before_1998, walked.form.lines.individual) == (held + 90_00, held + 90_00)
        assert (walked.form.lines.pooled, walked.form.months) == (0, 12)
        assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
        assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == held + 90_00
        assert await walkthrough.divergences() == []
