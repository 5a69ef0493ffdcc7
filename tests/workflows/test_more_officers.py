"""A bureau that arranges for more officers asks for them in the cases that are open, too."""

import pytest
from every_stage import TWICE
from paid_by_bank import end_of
from staff import answer, approval, choice, dispute, referral, refusal, ruling, submit

from activities.orders import order_refused
from activities.province.province import ProvinceActivities
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged
from rules.values.orders import Proceed
from workflows.transfer_case import TransferCase

TWO = arranged(
    release_of_funds=Officers.TWO_OFFICERS, posting=Officers.TWO_OFFICERS, refund=Officers.TWO_OFFICERS
)
"""What the bureaus have arranged since the platform opened the case."""
ONE_RULES = arranged(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
TWO_RULE = arranged(posting=Officers.ONE_OFFICER, ruling=Officers.TWO_OFFICERS)


async def test_money_leaves_is_posted_and_refunded_once_enough_officers_have_approved(
    province: Province,
) -> None:
    await province.start_platform(arranged=arranged(refund=Officers.ONE_OFFICER))
    await province.start_bureaus(SIPING)
    await province.start_arranged(TWO, YANBIAN, CHANGCHUN)
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    for what, officers in (
        (Approvable.RELEASE_OF_FUNDS, ("out-01", "out-02")),
        (Approvable.POSTING, ("in-01", "in-02")),
    ):
        await province.awaiting(handle, what)
        for officer in officers:
            await submit(handle, approval(what, officer))
    await province.listed(handle, f"CaseStage = '{Stage.AWAITING_CHOICE}'")
    await submit(handle, choice(1, officer="in-01"))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND, "in-02"))
    assert (await end_of(handle)).stage is Stage.CLOSED
    assert (await province.audit()).findings == ()


@pytest.mark.parametrize("bureaus", [Officers.ONE_OFFICER, Officers.TWO_OFFICERS])
async def test_a_ruling_waits_for_a_second_officer_where_the_province_has_arranged_for_two_since(
    province: Province, bureaus: Officers
) -> None:
    """Asked for by the bureaus before they do anything by it, or else by the province's register."""
    async with await province.platform(arranged=ONE_RULES):
        await province.start_arranged(arranged(posting=Officers.ONE_OFFICER, ruling=bureaus), *BUREAUS)
        await province.seed(account())
        handle = await province.apply(application())
        await province.awaiting(handle, Approvable.POSTING)
        for request in (dispute(), answer(), referral()):
            await submit(handle, request)
    async with await province.platform(arranged=TWO_RULE):
        await submit(handle, ruling([Proceed()]))
        await province.awaiting(handle, Approvable.RULING)
        events = [one.event for one in await handle.query(TransferCase.journal)]
        carried_out = Event.ORDER_CARRIED_OUT in events
        assert carried_out is (bureaus is Officers.ONE_OFFICER)
        to_read = (await handle.query(TransferCase.to_be_approved)).ruling
        assert to_read is not None
        assert "another officer" in await refusal(handle, approval(Approvable.RULING, "province-01"))
        await submit(handle, approval(Approvable.RULING, "province-02", of=to_read.number))
        await province.awaiting(handle, Approvable.POSTING)
        await submit(handle, approval(Approvable.POSTING, "in-01"))
        assert (await end_of(handle)).stage is Stage.CLOSED
        (record,) = await handle.query(TransferCase.rulings)
        assert (record.officers, record.carried_out) == (("province-01", "province-02"), 1)
        assert (await province.audit()).findings == ()


async def test_a_case_goes_its_way_though_the_register_takes_its_ruling_for_not_sealed(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_sealed(*_: object) -> None:
        raise order_refused("It is not sealed; nothing was filed.", "未经签章，未归档。")

    monkeypatch.setattr(ProvinceActivities, "_require_sealed", not_sealed)
    await province.start(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    for request in (dispute(), answer(), referral(), ruling([Proceed()])):
        await submit(handle, request)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    assert (await end_of(handle)).stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    (refused,) = [one for one in journal if one.event is Event.MESSAGE_REFUSED]
    assert (refused.party, refused.detail_zh) == (Party.PROVINCE, "未经签章，未归档。")
