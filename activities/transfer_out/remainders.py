"""The transfer-out bureau's steps for months that stay behind: the written notice (94号第三条)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import GIVE_WRITTEN_NOTICE
from activities.orders import latest_form
from activities.outbox.outbox import tell_applicant
from activities.transfer_out.relationships import booked_relationship
from models.messages.steps import WrittenNotice, WrittenNoticeOrder
from models.outbox.outgoing import OutgoingEvent
from models.store.records import as_range
from models.store.store import PaperKey, Store
from rules.amounts.one_off import notice_of_what_stays
from rules.values.papers import PaperKind, Side
from rules.values.record import MonthKind


class RemainderActivities:
    """Tells a person in writing of months that stay with a bureau, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @GIVE_WRITTEN_NOTICE.implements
    async def give_written_notice(self, order: WrittenNoticeOrder) -> WrittenNotice:
        """Tell the person which one-off months stay behind, why, and how they move later (94号第三条).

        Refuses a form that is not the one on file. Raises ValueError, a caller's fault, when no such months
        are here.
        """

        async def draw_up(session: AsyncSession) -> WrittenNotice:
            form = await latest_form(self.store, session, order.form, Side.ISSUED)
            held = await booked_relationship(session, form.id_number, form.scheme_from)
            here = [as_range(row) for row in held.here] if held else []
            stay = tuple(part for part in here if part.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS)
            if not stay:
                raise ValueError(f"case {form.case_no} leaves no one-off months behind")
            notice = WrittenNotice(
                number=f"written-notice/{form.case_no}",
                case_no=form.case_no,
                bureau=self.bureau,
                name=form.name,
                id_number=form.id_number,
                months=stay,
                reasons=notice_of_what_stays(),
                told_on=today(),
                started_at=started_at(),
            )
            event = OutgoingEvent.MONTHS_STAY
            await tell_applicant(session, event, form.case_no, self.bureau, "", notice.number)
            return notice

        key = PaperKey(order.form.case_no, PaperKind.WRITTEN_NOTICE, Side.ISSUED)
        return await self.store.file_once(key, WrittenNotice, started_at(), draw_up)
