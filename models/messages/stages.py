"""Where a case stands, who is to act, what has happened. The names are this system's own, not official."""

from enum import StrEnum


class Stage(StrEnum):
    """What has been reached. The Chinese names are this system's own; no official list was found."""

    APPLICATION_RECEIVED = "application_received"
    AWAITING_MATERIALS = "awaiting_materials"
    RECORD_TO_BE_COMPLETED = "record_to_be_completed"
    ACCEPTED = "accepted"
    CONTACT_LETTER_SENT = "contact_letter_sent"
    TRANSFERRING_OUT = "transferring_out"
    AWAITING_FUNDS = "awaiting_funds"
    AWAITING_INFORMATION = "awaiting_information"
    TO_BE_RECONCILED = "to_be_reconciled"
    TO_BE_CORRECTED = "to_be_corrected"
    TAKING_IN = "taking_in"
    AWAITING_CHOICE = "awaiting_choice"
    ON_HOLD = "on_hold"
    IN_DISPUTE = "in_dispute"
    BEFORE_THE_PROVINCE = "before_the_province"
    TO_BE_REOPENED = "to_be_reopened"
    CANNOT_GO_ON = "cannot_go_on"
    BEING_CLOSED = "being_closed"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ENDED_BY_RULING = "ended_by_ruling"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _STAGES[self]


_STAGES = {
    Stage.APPLICATION_RECEIVED: ("application received", "待受理"),
    Stage.AWAITING_MATERIALS: ("awaiting materials", "待补正材料"),
    Stage.RECORD_TO_BE_COMPLETED: ("record to be completed", "待补充完善资料"),
    Stage.ACCEPTED: ("accepted", "已受理"),
    Stage.CONTACT_LETTER_SENT: ("contact letter sent", "已发联系函"),
    Stage.TRANSFERRING_OUT: ("transferring out", "转出办理中"),
    Stage.AWAITING_FUNDS: ("information in, awaiting funds", "信息已达·待资金"),
    Stage.AWAITING_INFORMATION: ("funds in, awaiting information", "资金已达·待信息"),
    Stage.TO_BE_RECONCILED: ("to be reconciled", "待核对"),
    Stage.TO_BE_CORRECTED: ("to be corrected", "退回更正"),
    Stage.TAKING_IN: ("taking in", "接续办理中"),
    Stage.AWAITING_CHOICE: ("settled, awaiting choice", "已接续·待本人确认重复缴费"),
    Stage.ON_HOLD: ("on hold", "暂缓办理中"),
    Stage.IN_DISPUTE: ("in dispute", "双方协商中"),
    Stage.BEFORE_THE_PROVINCE: ("before the province", "省局协调中"),
    Stage.TO_BE_REOPENED: ("to be reopened", "待恢复办理"),
    Stage.CANNOT_GO_ON: ("cannot go on", "无法继续办理"),
    Stage.BEING_CLOSED: ("being closed", "归档中"),
    Stage.CLOSED: ("closed", "已办结"),
    Stage.REFUSED: ("refused", "不予受理"),
    Stage.WITHDRAWN: ("withdrawn", "已撤回"),
    Stage.RETURNED: ("returned", "已退回"),
    Stage.ENDED_BY_RULING: ("ended by ruling", "按裁定终结"),
}


ENDS = frozenset({Stage.CLOSED, Stage.REFUSED, Stage.WITHDRAWN, Stage.RETURNED, Stage.ENDED_BY_RULING})
"""The stages in which a case is over."""


class Party(StrEnum):
    """Who owes the next step."""

    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    PROVINCE = "province"
    APPLICANT = "applicant"
    NOBODY = "nobody"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _PARTIES[self]


_PARTIES = {
    Party.TRANSFER_IN: ("transfer-in bureau", "转入地"),
    Party.TRANSFER_OUT: ("transfer-out bureau", "转出地"),
    Party.PROVINCE: ("provincial bureau", "省局"),
    Party.APPLICANT: ("applicant", "申请人"),
    Party.NOBODY: ("nobody", "—"),
}


