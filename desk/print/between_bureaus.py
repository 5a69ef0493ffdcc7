"""The papers between bureaus as printed: the contact letter in two copies, the remittance, and the provincial
bureau's ruling."""

from desk.files.orders import order_words
from desk.language import Language, said_in
from desk.print.sheet import Cell, Grid, Sheet, Signatures, Text, amount, band, label, value
from desk.print.titles import paper_title
from desk.print.words import PROVINCIAL_BUREAU, bureau, day, form_title, money, sex, ticked
from models.contacts.bureaus import BureauContact
from models.messages.disputes import RulingRecord
from models.messages.papers import ContactLetter, Remittance, RemittancePurpose
from rules.amounts.residents import is_linking
from rules.application.bureaus import listed_bureau
from rules.values.due_dates import china_day

SIX = (13, 19, 13, 18, 14, 23)


def letter_sheet(paper: ContactLetter) -> Sheet:
    """The letter's own wording, the person, and the account for the funds."""
    agency = paper.agency
    account = agency.account if agency else None
    old, new = (one.official for one in (paper.scheme_from, paper.scheme_to))
    listed = listed_bureau(paper.bureau_out)
    certificate = paper.certificate_official_number or paper.certificate
    links = is_linking(paper.scheme_from, paper.scheme_to)
    asked = "申请办理城乡养老保险制度衔接，" if links else "申请"
    text = (
        f"原在你处参加{old}的{paper.name}同志，{asked}将养老保险关系转入我处，接续{new}。经审核符合规定，"
        f"请办理基本养老保险关系转出手续，向我处传送《{form_title(paper.scheme_from)}》，"
        "并将转移基金划转至下列账户。"
    )
    rows = (
        (band("参保人员信息", 6),),
        (label("姓名"), value(paper.name), label("性别"), value(sex(paper.id_number)),
         label("公民身份号码"), value(paper.id_number)),
        (label("原个人编号"), value(paper.personal_number), label("参保缴费凭证"), value(certificate, 3)),
        (label("新参保险种"), value(ticked(paper.scheme_to), 2), label("转出地行政区划"),
         value(listed.division_code if listed else None, 2)),
        (band("转移基金收款账户", 6),),
        (label("开户全称"), value(account.holder if account else None, 5)),
        (label("开户银行"), value(account.bank if account else None, 3), label("行号"),
         value(account.bank_code if account else None)),
        (label("账号"), value(account.number if account else None, 5)),
        (band("转入地社会保险经办机构", 6),),
        (label("机构全称"), value(bureau(paper.bureau_in, agency), 3), label("行政区划代码"),
         value(agency.division if agency else paper.bureau_in)),
        (label("地址"), value(agency.address if agency else None, 3), label("邮政编码"),
         value(agency.postcode if agency else None)),
        (label("联系人"), value(agency.contact if agency else None), label("联系电话"),
         value(agency.phone if agency else None, 3)),
    )  # fmt: skip
    return Sheet(
        title="城乡养老保险制度衔接联系函" if links else "基本养老保险关系转移接续联系函",
        author=bureau(paper.bureau_in, agency),
        left=f"编号：{paper.official_number}",
        right=f"发函日期：{day(paper.sent_on)}",
        copies=("第一联\n转出地经办机构", "第二联\n转入地经办机构留存"),
        parts=(
            Text(f"{bureau(paper.bureau_out)}：", indent=False),
            Text(text),
            Grid(SIX, rows, after=3),
            Text("职业年金（企业年金）的转移接续另行办理。", small=True, indent=False, after=5),
            Signatures((("经办人：", ""), ("社会保险经办机构（章）：", ""), (day(paper.sent_on), ""))),
        ),
    )


FOUR = (14, 36, 14, 36)
PURPOSES = {
    RemittancePurpose.TRANSFER: "基金划转",
    RemittancePurpose.SUPPLEMENT: "补划",
    RemittancePurpose.SURPLUS: "退回多划",
    RemittancePurpose.RETURN: "退回",
}


def remittance_sheet(
    paper: Remittance, form: str, out: BureauContact | None, into: BureauContact | None
) -> Sheet:
    """A remittance. `form` is the number of its information form; `out` and `into` are the data known of the
    two bureaus. The bank's reference is entered by hand: it does not exist before the bank has the paper."""
    ends = ((paper.bureau_out, out), (paper.bureau_in, into))
    payer, payee = reversed(ends) if paper.purpose.goes_back else ends
    rows = (
        (band("付款方", 2), band("收款方", 2)),
        (label("机构"), value(bureau(*payer)), label("机构"), value(bureau(*payee))),
        *_accounts(payer[1], payee[1]),
        (band("划转金额（元）", 4),),
        (label("个人账户"), amount(money(paper.individual)), label("统筹基金"), amount(money(paper.pooled))),
        (label("合计"), amount(money(paper.total), 3, bold=True)),
        (label("用途"), value(PURPOSES[paper.purpose]), label("划转日期"), value(day(paper.sent_on))),
        (label("对应信息表"), value(form), label("银行流水号"), value(None)),
    )
    return Sheet(
        title="基本养老保险基金划转单",
        author=bureau(*payer),
        left=f"编号：{paper.case_no}-{paper.sequence}",
        right=f"案号：{paper.case_no}",
        parts=(
            Grid(FOUR, rows, after=6),
            Signatures((("经办人：", ""), ("复核人：", ""), ("社会保险经办机构（章）：", ""))),
        ),
    )


def _accounts(payer: BureauContact | None, payee: BureauContact | None) -> tuple[tuple[Cell, ...], ...]:
    fields = (("开户全称", "holder"), ("开户银行", "bank"), ("行号", "bank_code"), ("账号", "number"))
    sides = [one.account if one else None for one in (payer, payee)]
    return tuple(
        tuple(cell for side in sides for cell in (label(title), value(getattr(side, name) if side else None)))
        for title, name in fields
    )


def ruling_sheet(record: RulingRecord, out: str, into: str) -> Sheet:
    """The ruling on a dispute of two bureaus (吉社保〔2020〕6号第九条): orders, reasons, and what has been
    carried out. The wording is this project's: the measures prescribe none."""
    made, done = record.ruling, record.carried_out
    orders = said_in(Language.CHINESE, lambda: [order_words(one, unmask=True) for one in record.orders])
    state = "以上各项已执行完毕。" if done == len(orders) else f"以上第1至{done}项已执行，其余各项未执行。"
    made_on = day(china_day(record.made_at))
    return Sheet(
        title=paper_title(record).zh,
        author=PROVINCIAL_BUREAU,
        left=f"文号：{made.number}",
        right=f"案号：{record.case_no}",
        parts=(
            Text(f"{bureau(out)}、{bureau(into)}：", indent=False),
            Text(
                f"你两局办理的跨制度养老保险关系转移接续案件（案号{record.case_no}）已提交我局处理"
                f"（吉社保〔2020〕6号第九条）。现就“{record.point.titles[1]}”裁定如下："
            ),
            *(Text(f"{number}．{order}") for number, order in enumerate(orders, start=1)),
            Text(f"理由：{made.reasons}"),
            Text(state),
            Text(f"{PROVINCIAL_BUREAU}（章）\n{made_on}", right=True, after=8),
            Signatures((("审批：", "、".join(record.officers)), ("签发：", ""))),
        ),
    )
