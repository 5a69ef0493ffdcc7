"""The papers an application needs, told once and in full (一次性告知, 吉社保〔2020〕6号第六条).

The law counts the papers per kind of case; their names were not in any passage that could be read and
are recalled guesses, to be replaced by the county's own list. Two things are kept from the law on
purpose: no paper beyond those (社会保险经办条例第三十一条), and no contribution certificate
(《参保缴费凭证》), which the transfer-out bureau provides itself (第七条第一项).
"""

from rules.application.scope import crosses_government_and_enterprise
from rules.values.law import JILIN_MEASURES, TRANSFER_PROCEDURE, Finding, Law, MissingPaper
from rules.values.moves import LEAVING_REASONS, Entry, Material, Move, MoveReason, Scheme

_TOLD_ONCE = Law(JILIN_MEASURES, "第六条")
_CERTIFIED_SERVICE = Law(JILIN_MEASURES, "第四条")
_FORMER_EMPLOYER = Law(TRANSFER_PROCEDURE, "第九条")

_ENGLISH = {
    Material.IDENTITY_DOCUMENT: "identity document or social security card",
    Material.APPLICATION_FORM: "application form for the transfer",
    Material.POSTING_DOCUMENT: "document approving the posting or appointment",
    Material.FORMER_EMPLOYERS_FORM: "former employer's form for leavers",
    Material.DEPARTURE_DOCUMENT: "proof of resignation, dismissal, conviction or the like",
    Material.SERVICE_CERTIFICATION: "certification of the service in a government unit",
}


def checklist(move: Move) -> tuple[Material, ...]:
    """The papers this kind of case needs, in the order to hand them in (第六条).

    Into the government scheme: an identity document only. Out of it by posting: with the form and the
    posting document. Leavers: with the form and proof of leaving; where the former employer files, its
    form stands for the person's (人社厅发〔2017〕7号第九条). Service certified as government service adds the
    certification (第四条). Nothing for a move these measures do not cover. Names recalled, see above.
    """
    if not crosses_government_and_enterprise(move):
        return ()
    papers = _by_kind(move)
    if move.certified_government_service:
        papers = (*papers, Material.SERVICE_CERTIFICATION)
    return papers


def _by_kind(move: Move) -> tuple[Material, ...]:
    if move.scheme_to is Scheme.GOVERNMENT:
        return (Material.IDENTITY_DOCUMENT,)
    if move.reason in LEAVING_REASONS:
        if move.entry is Entry.FORMER_EMPLOYERS_FORM:
            return (Material.FORMER_EMPLOYERS_FORM, Material.DEPARTURE_DOCUMENT)
        return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM, Material.DEPARTURE_DOCUMENT)
    if move.reason is MoveReason.POSTING and move.new_employer is not None:
        return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM, Material.POSTING_DOCUMENT)
    return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM)


def missing_papers(move: Move) -> tuple[MissingPaper, ...]:
    """Every paper of the checklist that was not handed in (第六条), in the order of the checklist."""
    laws = {
        Material.SERVICE_CERTIFICATION: _CERTIFIED_SERVICE,
        Material.FORMER_EMPLOYERS_FORM: _FORMER_EMPLOYER,
    }
    return tuple(
        MissingPaper(
            code=paper.value,
            law=laws.get(paper, _TOLD_ONCE),
            zh=f"请补交：{paper.official}。",
            en=f"Please hand in: {_ENGLISH[paper]} ({paper.official}).",
        )
        for paper in checklist(move)
        if paper not in move.materials
    )


_WHERE_TO_PRINT = {
    Scheme.GOVERNMENT: ("网上经办系统", "the government scheme's online system"),
    Scheme.ENTERPRISE: (
        "网上服务系统、手机 APP、自助服务终端等",
        "the online service, the mobile app or a self-service terminal",
    ),
}


def where_to_print_the_certificate(move: Move) -> Finding | None:
    """Where the person may print the 《参保缴费凭证》 of the scheme that is left (第六条: 协助或告知).

    Nobody has to: the transfer-out bureau provides it to the other itself (第七条第一项), and it is on no
    checklist. None for a move these measures do not cover; raises nothing.
    """
    if not crosses_government_and_enterprise(move):
        return None
    zh, en = _WHERE_TO_PRINT[move.scheme_from]
    return Finding(
        code="where_to_print_the_certificate",
        law=_TOLD_ONCE,
        zh=f"《参保缴费凭证》由转出地直接提供，无需提交；本人需要的，可在{zh}下载打印。",
        en="The transfer-out bureau provides the contribution certificate itself; whoever wants a copy can "
        f"print one from {en}.",
    )