class Event(StrEnum):
    """What the journal of a case records."""

    APPLICATION_REVIEWED = "application_reviewed"
    CERTIFICATE_ISSUED = "certificate_issued"
    CERTIFICATE_REFUSED = "certificate_refused"
    COMPLETION_REQUESTED = "completion_requested"
    RECORD_COMPLETED = "record_completed"
    COMPLETION_DECLINED = "completion_declined"
    APPLICATION_REFUSED = "application_refused"
    CONTACT_LETTER_SENT = "contact_letter_sent"
    CONTACT_LETTER_RECEIVED = "contact_letter_received"
    CONTACT_LETTER_REGISTERED = "contact_letter_registered"
    CLOCK_STARTED = "clock_started"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_OVERDUE = "clock_overdue"
    INFORMATION_FORM_DRAWN_UP = "information_form_drawn_up"
    FUNDS_REMITTED = "funds_remitted"
    RELATIONSHIP_ENDED = "relationship_ended"
    INFORMATION_RECEIVED = "information_received"
    FUNDS_RECEIVED = "funds_received"
    ARRIVAL_REPORTED = "arrival_reported"
    RECONCILED = "reconciled"
    DISCREPANCY_FOUND = "discrepancy_found"
    TAKEN_IN = "taken_in"
    APPLICANT_TOLD = "applicant_told"
    MATERIALS_ASKED_FOR = "materials_asked_for"
    MATERIALS_SUPPLEMENTED = "materials_supplemented"
    ARREARS_PAID = "arrears_paid"
    WRITTEN_NOTICE_GIVEN = "written_notice_given"
    SERVICE_CERTIFIED = "service_certified"
    FORMER_EMPLOYERS_FORM_RECEIVED = "former_employers_form_received"
    STARTED_LATE = "started_late"
    CLOCK_RESUMED = "clock_resumed"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_MOVED = "clock_moved"
    REMINDER_SENT = "reminder_sent"
    ESCALATED = "escalated"
    APPROVED = "approved"
    APPROVAL_AWAITED = "approval_awaited"
    CORRECTION_REQUESTED = "correction_requested"
    CORRECTION_REPLACED = "correction_replaced"
    CORRECTION_WITHDRAWN = "correction_withdrawn"
    AMENDMENT_HANDED_IN = "amendment_handed_in"
    AMENDED_OTHERWISE = "amended_otherwise"
    CORRECTION_DECLINED = "correction_declined"
    INFORMATION_FORM_AMENDED = "information_form_amended"
    SUPPLEMENT_REMITTED = "supplement_remitted"
    SURPLUS_RETURNED = "surplus_returned"
    RETURN_RECEIVED = "return_received"
    TAKING_IN_REVERSED = "taking_in_reversed"
    CHOICE_OFFERED = "choice_offered"
    CHOICE_MADE = "choice_made"
    OFFER_REPLACED = "offer_replaced"
    DUPLICATES_CLEARED = "duplicates_cleared"
    PUT_ON_HOLD = "put_on_hold"
    GOES_ON = "goes_on"
    DISPUTE_RAISED = "dispute_raised"
    POSITION_ANSWERED = "position_answered"
    SETTLEMENT_PROPOSED = "settlement_proposed"
    DISPUTE_SETTLED = "dispute_settled"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    REFERRED = "referred"
    RULING_MADE = "ruling_made"
    RULING_REPLACED = "ruling_replaced"
    RULING_NOT_CARRIED_OUT = "ruling_not_carried_out"
    ORDER_CARRIED_OUT = "order_carried_out"
    FUNDS_RETURNED = "funds_returned"
    RELATIONSHIP_RESTORED = "relationship_restored"
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    WITHDRAWAL_TOO_LATE = "withdrawal_too_late"
    RESERVATION_RELEASED = "reservation_released"
    MESSAGE_REFUSED = "message_refused"
    CANNOT_GO_ON = "cannot_go_on"
    GOES_ON_AGAIN = "goes_on_again"
    CASE_CLOSED = "case_closed"
    REOPENING_REQUESTED = "reopening_requested"
    CASE_REOPENED = "case_reopened"
    REOPENING_LAPSED = "reopening_lapsed"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _EVENTS[self]


