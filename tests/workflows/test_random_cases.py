"""Whatever staff hand in and whoever is off: every case comes to its end, and nothing is lost on the way.

`make test` tries a few programs, the same every time. `make faults` looks for new
ones, a thousand programs of one case and a thousand of two:

    RANDOM_CASES=1000 .venv/bin/python -m pytest tests/workflows/test_random_cases.py
"""

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from case_proofs import held, prove, prove_that_the_rest_has_moved
from hypothesis import HealthCheck, Phase, currently_in_test_context, given, note, settings
from random_case import RandomCase
from random_programs import PROGRAMS, TWO_CASES, UNTROUBLED, Program, Way, WrongAction
from temporalio.testing import WorkflowEnvironment

from models.messages.requests import StaffAction
from models.messages.stages import Party, Stage
from province import BUREAUS, Province

SEARCHED = int(os.environ.get("RANDOM_CASES", "0"))
A_FEW, FEWER = 10, 3
A_CASE_SECONDS = 240
"""For one program; a case that nobody can bring to its end must not stop the run."""


SEARCH = settings(
    max_examples=SEARCHED or A_FEW,
    derandomize=not SEARCHED,
    database=None,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(program=PROGRAMS)
@SEARCH
async def test_every_case_comes_to_its_end_and_loses_nothing(
    env: WorkflowEnvironment, program: Program
) -> None:
    await comes_to_its_end(env, program)


@given(program=TWO_CASES)
@settings(SEARCH, max_examples=SEARCHED or FEWER)
async def test_two_cases_of_one_person_come_to_their_ends_and_lose_nothing(
    env: WorkflowEnvironment, program: Program
) -> None:
    await comes_to_its_end(env, program)


async def comes_to_its_end(env: WorkflowEnvironment, program: Program, after: Stage | None = None) -> None:
    """`after`: the stage from which on the program happens; else it happens from the beginning."""
    with TemporaryDirectory() as directory:
        async with asyncio.timeout(A_CASE_SECONDS), AsyncExitStack() as running:
            province = Province(env, Path(directory), running)
            for bureau in BUREAUS:
                await province.open_store(bureau)
            case = RandomCase(province, program)
            running.push_async_callback(province.end_open_cases)
            running.push_async_callback(case.leave)
            await case.make_ready()
            # Before anything moves: months that are on their way are held by no bureau.
            before = await held(province)
            await case.apply()
            if after:
                await province.reached(case.handles[0], after)
            await case.go()
            ended = await case.end()
            if currently_in_test_context():
                note(f"ended as {', '.join(one.stage for one in ended)} after {len(case.sent)} messages")
            await prove(province, before, *case.handles)
            before = await held(province)
            if await case.move_the_rest():
                await prove_that_the_rest_has_moved(province, before)


async def test_a_dispute_by_an_officer_of_the_other_side_keeps_no_case_from_its_end(
    env: WorkflowEnvironment,
) -> None:
    """The officer who raised it for one bureau cannot settle it for the other; another officer does."""
    raised = WrongAction(StaffAction.DISPUTE, Party.TRANSFER_OUT, 0, Way.UPDATE)
    await comes_to_its_end(env, replace(UNTROUBLED, happenings=(raised,)), Stage.AWAITING_FUNDS)
