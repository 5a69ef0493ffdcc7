"""Values as people read them: titles in their language, money with separators, instants in China's time."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from desk.language import Words, say
from rules.application.bureaus import listed_bureau
from rules.values.due_dates import CHINA_TIME
from rules.values.law import Finding, MissingPaper, Refusal
from rules.values.money import Fen
from rules.values.moves import Material, Scheme

BROKEN_OFF = {
    "terminated": Words("terminated", "已终止"),
    "failed": Words("failed", "已失败"),
    "timed_out": Words("timed out", "已超时"),
    "canceled": Words("cancelled", "已取消"),
}
"""Ends of a workflow that are no end of a case: nobody acts on it any more, whatever its stage says."""


class Titled(Protocol):
    """What has a title in both languages: stages, parties, events, actions."""

    @property
    def titles(self) -> tuple[str, str]: ...


def title(word: Titled) -> str:
    """A stage, a party, an event or an action by its title."""
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
    return str(at.astimezone(CHINA_TIME).date())


def hour(due_at: datetime) -> str:
    """'17:00'; '24:00' where the last day ends with the day itself (民法典第二百零三条)."""
    written = due_at.astimezone(CHINA_TIME).strftime("%H:%M")
    return "24:00" if written == "00:00" else written


def bureau(key: str) -> str:
    """'Changchun 220100': a bureau's place with its key; the key alone when it is in no list."""
    known = listed_bureau(key)
    return f"{say(known.place_en, known.place_zh)} {key}" if known else key


def calendar_name(version: str) -> str:
    """By which holidays days were counted; in Chinese without the names that the program has for them."""
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
    """'崔**': the family name, by which a clerk knows the paper at hand."""
    return name[:1] + "*" * (len(name) - 1)


def mask_change(before: str, after: str) -> tuple[str, str]:
    """'崔明玉', '崔明钰' → '崔*玉', '崔*钰': of what is alike the first character, of the rest all.

    Who compares two versions of a name has to see where they differ, and no more. Where that would leave
    nothing of one of them masked, both are masked like any name.
    """
    shorter = min(len(before), len(after))
    first = first_difference(before, after) - 1 if before != after else shorter
    last = next((at for at in range(shorter - first) if before[-1 - at] != after[-1 - at]), shorter - first)
    shown = _shown_between(before, first, last), _shown_between(after, first, last)
    if any(text == whole and len(whole) > 1 for text, whole in zip(shown, (before, after), strict=True)):
        return mask_name(before), mask_name(after)
    return shown


def first_difference(before: str, after: str) -> int:
    """The number of the first character in which two texts differ, from 1; 0 where they are alike."""
    if before == after:
        return 0
    shorter = min(len(before), len(after))
    return next((at for at in range(shorter) if before[at] != after[at]), shorter) + 1


def _shown_between(text: str, first: int, last: int) -> str:
    """A text with everything before and after these numbers of characters masked, but for the first."""
    kept = text[first : len(text) - last]
    masked = mask_name(text[:first]) + kept + "*" * last
    return masked if first else text[:1] + masked[1:]


def mask(text: str) -> str:
    """'2201**********1239': enough to tell two people apart on a screen, not enough to know either.

    Of a number, an account or an address four characters at each end, and of a short one a quarter.
    """
    ends = min(4, len(text) // 4)
    return text[:ends] + "*" * (len(text) - 2 * ends) + text[len(text) - ends :]
