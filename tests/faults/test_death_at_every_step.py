"""`kill -9` of a bureau's worker at every step of the walkthrough, at four points of the step.

One run for all tests of this file. Every death has a case of its own; the cases run at once on a dozen
bureaus, so a death also strikes whatever else its worker is doing.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import many_cases as crowded
import pytest
from books import Books, assert_all_have_moved, open_books, postings_of
from histories import Work, work_of
from many_cases import Insured, crowd, open_all
from mortal_worker import LOOK_SECONDS, Death, Obituary, Plan, Point
from temporalio.client import Client
from waiting import all_closed

from activities.contracts import (
    CLEAN_CASE,
    FILE_DOSSIER,
    ISSUE_CERTIFICATE,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    REVIEW_APPLICATION,
)
from desk.client.auditing import audit_books, is_clean
from desk.commands.seed import seed_all
from desk.stack import Workers
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import VARIABLE
from engine.preparation import prepare
from models.messages.audit import AuditReport
from models.messages.progress import Progress
from models.messages.stages import Stage
from workflows.case.acceptance import CERTIFICATE_SOON
from workflows.identifiers import bureau_queue

BY_TRANSFER_OUT = (
    ISSUE_CERTIFICATE,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    FILE_DOSSIER,
)
BY_TRANSFER_IN = tuple(step for step in CLEAN_CASE if step not in BY_TRANSFER_OUT or step is FILE_DOSSIER)
DEATHS = len(Point) * (len(BY_TRANSFER_IN) + len(BY_TRANSFER_OUT))
APART_SECONDS = 0.1
BUREAUS = (*crowded.BUREAUS, "220800", "220182", "220183", "222401")
"""More than elsewhere: a death delays whatever else its bureau is doing."""
PATIENCE_SECONDS = 60
"""For the last deaths to be entered once every case has closed, and for each bureau's answer to the audit."""


@dataclass(frozen=True)
class Aftermath:
    """What stands when all is over."""

    people: list[Insured]
    plan: Plan
    progress: list[Progress]
    work: dict[str, list[Work]]
    audit: AuditReport
    books: Books

    @property
    def obituaries(self) -> list[Obituary]:
        return self.plan.obituaries()

    def fatal(self, died: Obituary) -> Work:
        """The step at which a process died: of a review made again the last that was asked for before."""
        assert died.words is not None
        death = died.words.death
        where = (death.step, bureau_queue(death.bureau))
        return max(
            (
                one
                for one in self.work[death.case_no]
                if (one.step, one.queue) == where and one.asked_at.timestamp() <= died.words.at
            ),
            key=lambda one: one.asked_at,
        )


def deaths(people: Sequence[Insured]) -> list[Death]:
    """A death for each person: every step of the walkthrough, at the bureau that does it, at every point."""
    sides = [(step, "bureau_in") for step in BY_TRANSFER_IN] + [
        (step, "bureau_out") for step in BY_TRANSFER_OUT
    ]
    where = [(step, side, point) for point in Point for step, side in sides]
    return [
        Death(case_no=one.case_no, bureau=getattr(one.application, side), step=step.name, point=point)
        for one, (step, side, point) in zip(people, where, strict=True)
    ]


