"""Wrong facts in a history file, found even where other fields of it cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Self, TypeVar

from pydantic_core import InitErrorDetails

from models.files.written_values import amount, month, percentage, wrong, year
from rules.amounts.amounts import years_without_rate
from rules.amounts.history_problems import EARLIEST_MONTH, HistoryProblem, history_problems
from rules.values.money import NO_MONEY, Fen, Rate
from rules.values.months import Month, year_spans
from rules.values.moves import Scheme
from rules.values.record import AccountCredit, ContributionRange, History, MonthKind, Opening, ResidentYear

T = TypeVar("T")

FIELDS: Mapping[str | int, str] = {
    "ranges": "months",
    "first": "from",
    "last": "to",
    "booked": "booked_percent",
}
"""The file's names of fields that the rules name otherwise."""

SOUND_BASE = Fen(1)
SOUND_RATE = Rate(0)
"""Stand-ins for values that cannot be read: their own error is reported, no second one for the same field."""


@dataclass(frozen=True, slots=True)
class Readable:
    """The readable part of a file; `positions` are the places of its ranges in the file."""

    history: History
    positions: tuple[int, ...]
    scheme_known: bool = True
    opening_known: bool = True

    @classmethod
    def whole(cls, history: History) -> Self:
        """A file without any formal error."""
        return cls(history, tuple(range(len(history.ranges))))


def readable_part(document: Any) -> Readable:
    """The readable part of a document with formal errors, so that its facts can be checked as well."""
    parts = document if isinstance(document, dict) else {}
    listed = parts.get("months")
    ranges = [
        (position, part)
        for position, raw in enumerate(listed if isinstance(listed, list) else ())
        if (part := _range(raw)) is not None
    ]
    scheme = _read(Scheme, parts.get("scheme"))
    opening = _opening(parts.get("opening"))
    history = History(
        scheme=scheme or Scheme.ENTERPRISE,
        ranges=tuple(part for _, part in ranges),
        opening=opening,
        rates=_rates(parts.get("rates")),
        credits=_credits(parts.get("credits")),
    )
    return Readable(
        history=history,
        positions=tuple(position for position, _ in ranges),
        scheme_known=scheme is not None,
        opening_known=opening is not None or parts.get("opening") is None,
    )


def problems_in(readable: Readable, on: date | None) -> list[InitErrorDetails]:
    """What the rules find wrong in the readable part, under the names and places of the file.

    Without a day nothing is in the future and no interest rate is missing.
    """
    history = readable.history
    found = [*_out_of_order(history), *_year_given_twice(history)]
    found += history_problems(history, on or date.max)
    if not readable.scheme_known:
        # What a kind of month allows depends on the scheme.
        found = [problem for problem in found if problem.path[-1] != "kind"]
    opening_sound = readable.opening_known and all(problem.path[0] != "opening" for problem in found)
    if on is not None and readable.scheme_known and opening_sound:
        found += _without_rate(history, on)
    return [
        InitErrorDetails(
            type=wrong("history", problem.en, problem.zh),
            loc=_in_file(problem, readable.positions),
            input=None,
        )
        for problem in found
    ]


def _range(raw: Any) -> ContributionRange | None:
    """A range whose months can be read."""
    if not isinstance(raw, dict):
        return None
    first, last = _read(month, raw.get("from")), _read(month, raw.get("to"))
    kind = _read(MonthKind, raw.get("kind", MonthKind.REGULAR))
    if first is None or last is None or kind is None:
        return None
    if kind is MonthKind.RESIDENT:
        own, *others = (
            _read(amount, raw.get(name, "0.00")) for name in ("own", "collective", "aid", "subsidy")
        )
        year_paid = ResidentYear(SOUND_BASE if own is None else own, *(one or NO_MONEY for one in others))
        return ContributionRange(first, last, NO_MONEY, None, kind, year_paid)
    base = _read(amount, raw.get("base"))
    booked = raw.get("booked_percent")
    if booked is not None:
        booked = _read(percentage, booked)
        booked = SOUND_RATE if booked is None else booked
    return ContributionRange(first, last, SOUND_BASE if base is None else base, booked, kind)


def _opening(raw: Any) -> Opening | None:
    """An opening whose year can be read."""
    closed = _read(year, raw.get("year")) if isinstance(raw, dict) else None
    if closed is None:
        return None
    sums = [_read(amount, raw.get(name)) for name in ("balance", "before_1998", "pooled_base_sum")]
    return Opening(closed, *(NO_MONEY if read is None else read for read in sums))


def _credits(raw: Any) -> tuple[AccountCredit, ...]:
    """The one-off subsidies; none when one of them cannot be read, which is reported by itself."""
    listed = raw if isinstance(raw, list) and all(isinstance(one, dict) for one in raw) else []
    read = [(_read(month, one.get("month")), _read(amount, one.get("amount"))) for one in listed]
    known = [AccountCredit(when, sum_) for when, sum_ in read if when is not None and sum_ is not None]
    return tuple(known) if len(known) == len(listed) else ()


def _rates(raw: Any) -> dict[int, Rate]:
    """The rates whose year can be read."""
    if not isinstance(raw, dict):
        return {}
    return {
        named: SOUND_RATE if (rate := _read(percentage, value)) is None else rate
        for key, value in raw.items()
        if (named := _read(year, key)) is not None
    }


def _read(reader: Callable[[Any], T], raw: Any) -> T | None:
    try:
        return reader(raw)
    except (ValueError, TypeError):
        return None


def _in_file(problem: HistoryProblem, positions: tuple[int, ...]) -> tuple[str | int, ...]:
    path = list(problem.path)
    if path[0] == "ranges" and isinstance(path[1], int):
        path[1] = positions[path[1]]
    return tuple(FIELDS.get(step, step) for step in path)


def _out_of_order(history: History) -> Iterator[HistoryProblem]:
    """Ranges out of order, which the rules allow; in a file such a month is most likely wrong."""
    for index, (above, part) in enumerate(pairwise(history.ranges), start=1):
        if part.first < above.first:
            yield HistoryProblem(
                ("ranges", index, "first"),
                "早于上一段，请按时间顺序填写。",
                "lies before the entry above it; list the months in order of time.",
            )


def _year_given_twice(history: History) -> Iterator[HistoryProblem]:
    """Entries of a resident for a year that an earlier entry has; the rules take a year's payment once.

    In a store a year may be in several rows, where some of its months were cleared.
    """
    years: set[int] = set()
    for index, part in enumerate(history.ranges):
        if part.kind is not MonthKind.RESIDENT:
            continue
        if part.first.year in years:
            yield HistoryProblem(
                ("ranges", index, "first"),
                "该年已有一条，每年一条，请合并填写。",
                "this year has an entry already; give a year one entry with all that was paid for it.",
            )
        years.add(part.first.year)


def _without_rate(history: History, on: date) -> Iterator[HistoryProblem]:
    possible = tuple(
        part for part in history.ranges if EARLIEST_MONTH <= part.first <= part.last <= Month.of(on)
    )
    if years := years_without_rate(replace(history, ranges=possible), on):
        listed = year_spans(years)
        yield HistoryProblem(
            ("rates",),
            f"缺少下列年度的记账利率，请在 rates 中填写：{listed}。",
            f"no interest rate is published here for {listed}; give each year its percentage under rates.",
        )
