"""The language of the screen: English, or Chinese where the locale or --lang says so."""

import locale
import os
from enum import StrEnum


class Language(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh"


def of_locale() -> Language:
    """The language the environment asks for, by the order POSIX gives its variables."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return Language.CHINESE if value.lower().startswith("zh") else Language.ENGLISH
    return (
        Language.CHINESE if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else Language.ENGLISH
    )


_chosen = Language.ENGLISH


def choose(language: Language) -> None:
    """Set the language for the rest of this process."""
    global _chosen
    _chosen = language


def say(en: str, zh: str) -> str:
    """The one of two sentences that the reader chose."""
    return zh if _chosen is Language.CHINESE else en
