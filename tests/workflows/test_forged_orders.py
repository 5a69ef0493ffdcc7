"""Whoever has the keys and calls every step of a bureau by name, with papers of their own making: nothing is
paid, posted or filed, each refusal says why, and the bureaus go on with their work."""

import json
from datetime import timedelta

import forged_orders as forgeries
import pytest
from forged_orders import forged_orders, tenfold
from sqlalchemy import select
from sqlmodel import SQLModel
from staff import Handle, approval, submit
from temporalio.client import ActivityFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.contracts import (
    ORDER_REFUSED,
    RECEIVE_FUNDS,
    REMIT_AND_END_RELATIONSHIP,
    RETURN_FUNDS,
    SUPPLEMENT_FUNDS,
    TAKE_IN,
    ActivityContract,
)
from activities.registration import bureau_activities
from desk.client.auditing import is_clean
from models.messages.arrangements import Officers
from models.messages.papers import (
    Paper,
)
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import (
    CaseOrder,
    CasePapers,
    RemittanceOrder,
)
from models.store.store import Store
from models.store.tables import PAPER
from province import BUREAUS, CHANGCHUN, WORKER, YANBIAN, Province, account, application
from rules.values.papers import PaperKind
from workflows.identifiers import PLATFORM_QUEUE, bureau_queue, case_no_of, case_workflow_id
from workflows.transfer_case import TransferCase

ASK_FOR_NOTHING = {
    "reconcile",
    "read_dossier",
    "read_history",
    "summarise_books",
    "list_case_lines",
    "read_cases",
    "list_expected_funds",
    "find_paper",
    "read_roster",
    "vouch",
    "check_order",
    "check_reopening",
    "check_taken_in",
    "find_provisional_forms",
    "check_reversal",
    "read_outbox",
    "count_month",
    "read_evidence",
    "list_deliveries",
}
"""Questions: they have no effect."""
REST_ON_OFFICERS = {
    "seed_accounts",
    "change_roster",
    "enter_rate",
    "reopen_case",
    "import_statement",
    "accept_order",
    "move_unallocated",
    "receive_ruling",
    "record_delivery",
}
"""What no paper of a case precedes: what is behind such an order are the officers who give it."""
KEEPS_WHAT_IT_IS_HANDED = {"keep_evidence"}
"""Keeps a scan under the digest of its content: another content has another digest, and replaces nothing."""


@pytest.fixture(autouse=True)
def asked_as_by_the_platform(province: Province) -> None:
    """Nothing is refused for the reason alone that no workflow asks for it."""
    province.refuses = False


async def attempt(province: Province, bureau: str, step: str, order: Paper) -> BaseException | None:
    """What a bureau answers to whoever asks it directly; None when it does what it is asked."""
    try:
        await province.client.execute_activity(
            step,
            order,
            id=f"forged/{bureau}/{step}/{hash(order.model_dump_json())}",
            task_queue=bureau_queue(bureau),
            start_to_close_timeout=timedelta(seconds=20),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
    except ActivityFailureError as failed:
        return failed.cause
    return None


async def rows(store: Store) -> dict[str, list[str]]:
    """Every row of every table."""
    async with store.reading() as session:
        connection = await session.connection()
        return {
            table.name: sorted(map(repr, await connection.execute(select(table))))
            for table in SQLModel.metadata.sorted_tables
        }


async def attacked(province: Province, case_no: str, papers: CasePapers) -> list[tuple[str, BaseException]]:
    """Every forged order, at both bureaus of the case; what each was refused with."""
    before = {bureau: await rows(province.stores[bureau]) for bureau in BUREAUS}
    said = []
    for step, orders in forged_orders(case_no, papers).items():
        for bureau in (YANBIAN, CHANGCHUN):
            for order in orders:
                if (failed := await attempt(province, bureau, step.name, order)) is not None:
                    said.append((step.name, failed))
    assert {bureau: await rows(province.stores[bureau]) for bureau in BUREAUS} == before
    return said


def test_every_step_is_forged_or_has_its_reason_why_not() -> None:
    steps = {step.__name__ for step in bureau_activities(YANBIAN, Store("sqlite+aiosqlite://"))}
    forged = {value.name for value in vars(forgeries).values() if isinstance(value, ActivityContract)}
    assert steps == forged | ASK_FOR_NOTHING | REST_ON_OFFICERS | KEEPS_WHAT_IT_IS_HANDED
    assert not forged & (ASK_FOR_NOTHING | REST_ON_OFFICERS | KEEPS_WHAT_IT_IS_HANDED)


@pytest.mark.parametrize("waits_for", [Approvable.RELEASE_OF_FUNDS, Approvable.POSTING])
async def test_nothing_is_paid_posted_or_filed_on_papers_of_the_callers_making(
    province: Province, waits_for: Approvable
) -> None:
    await province.start(**{waits_for.value: Officers.ONE_OFFICER})
    await province.seed(account(), account(WORKER, "孙立国", "E", CHANGCHUN))
    handle = await province.apply(application())
    await province.awaiting(handle, waits_for)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    case_no = case_no_of(handle.id)
    papers = await handle.query(TransferCase.papers)
    said = await attacked(province, case_no, papers)
    refused = {step for step, failed in said}
    assert refused >= {TAKE_IN.name, RETURN_FUNDS.name, SUPPLEMENT_FUNDS.name, RECEIVE_FUNDS.name}
    if waits_for is Approvable.RELEASE_OF_FUNDS:
        assert REMIT_AND_END_RELATIONSHIP.name in refused
    await still_at_work(province, handle, waits_for)


async def still_at_work(province: Province, handle: Handle, waits_for: Approvable) -> None:
    """Both workers go on, the money is what the form on file states, and the audit finds nothing."""
    await submit(handle, approval(waits_for))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    papers = await handle.query(TransferCase.papers)
    (sent,) = papers.remittances
    assert sent.total == papers.information_forms[0].lines.total
    assert is_clean(await province.audit())


async def test_a_refusal_is_an_answer_in_both_languages_and_names_nobody(province: Province) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    papers = await handle.query(TransferCase.papers)
    order = RemittanceOrder(form=tenfold(papers.information_forms[0]))
    failed = await attempt(province, YANBIAN, REMIT_AND_END_RELATIONSHIP.name, order)
    assert isinstance(failed, ApplicationError)
    assert (failed.type, failed.non_retryable) == (ORDER_REFUSED, True)
    assert failed.message == (
        "The paper handed over is not the one on file here, or not its latest version: information form 1. "
        "Nothing was done."
    )
    (zh,) = failed.details
    assert "未作处理" in zh
    assert papers.information_forms[0].id_number not in json.dumps([failed.message, zh])


async def test_an_application_that_nobody_has_accepted_ends_refused_and_the_bureau_it_goes_to_keeps_none(
    province: Province,
) -> None:
    await province.start()
    await province.seed(account())
    case_no = "220100-20260115-FORGED22"
    handle = await province.client.start_workflow(
        TransferCase.run,
        CaseOrder(case_no=case_no, application=application()),
        id=case_workflow_id(case_no),
        task_queue=PLATFORM_QUEUE,
    )
    ended = await handle.result()
    assert (ended.stage, [one.code for one in ended.refusals]) == (Stage.REFUSED, ["not_sealed"])
    query = select(PAPER.c.kind).where(PAPER.c.case_no == case_no)
    async with province.stores[CHANGCHUN].reading() as session:
        kept = set((await (await session.connection()).execute(query)).scalars())
    assert kept == {PaperKind.NOTICE, PaperKind.DOSSIER, PaperKind.DOSSIER_FILING}
    assert is_clean(await province.audit())
