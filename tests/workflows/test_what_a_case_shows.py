"""What a case shows of itself: since when a duty is owed, what it waits for, what the person was told."""

from datetime import timedelta

from staff import answer, approval, choice, dispute, settlement, submit, supplement

from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from province import CHANGCHUN, Province, account, advance, application
from rules.values.moves import Material
from workflows.transfer_case import TransferCase

TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])


async def test_since_is_since_the_duty_and_not_since_the_party_has_the_case(province: Province) -> None:
    """The transfer-in bureau is to post; days later it is to answer a dispute, and then to post again."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    first = await handle.query(TransferCase.progress)
    assert first.duty_since is not None
    assert first.duty_since >= first.holdings[-1].since
    await advance(province.env, handle, timedelta(days=3))
    await submit(handle, dispute(Party.TRANSFER_OUT))
    disputed = await handle.query(TransferCase.progress)
    assert disputed.waiting_on is Party.TRANSFER_IN
    assert disputed.holdings[-1].since == first.holdings[-1].since, "the days stay its own"
    assert disputed.duty_since is not None
    assert first.duty_since is not None
    assert disputed.duty_since - first.duty_since > timedelta(days=2)
    await submit(handle, answer(Party.TRANSFER_IN))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, settlement(Party.TRANSFER_IN))
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).duty_since is None


async def test_the_person_is_told_that_the_choice_is_still_open_and_earlier_notices_stay(
    province: Province,
) -> None:
    await province.start()
    await province.seed(account(), TWICE)
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    papers = await handle.query(TransferCase.papers)
    assert papers.notice is not None
    assert papers.notice.outcome is Stage.AWAITING_CHOICE
    assert [one.outcome for one in papers.earlier_notices] == [Stage.AWAITING_MATERIALS]
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    await handle.result()
    assert len((await handle.query(TransferCase.papers)).earlier_notices) == 1
