"""Officers as rules see them: roles, the rights that roles give, and the one form of an officer's id."""

import unicodedata
from enum import StrEnum

PROVINCE = "province"
"""The key of the provincial bureau, where the others have their own."""


def canonical_officer(text: str) -> str:
    """An officer's id in its one form (NFKC, case-folded, stripped): `LI01` and `ｌｉ01` are `li01`."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


class Role(StrEnum):
    """The roles at a bureau; an officer may have several."""

    REGISTRAR = "registrar"
    MAKER = "maker"
    CHECKER = "checker"
    RELEASER = "releaser"
    ARBITRATOR = "arbitrator"
    CALENDAR_REGISTRAR = "calendar_registrar"
    OPERATOR = "operator"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _ROLES[self]


_ROLES = {
    Role.REGISTRAR: ("registrar", "受理岗"),
    Role.MAKER: ("maker", "经办岗"),
    Role.CHECKER: ("checker", "复核岗"),
    Role.RELEASER: ("releaser of funds", "基金拨付岗"),
    Role.ARBITRATOR: ("arbitrator", "裁定岗"),
    Role.CALENDAR_REGISTRAR: ("registrar of the calendar", "日历管理岗"),
    Role.OPERATOR: ("operator", "系统管理岗"),
}

ROLES_OF_A_BUREAU = (Role.REGISTRAR, Role.MAKER, Role.CHECKER, Role.RELEASER, Role.OPERATOR)
ROLES_OF_THE_PROVINCE = (Role.ARBITRATOR, Role.CALENDAR_REGISTRAR, Role.OPERATOR)


def roles_at(bureau: str) -> tuple[Role, ...]:
    """The roles that there are at a bureau, or at the province."""
    return ROLES_OF_THE_PROVINCE if bureau == PROVINCE else ROLES_OF_A_BUREAU


class Right(StrEnum):
    """What an officer may be allowed to do. Those before `APPLY` bear the names of the requests of staff."""

    SUPPLEMENT = "supplement"
    ARREARS = "arrears"
    CERTIFY = "certify"
    CORRECT = "correct"
    AMEND = "amend"
    CHOOSE = "choose"
    WITHDRAW = "withdraw"
    DISPUTE = "dispute"
    ANSWER = "answer"
    SETTLE = "settle"
    REFER = "refer"
    RULE = "rule"
    WITHDRAW_CORRECTION = "withdraw-correction"
    WITHDRAW_DISPUTE = "withdraw-dispute"
    COMPLETE = "complete"
    REOPEN = "reopen"
    HOLD = "hold"
    RESUME = "resume"
    APPLY = "apply"
    APPROVE_RELEASE_OF_FUNDS = "approve_release_of_funds"
    APPROVE_POSTING = "approve_posting"
    APPROVE_REFUND = "approve_refund"
    APPROVE_RULING = "approve_ruling"
    APPROVE_REOPENING = "approve_reopening"
    SEED = "seed"
    IMPORT_STATEMENT = "import_statement"
    MOVE_UNALLOCATED = "move_unallocated"
    RECORD_DELIVERY = "record_delivery"
    PUBLISH_CALENDAR = "publish_calendar"
    PUBLISH_RATE = "publish_rate"
    PROMOTE = "promote"
    MANAGE_OFFICERS = "manage_officers"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _RIGHTS[self]


_RIGHTS = {
    Right.SUPPLEMENT: ("supplement missing papers", "补正材料"),
    Right.ARREARS: ("enter arrears as paid", "登记欠费补缴"),
    Right.CERTIFY: ("enter certified service", "登记工作经历认定"),
    Right.CORRECT: ("request a correction", "提出更正"),
    Right.AMEND: ("answer a correction", "答复更正"),
    Right.CHOOSE: ("hand in which months to keep", "确认保留缴费"),
    Right.WITHDRAW: ("withdraw an application", "撤回申请"),
    Right.DISPUTE: ("raise a dispute", "提出异议"),
    Right.ANSWER: ("answer a dispute", "答复异议"),
    Right.SETTLE: ("settle a dispute", "协商一致"),
    Right.REFER: ("refer to the province", "报请省局"),
    Right.RULE: ("rule", "裁定"),
    Right.WITHDRAW_CORRECTION: ("withdraw a request for correction", "撤回更正请求"),
    Right.WITHDRAW_DISPUTE: ("withdraw a dispute", "撤回异议"),
    Right.COMPLETE: ("complete the record", "补充完善资料"),
    Right.REOPEN: ("reopen a case", "恢复办理"),
    Right.HOLD: ("put a case on hold", "暂缓办理"),
    Right.RESUME: ("go on with a case", "继续办理"),
    Right.APPLY: ("accept an application", "受理申请"),
    Right.APPROVE_RELEASE_OF_FUNDS: ("approve the release of funds", "审批基金划转"),
    Right.APPROVE_POSTING: ("approve the posting", "审批接续记账"),
    Right.APPROVE_REFUND: ("approve a refund", "审批退还本金"),
    Right.APPROVE_RULING: ("approve a ruling", "审批裁定"),
    Right.APPROVE_REOPENING: ("approve the reopening of a case", "审批恢复办理"),
    Right.SEED: ("load accounts", "建账"),
    Right.IMPORT_STATEMENT: ("import a bank statement", "导入银行对账单"),
    Right.MOVE_UNALLOCATED: ("move unallocated money", "处理暂收款"),
    Right.RECORD_DELIVERY: ("enter the delivery of a notice", "登记送达"),
    Right.PUBLISH_CALENDAR: ("publish a calendar", "发布日历"),
    Right.PUBLISH_RATE: ("publish a yearly rate", "公布记账利率"),
    Right.PROMOTE: ("promote a release", "启用版本"),
    Right.MANAGE_OFFICERS: ("enrol and dismiss officers", "管理经办人员"),
}
