"""The titles of the papers, in English and in the papers' own Chinese."""

from dataclasses import replace

from desk.language import Words
from desk.print.words import form_title
from models.messages.disputes import RulingRecord
from models.messages.duplicates import DuplicateNotice
from models.messages.papers import (
    ApplicationForm,
    ContactLetter,
    ContributionCertificate,
    FormerEmployersForm,
    InformationForm,
    Paper,
    Remittance,
    ResultNotice,
)
from models.messages.requests import Certification
from models.messages.stages import Stage
from models.messages.steps import ArrearsPayment, RecordCompletion, WrittenNotice
from rules.amounts.residents import is_linking
from rules.values.papers import PaperKind

_TITLES: dict[type[Paper], Words] = {
    ApplicationForm: Words("application", "养老保险关系转移接续申请表"),
    ContributionCertificate: Words("contribution certificate", "参保缴费凭证"),
    WrittenNotice: Words("written notice of months that stay", "一次性缴费不予转移书面告知"),
    ArrearsPayment: Words("arrears paid", "欠费补缴登记"),
    Certification: Words("certified service", "机关事业单位工作经历认定登记"),
    ContactLetter: Words("contact letter", "基本养老保险关系转移接续联系函"),
    FormerEmployersForm: Words(
        "former employer's form", "机关事业单位辞职辞退等人员基本养老保险关系转移申请表"
    ),
    InformationForm: Words("information form", "基本养老保险关系转移接续信息表"),
    RecordCompletion: Words("completion of a record", "补充完善资料情况"),
    Remittance: Words("remittance", "基金划转"),
    DuplicateNotice: Words("months paid twice", "重复缴费确认书"),
    RulingRecord: Words("ruling of the provincial bureau", "跨制度转移接续争议裁定书"),
}

_KINDS: dict[PaperKind, Words] = {
    PaperKind.APPLICATION: _TITLES[ApplicationForm],
    PaperKind.CERTIFICATE: _TITLES[ContributionCertificate],
    PaperKind.CONTACT_LETTER: _TITLES[ContactLetter],
    PaperKind.FORMER_EMPLOYERS_FORM: _TITLES[FormerEmployersForm],
    PaperKind.INFORMATION_FORM: _TITLES[InformationForm],
    PaperKind.REMITTANCE: _TITLES[Remittance],
    PaperKind.NOTICE: Words("notice to the person", "告知书"),
    PaperKind.DUPLICATE_NOTICE: _TITLES[DuplicateNotice],
    PaperKind.WRITTEN_NOTICE: _TITLES[WrittenNotice],
    PaperKind.RULING: _TITLES[RulingRecord],
}
"""The titles of the kinds that are printed; the title of one notice depends on its outcome."""

_NOTICES = {
    Stage.AWAITING_MATERIALS: Words("what is missing, all at once", "一次性告知书"),
    Stage.REFUSED: Words("notice of refusal", "不予受理通知书"),
}
_RESULT = Words("notice to the applicant", "办理情况告知")


def notice_title(outcome: Stage) -> Words:
    """The title of a notice, by its outcome."""
    return _NOTICES.get(outcome, _RESULT)


_OF_LINKING: dict[type[Paper], str] = {
    ApplicationForm: "城乡养老保险制度衔接申请表",
    ContactLetter: "城乡养老保险制度衔接联系函",
}


def kind_title(kind: PaperKind) -> Words:
    """The title of papers of a printed kind; for any other kind its own name."""
    return _KINDS.get(kind, Words(kind.value, kind.value))


def version_words(version: int) -> Words:
    """'version 2', '第 2 版'."""
    return Words(f"version {version}", f"第 {version} 版")


def paper_title(paper: Paper) -> Words:
    """The title of a paper; some differ in linking with the resident scheme (人社厅发〔2014〕25号)."""
    match paper:
        case ResultNotice():
            return notice_title(paper.outcome)
        case ApplicationForm() if paper.application.move().links_residents:
            return replace(_TITLES[ApplicationForm], zh=_OF_LINKING[ApplicationForm])
        case ContactLetter() if is_linking(paper.scheme_from, paper.scheme_to):
            return replace(_TITLES[ContactLetter], zh=_OF_LINKING[ContactLetter])
        case InformationForm():
            return replace(_TITLES[InformationForm], zh=form_title(paper.scheme_from))
        case _:
            return _TITLES[type(paper)]
