"""What can be handed in to a case now."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.language import say
from desk.words import title
from models.messages.progress import AwaitedApproval, Progress
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import ENDS, Party, Stage


@dataclass(frozen=True, slots=True)
class PossibleAction:
    """An action that the case would accept now; for an approval also what is to be approved."""

    action: StaffAction
    approval: AwaitedApproval | None = None
    by: Party = Party.NOBODY
    """The party that may take the action now, if it is one that either bureau may take."""

    @property
    def words(self) -> str:
        """'approve release of funds'."""
        if self.approval is None:
            return title(self.action)
        return f"{title(self.action)}{say(' ', '')}{title(self.approval.what)}"


def possible_actions(progress: Progress) -> list[PossibleAction]:
    """Every action that the case would accept now, in the order of `StaffAction`; for a closed case its
    reopening."""
    if progress.stage in ENDS:
        return [PossibleAction(StaffAction.REOPEN)] if can_be_reopened(progress) else []
    return list(_actions(progress))


def can_be_reopened(progress: Progress) -> bool:
    """Whether an ended case is of a kind that may be reopened; whether it is too late, the bureau decides."""
    return progress.stage is Stage.CLOSED


def _actions(progress: Progress) -> Iterator[PossibleAction]:
    for action in progress.possible:
        if action is StaffAction.APPROVE:
            yield from (PossibleAction(action, awaited) for awaited in awaited_now(progress))
        else:
            yield PossibleAction(action)


def awaited_now(progress: Progress) -> list[AwaitedApproval]:
    """The approvals that can be given now: all that wait, in a dispute only a ruling, on hold none."""
    if progress.stage is Stage.ON_HOLD:
        return []
    return [one for one in progress.approvals if progress.dispute is None or one.what is Approvable.RULING]


def statement_awaited_at(progress: Progress) -> str:
    """The key of the bureau whose bank statement a case waits for; '' if it waits for none."""
    return progress.awaited_funds.bureau if progress.awaited_funds else ""
