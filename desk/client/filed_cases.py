"""Cases the engine has forgotten, as the dossiers in the bureaus' stores tell of them."""

from temporalio.client import Client

from activities.contracts import READ_DOSSIER
from desk.client.silence import NoAnswer, NoSuchCase
from desk.client.views.case import CaseView
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau
from desk.language import Words
from desk.problems import BadInput
from models.messages.dossier import Dossier, DossierQuestion
from rules.application.bureaus import listed_bureau


async def look_up_dossier(client: Client, case: str, key: str = "") -> CaseView:
    """A case as its dossier has it, at the bureau of this key or the one whose key begins the case number.

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
    return _view(answer.dossier, where)


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
        chosen=dossier.chosen,
        cleared=dossier.cleared,
        charged=dossier.responsibility,
        filed_at=where,
    )
