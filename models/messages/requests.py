"""What staff hand in to a case: by update when a person waits for the answer, by signal otherwise.

Every request carries an id, by which a second copy is known, and says who acts for which party.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from models.messages.application import PersonName, ServicePeriod
from models.messages.papers import Paper
from models.messages.stages import Party
from models.officers.seals import Seal
from rules.values import bounds
from rules.values.months import Month
from rules.values.moves import Material
from rules.values.officers import canonical_officer
from rules.values.orders import AmendField, DisputePoint, ExtendClock, Order, SetAmount, SupplementFunds
from rules.values.texts import document_number, has_unseen


def _seen(text: str) -> str:
    if has_unseen(text):
        raise PydanticCustomError(
            "unseen",
            "holds a character that nobody sees: a line break, a control or a format character",
            {"zh": "含有不可见字符（换行、控制符或格式符）"},
        )
    return text


Seen = AfterValidator(_seen)
"""Refuses characters that nobody sees (`rules.values.texts`)."""

MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,100}$")]
OfficerId = Annotated[
    str,
    BeforeValidator(lambda text: canonical_officer(text) if isinstance(text, str) else text),
    StringConstraints(pattern=r"^[a-z0-9._-]{1,40}$"),
]
"""An officer's id in its one form: however it is typed, one officer has one id."""
Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=bounds.TEXT), Seen
]
FieldName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=bounds.FIELD), Seen
]
FieldValue = Annotated[str, StringConstraints(strip_whitespace=True, max_length=bounds.VALUE), Seen]
OptionNumber = Annotated[int, Field(ge=1, le=1000)]
PaperNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=bounds.NUMBER), Seen]
RefundAccount = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,30}$")]


class StaffAction(StrEnum):
    """The actions of staff, by the name of their signal and update."""

    SUPPLEMENT = "supplement"
    ARREARS = "arrears"
    CERTIFY = "certify"
    CORRECT = "correct"
    AMEND = "amend"
    APPROVE = "approve"
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

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _ACTIONS[self]


_ACTIONS = {
    StaffAction.SUPPLEMENT: ("supplement missing papers", "补正材料"),
    StaffAction.ARREARS: ("enter arrears as paid", "登记欠费补缴"),
    StaffAction.CERTIFY: ("enter certified service", "登记工作经历认定"),
    StaffAction.CORRECT: ("request a correction", "提出更正"),
    StaffAction.AMEND: ("answer a correction", "答复更正"),
    StaffAction.APPROVE: ("approve", "审批"),
    StaffAction.CHOOSE: ("choose which months to keep", "确认保留缴费"),
    StaffAction.WITHDRAW: ("withdraw the application", "撤回申请"),
    StaffAction.DISPUTE: ("raise a dispute", "提出异议"),
    StaffAction.ANSWER: ("answer a dispute", "答复异议"),
    StaffAction.SETTLE: ("settle a dispute", "协商一致"),
    StaffAction.REFER: ("refer to the province", "报请省局"),
    StaffAction.RULE: ("rule", "裁定"),
    StaffAction.WITHDRAW_CORRECTION: ("withdraw a request for correction", "撤回更正请求"),
    StaffAction.WITHDRAW_DISPUTE: ("withdraw a dispute", "撤回异议"),
    StaffAction.COMPLETE: ("complete the record", "补充完善资料"),
    StaffAction.REOPEN: ("reopen the case", "恢复办理"),
    StaffAction.HOLD: ("put the case on hold", "暂缓办理"),
    StaffAction.RESUME: ("go on with the case", "继续办理"),
}


class StaffRequest(Paper):
    """The head of every request: a copy has the same `message_id`; `officer` is an id, never a name.

    The seal is the officer's (`models.officers.seals`); a case takes in no request without one.
    """

    message_id: MessageId
    by: Party
    officer: OfficerId
    seal: Seal | None = None


class Supplement(StaffRequest):
    """Papers that were missing and are now handed in (第六条)."""

    materials: tuple[Material, ...] = Field(min_length=1, max_length=bounds.PAPERS)


class ArrearsPaid(StaffRequest):
    """Months in arrears that the person, or the unit, has paid at the transfer-out bureau."""

    first: Month
    last: Month
    evidence: Sentence = Field(repr=False)


