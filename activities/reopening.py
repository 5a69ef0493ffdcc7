"""The bureaus' steps when a closed case is reopened."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import CHECK_REOPENING, REOPEN_CASE
from activities.linking import joining_case
from activities.transfer_out.corrections import stays_as_stated
from models.messages.dossier import Dossier
from models.messages.papers import InformationForm
from models.messages.reopening import ReopeningAnswer, ReopeningCheck, ReopeningEntry, ReopeningOrder
from models.messages.stages import Stage
from models.store.dossiers import latest_dossier
from models.store.records import brought_by, relationship_of
from models.store.store import PaperKey, Store
from models.store.superseding import is_here
from rules.rulings.reopening import REMAINDER_GONE, SETTLED_SINCE, ClosedCase, obstacles_to_reopening
from rules.values.due_dates import china_day
from rules.values.law import Finding
from rules.values.papers import PaperKind, Side


class ReopeningActivities:
    """Checks and enters a reopening, on a bureau's own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @CHECK_REOPENING.implements
    async def check_reopening(self, check: ReopeningCheck) -> ReopeningAnswer:
        """Everything in the bureau's books that stands against it; no paper is filed."""
        async with self.store.transaction() as session:
            return ReopeningAnswer(findings=await self._obstacles(session, check), started_at=started_at())

    @REOPEN_CASE.implements
    async def reopen_case(self, order: ReopeningOrder) -> ReopeningEntry:
        """Enter that the case goes on: its last dossier no longer closes it.

        So no other case moves its months; the transfer-in bureau checks in the same transaction that they are
        still here.
        """
        key = PaperKey(order.case_no, PaperKind.REOPENING, Side.ISSUED, order.version)
        async with self.store.transaction() as session:
            if filed := await self.store.paper(session, key, ReopeningEntry):
                return filed
            dossier = await latest_dossier(self.store, session, order.case_no)
            at_transfer_in = dossier is not None and dossier.application.bureau_in == self.bureau
            findings = await self._obstacles(session, order) if at_transfer_in else ()
            entry = ReopeningEntry(
                number="" if findings else f"reopening/{order.case_no}/{order.version}",
                version=order.version,
                reason=order.reason,
                officers=order.officers,
                findings=findings,
                started_at=started_at(),
            )
            return entry if findings else await self.store.file(session, key, started_at(), entry)

    async def _obstacles(self, session: AsyncSession, check: ReopeningCheck) -> tuple[Finding, ...]:
        dossier = await latest_dossier(self.store, session, check.case_no)
        if dossier is None:
            raise ValueError(f"there is no dossier of case {check.case_no} here")
        settled = await self._settled_since(session, dossier)
        if dossier.application.bureau_in != self.bureau:
            remainder_gone = not await self._stays_as_stated(session, dossier)
            found = (SETTLED_SINCE, settled), (REMAINDER_GONE, remainder_gone)
            return tuple(finding for finding, applies in found if applies)
        rows = await brought_by(session, check.case_no)
        joined = await relationship_of(session, check.id_number, dossier.application.scheme_to)
        reserved = joined.reserved_by if joined is not None else None
        joining = await joining_case(self.store, session, check.id_number, dossier.application.scheme_to)
        closed = ClosedCase(
            closed_in_order=dossier.outcome is Stage.CLOSED,
            closed_on=_closed_on(dossier),
            within_days=dossier.arrangements.reopen_within_days,
            refunded=dossier.cleared is not None,
            all_here=all(map(is_here, rows)),
            settled_since=settled,
            moving_with=reserved or joining,
        )
        return obstacles_to_reopening(closed, today())

    async def _stays_as_stated(self, session: AsyncSession, dossier: Dossier) -> bool:
        """Whether the one-off months that the case left behind here are as its last form states them."""
        forms = await self.store.papers(
            session, dossier.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, InformationForm
        )
        if not forms:
            return True
        left = await relationship_of(session, forms[-1].id_number, forms[-1].scheme_from)
        return left is None or await stays_as_stated(session, left.id or 0, forms[-1])

    async def _settled_since(self, session: AsyncSession, dossier: Dossier) -> bool:
        """Whether a settlement under a published rate has drawn up, or delivered, a form later than the
        dossier's."""
        version = dossier.progress.form_version + 1
        form = PaperKey(dossier.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, version)
        return await self.store.has(session, form) or await self.store.has(
            session, form._replace(side=Side.RECEIVED)
        )


def _closed_on(dossier: Dossier) -> date:
    if dossier.progress.until is None:
        raise ValueError(f"the dossier of case {dossier.case_no} does not say when it closed")
    return china_day(dossier.progress.until)
