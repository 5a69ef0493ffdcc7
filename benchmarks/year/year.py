"""One simulated year under one reading of the law: what determines it, and everything that follows."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from benchmarks.year.holidays import calendar_of
from benchmarks.year.offices import BUILT_IN, Offices, arrangements
from benchmarks.year.plans import Draw, Plan, Settings
from benchmarks.year.shares import Shares, committed
from models.files.arrangements_file import ArrangementsFile
from rules.calendar.working_calendar import WorkingCalendar


@dataclass(frozen=True)
class Year:
    """A simulated year. Two with the same settings, shares and reading are the same year."""

    settings: Settings
    reading: str = BUILT_IN
    shares: Shares = field(default_factory=committed)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the year from its file."""
        written = json.loads(file.read_text())
        return cls(Settings(**written["settings"]), written["reading"])

    def write(self, file: Path) -> None:
        """Write what determines the year to a file, for workers in other processes and for continuing."""
        file.write_text(json.dumps({"settings": asdict(self.settings), "reading": self.reading}))

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The calendar by which people work; it has the next year's notice even before its publication."""
        return calendar_of(self.settings.year)

    @cached_property
    def _draw(self) -> Draw:
        return Draw(self.settings, self.shares, self.calendar)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The bureaus that take part."""
        return tuple(self._draw.places)

    def plan(self, number: int) -> Plan:
        """The plan of a case, by its number."""
        return self._draw.plan(number)

    def arrivals(self) -> list[tuple[datetime, int]]:
        """When each case begins, with the case's number."""
        return [(self._draw.applied_at(number), number) for number in range(self.settings.cases)]

    @cached_property
    def offices(self) -> Offices:
        return Offices(self.settings, self.shares, self.calendar)

    @cached_property
    def arrangements(self) -> ArrangementsFile:
        return arrangements(self.shares, self.settings, self.keys, self.reading)
