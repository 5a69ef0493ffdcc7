"""One-off months that stay behind (人社厅发〔2019〕94号): clock D, and the written notice."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import GIVE_WRITTEN_NOTICE
    from models.messages.stages import Event, Party
    from models.messages.steps import CasePapers, WrittenNoticeOrder
    from rules.values.due_dates import Clock
    from rules.values.moves import Material
    from rules.values.record import MonthKind, MonthsApart
    from workflows.case.context import CaseContext

OUT = Party.TRANSFER_OUT


class LeftBehind:
    """Has the transfer-out bureau tell the person in writing, in time, which months stay."""

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state

    @property
    def proven(self) -> bool:
        """Whether the papers for one-off months are handed in."""
        return Material.ONE_OFF_PAPERS in self.state.order.application.materials

    def restore(self, papers: CasePapers) -> None:
        """Take over the notice that was given before the case was closed."""
        self.state.written_notice = papers.written_notice

    async def start_clock(self, received_at: datetime) -> None:
        """Start clock D where the certificate states months that stay (94号第三条)."""
        answer = self.state.certificate
        stays = answer.certificate.months_apart if answer and answer.certificate else ()
        if Clock.WRITTEN_NOTICE not in self.context.clocks and _one_off(stays):
            await self.context.start_clock(Clock.WRITTEN_NOTICE, OUT, received_at)

    async def tell(self) -> None:
        """Have notice given of the months the form leaves behind; clock D stops."""
        form = self.state.form
        if form is None or self.state.written_notice or not _one_off(form.months_apart):
            return
        notice = await self.context.ask(OUT, GIVE_WRITTEN_NOTICE, WrittenNoticeOrder(form=form))
        self.state.written_notice = notice
        self.state.note(OUT, Event.WRITTEN_NOTICE_GIVEN, notice.number)
        await self.context.stop_clock(Clock.WRITTEN_NOTICE, notice.started_at)


def _one_off(stays: tuple[MonthsApart, ...]) -> bool:
    """Whether one-off months without papers are among those that stay."""
    return any(one.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS for one in stays)