_EVENTS = {
    Event.APPLICATION_REVIEWED: ("application reviewed", "申请已审核"),
    Event.CERTIFICATE_ISSUED: ("contribution certificate issued", "出具参保缴费凭证"),
    Event.CERTIFICATE_REFUSED: ("no certificate can be issued", "不能出具参保缴费凭证"),
    Event.COMPLETION_REQUESTED: ("bureau told to complete its record", "告知经办机构补充完善资料"),
    Event.RECORD_COMPLETED: ("record completed", "资料已补充完善"),
    Event.COMPLETION_DECLINED: ("record confirmed as it stands", "确认资料无误"),
    Event.APPLICATION_REFUSED: ("application refused, reasons given", "不予受理并告知理由"),
    Event.CONTACT_LETTER_SENT: ("contact letter sent", "发出联系函"),
    Event.CONTACT_LETTER_RECEIVED: ("contact letter delivered by the platform", "平台送达联系函"),
    Event.CONTACT_LETTER_REGISTERED: ("contact letter registered", "联系函已登记"),
    Event.CLOCK_STARTED: ("clock started", "期限起算"),
    Event.CLOCK_STOPPED: ("clock stopped", "期限终止"),
    Event.CLOCK_OVERDUE: ("overdue", "逾期"),
    Event.INFORMATION_FORM_DRAWN_UP: ("information form drawn up", "出具信息表"),
    Event.FUNDS_REMITTED: ("funds remitted", "基金划转"),
    Event.RELATIONSHIP_ENDED: ("relationship ended", "终止基本养老保险关系"),
    Event.INFORMATION_RECEIVED: ("information form received", "信息表到达"),
    Event.FUNDS_RECEIVED: ("funds received", "转移基金到账"),
    Event.ARRIVAL_REPORTED: ("arrival reported by the bank, yuan", "银行报到账（元）"),
    Event.RECONCILED: ("form and funds agree", "信息与资金一致"),
    Event.DISCREPANCY_FOUND: ("form and funds disagree", "信息与资金不一致"),
    Event.TAKEN_IN: ("posted and record merged", "接续并记账"),
    Event.APPLICANT_TOLD: ("applicant told the result", "反馈办理情况"),
    Event.MATERIALS_ASKED_FOR: ("missing papers asked for, all at once", "一次性告知补正"),
    Event.MATERIALS_SUPPLEMENTED: ("missing papers handed in", "补正材料"),
    Event.WRITTEN_NOTICE_GIVEN: ("person told in writing of months that stay", "书面告知不予转移的月份"),
    Event.ARREARS_PAID: ("arrears paid", "欠费已补缴"),
    Event.SERVICE_CERTIFIED: ("months certified as government service", "认定机关事业单位工作经历"),
    Event.FORMER_EMPLOYERS_FORM_RECEIVED: ("former employer's form received", "收到原单位申请表"),
    Event.STARTED_LATE: ("taken up after waiting", "延后办理"),
    Event.CLOCK_RESUMED: ("clock runs on", "期限续计"),
    Event.CLOCK_PAUSED: ("clock paused", "期限中止"),
    Event.CLOCK_MOVED: ("due date moved", "到期日变更"),
    Event.REMINDER_SENT: ("reminder, working days left", "催办，剩余工作日"),
    Event.ESCALATED: ("reported to the province, working days late", "上报省局，逾期工作日"),
    Event.APPROVED: ("approved", "审批通过"),
    Event.APPROVAL_AWAITED: ("approval awaited", "待审批"),
    Event.CORRECTION_REQUESTED: ("correction requested", "提出更正"),
    Event.CORRECTION_REPLACED: ("earlier request for correction replaced", "以新的更正请求替换原请求"),
    Event.CORRECTION_WITHDRAWN: ("request for correction withdrawn", "撤回更正请求"),
    Event.AMENDMENT_HANDED_IN: ("correction agreed to", "同意更正"),
    Event.AMENDED_OTHERWISE: ("amended to another value than requested", "更正为与请求不同的值"),
    Event.CORRECTION_DECLINED: ("correction declined", "不予更正"),
    Event.INFORMATION_FORM_AMENDED: ("information form reissued", "重新出具信息表"),
    Event.SUPPLEMENT_REMITTED: ("supplementary funds remitted", "补划基金"),
    Event.SURPLUS_RETURNED: ("surplus returned", "退回多划基金"),
    Event.RETURN_RECEIVED: ("returned funds received", "退回基金到账"),
    Event.TAKING_IN_REVERSED: ("posting reversed", "冲销原记账"),
    Event.CHOICE_OFFERED: ("applicant told of months paid twice", "告知重复缴费"),
    Event.CHOICE_MADE: ("applicant has chosen", "本人确认"),
    Event.OFFER_REPLACED: (
        "the notice on months paid twice no longer fits: another case has changed the months",
        "重复缴费确认书已不符（其他案件已变动有关月份），重新告知",
    ),
    Event.DUPLICATES_CLEARED: ("duplicate months cleared, principal refunded", "清理重复缴费并退还本金"),
    Event.PUT_ON_HOLD: ("put on hold", "暂缓办理"),
    Event.GOES_ON: ("goes on", "继续办理"),
    Event.DISPUTE_RAISED: ("dispute raised", "提出异议"),
    Event.POSITION_ANSWERED: ("position answered", "答复异议"),
    Event.SETTLEMENT_PROPOSED: ("settlement proposed", "提出协商意见"),
    Event.DISPUTE_SETTLED: ("dispute settled", "协商一致"),
    Event.DISPUTE_WITHDRAWN: ("dispute withdrawn", "撤回异议"),
    Event.REFERRED: ("referred to the province", "报请省局协调"),
    Event.RULING_MADE: ("ruling made", "省局裁定"),
    Event.RULING_REPLACED: ("ruling replaced by a later one", "裁定被替换"),
    Event.RULING_NOT_CARRIED_OUT: ("ruling cannot be carried out any more", "裁定已不能执行"),
    Event.ORDER_CARRIED_OUT: ("order carried out", "裁定事项已执行"),
    Event.FUNDS_RETURNED: ("funds returned", "退回基金"),
    Event.RELATIONSHIP_RESTORED: ("relationship restored", "恢复基本养老保险关系"),
    Event.WITHDRAWAL_REQUESTED: ("withdrawal requested", "申请撤回"),
    Event.WITHDRAWAL_TOO_LATE: ("too late to withdraw: the funds have left", "基金已划转，不能撤回"),
    Event.RESERVATION_RELEASED: ("relationship released", "解除转出预留"),
    Event.CANNOT_GO_ON: ("a step cannot be done; put before the province", "环节无法办理，提交省局"),
    Event.GOES_ON_AGAIN: ("the step was done after all", "该环节已办理"),
    Event.MESSAGE_REFUSED: ("message refused", "不予处理"),
    Event.CASE_CLOSED: ("case closed", "办结"),
    Event.REOPENING_REQUESTED: ("reopening requested", "申请恢复办理"),
    Event.CASE_REOPENED: ("case reopened", "恢复办理"),
    Event.REOPENING_LAPSED: ("reopening not approved, the case stays closed", "未获审批，案件维持办结"),
}
