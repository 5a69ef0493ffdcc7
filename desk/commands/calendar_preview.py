"""The preview of a calendar file on a screen, bureau by bureau, and as a document."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from desk.client.calendar_effects import ClockChange, Effect, OpenCases, OtherDay
from desk.language import say
from desk.screens.screen import console, table
from desk.words import bureau, calendar_name, listed, title
from models.files.holiday_notice import CalendarFile
from models.messages.clocks import ClockReading

STYLES = {Effect.TURNS_OVERDUE: "red", Effect.NO_LONGER_OVERDUE: "green"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A calendar file, the open cases, and the file's effects on them."""

    file: CalendarFile
    version: str
    cases: OpenCases
    changes: tuple[ClockChange, ...]


def preview_document(found: Preview) -> dict[str, Any]:
    """The preview as a JSON document."""
    return {
        "notice": found.file.number,
        "calendar": found.version,
        "running_clocks": len(found.cases.clocks),
        "not_answered": list(found.cases.silent),
        "bureaus": [
            {"bureau": key, **{effect.value: counts[effect] for effect in Effect}}
            for key, counts in _by_bureau(found.changes).items()
        ],
        "changes": [
            {
                "case_no": one.case_no,
                "bureau": one.after.bureau,
                "clock": one.after.clock,
                "owed_by": one.after.owed_by,
                "effects": list(one.effects),
                "before": _date_document(one.before),
                "after": _date_document(one.after),
                "days": [
                    {"date": str(day.day), "counts": day.counts, "why": say(day.fact.en, day.fact.zh)}
                    for day in one.days
                ],
            }
            for one in found.changes
        ],
    }


def _date_document(reading: ClockReading) -> dict[str, Any]:
    kept = {"due_on", "due_at", "provisional", "earliest", "latest", "calendar"}
    return reading.model_dump(mode="json", include=kept)


def _by_bureau(found: Sequence[ClockChange]) -> dict[str, Counter[Effect]]:
    """For each bureau that owes a step, how many of its clocks each effect concerns."""
    counts: dict[str, Counter[Effect]] = {}
    for one in found:
        counts.setdefault(one.after.bureau, Counter()).update(one.effects)
    return counts


def print_preview(found: Preview) -> None:
    """Print the preview: a table for each bureau that owes a step, with its sums."""
    screen = console()
    screen.print(say("notice: ", "文号：") + found.file.number, markup=False)
    screen.print(say("calendar: ", "日历：") + calendar_name(found.version), markup=False)
    for key, counts in _by_bureau(found.changes).items():
        sums = listed(f"{title(effect)} {counts[effect]}" for effect in Effect if counts[effect])
        screen.print()
        screen.print(f"[bold]{bureau(key)}[/bold]  {sums}")
        screen.print(_table(change for change in found.changes if change.after.bureau == key))
    screen.print()
    total, changed = len(found.cases.clocks), len(found.changes)
    screen.print(
        say(
            f"{changed} of {total} running clocks would change. This is a preview; nothing was changed.",
            f"运行中的期限 {total} 个，其中 {changed} 个受影响；本次仅预览，未作任何变更。",
        )
    )
    if any(change.before.provisional or change.after.provisional for change in found.changes):
        screen.print(
            say("? provisional: a notice still to come may move it.", "? 暂定：放假通知公布后可能变更。")
        )
    for case_no in found.cases.silent:
        screen.print(
            say(
                f"[yellow]{case_no}: no answer, not looked at[/yellow]",
                f"[yellow]{case_no}：未答复，未计入[/yellow]",
            )
        )


def _table(changed: Iterable[ClockChange]) -> Table:
    shown = table(
        say("case", "案号"),
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("due before", "原到期日"),
        say("due after", "新到期日"),
        say("effect", "影响"),
        say("days that differ", "计法变更的日期"),
        whole=(0, 3, 4),
    )
    for one in changed:
        shown.add_row(
            one.case_no,
            one.after.clock.letter,
            title(one.after.owed_by),
            _due(one.before),
            _due(one.after),
            listed(_styled(effect) for effect in one.effects),
            _days(one.days),
        )
    return shown


def _due(reading: ClockReading) -> str:
    return f"{reading.due_on}?" if reading.provisional else str(reading.due_on)


def _styled(effect: Effect) -> str:
    word, style = title(effect), STYLES.get(effect)
    return f"[{style}]{word}[/{style}]" if style else word


def _days(days: Sequence[OtherDay]) -> str:
    """'+2027-01-31 make-up working day, −2027-02-05 Spring Festival': days newly counted, or no longer."""
    return listed(
        f"{'+' if day.counts else '−'}{day.day} {escape(say(day.fact.en, day.fact.zh))}" for day in days
    )
