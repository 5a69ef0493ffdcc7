"""The printed notices to the person, the forms for the person to sign, and a bureau's pledge."""

from collections.abc import Iterable, Iterator

from desk.print.sheet import Cell, Grid, Part, Sheet, Signatures, Table, Text, amount, label, value
from desk.print.titles import notice_title
from desk.print.words import apart, bureau, day, money, months, scheme
from models.contacts.bureaus import BureauContact
from models.messages.application import TransferApplication
from models.messages.duplicates import DuplicateNotice, OfferedPeriod
from models.messages.papers import ContributionCertificate, InformationForm, ResultNotice
from models.messages.stages import Stage
from models.messages.steps import WrittenNotice
from rules.application.remedies import remedies
from rules.values.law import Finding
from rules.values.months import count_months
from rules.values.record import MonthKind

WAIVER, PLEDGE, WRITTEN_NOTICE = "放弃补缴承诺书", "一次性缴费书面承诺书", "一次性缴费不予转移书面告知"
CONSENT = "本人确认按上表选择保留相应时段的缴费，同意清理未保留时段的重复缴费，退还金额请付至下列本人账户。"
"""What the person signs (第四条); the wording is this project's."""


def notice_sheet(notice: ResultNotice, asked: TransferApplication) -> Sheet:
    """A notice to the applicant: everything that is missing, every ground, or what was taken over."""
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
        right=f"案号：{notice.case_no}",
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
            yield Text(opening + "尚缺以下材料，现一次性告知，请予补齐；补齐前办理期限中止计算：")
            for number, paper in enumerate(notice.missing, start=1):
                yield Text(f"{number}．{paper.zh}（{paper.law}）")
        case Stage.REFUSED:
            yield Text(opening + "经审核，不予受理。理由如下：")
            for number, refusal in enumerate(notice.refusals, start=1):
                yield Text(f"{number}．{refusal.zh}（{refusal.law}）{refusal.cure_zh}")
            yield from _with_law(notice.remedies)
        case Stage.CLOSED | Stage.AWAITING_CHOICE:
            done = "已办理完毕" if notice.outcome is Stage.CLOSED else "已接续，重复缴费待你确认"
            yield Text(opening + f"{done}，现将办理情况告知如下：")
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
            if notice.recognised_months:
                yield Text(
                    f"另有视同缴费年限 {notice.recognised_months} 个月，与缴费年限合并计算，不转移资金。"
                )
            if notice.duplicate_months:
                twice = "、".join(map(str, notice.duplicate_months))
                yield Text(f"其中重复缴费 {len(notice.duplicate_months)} 个月：{twice}。")
            if notice.months_apart:
                yield Text(f"未转移、留在转出地的月数：{apart(notice.months_apart)}。")
            yield from _with_law(notice.why_apart)
            yield from _with_law(remedies(notice.told_on, refused=False))
        case Stage.WITHDRAWN:
            yield Text(opening + "已按申请撤回，基本养老保险关系未转移。")
        case _:
            yield Text(opening + "已终止办理，基本养老保险关系未转移。")
            yield from _with_law(remedies(notice.told_on, refused=False))


def _with_law(findings: Iterable[Finding]) -> Iterator[Text]:
    return (Text(f"{one.zh}（{one.law}）") for one in findings)


def written_notice_sheet(notice: WrittenNotice, agency: BureauContact | None) -> Sheet:
    """《书面告知》 of one-off months that stay: which, why, and how they move
    later (人社厅发〔2019〕94号第三条)."""
    name = bureau(notice.bureau, agency)
    stay = "、".join(months(part.first, part.last) for part in notice.months)
    count = sum(count_months(part.first, part.last) for part in notice.months)
    return Sheet(
        title=WRITTEN_NOTICE,
        author=name,
        left="",
        right=f"案号：{notice.case_no}",
        parts=(
            Text(f"{notice.name}（公民身份号码{notice.id_number}）：", indent=False),
            Text(f"你在我处一次性缴纳的基本养老保险费共{count}个月：{stay}，本次未予转移，留在我处。"),
            *_with_law(notice.reasons),
            *_with_law(remedies(notice.told_on, refused=False)),
            Text(f"联系电话：{agency.phone if agency and agency.phone else ''}"),
            Text(f"{name}（章）\n{day(notice.told_on)}", right=True, after=8),
            Signatures((("本人（代办人）签收：", ""), ("送达方式：", ""), ("年　　月　　日", ""))),
        ),
    )


