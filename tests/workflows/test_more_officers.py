"""A bureau that arranges for more officers asks for them in the cases that are open, too."""

from every_stage import TWICE
from paid_by_bank import end_of
from staff import approval, choice, submit

from desk.client.auditing import audit_books
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Stage
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged

TWO = arranged(
    release_of_funds=Officers.TWO_OFFICERS, posting=Officers.TWO_OFFICERS, refund=Officers.TWO_OFFICERS
)
"""What the bureaus have arranged since the platform opened the case."""


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
    assert (await audit_books(province.client, BUREAUS, 10)).findings == ()
