"""The papers of a case; of the information form every version beside the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from desk.files.orders import field_change, field_title
from desk.language import Words, say
from desk.web.access import note_access
from desk.web.case.finding import case_of
from desk.web.rendering import page
from desk.words import bureau, mask, mask_name, money, scheme
from models.messages.papers import (
    ContributionCertificate,
    InformationForm,
    Remittance,
    RemittancePurpose,
    ResultNotice,
)
from models.messages.steps import CasePapers
from rules.values.form_fields import CIRCLED

LINES = {
    1: Words("individual account from before 1998-01-01", "1998年1月1日前账户个人缴费累计储存额"),
    2: Words("individual account to the end of last year", "1998年1月1日至调转上年末个人账户累计储存额"),
    3: Words("credited this year, principal only", "调转当年计入个人账户本金金额"),
    4: Words("individual account, ①+②+③", "个人账户基金转移额（①＋②＋③）"),
    5: Words("pooled fund", "统筹基金转移额"),
    6: Words("total, ④+⑤", "转移基金总额（④＋⑤）"),
}
PURPOSES = {
    RemittancePurpose.TRANSFER: Words("the funds themselves", "基金划转"),
    RemittancePurpose.SUPPLEMENT: Words("supplement", "补划"),
    RemittancePurpose.SURPLUS: Words("surplus sent back", "退回多划"),
    RemittancePurpose.RETURN: Words("all of it sent back", "退回"),
}


@dataclass(frozen=True, slots=True)
class LineAcross:
    """One line of the form in every version; `total` lines are sums."""

    circled: str
    title: str
    amounts: tuple[str, ...]

    @property
    def total(self) -> bool:
        return self.circled == CIRCLED[6]

    @property
    def changed(self) -> bool:
        return len(set(self.amounts)) > 1


@dataclass(frozen=True, slots=True)
class Paid:
    """One movement of money."""

    number: str
    purpose: str
    way: str
    individual: str
    pooled: str
    total: str
    sent_on: str


async def show_papers(request: Request) -> Response:
    """Certificate, letter, every version of the form side by side, remittances, notice."""
    found = await case_of(request)
    await note_access(request, found.case_no, f"web: papers{' with names' if found.unmask else ''}")
    papers = found.view.papers
    forms = papers.information_forms
    return page(
        request,
        "papers.html",
        progress=found.view.progress,
        facts=_facts(papers, found.unmask),
        forms=forms,
        across=across(forms),
        changes=[_changes(form, found.unmask) for form in forms],
        years=forms[-1].years if forms else (),
        paid=[_paid(one) for one in papers.remittances],
        unmask=found.unmask,
    )


def across(forms: Sequence[InformationForm]) -> list[LineAcross]:
    """The six lines, each with its amount in every version."""
    numbered = [dict(form.lines.numbered()) for form in forms]
    return [
        LineAcross(CIRCLED[number], str(words), tuple(money(one[number]) for one in numbered))
        for number, words in LINES.items()
        if numbered
    ]


def _changes(form: InformationForm, unmask: bool) -> list[tuple[str, str, str]]:
    return [
        (
            field_title(one.field),
            *field_change(one.field, one.before, one.after, unmask),
        )
        for one in form.changes
    ]


def _facts(papers: CasePapers, unmask: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Certificate, letter or employer's form, and notice, each as labels and values."""
    shown = []
    if (certificate := papers.certificate) is not None:
        person = _person(certificate.name, certificate.id_number, unmask)
        shown.append(("《参保缴费凭证》", [*person, *_certificate(certificate)]))
    if (entry := papers.entry) is not None:
        on = getattr(entry, "sent_on", None) or getattr(entry, "received_on", "")
        way = f"{bureau(entry.bureau_out)} → {bureau(entry.bureau_in)}"
        rows = [
            (say("number", "编号"), entry.number),
            (say("way", "转移方向"), way),
            (say("on", "日期"), str(on)),
        ]
        shown.append(
            (say("Contact letter", "联系函"), [*_person(entry.name, entry.id_number, unmask), *rows])
        )
    if (notice := papers.notice) is not None:
        shown.append((say("Notice to the person", "办理情况告知"), _notice(notice)))
    return shown


def _person(name: str, id_number: str, unmask: bool) -> list[tuple[str, str]]:
    return [
        (say("person", "姓名"), name if unmask else mask_name(name)),
        (say("ID number", "公民身份号码"), id_number if unmask else mask(id_number)),
    ]


def _certificate(paper: ContributionCertificate) -> list[tuple[str, str]]:
    return [
        (say("number", "编号"), paper.number),
        (say("bureau", "经办机构"), bureau(paper.bureau)),
        (say("scheme", "险种"), scheme(paper.scheme)),
        (say("insured here", "在本地参保起止时间"), f"{paper.insured_from} – {paper.insured_to}"),
        (say("months paid here", "本地实际缴费月数"), str(paper.months_paid)),
        (say("individual account", "个人账户储存额"), money(paper.account_balance)),
        (say("issued on", "出具日期"), str(paper.issued_on)),
    ]


def _notice(notice: ResultNotice) -> list[tuple[str, str]]:
    return [
        (say("number", "编号"), notice.number),
        (say("outcome", "结果"), say(*notice.outcome.titles)),
        (say("told on", "告知日期"), str(notice.told_on)),
        (say("months", "缴费月数"), str(notice.months)),
        (say("individual account", "个人账户"), money(notice.individual)),
        (say("pooled fund", "统筹基金"), money(notice.pooled)),
    ]


def _paid(one: Remittance) -> Paid:
    ends = (one.bureau_out, one.bureau_in)
    sender, receiver = reversed(ends) if one.purpose.goes_back else ends
    return Paid(
        one.number,
        str(PURPOSES[one.purpose]),
        f"{bureau(sender)} → {bureau(receiver)}",
        money(one.individual),
        money(one.pooled),
        money(one.total),
        str(one.sent_on),
    )
