"""The statutory clocks: how long each may run, when reminders come, and at what hour a last day ends."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

from rules.amounts.one_off import WORKING_DAYS_FOR_NOTICE
from rules.calendar.paused_periods import due_with_pauses, joined
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.values.due_dates import DueDate, Pause, Suspended
from rules.values.form_fields import CorrectedPeriod, CorrectionEffect, Period, Waiting
from rules.values.law import JILIN_MEASURES, InForce, Law

ENTERPRISE_TRANSFER = "国办发〔2009〕66号"

MEASURES_SINCE = date(2020, 1, 1)
"""The measures hold from the day they were issued (第十条). That day is not in the text at hand; their
number places it in 2020, so the first day of that year stands in for it."""

CONTACT_LETTER_WORKING_DAYS = (
    InForce(15, since=date(2010, 1, 1), law=Law(ENTERPRISE_TRANSFER, "第八条第（二）项")),
)
"""Clock A, in working days from the application to the contact letter or the refusal.

The measures only say 及时 (promptly; 第七条第三项). The limit of the enterprise transfer rules serves as
the outer one, by analogy. That these took force on 2010-01-01 is recalled; no official text found."""

TRANSFER_OUT_WORKING_DAYS = (InForce(15, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第一项")),)
"""Clock B, in working days from receipt of the contact letter to form sent, funds sent and relationship
ended. For leavers it runs from receipt of their former employer's form (人社厅发〔2017〕7号第九条)."""

