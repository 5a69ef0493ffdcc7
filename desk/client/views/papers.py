"""The papers of a case in rows; personal data are masked unless asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desk.files.orders import amount_with_separators, field_change, field_title
from desk.language import Words, say
from desk.print.titles import paper_title
from desk.words import bureau, listed, mask, mask_name, material, money, relationship, scheme, sentence, title
from models.contacts.bureaus import BureauContact
from models.messages.application import ServicePeriod, TransferApplication
from models.messages.papers import (
    ApplicationForm,
    ContactLetter,
    ContributionCertificate,
    FieldChange,
    FormerEmployersForm,
    FormHead,
    InformationForm,
    Paper,
    Remittance,
    RemittancePurpose,
    ResultNotice,
)
from models.messages.requests import Certification
from models.messages.stages import Stage
from models.messages.steps import ArrearsPayment, CasePapers, RecordCompletion, WrittenNotice
from rules.application.identity import birth_date, is_id_number, is_male
from rules.values.form_fields import NAME
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import ARMED_FORCES, Arrears, ContributionRange, MonthKind, MonthsApart

Pair = tuple[str, str]
"""A label and its value."""

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

    For an information form also the form itself, with its amounts, changes and findings; `in_force` says
    whether it is the latest version.
    """

    title: Words
    rows: list[Pair]
    form: InformationForm | None = None
    changes: tuple[FieldChanged, ...] = ()
    findings: tuple[str, ...] = ()
    in_force: bool = True


def shown_papers(papers: CasePapers, unmask: bool) -> list[ShownPaper]:
    """Every paper, and every version of the form, in order of drawing up. Masked unless `unmask`."""
    return [_shown(paper, papers, unmask) for paper in _in_order(papers)]


def _shown(paper: Paper, papers: CasePapers, unmask: bool) -> ShownPaper:
    named, rows = paper_title(paper), _rows(paper, unmask)
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
    """Each field with its value before and after; a name is masked unless `unmask`."""
    return tuple(
        FieldChanged(
            field_title(one.field),
            *(
                amount_with_separators(one.field, value)
                for value in field_change(one.field, one.before, one.after, unmask)
            ),
        )
        for one in changes
    )


def _in_order(papers: CasePapers) -> Iterator[Paper]:
    if papers.application is not None:
        yield papers.application
    yield from papers.completions
    if papers.certificate is not None:
        yield papers.certificate
    yield from papers.arrears_payments
    yield from papers.certifications
    alone = (papers.entry, papers.written_notice)
    yield from (paper for paper in alone if paper is not None)
    yield from papers.information_forms
    yield from papers.remittances
    yield from papers.earlier_notices
    if papers.notice is not None:
        yield papers.notice


def _rows(paper: Paper, unmask: bool) -> list[Pair]:
    rows = []
    if number := getattr(paper, "number", ""):
        rows.append((say("number", "编号"), number))
    if official := getattr(paper, "official_number", ""):
        rows.append((say("official number", "文号"), official))
    person = paper.application if isinstance(paper, ApplicationForm) else paper
    if name := getattr(person, "name", ""):
        rows.append((field_title(NAME), name if unmask else mask_name(name)))
        rows += _by_id_number(getattr(person, "id_number", ""), unmask)
    return rows + _rows_of_its_kind(paper, unmask)


def _rows_of_its_kind(paper: Paper, unmask: bool) -> list[Pair]:
    rows: list[Pair] = []
    match paper:
        case ArrearsPayment() | Certification() | WrittenNotice():
            rows += _month_rows(paper)
        case ApplicationForm():
            rows += _application_rows(paper.application, unmask)
        case ContributionCertificate():
            rows += _certificate_rows(paper, unmask)
        case ContactLetter():
            rows += [*_way(paper), (say("sent on", "发函日期"), str(paper.sent_on))]
            rows += _agency_rows(paper.agency)
        case FormerEmployersForm():
            rows += [*_way(paper), (say("received on", "收到日期"), str(paper.received_on))]
        case InformationForm():
            rows += _form_rows(paper, unmask)
        case RecordCompletion():
            rows += _completion_rows(paper, unmask)
        case Remittance():
            rows += _remittance_rows(paper)
        case ResultNotice():
            rows += _notice_rows(paper)
    return rows


def _by_id_number(id_number: str, unmask: bool) -> list[Pair]:
    """The ID number and the sex; the date of birth, which is half of the number, only if `unmask`."""
    rows = [(say("ID number", "公民身份号码"), id_number if unmask else mask(id_number))]
    if not is_id_number(id_number):
        return rows
    rows.append((say("sex", "性别"), say("male", "男") if is_male(id_number) else say("female", "女")))
    if unmask:
        rows.append((say("born on", "出生日期"), str(birth_date(id_number))))
    return rows


