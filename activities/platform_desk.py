"""The provincial platform's desk: due dates, and the comparison of the bureaus' answers."""

from datetime import date

from activities.clock import day_of
from activities.deeds import AIM_CLOCK, COMPARE_BOOKS
from models.messages import AuditFinding, AuditReport, BooksToCompare, ClockOrder
from models.papers import ClockReading
from rules.audit import (
    RemittanceSide,
    remittance_divergences,
    remittances_not_checked,
    unbalanced_books,
)
from rules.clocks import TAKE_IN_WORKING_DAYS, TRANSFER_OUT_WORKING_DAYS, end_of
from rules.law import InForce, in_force
from rules.money import Fen
from rules.working_calendar import WorkingCalendar
from rules.working_days import due_date

STATUTORY: dict[str, tuple[InForce[int], ...]] = {"B": TRANSFER_OUT_WORKING_DAYS, "C": TAKE_IN_WORKING_DAYS}
"""The clocks a case can ask for, by letter."""


def working_days_of(clock: str, on: date) -> InForce[int]:
    """The statutory length of a clock on a day. Raises KeyError for a clock the law does not know."""
    return in_force(STATUTORY[clock], on)


class PlatformDesk:
    """The province's part in a case: it counts, it never acts for a bureau."""

    def __init__(self, calendar: WorkingCalendar | None = None) -> None:
        self.calendar = calendar or WorkingCalendar()

    @AIM_CLOCK.done_here
    async def aim_clock(self, order: ClockOrder) -> ClockReading:
        """Turn 'so many working days from receipt' into an instant (民法典第二百零一条、第二百零三条)."""
        received_on = day_of(order.anchored_at)
        length = working_days_of(order.clock, received_on)
        due = due_date(received_on, length.value, self.calendar.at(order.bureau))
        return ClockReading(
            clock=order.clock,
            owed_by=order.owed_by,
            law=length.law,
            working_days=length.value,
            received_on=received_on,
            due_on=due.due_on,
            due_at=end_of(due.due_on, None),
            provisional=due.provisional,
            earliest=due.earliest,
            latest=due.latest,
            calendar=due.calendar,
        )

    @COMPARE_BOOKS.done_here
    async def compare_books(self, asked: BooksToCompare) -> AuditReport:
        """Sent = received = posted, months moved = months taken in, every ledger balanced."""
        sides = [
            RemittanceSide(bureau=book.bureau, **entry.model_dump())
            for book in asked.books
            for entry in book.remittances
        ]
        found = [
            divergence
            for book in asked.books
            for divergence in unbalanced_books(book.bureau, book.imbalance, book.unbalanced)
        ]
        answered = tuple(book.bureau for book in asked.books)
        found += remittance_divergences(sides, answered)
        open_ended = remittances_not_checked(sides, answered)
        sides = [side for side in sides if side.number not in open_ended]
        return AuditReport(
            bureaus=answered,
            not_checked=asked.not_checked,
            remittances_not_checked=open_ended,
            postings=sum(book.postings for book in asked.books),
            remittances=len({side.number for side in sides}),
            sent=Fen(sum(side.sent for side in sides)),
            received=Fen(sum(side.received for side in sides)),
            posted=Fen(sum(side.posted for side in sides)),
            months_moved=sum(side.months_moved for side in sides),
            months_taken_in=sum(side.months_taken_in for side in sides),
            findings=tuple(
                AuditFinding(
                    code=one.code,
                    bureau=one.bureau,
                    subject=one.subject,
                    expected=one.expected,
                    found=one.found,
                )
                for one in found
            ),
        )
