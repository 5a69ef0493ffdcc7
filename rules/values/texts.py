"""Invisible characters, and the one form of a document number.

Invisible characters are refused in texts that people type, and made visible in texts that are shown.

The general categories `Cc`, `Cf` and `Cs` of Unicode: control characters such as ESC, which a terminal obeys,
format characters such as those that turn the direction of writing or have no width, and halves of characters.
"""

import re
import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs"})


_BRACKETS = str.maketrans("[(【（［", "〔" * 5) | str.maketrans("])】）］", "〕" * 5)
_YEAR = re.compile(r"〔(\d{4})〕", re.ASCII)


def document_number(text: str) -> str:
    """The one form of an official document number (发文字号): no blanks, the year in 〔〕.

    So 吉社保裁[2026] 3号 and 吉社保裁〔2026〕3号 are one number.
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_BRACKETS)


def year_of_document(number: str) -> int | None:
    """The year that a document number states; None where it states none."""
    found = _YEAR.search(number)
    return int(found[1]) if found else None


def has_unseen(text: str) -> bool:
    """Whether a text has an invisible character."""
    return not text.isprintable() and any(unicodedata.category(one) in UNSEEN for one in text)


def shown(text: str) -> str:
    """The text with every invisible character as its code, such as `<U+202E>`."""
    if text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def _shown(one: str) -> str:
    return f"<U+{ord(one):04X}>" if unicodedata.category(one) in UNSEEN else one
