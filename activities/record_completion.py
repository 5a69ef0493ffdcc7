"""What every bureau does when its own record keeps a transfer from going on (第七条第二项)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import COMPLETE_RECORD
from models.messages.steps import CompletionOrder, RecordCompletion
from models.store.records import person_of
from models.store.store import PaperKey, Store
from rules.values.papers import PaperKind, Side


class RecordCompletionActivities:
    """A bureau completes its own record, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @COMPLETE_RECORD.implements
    async def complete_record(self, order: CompletionOrder) -> RecordCompletion:
        """Enter the name as it is right, and file what was completed or why the record is right as it is.

        Other parts of a record, months or rates, are completed in the books themselves; the certificate then
        reads them anew.
        """

        async def draw_up(session: AsyncSession) -> RecordCompletion:
            person = await person_of(session, order.id_number)
            before = person.name if person else ""
            if person is not None and order.name is not None:
                person.name = order.name
            return RecordCompletion(
                number=f"record-completion/{order.case_no}/{order.version}",
                case_no=order.case_no,
                bureau=self.bureau,
                grounds=order.grounds,
                completed=not order.reason,
                name_before=before if order.name is not None else "",
                name_after=order.name or "",
                evidence=order.evidence,
                reason=order.reason,
                officer=order.officer,
                started_at=started_at(),
            )

        key = PaperKey(order.case_no, PaperKind.RECORD_COMPLETION, Side.ISSUED, order.version)
        return await self.store.file_once(key, RecordCompletion, started_at(), draw_up)
