"""What the person is told, under its title: 一次性告知书, 不予受理通知书, 办理情况告知, 重复缴费确认书."""

from collections.abc import Iterator

from desk.print.sheet import Cell, Grid, Part, Sheet, Signatures, Table, Text, amount, label, value
from desk.print.titles import notice_title
from desk.print.words import apart, bureau, day, money, months, scheme
from models.messages.application import TransferApplication
from models.messages.duplicates import DuplicateNotice, OfferedPeriod
from models.messages.papers import ResultNotice
from models.messages.stages import Stage


def notice_sheet(notice: ResultNotice, asked: TransferApplication) -> Sheet:
    """A notice to the applicant: everything that is missing, every reason, or what was taken over."""
    agency = notice.agency
    opening = (
        f"你于{day(asked.submitted_on)}提出的由{bureau(asked.bureau_out)}（{scheme(asked.scheme_from)}）"
        f"转至{bureau(asked.bureau_in, agency)}（{scheme(asked.scheme_to)}）的基本养老保险关系转移接续申请，"
    )
    phone = f"联系电话：{agency.phone}" if agency and agency.phone else "联系电话："
    return Sheet(
        title=notice_title(notice.outcome).zh,
        author=bureau(asked.bureau_in, agency),
        left=f"编号：{notice.official_number}",
        right=f"受理编号：{notice.case_no}",
        parts=(
            Text(f"{asked.name}：", indent=False),
            *_body(notice, opening),
            Text(phone, indent=True),
            Text(f"{bureau(asked.bureau_in, agency)}（章）\n{day(notice.told_on)}", right=True, after=8),
            Signatures((("本人（代办人）签收：", ""), ("送达方式：", ""), ("年　　月　　日", ""))),
        ),
    )


def _body(notice: ResultNotice, opening: str) -> Iterator[Part]:
    match notice.outcome:
        case Stage.AWAITING_MATERIALS:
            yield Text(opening + "尚缺以下材料，请一次性补齐；补齐前办理时限暂停计算：")
            for number, paper in enumerate(notice.missing, start=1):
                yield Text(f"{number}．{paper.zh}（{paper.law}）")
        case Stage.REFUSED:
            yield Text(opening + "经审核，不予受理。理由如下：")
            for number, refusal in enumerate(notice.refusals, start=1):
                yield Text(f"{number}．{refusal.zh}（{refusal.law}）{refusal.cure_zh}")
            yield from (Text(f"{remedy.zh}（{remedy.law}）") for remedy in notice.remedies)
        case Stage.CLOSED:
            yield Text(opening + "已办理完毕，现将办理情况告知如下：")
            yield Grid(
                (1, 1, 1),
                (
                    (label("转移缴费月数"), label("个人账户（元）"), label("统筹基金（元）")),
                    (
                        amount(str(notice.months)),
                        amount(money(notice.individual)),
                        amount(money(notice.pooled)),
                    ),
                ),
                after=4,
            )
            if notice.duplicate_months:
                twice = "、".join(map(str, notice.duplicate_months))
                yield Text(f"其中重复缴费 {len(notice.duplicate_months)} 个月：{twice}。")
            if notice.months_apart:
                yield Text(f"未转移、留在转出地的月数：{apart(notice.months_apart)}。")
        case Stage.WITHDRAWN:
            yield Text(opening + "已按申请撤回，基本养老保险关系未转移。")
        case _:
            yield Text(opening + "已终止办理，基本养老保险关系未转移。")


def duplicates_sheet(notice: DuplicateNotice, asked: TransferApplication) -> Sheet:
    """Every period paid twice, every way to clear it and its refund, for the person to decide (第四条)."""
    rows = tuple(row for period in notice.periods for row in _options(notice, period))
    head = tuple(label(title) for title in ("重复期间", "保留的缴费记录", "退还个人账户（元）", "选择（√）"))
    return Sheet(
        title="重复缴费确认书",
        author=bureau(asked.bureau_in),
        left=f"受理编号：{notice.case_no}",
        right=f"第{notice.version}版",
        parts=(
            Text(f"{asked.name}：", indent=False),
            Text(
                "经核对，你的下列期间存在重复缴费。除已认定的机关事业单位工作经历外，由你选择保留其一（吉社保〔2020〕6号第四条）："
            ),
            Table((24, 36, 22, 18), head, rows, after=5),
            Text("退款账户（开户行、户名、账号）：" + (asked.refund_account or ""), indent=False, after=8),
            Signatures((("本人签名：", ""), ("年　　月　　日", ""))),
        ),
    )


def _options(notice: DuplicateNotice, period: OfferedPeriod) -> Iterator[tuple[Cell, ...]]:
    for option in period.options:
        kept = notice.records[option.keep]
        yield (
            value(months(period.first, period.last)),
            value(f"{bureau(kept.bureau)}　{scheme(kept.scheme)}"),
            amount(money(option.refund)),
            value("已认定，无需选择" if len(period.options) == 1 else None),
        )
