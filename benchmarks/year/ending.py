"""What the report keeps of a case that has ended: no personal data and no instants."""

from pydantic import BaseModel, ConfigDict

from benchmarks.year.moving import DrivenCase
from models.messages.clocks import ClockReading
from models.messages.stages import Party, Stage
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.clocks.responsibility import responsibility
from rules.values.due_dates import Clock, china_day
from rules.values.money import Fen


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClockLine(_Line):
    """How a statutory clock ran, by the working days of the bureau that owed the step."""

    clock: Clock
    bureau: str
    days: int
    """The working days from receipt to the step, without those on which the clock was paused."""
    late: int
    moved: tuple[str, ...]
    """The reason for each change of its due date."""


class CaseLine(_Line):
    """One case that has ended; money in fen."""

    number: int
    case_no: str
    end: Stage
    bureau_out: str
    bureau_in: str
    scheme_to: str
    days: int
    """The working days from application to end."""
    days_by_party: dict[Party, int]
    clocks: tuple[ClockLine, ...]
    individual: Fen
    pooled: Fen
    refunded: Fen
    months: int
    form_version: int
    provisional: bool
    handed_in: dict[str, int]
    refused: int


def line_of(case: DrivenCase, calendar: WorkingCalendar) -> CaseLine:
    """The line of a case that has ended."""
    ended, note = case.ended, case.note
    assert ended is not None
    assert ended.until is not None
    charged = responsibility(ended.holdings, ended.until, calendar)
    moved = ended.stage is Stage.CLOSED
    return CaseLine(
        number=case.plan.number,
        case_no=case.case_no,
        end=ended.stage,
        bureau_out=ended.bureau_out,
        bureau_in=ended.bureau_in,
        scheme_to=ended.scheme_to,
        days=charged.total,
        days_by_party={share.party: share.working_days for share in charged.shares},
        clocks=tuple(_clock(one, calendar) for one in ended.clocks if one.stopped_at is not None),
        individual=ended.individual if moved else Fen(0),
        pooled=ended.pooled if moved else Fen(0),
        refunded=ended.refunded,
        months=ended.months if moved else 0,
        form_version=ended.form_version,
        provisional=note.provisional,
        handed_in=dict(sorted(note.kinds.items())),
        refused=note.refused,
    )


def _clock(reading: ClockReading, calendar: WorkingCalendar) -> ClockLine:
    assert reading.stopped_at is not None
    counted = working_days_between(reading.received_on, china_day(reading.stopped_at), calendar)
    return ClockLine(
        clock=reading.clock,
        bureau=reading.bureau,
        days=counted - reading.paused_working_days,
        late=reading.working_days_late,
        moved=tuple(one.why for one in reading.moved),
    )
