"""Commands as this caller would type them: with the same interpreter, server, language and keys."""

import shlex
from collections.abc import Sequence

PROGRAM = "starter.py"
_typed = PROGRAM


def typed_by(whole: Sequence[str], arguments: Sequence[str]) -> None:
    """Print every command from now on with the beginning of this command line.

    `whole` is the command line with its interpreter, `arguments` the part after the program. Every option
    before the command has a value.
    """
    global _typed
    before = 0
    while before < len(arguments) and arguments[before].startswith("-"):
        before += 1 if "=" in arguments[before] else 2
    leading = whole[: len(whole) - len(arguments)]
    _typed = shlex.join([*leading, *arguments[:before]])


def as_typed(sentence: str) -> str:
    """A sentence or a line with its commands as this caller would type them."""
    return sentence if _typed == PROGRAM else sentence.replace(f"{PROGRAM} ", f"{_typed} ")
