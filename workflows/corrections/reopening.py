"""Reopens a closed case under its number: it is restored from its dossier, approved, then corrected."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CHECK_REOPENING, READ_DOSSIER, REOPEN_CASE
    from models.messages.dossier import Dossier, DossierQuestion
    from models.messages.reopening import (
        ReopeningAnswer,
        ReopeningCheck,
        ReopeningEntry,
        ReopeningOrder,
    )
    from models.messages.requests import Approvable, Reopening
    from models.messages.stages import Event, Party, Stage
    from rules.values.due_dates import Clock
    from workflows.case.acceptance import Acceptance
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.exchange import Exchange
    from workflows.case.permissions import Refused, refused_for
    from workflows.case.ruling import Rulings
    from workflows.corrections.holds import Holds
    from workflows.corrections.record_completions import RecordCompletions
    from workflows.waiting import wait_for_condition

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT

TO_BE_SAID_WITHIN = timedelta(hours=1)
"""How long a case that was started again waits for the request to reopen it."""
TO_BE_APPROVED_WITHIN = timedelta(days=30)
"""How long a reopening waits for its second officer; then the case stays closed."""


class Reopenings:
    """Restores a closed case, waits for the officers, and asks for the correction.

    Clocks B and C run again for the correction, and days are charged anew; the former clocks and days are in
    the earlier dossier.
    """

    def __init__(
        self,
        context: CaseContext,
        approvals: Approvals,
        acceptance: Acceptance,
        exchange: Exchange,
        corrections: Corrections,
        disputes: Disputes,
        ruling: Rulings,
        completions: RecordCompletions,
        holds: Holds,
    ) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals
        self.acceptance = acceptance
        self.exchange = exchange
        self.corrections = corrections
        self.disputes = disputes
        self.ruling = ruling
        self.completions = completions
        self.holds = holds
        self.request: Reopening | None = None
        self.dossier: Dossier | None = None
        """The last dossier of the closed case; None before it is read, and in a case never closed."""
        self.closed_before = 0
        """How often the case was closed, which is the version of its last dossier."""
        self._refused = False

    @property
    def pending(self) -> Reopening | None:
        """The request, while it waits for an officer to approve it."""
        return self.request if Approvable.REOPENING in self.approvals.awaited else None

    async def begin(self) -> bool:
        """Reopen the case; False when it stays closed as it was."""
        question = DossierQuestion(case_no=self.context.order.case_no)
        answer = await self.context.ask(IN, READ_DOSSIER, question)
        if answer.dossier is None:
            return False
        self._restore(answer.dossier)
        await wait_for_condition(lambda: self.request is not None or self._refused, TO_BE_SAID_WITHIN)
        return self.request is not None and await self._approved(self.request, answer.dossier)

    def stay_closed(self) -> None:
        """Leave the case as its dossier has it."""
        self.context.enter(Stage.CLOSED, Party.NOBODY)

    def _restore(self, dossier: Dossier) -> None:
        """Restore every part of the case to its state when the case was closed."""
        self.context.arrange(dossier.arrangements)
        self.context.restore_notices(dossier.notice, dossier.papers.earlier_notices)
        self.acceptance.restore(dossier)
        self.exchange.restore(dossier)
        self.corrections.requests.answered = list(dossier.answered)
        self.disputes.records = list(dossier.disputes)
        self.ruling.records = list(dossier.rulings)
        self.holds.restore(dossier)
        self.completions.restore(dossier.papers.completions)
        self.state.restore_journal(dossier.journal, dossier.acts)
        self.state.clocks_before = dossier.progress.clocks
        self.dossier, self.closed_before = dossier, dossier.version

    async def reopen(self, request: Reopening) -> None:
        """Receive what the transfer-in bureau says is wrong. Raises Refused with every obstacle."""
        await workflow.wait_condition(lambda: self.dossier is not None)
        try:
            await self._check(request)
        except Refused:
            self._refused = True
            raise
        self.request = request
        self.context.record_holder()
        self.state.note(IN, Event.REOPENING_REQUESTED, officer=request.officer)

    def may_reopen(self, _: Reopening) -> None:
        """Raises Refused when a request is already waiting."""
        if self.request is not None:
            raise Refused(
                "A reopening has been asked for already; it waits for an officer.", "已申请恢复办理，待审批。"
            )

    async def _check(self, request: Reopening) -> None:
        order = self.context.order
        check = ReopeningCheck(case_no=order.case_no, id_number=order.application.id_number)
        if found := (await self.context.ask(IN, CHECK_REOPENING, check)).findings:
            raise refused_for("The case cannot be reopened:", "本案不能恢复办理：", found)
        await self.corrections.require_correctable(request.items)

    async def _approved(self, request: Reopening, dossier: Dossier) -> bool:
        """Wait for the officers, and have both bureaus enter that the case goes on; False if it does not."""
        number = f"reopening/{self.context.order.case_no}/{dossier.version}"
        obtained = asyncio.create_task(
            self.approvals.wait_for_approvals(Approvable.REOPENING, number, request, request.officer)
        )
        in_time = await wait_for_condition(obtained.done, TO_BE_APPROVED_WITHIN)
        officers = await obtained if in_time else None
        if officers is None:
            obtained.cancel()
            self.approvals.give_up_waiting()
            self.state.note(IN, Event.REOPENING_LAPSED, number)
            return False
        entered = await self._settled_at_transfer_out() or await self._enter(
            IN, request, officers, dossier.version
        )
        if entered.findings:
            # Since the request, another case has taken the months, the time has ended, or a published rate
            # is being settled.
            self.state.note(
                IN,
                Event.REOPENING_LAPSED,
                number,
                detail=" ".join(one.en for one in entered.findings),
                detail_zh="".join(one.zh for one in entered.findings),
            )
            return False
        if self.context.bureau(OUT) != self.context.bureau(IN):
            await self._enter(OUT, request, officers, dossier.version)
        await self.context.start_clock(Clock.TRANSFER_OUT, OUT, workflow.now())
        # Whoever reads this line can answer the requests: nothing is awaited in between.
        self.state.note(IN, Event.CASE_REOPENED, number)
        self.corrections.ask(request)
        return True

    async def _settled_at_transfer_out(self) -> ReopeningAnswer | None:
        """What the transfer-out bureau has begun to settle by a published rate; None for nothing."""
        order = self.context.order
        check = ReopeningCheck(case_no=order.case_no, id_number=order.application.id_number)
        answer = await self.context.ask(OUT, CHECK_REOPENING, check)
        return answer if answer.findings else None

    async def _enter(
        self, party: Party, request: Reopening, officers: tuple[str, ...], version: int
    ) -> ReopeningEntry:
        order = ReopeningOrder(
            case_no=self.context.order.case_no,
            id_number=self.context.order.application.id_number,
            version=version,
            reason=request.reason,
            officers=officers,
        )
        return await self.context.ask(party, REOPEN_CASE, order)