class Certification(StaffRequest):
    """Months that the organisation or personnel department certifies as government service (第四条)."""

    periods: tuple[ServicePeriod, ...] = Field(min_length=1, max_length=bounds.PERIODS)
    evidence: Sentence = Field(repr=False)
    """Who certified it, and the number of the opinion."""


class CorrectionItem(Paper):
    """One field the transfer-in bureau takes to be wrong; see `rules.values.form_fields` for its names."""

    field: FieldName
    seen: FieldValue = Field(repr=False)
    expected: FieldValue = Field(repr=False)
    evidence: Sentence = Field(repr=False)


class Correction(StaffRequest):
    """A request for correction (第七条第二项)."""

    items: tuple[CorrectionItem, ...] = Field(min_length=1, max_length=bounds.ITEMS)


class Reopening(StaffRequest):
    """The transfer-in bureau has a closed case taken up again: why, and which fields are wrong."""

    reason: Sentence = Field(repr=False)
    items: tuple[CorrectionItem, ...] = Field(min_length=1, max_length=bounds.ITEMS)


class CorrectionWithdrawal(StaffRequest):
    """The bureau that asked takes requests back, field by field, before they are answered."""

    fields: tuple[FieldName, ...] = Field(min_length=1, max_length=bounds.ITEMS)


class AmendmentAnswer(Paper):
    """The transfer-out bureau's word on one field: the value as amended, or why it stays as it is."""

    field: FieldName
    value: FieldValue | None = Field(default=None, repr=False)
    reason: Sentence | None = Field(default=None, repr=False)


class Amendment(StaffRequest):
    """The answer to correction requests, field by field; a field left out stays open (第七条第二项)."""

    answers: tuple[AmendmentAnswer, ...] = Field(min_length=1, max_length=bounds.ITEMS)


class Completion(StaffRequest):
    """A bureau has completed its record, or says why the record is right as it stands (第七条第二项).

    `name` is the name as the record is to have it, `evidence` what it rests on; `reason` is given alone.
    """

    name: PersonName | None = Field(default=None, repr=False)
    evidence: Sentence | None = Field(default=None, repr=False)
    reason: Sentence | None = Field(default=None, repr=False)


class HoldReason(StrEnum):
    """Why a bureau puts a case on hold: what has happened to the person meanwhile."""

    DEATH = "death"
    RETIREMENT = "retirement"
    COURT_FREEZE = "court_freeze"
    OTHER = "other"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _HOLD_REASONS[self]


_HOLD_REASONS = {
    HoldReason.DEATH: ("death", "参保人员死亡"),
    HoldReason.RETIREMENT: ("retirement", "达到退休年龄"),
    HoldReason.COURT_FREEZE: ("freeze by a court", "司法冻结"),
    HoldReason.OTHER: ("another reason", "其他"),
}


class Hold(StaffRequest):
    """A bureau stops a case for what has happened outside it, on some evidence."""

    why: HoldReason
    evidence: Sentence = Field(repr=False)


class Resumption(StaffRequest):
    """The bureau that put a case on hold lets it go on."""

    reason: Sentence = Field(repr=False)


class Approvable(StrEnum):
    """What an officer's approval may be needed for."""

    RELEASE_OF_FUNDS = "release_of_funds"
    POSTING = "posting"
    REFUND = "refund"
    RULING = "ruling"
    REOPENING = "reopening"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _APPROVABLES[self]

    @property
    def party(self) -> Party:
        """Whose officers approve it."""
        return _APPROVERS[self]


_APPROVABLES = {
    Approvable.RELEASE_OF_FUNDS: ("release of funds", "基金划转"),
    Approvable.POSTING: ("posting", "接续记账"),
    Approvable.REFUND: ("refund", "退还本金"),
    Approvable.RULING: ("ruling", "裁定"),
    Approvable.REOPENING: ("reopening", "恢复办理"),
}
_APPROVERS = {
    Approvable.RELEASE_OF_FUNDS: Party.TRANSFER_OUT,
    Approvable.POSTING: Party.TRANSFER_IN,
    Approvable.REFUND: Party.TRANSFER_IN,
    Approvable.RULING: Party.PROVINCE,
    Approvable.REOPENING: Party.TRANSFER_IN,
}


class Approval(StaffRequest):
    """An officer's approval of something that waits for it.

    `of` is the number of the paper the officer has read; when another waits by now, nothing is approved.
    """

    what: Approvable
    of: PaperNumber = ""


