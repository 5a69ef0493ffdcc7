"""The papers of a case on a screen; what is personal is masked unless it is asked for."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from desk.information_form import lines_table, years_table
from desk.language import say
from desk.screen import pairs
from desk.words import bureau, mask, money, scheme, sentence
from models.messages import CasePapers
from models.papers import (
    ContactLetter,
    ContributionCertificate,
    InformationForm,
    Paper,
    Remittance,
    ResultNotice,
)

Row = tuple[str, str]


def papers_document(papers: CasePapers, unmask: bool) -> dict[str, Any]:
    """The papers for machines, money in fen; ID numbers and names masked unless `unmask`."""
    document = papers.model_dump(mode="json")
    for paper in document.values():
        if paper is not None and not unmask and "id_number" in paper:
            paper["id_number"] = mask(paper["id_number"])
            paper["name"] = _family_name(paper["name"])
    return document


def print_papers(screen: Console, papers: CasePapers, unmask: bool) -> None:
    """Every paper under its title, in the order they were drawn up."""
    for title, paper in _titled(papers):
        shown = pairs()
        for row in _rows(paper, unmask):
            shown.add_row(*row)
        screen.print()
        screen.print(f"[bold]{title}[/bold]")
        screen.print(shown)
        if isinstance(paper, InformationForm):
            screen.print(lines_table(paper.lines))
            screen.print(years_table(paper.years))
            for finding in paper.findings:
                screen.print("  " + sentence(finding))


def _titled(papers: CasePapers) -> Iterator[tuple[str, Paper]]:
    titles: tuple[tuple[str, str, Paper | None], ...] = (
        ("contribution certificate", "参保缴费凭证", papers.certificate),
        ("contact letter", "基本养老保险关系转移接续联系函", papers.contact_letter),
        ("information form", "基本养老保险关系转移接续信息表", papers.information_form),
        ("remittance", "基金划转", papers.remittance),
        ("notice to the applicant", "办理情况告知", papers.notice),
    )
    for english, chinese, paper in titles:
        if paper is not None:
            yield say(f"{english} 《{chinese}》", f"《{chinese}》"), paper


def _rows(paper: Paper, unmask: bool) -> list[Row]:
    number = getattr(paper, "number", "")
    rows = [(say("number", "编号"), number)]
    if isinstance(paper, ContributionCertificate | ContactLetter | InformationForm):
        rows.append((say("person", "姓名"), paper.name if unmask else _family_name(paper.name)))
        rows.append((say("ID number", "公民身份号码"), paper.id_number if unmask else mask(paper.id_number)))
    match paper:
        case ContributionCertificate():
            rows += [
                (say("bureau", "经办机构"), bureau(paper.bureau)),
                (say("scheme", "险种"), scheme(paper.scheme)),
                (say("insured here", "在本地参保起止时间"), f"{paper.insured_from} – {paper.insured_to}"),
                (say("months paid here", "本地实际缴费月数"), str(paper.months_paid)),
                (say("individual account", "个人账户储存额"), money(paper.account_balance)),
                (say("issued on", "出具日期"), str(paper.issued_on)),
            ]
        case ContactLetter():
            rows += [
                (say("from", "转出"), f"{scheme(paper.scheme_from)}, {bureau(paper.bureau_out)}"),
                (say("to", "转入"), f"{scheme(paper.scheme_to)}, {bureau(paper.bureau_in)}"),
                (say("sent on", "发函日期"), str(paper.sent_on)),
            ]
        case InformationForm():
            rows += [
                (say("version", "版本"), str(paper.version)),
                (say("months", "缴费月数"), str(paper.months)),
                (say("drawn up on", "出具日期"), str(paper.drawn_up_on)),
            ]
        case Remittance():
            rows += [
                (say("individual account", "个人账户"), money(paper.individual)),
                (say("pooled fund", "统筹基金"), money(paper.pooled)),
                (say("total, yuan", "合计（元）"), money(paper.total)),
                (say("sent on", "划转日期"), str(paper.sent_on)),
                (say("relationship ended on", "终止关系日期"), str(paper.relationship_ended_on)),
            ]
        case ResultNotice():
            rows += _notice_rows(paper)
    return rows


def _notice_rows(notice: ResultNotice) -> list[Row]:
    rows = [(say("told on", "告知日期"), str(notice.told_on))]
    if notice.accepted:
        rows += [
            (say("months", "缴费月数"), str(notice.months)),
            (say("individual account", "个人账户"), money(notice.individual)),
            (say("pooled fund", "统筹基金"), money(notice.pooled)),
        ]
    rows += [(say("reason", "理由"), sentence(refusal)) for refusal in notice.refusals]
    rows += [(say("missing", "缺少"), sentence(paper)) for paper in notice.missing]
    if notice.duplicate_months:
        listed = ", ".join(str(month) for month in notice.duplicate_months)
        rows.append((say("months paid twice", "重复缴费月份"), listed))
    return rows


def _family_name(name: str) -> str:
    return name[:1] + "*" * (len(name) - 1)
