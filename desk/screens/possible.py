"""What can be handed in to a case now, with the command to type."""

from collections.abc import Iterator
from shlex import quote

from rich.cells import cell_len

from desk.language import say
from desk.words import title
from models.messages.progress import AwaitedApproval, Progress
from models.messages.requests import Approvable, HandIn

_OPTIONS = {
    HandIn.SUPPLEMENT: "--paper … --officer ID",
    HandIn.CORRECT: "--field … --officer ID",
    HandIn.AMEND: "--field … --officer ID",
    HandIn.CHOOSE: "",
    HandIn.WITHDRAW: "--reason … --officer ID",
    HandIn.DISPUTE: "--by … --point … --officer ID",
    HandIn.ANSWER: "--by … --officer ID",
    HandIn.SETTLE: "--by … --terms … --officer ID",
    HandIn.REFER: "--by … --reason … --officer ID",
    HandIn.RULE: "--order … --officer ID",
}
"""What follows the case's number; each command's `--help` has the whole of it."""


def possible_lines(progress: Progress) -> list[str]:
    """One line per deed, its title and its command; a sentence when there is none."""
    deeds = list(_deeds(progress))
    if not deeds:
        return [say("Nothing can be handed in now.", "当前无可办理事项。")]
    widest = max(cell_len(words) for words, _ in deeds)
    head = say("Possible now (each with --help):", "现可办理（用法见 --help）：")
    return [head, *(f"  {words}{' ' * (widest - cell_len(words))}  {typed}" for words, typed in deeds)]


def _deeds(progress: Progress) -> Iterator[tuple[str, str]]:
    for deed in progress.possible:
        if deed is HandIn.APPROVE:
            for awaited in awaited_now(progress):
                what = awaited.what
                yield (
                    f"{title(deed)}{say(' ', '')}{title(what)}",
                    _typed(deed, progress, f"{what}{_of(awaited)} --officer ID"),
                )
        elif deed is not HandIn.AMEND or progress.open_fields:
            yield title(deed), _typed(deed, progress, _OPTIONS[deed])


def awaited_now(progress: Progress) -> list[AwaitedApproval]:
    """The approvals that can be given now: what waits, and in a dispute a ruling alone."""
    return [one for one in progress.approvals if progress.dispute is None or one.what is Approvable.RULING]


def _of(awaited: AwaitedApproval) -> str:
    """Names what is approved, so that nobody approves what has taken its place meanwhile."""
    return f" --of {quote(awaited.of)}" if awaited.of else ""


def _typed(deed: HandIn, progress: Progress, rest: str) -> str:
    return f"starter.py {deed} {progress.case_no} {rest}".rstrip()
