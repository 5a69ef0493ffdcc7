"""Where a case stands, who is to act, what has happened. The names are this system's own, not official."""

from enum import StrEnum


class Stage(StrEnum):
    """What has been reached. The Chinese names are this system's own; no official list was found."""

    APPLICATION_RECEIVED = "application_received"
    ACCEPTED = "accepted"
    CONTACT_LETTER_SENT = "contact_letter_sent"
    TRANSFERRING_OUT = "transferring_out"
    AWAITING_FUNDS = "awaiting_funds"
    TO_BE_CORRECTED = "to_be_corrected"
    TAKING_IN = "taking_in"
    CLOSED = "closed"
    REFUSED = "refused"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _STAGES[self]


_STAGES = {
    Stage.APPLICATION_RECEIVED: ("application received", "待受理"),
    Stage.ACCEPTED: ("accepted", "已受理"),
    Stage.CONTACT_LETTER_SENT: ("contact letter sent", "已发联系函"),
    Stage.TRANSFERRING_OUT: ("transferring out", "转出办理中"),
    Stage.AWAITING_FUNDS: ("information in, awaiting funds", "信息已达·待资金"),
    Stage.TO_BE_CORRECTED: ("to be corrected", "退回更正"),
    Stage.TAKING_IN: ("taking in", "接续办理中"),
    Stage.CLOSED: ("closed", "已办结"),
    Stage.REFUSED: ("refused", "不予受理"),
}


class Party(StrEnum):
    """Who owes the next deed."""

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
    RECONCILED = "reconciled"
    DISCREPANCY_FOUND = "discrepancy_found"
    TAKEN_IN = "taken_in"
    APPLICANT_TOLD = "applicant_told"
    CASE_CLOSED = "case_closed"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _EVENTS[self]


_EVENTS = {
    Event.APPLICATION_REVIEWED: ("application reviewed", "申请已审核"),
    Event.CERTIFICATE_ISSUED: ("contribution certificate issued", "出具参保缴费凭证"),
    Event.CERTIFICATE_REFUSED: ("no certificate can be issued", "不能出具参保缴费凭证"),
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
    Event.RECONCILED: ("form and funds agree", "信息与资金一致"),
    Event.DISCREPANCY_FOUND: ("form and funds disagree", "信息与资金不一致"),
    Event.TAKEN_IN: ("posted and record merged", "接续并记账"),
    Event.APPLICANT_TOLD: ("applicant told the result", "反馈办理情况"),
    Event.CASE_CLOSED: ("case closed", "办结"),
}
