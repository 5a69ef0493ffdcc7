"""The applicant takes the application back: in time, too late, and while a bureau is closed."""

from datetime import date

from staff import approval, correction, dispute, refusal, submit, withdrawal

from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.store.records import relationship_of
from province import CHANGCHUN, TEACHER, YANBIAN, Province, account, application
from rules.values.moves import Scheme
from workflows.transfer_case import TransferCase


async def test_before_the_funds_leave_nothing_has_moved(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, withdrawal())
    ended = await handle.result()
    assert ended.stage is Stage.WITHDRAWN
    assert (await handle.query(TransferCase.papers)).remittances == ()
    async with province.stores[YANBIAN].transaction() as session:
        left = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert left is not None
        assert (left.reserved_by, left.ended_by) == (None, None)
    assert is_clean(await province.audit())


async def test_neither_a_correction_nor_a_dispute_keeps_anybody_from_withdrawing(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await submit(handle, correction(("base/2020-01..2020-12", "6000.00", "7000.00")))
    await submit(handle, dispute())
    await submit(handle, withdrawal())
    assert (await handle.result()).stage is Stage.WITHDRAWN
    (record,) = await handle.query(TransferCase.all_disputes)
    assert record.settled_at is not None


async def test_whoever_withdrew_can_apply_again(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    first = await province.apply(application())
    await province.awaiting(first, Approvable.RELEASE_OF_FUNDS)
    await submit(first, withdrawal())
    await first.result()
    again = await province.apply(application(submitted_on=date(2026, 1, 16)))
    await province.awaiting(again, Approvable.RELEASE_OF_FUNDS)
    await submit(again, approval(Approvable.RELEASE_OF_FUNDS))
    assert (await again.result()).stage is Stage.CLOSED


async def test_once_the_funds_have_left_only_a_ruling_undoes_the_case(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    assert "not possible while the case is 'taking in'" in await refusal(handle, withdrawal())


async def test_a_withdrawal_while_the_bureau_is_closed_is_done_when_it_opens(province: Province) -> None:
    """The letter is on its way to a bureau that is off; calling it back needs that bureau's books."""
    await province.start_platform()
    async with province.worker_at(YANBIAN):
        await province.seed(account())
        handle = await province.apply(application())
        await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await province.start_bureaus(CHANGCHUN)
    await province.journalled(handle, Event.CONTACT_LETTER_SENT)
    await submit(handle, withdrawal())
    await province.start_bureaus(YANBIAN)
    assert (await handle.result()).stage is Stage.WITHDRAWN
