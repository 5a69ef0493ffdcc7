"""Characters that nobody sees: refused in texts that people type, made visible in texts that are shown.

The general categories `Cc`, `Cf` and `Cs` of Unicode: control characters such as ESC, which a terminal obeys,
format characters such as those that turn the direction of writing or have no width, and halves of characters.
"""

import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def has_unseen(text: str) -> bool:
    """Whether a text holds a character that nobody sees."""
    return not text.isprintable() and any(unicodedata.category(one) in UNSEEN for one in text)


def shown(text: str) -> str:
    """The text with every character that nobody sees as its code, such as `<U+202E>`."""
    if text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def _shown(one: str) -> str:
    return f"<U+{ord(one):04X}>" if unicodedata.category(one) in UNSEEN else one
