"""The three readings of 第七条第二项 on real cases: their clocks run out when the explained rule says."""

from datetime import date, timedelta

import pytest
from corrected_periods import (
    Period,
    Round,
    take_in_after_corrections,
    transfer_out_after_corrections,
)
from staff import Handle, amendment, correction, submit
from temporalio.testing import WorkflowEnvironment

from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers
from models.messages.clocks import ClockReading
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import BUREAUS, Province, account, advance, application
from rules.calendar.working_calendar import WorkingCalendar
from rules.clocks.clocks import TAKE_IN_WORKING_DAYS, TRANSFER_OUT_WORKING_DAYS
from rules.values.due_dates import Clock, DueDate, Suspended, china_day
from rules.values.form_fields import CorrectionEffect
from rules.values.law import in_force
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
CALENDAR = WorkingCalendar()


async def clocks(handle: Handle) -> dict[str, ClockReading]:
    return {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}


async def today(province: Province, handle: Handle) -> date:
    return china_day(await province.time_of(handle))


def agree(clock: ClockReading, rule: DueDate | Suspended) -> bool:
    """A clock that runs has the rule's due date; one that is paused has none by the rule either."""
    if isinstance(rule, Suspended):
        return clock.paused_since is not None and china_day(clock.paused_since) == rule.since
    return clock.paused_since is None and clock.due_on == rule.due_on


@pytest.mark.parametrize("effect", CorrectionEffect)
async def test_a_corrected_case_runs_out_when_the_rule_says_under_each_reading(
    province: Province, env: WorkflowEnvironment, effect: CorrectionEffect
) -> None:
    readings = CorrectionArrangements(clock_b=effect, clock_c=effect)
    officers = BureauArrangements(posting=Officers.ONE_OFFICER)
    await province.start_platform(arranged=ArrangementsFile(defaults=officers, corrections=readings))
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    sent_on = await today(province, handle)
    letter = Period(sent_on, in_force(TRANSFER_OUT_WORKING_DAYS, sent_on).value)
    both_in = Period(sent_on, in_force(TAKE_IN_WORKING_DAYS, sent_on).value)

    async def as_the_rule_says(*rounds: Round) -> bool:
        now = await clocks(handle)
        return agree(
            now[Clock.TRANSFER_OUT], transfer_out_after_corrections(letter, sent_on, rounds, effect, CALENDAR)
        ) and agree(now[Clock.TAKE_IN], take_in_after_corrections(both_in, rounds, effect, CALENDAR))

    assert await as_the_rule_says()
    await advance(env, handle, timedelta(days=5))
    asked_on = await today(province, handle)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    assert await as_the_rule_says(Round(asked_on))
    await advance(env, handle, timedelta(days=9))
    answered_on = await today(province, handle)
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.RECONCILED, times=2)
    assert await as_the_rule_says(Round(asked_on, answered_on))
