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
    """An action that would be taken now; of an approval also what is to be approved."""

    action: StaffAction
    approval: AwaitedApproval | None = None
    by: Party = Party.NOBODY
    """The one party whose it is, where the action may be either bureau's."""

    @property
    def words(self) -> str:
        """'approve release of funds'."""
        if self.approval is None:
            return title(self.action)
        return f"{title(self.action)}{say(' ', '')}{title(self.approval.what)}"


def possible_actions(progress: Progress) -> list[PossibleAction]:
    """Every action that would be taken now, in the order of `StaffAction`; of a case that was closed, that it
    is taken up again."""
    if progress.stage in ENDS:
        return [PossibleAction(StaffAction.REOPEN)] if can_be_reopened(progress) else []
    return list(_actions(progress))


def can_be_reopened(progress: Progress) -> bool:
    """Whether a case that has ended may be taken up again; whether it is late for that, the bureau says."""
    return progress.stage is Stage.CLOSED


def _actions(progress: Progress) -> Iterator[PossibleAction]:
    for action in progress.possible:
        if action is StaffAction.APPROVE:
            yield from (PossibleAction(action, awaited) for awaited in awaited_now(progress))
        else:
            yield PossibleAction(action)


def awaited_now(progress: Progress) -> list[AwaitedApproval]:
    """The approvals that can be given now: what waits, in a dispute a ruling alone, on hold nothing."""
    if progress.stage is Stage.ON_HOLD:
        return []
    return [one for one in progress.approvals if progress.dispute is None or one.what is Approvable.RULING]


def statement_awaited_at(progress: Progress) -> str:
    """The key of the bureau whose bank statement a case waits for; '' where it waits for none."""
    return progress.awaited_funds.bureau if progress.awaited_funds else ""