def _application_rows(asked: TransferApplication, unmask: bool) -> list[Pair]:
    personal: list[tuple[str, str | None]] = [
        (say("telephone", "联系电话"), asked.mobile),
        (say("registered address", "户籍地地址"), asked.home_address),
        (say("personal number at the old bureau", "原个人编号"), asked.personal_number),
        (say("account for a refund", "退款账户"), asked.refund_account),
    ]
    rows = [
        (say("from", "转出"), relationship(asked.scheme_from, asked.bureau_out)),
        (say("to", "转入"), relationship(asked.scheme_to, asked.bureau_in)),
        (say("reason", "转移原因"), say(asked.reason, asked.reason.official)),
        (say("original retirement age", "原法定退休年龄"), asked.original_retirement_age or ""),
        (say("employer", "新用人单位"), asked.new_employer or ""),
        (say("number of the employer", "单位编号"), asked.employer_code or ""),
        (say("papers handed in", "提交材料"), say(", ", "、").join(map(material, asked.materials))),
        (say("applied on", "申请日期"), str(asked.submitted_on)),
        *((label, value if unmask else mask(value)) for label, value in personal if value),
    ]
    if asked.agent_name:
        agent = asked.agent_name if unmask else mask_name(asked.agent_name)
        reached = [one if unmask else mask(one) for one in (asked.agent_mobile, asked.agent_address) if one]
        rows.append((say("agent", "代办人"), " ".join(filter(None, (agent, asked.agent_relation, *reached)))))
    return [row for row in rows if row[1]]


def _agency_rows(agency: BureauContact | None) -> list[Pair]:
    """What the bureau prints of itself; empty if the province's file says nothing of it."""
    if agency is None:
        return []
    rows: list[tuple[str, str | None]] = [
        (say("agency", "经办机构全称"), agency.full_name),
        (say("division", "行政区划"), agency.division),
        (say("address", "地址"), agency.address),
        (say("postcode", "邮编"), agency.postcode),
        (say("telephone", "电话"), agency.phone),
        (say("contact", "联系人"), agency.contact),
    ]
    if agency.account:
        account = agency.account
        rows += [
            (say("account holder", "开户全称"), account.holder),
            (say("bank", "开户银行"), account.bank),
            (say("bank code", "行号"), account.bank_code),
            (say("account", "账号"), account.number),
        ]
    return [(label, value) for label, value in rows if value]


def _form_rows(form: InformationForm, unmask: bool) -> list[Pair]:
    head = form.head
    number = head.personal_number
    rows: list[tuple[str, object]] = [
        (say("personal number", "个人编号"), number if unmask or not number else mask(number)),
        (say("started work", "参加工作时间"), head.started_work),
        (say("first contribution", "本人首次缴费时间"), head.first_paid),
        *_service_rows(head),
        (say("insured here", "本地参保起止时间"), _span(head.here_from, head.here_to)),
        (say("version", "版本"), form.version),
        (say("months", "缴费月数"), form.months),
        *_apart_rows(form.months_apart, form.arrears_waived),
        (say("drawn up on", "出具日期"), form.drawn_up_on),
    ]
    return [(label, str(value)) for label, value in rows if value is not None]


def _service_rows(head: FormHead) -> list[tuple[str, object]]:
    """The periods of recognised service, and their months together."""
    if not head.recognised_service:
        return []
    armed_forces = say(" (armed forces)", "（军队）")
    periods = say(", ", "；").join(
        f"{one.first} – {one.last}, {one.place}{armed_forces if one.place == ARMED_FORCES else ''}"
        for one in head.recognised_service
    )
    said = say(f"{head.recognised_months} months: {periods}", f"{head.recognised_months} 个月：{periods}")
    return [(say("recognised service", "视同缴费年限"), said)]


def _span(first: Month | None, last: Month | None) -> str | None:
    return None if first is None else f"{first} – {last}"


def _completion_rows(paper: RecordCompletion, unmask: bool) -> list[Pair]:
    before, after = field_change(NAME, paper.name_before or "", paper.name_after or "", unmask)
    rows = [(say("bureau", "经办机构"), bureau(paper.bureau))]
    if paper.name_after:
        rows.append((say("name on record", "登记姓名"), f"{before} → {after}"))
    said = paper.evidence if paper.completed else paper.reason
    head = say("evidence", "依据") if paper.completed else say("why the record stands", "资料无误的理由")
    return [*rows, (head, said), (say("officer", "经办人"), paper.officer)]


def _certificate_rows(paper: ContributionCertificate, unmask: bool) -> list[Pair]:
    number = paper.personal_number
    own = [(say("personal number", "个人编号"), number if unmask else mask(number))] if number else []
    return [
        *own,
        (say("bureau", "经办机构"), bureau(paper.bureau)),
        (say("scheme", "险种"), scheme(paper.scheme)),
        (say("insured here", "在本地参保起止时间"), f"{paper.insured_from} – {paper.insured_to}"),
        (say("months paid here", "本地实际缴费月数"), str(paper.months_paid)),
        *_recognised_rows(paper.recognised_months),
        (say("individual account", "个人账户储存额"), money(paper.account_balance)),
        *_apart_rows(paper.months_apart),
        *_balance_apart(paper.balance_apart),
        *_arrears_rows(paper.arrears),
        (say("issued on", "出具日期"), str(paper.issued_on)),
        *_agency_rows(paper.agency),
    ]


