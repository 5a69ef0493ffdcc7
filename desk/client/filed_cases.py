"""Ended cases, read in the dossiers in the bureaus' stores; restarting a closed case."""

from contextlib import suppress

from temporalio.client import Client, WorkflowExecutionStatus

from activities.contracts import READ_DOSSIER
from desk.client.asking import described_of, look_up
from desk.client.opening import start_again
from desk.client.silence import NoAnswer, NoSuchCase
from desk.client.views.case import CaseView
from desk.client.worker_answers import AT_ONCE, TO_LOOK_UP, Patience, ask_bureau
from desk.language import Words
from desk.problems import BadInput
from engine.encryption.codec import Unreadable, party_of
from engine.encryption.keys import desk_party
from models.messages.dossier import Dossier, DossierQuestion
from models.messages.steps import CaseOrder
from rules.application.bureaus import listed_bureau


async def look_up_either(client: Client, case: str, key: str = "") -> CaseView:
    """An open case by its own answer; one that has ended or is forgotten by the engine by its dossier.

    The engine replays an ended case for every question, which takes seconds where its history is long: it is
    asked only where its dossier does not come `AT_ONCE`. `key` as for `dossier_of`. Raises NoSuchCase,
    NoAnswer, BadInput.
    """
    try:
        described = await described_of(client, case)
    except NoSuchCase:
        return await look_up_dossier(client, case, key)
    if described.status is WorkflowExecutionStatus.COMPLETED:
        # A dossier comes past the codec server, which refuses whom the case does not concern and writes down
        # who reads it: how the case has ended is read there first.
        await client.get_workflow_handle(described.id, run_id=described.run_id).result(follow_runs=False)
        with suppress(BadInput, Unreadable):
            return await look_up_dossier(client, case, key, AT_ONCE)
    return await look_up(client, case)


async def look_up_dossier(
    client: Client, case: str, key: str = "", patience: Patience = TO_LOOK_UP
) -> CaseView:
    """A case as its dossier has it. `key` as for `dossier_of`."""
    where = key or _usual_place(client, case)
    return _view(await dossier_of(client, case, where, patience), where)


async def dossier_of(client: Client, case: str, key: str = "", patience: Patience = TO_LOOK_UP) -> Dossier:
    """The dossier of a case, at the bureau of this key; else at the desk's own, or for the province's desk at
    the one whose key begins the case number.

    Raises NoSuchCase where there is no dossier or nobody could have one, NoAnswer where nobody answers.
    """
    where = key or _usual_place(client, case)
    if listed_bureau(where) is None:
        raise NoSuchCase(case)
    question = DossierQuestion(case_no=case)
    try:
        answer = await ask_bureau(client, where, READ_DOSSIER, question, case, patience)
    except NoAnswer as silent:
        raise NoAnswer(
            Words(
                f"There is no case {case} at the engine, and its dossier cannot be had. {silent.summary.en}",
                f"服务中没有案件 {case}，其案卷亦无法查询。{silent.summary.zh}",
            ),
            hint=silent.hint,
        ) from None
    if answer.dossier is None:
        raise NoSuchCase(case, where)
    return answer.dossier


def _usual_place(client: Client, case: str) -> str:
    """The desk's own bureau, since no other bureau can read what the desk asks."""
    own = party_of(client).removeprefix(desk_party(""))
    return own if listed_bureau(own) else case.partition("-")[0]


def _view(dossier: Dossier, where: str) -> CaseView:
    return CaseView(
        broken_off=None,
        progress=dossier.progress,
        journal=list(dossier.journal),
        papers=dossier.papers,
        choice=dossier.duplicates,
        disputes=list(dossier.disputes),
        rulings=list(dossier.rulings),
        corrections=list(dossier.corrections),
        answered=dossier.answered,
        holds=dossier.holds,
        chosen=dossier.chosen,
        cleared=dossier.cleared,
        charged=dossier.responsibility,
        filed_at=where,
    )


async def start_from_dossier(client: Client, case: str, secret: bytes) -> None:
    """Start a closed case again under its number; it then waits to hear what is to be corrected.

    Does nothing when the case has not ended; it, or whoever hands the request in, then says how it stands.
    Raises NoSuchCase where the transfer-in bureau has no dossier of it, BadInput where nobody answers.
    """
    with suppress(NoSuchCase):
        if (await described_of(client, case)).status is not WorkflowExecutionStatus.COMPLETED:
            return
    dossier = await dossier_of(client, case)
    order = CaseOrder(
        case_no=case,
        application=dossier.application,
        linked=dossier.progress.linked,
        anew_after=dossier.progress.anew_after,
        reopened=True,
    )
    await start_again(client, order, secret)
