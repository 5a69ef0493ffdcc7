"""Cases whose money comes by the bank: in parts, too early, twice, before the form, and back again."""

import asyncio
from datetime import timedelta

import pytest
from paid_by_bank import awaiting, by_bank, end_of, line, standing, statement
from staff import Handle, amendment, answer, approval, correction, dispute, referral, ruling, submit

from activities.contracts import RECEIVE_INFORMATION
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.arrivals import CaseTold, expected_funds
from desk.client.auditing import is_clean
from desk.client.views.duties import owed
from desk.client.views.possible import statement_awaited_at
from models.files.arrangements_file import ArrangementsFile
from models.messages.arrangements import Officers
from models.messages.bank_statement import ArrivalOutcome, FundsArrived
from models.messages.papers import InformationForm, RemittancePurpose
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from models.messages.steps import Arrival
from province import (
    BUREAUS,
    CHANGCHUN,
    SIPING,
    YANBIAN,
    Province,
    account,
    advance,
    application,
)
from rules.values.due_dates import Clock, china_day
from rules.values.orders import Close, ExtendClock, Proceed, RestoreRelationship, ReturnFunds
from workflows.identifiers import FLAGS, FUNDS_ARRIVED, Flag
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"


async def opened(province: Province, arranged: ArrangementsFile) -> Handle:
    """A case of the teacher's, everybody at work."""
    await province.start_platform(arranged=arranged)
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    return await province.apply(application())


async def events(handle: Handle) -> list[Event]:
    return [entry.event for entry in await handle.query(TransferCase.journal)]


async def test_a_case_waits_for_the_bank_in_parts_and_says_how_much_is_missing(province: Province) -> None:
    handle = await opened(province, by_bank(CHANGCHUN))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    whole = awaited.announced
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await statement(province, line(handle, "B1", 1_000_00))
    progress = await awaiting(province, handle, come=1_000_00)
    assert (progress.stage, progress.waiting_on) == (Stage.AWAITING_FUNDS, Party.TRANSFER_IN)
    assert progress.awaited_funds is not None
    assert progress.awaited_funds.missing == whole - 1_000_00
    assert (progress.funds_since, [clock.clock for clock in progress.clocks]) == (
        None,
        [Clock.REVIEW, Clock.TRANSFER_OUT],
    )
    report = await province.audit()
    assert (report.findings, report.received, report.in_suspense) == ((), 1_000_00, 1_000_00)
    await statement(province, line(handle, "B2", whole - 1_000_00))
    ended = await end_of(handle)
    assert (ended.stage, ended.months, ended.awaited_funds) == (Stage.CLOSED, 72, None)
    assert ended.individual + ended.pooled == whole
    assert (await events(handle)).count(Event.ARRIVAL_REPORTED) == 2
    assert is_clean(await province.audit())


async def test_clock_c_counts_from_the_banks_day_however_late_the_statement_is_read(
    province: Province,
) -> None:
    handle = await opened(province, by_bank(CHANGCHUN, posting=Officers.ONE_OFFICER))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    sent_on = china_day(await province.time_of(handle))
    await advance(province.env, handle, timedelta(days=30))
    await statement(province, line(handle, "B1", awaited.announced))
    await province.awaiting(handle, Approvable.POSTING)
    progress = await standing(handle)
    (clock,) = (one for one in progress.clocks if one.clock == Clock.TAKE_IN)
    assert clock.received_on == sent_on
    assert clock.overdue


async def test_money_that_comes_before_its_announcement_does_not_wait_for_a_message(
    province: Province,
) -> None:
    handle = await opened(province, by_bank(CHANGCHUN, release_of_funds=Officers.ONE_OFFICER))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    ((answer, told),) = await statement(province, line(handle, "B1", 200_000_00))
    assert (answer.outcome, told) == (ArrivalOutcome.EARLY, CaseTold.NOBODY)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    ended = await end_of(handle)
    assert ended.stage is Stage.CLOSED
    (kept,) = (await expected_funds(province.client, CHANGCHUN)).kept
    assert kept.amount == 200_000_00 - ended.individual - ended.pooled


async def test_money_first_and_form_later_is_in_and_waits_for_the_form(province: Province) -> None:
    released = asyncio.Event()

    class FormLies(TransferInActivities):
        @RECEIVE_INFORMATION.implements
        async def receive_information(self, form: InformationForm) -> Arrival:
            await released.wait()
            arrival: Arrival = await TransferInActivities.receive_information(self, form)
            return arrival

    desk = FormLies(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(arranged=by_bank(CHANGCHUN))
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, receive_information=desk.receive_information)
    await province.seed(account())
    handle = await province.apply(application())
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    assert (await standing(handle)).stage is Stage.TRANSFERRING_OUT
    await statement(province, line(handle, "B1", awaited.announced))
    await province.journalled(handle, Event.FUNDS_RECEIVED)
    assert (await standing(handle)).stage is Stage.AWAITING_INFORMATION
    released.set()
    assert (await end_of(handle)).stage is Stage.CLOSED


