"""What the party whose step is next owes at each stage of a case, in the words of a worklist."""

from datetime import datetime

from desk.client.views.possible import awaited_now
from desk.client.views.tone import Phrase, Tone, Toned, phrase
from desk.language import Words, say
from desk.words import BROKEN_OFF, bureau, money, title
from models.messages.progress import Progress
from models.messages.stages import Party, Stage

_OWED = {
    Stage.APPLICATION_RECEIVED: Words("review the application; certificate", "审核申请、出具凭证"),
    Stage.AWAITING_MATERIALS: Words("hand in the missing papers", "补正材料"),
    Stage.RECORD_TO_BE_COMPLETED: Words("complete the record", "补充完善资料"),
    Stage.ACCEPTED: Words("register the former employer's form", "登记原单位提交的申请"),
    Stage.CONTACT_LETTER_SENT: Words("register the letter", "登记联系函"),
    Stage.TRANSFERRING_OUT: Words("form, funds, end of relationship", "出具信息表、划转基金、终止关系"),
    Stage.AWAITING_FUNDS: Words("release the funds", "划转基金"),
    Stage.AWAITING_INFORMATION: Words("send the information form", "发送信息表"),
    Stage.TO_BE_RECONCILED: Words("reconcile form and funds", "核对信息与资金"),
    Stage.TO_BE_CORRECTED: Words("answer the correction", "答复更正"),
    Stage.TAKING_IN: Words("post, merge, tell the person", "记账、接续、告知本人"),
    Stage.AWAITING_CHOICE: Words("choose which months to keep", "确认重复缴费"),
    Stage.ON_HOLD: Words("wait until what has happened is settled", "待有关情况处理完毕"),
    Stage.IN_DISPUTE: Words("negotiate", "协商"),
    Stage.BEFORE_THE_PROVINCE: Words("rule on the dispute", "裁定"),
    Stage.TO_BE_REOPENED: Words("say what is to be corrected", "说明应更正事项"),
    Stage.CANNOT_GO_ON: Words("have it mended, or rule", "排除障碍或作出裁定"),
    Stage.BEING_CLOSED: Words("file the dossier", "归档"),
}
"""The duty at each stage; nothing is owed at a final stage."""


def stage_phrase(stage: Stage, how: str | None, tone: Tone = Tone.PLAIN) -> Phrase:
    """The stage's title; for a terminated case first how it ended, as the stage is only its last one."""
    if how is None:
        return phrase(title(stage), tone)
    return Toned(str(BROKEN_OFF[how]), Tone.BAD), Toned(f" ({title(stage)})", tone)


def owed_since(progress: Progress) -> datetime | None:
    """Since when the party owes its step; an approval is owed since it was asked for."""
    awaited = [
        one.since for one in awaited_now(progress) if one.what.party is progress.waiting_on and one.since
    ]
    return max(awaited) if awaited else progress.duty_since


def owed(progress: Progress) -> str:
    """What is to be done now; what waits for the approval of the party that acts comes first."""
    if progress.stage is Stage.CANNOT_GO_ON and progress.fault and not progress.approvals:
        why = say(progress.fault.reason, progress.fault.reason_zh or progress.fault.reason)
        return say(
            f"cannot go on: {why}; have the operator mend it, or rule",
            f"无法继续办理：{why}；请运维人员排除障碍，或由省局裁定",
        )
    awaited = [one for one in awaited_now(progress) if one.what.party is progress.waiting_on]
    if awaited:
        return say(", ", "、").join(
            say(
                f"approve {title(one.what)} ({len(one.by)} of {one.policy.needed})",
                f"审批{title(one.what)}（{len(one.by)}/{one.policy.needed}）",
            )
            for one in awaited
        )
    if progress.stage is Stage.AWAITING_CHOICE and progress.waiting_on is Party.TRANSFER_IN:
        return say("clear as chosen and refund", "按确认清理并退款")
    if awaited_funds := progress.awaited_funds:
        missing, at = money(awaited_funds.missing), awaited_funds.bureau
        if at == _bureau_of(progress.waiting_on, progress):
            return say(f"read the bank's statement; {missing} missing", f"导入银行对账单，尚缺 {missing}")
        return say(
            f"{bureau(at)} is to read its bank's statement; {missing} missing",
            f"{bureau(at)}导入银行对账单，尚缺 {missing}",
        )
    return str(_OWED[progress.stage]) if progress.stage in _OWED else ""


def _bureau_of(party: Party, progress: Progress) -> str | None:
    """The key of the bureau that is this party of the case; None if the party is no bureau."""
    return {Party.TRANSFER_IN: progress.bureau_in, Party.TRANSFER_OUT: progress.bureau_out}.get(party)
