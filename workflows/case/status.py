"""What a case shows of itself: to queries, to the engine's listings, in its Web UI."""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import CalendarPublished
    from models.messages.progress import OpenField, Progress
    from models.messages.stages import ENDS, Party, Stage
    from rules.values.money import NO_MONEY
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseWork
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.inbox import Tray
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.identifiers import CALENDAR_PUBLISHED, DUE_AT, FLAGS, OVERDUE, STAGE, WAITING_ON, Flag


EACH_NOTICE_ONCE = "each-notice-once"
"""Cases begun before this change aim their clocks for every copy of a notice; see docs/operations.md."""


TURNED_TO_THE_END = "clocks-turn-until-the-person-is-told"
"""Before this change a notice moved no clock of a case whose result was still to be told."""

NOTICE_TITLES = ("holiday notice", "放假安排")


class NoticeBoard:
    """Nothing personal hangs here."""

    def __init__(
        self,
        work: CaseWork,
        approvals: Approvals,
        corrections: Corrections,
        disputes: Disputes,
        tray: Tray,
    ) -> None:
        self.work = work
        self.file = work.file
        self.approvals = approvals
        self.corrections = corrections
        self.disputes = disputes
        self.tray = tray
        self._keeping: asyncio.Task[None] | None = None
        self._listed: list[SearchAttributeUpdate[Any]] = []
        self._page = ""
        """What is shown: in the engine's listings, and in its Web UI."""
        self._notices: set[str] = set()
        """The messages by which the case has heard of a notice."""
        tray.listen(
            CALENDAR_PUBLISHED, NOTICE_TITLES, CalendarPublished, lambda told: self.calendar_published(told)
        )

    def progress(self) -> Progress:
        """The whole standing of the case."""
        file, application = self.file, self.work.order.application
        return Progress(
            case_no=self.work.order.case_no,
            linked=self.work.order.linked,
            stage=file.stage,
            waiting_on=file.waiting_on,
            bureau_out=application.bureau_out,
            bureau_in=application.bureau_in,
            scheme_from=application.scheme_from,
            scheme_to=application.scheme_to,
            submitted_on=application.submitted_on,
            entry=application.entry,
            months=file.taken_in.months if file.taken_in else 0,
            individual=file.taken_in.individual if file.taken_in else NO_MONEY,
            pooled=file.taken_in.pooled if file.taken_in else NO_MONEY,
            settled=file.settled,
            refunded=file.cleared.refund if file.cleared else NO_MONEY,
            information_since=file.information_since,
            funds_since=file.funds_since,
            awaited_funds=file.awaited_funds,
            bank_references=tuple(file.bank_references),
            form_version=file.forms[-1].version if file.forms else 0,
            clocks=tuple(clock.reading() for clock in self.work.clocks.values()),
            refusals=file.refusals(),
            missing=file.missing(),
            differences=len(file.reconciliation.differences) if file.reconciliation else 0,
            open_fields=tuple(
                OpenField(field=one.item.field, raised_by=one.raised_by, asked_at=one.asked_at)
                for one in self.corrections.items
            ),
            approvals=self.approvals.progress(),
            dispute=self.disputes.open.point if self.disputes.open else None,
            holdings=tuple(file.holdings),
            duties=tuple(file.duties),
            until=file.ended_at,
            possible=self.tray.possible(),
        )

    def open(self) -> None:
        """Show the case from now on."""
        self._keeping = asyncio.create_task(self._keep_up_to_date())

    @property
    def broken(self) -> bool:
        """It shows nothing any more."""
        return self._keeping is not None and self._keeping.done()

    def check(self) -> None:
        """Raises what has broken the board, so that the case is seen to stand and not shown as it was."""
        if self._keeping is not None and self._keeping.done():
            self._keeping.result()

    async def _keep_up_to_date(self) -> None:
        """Whenever the case comes to rest otherwise than it is shown, show it: once, whatever led there."""
        while True:
            await workflow.wait_condition(lambda: self.work.at_rest and self._out_of_date())
            self.show()

    def show(self) -> None:
        """What has changed goes into the search attributes, and the page of the Web UI is written anew."""
        listed, self._page = self._standing()
        if changed := [one for one in listed if one not in self._listed]:
            workflow.upsert_search_attributes(changed)
        self._listed = listed
        workflow.set_current_details(self._page)

    async def calendar_published(self, published: CalendarPublished) -> None:
        """A holiday notice: every running clock is aimed anew, by the calendar the platform now has."""
        if workflow.patched(EACH_NOTICE_ONCE) and published.message_id in self._notices:
            self.tray.copy(Party.PROVINCE, published.message_id)
            return
        self._notices.add(published.message_id)
        if self.file.stage is Stage.BEING_CLOSED and not workflow.patched(TURNED_TO_THE_END):
            return
        if self.file.stage not in ENDS:
            await self.work.turn_clocks(published.notice)

    def _out_of_date(self) -> bool:
        return self._standing() != (self._listed, self._page)

    def _standing(self) -> tuple[list[SearchAttributeUpdate[Any]], str]:
        """What is to be shown of the case as it stands now."""
        running = [clock for clock in self.work.clocks.values() if clock.running]
        due = min((clock.aimed.due_at for clock in running), default=None)
        listed: list[SearchAttributeUpdate[Any]] = [
            STAGE.value_set(self.file.stage),
            WAITING_ON.value_set(self.file.waiting_on),
            DUE_AT.value_set(due) if due else DUE_AT.value_unset(),
            OVERDUE.value_set(any(clock.overdue for clock in running)),
            FLAGS.value_set(self._flags(running)),
        ]
        return listed, self._written()

    def _flags(self, clocks: list[StatutoryClock]) -> list[str]:
        flags = {
            Flag.REMINDED: any(clock.reminded and not clock.overdue for clock in clocks),
            Flag.ESCALATED: any(clock.overdue for clock in clocks),
            Flag.DISPUTED: self.disputes.open is not None,
            Flag.AWAITING_APPROVAL: bool(self.approvals.awaited),
            Flag.MESSAGE_REFUSED: self.tray.refused_unseen,
            Flag.PROVISIONAL: any(clock.aimed.provisional for clock in clocks),
        }
        return [flag for flag, raised in flags.items() if raised]

    def _written(self) -> str:
        """The page of the Web UI: stage, who is to act, due dates."""
        lines = [f"**{self.file.stage.titles[1]}** {self.file.stage.titles[0]}"]
        if self.file.waiting_on is not Party.NOBODY:
            lines.append(f"waiting on: {self.file.waiting_on.titles[0]} {self.file.waiting_on.titles[1]}")
        for clock in self.work.clocks.values():
            mark = " — overdue 逾期" if clock.overdue else ""
            lines.append(f"clock {clock.name}: due {clock.aimed.due_on}{mark}")
        return "\n\n".join(lines)
