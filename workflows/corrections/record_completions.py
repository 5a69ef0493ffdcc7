"""Errors of a bureau found before the form: the case waits until the bureau has completed its record."""

from collections.abc import Iterable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import COMPLETE_RECORD
    from models.messages.requests import Completion
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import CompletionOrder, RecordCompletion
    from rules.values.bureau_errors import BUREAU_ERRORS, OF_THE_NAME
    from rules.values.charged_days import PromptDuty
    from rules.values.due_dates import Clock
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


class RecordCompletions:
    """Asks the bureau that erred, waits for its answer, and has it entered in that bureau's books.

    The working days until then are charged to that bureau. The application is refused only when it confirms
    its record as it stands.
    """

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state
        self.asked: dict[Party, tuple[str, ...]] = {}
        """The codes of the grounds that each bureau still has to answer."""
        self._answers: dict[Party, Completion] = {}
        """Answers that are not yet entered."""
        self.declined: set[str] = set()

    @property
    def due(self) -> bool:
        """Whether all grounds against the transfer are errors of a bureau that no bureau has confirmed."""
        found = {one.code for one in self.state.refusals()}
        return bool(found) and found <= BUREAU_ERRORS.keys() and not found & self.declined

    def restore(self, completions: Iterable[RecordCompletion]) -> None:
        """Take over what bureaus had completed in a case that is reopened."""
        self.state.completions = list(completions)

    async def carry_out(self) -> frozenset[Party]:
        """Wait until every bureau that erred has answered; returns those that have completed their record."""
        if not self.asked:
            await self._ask()
        completed: set[Party] = set()
        while self.asked:
            by = OUT if OUT in self.asked else IN
            self.context.enter(Stage.RECORD_TO_BE_COMPLETED, by)
            await self._apply_to_clocks()
            await workflow.wait_condition(lambda: bool(self._answers))
            by, answer = next(iter(self._answers.items()))
            await self.context.finish_even_if_interrupted(self._enter(by, answer))
            if answer.reason is None:
                completed.add(by)
            # On hold every clock is paused, whoever is asked; who is asked matters when the case goes on.
            await workflow.wait_condition(lambda: self.state.held is None)
        await self._apply_to_clocks()
        return frozenset(completed)

    async def _ask(self) -> None:
        """Tell each bureau through the platform what is wrong with its record (第七条第二项)."""
        for code in dict.fromkeys(one.code for one in self.state.refusals()):
            by = Party(BUREAU_ERRORS[code])
            self.asked[by] = (*self.asked.get(by, ()), code)
        now = workflow.now()
        for by, codes in self.asked.items():
            self.state.note(by, Event.COMPLETION_REQUESTED, detail=", ".join(codes))
        answers = (self.state.review, self.state.certificate, self.state.registration)
        found = [one.started_at for one in answers if one and one.refusals]
        self.state.add_duty(PromptDuty.REPORT_ERROR, min([*found, now]), now)

    def may_complete(self, request: Completion) -> None:
        """Raises Refused for a bureau that is not asked, and for an answer that does neither or both."""
        codes = self.asked.get(request.by)
        if codes is None or request.by in self._answers:
            asked = [party for party in self.asked if party not in self._answers]
            raise Refused(
                f"Nothing is asked of the {request.by.titles[0]} now; asked: "
                f"{', '.join(party.titles[0] for party in asked) or 'nobody'}.",
                f"现未要求{request.by.titles[1]}补充完善资料；应办理方："
                f"{'、'.join(party.titles[1] for party in asked) or '无'}。",
            )
        if (request.evidence is None) == (request.reason is None):
            raise Refused(
                "Say on what evidence the record was completed, or why it is right as it stands; not both.",
                "请填写补充完善的依据，或说明资料无误的理由，二者择一。",
            )
        if request.evidence is not None and request.name is None and set(codes) & OF_THE_NAME:
            raise Refused(
                "The name is in question: give it as the record is to have it.",
                "姓名有异，请填写应登记的姓名。",
            )

    async def complete(self, request: Completion) -> None:
        """Receive a bureau's answer; the procedure enters it."""
        self._answers[request.by] = request

    async def _enter(self, by: Party, answer: Completion) -> None:
        """Have the bureau enter its answer in its own books and file it."""
        codes = self.asked[by]
        order = CompletionOrder(
            case_no=self.context.order.case_no,
            id_number=self.context.order.application.id_number,
            version=len(self.state.completions) + 1,
            message_id=answer.message_id,
            grounds=codes,
            name=answer.name,
            evidence=answer.evidence or "",
            reason=answer.reason or "",
            officer=answer.officer,
        )
        entered = await self.context.ask(by, COMPLETE_RECORD, order)
        self.state.completions.append(entered)
        if not entered.completed:
            self.declined.update(codes)
        event = Event.RECORD_COMPLETED if entered.completed else Event.COMPLETION_DECLINED
        self.state.note(by, event, entered.number, officer=answer.officer)
        del self.asked[by], self._answers[by]

    async def _apply_to_clocks(self) -> None:
        """Pause a clock while the case waits for the bureau that does not owe its step."""
        paused = {Clock.REVIEW: OUT in self.asked, Clock.TRANSFER_OUT: tuple(self.asked) == (IN,)}
        for name, pause in paused.items():
            clock = self.context.clocks.get(name)
            if clock is None or clock.stopped_at is not None:
                continue
            if pause and await clock.pause(workflow.now()):
                self.state.note(clock.order.owed_by, Event.CLOCK_PAUSED, name)
            elif not pause and clock.paused:
                await self.context.run_on(clock, workflow.now(), "completion")
