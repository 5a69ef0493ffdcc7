"""《参保缴费凭证》 as printed: one grid of six columns, two bands, foot and notes."""

from desk.print.sheet import Grid, Sheet, Signatures, Text, amount, band, label, value
from desk.print.words import apart, bureau, day, money, month, scheme, sex
from models.messages.papers import ContributionCertificate
from rules.values.moves import Scheme

SIX = (10, 23, 10, 23, 10, 23)

NOTES = (
    "1．本凭证由转出地社会保险经办机构开具，供参保人员申请基本养老保险关系转移接续之用，请妥善保管。",
    "2．个人账户储存额为开具之日账上金额，未计当年利息；转移金额以《基本养老保险关系转移接续信息表》为准。",
    "3．对所载内容有异议的，请向开具本凭证的社会保险经办机构查询。",
)
"""重要提示. The official wording was not available; these sentences say what holds in this system."""


def _months(paper: ContributionCertificate) -> str:
    """The months paid, followed by recognised service, for which the form has no field."""
    recognised = f"（另有视同缴费 {paper.recognised_months}）" if paper.recognised_months else ""
    return f"{paper.months_paid}{recognised}"


def certificate_sheet(paper: ContributionCertificate) -> Sheet:
    """The person's data in the books, and the bureau that certifies them."""
    agency = paper.agency
    rows = (
        (band("参保人员基本信息", 6),),
        (label("姓名"), value(paper.name), label("性别"), value(sex(paper.id_number)),
         label("公民身份\n号码"), value(paper.id_number)),
        (label("个人编号"), value(paper.personal_number), label("户籍\n行政区划"),
         value(paper.registered_home), label("参保险种"), value(scheme(paper.scheme))),
        (label("户籍地\n地址"), value(paper.home_address, 5)),
        (label("参保起始\n年月"), value(month(paper.insured_from)), label("参保截止\n年月"),
         value(month(paper.insured_to)), label("实际缴费\n月数"), value(_months(paper))),
        (label("个人账户\n储存额\n（元）"), amount(money(paper.account_balance)),
         label("职业年金\n账户（元）"), value(None), label("是否放弃\n补缴"), value(None)),
        (label("不转移月数"), value(apart(paper.months_apart), 3), label("不转移的\n账户额（元）"),
         amount(money(paper.balance_apart) if paper.balance_apart else "")),
        (band("社会保险经办机构信息", 6),),
        (label("机构全称"), value(bureau(paper.bureau, agency), 3), label("行政区划\n代码"),
         value(agency.division if agency else paper.bureau)),
        (label("地址"), value(agency.address if agency else None, 3), label("邮政编码"),
         value(agency.postcode if agency else None)),
        (label("联系电话"), value(agency.phone if agency else None, 3), label("联系人"),
         value(agency.contact if agency else None)),
    )  # fmt: skip
    return Sheet(
        title="城乡居民基本养老保险参保缴费凭证"
        if paper.scheme is Scheme.RESIDENT
        else "基本养老保险参保缴费凭证",
        author=bureau(paper.bureau, agency),
        left=f"凭证编号：{paper.official_number}",
        right=f"开具日期：{day(paper.issued_on)}",
        parts=(
            Grid(SIX, rows, after=5),
            Signatures((("经办人（签章）：", ""), ("社会保险经办机构（章）：", "")), after=8),
            Text("重要提示：\n" + "\n".join(NOTES), small=True, indent=False),
        ),
    )
