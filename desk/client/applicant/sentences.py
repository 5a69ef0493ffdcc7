"""The sentences for the insured person, in plain words: one row per sentence, one column per language."""

from collections.abc import Mapping

from desk.language import say
from models.messages.stages import Stage

FALLBACK = "zh"
"""The language used where a sentence is missing in the reader's own column."""

SENTENCES: Mapping[str, Mapping[str, str]] = {
    # Headings
    "standing": {"zh": "办到哪一步了", "en": "Where my case stands"},
    "who": {"zh": "现在由谁办理", "en": "Who has it now"},
    "by_when": {"zh": "最迟哪天办完这一步，为什么", "en": "By which day at the latest, and why"},
    "stopped": {"zh": "为什么停在这里，我能做什么", "en": "What stopped it, and what I can do"},
    "moved": {"zh": "转了什么", "en": "What moved"},
    "stayed": {"zh": "什么没有转", "en": "What stayed"},
    "object": {"zh": "我不同意时怎么办", "en": "What I can do if I disagree"},
    # Who has it
    "has_it": {
        "zh": "{bureau}，自 {since} 起。",
        "en": "{bureau}, since {since}.",
    },
    "you_have_it": {
        "zh": "自 {since} 起等您办理，请看下面“我能做什么”。",
        "en": "It has waited for you since {since}; see below what you can do.",
    },
    "province": {"zh": "吉林省社会保险事业管理局", "en": "The provincial bureau of Jilin"},
    "telephone": {"zh": "电话：{number}", "en": "Telephone: {number}"},
    "nobody_has_it": {"zh": "已经办完，没有机构还在办理。", "en": "It is done; nobody has it any more."},
    # By when
    "due": {
        "zh": "这一步最迟在 {due} 办完。",
        "en": "This step is done on {due} at the latest.",
    },
    "why_due": {
        "zh": "规定的时间是 {days} 个工作日，从 {received} 的第二天起算，休息日和放假的日子不算，"
        "调休上班的日子算（{law}）。",
        "en": "The law gives {days} working days, counted from the day after {received}, without rest days "
        "and holidays; make-up working days count ({law}).",
    },
    "why_promptly": {
        "zh": "规定要及时办理，没有写明天数；参照{law}，按 {days} 个工作日计算，从 {received} 的第二天起算，"
        "休息日和放假的日子不算，调休上班的日子算。",
        "en": "The law says promptly and names no number; by analogy with {law} it is {days} working days, "
        "counted from the day after {received}, without rest days and holidays; make-up working days "
        "count.",
    },
    "provisional": {
        "zh": "明年的放假安排还没有公布，这一天可能在 {earliest} 到 {latest} 之间变动。",
        "en": "Next year's holidays are not published yet: the day may become one from {earliest} to "
        "{latest}.",
    },
    "overdue": {
        "zh": "这一步已经超过期限，省级经办机构已经知道并在催办。您的申请继续有效，会接着办完。",
        "en": "This step is late. The provincial bureau knows and calls for it. Your application stands and "
        "will be carried out.",
    },
    "paused": {
        "zh": "期限自 {since} 起中止，原因消除后继续计算，原因见下。",
        "en": "The period has been suspended since {since}; it goes on when the reason is gone, see below.",
    },
    "no_clock": {
        "zh": "这一步没有规定具体日期。",
        "en": "The law names no day for this step.",
    },
    # What stopped it
    "missing": {"zh": "还缺：{paper}", "en": "Still missing: {paper}"},
    "bring": {
        "zh": "请把缺的材料交到 {bureau}，同一件申请会接着办，不用重新申请。",
        "en": "Bring what is missing to {bureau}; the same application goes on, you need not apply anew.",
    },
    "refused": {"zh": "没有受理的理由：{ground}", "en": "Why it was not accepted: {ground}"},
    "cure": {"zh": "怎样解决：{cure}", "en": "What would cure it: {cure}"},
    "corrected": {
        "zh": "记录里有一项需要更正：{field}。由两地经办机构处理，您不用做什么。",
        "en": "Something in the record is to be corrected: {field}. The bureaus see to it; you need do "
        "nothing.",
    },
    "disputed": {
        "zh": "两地经办机构看法不同的问题：{point}。由他们处理，您不用做什么。",
        "en": "The bureaus differ on this: {point}. They see to it; you need do nothing.",
    },
    "money_on_its_way": {
        "zh": "还有 {missing} 元在银行划转途中。",
        "en": "{missing} yuan are still on their way at the bank.",
    },
    "choose": {
        "zh": "有 {count} 段时间重复缴费。请到 {bureau} 选择保留哪一处，另一处个人账户里应退的钱退还给您：",
        "en": "In {count} periods you paid twice. Go to {bureau} and choose which to keep; what "
        "the account of the other has to give back is paid out to you:",
    },
    "consent": {
        "zh": "有 {count} 段时间重复缴费，保留哪一处已有规定，不用您选择。请到 {bureau} 确认并提供退款账号，"
        "另一处个人账户里应退的钱退还给您：",
        "en": "In {count} periods you paid twice; which is kept is laid down, and you need not choose. Go to "
        "{bureau}, consent and give an account, to which what the other has to give back is paid out:",
    },
    "account": {
        "zh": "有 {count} 段时间重复缴费，已有工作经历认定，按认定意见办理。请到 {bureau} 提供退款账号，"
        "另一处的个人缴费退还给您：",
        "en": "In {count} periods you paid twice; your service there is certified, and they are cleared as "
        "the certification says. Go to {bureau} and give an account, to which what you paid yourself in the "
        "other is paid out:",
    },
    "option": {
        "zh": "{period}：保留于{holder}，退还 {refund} 元",
        "en": "{period}: kept with {holder}, {refund} yuan paid out",
    },
    "nothing_stopped": {
        "zh": "没有停下来，您现在不用做什么。",
        "en": "Nothing has stopped it; you need do nothing now.",
    },
    "on_hold": {
        "zh": "已暂缓办理，由提出暂缓的经办机构决定何时继续，您现在不用做什么。",
        "en": "It is on hold; the bureau that stopped it decides when it goes on. You need do nothing now.",
    },
    "cannot_go_on": {
        "zh": "有一个环节办不下去，由省级经办机构处理，您现在不用做什么。",
        "en": "A step cannot be done; the provincial bureau sees to it. You need do nothing now.",
    },
    "withdraw": {
        "zh": "在钱转走之前，您可以到 {bureau} 撤回申请。",
        "en": "Until the money leaves you can take the application back at {bureau}.",
    },
    # What moved and what stayed
    "months": {"zh": "缴费月数：{months} 个月", "en": "Months paid: {months}"},
    "recognised": {
        "zh": "另有视同缴费年限：{months} 个月，与缴费年限合并计算，不带钱",
        "en": "Recognised service beside them: {months} months, counted together; no money goes with it",
    },
    "individual": {
        "zh": "个人账户的钱（信息表④）：{amount} 元",
        "en": "Money of your own account (④ of the form): {amount} yuan",
    },
    "pooled": {
        "zh": "随您转移的统筹基金（信息表⑤）：{amount} 元，不进入您的个人账户",
        "en": "Money of the pooled fund that goes with you (⑤): {amount} yuan, not into your own account",
    },
    "planned": {
        "zh": "以下是信息表上写的，还没有记入转入地。",
        "en": "This is what the form says; it is not yet entered at the new place.",
    },
    "refunded": {
        "zh": "重复缴费退还给您：{amount} 元",
        "en": "Paid out to you for months paid twice: {amount} yuan",
    },
    "nothing_moved": {"zh": "没有转移。", "en": "Nothing has moved."},
    "nothing_moved_yet": {"zh": "还没有转移。", "en": "Nothing has moved yet."},
    "apart": {
        "zh": "{first} 至 {last} 的 {months} 个月留在原参保地（{kind}）。",
        "en": "{months} months, {first} to {last}, stay at the old place ({kind}).",
    },
    "nothing_stayed": {"zh": "没有留在原参保地的月份。", "en": "No months stay at the old place."},
    "resident_years": {
        "zh": "城乡居民缴费年限不折算为职工缴费年限（{law}）。",
        "en": "Your years in the resident scheme do not become years of the employee scheme ({law}).",
    },
    # If I disagree
    "tell_us": {
        "zh": "您认为月数或金额不对，可以到 {bureau} 提出核对，请带上能证明的材料。",
        "en": "If you hold that months or amounts are wrong, have them checked at {bureau}; bring what "
        "proves it.",
    },
    "delivered": {
        "zh": "告知书哪天送达，以经办机构的送达登记为准。",
        "en": "The day on which the notice reached you is the one that the bureau has registered.",
    },
    "while_it_runs": {
        "zh": "办理期间，您可以随时凭案号和查询码查看进度。",
        "en": "While it runs you can look here at any time, with case number and code.",
    },
}
"""The sentences by name. Placeholders in braces are the same in every language; a test checks it."""

