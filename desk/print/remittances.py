"""基金划转 as printed: who pays whom, under which form, and how much."""

from desk.print.sheet import Cell, Grid, Sheet, Signatures, amount, band, label, value
from desk.print.words import bureau, day, money
from models.contacts.bureaus import BureauContact
from models.messages.papers import Remittance, RemittancePurpose

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
    """A movement of money. `form` is the number of its information form, `out` and `into` say what is known
    of the two bureaus. The bank's reference is entered by hand: the bank has none before it has the paper."""
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
        right=f"受理编号：{paper.case_no}",
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
