"""One transfer case, from application to dossier (吉社保〔2020〕6号第七条)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ARRANGE, CHARGE_DAYS, FILE_DOSSIER
    from models.messages.bank_statement import FundsArrived
    from models.messages.clocks import ResponsibilityOrder
    from models.messages.corrections import OpenItem
    from models.messages.disputes import DisputeRecord, RulingRecord
    from models.messages.dossier import CaseRecord, Dossier, JournalEntry
    from models.messages.duplicates import DuplicateNotice
    from models.messages.progress import Progress
    from models.messages.requests import Approvable, Approval, Receipt, StaffAction, ToBeApproved
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import CaseOrder, CasePapers
    from workflows.case.acceptance import Acceptance
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext, until_stopped
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.duplicate_months import DuplicateMonths
    from workflows.case.exchange import Exchange
    from workflows.case.inbox import Handler, Inbox
    from workflows.case.permissions import Refused
    from workflows.case.procedure import Procedure
    from workflows.case.ruling import Rulings
    from workflows.case.status import StatusBoard
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.corrections.holds import Holds
    from workflows.corrections.record_completions import RecordCompletions
    from workflows.corrections.reopening import Reopenings
    from workflows.faults import gave_up
    from workflows.handing_over import (
        HandedOver,
        can_be_handed_over,
        hand_over,
        not_cancelled,
        nothing_under_way,
        take_over,
    )
    from workflows.identifiers import FUNDS_ARRIVED
    from workflows.months.certified_service import CertifiedService
    from workflows.officers.vouching import Vouching
    from workflows.withdrawals import Withdrawals


@workflow.defn
class TransferCase:
    """Transfers the pension relationship of one person, and the money, from one bureau to another.

    The parts of the case share one `CaseContext`. `run` advances the procedure until it ends; a withdrawal or
    a ruling interrupts it.
    """

    MOST_EVENTS = 4000
    """The most events of a run's history. The engine keeps 51,200 events and 2,000 updates of a run; it
    suggests a further run at 4,096 events or 4 MB."""
    MOST_SIGNALS = 250
    """The most signals one run takes. The engine refuses more than twice as many (10,000 by default)."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        kept = HandedOver.model_validate_json(order.handed_over) if order.handed_over else None
        self.context = context = CaseContext(order, kept.state if kept else None)
        self.approvals = Approvals(context)
        self.duplicates = DuplicateMonths(context, self.approvals)
        self.exchange = Exchange(context, self.approvals, self.duplicates)
        self.corrections = Corrections(context, self.exchange)
        self.disputes = Disputes(context)
        self.ruling = Rulings(context, self.approvals, self.disputes, self.exchange, self.corrections)
        self.acceptance = Acceptance(context, self.exchange)
        self.service = CertifiedService(context, self.acceptance, self.duplicates)
        transfer = (self.acceptance, self.exchange, self.approvals)
        self.completions = RecordCompletions(context)
        put_right = (self.corrections, self.duplicates, self.disputes)
        self.holds = Holds(context)
        self.procedure = Procedure(context, self.completions, self.holds, *transfer, *put_right)
        self.reopenings = Reopenings(
            context,
            self.approvals,
            self.acceptance,
            self.exchange,
            self.corrections,
            self.disputes,
            self.ruling,
            self.completions,
            self.holds,
        )
        self.withdrawals = Withdrawals(context, self.procedure)
        self.to_be_handed_over = False
        self.inbox = Inbox(context, self._handlers(), Vouching(context, self.approvals))
        self.board = StatusBoard(context, self.approvals, self.corrections, self.disputes, self.inbox)
        self.inbox.listen(
            FUNDS_ARRIVED, Event.ARRIVAL_REPORTED.titles, FundsArrived, self.exchange.bank.arrival_reported
        )
        if kept is not None:
            take_over(self, kept)

    def _handlers(self) -> dict[StaffAction, Handler]:
        corrections, disputes, approvals = self.corrections, self.disputes, self.approvals
        back, arrears = self.withdrawals, self.acceptance.arrears
        return {
            StaffAction.SUPPLEMENT: Handler(self.acceptance.supplement),
            StaffAction.ARREARS: Handler(arrears.pay, arrears.may_pay, arrears.owed),
            StaffAction.CERTIFY: Handler(
                self.service.certify, self.service.may_certify, lambda: self.service.certifiable
            ),
            StaffAction.CORRECT: Handler(corrections.correct, corrections.may_correct),
            StaffAction.AMEND: Handler(
                corrections.amend, corrections.may_amend, lambda: bool(corrections.requests.items)
            ),
            StaffAction.APPROVE: Handler(
                approvals.approve, self._may_approve, lambda: approvals.can_approve(disputes.open)
            ),
            StaffAction.CHOOSE: Handler(
                self.duplicates.choose, self.duplicates.may_choose, lambda: self.duplicates.to_be_chosen
            ),
            StaffAction.WITHDRAW: Handler(back.withdraw, back.may_withdraw, back.open),
            StaffAction.DISPUTE: Handler(disputes.dispute),
            StaffAction.ANSWER: Handler(disputes.answer, disputes.may_answer),
            StaffAction.SETTLE: Handler(disputes.settle),
            StaffAction.REFER: Handler(disputes.refer),
            StaffAction.RULE: Handler(self.ruling.rule, self.ruling.may_rule),
            StaffAction.WITHDRAW_CORRECTION: Handler(
                corrections.withdraw,
                corrections.may_withdraw,
                lambda: bool(corrections.requests.withdrawable),
            ),
            StaffAction.REOPEN: Handler(
                self.reopenings.reopen,
                self.reopenings.may_reopen,
                lambda: self.reopenings.request is None,
            ),
            StaffAction.HOLD: Handler(self.holds.hold),
            StaffAction.RESUME: Handler(self.holds.resume, self.holds.may_resume),
            StaffAction.COMPLETE: Handler(self.completions.complete, self.completions.may_complete),
            StaffAction.WITHDRAW_DISPUTE: Handler(
                disputes.withdraw, disputes.may_withdraw, lambda: not disputes.other_has_spoken
            ),
        }

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        """Run the case to its end, even if the engine is asked to cancel it."""
        case = asyncio.create_task(self._run_to_its_end(new=not order.handed_over))
        if (ended := await not_cancelled(case, self.inbox.refuse_cancelling)) is None:
            handed_over = hand_over(self).model_dump_json()
            workflow.continue_as_new(order.model_copy(update={"handed_over": handed_over}))
        return ended

    async def _run_to_its_end(self, new: bool) -> Progress | None:
        """Run the case to its end; None when it is to be handed over to a further run first."""
        self.board.open()
        if new:
            if not self.context.order.reopened:
                await self.open()
            elif not await self.reopenings.begin():
                self.reopenings.stay_closed()
                return await self._ended()
        end = await self.advance()
        while end is None and not self.to_be_handed_over:
            end = await self.advance()
        return None if end is None else await self.close(end)

    @workflow.query
    def progress(self) -> Progress:
        """Where the case stands, without personal data."""
        return self.board.progress()

    @workflow.query
    def record(self) -> CaseRecord:
        """Everything a view of the case needs, in one query, so that all of it is of one moment."""
        return CaseRecord(
            progress=self.progress(),
            journal=tuple(self.journal()),
            papers=self.papers(),
            choice=self.choice(),
            disputes=tuple(self.all_disputes()),
            rulings=tuple(self.rulings()),
            holds=tuple(self.context.state.holds),
            corrections=tuple(self.open_corrections()),
            answered=tuple(self.corrections.requests.answered),
            chosen=self.context.state.choice,
            cleared=self.context.state.cleared,
            to_be_approved=self.to_be_approved(),
        )

    @workflow.query
    def journal(self) -> list[JournalEntry]:
        """The journal: what has happened, in order."""
        return self.context.state.journal

    @workflow.query
    def papers(self) -> CasePapers:
        """Every paper of the case so far, with the person's name and ID number."""
        return self.context.state.papers()

    @workflow.query
    def choice(self) -> DuplicateNotice | None:
        """The offer to the person for months paid twice; None before there is one."""
        return self.context.state.offer

    @workflow.query(name="corrections")
    def open_corrections(self) -> list[OpenItem]:
        """The fields that the transfer-out bureau is asked to correct. They may hold the person's name."""
        return self.corrections.requests.items

    @workflow.query(name="disputes")
    def all_disputes(self) -> list[DisputeRecord]:
        """Every dispute, with the positions and proposals of both bureaus."""
        return self.disputes.records

    @workflow.query
    def rulings(self) -> list[RulingRecord]:
        """Every approved ruling, with its orders and how many are carried out."""
        return self.ruling.records

    @workflow.query
    def to_be_approved(self) -> ToBeApproved:
        """What an officer has to read before approving it, with the person's bank account."""
        return ToBeApproved(
            ruling=self.ruling.to_be_approved,
            choice=self.duplicates.to_be_approved,
            reopening=self.reopenings.pending,
        )

    @workflow.signal(dynamic=True)
    async def receive_signal(self, name: str, raws: Sequence[RawValue]) -> None:
        """Receive any signal, whatever its name and content; one that is no known message changes nothing."""
        await self.inbox.receive_signal(name, raws)

    @workflow.update(dynamic=True)
    async def receive_update(self, name: str, raws: Sequence[RawValue]) -> Receipt:
        """Receive a request whose sender waits; the receipt says that it was accepted."""
        return await self.inbox.receive_update(name, raws)

    @receive_update.validator
    def _validate_update(self, name: str, raws: Sequence[RawValue]) -> None:
        self.inbox.validate(name, raws)

    async def open(self) -> None:
        """Record what the bureaus have arranged, and start the first clock."""
        self.context.arrange(await self.context.ask_platform(ARRANGE, self.context.order))
        await self.acceptance.begin()

    async def advance(self) -> Stage | None:
        """Run the procedure until it ends, is interrupted by a withdrawal or a ruling, or the run is long.

        Returns the stage in which the case ends; None when it continues, and `advance` must be called again.
        """
        procedure = asyncio.create_task(self.procedure.run())
        await workflow.wait_condition(
            lambda: procedure.done() or self._interrupted() or can_be_handed_over(self)
        )
        for part in self._tasks_beside():
            part.check()
        if procedure.done() and not gave_up(procedure):
            return procedure.result()
        # Steps that are not done are cancelled; what a bureau has done already is on file there, and the step
        # returns that paper when asked again. Steps under `finish_even_if_interrupted` are waited for.
        procedure.cancel()
        await until_stopped(procedure)
        await workflow.wait_condition(lambda: self._interrupted() or nothing_under_way(self))
        if not self._interrupted():
            self.to_be_handed_over = True
            return None
        self.approvals.give_up_waiting()
        await self.context.interrupted_steps_finished()
        return await (self.withdrawals.carry_out() if self.withdrawals.pending else self.ruling.carry_out())

    async def close(self, end: Stage) -> Progress:
        """Notify the applicant, stop the clocks, and file the dossier in the bureaus' own stores."""
        context, state = self.context, self.context.state
        self.disputes.break_off()
        self.holds.break_off()
        context.enter(Stage.BEING_CLOSED, Party.TRANSFER_IN)
        notified_at = await self._notify(end)
        for name in list(context.clocks):
            await context.stop_clock(name, notified_at)
        state.ended_at = workflow.now()
        state.note(Party.PROVINCE, Event.CASE_CLOSED)
        dossier = await self._dossier(end)
        parties = (Party.TRANSFER_IN, Party.TRANSFER_OUT)
        by_bureau = {context.bureau(party): party for party in parties if self._concerns(party, end)}
        await asyncio.gather(*(context.ask(party, FILE_DOSSIER, dossier) for party in by_bureau.values()))
        await context.interrupted_steps_finished()
        context.enter(end, Party.NOBODY)
        return await self._ended()

    async def _ended(self) -> Progress:
        """Show the end of the case once every request is answered."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        self.board.show()
        return self.progress()

    def _concerns(self, party: Party, end: Stage) -> bool:
        """Whether a bureau files the dossier; that of a refusal is filed by the transfer-in bureau alone."""
        return party is Party.TRANSFER_IN or end is not Stage.REFUSED

    async def _notify(self, end: Stage) -> datetime:
        """Notify the applicant of how the case ends; returns the instant of the notice."""
        state = self.context.state
        if end is Stage.CLOSED:
            return await self.procedure.stop_clock_c()
        why = {"refusals": state.refusals(), "missing": state.missing()} if end is Stage.REFUSED else {}
        event = Event.APPLICATION_REFUSED if why else Event.APPLICANT_TOLD
        return await self.context.notify_applicant(end, event, **why)

    async def _dossier(self, end: Stage) -> Dossier:
        state, context = self.context.state, self.context
        assert state.notice is not None
        assert state.ended_at is not None
        charged = ResponsibilityOrder(
            bureau=context.bureau(Party.TRANSFER_IN),
            holdings=tuple(state.holdings),
            until=state.ended_at,
            duties=tuple(state.duties),
        )
        over = {"stage": end, "waiting_on": Party.NOBODY, "possible": (), "duty_since": None}
        return Dossier(
            case_no=context.order.case_no,
            version=self.reopenings.closed_before + 1,
            progress=self.progress().model_copy(update=over),
            application=context.order.application,
            arrangements=context.arrangements,
            papers=state.papers(),
            reconciliation=state.reconciliation,
            notice=state.notice,
            review=state.review,
            registration=state.registration,
            taken_in=state.taken_in,
            duplicates=state.offer,
            chosen=state.choice,
            cleared=state.cleared,
            disputes=tuple(self.disputes.records),
            rulings=tuple(self.ruling.records),
            holds=tuple(self.context.state.holds),
            responsibility=await context.ask_platform(CHARGE_DAYS, charged),
            corrections=tuple(self.corrections.requests.items),
            answered=tuple(self.corrections.requests.answered),
            journal=tuple(state.journal),
            acts=tuple(state.acts),
        )

    def _tasks_beside(self) -> tuple[StatusBoard | StatutoryClock, ...]:
        """The tasks that run beside the procedure. When one fails, the case must fail visibly."""
        return (self.board, *self.context.clocks.values())

    def _interrupted(self) -> bool:
        broken = any(part.broken for part in self._tasks_beside())
        return broken or self.withdrawals.pending is not None or self.ruling.pending is not None

    def _may_approve(self, approval: Approval) -> None:
        if self.disputes.open and approval.what is not Approvable.RULING:
            raise Refused(
                "The case is in dispute; nothing else is approved until the dispute is over.",
                "案件处于争议中，争议解决前不作其他审批。",
            )
        self.approvals.may_approve(approval)
