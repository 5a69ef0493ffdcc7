"""A closed case taken up again: corrected under its number, from its dossier, by two officers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from every_stage import started_again
from sqlmodel.ext.asyncio.session import AsyncSession
from staff import amendment, approval, choice, refusal, reopening, submit
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.testing import ActivityEnvironment

from activities.reopening import ReopeningActivities
from desk.client.auditing import is_clean
from desk.client.filed_cases import dossier_of, start_from_dossier
from desk.client.visibility import at_stage, find, flagged
from desk.figures.monthly import month_of
from models.messages.arrangements import Officers
from models.messages.reopening import ReopeningOrder
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.store.dossiers import is_closed
from province import BUREAUS, CHANGCHUN, Handle, Province, account, advance, application
from rules.values.due_dates import CHINA_TIME, Clock
from rules.values.months import Month
from workflows.identifiers import STAGE, Flag
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
WRONG = (FIELD, "6000.00", "7000.00")
CHECKER = "in-02"


async def closed(province: Province, **officers: Officers) -> Handle:
    await province.start(**officers)
    await province.seed(account())
    handle = await province.apply(application())
    assert (await handle.result()).stage is Stage.CLOSED
    return handle


async def test_a_closed_case_is_corrected_under_its_number_and_closed_again(province: Province) -> None:
    first = await closed(province)
    before = await first.result()
    handle = await started_again(province, first)
    await submit(handle, reopening(WRONG))
    await province.awaiting(handle, Approvable.REOPENING)
    waiting = (await handle.query(TransferCase.record)).to_be_approved.reopening
    assert waiting is not None
    assert waiting.items[0].expected == "7000.00"
    assert "has a hand in this" in await refusal(handle, approval(Approvable.REOPENING, "in-01"))
    await submit(handle, approval(Approvable.REOPENING, CHECKER))
    await province.journalled(handle, Event.CASE_REOPENED)
    progress = await handle.query(TransferCase.progress)
    assert [one.field for one in progress.open_fields] == [FIELD]
    review, transfer_out, take_in = progress.clocks
    assert [review, take_in] == [before.clocks[0], before.clocks[2]], "as they were when it was closed"
    assert (transfer_out.clock, transfer_out.stopped_at) == (Clock.TRANSFER_OUT, None), "it runs anew"
    assert is_clean(await province.audit()), "also while it is open again"
    await province.listed(handle, f"{flagged(Flag.REOPENED)} AND {STAGE.name} = '{progress.stage}'")
    of_it = f"WorkflowId = '{handle.id}'"
    assert await find(province.client, [of_it, at_stage(Stage.CLOSED)], 10) == ([], 0)
    await submit(handle, amendment({FIELD: "7000.00"}))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert (before.form_version, ended.form_version) == (1, 2)
    assert ended.pooled == before.pooled + 12 * 100_000 * 12 // 100
    assert [one.clock for one in ended.clocks] == [Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN]
    assert ended.clocks[0] == review
    assert ended.clocks[2].received_on >= take_in.received_on
    assert ended.clocks[2] != take_in, "it has run anew as well"
    assert not any(clock.overdue for clock in ended.clocks)
    journal = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert journal.count(Event.CASE_CLOSED) == 2
    assert journal.index(Event.CASE_REOPENED) > journal.index(Event.CASE_CLOSED)
    assert Event.TAKING_IN_REVERSED in journal
    dossier = await dossier_of(province.client, ended.case_no)
    assert (dossier.version, dossier.progress.form_version) == (2, 2)
    await province.listed(handle, f"{flagged(Flag.REOPENED)} AND {STAGE.name} = '{Stage.CLOSED}'")
    (row,), total = await find(province.client, [of_it], 10)
    assert (row.stage, total) == (Stage.CLOSED, 1), "listed and counted once"
    at = (await handle.describe()).start_time.astimezone(CHINA_TIME)
    report = await month_of(province.client, Month(at.year, at.month), BUREAUS)
    assert {(part.opened, part.ended, part.open) for _, part in report.rows()} == {(1, 1, 0)}
    assert is_clean(await province.audit())


async def test_a_case_that_the_engine_has_forgotten_goes_on_from_its_dossier(province: Province) -> None:
    first = await closed(province)
    request = DeleteWorkflowExecutionRequest(namespace=province.client.namespace)
    request.workflow_execution.workflow_id = first.id
    await province.client.workflow_service.delete_workflow_execution(request)
    handle = await started_again(province, first)
    await submit(handle, reopening(WRONG))
    await province.awaiting(handle, Approvable.REOPENING)
    await submit(handle, approval(Approvable.REOPENING, CHECKER))
    await province.journalled(handle, Event.CASE_REOPENED)
    await submit(handle, amendment({FIELD: "7000.00"}))
    ended = await handle.result()
    assert (ended.stage, ended.form_version) == (Stage.CLOSED, 2)
    assert is_clean(await province.audit())


async def test_a_declined_correction_leaves_a_reopened_case_as_it_was(province: Province) -> None:
    first = await closed(province)
    before = await first.result()
    handle = await started_again(province, first)
    await submit(handle, reopening(WRONG))
    await province.awaiting(handle, Approvable.REOPENING)
    await submit(handle, approval(Approvable.REOPENING, CHECKER))
    await province.journalled(handle, Event.CASE_REOPENED)
    receipt = await submit(handle, amendment({FIELD: None}))
    assert "the posting stands" in receipt.en, "nobody is told to approve what is not posted anew"
    assert "原记账不变" in receipt.zh
    ended = await handle.result()
    assert (ended.stage, ended.form_version) == (Stage.CLOSED, 1)
    for one in (Clock.REVIEW, Clock.TAKE_IN):
        at = [clock.clock for clock in ended.clocks].index(one)
        assert ended.clocks[at] == before.clocks[at], "it did not run anew"
    assert is_clean(await province.audit())


async def test_without_a_second_officer_the_case_stays_closed(province: Province) -> None:
    first = await closed(province)
    handle = await started_again(province, first)
    await submit(handle, reopening(WRONG))
    await province.awaiting(handle, Approvable.REOPENING)
    await advance(province.env, handle, timedelta(days=31))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert (await dossier_of(province.client, ended.case_no)).version == 1
    journal = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert journal[-1] is Event.REOPENING_LAPSED


async def test_an_open_case_says_itself_that_it_cannot_be_reopened(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await start_from_dossier(province.client, province.opened[-1], province.secret)
    assert "taking in" in await refusal(handle, reopening(WRONG))


async def test_what_was_seen_is_laid_beside_the_form_before_a_case_is_reopened(province: Province) -> None:
    first = await closed(province)
    handle = await started_again(province, first)
    assert "The form has 6000.00" in await refusal(handle, reopening((FIELD, "5000.00", "7000.00")))
    assert (await handle.result()).stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_nothing_is_written_between_the_check_of_the_months_and_the_entry(province: Province) -> None:
    case_no = (await (await closed(province)).result()).case_no
    store = province.stores[CHANGCHUN]
    order = ReopeningOrder(
        case_no=case_no, id_number=application().id_number, version=1, reason="", officers=("in-01", CHECKER)
    )
    transaction, closed_after_each = store.transaction, list[bool]()

    @asynccontextmanager
    async def followed() -> AsyncIterator[AsyncSession]:
        async with transaction() as session:
            yield session
        async with store.reading() as session:
            closed_after_each.append(await is_closed(store, session, case_no))

    with patch.object(store, "transaction", followed):
        entry = await ActivityEnvironment().run(ReopeningActivities(CHANGCHUN, store).reopen_case, order)
    assert (entry.number, entry.findings) == (f"reopening/{case_no}/1", ())
    assert closed_after_each == [False], "reopened by the end of the transaction that checked"


async def test_after_a_refund_a_case_is_not_reopened(province: Province) -> None:
    twice = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
    await province.start()
    await province.seed(account(), twice)
    first = await province.apply(application())
    await province.journalled(first, Event.CHOICE_OFFERED)
    await submit(first, choice(1))
    await province.awaiting(first, Approvable.REFUND)
    await submit(first, approval(Approvable.REFUND))
    await first.result()
    handle = await started_again(province, first)
    assert "cleared and refunded" in await refusal(handle, reopening(WRONG))
    assert (await handle.result()).stage is Stage.CLOSED


@pytest.mark.parametrize("back", [True, False])
async def test_while_a_case_is_open_again_no_other_moves_its_months(province: Province, back: bool) -> None:
    """And months that another case has taken cannot be reversed any more."""
    first = await closed(province)
    onward = application(
        scheme_from="E",
        scheme_to="G",
        bureau_out=CHANGCHUN,
        bureau_in=CHANGCHUN,
        reason="recruited",
        new_employer="长春市第二实验小学",
    )
    if back:
        handle = await started_again(province, first)
        await submit(handle, reopening(WRONG))
        await province.awaiting(handle, Approvable.REOPENING)
        await submit(handle, approval(Approvable.REOPENING, CHECKER))
        await province.journalled(handle, Event.CASE_REOPENED)
        refused = await (await province.apply(onward)).result()
        assert [one.code for one in refused.refusals] == ["transfer_under_way"]
        return
    assert (await (await province.apply(onward)).result()).stage is Stage.CLOSED
    handle = await started_again(province, first)
    assert "have moved on" in await refusal(handle, reopening(WRONG))


async def test_a_new_application_for_what_has_moved_names_the_earlier_case(province: Province) -> None:
    first = await closed(province)
    later = application(submitted_on=application().submitted_on + timedelta(days=7))
    refused = await (await province.apply(later)).result()
    assert refused.stage is Stage.REFUSED
    (ground,) = refused.refusals
    assert ground.code == "relationship_ended"
    assert first.id.removeprefix("transfer/") in ground.en
    assert first.id.removeprefix("transfer/") in ground.zh
    assert "reopen" in ground.cure_en
