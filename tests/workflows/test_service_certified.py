"""Service certified while a case is under way (第四条): asked for once, entered late, outweighs a choice."""

from staff import Handle, approval, certification, choice, refusal, submit

from desk.client.auditing import is_clean
from models.messages.application import ServicePeriod
from models.messages.arrangements import Officers
from models.messages.duplicates import DuplicateNotice
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, Province, account, application
from rules.values.months import Month
from workflows.transfer_case import TransferCase

TWICE = [("2025-11", "2026-02", "6500.00")]
"""November and December the teacher has paid in both schemes."""


async def offered(province: Province, **officers: Officers) -> Handle:
    await province.start(**officers)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    return handle


async def offer_of(handle: Handle) -> DuplicateNotice:
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    return offer


async def test_a_certification_without_months_is_asked_for_once_in_full(province: Province) -> None:
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    papers = ("identity_document", "application_form", "service_certification")
    handle = await province.apply(application(materials=papers))

    async def waits() -> bool:
        return (await handle.query(TransferCase.progress)).stage is Stage.AWAITING_MATERIALS

    await province.until(waits)
    missing = (await handle.query(TransferCase.progress)).missing
    assert [one.code for one in missing] == ["posting_document", "service_certification_months"]
    await submit(handle, certification("2025-11", "2025-12"))
    await province.until(lambda: _only(handle, "posting_document"))


async def _only(handle: Handle, code: str) -> bool:
    progress = await handle.query(TransferCase.progress)
    asked = [one.code for one in progress.missing]
    return progress.stage is Stage.AWAITING_MATERIALS and asked == [code]


async def test_a_certification_entered_after_the_offer_leaves_one_way_only(province: Province) -> None:
    handle = await offered(province, refund=Officers.STRAIGHT_THROUGH)
    first = await offer_of(handle)
    assert first.open_periods == 1
    await submit(handle, certification("2025-11", "2025-12"))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    again = await offer_of(handle)
    assert (again.open_periods, again.periods[0].certified) == (0, True)
    assert again.number != first.number
    await submit(handle, choice())
    ended = await handle.result()
    # The enterprise months go: 8 % of 6,500, twice.
    assert ended.refunded == 2 * 520_00
    papers = await handle.query(TransferCase.papers)
    (kept,) = papers.certifications
    assert kept.evidence == "长人社认〔2026〕3号"
    assert is_clean(await province.audit())


async def test_a_certification_outweighs_a_choice_that_is_not_refunded(province: Province) -> None:
    handle = await offered(province)
    offer = await offer_of(handle)
    against = next(
        n for n, one in enumerate(offer.periods[0].options, 1) if not offer.records[one.keep].transferred
    )
    await submit(handle, choice(against))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, certification("2025-12", "2025-12"))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    again = await offer_of(handle)
    assert [(str(one.first), one.certified) for one in again.periods] == [
        ("2025-11", False),
        ("2025-12", True),
    ]
    assert "refund" in await refusal(handle, approval(Approvable.REFUND))
    await submit(handle, choice(against))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    ended = await handle.result()
    # November as chosen, 8 % of 6,000 of the government record; December as certified, 8 % of 6,500.
    assert (ended.stage, ended.refunded) == (Stage.CLOSED, 480_00 + 520_00)
    assert is_clean(await province.audit())


async def test_every_month_that_is_yet_to_come_is_named(province: Province) -> None:
    handle = await offered(province)
    asked = certification("2030-01", "2030-12")
    months = (("2018-01", "2018-02"), ("2098-05", "2098-05"), ("2099-01", "2099-03"))
    periods = tuple(ServicePeriod(first=Month.parse(first), last=Month.parse(last)) for first, last in months)
    told = await refusal(handle, asked.model_copy(update={"periods": periods}))
    assert told.startswith("In the future: 2098-05, 2099-01..2099-03; ")


async def test_a_certification_of_other_months_leaves_the_choice_as_it_is(province: Province) -> None:
    handle = await offered(province)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    for months in (("2030-01", "2030-12"), ("2018-01", "2099-01")):
        assert "In the future: " in await refusal(handle, certification(*months))
    await submit(handle, certification("2018-01", "2018-12"))
    await submit(handle, approval(Approvable.REFUND))
    assert (await handle.result()).stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    assert [one.event for one in journal].count(Event.CHOICE_OFFERED) == 1
