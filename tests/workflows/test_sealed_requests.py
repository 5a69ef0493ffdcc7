"""What a case takes in is sealed by an officer for whom the bureau vouches; a forged seal stops nothing."""

import asyncio
from typing import Any

import pytest
from case_proofs import went_wrong
from paid_by_bank import end_of
from staff import (
    answer,
    approval,
    demonstration,
    dispute,
    dispute_withdrawal,
    refusal,
    ruling,
    sealed,
    send,
    submit,
    withdrawal,
)
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError

from activities.contracts import CHANGE_ROSTER, CLEAN_CASE, FILE_DOSSIER
from desk.client.case_numbers import case_number
from desk.client.opening import open_case, open_cases
from desk.client.worker_answers import ask_bureau
from desk.officers.signing import paper_read
from models.messages.arrangements import Officers
from models.messages.dossier import Dossier
from models.messages.requests import Approvable, Receipt, StaffAction, StaffRequest
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CaseOrder
from models.officers.keys import Demonstration, OfficerKey, make_key, text_of
from models.officers.orders import Listed, order_for
from models.officers.rosters import CHANGE, Grant, RosterOrder
from models.officers.seals import Ed25519Seal, digest_of
from models.officers.vouching import SealedAct
from models.store.store import PaperKey
from province import (
    CHANGCHUN,
    SIPING,
    TEACHER,
    WORKER,
    YANBIAN,
    Handle,
    Province,
    account,
    application,
    arranged,
)
from rules.values.officers import Right, Role
from rules.values.orders import Close, DisputePoint
from rules.values.papers import PaperKind, Side
from workflows.identifiers import STAGE, case_workflow_id
from workflows.transfer_case import TransferCase

FORGED = 1_000
AT_ONCE = 8
"""The engine lets no more than ten updates of a case be under way."""


async def waiting_case(province: Province, what: Approvable = Approvable.POSTING, **changes: Any) -> Handle:
    """A case that waits for an officer's approval."""
    handle = await province.apply(application(**changes))
    await province.awaiting(handle, what)
    return handle


@pytest.fixture
async def handle(province: Province) -> Handle:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    return await waiting_case(province)


async def sealed_by(
    handle: Handle, key: OfficerKey, action: StaffAction, request: StaffRequest
) -> StaffRequest:
    """The request as the officer of this key seals it, whatever bureau the key is of."""
    record = await handle.query(TransferCase.record)
    about = paper_read(action, request, record)
    return key.seal(record.progress.case_no, action.value, request, about)


async def stage(handle: Handle) -> Stage:
    return (await handle.query(TransferCase.progress)).stage


def forged_by(request: StaffRequest, number: int) -> StaffRequest:
    """The same with a signature that nobody has made."""
    assert isinstance(request.seal, Ed25519Seal)
    signature = f"{number:064d}".replace("0", "B").ljust(86, "C")[:86]
    seal = request.seal.model_copy(update={"signature": signature})
    return request.model_copy(update={"seal": seal, "message_id": f"forged-{number}"})


async def test_a_request_without_a_seal_is_refused_before_anybody_is_asked(
    province: Province, handle: Handle
) -> None:
    # What the case lists after a second of rest is in its history then.
    await province.listed(handle, f"{STAGE.name} = '{Stage.TAKING_IN}'")
    before = (await handle.describe()).history_length
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(StaffAction.APPROVE, approval(Approvable.POSTING))
    assert "no officer's seal" in str(refused.value.cause)
    assert (await handle.describe()).history_length == before
    assert await stage(handle) is Stage.TAKING_IN


async def test_a_key_of_one_bureau_does_not_act_for_the_other(handle: Handle) -> None:
    of_yanbian = demonstration().officer(YANBIAN, "checker-01")
    forged = await sealed_by(handle, of_yanbian, StaffAction.APPROVE, approval(Approvable.POSTING))
    assert "does not act for 220100" in await refusal(handle, forged)
    assert forged.seal is not None
    as_if = forged.seal.model_copy(update={"bureau": CHANGCHUN})
    told = await refusal(handle, forged.model_copy(update={"seal": as_if}))
    assert "not enrolled" in told
    assert await stage(handle) is Stage.TAKING_IN