def _recognised_rows(months: int) -> list[Pair]:
    """The months of recognised service; empty if there are none."""
    words = say("recognised service, months beside", "另有视同缴费月数")
    return [(words, str(months))] if months else []


def _apart_rows(apart: tuple[MonthsApart, ...], waived: bool | None = None) -> list[Pair]:
    """The months that stay at the transfer-out bureau, one row per kind; for arrears also whether the person
    has given up paying them, if that is known."""
    rows = [
        (
            say("months that stay", "不转移月数"),
            say(
                f"{one.months}, {title(one.kind)}, {one.first} to {one.last}",
                f"{one.months}，{title(one.kind)}，{one.first} 至 {one.last}",
            ),
        )
        for one in apart
    ]
    if waived is not None and any(one.kind is MonthKind.ARREARS for one in apart):
        rows.append((say("arrears waived", "是否放弃补缴"), say("yes", "是") if waived else say("no", "否")))
    return rows


def _arrears_rows(arrears: tuple[Arrears, ...]) -> list[Pair]:
    """Months owed, and what the person and the unit owe for them."""
    return [
        (
            say("owed", "欠费"),
            say(
                f"{one.first} to {one.last}, person {money(one.personal)}, unit {money(one.unit)}",
                f"{one.first} 至 {one.last}，个人 {money(one.personal)}，单位 {money(one.unit)}",
            ),
        )
        for one in arrears
    ]


def _month_rows(paper: ArrearsPayment | Certification | WrittenNotice) -> list[Pair]:
    """The rows of a payment of arrears, a certification of service or a written notice."""
    match paper:
        case ArrearsPayment():
            return [
                (say("months", "补缴起止年月"), f"{paper.first} – {paper.last}"),
                (say("paid by the person", "个人补缴"), money(paper.personal)),
                (say("paid by the unit", "单位补缴"), money(paper.unit)),
                (say("entered on", "登记日期"), str(paper.entered_on)),
            ]
        case Certification():
            return [
                (say("months certified", "认定起止年月"), _spans(paper.periods)),
                (say("evidence", "认定机关和文号"), paper.evidence),
                (say("officer", "经办人"), paper.officer),
            ]
        case WrittenNotice():
            return [
                (say("months that stay", "不转移月份"), _spans(paper.months)),
                *((say("reason", "理由"), sentence(one)) for one in paper.reasons),
                (say("told on", "告知日期"), str(paper.told_on)),
            ]


def _spans(spans: tuple[ServicePeriod, ...] | tuple[ContributionRange, ...]) -> str:
    return listed(f"{one.first} – {one.last}" for one in spans)


def _balance_apart(balance: Fen) -> list[Pair]:
    return [(say("of the account stays", "不转移的个人账户额"), money(balance))] if balance else []


def _way(paper: ContactLetter | FormerEmployersForm) -> list[Pair]:
    return [
        (say("from", "转出"), relationship(paper.scheme_from, paper.bureau_out)),
        (say("to", "转入"), relationship(paper.scheme_to, paper.bureau_in)),
    ]


def _remittance_rows(paper: Remittance) -> list[Pair]:
    """The rows of a remittance; its purpose determines which bureau sends it."""
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


def outcome_words(notice: ResultNotice) -> str:
    """The outcome; if months were paid twice, that the person has yet to choose, instead of 'closed'."""
    waits = notice.outcome is Stage.CLOSED and notice.duplicate_months
    return title(Stage.AWAITING_CHOICE if waits else notice.outcome)


def _notice_rows(notice: ResultNotice) -> list[Pair]:
    rows = [
        (say("outcome", "结果"), outcome_words(notice)),
        (say("told on", "告知日期"), str(notice.told_on)),
    ]
    if notice.taken_in:
        rows += [
            (say("months", "缴费月数"), str(notice.months)),
            *_recognised_rows(notice.recognised_months),
            (say("individual account", "个人账户"), money(notice.individual)),
            (say("pooled fund", "统筹基金"), money(notice.pooled)),
        ]
    rows += _apart_rows(notice.months_apart, notice.arrears_waived)
    rows += [(say("note", "说明"), sentence(one)) for one in notice.why_apart]
    rows += [(say("reason", "理由"), sentence(refusal)) for refusal in notice.refusals]
    rows += [(say("remedy", "救济途径"), sentence(remedy)) for remedy in notice.remedies]
    rows += [(say("missing", "缺少"), sentence(paper)) for paper in notice.missing]
    if notice.duplicate_months:
        months = listed(str(month) for month in notice.duplicate_months)
        rows.append((say("months paid twice", "重复缴费月份"), months))
    return rows
