"""The papers an application needs, told once and in full (一次性告知, 吉社保〔2020〕6号第六条).

The law counts the papers per kind of case; their names were not in any passage that could be read and
are recalled guesses, to be replaced by the county's own list. Two things are kept from the law on
purpose: no paper beyond those (社会保险经办条例第三十一条), and no contribution certificate
(《参保缴费凭证》), which the transfer-out bureau provides itself (第七条第一项).
"""

from rules.amounts.arrears import ARREARS
from rules.application.scope import crosses_government_and_enterprise
from rules.values.law import JILIN_MEASURES, LINKING_PROCEDURE, TRANSFER_PROCEDURE, Finding, Law, MissingPaper
from rules.values.moves import LEAVING_REASONS, ApplicationRoute, Material, Move, MoveReason, Scheme

_TOLD_ONCE = Law(JILIN_MEASURES, "第六条")
_CERTIFIED_SERVICE = Law(JILIN_MEASURES, "第四条")
_LINKING = Law(LINKING_PROCEDURE, "第六条、第七条")
_FORMER_EMPLOYER = Law(TRANSFER_PROCEDURE, "第九条")

_ENGLISH = {
    Material.IDENTITY_DOCUMENT: "identity document or social security card",
    Material.APPLICATION_FORM: "application form for the transfer",
    Material.POSTING_DOCUMENT: "document approving the posting or appointment",
    Material.FORMER_EMPLOYERS_FORM: "former employer's form for leavers",
    Material.DEPARTURE_DOCUMENT: "proof of resignation, dismissal, conviction or the like",
    Material.SERVICE_CERTIFICATION: "certification of the service in a government unit",
    Material.ONE_OFF_PAPERS: "papers for one-off contributions",
    Material.ARREARS_WAIVER: "waiver of months in arrears",
    Material.LINKING_FORM: "the person's own application for linking",
}


def checklist(move: Move) -> tuple[Material, ...]:
    """The papers this kind of case needs, in the order to hand them in (第六条).

    Into the government scheme: an identity document only. Out of it by posting: with the form and the
    posting document. Leavers: with the form and proof of leaving; where the former employer files, its
    form stands for the person's (人社厅发〔2017〕7号第九条). Service certified as government service adds the
    certification (第四条). To link with the resident scheme: an identity document and the person's own
    application (人社厅发〔2014〕25号). Nothing for a move these measures do not cover. Names recalled, see
    above.
    """
    if move.links_residents:
        return (Material.IDENTITY_DOCUMENT, Material.LINKING_FORM)
    if not crosses_government_and_enterprise(move):
        return ()
    papers = _by_kind(move)
    if move.certified_government_service:
        papers = (*papers, Material.SERVICE_CERTIFICATION)
    return papers


MONTHS_OF_CERTIFICATION = "service_certification_months"
"""Asked for with a certification that names no months: the months themselves, no further paper."""


def _by_kind(move: Move) -> tuple[Material, ...]:
    if move.scheme_to is Scheme.GOVERNMENT:
        return (Material.IDENTITY_DOCUMENT,)
    if move.reason in LEAVING_REASONS:
        if move.entry is ApplicationRoute.FORMER_EMPLOYERS_FORM:
            return (Material.FORMER_EMPLOYERS_FORM, Material.DEPARTURE_DOCUMENT)
        return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM, Material.DEPARTURE_DOCUMENT)
    if move.reason is MoveReason.POSTING and move.new_employer is not None:
        return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM, Material.POSTING_DOCUMENT)
    return (Material.IDENTITY_DOCUMENT, Material.APPLICATION_FORM)


def missing_papers(move: Move, months_in_arrears: int = 0) -> tuple[MissingPaper, ...]:
    """Every paper that was not handed in (第六条), in the order of the checklist.

    Beside the papers of the checklist these are the months of a certification that came without them (第四条)
    and, where the certificate states months the person still owes, their payment or the waiver (a practice of
    several provinces, grade C; the measures are silent).
    """
    laws = {
        Material.SERVICE_CERTIFICATION: _CERTIFIED_SERVICE,
        Material.FORMER_EMPLOYERS_FORM: _FORMER_EMPLOYER,
        Material.LINKING_FORM: _LINKING,
    }
    papers = tuple(
        MissingPaper(
            code=paper.value,
            law=laws.get(paper, _TOLD_ONCE),
            zh=f"请补交：{paper.official}。",
            en=f"Please hand in: {_ENGLISH[paper]} ({paper.official}).",
        )
        for paper in checklist(move)
        if paper not in move.materials
    )
    return (*papers, *_months_of_certification(move), *_arrears(move, months_in_arrears))


def _months_of_certification(move: Move) -> tuple[MissingPaper, ...]:
    handed_in = Material.SERVICE_CERTIFICATION in move.materials
    if not handed_in or move.certified_government_service or not crosses_government_and_enterprise(move):
        return ()
    return (
        MissingPaper(
            code=MONTHS_OF_CERTIFICATION,
            law=_CERTIFIED_SERVICE,
            zh="已提交机关事业单位工作经历认定意见，请补充认定的起止年月和认定文号。",
            en="A certification of service in a government unit was handed in: state the months it "
            "certifies, and its number.",
        ),
    )


def _arrears(move: Move, months: int) -> tuple[MissingPaper, ...]:
    if not months or Material.ARREARS_WAIVER in move.materials:
        return ()
    return (
        MissingPaper(
            code=Material.ARREARS_WAIVER.value,
            law=ARREARS,
            zh=f"转出地记录个人欠费 {months} 个月：请向转出地补缴，或提交{Material.ARREARS_WAIVER.official}；"
            "放弃补缴的月份不计缴费年限，不转移资金。",
            en=f"The transfer-out bureau has {months} months in arrears: pay them there, or hand in the "
            f"waiver ({Material.ARREARS_WAIVER.official}). Months that are waived neither count nor move.",
        ),
    )


_WHERE_TO_PRINT = {
    Scheme.GOVERNMENT: ("网上经办系统", "the government scheme's online system"),
    Scheme.ENTERPRISE: (
        "网上服务系统、手机 APP、自助服务终端等",
        "the online service, the mobile app or a self-service terminal",
    ),
}
_FROM_THE_BUREAU = ("参保地经办机构", "the bureau of the resident scheme")


def where_to_print_the_certificate(move: Move) -> Finding | None:
    """Where the person may print the 《参保缴费凭证》 of the scheme that is left (第六条: 协助或告知).

    Nobody has to: the transfer-out bureau provides it to the other itself (第七条第一项), and it is on no
    checklist. None for a move these measures do not cover; raises nothing.
    """
    if not crosses_government_and_enterprise(move) and not move.links_residents:
        return None
    zh, en = _WHERE_TO_PRINT.get(move.scheme_from, _FROM_THE_BUREAU)
    return Finding(
        code="where_to_print_the_certificate",
        law=_TOLD_ONCE,
        zh=f"《参保缴费凭证》由转出地直接提供，无需提交；本人需要的，可在{zh}下载打印。",
        en="The transfer-out bureau provides the contribution certificate itself; whoever wants a copy can "
        f"print one from {en}.",
    )
