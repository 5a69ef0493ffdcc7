"""The papers of a case on a screen; what is personal is masked unless it is asked for."""

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from desk.language import Words, say
from desk.screens.information_changes import changes_table
from desk.screens.information_form import lines_table, years_table
from desk.screens.screen import pairs
from desk.words import bureau, mask, mask_name, money, scheme, sentence, title
from models.messages.papers import (
    ContactLetter,
    ContributionCertificate,
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

Row = tuple[str, str]

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


def print_papers(screen: Console, papers: CasePapers, unmask: bool) -> None:
    """Every paper under its title, in the order they were drawn up; of the form, every version."""
    for paper in _in_order(papers):
        named = _TITLES[type(paper)]
        shown = pairs()
        for row in _rows(paper, unmask):
            shown.add_row(*map(escape, row))
        screen.print()
        screen.print(f"[bold]{say(f'{named.en} 《{named.zh}》', f'《{named.zh}》')}[/bold]")
        screen.print(shown)
        if isinstance(paper, InformationForm):
            _print_form(screen, paper, paper is papers.information_forms[-1], unmask)


def _in_order(papers: CasePapers) -> Iterator[Paper]:
    alone = (papers.certificate, papers.entry)
    yield from (paper for paper in alone if paper is not None)
    yield from papers.information_forms
    yield from papers.remittances
    if papers.notice is not None:
        yield papers.notice


def _print_form(screen: Console, form: InformationForm, last: bool, unmask: bool) -> None:
    """What changed, the six lines, and for the form as it stands the account year by year."""
    if form.changes:
        screen.print(changes_table(form.changes, unmask))
    screen.print(lines_table(form.lines))
    if last:
        screen.print(years_table(form.years))
    for finding in form.findings:
        screen.print("  " + sentence(finding))


def _rows(paper: Paper, unmask: bool) -> list[Row]:
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


def _certificate_rows(paper: ContributionCertificate) -> list[Row]:
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


def _apart_rows(apart: tuple[MonthsApart, ...]) -> list[Row]:
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


def _balance_apart(balance: Fen) -> list[Row]:
    return [(say("of the account stays", "不转移的个人账户额"), money(balance))] if balance else []


def _way(paper: ContactLetter | FormerEmployersForm) -> list[Row]:
    return [
        (say("from", "转出"), f"{scheme(paper.scheme_from)}, {bureau(paper.bureau_out)}"),
        (say("to", "转入"), f"{scheme(paper.scheme_to)}, {bureau(paper.bureau_in)}"),
    ]


def _remittance_rows(paper: Remittance) -> list[Row]:
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


def _notice_rows(notice: ResultNotice) -> list[Row]:
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
