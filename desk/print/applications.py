"""《养老保险关系转移接续申请表》 and the form of the former employer, as printed."""

from desk.print.sheet import Cell, Grid, Sheet, Signatures, Text, band, label, value
from desk.print.words import bureau, day, months, scheme, sex
from models.messages.application import TransferApplication
from models.messages.papers import ApplicationForm, FormerEmployersForm
from rules.application.linking import original_age
from rules.values.moves import Scheme

SIX = (13, 20, 13, 20, 13, 21)

DECLARATION = "本人承诺以上填报内容真实，并同意按规定办理基本养老保险关系转移接续。"
_KINDS = {
    (Scheme.GOVERNMENT, Scheme.ENTERPRISE): "机关事业单位转企业职工",
    (Scheme.ENTERPRISE, Scheme.GOVERNMENT): "企业职工转机关事业单位",
    (Scheme.RESIDENT, Scheme.GOVERNMENT): "城乡居民转机关事业单位",
    (Scheme.RESIDENT, Scheme.ENTERPRISE): "城乡居民转企业职工",
    (Scheme.GOVERNMENT, Scheme.RESIDENT): "机关事业单位转城乡居民",
    (Scheme.ENTERPRISE, Scheme.RESIDENT): "企业职工转城乡居民",
}


def application_sheet(paper: ApplicationForm) -> Sheet:
    """The person's statements, with room for signature, seal and the clerk's opinion."""
    asked = paper.application
    rows = (
        (band("申请人基本信息", 6),),
        (label("姓名"), value(asked.name), label("性别"), value(sex(asked.id_number)),
         label("公民身份号码"), value(asked.id_number)),
        (label("联系电话"), value(asked.mobile), label("原个人编号"), value(asked.personal_number),
         label("户籍行政区划"), value(asked.registered_home)),
        (label("户籍地地址"), value(asked.home_address, 5)),
        (band("申请转移事项", 6),),
        (label("转移类型"), value(_kind(asked), 3), label("参保状态"), value(asked.status.official)),
        (label("转出险种"), value(scheme(asked.scheme_from), 2), label("转入险种"),
         value(scheme(asked.scheme_to), 2)),
        (label("转出地经办机构"), value(bureau(asked.bureau_out), 2), label("转入地经办机构"),
         value(bureau(asked.bureau_in), 2)),
        (label("转移原因"), value(asked.reason.official, 3), label("申请日期"),
         value(day(asked.submitted_on))),
        (label("现工作单位"), value(_employer(asked), 3), label("单位编号"), value(asked.employer_code)),
        (label("机关事业单位工作经历认定"), value(_certified(asked), 5)),
        *(((label("原法定退休年龄"), value(_age(asked), 5)),) if asked.move().links_residents else ()),
        (label("提交材料"), value("、".join(one.official for one in asked.materials), 5)),
        (band("重复缴费退款账户（开户行、户名、账号）", 6),),
        (value(asked.refund_account or "\n", 6),),
        (band("代办人（非本人办理时填写）", 6),),
        (label("姓名"), value(asked.agent_name), label("与本人关系"), value(asked.agent_relation),
         label("联系电话"), value(asked.agent_mobile)),
        (label("地址"), value(asked.agent_address, 5)),
        _opinions(),
    )  # fmt: skip
    return Sheet(
        title="城乡养老保险制度衔接申请表" if asked.move().links_residents else "养老保险关系转移接续申请表",
        author=bureau(asked.bureau_in),
        left=f"案号：{paper.case_no}",
        right=f"申请日期：{day(asked.submitted_on)}",
        parts=(
            Grid(SIX, rows),
            Text(DECLARATION, small=True, indent=False),
            Signatures((("申请人（代办人）签名：", ""), ("单位（章）：", ""), ("年　　月　　日", ""))),
        ),
    )


def former_employers_sheet(paper: FormerEmployersForm) -> Sheet:
    """The form by which the former employer asks (7号第九条)."""
    rows = (
        (label("姓名"), value(paper.name), label("性别"), value(sex(paper.id_number)),
         label("公民身份号码"), value(paper.id_number)),
        (label("转出险种"), value(scheme(paper.scheme_from), 2), label("转入险种"),
         value(scheme(paper.scheme_to), 2)),
        (label("转出地经办机构"), value(bureau(paper.bureau_out), 2), label("转入地经办机构"),
         value(bureau(paper.bureau_in), 2)),
        (label("收到日期"), value(day(paper.received_on), 5)),
    )  # fmt: skip
    return Sheet(
        title="机关事业单位辞职辞退等人员\n基本养老保险关系转移申请表",
        author=bureau(paper.bureau_out),
        left=f"案号：{paper.case_no}",
        parts=(
            Grid(SIX, rows, after=6),
            Signatures((("原单位（章）：", ""), ("经办人：", ""), ("年　　月　　日", ""))),
        ),
    )


def _kind(asked: TransferApplication) -> str:
    return _KINDS.get((asked.scheme_from, asked.scheme_to), "")


def _employer(asked: TransferApplication) -> str:
    if asked.new_employer:
        return asked.new_employer
    return "个人身份参保" if asked.individual_payer else ""


def _age(asked: TransferApplication) -> str:
    """The retirement age that the person stated, which a man need not state."""
    age = original_age(asked.move())
    return age.official if age else ""


def _certified(asked: TransferApplication) -> str:
    return "；".join(months(one.first, one.last) for one in asked.certified_government_service)


def _opinions() -> tuple[Cell, ...]:
    return (
        label("经办机构\n意见"),
        value("\n\n\n经办人：　　　　　　复核人：　　　　　　（章）　　　年　　月　　日", 5),
    )
