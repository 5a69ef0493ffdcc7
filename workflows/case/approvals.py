"""Approvals (maker and checker): which papers wait for officers, and who has approved them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.papers import Paper
    from models.messages.progress import AwaitedApproval
    from models.messages.requests import Approvable, Approval
    from models.messages.stages import Event
    from models.officers.seals import digest_of
    from workflows.case.context import CaseContext, MoreOfficersNeeded
    from workflows.case.permissions import Refused

Done = TypeVar("Done")


@dataclass
class Awaited:
    """Number and digest of the paper to be approved, and the officers who have approved it so far."""

    of: str
    digest: str
    officers: list[str] = field(default_factory=list)
    since: datetime = field(default_factory=workflow.now)


class Approvals:
    """Waits for approvals and receives them. Whoever drew a paper up counts as its first officer."""

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.awaited: dict[Approvable, Awaited] = {}

    async def wait_for_approvals(
        self,
        what: Approvable,
        of: str,
        paper: Paper,
        maker: str = "",
        give_up: Callable[[], bool] = lambda: False,
        approved: tuple[str, ...] = (),
    ) -> tuple[str, ...] | None:
        """Wait for as many different officers as arranged; None when `give_up` became true first.

        `maker` is the officer who counts already, `of` the number under which `paper` is approved, and
        `approved` are those who have approved it so far.
        """
        needed = self.context.arrangements.needed(what)
        officers = list(approved) or ([maker] if maker else [])
        if (waits := self.awaited.pop(what, None)) and waits.of == of:
            # A former run of the case asked for it, and handed over who has approved it.
            officers = waits.officers
        else:
            waits = None
        if len(officers) < needed and not give_up():
            self.awaited[what] = waits or Awaited(of, digest_of(paper), officers)
            if waits is None:
                self.context.state.note(what.party, Event.APPROVAL_AWAITED, what)
            await workflow.wait_condition(lambda: len(officers) >= needed or give_up())
            del self.awaited[what]
        return tuple(officers) if len(officers) >= needed and not give_up() else None

    async def do_approved(
        self,
        what: Approvable,
        of: str,
        paper: Paper,
        step: Callable[[tuple[str, ...]], Awaitable[Done]],
        maker: str = "",
        give_up: Callable[[], bool] = lambda: False,
        approved: tuple[str, ...] = (),
    ) -> Done | None:
        """Do a step once officers have approved it; None when `give_up` became true first.

        If the bureau has arranged for more officers since the case was opened, it waits for those too.
        """
        officers = await self.wait_for_approvals(what, of, paper, maker, give_up, approved)
        while officers is not None:
            try:
                return await step(officers)
            except MoreOfficersNeeded as more:
                self.context.arrange_officers(what, more.officers)
            officers = await self.wait_for_approvals(what, of, paper, maker, give_up, officers)
        return None

    def can_approve(self, dispute: object) -> bool:
        """Whether a paper waits that can be approved now; in a dispute only a ruling can be."""
        return Approvable.RULING in self.awaited or (bool(self.awaited) and dispute is None)

    def give_up_waiting(self) -> None:
        """Drop the papers that wait: the procedure was interrupted. It asks again when back at the step."""
        self.awaited.clear()

    def may_approve(self, approval: Approval) -> None:
        """Raises Refused when no such paper waits, or it is not for this party or this officer."""
        what = approval.what
        if what.party is not approval.by:
            raise Refused(
                f"The {what.titles[0]} is for the {what.party.titles[0]} to approve.",
                f"“{what.titles[1]}”应由{what.party.titles[1]}审批。",
            )
        if what not in self.awaited:
            waiting = list(self.awaited)
            en = ", ".join(one.titles[0] for one in waiting) or "nothing"
            zh = "、".join(one.titles[1] for one in waiting) or "无"
            raise Refused(
                f"No {what.titles[0]} waits for approval; waiting now: {en}.",
                f"“{what.titles[1]}”当前无需审批；待审批：{zh}。",
            )
        awaited = self.awaited[what]
        if approval.of and approval.of != awaited.of:
            raise Refused(
                f"What waits for approval now is {awaited.of}; read it and approve that.",
                f"当前待审批的是 {awaited.of}，请核阅后再审批。",
            )
        if approval.officer in awaited.officers:
            raise Refused(
                f"Officer {approval.officer} has a hand in this {what.titles[0]} already; "
                "another officer has to approve it.",
                f"经办人 {approval.officer} 已参与该{what.titles[1]}，须由另一人审批。",
            )

    async def approve(self, approval: Approval) -> None:
        """Count one officer's approval."""
        self.awaited[approval.what].officers.append(approval.officer)
        self.context.state.note(approval.by, Event.APPROVED, approval.what, officer=approval.officer)

    def progress(self) -> tuple[AwaitedApproval, ...]:
        """The papers that wait for approval, as the case shows them."""
        officers = self.context.arrangements.officers if self.awaited else {}
        return tuple(
            AwaitedApproval(
                what=what, policy=officers[what], by=tuple(one.officers), of=one.of, since=one.since
            )
            for what, one in self.awaited.items()
        )
