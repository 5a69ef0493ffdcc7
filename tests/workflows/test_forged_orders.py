"""Whoever has the keys and calls every step of a bureau by name, with papers of their own making: nothing is
paid, posted or filed, each refusal says why, and the bureaus go on with their work."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from case_dossier import dossier
from sqlalchemy import select
from sqlmodel import SQLModel
from staff import Handle, approval, choice, submit
from temporalio.client import ActivityFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    AWAIT_FUNDS,
    CLEAR_DUPLICATES,
    ENTER_ARREARS_PAYMENT,
    FILE_DOSSIER,
    GIVE_WRITTEN_NOTICE,
    ISSUE_CERTIFICATE,
    OFFER_CHOICE,
    ORDER_REFUSED,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECEIVE_RETURN,
    REGISTER_CONTACT_LETTER,
    REGISTER_FORMER_EMPLOYERS_FORM,
    REMIT_AND_END_RELATIONSHIP,
    RESTORE_RELATIONSHIP,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    REVIEW_APPLICATION,
    SUPPLEMENT_FUNDS,
    TAKE_IN,
    TAKE_IN_DIFFERENCE,
    ActivityContract,
)
from desk.client.auditing import audit_books, is_clean
from models.messages.arrangements import Officers
from models.messages.corrections import AmendmentOrder, MoneyOrder, RestoreOrder, ReversalOrder
from models.messages.duplicates import ClearingOrder, DuplicateNotice, OfferOrder
from models.messages.papers import (
    ContactLetter,
    FormerEmployersForm,
    InformationForm,
    Paper,
    Remittance,
    RemittancePurpose,
    ResultNotice,
)
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import (
    ArrearsOrder,
    CaseOrder,
    CasePapers,
    FormDelivery,
    FundsDelivery,
    LetterDelivery,
    RemittanceOrder,
    ReviewOrder,
    TakeInOrder,
    TakenIn,
    WrittenNoticeOrder,
)
from models.rates.messages import DifferenceOrder
from models.store.store import Store
from province import BUREAUS, CHANGCHUN, SIPING, WORKER, YANBIAN, Province, account, application
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import AmountLines, RefundOf
from worker import bureau_activities
from workflows.identifiers import bureau_queue, case_workflow_id
from workflows.transfer_case import TransferCase

UNKNOWN = "220100-20260115-ZZZZZZZZ"

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
    "check_reopening",
    "check_taken_in",
    "find_provisional_forms",
    "read_outbox",
    "count_month",
    "read_evidence",
}
"""Questions: they have no effect."""
REST_ON_OFFICERS = {
    "seed_accounts",
    "change_roster",
    "complete_record",
    "enter_rate",
    "reopen_case",
    "import_statement",
    "move_unallocated",
    "release_reservation",
    "notify_applicant",
    "receive_ruling",
}
"""What no paper of a case precedes: what is behind such an order are the officers who give it."""
KEEPS_WHAT_IT_IS_HANDED = {"keep_evidence"}
"""Keeps a scan under the digest of its content: another content has another digest, and replaces nothing."""


def tenfold(form: InformationForm) -> InformationForm:
    lines = AmountLines(
        *(Fen(10 * one) for one in (form.lines.before_1998, form.lines.to_last_year)),
        *(Fen(10 * one) for one in (form.lines.this_year_principal, form.lines.pooled)),
    )
    return form.model_copy(
        update={"lines": lines, "adjusted_record_balance": Fen(10 * form.adjusted_record_balance)}
    )


def forged_orders(case_no: str, papers: CasePapers) -> Mapping[ActivityContract[Any, Any], list[Paper]]:
    """For every step that acts, orders that rest on papers which are not those on file."""
    form, letter = papers.information_forms[-1], papers.entry
    assert isinstance(letter, ContactLetter)
    assert papers.certificate is not None
    order = CaseOrder(case_no=case_no, application=application())
    elsewhere = CaseOrder(case_no=case_no, application=application(bureau_in=SIPING, bureau_out=SIPING))
    forged, stolen = tenfold(form), form.model_copy(update={"id_number": WORKER})
    sent = Remittance(
        number=f"remittance/{UNKNOWN}/1",
        case_no=UNKNOWN,
        sequence=1,
        bureau_out=YANBIAN,
        bureau_in=CHANGCHUN,
        information_form=form.number,
        individual=Fen(100_00),
        pooled=Fen(100_00),
        sent_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    back = sent.model_copy(update={"purpose": RemittancePurpose.SURPLUS, "case_no": case_no, "sequence": 2})

    def money(
        of: InformationForm, purpose: RemittancePurpose, individual: int, sequence: int = 2
    ) -> MoneyOrder:
        return MoneyOrder(
            form=of,
            sequence=sequence,
            purpose=purpose,
            individual=Fen(individual),
            pooled=Fen(0),
            by="a forgery",
        )

    taken_in = TakenIn(
        number=f"taking-in/{case_no}/1",
        version=1,
        individual=Fen(1),
        pooled=Fen(1),
        months=1,
        duplicate_months=(),
        taken_in_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    offer = DuplicateNotice(
        number=f"duplicate-notice/{case_no}/1",
        case_no=case_no,
        version=1,
        records=(),
        periods=(),
        refund_of=RefundOf.BALANCE,
        started_at=form.started_at,
    )
    notice = ResultNotice(
        number=f"notice/{case_no}/7",
        case_no=case_no,
        version=7,
        outcome=Stage.CLOSED,
        told_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    leaver = FormerEmployersForm(
        number=f"former-employers-form/{UNKNOWN}",
        case_no=UNKNOWN,
        bureau_in=CHANGCHUN,
        bureau_out=YANBIAN,
        name=letter.name,
        id_number=letter.id_number,
        scheme_from=letter.scheme_from,
        scheme_to=letter.scheme_to,
        received_on=date(2026, 3, 2),
    )
    unknown_letter = letter.model_copy(update={"case_no": UNKNOWN})
    other_certificate = papers.certificate.model_copy(update={"id_number": WORKER})
    return {
        ISSUE_CERTIFICATE: [elsewhere],
        ENTER_ARREARS_PAYMENT: [_arrears(order), _arrears(elsewhere)],
        GIVE_WRITTEN_NOTICE: [WrittenNoticeOrder(form=one) for one in (forged, stolen)],
        REVIEW_APPLICATION: [
            ReviewOrder(order=elsewhere),
            ReviewOrder(order=order, version=9, certificate=other_certificate),
        ],
        REGISTER_CONTACT_LETTER: [LetterDelivery(letter=unknown_letter, received_at=letter.started_at)],
        REGISTER_FORMER_EMPLOYERS_FORM: [FormDelivery(form=leaver, received_at=letter.started_at)],
        REMIT_AND_END_RELATIONSHIP: [RemittanceOrder(form=one) for one in (forged, stolen)],
        AMEND_INFORMATION_FORM: [
            AmendmentOrder(entry=letter, form=one, by="a forgery") for one in (forged, stolen)
        ],
        SUPPLEMENT_FUNDS: [
            money(forged, RemittancePurpose.SUPPLEMENT, 100_00),
            money(form, RemittancePurpose.SUPPLEMENT, 100_00),
            money(form, RemittancePurpose.SUPPLEMENT, 100_00, sequence=9),
        ],
        RETURN_FUNDS: [
            money(forged, RemittancePurpose.RETURN, 100_00),
            money(form, RemittancePurpose.RETURN, 100_00),
            money(form, RemittancePurpose.SURPLUS, 100_00, sequence=9),
        ],
        RECEIVE_RETURN: [back, back.model_copy(update={"case_no": UNKNOWN})],
        RECEIVE_INFORMATION: [
            form.model_copy(update={"case_no": UNKNOWN}),
            form.model_copy(update={"bureau_in": SIPING, "version": 9}),
        ],
        RECEIVE_FUNDS: [
            FundsDelivery(remittance=sent),
            FundsDelivery(remittance=sent, form=form),
            FundsDelivery(remittance=sent.model_copy(update={"bureau_in": SIPING, "case_no": case_no})),
        ],
        AWAIT_FUNDS: [sent, back],
        TAKE_IN: [TakeInOrder(form=one, notice_version=9) for one in (forged, stolen)],
        REVERSE_TAKING_IN: [ReversalOrder(case_no=case_no, form=forged, by="a forgery")],
        RESTORE_RELATIONSHIP: [RestoreOrder(case_no=case_no, form=forged, by="a forgery")],
        TAKE_IN_DIFFERENCE: [DifferenceOrder(form=one, by="a forgery") for one in (form, forged, stolen)],
        OFFER_CHOICE: [OfferOrder(order=order, taken_in=taken_in, refund_of=RefundOf.BALANCE)],
        CLEAR_DUPLICATES: [ClearingOrder(order=order, notice=offer, choice=choice())],
        FILE_DOSSIER: [
            dossier(application(), papers.model_copy(update={"information_forms": (forged,)}), notice, None),
            dossier(application(), papers, notice.model_copy(update={"case_no": UNKNOWN}), None),
        ],
    }


def _arrears(order: CaseOrder) -> ArrearsOrder:
    """Months that nobody has paid."""
    months = (Month(2019, 7), Month(2019, 12))
    return ArrearsOrder(
        order=order, version=1, first=months[0], last=months[1], message_id="forged", officer="out-01"
    )


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
    forged = {value.name for value in globals().values() if isinstance(value, ActivityContract)}
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
    case_no = handle.id.removeprefix(case_workflow_id(""))
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
    assert is_clean(await audit_books(province.client, BUREAUS, 10))


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
