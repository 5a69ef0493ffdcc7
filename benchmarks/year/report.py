"""The report of a simulated year, from its cases' lines and the audit; the same for the same year."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from benchmarks.measuring import figures
from benchmarks.year.ending import CaseLine, ClockLine
from benchmarks.year.year import Year
from desk.screens.screen import table
from desk.words import money
from models.messages.audit import AuditReport
from models.messages.stages import Party, Stage
from rules.application.bureaus import listed_bureau
from rules.values.due_dates import Clock
from rules.values.money import Fen, fen_from_yuan, yuan

STATUTORY = (Clock.TRANSFER_OUT, Clock.TAKE_IN)
"""The two periods of 15 working days (第七条)."""
PARTIES = (Party.TRANSFER_IN, Party.TRANSFER_OUT, Party.PROVINCE, Party.APPLICANT)
HALF, NINE_TENTHS = 50, 90


def report_of(
    year: Year, lines: Iterable[CaseLine], stuck: Sequence[str], audit: AuditReport
) -> dict[str, Any]:
    """The whole report as one document; money in yuan, times in working days."""
    cases = sorted(lines, key=lambda line: line.case_no)
    settings = year.settings
    return {
        "year": settings.year,
        "seed": settings.seed,
        "cases": settings.cases,
        "bureaus": len(year.keys),
        "reading": year.reading,
        "ends": {end: sum(line.end is end for line in cases) for end in Stage if _any(cases, end)},
        "stuck": len(stuck),
        "in_time": {clock.value: _in_time(_clocks(cases, clock)) for clock in STATUTORY},
        "in_time_with_corrections": _in_time(_statutory(_corrected(cases))),
        "by_bureau": _by_bureau(cases),
        "days": _spread([line.days for line in cases if line.end is Stage.CLOSED]),
        "days_by_direction": {
            scheme: _spread(
                [line.days for line in cases if line.end is Stage.CLOSED and line.scheme_to == scheme]
            )
            for scheme in ("E", "G")
        },
        "days_by_clock": {
            clock.value: _spread([one.days for one in _clocks(cases, clock)]) for clock in STATUTORY
        },
        "days_by_party": {
            party.value: {
                "in_all": sum(line.days_by_party.get(party, 0) for line in cases),
                **_spread([line.days_by_party.get(party, 0) for line in cases]),
            }
            for party in PARTIES
        },
        "money": _money(cases),
        "months": sum(line.months for line in cases),
        "due_dates": {
            "cases_with_a_provisional_one": sum(line.provisional for line in cases),
            "moved": sum(len(one.moved) for line in cases for one in line.clocks),
        },
        "handed_in": dict(sorted(_together(cases).items())),
        "refused": sum(line.refused for line in cases),
        "audit": _audit(audit),
    }


def _any(cases: Sequence[CaseLine], end: Stage) -> bool:
    return any(line.end is end for line in cases)


def _clocks(cases: Iterable[CaseLine], clock: Clock) -> list[ClockLine]:
    return [one for line in cases for one in line.clocks if one.clock is clock]


def _corrected(cases: Iterable[CaseLine]) -> list[CaseLine]:
    """The cases in which a correction was asked for."""
    return [line for line in cases if line.handed_in.get("correct")]


def _statutory(cases: Iterable[CaseLine]) -> list[ClockLine]:
    return [one for line in cases for one in line.clocks if one.clock in STATUTORY]


def _in_time(clocks: Sequence[ClockLine]) -> dict[str, int]:
    return {"ran": len(clocks), "in_time": sum(one.late == 0 for one in clocks)}


def _by_bureau(cases: Sequence[CaseLine]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[Clock, list[ClockLine]]] = defaultdict(lambda: defaultdict(list))
    for clock in STATUTORY:
        for one in _clocks(cases, clock):
            found[one.bureau][clock].append(one)
    return {
        bureau: {clock.value: _in_time(found[bureau][clock]) for clock in STATUTORY}
        for bureau in sorted(found)
    }


def _spread(days: Iterable[int]) -> dict[str, int | None]:
    """The median, the 90th percentile and the maximum; None if there is no case."""
    ordered = sorted(days)
    if not ordered:
        return {"median": None, "ninetieth": None, "longest": None}
    return {
        "median": _percentile(ordered, HALF),
        "ninetieth": _percentile(ordered, NINE_TENTHS),
        "longest": ordered[-1],
    }


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """The least value that `percent` of the values do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _money(cases: Sequence[CaseLine]) -> dict[str, str]:
    return {
        "individual": yuan(Fen(sum(line.individual for line in cases))),
        "pooled": yuan(Fen(sum(line.pooled for line in cases))),
        "refunded": yuan(Fen(sum(line.refunded for line in cases))),
    }