def duplicates_sheet(notice: DuplicateNotice, asked: TransferApplication) -> Sheet:
    """Every period paid twice, each way to clear it and its refund, for the person to choose (第四条)."""
    rows = tuple(row for period in notice.periods for row in _options(notice, period))
    head = tuple(label(title) for title in ("重复期间", "保留的缴费记录", "退还本人（元）", "选择（√）"))
    return Sheet(
        title="重复缴费确认书",
        author=bureau(asked.bureau_in),
        left=f"案号：{notice.case_no}",
        right=f"第{notice.version}版",
        parts=(
            Text(f"{asked.name}：", indent=False),
            Text(
                "经核对，你的下列期间存在重复缴费。除已认定的机关事业单位工作经历外，由你选择保留其一"
                "（吉社保〔2020〕6号第四条）；与城乡居民重复的，保留职工缴费（人社部发〔2014〕17号第七条）："
            ),
            Table((24, 36, 22, 18), head, rows, after=5),
            Text(CONSENT, after=5),
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
            value(_decided(period)),
        )


def _decided(period: OfferedPeriod) -> str | None:
    """Why the person has no choice in a period; None if there is one."""
    if len(period.options) > 1:
        return None
    return "已认定，无需选择" if period.certified else "保留职工缴费，无需选择"


def waiver_sheet(certificate: ContributionCertificate) -> Sheet | None:
    """《放弃补缴承诺书》 for the person to sign, with the months in arrears on the certificate; None if there
    are none. The wording is this project's: no official text was available."""
    owed = [one for one in certificate.months_apart if one.kind is MonthKind.ARREARS]
    if not owed:
        return None
    name, agency = bureau(certificate.bureau, certificate.agency), certificate.agency
    text = (
        f"本人{certificate.name}（公民身份号码{certificate.id_number}），在{name}参加{scheme(certificate.scheme)}期间，"
        f"尚有欠缴月数：{apart(owed)}。经办机构已告知：欠缴月数不计算缴费年限，也不随本次转移划转基金。"
        "本人自愿放弃补缴上述欠费，并承担由此产生的后果。"
    )
    return Sheet(
        title=WAIVER,
        author=name,
        left=f"参保缴费凭证：{certificate.official_number}",
        right=f"联系电话：{agency.phone if agency and agency.phone else ''}",
        parts=(
            Text(text, after=10),
            Signatures((("承诺人签名：", ""), ("代办人签名：", ""), ("年　　月　　日", ""))),
        ),
    )


def one_off_pledge_sheet(form: InformationForm) -> Sheet | None:
    """《一次性缴费书面承诺书》 of the transfer-out bureau for a form's one-off months with papers
    (人社厅发〔2019〕94号); None if the form has none. The wording is this project's."""
    paid = [part for part in form.record if part.kind is MonthKind.ONE_OFF]
    if not paid:
        return None
    name = bureau(form.bureau_out, form.agency)
    count = sum(count_months(part.first, part.last) for part in paid)
    listed = "、".join(months(part.first, part.last) for part in paid)
    return Sheet(
        title=PLEDGE,
        author=name,
        left=f"信息表：{form.official_number}　第{form.version}版",
        right=f"案号：{form.case_no}",
        parts=(
            Text(f"{bureau(form.bureau_in)}：", indent=False),
            Text(
                f"{form.name}（公民身份号码{form.id_number}）在我处参保期间，有一次性缴纳的基本养老保险费共{count}个月："
                f"{listed}。经核查，其相关文书齐备（人社部规〔2016〕5号、人社厅发〔2019〕94号），随信息表一并转移，特此承诺。",
                after=10,
            ),
            Signatures((("经办人：", ""), ("社会保险经办机构（章）：", ""), (day(form.drawn_up_on), ""))),
        ),
    )
