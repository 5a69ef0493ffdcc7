"""Oracle: due dates of clocks B and C after corrections, under each of the three readings of 第七条第二项.

It computes them from the whole history of a case at once. A case itself pauses, reopens and restarts its
clocks one event at a time (`workflows.case.corrections`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rules.calendar.paused_periods import due_with_pauses, joined
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import DueDate, Pause, Suspended
from rules.values.form_fields import CorrectionEffect


@dataclass(frozen=True, slots=True)
class Round:
    """One round of correction: the day of the request, and of the reissued form, or None while it is open."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A clock before any correction: its day 0, its length, and a ruling's extension, in working days."""

    anchored_on: date
    working_days: int
    extension: int = 0


def transfer_out_after_corrections(
    period: Period,
    sent_on: date,
    rounds: Sequence[Round],
    effect: CorrectionEffect,
    calendar: WorkingCalendar,
) -> DueDate | Suspended:
    """The due date of clock B (第七条第一项、第二项); `sent_on` is the day on which the first form left.

    Under PAUSE the days from sending a form to the next request for correction do not count, as the bureau
    then owes no form. Under RESTART the full length runs from the last request.
    """
    pauses: Sequence[Pause] = ()
    anchored_on = period.anchored_on
    if rounds and effect is CorrectionEffect.PAUSE:
        pauses = _out_of_its_hands(sent_on, _open_spells(rounds))
    if rounds and effect is CorrectionEffect.RESTART:
        anchored_on = max(anchored_on, *(each.asked_on for each in rounds))
    return due_with_pauses(anchored_on, period.working_days, pauses, period.extension, calendar)


def take_in_after_corrections(
    period: Period, rounds: Sequence[Round], effect: CorrectionEffect, calendar: WorkingCalendar
) -> DueDate | Suspended:
    """The due date of clock C (第七条第二项、第三项), from the day on which both form and funds were here.

    Under PAUSE the days on which a correction was open do not count; under RESTART the full length runs from
    the day of the last answer, and is paused until then.
    """
    spells = _open_spells(rounds)
    pauses: Sequence[Pause] = ()
    anchored_on = period.anchored_on
    if effect is CorrectionEffect.PAUSE:
        pauses = spells
    if spells and effect is CorrectionEffect.RESTART:
        last = spells[-1]
        anchored_on = max(anchored_on, last.until_day or last.from_day)
        pauses = [Pause(anchored_on)] if last.until_day is None else ()
    return due_with_pauses(anchored_on, period.working_days, pauses, period.extension, calendar)


def _open_spells(rounds: Sequence[Round]) -> tuple[Pause, ...]:
    """The periods during which a correction was open; adjacent ones are joined."""
    return joined([Pause(each.asked_on, each.answered_on) for each in rounds])


def _out_of_its_hands(sent_on: date, spells: Sequence[Pause]) -> tuple[Pause, ...]:
    """The periods from a form to the next request, in which the transfer-out bureau owes no form."""
    found = [Pause(sent_on, max(sent_on, spells[0].from_day))]
    for answered, asked in pairwise(spells):
        if answered.until_day is not None:
            found.append(Pause(answered.until_day, asked.from_day))
    return tuple(found)