async def test_the_same_statement_twice_tells_nobody_anything_new(province: Province) -> None:
    handle = await opened(province, by_bank(CHANGCHUN))
    await awaiting(province, handle)
    part = line(handle, "B1", 1_000_00)
    ((_, first),) = await statement(province, part)
    await awaiting(province, handle, come=1_000_00)
    ((answer, second),) = await statement(province, part)
    assert (first, answer.known, second) == (CaseTold.TOLD, True, CaseTold.KNEW)
    assert (await awaiting(province, handle, come=1_000_00)).awaited_funds is not None
    assert (await events(handle)).count(Event.ARRIVAL_REPORTED) == 1
    assert Event.MESSAGE_REFUSED not in await events(handle)


async def test_an_arrival_entered_and_never_told_is_told_by_the_same_statement_again(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the desk's machine dies between the bureau's answer and the message to the case."""

    async def dies(*_: object) -> CaseTold:
        raise ConnectionError

    handle = await opened(province, by_bank(CHANGCHUN))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    whole = line(handle, "B1", awaited.announced)
    with monkeypatch.context() as broken:
        broken.setattr("desk.client.arrivals._tell", dies)
        with pytest.raises(ConnectionError):
            await statement(province, whole)
    ((answer, told),) = await statement(province, whole)
    assert (answer.known, told) == (True, CaseTold.TOLD)
    assert (await end_of(handle)).stage is Stage.CLOSED


async def test_what_comes_twice_is_told_to_the_case_and_kept_for_its_return(province: Province) -> None:
    handle = await opened(province, by_bank(CHANGCHUN, posting=Officers.ONE_OFFICER))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    whole = awaited.announced
    await statement(province, line(handle, "B1", whole))
    await province.awaiting(handle, Approvable.POSTING)
    ((answer, _),) = await statement(province, line(handle, "B2", whole))
    assert (answer.outcome, answer.kept) == (ArrivalOutcome.DOUBLE, whole)
    await province.journalled(handle, Event.ARRIVAL_REPORTED, times=2)
    journal = await handle.query(TransferCase.journal)
    (told,) = [one.detail for one in journal if "more than announced" in one.detail]
    assert f"{whole // 100}" in told
    await submit(handle, approval(Approvable.POSTING))
    ended = await end_of(handle)
    assert ended.individual + ended.pooled == whole
    assert [one.amount for one in (await expected_funds(province.client, CHANGCHUN)).kept] == [whole]
    report = await province.audit()
    assert (report.sent, report.received, report.posted) == (whole, whole, whole)
    assert report.findings == ()
    ((_, after),) = await statement(province, line(handle, "B3", 5))
    assert after is CaseTold.ENDED


async def test_a_supplement_and_a_surplus_come_by_the_bank_as_well(province: Province) -> None:
    handle = await opened(province, by_bank(CHANGCHUN, YANBIAN, posting=Officers.ONE_OFFICER))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await statement(province, line(handle, "B1", awaited.announced))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    supplement = (await awaiting(province, handle, number="/2")).awaited_funds
    assert supplement is not None
    await statement(province, line(handle, "B2", supplement.announced, 2))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "7000.00", "6500.00")))
    await submit(handle, amendment({FIELD: "6500.00"}))
    surplus = (await awaiting(province, handle, number="/3")).awaited_funds
    assert surplus is not None
    assert (await standing(handle)).waiting_on is Party.TRANSFER_OUT
    await statement(province, line(handle, "Y1", surplus.announced - 1, 3), bureau=YANBIAN)
    await awaiting(province, handle, come=surplus.announced - 1, number="/3")
    await statement(province, line(handle, "Y2", 1, 3), bureau=YANBIAN)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))
    ended = await end_of(handle)
    assert ended.pooled == (60 * 600_000 + 12 * 650_000) * 12 // 100
    purposes = [one.purpose for one in (await handle.query(TransferCase.papers)).remittances]
    assert purposes == [RemittancePurpose.TRANSFER, RemittancePurpose.SUPPLEMENT, RemittancePurpose.SURPLUS]
    assert is_clean(await province.audit())


async def test_a_ruling_that_waits_for_the_bank_can_be_replaced(province: Province) -> None:
    """Nothing of it is carried out yet, and the bank may take its time."""
    handle = await opened(province, by_bank(CHANGCHUN, posting=Officers.ONE_OFFICER))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    for request in (dispute(), answer(), referral(), ruling([Proceed()], "裁〔2026〕1号")):
        await submit(handle, request)
    await province.awaiting(handle, Approvable.RULING)
    await submit(handle, approval(Approvable.RULING))
    await awaiting(province, handle)
    later = ruling([ExtendClock(Clock.TRANSFER_OUT, 5), Proceed()], "裁〔2026〕2号")
    assert "; it replaces ruling 裁〔2026〕1号, of which nothing" in (await submit(handle, later)).en
    await province.awaiting(handle, Approvable.RULING)
    await submit(handle, approval(Approvable.RULING))
    await statement(province, line(handle, "B1", awaited.announced))
    await province.awaiting(handle, Approvable.POSTING)
    made = await handle.query(TransferCase.rulings)
    assert [(one.ruling.number[-2:], one.carried_out) for one in made] == [("1号", 0), ("2号", 2)]
    assert (await events(handle)).count(Event.RULING_REPLACED) == 1
    await submit(handle, approval(Approvable.POSTING))
    assert (await end_of(handle)).stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_money_that_a_ruling_sends_back_is_read_on_the_statement_of_the_transfer_out_bureau(
    province: Province,
) -> None:
    handle = await opened(province, by_bank(YANBIAN, posting=Officers.ONE_OFFICER))
    await province.awaiting(handle, Approvable.POSTING)
    back = ruling([ReturnFunds(), RestoreRelationship(), Close()])
    for request in (dispute(), answer(), referral(), back):
        await submit(handle, request)
    await province.awaiting(handle, Approvable.RULING)
    await submit(handle, approval(Approvable.RULING))
    progress = await awaiting(province, handle, number="/2")
    assert (progress.stage, progress.waiting_on) == (Stage.BEFORE_THE_PROVINCE, Party.PROVINCE)
    assert statement_awaited_at(progress) == YANBIAN
    assert owed(progress).startswith("Yanbian Prefecture 222400 is to read its bank's statement")
    (expected,) = (await expected_funds(province.client, YANBIAN)).expected
    assert progress.awaited_funds is not None
    assert (expected.bureau, expected.remittance) == (YANBIAN, progress.awaited_funds.remittance)
    await statement(province, line(handle, "Y1", expected.announced, 2), bureau=YANBIAN)
    assert (await end_of(handle)).stage is Stage.RETURNED
    assert is_clean(await province.audit())


async def test_a_message_about_money_that_is_none_of_the_case_stands_in_the_journal(
    province: Province,
) -> None:
    handle = await opened(province, by_bank(CHANGCHUN))
    await awaiting(province, handle)
    mine = line(handle, "B1", 5)
    told = FundsArrived(
        message_id="bank/B1",
        bureau=CHANGCHUN,
        remittance=mine.remittance,
        reference="B1",
        value_date=mine.value_date,
        amount=mine.amount,
    )
    await handle.signal(FUNDS_ARRIVED, told.model_copy(update={"remittance": "remittance/other/1"}))
    await handle.signal(FUNDS_ARRIVED, {"reference": "崔明玉 的款"})
    await handle.signal(FUNDS_ARRIVED, told)
    await handle.signal(FUNDS_ARRIVED, told)
    await province.journalled(handle, Event.MESSAGE_REFUSED, times=3)
    journal = await handle.query(TransferCase.journal)
    refused = [one.detail for one in journal if one.event is Event.MESSAGE_REFUSED]
    expected = ("another case", "cannot be read", "reported before")
    assert [said in one for said, one in zip(expected, refused, strict=True)] == [True] * 3
    assert "崔明玉" not in str(refused)
    progress = await awaiting(province, handle)
    assert progress.awaited_funds is not None
    assert progress.awaited_funds.come == 0, "the books decide, not the message"
    await province.listed(handle, f"{FLAGS.name} = '{Flag.MESSAGE_REFUSED}'")


async def test_whoever_announces_money_before_the_bank_does_keeps_no_case_from_it(
    province: Province,
) -> None:
    handle = await opened(province, by_bank(CHANGCHUN))
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    money = line(handle, "B1", awaited.announced)
    whole = FundsArrived.whole(CHANGCHUN, awaited.remittance, money.value_date, money.amount)
    for reference in ("B1", whole.reference):
        await handle.signal(FUNDS_ARRIVED, whole.model_copy(update={"reference": reference}))
    await province.journalled(handle, Event.ARRIVAL_REPORTED, times=2)
    ((entered, told),) = await statement(province, money)
    assert (entered.outcome, told) == (ArrivalOutcome.MATCHED, CaseTold.KNEW)
    await handle.signal(FUNDS_ARRIVED, whole)  # as the bureau's worker tells a case that has not heard
    assert (await end_of(handle)).stage is Stage.CLOSED


async def test_within_one_bureau_no_bank_carries_the_money(province: Province) -> None:
    await province.start_platform(arranged=by_bank(CHANGCHUN))
    await province.start_bureaus(CHANGCHUN)
    await province.seed(account(bureau=CHANGCHUN))
    handle = await province.apply(application(bureau_out=CHANGCHUN))
    assert (await end_of(handle)).stage is Stage.CLOSED
