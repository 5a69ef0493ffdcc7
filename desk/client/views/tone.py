"""Words with a tone, in the language of the reader who asks: what a screen colours and a page styles."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How words are meant. Whoever draws them chooses colours and weights."""

    PLAIN = "plain"
    STRONG = "strong"
    """What is looked for first: a case number, a stage, a total."""
    GOOD = "good"
    NOTICE = "notice"
    """Somebody should look: something is missing, paused or without an answer."""
    BAD = "bad"
    """Late, or broken off."""


@dataclass(frozen=True, slots=True)
class Toned:
    """Some words and how they are meant."""

    words: str
    tone: Tone = Tone.PLAIN


Phrase = tuple[Toned, ...]
"""Words of several tones, one after another without blanks between them."""


def phrase(words: str, tone: Tone = Tone.PLAIN) -> Phrase:
    """Words of one tone; nothing for no words."""
    return (Toned(words, tone),) if words else ()


def listed(phrases: Iterable[Phrase], separator: str) -> Phrase:
    """Phrases one after another with a separator between them."""
    whole: list[Toned] = []
    for one in phrases:
        whole += [*phrase(separator if whole else ""), *one]
    return tuple(whole)


def words_of(text: Phrase) -> str:
    """The words alone."""
    return "".join(part.words for part in text)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what stands beside it."""

    label: str
    value: Phrase