async def test_who_has_other_keys_approves_and_rules_nothing(handle: Handle) -> None:
    stranger = Demonstration(b"a stranger's own secret, as long.")
    for request in (
        approval(Approvable.POSTING),
        dispute(Party.TRANSFER_IN),
        withdrawal(),
    ):
        key = stranger.officer(CHANGCHUN, request.officer)
        action = StaffAction.APPROVE if "what" in type(request).model_fields else StaffAction.DISPUTE
        if request.by is Party.APPLICANT:
            action = StaffAction.WITHDRAW
        forged = await sealed_by(handle, key, action, request)
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(action, forged)
        await handle.signal(action, forged)
    order = ruling([Close()])
    forged = await sealed_by(handle, stranger.officer("province", order.officer), StaffAction.RULE, order)
    await handle.signal(StaffAction.RULE, forged)
    assert await stage(handle) is Stage.TAKING_IN
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_a_seal_of_another_case_or_for_other_words_does_nothing(
    province: Province, handle: Handle
) -> None:
    genuine = await sealed(handle, approval(Approvable.POSTING))
    assert genuine.seal is not None
    other_paper = genuine.model_copy(update={"seal": genuine.seal.model_copy(update={"digest": "a" * 64})})
    assert "not the one that the officer has read" in await refusal(handle, other_paper)
    dissent = await sealed(handle, dispute(Party.TRANSFER_IN))
    changed = dissent.model_copy(update={"officer": "wang02"})
    assert "not enrolled" in await refusal(handle, changed)
    await province.seed(account(id_number="22020219750930117X", name="赵铁军", scheme="E", bureau=SIPING))
    other = await waiting_case(
        province,
        name="赵铁军",
        id_number="22020219750930117X",
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        bureau_in=CHANGCHUN,
        new_employer="长春市第一中学",
    )
    replayed = await refusal(other, dissent)
    assert "The seal does not fit" in replayed
    assert (await other.query(TransferCase.progress)).dispute is None


async def test_the_same_message_id_with_other_words_changes_nothing(handle: Handle) -> None:
    first = dispute(Party.TRANSFER_IN)
    await submit(handle, first)
    other = first.model_copy(update={"point": DisputePoint.AMOUNT})
    again = await handle.execute_update(
        StaffAction.DISPUTE, await sealed(handle, other), id="another", result_type=Receipt
    )
    assert again.duplicate
    (raised,) = await handle.query(TransferCase.all_disputes)
    assert raised.point == first.point


async def test_nobody_acts_for_both_bureaus_of_a_case(handle: Handle) -> None:
    await submit(handle, dispute(Party.TRANSFER_IN).model_copy(update={"officer": "li01"}))
    by_the_same = answer(Party.TRANSFER_OUT).model_copy(update={"officer": "li01"})
    assert "two sides" in await refusal(handle, by_the_same)


async def test_a_demonstration_officer_of_one_role_has_no_other(handle: Handle) -> None:
    told = await refusal(handle, approval(Approvable.POSTING, officer="demo-maker"))
    assert "no right to approve the posting" in told
    await submit(handle, approval(Approvable.POSTING, officer="demo-checker"))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_the_dossier_keeps_every_sealed_request_and_the_journal_the_key(
    province: Province, handle: Handle
) -> None:
    await submit(handle, approval(Approvable.POSTING, officer="Ｃhecker-01"))
    await handle.result()
    journal = await handle.query(TransferCase.journal)
    (approved,) = (entry for entry in journal if entry.event is Event.APPROVED)
    key = demonstration().officer(CHANGCHUN, "checker-01")
    assert (approved.officer, approved.key, approved.demonstration) == ("checker-01", key.id, True)
    case_no = (await handle.query(TransferCase.progress)).case_no
    for bureau in (CHANGCHUN, YANBIAN):
        kept = PaperKey(case_no, PaperKind.DOSSIER, Side.RECEIVED)
        store = province.stores[bureau]
        async with store.reading() as session:
            dossier = await store.paper(session, kept, Dossier)
        assert dossier is not None
        (act,) = dossier.acts
        assert isinstance(act, SealedAct)
        assert (act.action, act.bureau) == (StaffAction.APPROVE, CHANGCHUN)


