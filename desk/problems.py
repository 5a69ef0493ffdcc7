"""Bad input: every problem is listed at once, nothing is done, and the exit code is 2."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desk.language import Words, say

_FROM_ZERO = frozenset(map(str, range(10_000)))
"""The parts of a path that are positions in a list; a bureau's key is not one of them."""


class See(StrEnum):
    """Where a reader finds more. Each user interface shows it in its own way: as a command or as a link."""

    CASES = "cases"
    BUREAUS = "bureaus"
    PLATFORM = "platform"
    """How the platform's worker is started."""
    BUREAU_WORKER = "bureau_worker"
    """How a bureau's worker is started."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to find more; `key` is the bureau's, for `BUREAU_WORKER`."""

    see: See
    key: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, in both languages; `field` is its path, 'months.0.base'.

    A field of '' means the input as a whole. The user interface shows which field it is: a page marks it, a
    command names its flag. `named` is the field's name for people, if that is not its path; `place` is the
    row or the file that it is in.
    """

    field: str
    words: Words
    named: Words | None = None
    place: Words | None = None
    hint: Hint | None = None

    def __str__(self) -> str:
        parts = (str(self.place or ""), str(self.named or counted(self.field)), str(self.words))
        return say(": ", "：").join(part for part in parts if part)

    def within(self, en: str, zh: str) -> "Problem":
        """The same problem in a wider place: in a row, in a file."""
        inner = self.place
        wider = Words(f"{en}: {inner.en}", f"{zh}：{inner.zh}") if inner else Words(en, zh)
        return replace(self, place=wider)


def counted(path: str) -> Words:
    """'months.0.to' for people, who count from one: 'months, item 1, to'."""
    parts = path.split(".")
    en = ", ".join(f"item {int(part) + 1}" if part in _FROM_ZERO else part for part in parts)
    zh = "，".join(f"第 {int(part) + 1} 项" if part in _FROM_ZERO else part for part in parts)
    return Words(en, zh)


def require_page(total: int, page: int, limit: int, field: str) -> None:
    """Raises BadInput for a page after the last one; `field` is the field that asked for it."""
    last = max(1, -(-total // limit))
    if page > last:
        raise BadInput(
            problems=[Problem(field, Words(f"the last page is {last}.", f"最后一页是第 {last} 页。"))]
        )


def of_the_whole(en: str, zh: str) -> Problem:
    """A problem with a row, a table or a file as a whole."""
    return Problem("", Words(en, zh))


class BadInput(Exception):
    """The input cannot be used. `problems` lists everything that is wrong; `summary` may be ''.

    The sentences name fields and rows, never a person's name, an ID number or a bank account.
    """

    exit_code = 2

    def __init__(
        self, summary: Words | str = "", problems: Sequence[Problem] = (), hint: Hint | None = None
    ) -> None:
        self.summary = summary if isinstance(summary, Words) else Words(summary, summary)
        self.problems = tuple(problems)
        self.hint = hint
        super().__init__(self.summary)

    def __str__(self) -> str:
        return str(self.summary) or say("; ", "；").join(map(str, self.problems))