STANDING: Mapping[Stage, Mapping[str, str]] = {
    Stage.APPLICATION_RECEIVED: {
        "zh": "已收到您的申请，正在审核。",
        "en": "Your application has come in and is being reviewed.",
    },
    Stage.AWAITING_MATERIALS: {"zh": "您的申请还缺材料。", "en": "Papers are missing from your application."},
    Stage.ACCEPTED: {
        "zh": "申请已受理，等原单位的申请表登记。",
        "en": "Your application is accepted; the form of your former employer is to be registered.",
    },
    Stage.CONTACT_LETTER_SENT: {
        "zh": "申请已受理，已给原参保地发函。",
        "en": "Your application is accepted, and a letter has gone to the old place.",
    },
    Stage.TRANSFERRING_OUT: {
        "zh": "原参保地正在核算您的缴费记录和要转的钱。",
        "en": "The old place works out your record and the money that moves.",
    },
    Stage.RECORD_TO_BE_COMPLETED: {
        "zh": "经办机构发现自己的记录需要先补全，正在处理。",
        "en": "A bureau has to complete its own record first, and sees to it.",
    },
    Stage.AWAITING_FUNDS: {
        "zh": "您的缴费记录已经转到新参保地，钱还在办理。",
        "en": "Your record has come to the new place; the money is still to come.",
    },
    Stage.AWAITING_INFORMATION: {
        "zh": "钱已经转到新参保地，缴费记录还在办理。",
        "en": "The money has come to the new place; your record is still to come.",
    },
    Stage.TO_BE_RECONCILED: {
        "zh": "记录和钱都已转往新参保地，新参保地正在录入和核对。",
        "en": "Record and money are with the new place, which enters and compares them.",
    },
    Stage.TO_BE_CORRECTED: {
        "zh": "核对时发现需要更正的地方，原参保地正在处理。",
        "en": "Something is to be corrected; the old place sees to it.",
    },
    Stage.TAKING_IN: {
        "zh": "记录和钱核对一致，新参保地正在给您记账。",
        "en": "Record and money agree; the new place enters them for you.",
    },
    Stage.AWAITING_CHOICE: {
        "zh": "已经接续好了。有些月份重复缴费，等您确认。",
        "en": "It is entered. Some months were paid twice; that waits for your answer.",
    },
    Stage.IN_DISPUTE: {
        "zh": "两地经办机构对一个问题看法不同，正在协商。",
        "en": "The two bureaus differ on something and negotiate.",
    },
    Stage.BEFORE_THE_PROVINCE: {
        "zh": "两地没有协商一致，省级经办机构正在裁定。",
        "en": "The bureaus could not agree; the provincial bureau is to rule.",
    },
    Stage.ON_HOLD: {
        "zh": "案件暂缓办理，有关情况处理完毕后继续，您的权益不受影响。",
        "en": "Your case is on hold and goes on once what has happened is settled; you lose nothing by it.",
    },
    Stage.CANNOT_GO_ON: {
        "zh": "有一个环节无法办理，省级经办机构正在处理；您不用做什么。",
        "en": "One step cannot be done; the provincial bureau sees to it. You need do nothing.",
    },
    Stage.BEING_CLOSED: {"zh": "已经办完，正在归档。", "en": "It is done and is being filed."},
    Stage.TO_BE_REOPENED: {
        "zh": "已办结的案件正在恢复办理，以更正原来的结果。",
        "en": "A case that had ended is taken up again, to put its result right.",
    },
    Stage.CLOSED: {
        "zh": "已经办完，您的养老保险关系已接续到新参保地。",
        "en": "It is done: your pension relationship goes on at the new place.",
    },
    Stage.REFUSED: {"zh": "您的申请没有被受理。", "en": "Your application was not accepted."},
    Stage.WITHDRAWN: {
        "zh": "您已撤回申请，记录和钱都没有动。",
        "en": "You took the application back; nothing moved.",
    },
    Stage.RETURNED: {
        "zh": "按省级经办机构的裁定，记录和钱已退回原参保地。",
        "en": "By ruling of the provincial bureau, record and money went back to the old place.",
    },
    Stage.ENDED_BY_RULING: {
        "zh": "按省级经办机构的裁定，本次转移已终止。",
        "en": "By ruling of the provincial bureau, this transfer has ended.",
    },
}
"""What each stage means for the person."""


def sentence_for_person(name: str, **shown: object) -> str:
    """A sentence of the table in the reader's language."""
    return _in_the_readers_language(SENTENCES[name]).format(**shown)


def stage_meaning(stage: Stage) -> str:
    """What a stage means for the person, in the reader's language."""
    return _in_the_readers_language(STANDING[stage])


def _in_the_readers_language(columns: Mapping[str, str]) -> str:
    return columns.get(say("en", "zh"), columns[FALLBACK])
