"""A province that rounds credits by the month: certificate, form, account and refund are all by that rule."""

from staff import choice, submit

from desk.client.auditing import is_clean
from models.files.arrangements_file import AmountArrangements, ArrangementsFile, BureauArrangements
from models.messages.arrangements import Officers
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, Province, account, application
from rules.values.record import CreditRounding
from workflows.transfer_case import TransferCase


async def test_where_credits_are_rounded_by_the_month_the_refund_is_what_was_paid(province: Province) -> None:
    """8 % of 3,333.33 is 266.67 a month; twelve months are 3,200.04."""
    arranged = ArrangementsFile(
        defaults=BureauArrangements(refund=Officers.STRAIGHT_THROUGH),
        amounts=AmountArrangements(credit_rounding=CreditRounding.MONTHLY),
    )
    await province.start_platform(arranged=arranged)
    await province.start_bureaus(*BUREAUS)
    year = [("2025-01", "2025-12", "3333.33")]
    await province.seed(account(months=year), account(scheme="E", bureau=CHANGCHUN, months=year))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    papers = await handle.query(TransferCase.papers)
    form, certificate = papers.information_forms[-1], papers.certificate
    assert certificate is not None
    paid = form.years[0]
    # 266.67 over 78 months of interest at 1.50 %: 26.00.
    assert (paid.year, paid.credited, paid.balance) == (2025, 3200_04, 3200_04 + 26_00)
    assert form.lines.individual == certificate.account_balance == form.years[-1].balance
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    number = next(
        n for n, one in enumerate(offer.periods[0].options, 1) if not offer.records[one.keep].transferred
    )
    assert offer.periods[0].options[number - 1].refund == 3200_04
    await submit(handle, choice(number))
    ended = await handle.result()
    assert (ended.stage, ended.refunded) == (Stage.CLOSED, 3200_04)
    assert is_clean(await province.audit())
