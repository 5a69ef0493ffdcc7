"""Why an order of a ruling cannot be carried out, each reason with its code and its sentence."""

from dataclasses import dataclass

from rules.clocks.clocks import LONGEST_PERIOD
from rules.values.money import GREATEST_AMOUNT, yuan


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an order cannot be carried out; its sentences continue after the order's number and name."""

    code: str
    zh: str
    en: str


NO_ORDERS = Obstacle("no_orders", "裁定没有任何执行事项", "the ruling orders nothing")
CASE_CLOSED = Obstacle(
    "case_closed", "案件已办结，不能再执行", "the case is closed and carries out no orders"
)
NO_CONCLUSION = Obstacle(
    "no_conclusion",
    "最后一项应为继续办理或终结案件",
    "the last order must be to proceed or to close the case",
)
CONCLUSION_NOT_LAST = Obstacle(
    "conclusion_not_last", "只能作为最后一项", "only the last order may be this one"
)
NO_FORM = Obstacle("no_form", "尚未出具信息表", "there is no information form yet")
AMENDED_TWICE = Obstacle("amended_twice", "前面已有事项更正同一栏目", "an earlier order sets the same field")
AMOUNT_BELOW_ZERO = Obstacle("amount_below_zero", "金额不能为负", "an amount is below zero")
AMOUNT_TOO_GREAT = Obstacle(
    "amount_too_great",
    f"金额不应超过 {yuan(GREATEST_AMOUNT)} 元",
    f"an amount must not be more than {yuan(GREATEST_AMOUNT)} yuan",
)
NO_AMOUNT = Obstacle("no_amount", "补划金额为零", "both amounts are zero")
NOTHING_SENT = Obstacle(
    "nothing_sent",
    "尚未划转基金，无从补划；请核定转移金额",
    "no funds have been sent that could be supplemented; set the amount instead",
)
NOT_PROMISED = Obstacle(
    "not_promised",
    "超出信息表所列与已转金额之差，继续办理时将被退回；请先核定转移金额，更正信息表后应补的金额随继续办理自动补划",
    "the form does not state so much beyond what was sent, so proceeding would send it back; set the amount "
    "first, or let proceeding send what an amended form states",
)
NOTHING_RECEIVED = Obstacle("nothing_received", "转入地没有可退回的基金", "there are no funds to return")
FUNDS_ON_THE_WAY = Obstacle(
    "funds_on_the_way",
    "尚有基金在途，到账后方可退回",
    "funds are still on their way; return them once they are in",
)
ALREADY_REFUNDED = Obstacle(
    "already_refunded",
    "重复缴费已清退给本人，基金不能再全额退回",
    "months paid twice are cleared and refunded to the person; the funds are no longer whole",
)
CLEARED = Obstacle(
    "cleared",
    "重复缴费已清退给本人，接续结果不能再变更",
    "months paid twice are cleared and refunded to the person; what was taken in stands",
)
RELATIONSHIP_STANDS = Obstacle(
    "relationship_stands",
    "转出地的关系未终止，无需恢复",
    "the relationship at the transfer-out bureau has not ended",
)
FUNDS_NOT_BACK = Obstacle(
    "funds_not_back", "基金尚未退回；请先裁定退回基金", "the funds are not back; order their return first"
)
RESTORED = Obstacle(
    "restored",
    "关系恢复后只能调整期限或终结案件",
    "once the relationship is restored only clocks may be changed and the case closed",
)
NO_SUCH_CLOCK = Obstacle("no_such_clock", "本案没有起算过该期限", "no such clock has begun in this case")
NO_EXTENSION = Obstacle(
    "no_extension", "延长天数应至少为一个工作日", "an extension has at least one working day"
)
EXTENSION_TOO_LONG = Obstacle(
    "extension_too_long",
    f"一个期限累计延长不应超过 {LONGEST_PERIOD} 个工作日",
    f"a clock is extended by no more than {LONGEST_PERIOD} working days in all",
)
FUNDS_STRANDED = Obstacle(
    "funds_stranded",
    "已转出的基金既未接续也未退回",
    "funds that have left would be neither taken in nor returned",
)
FORM_NOT_TAKEN_IN = Obstacle(
    "form_not_taken_in",
    "更正后的信息表尚未接续，终结后两地记录将不一致；请改为继续办理",
    "the form as amended would not be taken in, and the two bureaus would keep different records; order to "
    "proceed instead",
)
MONTHS_STRANDED = Obstacle(
    "months_stranded",
    "关系已终止，既未接续也未恢复",
    "the relationship has ended and would be neither taken in nor restored",
)
MONTHS_COUNTED_TWICE = Obstacle(
    "months_counted_twice",
    "重复缴费尚未清理，终结后同一月份将重复计算；请改为继续办理，待本人确认后清理",
    "months paid twice are not cleared and would stay counted twice; order to proceed instead, so that the "
    "person chooses and they are cleared",
)
