"""Shows a case: to queries, in the engine's listings, and in the engine's Web UI."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import CalendarPublished, ClockReading
    from models.messages.progress import OpenField, Progress
    from models.messages.stages import ENDS, Party, Stage
    from rules.values.money import NO_MONEY
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.inbox import Inbox
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.identifiers import (
        CALENDAR_PUBLISHED,
        COUNTED_UNTIL,
        DUE_AT,
        FLAGS,
        OVERDUE,
        STAGE,
        WAITING_ON,
        Flag,
        listed_day,
    )


NOTICE_TITLES = ("holiday notice", "放假安排")


REST = timedelta(seconds=1)
"""Changes within this time are listed together: a listing costs the server as much as an activity."""


class StatusBoard:
    """Keeps what is shown of a case up to date. Nothing of it is personal."""

    def __init__(
        self,
        context: CaseContext,
        approvals: Approvals,
        corrections: Corrections,
        disputes: Disputes,
        inbox: Inbox,
    ) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals
        self.corrections = corrections
        self.disputes = disputes
        self.inbox = inbox
        self._keeping: asyncio.Task[None] | None = None
        self._listed: list[SearchAttributeUpdate[Any]] = []
        self._page = ""
        """What was shown last in the engine's listings, and in its Web UI."""
        self.notices: set[str] = set()
        """The ids of the messages that have informed the case of a notice."""
        inbox.listen(
            CALENDAR_PUBLISHED,
            NOTICE_TITLES,
            CalendarPublished,
            lambda published: self.calendar_published(published),
        )

    def progress(self) -> Progress:
        """Where the case stands, in full."""
        state, application = self.state, self.context.order.application
        over = state.stage in ENDS or state.stage is Stage.BEING_CLOSED
        return Progress(
            case_no=self.context.order.case_no,
            linked=self.context.order.linked,
            anew_after=self.context.order.anew_after,
            stage=state.stage,
            waiting_on=state.waiting_on,
            bureau_out=application.bureau_out,
            bureau_in=application.bureau_in,
            scheme_from=application.scheme_from,
            scheme_to=application.scheme_to,
            submitted_on=application.submitted_on,
            entry=application.entry,
            months=state.taken_in.months if state.taken_in else 0,
            individual=state.taken_in.individual if state.taken_in else NO_MONEY,
            pooled=state.taken_in.pooled if state.taken_in else NO_MONEY,
            settled=state.settled,
            refunded=state.cleared.refund if state.cleared else NO_MONEY,
            information_since=state.information_since,
            funds_since=state.funds_since,
            awaited_funds=None if over else state.awaited_funds,
            bank_references=tuple(state.bank_references),
            form_version=state.forms[-1].version if state.forms else 0,
            clocks=self._clocks(),
            refusals=state.refusals(),
            missing=() if over else state.missing(),
            differences=len(state.reconciliation.differences) if state.reconciliation else 0,
            open_fields=tuple(
                OpenField(field=one.item.field, raised_by=one.raised_by, asked_at=one.asked_at)
                for one in self.corrections.requests.items
            ),
            approvals=self.approvals.progress(),
            fault=state.fault,
            dispute=self.disputes.open.point if self.disputes.open else None,
            holdings=tuple(state.holdings),
            duty_since=None if state.stage in ENDS else state.duty_since,
            duties=tuple(state.duties),
            until=state.ended_at,
            possible=self.inbox.possible(),
        )

    def _clocks(self) -> tuple[ClockReading, ...]:
        """Each clock as it stands; in a reopened case a clock that has not started again as it was before."""
        now = (clock.current_reading() for clock in self.context.clocks.values())
        return tuple({one.clock: one for one in (*self.state.clocks_before, *now)}.values())

    def open(self) -> None:
        """Begin to show the case, and keep what is shown up to date."""
        self._keeping = asyncio.create_task(self._keep_up_to_date())

    @property
    def broken(self) -> bool:
        """Whether the task that updates the board has ended."""
        return self._keeping is not None and self._keeping.done()

    def check(self) -> None:
        """Raises the error of the task that updates the board, so that the case fails visibly."""
        if self._keeping is not None and self._keeping.done():
            self._keeping.result()

    async def _keep_up_to_date(self) -> None:
        """Show the case at its beginning, and then each change, after a second without further changes."""
        while True:
            await workflow.wait_condition(lambda: self.context.is_idle and self._out_of_date())
            if self._listed:
                await workflow.sleep(REST)
                await workflow.wait_condition(lambda: self.context.is_idle)
            self.show()

    def show(self) -> None:
        """Write the search attributes that have changed, and the page of the Web UI."""
        listed, self._page = self._contents()
        if changed := [one for one in listed if one not in self._listed]:
            workflow.upsert_search_attributes(changed)
        self._listed = listed
        workflow.set_current_details(self._page)

    async def calendar_published(self, published: CalendarPublished) -> None:
        """A holiday notice was published: reschedule every running clock by the platform's new calendar."""
        if published.message_id in self.notices:
            # The province announces every notice twice; a repeated announcement is not noted.
            return
        self.notices.add(published.message_id)
        if self.state.stage not in ENDS:
            await self.context.reschedule_clocks(published.notice)

    def _out_of_date(self) -> bool:
        return self._contents() != (self._listed, self._page)

    def _contents(self) -> tuple[list[SearchAttributeUpdate[Any]], str]:
        """The contents to be shown: the search attributes, and the page of the Web UI."""
        running = [clock for clock in self.context.clocks.values() if clock.running]
        due = min((clock.reading.due_at for clock in running), default=None)
        listed: list[SearchAttributeUpdate[Any]] = [
            STAGE.value_set(self.state.stage),
            WAITING_ON.value_set(self.state.waiting_on),
            DUE_AT.value_set(due) if due else DUE_AT.value_unset(),
            self._counted_until(),
            OVERDUE.value_set(any(clock.overdue for clock in running)),
            FLAGS.value_set(self._flags(running)),
        ]
        return listed, self._web_ui_page()

    def _counted_until(self) -> SearchAttributeUpdate[Any]:
        going = [clock for clock in self.context.clocks.values() if clock.stopped_at is None]
        days = [one.reading.counted_until for one in going if one.running and one.reading.counted_until]
        if not days or len(days) < len(going):
            return COUNTED_UNTIL.value_unset()
        return COUNTED_UNTIL.value_set(listed_day(max(days)))

    def _flags(self, clocks: list[StatutoryClock]) -> list[str]:
        flags = {
            Flag.REMINDED: any(clock.reminded and not clock.overdue for clock in clocks),
            Flag.ESCALATED: any(clock.overdue for clock in clocks),
            Flag.DISPUTED: self.disputes.open is not None,
            Flag.AWAITING_APPROVAL: bool(self.approvals.awaited),
            Flag.MESSAGE_REFUSED: bool(self.inbox.refused_unseen),
            Flag.PROVISIONAL: any(clock.reading.provisional for clock in clocks),
            Flag.REOPENED: self.context.order.reopened,
        }
        return [flag for flag, raised in flags.items() if raised]

    def _web_ui_page(self) -> str:
        """The page of the Web UI: the stage, who has to act, the due dates."""
        lines = [f"**{self.state.stage.titles[1]}** {self.state.stage.titles[0]}"]
        if self.state.waiting_on is not Party.NOBODY:
            lines.append(f"waiting on: {self.state.waiting_on.titles[0]} {self.state.waiting_on.titles[1]}")
        for clock in self.context.clocks.values():
            mark = " — overdue 逾期" if clock.overdue else ""
            en, zh = clock.name.titles
            lines.append(f"{zh} {en} ({clock.name.letter}): due {clock.reading.due_on}{mark}")
        return "\n\n".join(lines)
