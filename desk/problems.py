"""Bad input: every problem listed at once, nothing done, exit code 2."""

from collections.abc import Sequence


class BadInput(Exception):
    """What a person handed in cannot be used. `problems` lists all of it, a sentence each.

    The sentences name fields and rows, never a name, an ID number or a bank account.
    """

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        super().__init__(summary)
        self.summary = summary
        self.problems = tuple(problems)
