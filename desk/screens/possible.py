"""What can be handed in to a case now, with the command to type."""

from collections.abc import Sequence
from shlex import quote

from rich.cells import cell_len

from desk.client.views.possible import PossibleAction
from desk.files.typed_words import PARTIES
from desk.language import say
from models.messages.requests import StaffAction

_OPTIONS = {
    StaffAction.SUPPLEMENT: "--paper … --officer ID",
    StaffAction.CORRECT: "--field … --seen … --expected … --evidence … --officer ID",
    StaffAction.AMEND: "--field … --value … --officer ID",
    StaffAction.ARREARS: "--months … --evidence … --officer ID",
    StaffAction.CERTIFY: "--months … --evidence … --officer ID",
    StaffAction.CHOOSE: "",
    StaffAction.WITHDRAW: "--reason … --officer ID",
    StaffAction.DISPUTE: "--by … --point … --statement … --officer ID",
    StaffAction.ANSWER: "--by … --statement … --officer ID",
    StaffAction.SETTLE: "--by … --terms … --officer ID",
    StaffAction.REFER: "--by … --reason … --officer ID",
    StaffAction.RULE: "--number … --reasons … --order … --officer ID",
    StaffAction.WITHDRAW_CORRECTION: "--field … --officer ID",
    StaffAction.WITHDRAW_DISPUTE: "--by … --reason … --officer ID",
    StaffAction.HOLD: "--by … --why … --evidence … --officer ID",
    StaffAction.RESUME: "--by … --reason … --officer ID",
    StaffAction.REOPEN: "--reason … --field … --seen … --expected … --evidence … --officer ID",
    StaffAction.COMPLETE: "--by … --evidence … --officer ID",
}
"""The required options of each command, which follow the case number."""


def possible_lines(case: str, actions: Sequence[PossibleAction], statement_at: str = "") -> list[str]:
    """One line per action with its title and its command, or a sentence if there is no action.

    `statement_at` is the bureau whose bank statement the case waits for, or ''.
    """
    listed = [(one.words, _typed(case, one)) for one in actions]
    if statement_at:
        typed = f"starter.py funds import STATEMENT.csv --bureau {statement_at}"
        listed.append((say("enter the bank's statement", "导入银行对账单"), typed))
    if not listed:
        return [say("Nothing can be handed in now.", "当前无可办理事项。")]
    widest = max(cell_len(words) for words, _ in listed)
    head = say("Possible now (each with --help):", "现可办理（用法见 --help）：")
    return [head, *(f"  {words}{' ' * (widest - cell_len(words))}  {typed}" for words, typed in listed)]


def _typed(case: str, possible: PossibleAction) -> str:
    """The command; for an approval with the paper's number, as another may have replaced it meanwhile."""
    rest = _OPTIONS.get(possible.action, "")
    if typed := next((typed for typed, party in PARTIES.items() if party is possible.by), ""):
        rest = rest.replace("--by …", f"--by {typed}")
    if (awaited := possible.approval) is not None:
        of = f" --of {quote(awaited.of)}" if awaited.of else ""
        rest = f"{awaited.what}{of} --officer ID"
    return f"starter.py {possible.action} {case} {rest}".rstrip()
