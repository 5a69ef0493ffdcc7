"""The clocks of a case on a screen: who owes, until when, what is left, and every date that moved."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from desk.language import say
from desk.screen import table
from desk.words import day, instant, title
from models.clocks import ClockReading
from rules.due_dates import AlarmKind


def print_clocks(screen: Console, clocks: Sequence[ClockReading]) -> None:
    """One row per clock; below, its law and what a row has no room for."""
    screen.print(_table(clocks))
    for clock in clocks:
        for line in _notes(clock):
            screen.print(f"{clock.clock}  {line}", markup=False)


def _table(clocks: Sequence[ClockReading]) -> Table:
    shown = table(
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("received", "收到"),
        say("due", "到期"),
        say("working days", "工作日"),
        say("state", "状态"),
        whole=(2, 3),
    )
    for clock in clocks:
        days = f"{clock.working_days}{f' + {clock.extension}' if clock.extension else ''}"
        shown.add_row(
            clock.clock,
            title(clock.owed_by),
            str(clock.received_on),
            str(clock.due_on),
            days,
            _state(clock),
        )
    return shown


def _state(clock: ClockReading) -> str:
    if clock.stopped_at is not None:
        done = say("done ", "已完成 ") + instant(clock.stopped_at)
        return f"{done}, {_late(clock)}" if clock.overdue else done
    if clock.paused_since is not None:
        since = day(clock.paused_since)
        return say(f"[yellow]paused since {since}[/yellow]", f"[yellow]自 {since} 中止[/yellow]")
    if clock.overdue:
        return say("[red]overdue[/red]", "[red]逾期[/red]")
    return say("running", "计时中")


def _late(clock: ClockReading) -> str:
    days = clock.working_days_late
    return say(f"[red]{days} working days late[/red]", f"[red]逾期 {days} 个工作日[/red]")


def _notes(clock: ClockReading) -> Iterator[str]:
    yield str(clock.law)
    if clock.provisional:
        between = f"{clock.earliest} – {clock.latest}"
        yield say(f"provisional until the next holiday notice: {between}", f"放假通知发布前暂定：{between}")
    if clock.paused_working_days:
        days = clock.paused_working_days
        yield say(f"stood still for {days} working days", f"已中止 {days} 个工作日")
    if clock.stopped_at is None and (left := _reminders(clock)):
        yield say("reminders: ", "催办提醒：") + ", ".join(left)
    for moved in clock.moved:
        on = day(moved.at)
        yield say(
            f"moved on {on}: {moved.before} → {moved.after}, {moved.why}",
            f"{on} 变更：{moved.before} → {moved.after}，{moved.why}",
        )


def _reminders(clock: ClockReading) -> list[str]:
    """The days on which the party that owes is reminded, by the clock as it is aimed now."""
    return [
        say(f"{day(alarm.at)} ({alarm.working_days} left)", f"{day(alarm.at)}（余 {alarm.working_days} 日）")
        for alarm in clock.alarms
        if alarm.kind is AlarmKind.REMINDER
    ]
