"""The province's clock steps: due dates, alarms, lateness, and the days of a case by party."""

from activities.contracts import CHARGE_DAYS, COMPUTE_DEADLINE, COUNT_DAYS_LATE, COUNT_SILENCE
from activities.province.calendar import ProvinceCalendar
from activities.province.deadlines import charged_days, days_late, reading_of
from models.messages.clocks import (
    ClockOrder,
    ClockReading,
    LatenessOrder,
    Responsibility,
    ResponsibilityOrder,
    WorkingDays,
)
from models.messages.disputes import Silence, SilenceOrder
from rules.clocks.alarms import SILENCE_IN_DISPUTE, whole_days_of_silence
from rules.values.due_dates import china_day
from rules.values.law import in_force


class ClockActivities:
    """Computes due dates and days by the calendar of the bureau that owes the step; changes no store."""

    def __init__(self, calendar: ProvinceCalendar) -> None:
        self.calendar = calendar

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        """When a clock runs out, and its alarms (民法典第二百零一条、第二百零三条)."""
        return reading_of(order, await self.calendar.as_published())

    @COUNT_DAYS_LATE.implements
    async def count_days_late(self, order: LatenessOrder) -> WorkingDays:
        """How many working days after its due date a step was done; 0 for one on the due date itself."""
        calendar = await self.calendar.as_published()
        return WorkingDays(count=days_late(order, china_day(order.done_at), calendar))

    @COUNT_SILENCE.implements
    async def count_silence(self, order: SilenceOrder) -> Silence:
        """How many working days a bureau has left a dispute unanswered, by its own calendar (第九条)."""
        calendar = (await self.calendar.as_published()).at(order.bureau)
        since, until = china_day(order.since), china_day(order.until)
        days = whole_days_of_silence(since, until, calendar)
        return Silence(working_days=days, needed=in_force(SILENCE_IN_DISPUTE, since).value)

    @CHARGE_DAYS.implements
    async def charge_days(self, order: ResponsibilityOrder) -> Responsibility:
        """Charge every working day of a case to exactly one party, and measure what was owed promptly."""
        return charged_days(order, await self.calendar.as_published())