TAKE_IN_WORKING_DAYS = (InForce(15, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第三项")),)
"""Clock C, in working days from receipt of both information and funds to money posted and person told."""

ONE_OFF_NOTICE_WORKING_DAYS = WORKING_DAYS_FOR_NOTICE
"""Clock D, in working days from receipt of the contact letter to the written notice that months of
one-off contributions without papers stay behind (人社厅发〔2019〕94号); see `rules.amounts.one_off`."""

LONGEST_PERIOD = 1000
"""Four years of working days. The law's clocks run for 10 and 15; more than this is a slip, and
calendars do not reach without end. This project's own rule."""

REMINDERS_AT_WORKING_DAYS_LEFT = (5, 3, 1)
"""Reminders go out with so many working days left. This project's own rule; the law names none."""

OVERDUE_REPEATED_AFTER_WORKING_DAYS = 5
"""An overdue clock is reported to the province again so often. This project's own rule."""

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time all of China keeps, without summer time since 1992. A fixed offset, because the time zone
database is a file of the machine, and a due date must not depend on whether it is there."""


def end_of(day: date, close_of_business: time | None = None) -> datetime:
    """The instant at which the last day of a period ends (民法典第二百零三条第二款), in China time.

    24:00, which is 00:00 of the next day, or the close of business where the bureau keeps office hours.
    """
    if close_of_business is None:
        return datetime.combine(day + timedelta(days=1), time(), CHINA_TIME)
    return datetime.combine(day, close_of_business, CHINA_TIME)


def last_day(due_at: datetime) -> date:
    """The day whose end, or whose close of business, an instant is: `end_of` undone (民法典第二百零三条)."""
    return (due_at.astimezone(CHINA_TIME) - timedelta(microseconds=1)).date()


TRANSFER_OUT_CORRECTED = Law(JILIN_MEASURES, "第七条第一项、第二项")
TAKE_IN_CORRECTED = Law(JILIN_MEASURES, "第七条第二项、第三项")

EFFECT_ON_TRANSFER_OUT = (InForce(CorrectionEffect.RUN_ON, since=MEASURES_SINCE, law=TRANSFER_OUT_CORRECTED),)
"""Clock B runs on: the duty is a right form, and does not stop because the one that was sent is wrong."""

EFFECT_ON_TAKE_IN = (InForce(CorrectionEffect.RESTART, since=MEASURES_SINCE, law=TAKE_IN_CORRECTED),)
"""Clock C restarts: it starts when information and funds *agree* (人社厅发〔2017〕7号第九条第（三）项), and
while a correction is open they do not."""

Sentence = tuple[str, str]
"""One statement, in Chinese and in English."""

NO_CORRECTION: Sentence = ("没有更正，期限照常计算", "no correction was asked for")

_TRANSFER_OUT: dict[CorrectionEffect, Sentence] = {
    CorrectionEffect.RUN_ON: (
        "信息表有误不算履行，期限继续计算",
        "a wrong form does not fulfil the duty, so the period runs on",
    ),
    CorrectionEffect.PAUSE: (
        "信息表发出后至要求更正之日不计入期限",
        "days between sending a form and being asked to correct it are not counted",
    ),
    CorrectionEffect.RESTART: (
        "期限自最后一次要求更正之日重新计算",
        "the period runs anew from the last request to correct",
    ),
}

_TAKE_IN: dict[CorrectionEffect, Sentence] = {
    CorrectionEffect.RUN_ON: (
        "期限自信息与资金到齐起计算，不因更正而停止",
        "the period runs from the day both were in and does not stop for a correction",
    ),
    CorrectionEffect.PAUSE: (
        "更正期间不计入期限",
        "days on which a correction was open are not counted",
    ),
    CorrectionEffect.RESTART: (
        "期限自更正后信息与资金一致之日重新计算",
        "the period runs anew from the day on which information and funds agreed again",
    ),
}


def transfer_out_after_corrections(
    period: Period,
    sent_on: date,
    rounds: Sequence[Waiting],
    effect: CorrectionEffect,
    calendar: WorkingCalendar,
    on: date,
) -> CorrectedPeriod:
    """When clock B runs out after corrections (第七条第一项、第二项), as seen on the day `on`.

    `sent_on` is the day the first form left. Under PAUSE the days are left out on which no form was asked of
    the bureau: from sending one to being asked to correct it. Under RESTART the full length runs from the
    last request. Raises ValueError for what

    `rules.calendar.paused_periods.due_with_pauses` does not take.
    """
    open_rounds = joined([Pause(each.asked_on, each.answered_on) for each in rounds])
    pauses: Sequence[Pause] = ()
    anchored_on = period.anchored_on
    if rounds and effect is CorrectionEffect.PAUSE:
        pauses = _out_of_its_hands(sent_on, open_rounds)
    if rounds and effect is CorrectionEffect.RESTART:
        anchored_on = max(anchored_on, *(each.asked_on for each in rounds))
    due = due_with_pauses(anchored_on, period.working_days, pauses, period.extension, calendar)
    why = _TRANSFER_OUT[effect] if rounds else NO_CORRECTION
    return _explained(effect, due, _waited(open_rounds, on, calendar), TRANSFER_OUT_CORRECTED, why)


def take_in_after_corrections(
    period: Period,
    rounds: Sequence[Waiting],
    effect: CorrectionEffect,
    calendar: WorkingCalendar,
    on: date,
) -> CorrectedPeriod:
    """When clock C runs out after corrections (第七条第二项、第三项), as seen on the day `on`.

    The period is anchored on the day both information and funds were in. Under PAUSE the days are left out
    on which a correction was open; under RESTART the full length runs from the day of the last answer, and
    stands still until then. Raises ValueError for what
    `rules.calendar.paused_periods.due_with_pauses` does not take.
    """
    open_rounds = joined([Pause(each.asked_on, each.answered_on) for each in rounds])
    pauses: Sequence[Pause] = ()
    anchored_on = period.anchored_on
    if effect is CorrectionEffect.PAUSE:
        pauses = open_rounds
    if open_rounds and effect is CorrectionEffect.RESTART:
        last = open_rounds[-1]
        anchored_on = max(anchored_on, last.until_day or last.from_day)
        pauses = [Pause(anchored_on)] if last.until_day is None else ()
    due = due_with_pauses(anchored_on, period.working_days, pauses, period.extension, calendar)
    why = _TAKE_IN[effect] if rounds else NO_CORRECTION
    return _explained(effect, due, _waited(open_rounds, on, calendar), TAKE_IN_CORRECTED, why)


def _out_of_its_hands(sent_on: date, open_rounds: Sequence[Pause]) -> tuple[Pause, ...]:
    """From a form sent to the next request: the transfer-out bureau owes no form on these days."""
    found = [Pause(sent_on, max(sent_on, open_rounds[0].from_day))]
    for answered, asked in pairwise(open_rounds):
        if answered.until_day is not None:
            found.append(Pause(answered.until_day, asked.from_day))
    return tuple(found)


def _waited(open_rounds: Sequence[Pause], on: date, calendar: WorkingCalendar) -> int:
    """The working days on which a correction was open, those up to `on` for one that still is."""
    return sum(working_days_between(each.from_day, each.until_day or on, calendar) for each in open_rounds)


def _explained(
    effect: CorrectionEffect, due: DueDate | Suspended, waited: int, law: Law, why: Sentence
) -> CorrectedPeriod:
    """The outcome with its sentences: the reading, what follows from it, and how long corrections took."""
    if isinstance(due, Suspended):
        then_zh = f"自{due.since}起停止计算，尚余{due.left}个工作日，更正答复前没有到期日"
        then_en = f"it stands still since {due.since} with {due.left} working days left, until the answer"
    else:
        then_zh = f"{due.working_days}个工作日，到期日{due.due_on}"
        then_en = f"{due.working_days} working days from {due.received_on}, due on {due.due_on}"
    zh = f"{why[0]}；{then_zh}；更正用时{waited}个工作日。"
    en = f"{why[1]}; {then_en}; corrections took {waited} working days."
    return CorrectedPeriod(effect, due, waited, law, zh, en)
