"""Messages for those outside: written where something happens, sent later, at least once."""

from datetime import datetime
from enum import StrEnum

from models.messages.papers import Done, Paper


class Recipient(StrEnum):
    """Whom a message is for."""

    APPLICANT = "applicant"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    PROVINCE = "province"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _RECIPIENTS[self]


_RECIPIENTS = {
    Recipient.APPLICANT: ("applicant", "申请人"),
    Recipient.TRANSFER_OUT: ("transfer-out bureau", "转出地"),
    Recipient.TRANSFER_IN: ("transfer-in bureau", "转入地"),
    Recipient.PROVINCE: ("province", "省局"),
}


class OutgoingEvent(StrEnum):
    """What a message tells of."""

    MATERIALS_MISSING = "materials_missing"
    REFUSED = "refused"
    CLOSED = "closed"
    SETTLED = "settled"
    """The transfer is made, and months paid twice are still to be cleared."""
    RATE_SETTLED = "rate_settled"
    """A published rate has changed what was taken in."""
    ENDED = "ended"
    """Withdrawn, or ended by a ruling."""
    MONTHS_STAY = "months_stay"
    """One-off months stay at the old place; the written notice says which and why."""
    CHOICE_OFFERED = "choice_offered"
    CHOICE_REPLACED = "choice_replaced"
    """An earlier notice on months paid twice no longer fits."""
    REMINDER = "reminder"
    OVERDUE = "overdue"
    STILL_OVERDUE = "still_overdue"
    CORRECTION_REQUESTED = "correction_requested"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title, which is the subject of a letter."""
        return _EVENTS[self]


_EVENTS = {
    OutgoingEvent.MATERIALS_MISSING: ("papers are missing", "缺少材料，请补齐"),
    OutgoingEvent.REFUSED: ("the application is refused", "不予受理"),
    OutgoingEvent.CLOSED: ("the transfer is done", "转移接续已办结"),
    OutgoingEvent.SETTLED: (
        "the transfer is made; months paid twice wait for your answer",
        "关系已接续，重复缴费待您确认",
    ),
    OutgoingEvent.RATE_SETTLED: (
        "the yearly rate is published; what was transferred has been adjusted",
        "年度记账利率已公布，转移金额已补差",
    ),
    OutgoingEvent.ENDED: ("the case has ended without a transfer", "案件已终止，关系未转移"),
    OutgoingEvent.MONTHS_STAY: (
        "some one-off contributions do not move: please read the written notice",
        "部分一次性缴费月份不予转移，请查阅书面告知",
    ),
    OutgoingEvent.CHOICE_OFFERED: ("months paid twice: please choose", "存在重复缴费，请选择"),
    OutgoingEvent.CHOICE_REPLACED: (
        "months paid twice: another case has changed them, please read the new notice",
        "重复缴费月份因其他案件已有变动，请以新的告知书为准",
    ),
    OutgoingEvent.REMINDER: ("a step falls due soon", "办理期限将至"),
    OutgoingEvent.OVERDUE: ("a step is overdue", "办理逾期"),
    OutgoingEvent.STILL_OVERDUE: ("a step is still overdue", "仍逾期未办"),
    OutgoingEvent.CORRECTION_REQUESTED: ("a correction is asked for", "请求更正信息表"),
}


class OutgoingMessage(Paper):
    """One message; `about` is a number of a paper, the name of a clock or a due date, and nothing personal.

    `key` makes it one and the same however often its step is done. `bureau` is the bureau it is for, or
    through which the person is reached.
    """

    key: str
    case_no: str
    event: OutgoingEvent
    recipient: Recipient
    bureau: str
    about: str = ""
    due_on: str = ""


class OutgoingOrder(Paper):
    """Asks the province to enter messages that no step of a bureau writes."""

    messages: tuple[OutgoingMessage, ...]


class OutgoingEntered(Done):
    """The messages are in the outbox."""

    count: int


class OutboxQuestion(Paper):
    """Asks a store for the messages of a case, or for its dead letters; one of the two is said."""

    case_no: str = ""
    dead_only: bool = False
    retry: bool = False
    """Dead letters are to be tried again, all of these."""


class MessagesQuestion(Paper):
    """Asks the province for the messages of a case and for nothing else; any desk may."""

    case_no: str


class MessageState(StrEnum):
    """How far a message has got."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _STATES[self]


_STATES = {
    MessageState.WAITING: ("waiting", "待发送"),
    MessageState.DELIVERED: ("delivered", "已送达"),
    MessageState.DEAD: ("could not be delivered", "无法送达"),
}


class OutgoingLine(Paper):
    """A message as the outbox has it."""

    number: int
    message: OutgoingMessage
    state: MessageState
    written_at: datetime
    attempts: int = 0
    delivered_at: datetime | None = None
    """When whoever carries it on had taken it, by the sender's clock."""
    last_error: str = ""


class OutboxAnswer(Paper):
    """What an outbox holds, oldest first."""

    lines: tuple[OutgoingLine, ...] = ()
