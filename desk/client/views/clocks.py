"""The clocks of a case: who owes the step, until when, the days left, and every change of a due date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desk.client.views.tone import Phrase, Tone, Toned, phrase
from desk.language import Words, say
from desk.words import day, hour, instant, title
from models.messages.clocks import ClockReading
from rules.values.due_dates import AlarmKind, Clock


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock; `hour` is the hour at which its last day ends.

    `days` is its length in working days, with those a ruling has added: '15 + 10'.
    `notes` begin with its law and hold what has no room in the row.
    """

    letter: str
    name: str
    owed_by: str
    received_on: date
    due_on: date
    hour: str
    days: str
    state: Phrase
    notes: tuple[str, ...]


def clock_rows(
    clocks: Sequence[ClockReading],
    now: datetime,
    late: Mapping[Clock, int],
    given_up_at: datetime | None = None,
) -> list[ClockRow]:
    """Each clock as it stands now.

    `late` holds how many working days each running clock is late. A clock that stopped after `given_up_at`
    ended without its step: the case was withdrawn or ended by a ruling.
    """
    return [
        ClockRow(
            letter=clock.clock.letter,
            name=title(clock.clock),
            owed_by=title(clock.owed_by),
            received_on=clock.received_on,
            due_on=clock.due_on,
            hour=hour(clock.due_at),
            days=f"{clock.working_days}{f' + {clock.extension}' if clock.extension else ''}",
            state=_state(clock, late.get(clock.clock), given_up_at),
            notes=tuple(_notes(clock, now)),
        )
        for clock in clocks
    ]


def _state(clock: ClockReading, late_now: int | None, given_up_at: datetime | None) -> Phrase:
    if clock.stopped_at is not None:
        given_up = given_up_at is not None and clock.stopped_at >= given_up_at
        word = say("stopped ", "已终止 ") if given_up else say("done ", "已完成 ")
        done = phrase(word + instant(clock.stopped_at))
        days = clock.working_days_late
        late = Toned(say(f"{days} working days late", f"逾期 {days} 个工作日"), Tone.BAD)
        return (*done, Toned(say(", ", "，")), late) if clock.overdue else done
    if clock.paused_since is not None:
        since = day(clock.paused_since)
        return phrase(say(f"paused since {since}", f"自 {since} 中止"), Tone.NOTICE)
    if clock.overdue:
        return phrase(say("overdue", "逾期") if late_now is None else _late(late_now), Tone.BAD)
    return phrase(say("running", "计时中"))


def _late(days: int) -> str:
    return say(f"overdue, {days} working days late", f"逾期 {days} 个工作日")


_WHY_MOVED = {
    "correction": Words("a correction", "更正"),
    "correction withdrawn": Words("a correction withdrawn", "撤回更正"),
    "supplement": Words("papers handed in", "补正材料"),
    "completion": Words("a record completed", "补充完善资料"),
    "hold": Words("the case was on hold", "暂缓办理"),
    "restarted": Words("begun anew", "重新起算"),
}
"""Why a due date moved, by the word in the case; any other reason is the number of a notice or a ruling."""


def _notes(clock: ClockReading, now: datetime) -> Iterator[str]:
    yield str(clock.law)
    if clock.provisional:
        between = f"{clock.earliest} – {clock.latest}"
        yield say(f"provisional until the next holiday notice: {between}", f"放假通知公布前暂定：{between}")
    if clock.paused_working_days:
        days = clock.paused_working_days
        yield say(f"was paused for {days} working days", f"已中止 {days} 个工作日")
    if clock.stopped_at is None and clock.paused_since is None and (left := _reminders(clock, now)):
        yield say("reminders to come: ", "待发催办：") + say(", ", "、").join(left)
    for moved in clock.moved:
        on, why = day(moved.at), _WHY_MOVED.get(moved.why, Words(moved.why, moved.why))
        yield say(
            f"moved on {on}: {moved.before} → {moved.after}, {why.en}",
            f"{on} 变更：{moved.before} → {moved.after}，{why.zh}",
        )


def _reminders(clock: ClockReading, now: datetime) -> list[str]:
    """The days on which the party that owes the step will be reminded, by the clock's present reading."""
    return [
        say(
            f"{day(alarm.at)} ({alarm.working_days} left)",
            f"{day(alarm.at)}（余 {alarm.working_days} 个工作日）",
        )
        for alarm in clock.alarms
        if alarm.kind is AlarmKind.REMINDER and alarm.at > now
    ]
