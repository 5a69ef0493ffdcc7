"""Corrections (第七条第二项): requests field by field, their answers, and their effect on the clocks."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CHECK_FIELDS
    from models.messages.arrangements import Officers
    from models.messages.clocks import ClockOrder, ClockPause
    from models.messages.corrections import ALREADY_SO, FieldOrder, FieldsAnswer, FieldsCheck
    from models.messages.requests import (
        Amendment,
        AmendmentAnswer,
        Approvable,
        Correction,
        CorrectionItem,
        CorrectionWithdrawal,
        Reopening,
        StaffAction,
    )
    from models.messages.stages import Event, Party, Stage
    from rules.values.charged_days import PromptDuty
    from rules.values.due_dates import Clock
    from rules.values.form_fields import CorrectionEffect
    from workflows.case.context import CaseContext
    from workflows.case.exchange import Exchange
    from workflows.case.permissions import POSSIBILITIES, Refused, refused_for
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.corrections.open_requests import MONEY, OpenRequests
    from workflows.corrections.reversals import require_reversible
    from workflows.outgoing import correction_message


class Corrections:
    """Receives requests and answers, carries the answers out, and changes the clocks accordingly."""

    def __init__(self, context: CaseContext, exchange: Exchange) -> None:
        self.context = context
        self.state = context.state
        self.exchange = exchange
        self.requests = OpenRequests(context.state)
        self.answers: list[Amendment] = []
        """Answers that are not yet carried out."""
        self.reopened: tuple[ClockOrder, datetime] | None = None
        """Clock B as it was before the open requests made it run again, and when it had stopped."""
        self._putting_clocks_back = False
        """Whether the last request was withdrawn and the clocks are being restored."""
        self.carried_out_at: datetime | None = None
        """When the last answer in the present round of requests was carried out."""

    @property
    def open(self) -> bool:
        """Whether a field waits for an answer, an answer to be carried out, or clocks to be restored."""
        return bool(self.requests.items or self.answers) or self._putting_clocks_back

    def may_correct(self, _: Correction) -> None:
        """Raises Refused before the form has arrived, and once months paid twice are cleared and refunded."""
        self._require_stage(StaffAction.CORRECT)
        if self.state.clearing:
            raise Refused(
                "Months paid twice are cleared and refunded; the form can no longer be corrected.",
                "重复缴费已清理并退款，不能再更正信息表。",
            )
        if self.state.information_since is None:
            raise Refused(
                "There is no information form to correct yet; wait until it has come.",
                "信息表尚未到达，无可更正；请待其到达。",
            )

    def _require_stage(self, action: StaffAction) -> None:
        """Raises Refused where the case has been disputed, put on hold or settled since it was asked."""
        if self.state.stage not in POSSIBILITIES[action].stages:
            raise Refused(
                "The case has gone on while the request was looked at; nothing was done. Look at it again.",
                "核对期间案件已有进展，未作处理；请重新查看案件。",
            )

    async def correct(self, request: Correction) -> tuple[str, str] | None:
        """Receive a request of the transfer-in bureau; a second request for a field replaces the first.

        Raises Refused for a value that no form can have or that the form has already, and where the form does
        not have what was seen.
        """
        await require_reversible(self.context)
        await self.require_correctable(request.items)
        self.may_correct(request)
        asked_at = workflow.now()
        replaced = self.requests.replace(request)
        for item in request.items:
            self.requests.open(request.message_id, Party.TRANSFER_IN, item)
        self.state.note(
            Party.TRANSFER_IN,
            Event.CORRECTION_REQUESTED,
            self.exchange.form.number,
            detail=", ".join(item.field for item in request.items),
            officer=request.officer,
        )
        self.context.tell(correction_message(self.exchange.form, request.message_id))
        self._record_report(asked_at)
        await self._apply_to_clocks(asked_at)
        if not replaced:
            return None
        fields = [one.item.field for one in replaced]
        return (
            f"it replaces the earlier request for {', '.join(fields)}",
            f"已替换原请求：{'、'.join(fields)}",
        )

    async def require_correctable(self, items: Sequence[CorrectionItem]) -> None:
        """Raises Refused unless these fields can have these values, and the form has what was seen, and not
        what is asked for."""
        await self._check(
            {item.field: item.expected for item in items}, {item.field: item.seen for item in items}
        )

    def ask(self, request: Reopening) -> None:
        """Open the requests of a case that is reopened; its clock B was started for them."""
        for item in request.items:
            self.requests.open(request.message_id, Party.TRANSFER_IN, item)
        self.state.note(
            Party.TRANSFER_IN,
            Event.CORRECTION_REQUESTED,
            self.exchange.form.number,
            detail=", ".join(item.field for item in request.items),
            officer=request.officer,
        )

    def may_withdraw(self, request: CorrectionWithdrawal) -> None:
        """Raises Refused for a field that the bureau did not ask about, or that has been answered."""
        own = {one.item.field for one in self.requests.withdrawable}
        if others := [field for field in request.fields if field not in own]:
            raise Refused(
                f"No request of the transfer-in bureau is open for {', '.join(others)}; open: "
                f"{', '.join(sorted(own)) or 'nothing'}.",
                f"转入地没有对 {'、'.join(others)} 的待答复请求；待答复：{'、'.join(sorted(own)) or '无'}。",
            )

    async def withdraw(self, request: CorrectionWithdrawal) -> None:
        """Withdraw requests that were not answered; with the last one the clocks are as before them."""
        self.requests.withdraw(request)
        if not self.open:
            self._putting_clocks_back = True
            await self.context.finish_even_if_interrupted(self._restore_clocks())
            self._putting_clocks_back = False

    async def _restore_clocks(self) -> None:
        """Stop clock B where it had stopped, or with the last answer carried out; clock C runs on."""
        clocks = self.context.clocks
        clock, before, done_at = clocks.get(Clock.TRANSFER_OUT), self.reopened, self.carried_out_at
        self.reopened = self.carried_out_at = None
        if clock and done_at is None and before is not None:
            await clock.stop_again(*before, "correction withdrawn")
            self.state.note(Party.TRANSFER_OUT, Event.CLOCK_STOPPED, Clock.TRANSFER_OUT)
        elif done_at is not None and self.state.remittances:
            await self.context.stop_clock(Clock.TRANSFER_OUT, done_at)
        if done_at is None and (clock := clocks.get(Clock.TAKE_IN)) and clock.paused:
            await clock.drop_pause("correction withdrawn", self.state.on_hold_since)
            self.state.note(Party.TRANSFER_IN, Event.CLOCK_RESUMED, Clock.TAKE_IN)

    def may_amend(self, amendment: Amendment) -> None:
        """Raises Refused for a field that nobody asked about, and for an answer without value or reason."""
        self._require_stage(StaffAction.AMEND)
        asked = {one.item.field for one in self.requests.items}
        unasked = [answer.field for answer in amendment.answers if answer.field not in asked]
        if unasked:
            waiting = ", ".join(sorted(asked)) or "nothing"
            raise Refused(
                f"No correction was asked for {', '.join(unasked)}; open: {waiting}.",
                f"未对 {'、'.join(unasked)} 提出更正；待答复：{'、'.join(sorted(asked)) or '无'}。",
            )
        bare = [one.field for one in amendment.answers if one.value is None and one.reason is None]
        if bare:
            raise Refused(
                f"Give a value or the reason why none is given for {', '.join(bare)}.",
                f"请对 {'、'.join(bare)} 填写更正值，或说明不予更正的理由。",
            )

    async def amend(self, amendment: Amendment) -> tuple[str, str] | None:
        """Receive answers of the transfer-out bureau; the procedure carries them out one set after the other.

        A value that the form has already is a decline. Where the bureau that asked gets another value than it
        asked for, one of its officers approves the posting, whatever is arranged; it can also ask again or
        dispute (第九条). Raises Refused for a value that the form cannot have.
        """
        values = {one.field: one.value for one in amendment.answers if one.value is not None}
        if values:
            await require_reversible(self.context)
        checked = await self._check({field: value for field, value in values.items() if field != MONEY})
        self.may_amend(amendment)
        answers = tuple(_declined(one, checked.unchanged) for one in amendment.answers)
        self.answers.append(amendment.model_copy(update={"answers": answers}))
        if not self.requests.answer(amendment.officer, answers):
            return None
        if not self.context.arrangements.needed(Approvable.POSTING):
            self.context.arrange_officers(Approvable.POSTING, Officers.ONE_OFFICER)
        if self._posting_stands():
            return (
                "not what was asked for: the posting stands; who disagrees asks again or disputes, "
                "in a closed case once it is reopened",
                "与请求不同，原记账不变；不同意的，可再次提出更正或提出异议，已办结的先恢复办理",
            )
        return (
            "not what was asked for: the transfer-in bureau approves the posting, asks again or disputes",
            "与请求不同，须经转入地审批入账，或由其再次提出更正、提出异议",
        )

    def _posting_stands(self) -> bool:
        """Whether no request is open any more, and the form that was posted stays in force."""
        posted = self.state.taken_in
        reissues = any(answer.value is not None for one in self.answers for answer in one.answers)
        as_posted = posted is not None and posted.version == self.exchange.form.version
        return as_posted and not reissues and not self.requests.items

    async def raise_by_platform(self) -> None:
        """Raise a request for the differences that reconciling form and money has found (第七条第二项)."""
        found = self.state.reconciliation
        asked_at = workflow.now()
        for difference in found.differences if found else ():
            item = CorrectionItem(
                field=MONEY if difference.field.startswith("line_") else difference.field,
                seen=difference.found,
                expected=difference.expected,
                evidence=str(found.law) if found else "",
            )
            if item.field not in {one.item.field for one in self.requests.items}:
                self.requests.open(f"platform/{len(self.state.forms)}", Party.PROVINCE, item)
        self.state.note(Party.PROVINCE, Event.DISCREPANCY_FOUND, self.exchange.form.number)
        self.context.tell(correction_message(self.exchange.form, f"platform/{len(self.state.forms)}"))
        self._record_report(asked_at)
        await self.context.finish_even_if_interrupted(self._apply_to_clocks(asked_at))

    async def carry_out(self) -> None:
        """Wait for an answer and carry it out: the form is reissued, then money is sent to fit it.

        When every request is withdrawn instead, there is nothing to carry out.
        """
        self.context.enter(Stage.TO_BE_CORRECTED, Party.TRANSFER_OUT)
        await workflow.wait_condition(lambda: bool(self.answers) or not self.open)
        if not self.answers:
            return
        amendment = self.answers[0]
        values = {one.field: one.value for one in amendment.answers if one.value is not None}
        fields = tuple(
            FieldOrder(field=field, value=value) for field, value in values.items() if field != MONEY
        )
        done_at = workflow.now()
        if fields or MONEY in values:
            done_at = await self._carry_out_values(amendment, fields)
        self.answers.remove(amendment)
        self.carried_out_at = done_at
        if self.requests.items or self.answers:
            return
        self.reopened = self.carried_out_at = None
        if self.state.remittances:
            await self.context.stop_clock(Clock.TRANSFER_OUT, done_at)

    async def _carry_out_values(self, amendment: Amendment, fields: tuple[FieldOrder, ...]) -> datetime:
        """Reissue the form and send money to fit it; returns the instant at which both had left."""
        by = amendment.message_id
        if by not in self.exchange.reissued_for:
            await self.exchange.reissue(by, fields)
        left = partial(self._give_next_step, amendment)
        if not self.exchange.owed:
            await left(self.exchange.form.started_at)
        await self.exchange.deliver_form()
        # If a bureau's books do not show what it is asked for, the journal says so: form and money then still
        # differ, and the platform asks again.
        with contextlib.suppress(Refused):
            await self.exchange.settle_difference(by, left=left)
        return self.exchange.complete_since

    async def _give_next_step(self, amendment: Amendment, at: datetime) -> None:
        """Give the next step to the transfer-in bureau, once the other has nothing left to do."""
        if await self.end_transfer_out(at, except_for=amendment):
            self.context.enter(Stage.TO_BE_RECONCILED, Party.TRANSFER_IN, at)

    async def end_transfer_out(self, at: datetime, except_for: Amendment | None = None) -> bool:
        """Stop clock B: the transfer-out bureau has done its part, even if money is still in transit.

        False when another request to it is open, or an answer is not carried out; `except_for` is the answer
        that is being carried out.
        """
        others = [one for one in self.answers if one != except_for]
        if not self.state.remittances or self.requests.items or others:
            return False
        await self.context.stop_clock(Clock.TRANSFER_OUT, at)
        return True

    async def _check(self, values: dict[str, str], seen: dict[str, str] | None = None) -> FieldsAnswer:
        """Have new values and what was seen compared with the form. Raises Refused with every finding."""
        fields, on_form = _orders(values), _orders(seen or {})
        if not fields:
            return FieldsAnswer(findings=())
        asked = FieldsCheck(fields=fields, form=self.exchange.form, seen=on_form)
        answer = await self.context.ask_platform(CHECK_FIELDS, asked)
        if answer.findings:
            raise refused_for("The form cannot be corrected so:", "信息表不能这样更正：", answer.findings)
        return answer

    def after_ruling(self, *fields: str) -> None:
        """Drop requests and answers about fields that a ruling has set."""
        self.requests.ruled(fields)
        left = [
            one.model_copy(update={"answers": tuple(a for a in one.answers if a.field not in fields)})
            for one in self.answers
        ]
        self.answers = [one for one in left if one.answers]

    async def _apply_to_clocks(self, asked_at: datetime) -> None:
        """Apply a request to clocks B and C, with the effects that are arranged for this case."""
        arranged = self.context.arrangements
        if (clock := self.context.clocks.get(Clock.TRANSFER_OUT)) and clock.stopped_at is not None:
            self.reopened = self.reopened or (clock.order, clock.stopped_at)
            out_of_its_hands = ClockPause(since=clock.stopped_at, until=asked_at)
            match arranged.effect_on_transfer_out:
                case CorrectionEffect.RUN_ON:
                    await clock.reopen("correction")
                case CorrectionEffect.PAUSE:
                    await clock.reopen("correction", pauses=(*clock.order.pauses, out_of_its_hands))
                case CorrectionEffect.RESTART:
                    await clock.restart(asked_at, "correction")
            self.state.note(
                Party.TRANSFER_OUT,
                Event.CLOCK_RESUMED,
                Clock.TRANSFER_OUT,
                detail=arranged.effect_on_transfer_out,
            )
        clock, effect = self.context.clocks.get(Clock.TAKE_IN), arranged.effect_on_take_in
        if clock and clock.running and effect is not CorrectionEffect.RUN_ON:
            await clock.pause(asked_at)
            self.state.note(Party.TRANSFER_IN, Event.CLOCK_PAUSED, Clock.TAKE_IN, detail=effect)

    def _record_report(self, asked_at: datetime) -> None:
        """Record how promptly (及时) an error was reported, since form and money that show it had arrived."""
        arisen = min(self._both_arrived_at(), asked_at)
        self.state.add_duty(PromptDuty.REPORT_ERROR, arisen, asked_at)

    async def form_and_funds_in(self) -> None:
        """Start clock C as soon as form and money have arrived, unless arranged to start when they agree."""
        if self.context.arrangements.effect_on_take_in is not CorrectionEffect.RESTART:
            await self._start_clock_c()

    async def agreed(self) -> None:
        """Start clock C, or resume it: information and funds agree (第七条第三项).

        A clock that runs since both arrived, or by a ruling from a later day, stays as it is.
        """
        self.state.note(Party.TRANSFER_IN, Event.RECONCILED)
        clock = self.context.clocks.get(Clock.TAKE_IN)
        restarts = self.context.arrangements.effect_on_take_in is CorrectionEffect.RESTART
        if clock is None and not self._must_be_posted_again():
            # The case was reopened and nothing was changed: it is taken in as it stands.
            return
        if clock is None or (
            restarts and (clock.paused or clock.order.anchored_at < self._both_arrived_at())
        ):
            await self._start_clock_c(clock)
        elif clock.paused:
            await self.context.run_on(clock, self._pause_end(clock), "correction")
        elif not restarts and self._must_be_posted_again() and clock.stopped_at is not None:
            await self._reopen_clock_c(clock, clock.stopped_at)

    def _must_be_posted_again(self) -> bool:
        """Whether the current form is not the one that is posted."""
        taken_in = self.state.taken_in
        return taken_in is None or taken_in.version != self.exchange.form.version

    async def _reopen_clock_c(self, clock: StatutoryClock, done_at: datetime) -> None:
        """Run clock C again: the posting must be made again.

        Under `pause` the days since the first posting do not count.
        """
        pauses = clock.order.pauses
        if self.context.arrangements.effect_on_take_in is CorrectionEffect.PAUSE:
            pauses = (*pauses, ClockPause(since=done_at, until=max(done_at, self._both_arrived_at())))
        await self.context.finish_even_if_interrupted(clock.reopen("correction", pauses=pauses))
        self.state.note(Party.TRANSFER_IN, Event.CLOCK_RESUMED, Clock.TAKE_IN)

    async def _start_clock_c(self, clock: StatutoryClock | None = None) -> None:
        since = self._both_arrived_at()
        if clock and clock.paused and self._pause_end(clock) > since:
            since = self._pause_end(clock)
        await self.context.start_clock(Clock.TAKE_IN, Party.TRANSFER_IN, since)

    def _pause_end(self, clock: StatutoryClock) -> datetime:
        """The instant at which a clock's pause ends: when the later of form and money arrived.

        If every answer was a decline, nothing has arrived since; the pause then ends with the answer, which
        is now.
        """
        until = self._both_arrived_at()
        return until if until > clock.order.pauses[-1].since else workflow.now()

    def _both_arrived_at(self) -> datetime:
        """The instant at which the later of the current form and money arrived."""
        return max(since for since in (self.state.information_since, self.state.funds_since) if since)


def _orders(values: dict[str, str]) -> tuple[FieldOrder, ...]:
    return tuple(FieldOrder(field=field, value=value) for field, value in values.items())


def _declined(answer: AmendmentAnswer, unchanged: tuple[str, ...]) -> AmendmentAnswer:
    """The answer itself, or a decline where its value is the one that the form has already."""
    if answer.field not in unchanged:
        return answer
    return answer.model_copy(update={"value": None, "reason": ALREADY_SO})
