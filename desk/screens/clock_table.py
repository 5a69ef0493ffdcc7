"""The clocks of a case on a screen: who owes, until when, what is left, and every date that moved."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from desk.language import say
from desk.screens.screen import table
from desk.words import day, instant, title
from models.messages.clocks import ClockReading
from rules.values.due_dates import AlarmKind, Clock


def print_clocks(
    screen: Console, clocks: Sequence[ClockReading], now: datetime, late: Mapping[Clock, int]
) -> None:
    """One row per clock; below, its law and what a row has no room for.

    `late` says by how many working days a clock that still runs is late.
    """
    screen.print(_table(clocks, late))
    for clock in clocks:
        for line in _notes(clock, now):
            screen.print(f"{clock.clock.letter}  {line}", markup=False)


def _table(clocks: Sequence[ClockReading], late: Mapping[Clock, int]) -> Table:
    shown = table(
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("received", "收到"),
        say("due", "到期"),
        say("days", "工作日"),
        say("state", "状态"),
        whole=(2, 3),
    )
    for clock in clocks:
        days = f"{clock.working_days}{f' + {clock.extension}' if clock.extension else ''}"
        shown.add_row(
            clock.clock.letter,
            title(clock.owed_by),
            str(clock.received_on),
            str(clock.due_on),
            days,
            _state(clock, late.get(clock.clock)),
        )
    return shown


def _state(clock: ClockReading, late_now: int | None) -> str:
    if clock.stopped_at is not None:
        done = say("done ", "已完成 ") + instant(clock.stopped_at)
        days = clock.working_days_late
        late = say(f", [red]{days} days late[/red]", f"，[red]逾期 {days} 日[/red]")
        return done + late if clock.overdue else done
    if clock.paused_since is not None:
        since = day(clock.paused_since)
        return say(f"[yellow]paused since {since}[/yellow]", f"[yellow]自 {since} 中止[/yellow]")
    if clock.overdue:
        return say("[red]overdue[/red]", "[red]逾期[/red]") if late_now is None else _late(late_now)
    return say("running", "计时中")


def _late(days: int) -> str:
    return say(f"[red]overdue, {days} working days late[/red]", f"[red]逾期 {days} 个工作日[/red]")


def _notes(clock: ClockReading, now: datetime) -> Iterator[str]:
    yield str(clock.law)
    if clock.provisional:
        between = f"{clock.earliest} – {clock.latest}"
        yield say(f"provisional until the next holiday notice: {between}", f"放假通知发布前暂定：{between}")
    if clock.paused_working_days:
        days = clock.paused_working_days
        yield say(f"stood still for {days} working days", f"已中止 {days} 个工作日")
    if clock.stopped_at is None and clock.paused_since is None and (left := _reminders(clock, now)):
        yield say("reminders to come: ", "待发催办：") + say(", ", "、").join(left)
    for moved in clock.moved:
        on = day(moved.at)
        yield say(
            f"moved on {on}: {moved.before} → {moved.after}, {moved.why}",
            f"{on} 变更：{moved.before} → {moved.after}，{moved.why}",
        )


def _reminders(clock: ClockReading, now: datetime) -> list[str]:
    """The days on which the party that owes will be reminded, by the reading of the clock as it is now."""
    return [
        say(f"{day(alarm.at)} ({alarm.working_days} left)", f"{day(alarm.at)}（余 {alarm.working_days} 日）")
        for alarm in clock.alarms
        if alarm.kind is AlarmKind.REMINDER and alarm.at > now
    ]