class Choice(StaffRequest):
    """The person's answer on months paid twice (第四条): consent to the clearing, the account for the refund.

    Where certified service decides everything, only the account is asked for. `keep` has one number per
    period the notice leaves open: the option chosen, from 1, in its order.
    """

    keep: tuple[OptionNumber, ...] = Field(max_length=bounds.PERIODS)
    consent: bool
    refund_account: RefundAccount = Field(repr=False)


class Withdrawal(StaffRequest):
    """The applicant takes the application back, which is possible until the funds leave."""

    reason: Sentence = Field(repr=False)


class Position(Paper):
    """What a bureau holds on a disputed point, and on what evidence."""

    statement: Sentence = Field(repr=False)
    evidence: tuple[Sentence, ...] = Field(default=(), max_length=bounds.EVIDENCE, repr=False)


class Dispute(StaffRequest):
    """One bureau disagrees with the other (第九条)."""

    point: DisputePoint
    position: Position


class DisputeWithdrawal(StaffRequest):
    """The bureau that raised a dispute takes it back before the other has answered."""

    reason: Sentence = Field(repr=False)


class DisputeAnswer(StaffRequest):
    """The other bureau's position."""

    position: Position


class Settlement(StaffRequest):
    """Terms on which a bureau would settle; the dispute is settled when both have handed in the same."""

    terms: Sentence = Field(repr=False)


class Referral(StaffRequest):
    """A bureau lays the dispute before the provincial bureau (第九条)."""

    reason: Sentence = Field(repr=False)


def _within_bounds(order: Order) -> Order:
    """The order, if a store can hold its numbers and a form its texts; a rule says what else is too much."""
    match order:
        case AmendField(field=field, value=value):
            within = 0 < len(field) <= bounds.FIELD and len(value) <= bounds.VALUE
            if within:
                _seen(field + value)
        case SetAmount() | SupplementFunds():
            within = max(abs(order.individual), abs(order.pooled)) < bounds.WHOLE_NUMBER
        case ExtendClock(working_days=days):
            within = abs(days) < bounds.WHOLE_NUMBER
        case _:
            within = True
    if not within:
        raise PydanticCustomError(
            "out_of_bounds",
            "an amount, a number of days or a text is too great",
            {"zh": "金额、天数或文字过大"},
        )
    return order


class Ruling(StaffRequest):
    """The provincial bureau's ruling (第九条): reasons, and orders the case carries out one after another."""

    number: Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,60}$"),
        Seen,
        AfterValidator(document_number),
    ]
    reasons: Sentence = Field(repr=False)
    orders: tuple[Annotated[Order, AfterValidator(_within_bounds)], ...] = Field(
        min_length=1, max_length=bounds.ORDERS
    )


class ToBeApproved(Paper):
    """What an officer is to read before approving it. Holds the person's account."""

    ruling: Ruling | None = None
    choice: Choice | None = None
    reopening: Reopening | None = None


REQUESTS: dict[StaffAction, type[StaffRequest]] = {
    StaffAction.SUPPLEMENT: Supplement,
    StaffAction.ARREARS: ArrearsPaid,
    StaffAction.CERTIFY: Certification,
    StaffAction.CORRECT: Correction,
    StaffAction.AMEND: Amendment,
    StaffAction.APPROVE: Approval,
    StaffAction.CHOOSE: Choice,
    StaffAction.WITHDRAW: Withdrawal,
    StaffAction.DISPUTE: Dispute,
    StaffAction.ANSWER: DisputeAnswer,
    StaffAction.SETTLE: Settlement,
    StaffAction.REFER: Referral,
    StaffAction.RULE: Ruling,
    StaffAction.WITHDRAW_CORRECTION: CorrectionWithdrawal,
    StaffAction.WITHDRAW_DISPUTE: DisputeWithdrawal,
    StaffAction.COMPLETE: Completion,
    StaffAction.REOPEN: Reopening,
    StaffAction.HOLD: Hold,
    StaffAction.RESUME: Resumption,
}
"""What each action hands in."""


class Receipt(Paper):
    """The case's answer to whoever handed something in."""

    message_id: str
    en: str
    zh: str
    duplicate: bool = False
    """The same message had come before; nothing was done twice."""
    accepted_at: datetime
    """When the case took it in."""
