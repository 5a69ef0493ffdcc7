"""Values for people: titles in the reader's language, money with separators, instants in China's time."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from desk.language import Words, say
from rules.application.bureaus import listed_bureau
from rules.values.due_dates import CHINA_TIME, china_day
from rules.values.law import Finding, MissingPaper, Refusal
from rules.values.money import Fen
from rules.values.moves import Material, Scheme

BROKEN_OFF = {
    "terminated": Words("terminated", "已终止"),
    "failed": Words("failed", "已失败"),
    "timed_out": Words("timed out", "已超时"),
    "canceled": Words("cancelled", "已取消"),
}
"""Statuses in which a workflow ended but not its case: nobody acts on it any more, whatever its stage."""


class Titled(Protocol):
    """Anything with a title in both languages: stages, parties, events, actions."""

    @property
    def titles(self) -> tuple[str, str]: ...


def title(word: Titled) -> str:
    """The title of a stage, a party, an event or an action in the reader's language."""
    return say(*word.titles)


WEEKDAYS = (
    Words("Mon", "周一"),
    Words("Tue", "周二"),
    Words("Wed", "周三"),
    Words("Thu", "周四"),
    Words("Fri", "周五"),
    Words("Sat", "周六"),
    Words("Sun", "周日"),
)


def weekday(day: date) -> str:
    """'Mon', '周一'."""
    return str(WEEKDAYS[day.weekday()])


def money(amount: Fen) -> str:
    """123456789 fen → '1,234,567.89' yuan."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def instant(at: datetime) -> str:
    """An instant to the second, in China's time."""
    return at.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S")


def day(at: datetime) -> str:
    """The day of an instant, in China's time."""
    return str(china_day(at))


def hour(due_at: datetime) -> str:
    """'17:00'; '24:00' if the last day ends at midnight (民法典第二百零三条)."""
    written = due_at.astimezone(CHINA_TIME).strftime("%H:%M")
    return "24:00" if written == "00:00" else written


def bureau(key: str) -> str:
    """'Changchun 220100': a bureau's place and its key; only the key for an unknown bureau."""
    known = listed_bureau(key)
    return f"{say(known.place_en, known.place_zh)} {key}" if known else key


def calendar_name(version: str) -> str:
    """The calendar by which days were counted; in Chinese without the program's own name for it."""
    zh = version
    for name, called in (("holidays ", "全国放假数据 "), ("closures ", "本局放假日 "), ("; ", "；")):
        zh = zh.replace(name, called)
    return say(version, zh)


def relationship(letter: str, key: str) -> str:
    """'G government, Changchun 220100': a scheme at a bureau."""
    return f"{scheme(letter)}{say(', ', '，')}{bureau(key)}"


def listed(parts: Iterable[str]) -> str:
    """'a, b', 'a、b': as the reader's language lists them."""
    return say(", ", "、").join(parts)


def scheme(letter: str) -> str:
    """'G 机关事业单位', 'E enterprise'."""
    known = Scheme(letter)
    return f"{known} {say(known.name.lower(), known.official.removesuffix('基本养老保险'))}"


def material(paper: Material) -> str:
    """A paper handed in: 'identity document', '有效身份证件或社会保障卡'."""
    return say(paper.value.replace("_", " "), paper.official)


def sentence(finding: Refusal | Finding | MissingPaper) -> str:
    """A finding with its law: 'The person draws a pension (吉社保〔2020〕6号第一条).'"""
    return f"{say(finding.en, finding.zh)} ({finding.law})"


def mask_name(name: str) -> str:
    """'崔**': the family name, by which a clerk recognises the paper."""
    return name[:1] + "*" * (len(name) - 1)


def mask_change(before: str, after: str) -> tuple[str, str]:
    """'崔明玉', '崔明钰' → '崔*玉', '崔*钰': shows the first character and those that differ.

    A reader who compares two versions of a name has to see where they differ, and no more. If that would
    leave nothing of one of them masked, both are masked like any name.
    """
    shorter = min(len(before), len(after))
    first = first_difference(before, after) - 1 if before != after else shorter
    last = next((at for at in range(shorter - first) if before[-1 - at] != after[-1 - at]), shorter - first)
    shown = _shown_between(before, first, last), _shown_between(after, first, last)
    if any(text == whole and len(whole) > 1 for text, whole in zip(shown, (before, after), strict=True)):
        return mask_name(before), mask_name(after)
    return shown


def first_difference(before: str, after: str) -> int:
    """The number, from 1, of the first character in which two texts differ; 0 if they are the same."""
    if before == after:
        return 0
    shorter = min(len(before), len(after))
    return next((at for at in range(shorter) if before[at] != after[at]), shorter) + 1


def _shown_between(text: str, first: int, last: int) -> str:
    """A text masked except for its first character and all between index `first` and its end of `last`."""
    kept = text[first : len(text) - last]
    masked = mask_name(text[:first]) + kept + "*" * last
    return masked if first else text[:1] + masked[1:]


def mask(text: str) -> str:
    """'2201**********1239': enough to tell two people apart on a screen, not enough to identify either.

    Shows four characters at each end of a number, an account or an address, and a quarter of a short one.
    """
    ends = min(4, len(text) // 4)
    return text[:ends] + "*" * (len(text) - 2 * ends) + text[len(text) - ends :]
