"""Calendar months, the unit in which contributions are paid, compared, moved and cleared."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the Gregorian calendar (民法典第二百条); `number` is 1 to 12."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """'2017-01' → January 2017. Raises ValueError for any other form."""
        found = _MONTH.fullmatch(text)
        if not found:
            raise ValueError("not a month in the form YYYY-MM")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> "Month":
        """The month so many months later, or earlier when negative."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """In papers a month is written 'YYYY-MM'. Used by pydantic only."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.to_string_ser_schema(),
        )


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included; none when `last` comes first."""
    index = first.year * 12 + first.number - 1
    end = last.year * 12 + last.number - 1
    for at in range(index, end + 1):
        yield Month(at // 12, at % 12 + 1)


def count_months(first: Month, last: Month) -> int:
    """How many months lie from `first` to `last`, both included; 0 when `last` comes first."""
    return max(0, (last.year - first.year) * 12 + last.number - first.number + 1)


def year_spans(years: Iterable[int]) -> str:
    """'1996–2003, 2005': years in order, as findings and refusals name them."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][1] + 1 == year:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
