"""The journal of a case: the time, party, event, paper and officer of each entry."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.files.orders import field_title
from desk.language import Words, say
from desk.officers.signing import DEMONSTRATION_OFFICER
from desk.words import instant, title
from models.messages.dossier import JournalEntry
from models.messages.requests import Approvable
from models.messages.stages import Event
from rules.values.due_dates import Clock
from rules.values.form_fields import CorrectionEffect
from rules.values.moves import Material
from rules.values.orders import DisputePoint

LINES = 50
"""How many lines of a journal are shown, unless more are asked for."""
Subject = Approvable | DisputePoint

_LISTED: dict[Event, dict[str, Words]] = {
    Event.MATERIALS_SUPPLEMENTED: {one.value: Words(one.value, one.official) for one in Material},
    Event.COMPLETION_REQUESTED: {
        "name_differs": Words("the name differs", "姓名不一致"),
        "name_differs_here": Words("the name on its own record differs", "本地登记姓名不一致"),
        "record_incomplete": Words("the record is incomplete", "缴费记录不完整"),
    },
}
"""Events whose detail lists code values, with the words readers see for each."""

_SUBJECTS: dict[Event, type[Approvable] | type[DisputePoint]] = {
    **dict.fromkeys((Event.APPROVAL_AWAITED, Event.APPROVED), Approvable),
    **dict.fromkeys(
        (
            Event.DISPUTE_RAISED,
            Event.POSITION_ANSWERED,
            Event.SETTLEMENT_PROPOSED,
            Event.DISPUTE_SETTLED,
            Event.DISPUTE_WITHDRAWN,
            Event.REFERRED,
        ),
        DisputePoint,
    ),
}
"""Events without a paper that concern something with a title of its own."""

_CLOCKS = frozenset(
    {
        Event.CLOCK_STARTED,
        Event.CLOCK_STOPPED,
        Event.CLOCK_MOVED,
        Event.CLOCK_OVERDUE,
        Event.CLOCK_PAUSED,
        Event.CLOCK_RESUMED,
        Event.REMINDER_SENT,
        Event.ESCALATED,
    }
)
"""Events without a paper that concern a clock, whose letter is shown."""
_EFFECTS = frozenset({Event.CLOCK_PAUSED, Event.CLOCK_RESUMED})
_LATE = re.compile(r"\+(\d+)", re.ASCII)
"""How a case notes the working days by which a clock that it had reported was late."""
_FIELDS = frozenset(
    {
        Event.CORRECTION_REQUESTED,
        Event.CORRECTION_REPLACED,
        Event.CORRECTION_WITHDRAWN,
        Event.AMENDMENT_HANDED_IN,
        Event.AMENDED_OTHERWISE,
        Event.CORRECTION_DECLINED,
    }
)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry: the instant in China's time, the party, the event, and its subject."""

    when: str
    who: str
    what: str
    about: str


def journal_lines(journal: Sequence[JournalEntry], case: str) -> list[JournalLine]:
    """The journal in its order; papers are numbered without the case number."""
    return [
        JournalLine(
            instant(entry.at),
            title(entry.party),
            title(entry.event),
            _about(entry, _subject(entry).replace(case, "…")),
        )
        for entry in journal
    ]


def in_short(entry: JournalEntry) -> str:
    """An entry in one line, without the number of its paper."""
    on_a_clock = entry.event in _CLOCKS
    about = _about(entry, _subject(entry) if entry.event in _SUBJECTS or on_a_clock else "")
    return f"{title(entry.event)}{say(': ', '：')}{about}" if about else title(entry.event)


def _about(entry: JournalEntry, subject: str) -> str:
    parts = (subject, _detail(entry), _officer(entry), _times(entry))
    return say(", ", "，").join(part for part in parts if part)


def _officer(entry: JournalEntry) -> str:
    """'by li01 (key 1a2b3c4d, demonstration officer)'."""
    if not entry.officer:
        return ""
    sealed = [say(f"key {entry.key[:8]}", f"密钥 {entry.key[:8]}")] if entry.key else []
    if entry.demonstration:
        sealed.append(str(DEMONSTRATION_OFFICER))
    en, zh = (f" ({', '.join(sealed)})", f"（{'，'.join(sealed)}）") if sealed else ("", "")
    return say(f"by {entry.officer}{en}", f"经办 {entry.officer}{zh}")


def _times(entry: JournalEntry) -> str:
    """How often the event of this line has happened, and when last; '' for a single event."""
    if entry.last_at is None:
        return ""
    last = instant(entry.last_at)
    return say(f"{entry.count} times, last on {last}", f"共 {entry.count} 次，最近一次 {last}")


def _subject(entry: JournalEntry) -> str:
    if entry.event in _CLOCKS:
        return next((clock.letter for clock in Clock if clock == entry.paper), entry.paper or "")
    kind = _SUBJECTS.get(entry.event)
    return _titled(entry.paper or "", kind) if kind else entry.paper or ""


def _detail(entry: JournalEntry) -> str:
    """The detail, with code values in the reader's words."""
    if entry.event in _EFFECTS and entry.detail in tuple(CorrectionEffect):
        return _effect(entry.event, CorrectionEffect(entry.detail))
    if entry.event is Event.CLOCK_STOPPED and (late := _LATE.fullmatch(entry.detail)):
        days = int(late[1])
        return say(f"{days} {'working day' if days == 1 else 'working days'} late", f"逾期 {days} 个工作日")
    if entry.event in _FIELDS:
        return say(", ", "、").join(map(_field, entry.detail.split(", ")))
    if known := _LISTED.get(entry.event):
        named = (known[one] if one in known else Words(one, one) for one in entry.detail.split(", "))
        return say(", ", "、").join(map(str, named))
    return say(entry.detail, entry.detail_zh or entry.detail)


def _effect(event: Event, effect: CorrectionEffect) -> str:
    """What a correction has done to a clock, beyond what the event itself says."""
    if effect is CorrectionEffect.RESTART:
        return title(effect)
    if event is Event.CLOCK_RESUMED and effect is CorrectionEffect.PAUSE:
        return say("the days in between are not counted", "其间的工作日不计")
    return ""


def _field(noted: str) -> str:
    """A field by its title, with the value that the journal keeps of some."""
    field, _, value = noted.partition(" = ")
    return f"{field_title(field)} {value}".rstrip()


def _titled(word: str, known: Iterable[Subject]) -> str:
    """The title of a code value; the value itself if a newer release wrote one that is unknown here."""
    return next((title(one) for one in known if one == word), word)