@asynccontextmanager
async def mortal_workers(plan: Plan) -> AsyncIterator["asyncio.Task[int]"]:
    """The supervisor and its workers; the task ends if the supervisor does."""
    file = plan.directory / "plan"
    file.write_text(plan.model_dump_json())
    program = Path(__file__).with_name("mortal_worker.py")
    with (plan.directory / "supervisor.log").open("wb") as log:
        supervisor = await asyncio.create_subprocess_exec(
            sys.executable,
            program,
            file,
            env={"PYTHONPATH": str(program.parents[2]), VARIABLE: os.environ[VARIABLE]},
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    ended = asyncio.create_task(supervisor.wait())
    yield ended
    assert supervisor.stdin is not None
    supervisor.stdin.close()
    await ended


async def live_through(client: Client, people: Sequence[Insured]) -> list[Progress]:
    """Everybody applies; wait for the end of every case."""
    await seed_all(client, [one.account for one in people])
    await open_all(client, people, APART_SECONDS)
    return await all_closed(client, people)


async def all_died(plan: Plan) -> None:
    """Wait until every death is entered: a worker may die of the last report of a case that has closed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(plan.obituaries()) < len(plan.deaths):  # noqa: ASYNC110 -- a file tells nobody
            await asyncio.sleep(LOOK_SECONDS)


@pytest.fixture(scope="module")
async def aftermath(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aftermath]:
    """Everybody's case on a real server, with every planned death died on the way."""
    directory = tmp_path_factory.mktemp("mortal")
    people = crowd(DEATHS, bureaus=BUREAUS)
    server = EmbeddedServer(free_port(), None, None, directory / "server.log")
    workers = Workers(server.address, directory)
    async with AsyncExitStack() as running:
        running.callback(server.stop)
        client = await server.start()
        await prepare(client)
        running.callback(workers.stop)
        workers.start_platform()
        plan = Plan(
            address=str(server.address.host),
            stores=f"sqlite+aiosqlite:///{directory}/{{bureau}}.db",
            bureaus=BUREAUS,
            deaths=tuple(deaths(people)),
            directory=directory,
        )
        supervisor = await running.enter_async_context(mortal_workers(plan))
        living = asyncio.create_task(live_through(client, people))
        await asyncio.wait({living, supervisor}, return_when=asyncio.FIRST_COMPLETED)
        assert living.done(), plan.obituaries()[-1:]
        progress = living.result()
        await all_died(plan)
        work = {one.case_no: await work_of(client, one) for one in people}
        audit = await audit_books(client, BUREAUS, PATIENCE_SECONDS)
        books = await running.enter_async_context(open_books(plan.stores, BUREAUS))
        yield Aftermath(people, plan, progress, work, audit, books)


async def test_the_deaths_cover_every_step_that_a_case_asks_for(aftermath: Aftermath) -> None:
    sides = {one.case_no: one.application for one in aftermath.people}
    for one in aftermath.people:
        at = {bureau_queue(one.application.bureau_in): "in", bureau_queue(one.application.bureau_out): "out"}
        done = Counter((work.step, at[work.queue]) for work in aftermath.work[one.case_no])
        died_at = {
            (death.step, "in" if death.bureau == sides[death.case_no].bureau_in else "out")
            for death in aftermath.plan.deaths
        }
        if done[REVIEW_APPLICATION.name, "in"] == 2:
            # It did not wait for a certificate that was late, and was made again when that had come.
            assert certificate_took(aftermath.work[one.case_no]) >= CERTIFICATE_SOON
            done[REVIEW_APPLICATION.name, "in"] = 1
        assert done == Counter(died_at)


def certificate_took(work: Sequence[Work]) -> timedelta:
    """From the moment a case asked for its certificate until it had it."""
    (certificate,) = (one for one in work if one.step == ISSUE_CERTIFICATE.name)
    return certificate.done_at - certificate.asked_at


async def test_every_planned_death_is_died_once_and_there_is_no_other(aftermath: Aftermath) -> None:
    assert all(ended.signal == signal.SIGKILL for ended in aftermath.obituaries)
    died = Counter(ended.words.death for ended in aftermath.obituaries if ended.words)
    assert died == Counter(aftermath.plan.deaths)
    assert len(aftermath.obituaries) == DEATHS


async def test_each_death_strikes_where_it_was_meant_to(aftermath: Aftermath) -> None:
    """What the step saw in its own transaction, against what its store held when the process was gone."""
    for ended in aftermath.obituaries:
        words = ended.words
        assert words is not None
        gained = (words.filed_seen > words.filed_before, ended.filed_after > words.filed_before)
        assert (
            gained
            == {
                Point.BEFORE: (False, False),
                Point.INSIDE: (True, False),
                Point.AFTER: (True, True),
                Point.REPORTED: (True, True),
            }[words.death.point]
        ), words.death


async def test_a_step_is_asked_for_again_unless_its_result_was_reported(aftermath: Aftermath) -> None:
    for ended in aftermath.obituaries:
        assert ended.words is not None
        fatal = aftermath.fatal(ended)
        if ended.words.death.point is Point.REPORTED:
            assert fatal.done_at.timestamp() <= ended.words.at
        else:
            assert fatal.attempts > 1, ended.words.death


async def test_every_case_closes(aftermath: Aftermath) -> None:
    assert Counter(progress.stage for progress in aftermath.progress) == {Stage.CLOSED: DEATHS}


async def test_every_posting_stands_once(aftermath: Aftermath) -> None:
    assert await aftermath.books.postings() == postings_of(aftermath.people)


async def test_no_fen_and_no_month_is_lost_or_doubled(aftermath: Aftermath) -> None:
    audit = aftermath.audit
    assert is_clean(audit)
    assert audit.remittances == DEATHS
    assert audit.sent == audit.received == audit.posted > 0
    assert audit.months_moved == audit.months_taken_in == sum(one.months for one in aftermath.progress)


async def test_account_and_months_are_where_the_form_says(aftermath: Aftermath) -> None:
    await assert_all_have_moved(aftermath.books, aftermath.people)


async def test_a_dead_worker_costs_its_case_seconds(
    aftermath: Aftermath, tell: Callable[[str], None]
) -> None:
    """From the death to the same step done by the next process."""
    lost = [
        aftermath.fatal(ended).done_at.timestamp() - ended.words.at
        for ended in aftermath.obituaries
        if ended.words and ended.words.death.point is not Point.REPORTED
    ]
    asked_again = sum(work.attempts > 1 for works in aftermath.work.values() for work in works)
    tell(
        f"{len(lost)} steps cut off by kill -9, and {asked_again - len(lost)} beside them; "
        f"done again after {median(lost):.1f} s, at most {max(lost):.1f} s"
    )
    assert len(lost) == sum(death.point is not Point.REPORTED for death in aftermath.plan.deaths)
