"""What can be handed in to a case now, with the command to type."""

from collections.abc import Iterator
from shlex import quote

from rich.cells import cell_len

from desk.language import say
from desk.words import title
from models.messages.progress import AwaitedApproval, Progress
from models.messages.requests import Approvable, StaffAction

_OPTIONS = {
    StaffAction.SUPPLEMENT: "--paper … --officer ID",
    StaffAction.CORRECT: "--field … --officer ID",
    StaffAction.AMEND: "--field … --officer ID",
    StaffAction.CHOOSE: "",
    StaffAction.WITHDRAW: "--reason … --officer ID",
    StaffAction.DISPUTE: "--by … --point … --officer ID",
    StaffAction.ANSWER: "--by … --officer ID",
    StaffAction.SETTLE: "--by … --terms … --officer ID",
    StaffAction.REFER: "--by … --reason … --officer ID",
    StaffAction.RULE: "--order … --officer ID",
}
"""What follows the case's number; each command's `--help` has the whole of it."""


def possible_lines(progress: Progress) -> list[str]:
    """One line per action, its title and its command; a sentence when there is none."""
    actions = list(_actions(progress))
    if not actions:
        return [say("Nothing can be handed in now.", "当前无可办理事项。")]
    widest = max(cell_len(words) for words, _ in actions)
    head = say("Possible now (each with --help):", "现可办理（用法见 --help）：")
    return [head, *(f"  {words}{' ' * (widest - cell_len(words))}  {typed}" for words, typed in actions)]


def _actions(progress: Progress) -> Iterator[tuple[str, str]]:
    for action in progress.possible:
        if action is StaffAction.APPROVE:
            for awaited in awaited_now(progress):
                what = awaited.what
                yield (
                    f"{title(action)}{say(' ', '')}{title(what)}",
                    _typed(action, progress, f"{what}{_of(awaited)} --officer ID"),
                )
        elif action is not StaffAction.AMEND or progress.open_fields:
            yield title(action), _typed(action, progress, _OPTIONS[action])


def awaited_now(progress: Progress) -> list[AwaitedApproval]:
    """The approvals that can be given now: what waits, and in a dispute a ruling alone."""
    return [one for one in progress.approvals if progress.dispute is None or one.what is Approvable.RULING]


def _of(awaited: AwaitedApproval) -> str:
    """Names what is approved, so that nobody approves what has taken its place meanwhile."""
    return f" --of {quote(awaited.of)}" if awaited.of else ""


def _typed(action: StaffAction, progress: Progress, rest: str) -> str:
    return f"starter.py {action} {progress.case_no} {rest}".rstrip()
