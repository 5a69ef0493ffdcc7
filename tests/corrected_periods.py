"""Oracle: when clocks B and C run out after corrections, under each of the three readings of 第七条第二项.

Written from the whole history of a case at once. A case itself gets there by pausing, reopening and
restarting its clocks one event at a time (`workflows.case.corrections`).
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
    """One correction round: asked for, and answered by a reissued form; None while it is open."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A clock before any correction: its day 0, its length, and what a ruling added, in working days."""

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
    """When clock B runs out (第七条第一项、第二项); `sent_on` is the day the first form left.

    Under PAUSE the days are left out on which no form was asked of the bureau: from sending one to being
    asked to correct it. Under RESTART the full length runs from the last request.
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
    """When clock C runs out (第七条第二项、第三项), anchored on the day both information and funds were in.

    Under PAUSE the days are left out on which a correction was open; under RESTART the full length runs from
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
    """The spells during which a correction was open, those that touch joined into one."""
    return joined([Pause(each.asked_on, each.answered_on) for each in rounds])


def _out_of_its_hands(sent_on: date, spells: Sequence[Pause]) -> tuple[Pause, ...]:
    """From a form sent to the next request: the transfer-out bureau owes no form on these days."""
    found = [Pause(sent_on, max(sent_on, spells[0].from_day))]
    for answered, asked in pairwise(spells):
        if answered.until_day is not None:
            found.append(Pause(answered.until_day, asked.from_day))
    return tuple(found)
