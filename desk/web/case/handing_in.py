"""A checked action on its way to its case, sealed with the desk's keys or by the officer's passkey."""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from desk.client.asking import SETTLED_WITHIN, ask, handle_of, settled
from desk.client.case_numbers import person_secret
from desk.client.filed_cases import start_from_dossier
from desk.client.handing_in import CaseRefusal, deliver, not_refused_before
from desk.language import Words
from desk.officers.signing import paper_read
from desk.web.case.finding import Found
from desk.web.engine import NOT_ANSWERED_YET, Silent
from desk.web.passkeys.sealing import Sealable, ask_for_seal
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from desk.words import instant
from models.messages.requests import Receipt, StaffAction, StaffRequest
from models.messages.stages import ENDS, Party
from rules.values.officers import PROVINCE
from workflows.transfer_case import TransferCase


async def hand_in(
    request: Request, found: Found, action: StaffAction, filled_in: StaffRequest
) -> Receipt | CaseRefusal | Response:
    """The case's answer; for an officer with a passkey the page that asks for it first.

    What was handed in before needs no second seal: the case gives its first answer again.
    """
    if action is StaffAction.REOPEN and found.view.progress.stage in ENDS:
        await engine_of(request).ask(
            lambda client: start_from_dossier(client, found.case_no, person_secret()), NOT_ANSWERED_YET
        )
    if not session_of(request).passkey:
        return await engine_of(request).ask(
            lambda client: deliver(client, action, filled_in, found.case_no), NOT_ANSWERED_YET
        )
    prepared = await engine_of(request).ask(
        lambda client: _prepared(client, found, action, filled_in), NOT_ANSWERED_YET
    )
    return ask_for_seal(request, prepared) if isinstance(prepared, Sealable) else prepared


async def _prepared(
    client: Client, found: Found, action: StaffAction, filled_in: StaffRequest
) -> Sealable | Receipt | CaseRefusal:
    unsealed, before = await not_refused_before(handle_of(client, found.case_no), filled_in)
    if before:
        return await deliver(client, action, unsealed, found.case_no)
    record = await ask(client, found.case_no, TransferCase.record)
    progress = found.view.progress
    bureaus = {Party.TRANSFER_OUT: progress.bureau_out, Party.PROVINCE: PROVINCE}

    async def sealed(request: Request, made: StaffRequest) -> Response:
        answer = await engine_of(request).ask(
            lambda client: deliver(client, action, made, found.case_no), NOT_ANSWERED_YET
        )
        return await answered(request, found.case_no, answer)

    return Sealable(
        words=Words(*action.titles),
        back=f"/cases/{found.case_no}",
        bureau=bureaus.get(unsealed.by, progress.bureau_in),
        action=action.value,
        request=unsealed,
        hand_in=sealed,
        case_no=found.case_no,
        about=paper_read(action, unsealed, record),
    )


async def answered(request: Request, case_no: str, answer: Receipt | CaseRefusal) -> Response:
    """Back to the case, as it stands after the steps that follow; its refusal on a page of its own."""
    if isinstance(answer, CaseRefusal):
        told = str(Words(answer.en, answer.zh))
        return page(request, "message.html", HTTPStatus.UNPROCESSABLE_ENTITY, told=told, more=())
    with suppress(Silent):
        await engine_of(request).ask(lambda client: settled(client, case_no), within=2 * SETTLED_WITHIN)
    notify(request, _told(answer.duplicate, answer.accepted_at, Words(f"{answer.en}.", f"{answer.zh}。")))
    return go_to(f"/cases/{case_no}")


def _told(before: bool, at: datetime, receipt: Words) -> Words:
    if not before:
        return receipt
    when = instant(at)
    return Words(
        f"Handed in before, on {when}; nothing was done again.", f"此前已于 {when} 提交，未重复办理。"
    )
