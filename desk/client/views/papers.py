"""The papers of a case in rows; what is personal is masked unless it is asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desk.files.orders import field_title, field_value
from desk.language import Words, say
from desk.words import bureau, mask, mask_name, money, scheme, sentence, title
from models.messages.papers import (
    ContactLetter,
    ContributionCertificate,
    FieldChange,
    FormerEmployersForm,
    InformationForm,
    Paper,
    Remittance,
    RemittancePurpose,
    ResultNotice,
)
from models.messages.steps import CasePapers
from rules.values.money import Fen
from rules.values.record import MonthsApart

Pair = tuple[str, str]
"""A label and what stands beside it."""

_TITLES: dict[type[Paper], Words] = {
    ContributionCertificate: Words("contribution certificate", "参保缴费凭证"),
    ContactLetter: Words("contact letter", "基本养老保险关系转移接续联系函"),
    FormerEmployersForm: Words(
        "former employer's form", "机关事业单位辞职辞退等人员基本养老保险关系转移申请表"
    ),
    InformationForm: Words("information form", "基本养老保险关系转移接续信息表"),
    Remittance: Words("remittance", "基金划转"),
    ResultNotice: Words("notice to the applicant", "办理情况告知"),
}

_PURPOSES = {
    RemittancePurpose.TRANSFER: Words("the funds themselves", "基金划转"),
    RemittancePurpose.SUPPLEMENT: Words("supplement", "补划"),
    RemittancePurpose.SURPLUS: Words("surplus sent back", "退回多划"),
    RemittancePurpose.RETURN: Words("all of it sent back", "退回"),
}


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """A field of the form before and after an amendment."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper with its rows.

    Of an information form also the form itself, for its amounts, what changed in it and what was found;
    `in_force` says whether it is the last version.
    """

    title: Words
    rows: list[Pair]
    form: InformationForm | None = None
    changes: tuple[FieldChanged, ...] = ()
    findings: tuple[str, ...] = ()
    in_force: bool = True


def shown_papers(papers: CasePapers, unmask: bool) -> list[ShownPaper]:
    """Every paper in the order they were drawn up; of the form, every version. Masked unless `unmask`."""
    return [_shown(paper, papers, unmask) for paper in _in_order(papers)]


def _shown(paper: Paper, papers: CasePapers, unmask: bool) -> ShownPaper:
    named, rows = _TITLES[type(paper)], _rows(paper, unmask)
    if not isinstance(paper, InformationForm):
        return ShownPaper(named, rows)
    return ShownPaper(
        named,
        rows,
        form=paper,
        changes=fields_changed(paper.changes, unmask),
        findings=tuple(sentence(finding) for finding in paper.findings),
        in_force=paper is papers.information_forms[-1],
    )


def fields_changed(changes: Iterable[FieldChange], unmask: bool) -> tuple[FieldChanged, ...]:
    """Each field with its value before and after; a name is masked unless it is asked for."""
    return tuple(
        FieldChanged(
            field_title(one.field),
            field_value(one.field, one.before, unmask),
            field_value(one.field, one.after, unmask),
        )
        for one in changes
    )


def _in_order(papers: CasePapers) -> Iterator[Paper]:
    alone = (papers.certificate, papers.entry)
    yield from (paper for paper in alone if paper is not None)
    yield from papers.information_forms
    yield from papers.remittances
    if papers.notice is not None:
        yield papers.notice


def _rows(paper: Paper, unmask: bool) -> list[Pair]:
    rows = [(say("number", "编号"), getattr(paper, "number", ""))]
    if isinstance(paper, ContributionCertificate | ContactLetter | FormerEmployersForm | InformationForm):
        rows.append((say("person", "姓名"), paper.name if unmask else mask_name(paper.name)))
        rows.append((say("ID number", "公民身份号码"), paper.id_number if unmask else mask(paper.id_number)))
    match paper:
        case ContributionCertificate():
            rows += _certificate_rows(paper)
        case ContactLetter():
            rows += [*_way(paper), (say("sent on", "发函日期"), str(paper.sent_on))]
        case FormerEmployersForm():
            rows += [*_way(paper), (say("received on", "收到日期"), str(paper.received_on))]
        case InformationForm():
            rows += [
                (say("version", "版本"), str(paper.version)),
                (say("months", "缴费月数"), str(paper.months)),
                *_apart_rows(paper.months_apart),
                (say("drawn up on", "出具日期"), str(paper.drawn_up_on)),
            ]
        case Remittance():
            rows += _remittance_rows(paper)
        case ResultNotice():
            rows += _notice_rows(paper)
    return rows


def _certificate_rows(paper: ContributionCertificate) -> list[Pair]:
    return [
        (say("bureau", "经办机构"), bureau(paper.bureau)),
        (say("scheme", "险种"), scheme(paper.scheme)),
        (say("insured here", "在本地参保起止时间"), f"{paper.insured_from} – {paper.insured_to}"),
        (say("months paid here", "本地实际缴费月数"), str(paper.months_paid)),
        (say("individual account", "个人账户储存额"), money(paper.account_balance)),
        *_apart_rows(paper.months_apart),
        *_balance_apart(paper.balance_apart),
        (say("issued on", "出具日期"), str(paper.issued_on)),
    ]


def _apart_rows(apart: tuple[MonthsApart, ...]) -> list[Pair]:
    """The months that stay at the transfer-out bureau, one line for each kind."""
    return [
        (
            say("months that stay", "不转移月数"),
            say(
                f"{one.months}, {title(one.kind)}, {one.first} to {one.last}",
                f"{one.months}，{title(one.kind)}，{one.first} 至 {one.last}",
            ),
        )
        for one in apart
    ]


def _balance_apart(balance: Fen) -> list[Pair]:
    return [(say("of the account stays", "不转移的个人账户额"), money(balance))] if balance else []


def _way(paper: ContactLetter | FormerEmployersForm) -> list[Pair]:
    return [
        (say("from", "转出"), f"{scheme(paper.scheme_from)}, {bureau(paper.bureau_out)}"),
        (say("to", "转入"), f"{scheme(paper.scheme_to)}, {bureau(paper.bureau_in)}"),
    ]


def _remittance_rows(paper: Remittance) -> list[Pair]:
    """Which bureau sends depends on what the money is for."""
    ends = (paper.bureau_out, paper.bureau_in)
    sender, receiver = reversed(ends) if paper.purpose.goes_back else ends
    return [
        (say("purpose", "用途"), str(_PURPOSES[paper.purpose])),
        (say("way", "划转方向"), f"{bureau(sender)} → {bureau(receiver)}"),
        (say("for form", "对应信息表"), paper.information_form),
        (say("individual account", "个人账户"), money(paper.individual)),
        (say("pooled fund", "统筹基金"), money(paper.pooled)),
        (say("total, yuan", "合计（元）"), money(paper.total)),
        (say("sent on", "划转日期"), str(paper.sent_on)),
    ]


def _notice_rows(notice: ResultNotice) -> list[Pair]:
    rows = [
        (say("outcome", "结果"), title(notice.outcome)),
        (say("told on", "告知日期"), str(notice.told_on)),
    ]
    if notice.months:
        rows += [
            (say("months", "缴费月数"), str(notice.months)),
            (say("individual account", "个人账户"), money(notice.individual)),
            (say("pooled fund", "统筹基金"), money(notice.pooled)),
        ]
    rows += _apart_rows(notice.months_apart)
    rows += [(say("reason", "理由"), sentence(refusal)) for refusal in notice.refusals]
    rows += [(say("remedy", "救济途径"), sentence(remedy)) for remedy in notice.remedies]
    rows += [(say("missing", "缺少"), sentence(paper)) for paper in notice.missing]
    if notice.duplicate_months:
        listed = ", ".join(str(month) for month in notice.duplicate_months)
        rows.append((say("months paid twice", "重复缴费月份"), listed))
    return rows
