"""Each bureau's step when its own record keeps a transfer from going on (第七条第二项)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import COMPLETE_RECORD
from activities.officers.vouching import vouched_key
from activities.orders import order_refused
from models.messages.requests import Completion, StaffAction
from models.messages.steps import CompletionOrder, RecordCompletion
from models.officers.vouching import SealedAct
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
        """Enter the corrected name, and file what was completed or why the record is right as it is.

        Other parts of a record, months or rates, are completed in the books themselves; the certificate then
        reads them anew. Refuses an answer that no officer of this bureau has sealed.
        """

        async def draw_up(session: AsyncSession) -> RecordCompletion:
            await self._require_sealed(session, order)
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

    async def _require_sealed(self, session: AsyncSession, order: CompletionOrder) -> None:
        kept = await self.store.paper(session, vouched_key(order.case_no, order.message_id), SealedAct)
        if kept is not None and kept.action is StaffAction.COMPLETE:
            sealed = Completion.model_validate(kept.request)
            said = (sealed.name, sealed.evidence or "", sealed.reason or "", sealed.officer)
            if said == (order.name, order.evidence, order.reason, order.officer):
                return
        raise order_refused(
            "No officer of this bureau has sealed this answer about the record; nothing was done.",
            "本经办机构没有经办人签章作出该答复，未作处理。",
        )
