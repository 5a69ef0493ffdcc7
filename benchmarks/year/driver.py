"""The driver of a simulated year: it moves every case, day by day, until all have ended."""

import asyncio
import heapq
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from temporalio.testing import TimeSkipper

from benchmarks.year.ending import CaseLine, line_of
from benchmarks.year.holidays import notice_for
from benchmarks.year.moving import BeginsLater, CaseNote, DrivenCase, Stuck
from benchmarks.year.staff import Staff
from benchmarks.year.year import Year
from desk.client.publication import PublicationRefused, draft_of, propose_or_check
from desk.commands.seed import seed_all
from models.files.holiday_notice import CalendarFile
from rules.values.due_dates import CHINA_TIME

AT_ONCE = 16
"""How many cases are moved at the same time; two cores gain nothing from more."""
TOO_LONG = timedelta(hours=1)
A_DAY, DAYS_OF_A_YEAR = timedelta(days=1), 365


@dataclass
class Progressed:
    """How far the year has come, for the screen."""

    day: date
    started: int = 0
    open: int = 0
    ended: int = 0


NOTE = TypeAdapter(CaseNote)


class Notebook:
    """A file of what the driver knows of its cases, with a line for each move, so that it can continue."""

    def __init__(self, file: Path) -> None:
        self.notes: dict[int, CaseNote] = {}
        self.ended: dict[int, CaseLine] = {}
        if file.exists():
            for line in file.read_text().splitlines(keepends=True):
                # The last line is incomplete if the driver was killed while writing it.
                if line.endswith("\n"):
                    self._read(json.loads(line))
        self._file = file.open("a")

    def _read(self, line: dict[str, Any]) -> None:
        if "end" in line:
            ended = CaseLine.model_validate(line)
            self.ended[ended.number] = ended
        else:
            self.notes[line.pop("number")] = NOTE.validate_python(line)

    def write_note(self, number: int, note: CaseNote) -> None:
        """Write down what is known of a case."""
        self._write({"number": number, **NOTE.dump_python(note, mode="json")})

    def ends(self, line: CaseLine) -> None:
        """Write down how a case has ended."""
        self.ended[line.number] = line
        self._write(line.model_dump(mode="json"))

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Driver:
    """Moves the cases of a year. `told` is called with the progress after every day."""

    def __init__(
        self,
        year: Year,
        skipper: TimeSkipper,
        begins: BeginsLater,
        notebook: Notebook,
        told: Callable[[Progressed], None],
    ) -> None:
        self.year = year
        self.client = skipper.client
        self.notebook = notebook
        self.stuck: list[str] = []
        self._told = told
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._cases: dict[int, DrivenCase] = {}
        """The open cases by number."""
        self._take_on = partial(
            DrivenCase, skipper=skipper, begins=begins, staff=Staff(year.shares), offices=year.offices
        )
        self._days_together = -(-AT_ONCE * DAYS_OF_A_YEAR // max(year.settings.cases, 1))
        """How many days are moved together. In a small year a day has one case or none; between two notices
        cases do not affect one another, so that the result is the same."""
        self._started = len(notebook.ended)
        self._due: list[tuple[datetime, int]] = []
        month, day = map(int, year.shares.holidays.next_notice_on.split("-"))
        self._notice_on = date(year.settings.year, month, day)

    async def run(self) -> None:
        """Run the whole year, and the part of its cases that extends into the next."""
        await self._publish(notice_for(self.year.settings.year))
        await self._go_on()
        known = self.notebook.ended.keys() | self._cases.keys()
        self._due = [one for one in self.year.arrivals() if one[1] not in known]
        self._due += [(case.note.due, number) for number, case in self._cases.items()]
        heapq.heapify(self._due)
        published = False
        while self._due:
            day = self._due[0][0].date()
            if not published and day >= self._notice_on:
                await self._publish_the_next()
                published = True
            last = day + timedelta(days=self._days_together - 1)
            await self._days(last if published else min(last, self._notice_on - A_DAY))

    async def _go_on(self) -> None:
        """Resume the cases that an earlier run of the driver has left open."""
        for number in self.notebook.notes.keys() - self.notebook.ended.keys():
            self._cases[number] = case = self._take_on(self.year.plan(number))
            case.note = self.notebook.notes[number]
        self._started += len(self._cases)
        await asyncio.gather(*(self._in_turn(case.resume()) for case in self._cases.values()))

    async def _in_turn(self, doing: Awaitable[None]) -> None:
        async with self._turns:
            await doing

    async def _days(self, last: date) -> None:
        """Do everything that is due up to a day."""
        numbers = []
        while self._due and self._due[0][0].date() <= last:
            numbers.append(heapq.heappop(self._due)[1])
        new = [self.year.plan(number) for number in numbers if number not in self._cases]
        self._cases |= {plan.number: self._take_on(plan) for plan in new}
        self._started += len(new)
        await seed_all(self.client, [account for plan in new for account in plan.accounts])
        moving = (self._move(self._cases[number], last) for number in sorted(numbers))
        await asyncio.gather(*map(self._in_turn, moving))
        ended = len(self.notebook.ended)
        self._told(Progressed(last, self._started, self._started - ended, ended))

    async def _move(self, case: DrivenCase, last: date) -> None:
        """Move a case up to a day."""
        try:
            while case.ended is None and case.note.due.date() <= last:
                await case.move()
                self.notebook.write_note(case.plan.number, case.note)
        except (Stuck, TimeoutError) as stuck:
            self.stuck.append(str(stuck) or f"case {case.plan.number} did not move in time")
            return
        if case.ended is not None:
            self.notebook.ends(line_of(case, self.year.calendar))
            del self._cases[case.plan.number]
        else:
            heapq.heappush(self._due, (case.note.due, case.plan.number))

    async def _publish_the_next(self) -> None:
        """Publish the notice for the next year; every open case has reached that day."""
        at = datetime.combine(self._notice_on, time(8), CHINA_TIME)
        await asyncio.gather(*(self._in_turn(case.to(at)) for case in self._cases.values()))
        await self._publish(notice_for(self.year.settings.year + 1))

    async def _publish(self, file: CalendarFile) -> None:
        """Publish a notice by two officers, and wait until the cases that it concerns are informed.

        The first officer may have signed in an earlier run of the driver, and is then refused.
        """
        draft = draft_of(file)
        await propose_or_check(self.client, draft, "registrar-1", TOO_LONG)
        checked = await propose_or_check(self.client, draft, "registrar-2", TOO_LONG)
        if isinstance(checked, PublicationRefused):
            raise RuntimeError(checked.en)
