"""The clocks of a case as messages and papers: what a clock is asked, and how it stands."""

from datetime import date, datetime, time

from models.messages.papers import Paper
from models.messages.requests import MessageId
from models.messages.stages import Party
from rules.values.charged_days import PromptDuty, Promptness, ResponsibilityLedger, StepOwner
from rules.values.due_dates import Alarm, Clock
from rules.values.law import Law


class ClockPause(Paper):
    """Time in which a clock does not run; `until` is None while it is paused."""

    since: datetime
    until: datetime | None = None


class ClockOrder(Paper):
    """Asks when a clock anchored at an instant runs out at a bureau.

    `extension` are working days granted by a ruling; `alarms_after` asks for the alarms after an instant.
    """

    clock: Clock
    bureau: str
    owed_by: Party
    anchored_at: datetime
    close_of_business: time | None = None
    pauses: tuple[ClockPause, ...] = ()
    extension: int = 0
    alarms_after: datetime | None = None
    linking: bool = False
    """Whether the case links the resident scheme with an employee scheme, which has articles of its own."""


class DateMoved(Paper):
    """A due date before and after a change, and the cause: a holiday notice, a correction, a ruling."""

    at: datetime
    before: date
    after: date
    why: str


class ClockReading(Paper):
    """A statutory clock as it stands. `due_at` is the instant the last day ends.

    With `bureau`, `close_of_business` and `pauses` it says all by which it was counted, so that anyone can
    count it again under another calendar. While it is paused, `due_on` is the earliest day it could be.
    `counted_until` is the last day on whose counting any of its dates rests, None while it is paused: then
    any day to come may matter.
    """

    clock: Clock
    owed_by: Party
    bureau: str = ""
    close_of_business: time | None = None
    pauses: tuple[ClockPause, ...] = ()
    law: Law
    working_days: int
    received_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    earliest: date
    latest: date
    calendar: str
    counted_until: date | None = None
    alarms: tuple[Alarm, ...] = ()
    paused_working_days: int = 0
    extension: int = 0
    paused_since: datetime | None = None
    stopped_at: datetime | None = None
    overdue: bool = False
    working_days_late: int = 0
    moved: tuple[DateMoved, ...] = ()


class CalendarPublished(Paper):
    """Tells every running case that the calendar has changed: by which notice, and into which version."""

    message_id: MessageId
    notice: str
    version: str


class LatenessOrder(Paper):
    """Asks by how many working days a step missed a due date; those of the pauses do not count."""

    bureau: str
    due_on: date
    done_at: datetime
    pauses: tuple[ClockPause, ...] = ()


class WorkingDays(Paper):
    """A number of working days."""

    count: int


class DutySpan(Paper):
    """A duty the measures want done promptly (及时), from the instant it arose to the instant it was done."""

    duty: PromptDuty
    since: datetime
    until: datetime


class ResponsibilityOrder(Paper):
    """Asks to whom the working days of a case are charged; `bureau` is the one whose calendar counts."""

    bureau: str
    holdings: tuple[StepOwner[Party], ...]
    until: datetime
    duties: tuple[DutySpan, ...] = ()


class Responsibility(Paper):
    """Every working day from the application to the end, charged to exactly one party."""

    ledger: ResponsibilityLedger[Party]
    duties: tuple[Promptness, ...]