def _together(cases: Iterable[CaseLine]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in cases:
        counted.update(line.handed_in)
    return counted


def _audit(audit: AuditReport) -> dict[str, Any]:
    return {
        "clean": audit.clean,
        "bureaus": len(audit.books),
        "findings": len(audit.findings) + audit.more,
        "cases": audit.cases,
        "fen_sent_and_not_received": audit.sent - audit.received,
        "fen_neither_posted_nor_given_back": audit.received - audit.given_back - audit.posted,
        "months_moved_and_not_taken_in": audit.months_moved - audit.months_taken_in,
    }


def tables(report: dict[str, Any]) -> list[Table]:
    """The report as tables: the year as a whole, then a row for each bureau."""
    return [_whole(report), _bureaus(report)]


def _whole(report: dict[str, Any]) -> Table:
    shown = table(f"{report['year']}, seed {report['seed']}, reading {report['reading']}", "")
    for end, number in report["ends"].items():
        shown.add_row(f"cases {Stage(end).titles[0]}", f"{number:,}")
    shown.add_row("cases stuck", f"{report['stuck']:,}")
    for clock, counted in report["in_time"].items():
        shown.add_row(f"in time: {clock.replace('_', ' ')}", _share(counted))
    spreads = {
        "application to close": report["days"],
        "to the enterprise scheme": report["days_by_direction"]["E"],
        "to the government scheme": report["days_by_direction"]["G"],
        **{clock.replace("_", " "): spread for clock, spread in report["days_by_clock"].items()},
        **{f"charged to {Party(party).titles[0]}": one for party, one in report["days_by_party"].items()},
    }
    for name, spread in spreads.items():
        values = (spread[which] for which in ("median", "ninetieth", "longest"))
        shown.add_row(f"working days, {name}: median, 90 %, longest", " · ".join(map(_or_dash, values)))
    for name, amount in report["money"].items():
        shown.add_row(f"yuan, {name}", money(fen_from_yuan(amount)))
    shown.add_row("months moved", f"{report['months']:,}")
    for name, number in report["due_dates"].items():
        shown.add_row(f"due dates: {name.replace('_', ' ')}", f"{number:,}")
    for name, number in report["audit"].items():
        shown.add_row(f"audit: {name.replace('_', ' ')}", str(number))
    return figures(shown)


def _bureaus(report: dict[str, Any]) -> Table:
    shown = table("in time", *(clock.value.replace("_", " ") for clock in STATUTORY))
    for key, clocks in report["by_bureau"].items():
        listed = listed_bureau(key)
        named = f"{key} {listed.place_en}" if listed else key
        shown.add_row(named, *(_share(clocks[clock.value]) for clock in STATUTORY))
    return figures(shown)


def _share(counted: dict[str, int]) -> str:
    ran, in_time = counted["ran"], counted["in_time"]
    return f"{in_time:,} of {ran:,}" + (f" ({in_time * 100 / ran:.1f} %)" if ran else "")


def _or_dash(value: int | None) -> str:
    return "–" if value is None else str(value)


def side_by_side(reports: Sequence[dict[str, Any]]) -> Table:
    """The results of the same year under each reading."""
    shown = table("readings side by side", *(report["reading"] for report in reports))
    for clock in STATUTORY:
        name = clock.value.replace("_", " ")
        shown.add_row(f"in time: {name}", *(_share(report["in_time"][clock.value]) for report in reports))
        for which, words in (("median", "median"), ("ninetieth", "90 %"), ("longest", "longest")):
            days = (_or_dash(report["days_by_clock"][clock.value][which]) for report in reports)
            shown.add_row(f"working days, {name}: {words}", *days)
    shown.add_row(
        "in time of the cases with a correction",
        *(_share(report["in_time_with_corrections"]) for report in reports),
    )
    shown.add_row("due dates moved", *(f"{report['due_dates']['moved']:,}" for report in reports))
    for party in PARTIES:
        days = (f"{report['days_by_party'][party.value]['in_all']:,}" for report in reports)
        shown.add_row(f"working days charged to {party.titles[0]}", *days)
    return figures(shown)
