"""Cases the engine has forgotten, as the dossiers in the bureaus' stores tell of them."""

from temporalio.client import Client

from activities.deeds import TELL_DOSSIER
from desk.asking import CaseView, NoSuchCase
from desk.language import say
from desk.platform_answers import ask_desk
from desk.problems import BadInput
from desk.words import bureau
from models.dossier import Dossier, DossierQuestion
from rules.bureaus import listed_bureau
from workflows.names import bureau_queue


async def look_up_dossier(client: Client, case: str, key: str = "") -> CaseView:
    """A case as its dossier has it, at the bureau of this key or the one whose key begins the case number.

    Raises BadInput where there is no such bureau, no dossier, or nobody who answers.
    """
    where = key or case.partition("-")[0]
    if listed_bureau(where) is None:
        if key:
            raise BadInput(say(f"There is no bureau {key}.", f"没有社会保险局 {key}。"))
        raise NoSuchCase(case)
    question = DossierQuestion(case_no=case)
    answer = await ask_desk(client, bureau_queue(where), TELL_DOSSIER, question, about=case)
    if answer is None:
        raise BadInput(
            say(
                f"There is no case {case} at the engine, and the worker of {bureau(where)}, which would have "
                "its dossier, does not answer; try again when it runs.",
                f"服务中没有案件 {case}，且应存其案卷的{bureau(where)}工作进程未响应，请待其启动后重试。",
            )
        )
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
        charged=dossier.responsibility,
        filed_at=where,
    )
