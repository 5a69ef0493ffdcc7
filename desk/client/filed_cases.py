"""Cases the engine has forgotten, as the dossiers in the bureaus' stores tell of them; closed ones again."""

from temporalio.client import Client

from activities.contracts import READ_DOSSIER
from desk.client.opening import start_again
from desk.client.silence import NoAnswer, NoSuchCase
from desk.client.views.case import CaseView
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau
from desk.language import Words
from desk.problems import BadInput
from models.messages.dossier import Dossier, DossierQuestion
from models.messages.steps import CaseOrder
from rules.application.bureaus import listed_bureau


async def look_up_dossier(client: Client, case: str, key: str = "") -> CaseView:
    """A case as its dossier has it, at the bureau of this key or the one whose key begins the case number."""
    return _view(await dossier_of(client, case, key), key or case.partition("-")[0])


async def dossier_of(client: Client, case: str, key: str = "") -> Dossier:
    """The dossier of a case, at the bureau of this key or the one whose key begins the case number.

    Raises NoSuchCase where there is no dossier or nobody could have one, BadInput where nobody answers.
    """
    where = key or case.partition("-")[0]
    if listed_bureau(where) is None:
        raise NoSuchCase(case)
    question = DossierQuestion(case_no=case)
    try:
        answer = await ask_bureau(client, where, READ_DOSSIER, question, case, TO_LOOK_UP)
    except NoAnswer as silent:
        raise BadInput(
            Words(
                f"There is no case {case} at the engine, and its dossier cannot be had. {silent.summary.en}",
                f"服务中没有案件 {case}，其案卷亦无法查询。{silent.summary.zh}",
            ),
            hint=silent.hint,
        ) from None
    if answer.dossier is None:
        raise NoSuchCase(case, where)
    return answer.dossier


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

    Nothing when it runs. Raises NoSuchCase where the transfer-in bureau has no dossier of it, BadInput where
    nobody answers.
    """
    dossier = await dossier_of(client, case)
    order = CaseOrder(
        case_no=case,
        application=dossier.application,
        linked=dossier.progress.linked,
        anew_after=dossier.progress.anew_after,
        reopened=True,
    )
    await start_again(client, order, secret)
