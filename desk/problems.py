"""Bad input: every problem listed at once, nothing done, exit code 2."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.language import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, in both languages; `field` is its path, 'months.0.base'.

    A field of '' is the whole. Whoever shows it says where the field stands: a page marks it, a command
    names its flag.
    """

    field: str
    words: Words

    def __str__(self) -> str:
        return f"{self.field}: {self.words}" if self.field else str(self.words)


class BadInput(Exception):
    """What a person handed in cannot be used. `problems` lists all of it, a sentence each.

    The sentences name fields and rows, never a name, an ID number or a bank account.
    """

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        super().__init__(summary)
        self.summary = summary
        self.problems = tuple(problems)
