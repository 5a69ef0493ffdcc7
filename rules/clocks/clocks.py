"""The statutory clocks: how long each may run, when reminders come, and at what hour a last day ends."""

from datetime import date, datetime, time, timedelta

from rules.values.bounds import WORKING_DAYS
from rules.values.due_dates import CHINA_TIME, Clock, china_midnight
from rules.values.form_fields import CorrectionEffect
from rules.values.law import JILIN_MEASURES, LINKING_SINCE, RESIDENT_LINKING, InForce, Law

ENTERPRISE_TRANSFER = "国办发〔2009〕66号"

MEASURES_SINCE = date(2020, 1, 1)
"""The measures hold from the day they were issued (第十条). That day is not in the text at hand; their
number places it in 2020, so the first day of that year stands in for it."""

CONTACT_LETTER_WORKING_DAYS = (
    InForce(15, since=date(2010, 1, 1), law=Law(ENTERPRISE_TRANSFER, "第八条第（二）项")),
)
"""Clock A, in working days from the application to the contact letter or the refusal.

The measures only say 及时 (promptly; 第七条第三项). The limit of the enterprise transfer rules serves as
the outer one, by analogy. That these came into force on 2010-01-01 is read in a notice of Guangdong
(粤府办〔2010〕17号)."""

TRANSFER_OUT_WORKING_DAYS = (InForce(15, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第一项")),)
"""Clock B, in working days from receipt of the contact letter to form sent, funds sent and relationship
ended. For leavers it runs from receipt of their former employer's form (人社厅发〔2017〕7号第九条)."""

TAKE_IN_WORKING_DAYS = (InForce(15, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第三项")),)
"""Clock C, in working days from receipt of both information and funds to money posted and person told."""

LINKING_WORKING_DAYS = {
    Clock.REVIEW: (InForce(15, since=LINKING_SINCE, law=Law(RESIDENT_LINKING, "第九条第（二）项")),),
    Clock.TRANSFER_OUT: (InForce(15, since=LINKING_SINCE, law=Law(RESIDENT_LINKING, "第九条第（三）项")),),
    Clock.TAKE_IN: (InForce(15, since=LINKING_SINCE, law=Law(RESIDENT_LINKING, "第九条第（四）项")),),
}
"""Clocks A, B and C of linking with the resident scheme (第八条), in working days; else they run alike."""

LONGEST_PERIOD = WORKING_DAYS
"""Four years of working days. The law's clocks run for 10 and 15; more than this is a typing
error, and calendars have an end. This project's own rule."""

REMINDERS_AT_WORKING_DAYS_LEFT = (5, 3, 1)
"""Reminders are sent with so many working days left. This project's own rule; the law names none."""

OVERDUE_REPEATED_AFTER_WORKING_DAYS = 5
"""An overdue clock is reported to the province again after so many working days. This project's own rule."""


def end_of(day: date, close_of_business: time | None = None) -> datetime:
    """The instant at which the last day of a period ends (民法典第二百零三条第二款), in China time.

    24:00, which is 00:00 of the next day, or the close of business where the bureau keeps office hours.
    """
    if close_of_business is None:
        return china_midnight(day + timedelta(days=1))
    return datetime.combine(day, close_of_business, CHINA_TIME)


def last_day(due_at: datetime) -> date:
    """The last day of a period that ends at an instant: the inverse of `end_of` (民法典第二百零三条)."""
    return (due_at.astimezone(CHINA_TIME) - timedelta(microseconds=1)).date()


EFFECT_ON_TRANSFER_OUT = (
    InForce(CorrectionEffect.RUN_ON, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第一项、第二项")),
)
"""Clock B runs on: the duty is a correct form, and does not stop because a wrong one was sent."""

EFFECT_ON_TAKE_IN = (
    InForce(CorrectionEffect.RESTART, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第七条第二项、第三项")),
)
"""Clock C restarts: it starts when information and funds *agree* (人社厅发〔2017〕7号第九条第（三）项), and
while a correction is open they do not."""