async def test_a_thousand_forged_updates_leave_the_platform_at_work(
    province: Province, handle: Handle
) -> None:
    genuine = await sealed(handle, approval(Approvable.POSTING))
    turns = asyncio.Semaphore(AT_ONCE)

    async def forge(number: int) -> None:
        forged = forged_by(genuine, number)
        async with turns:
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await handle.execute_update(StaffAction.APPROVE, forged, id=forged.message_id)
        assert "The seal does not fit" in str(refused.value.cause)

    await asyncio.gather(*map(forge, range(FORGED)))
    assert await stage(handle) is Stage.TAKING_IN
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
    assert went_wrong(await handle.fetch_history()) == []


async def test_a_forged_signal_is_journalled_and_the_case_goes_on(province: Province, handle: Handle) -> None:
    genuine = await sealed(handle, approval(Approvable.POSTING))
    await send(handle, forged_by(genuine, 7))
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
    assert TEACHER not in str(await handle.query(TransferCase.journal))


async def test_an_approval_that_a_dispute_came_before_counts_when_it_is_handed_in_again(
    province: Province,
) -> None:
    """By its words it is the same message, whose officer seals it anew; the bureau has kept the first."""
    await province.start_platform(arranged=arranged(posting=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN, SIPING)
    async with province.worker_at(CHANGCHUN):
        await province.seed(account())
        handle = await waiting_case(province)
    approved = approval(Approvable.POSTING)
    await send(handle, approved)
    await submit(handle, dispute(Party.TRANSFER_OUT))
    await province.start_bureaus(CHANGCHUN)
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await submit(handle, dispute_withdrawal(Party.TRANSFER_OUT))
    await send(handle, approved)
    assert (await end_of(handle)).stage is Stage.CLOSED


async def test_nothing_leaves_the_other_bureau_before_it_has_verified_who_accepted_the_application(
    province: Province,
) -> None:
    """The officer is known to the own bureau alone. A desk hands on what that bureau says of the officer;
    where it was not asked, the case learns it with the review."""
    await province.start()
    await province.seed(
        account(), account(WORKER, "孙立国", "E", SIPING, [("2016-01", "2025-12", "4600.00")])
    )
    key = make_key(CHANGCHUN, "zhao01")
    enrolled = Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=(Role.REGISTRAR,))
    for chief in (demonstration().officer(CHANGCHUN, one) for one in ("chief-1", "chief-2")):
        word = RosterOrder(message_id=chief.officer, officer=chief.officer, bureau=CHANGCHUN, change=enrolled)
        await ask_bureau(province.client, CHANGCHUN, CHANGE_ROSTER, chief.seal("", CHANGE, word))
    second = application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        registered_home="220302",
        new_employer="长春市第二实验小学",
    )
    orders = (
        CaseOrder(case_no=case_number(one, province.secret), application=one)
        for one in (application(), second)
    )
    items = tuple(digest_of(one.form_accepted()) for one in orders)
    listed = order_for(Right.APPLY, CHANGCHUN, "zhao01", Listed(items=items), items)
    accepted = key.seal("", Right.APPLY, listed)
    opening = open_cases(province.client, [application()], province.secret, accepted=accepted)
    asked_before = [one async for one in opening]
    not_asked = await open_case(province.client, second, province.secret, accepted=accepted)
    first, later = [await steps_of(province, one.case_no) for one in (*asked_before, not_asked)]
    assert first == [one.name for one in (*CLEAN_CASE, FILE_DOSSIER)]
    assert sorted(later[:3]) == ["issue_certificate", "issue_certificate", "review_application"]
    assert later[3:] == first[1:]


async def steps_of(province: Province, case_no: str) -> list[str]:
    """What a case has asked of bureaus, in order, once it has closed."""
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    assert (await handle.result()).stage is Stage.CLOSED
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]
