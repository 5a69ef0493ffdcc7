"""When negotiation between two bureaus has failed (吉社保〔2020〕6号第九条: 协商不成).

The article sends to the provincial bureau what cannot be negotiated, and does not say when that is so. A
bureau that answers nothing must not be able to keep a dispute, and with it the case, where it is for ever.
"""

from datetime import date, timedelta

from rules.clocks import MEASURES_SINCE
from rules.law import JILIN_MEASURES, InForce, Law
from rules.working_calendar import WorkingCalendar
from rules.working_days import working_days_between

SILENCE_IN_DISPUTE = (InForce(5, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第九条")),)
"""Working days without an answer after which a dispute may be referred unanswered. The project's own rule:
a third of the bureau's own period for its whole half of the transfer, and time enough to state a position."""


def whole_days_of_silence(asked_on: date, on: date, calendar: WorkingCalendar) -> int:
    """The working days a bureau has had for its answer and has let pass whole, as seen on the day `on`.

    The day on which it was asked is not counted (民法典第二百零一条), nor is the day `on`, which has not
    ended. `calendar` is that of the bureau that was asked. 0 when none has passed; raises nothing.
    """
    return working_days_between(asked_on, on - timedelta(days=1), calendar)
