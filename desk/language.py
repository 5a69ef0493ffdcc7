"""The language of a reader: English, or Chinese where the locale or --lang says so."""

import locale
import os
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Said = TypeVar("Said")


class Language(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh"


def of_locale() -> Language:
    """The language of the environment, whose variables are read in POSIX's order."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return Language.CHINESE if value.lower().startswith("zh") else Language.ENGLISH
    return (
        Language.CHINESE if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else Language.ENGLISH
    )


_of_the_reader: ContextVar[Language] = ContextVar("language_of_the_reader", default=Language.ENGLISH)
"""The reader's language: one value per thread and per asyncio task, so that readers do not share it."""


def choose(language: Language) -> None:
    """Set the language for this thread or task and for the tasks it starts."""
    _of_the_reader.set(language)


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages; converted to a text, they are in the reader's language."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if _of_the_reader.get() is Language.CHINESE else self.en


def said_in(language: Language, said: Callable[[], Said]) -> Said:
    """What `said` returns when the reader's language is this one; no other reader's language changes."""

    def saying() -> Said:
        choose(language)
        return said()

    return copy_context().run(saying)


def say(en: str, zh: str) -> str:
    """The sentence that is in the reader's language."""
    return str(Words(en, zh))
