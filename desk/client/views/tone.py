"""Words with a tone, in the reader's language: a screen shows the tone by colour, a page by style."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What the words signal. The user interface chooses colour and weight."""

    PLAIN = "plain"
    STRONG = "strong"
    """What readers look for first: a case number, a stage, a total."""
    GOOD = "good"
    NOTICE = "notice"
    """Needs attention: something is missing, paused or without an answer."""
    BAD = "bad"
    """Late, or terminated."""


@dataclass(frozen=True, slots=True)
class Toned:
    """Some words with their tone."""

    words: str
    tone: Tone = Tone.PLAIN


Phrase = tuple[Toned, ...]
"""Words of several tones, joined without blanks between them."""


def phrase(words: str, tone: Tone = Tone.PLAIN) -> Phrase:
    """A phrase of one tone; an empty one for no words."""
    return (Toned(words, tone),) if words else ()


def listed(phrases: Iterable[Phrase], separator: str) -> Phrase:
    """Phrases joined by a separator."""
    whole: list[Toned] = []
    for one in phrases:
        whole += [*phrase(separator if whole else ""), *one]
    return tuple(whole)


def words_of(text: Phrase) -> str:
    """The words of a phrase, without tones."""
    return "".join(part.words for part in text)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value."""

    label: str
    value: Phrase
