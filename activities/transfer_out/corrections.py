"""The transfer-out bureau's steps for corrections and returns (第七条第二项、第九条)."""

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import (
    AMEND_INFORMATION_FORM,
    RECEIVE_RETURN,
    RELEASE_RESERVATION,
    RESTORE_RELATIONSHIP,
    SUPPLEMENT_FUNDS,
)
from activities.officers.approved import ApprovalsNeeded, PaperToApprove
from activities.officers.register import OfficerRegister
from activities.officers.ruled import require_ruled, ruling_in_force
from activities.orders import latest_form, order_refused, require_addressed_to, require_next_movement
from activities.transfer_out.amended_form import amended_form, is_as_ordered, require_amendable
from activities.transfer_out.amendment_grounds import require_amendment_ground
from activities.transfer_out.relationships import (
    credits_of_return,
    funds_left,
    money_away,
    require_returnable,
    reserved_for,
    transferred_relationship,
)
from activities.transfer_out.release_grounds import require_release_ground
from activities.transfer_out.remittances import post_adjustment, post_return, post_sending, remittance_of
from models.messages.corrections import (
    AmendmentOrder,
    MoneyOrder,
    ReleaseReservationOrder,
    ReservationReleased,
    Restoration,
    RestoreOrder,
)
from models.messages.papers import InformationForm, Remittance, RemittancePurpose
from models.messages.requests import Approvable
from models.messages.steps import Arrival
from models.store.histories import history_moved, history_of
from models.store.ledger import credit, debit, post
from models.store.published_rates import is_on_file
from models.store.records import as_range, contributions_here, moved_with, release, restore_moved
from models.store.store import PaperKey, Store
from models.store.superseding import amend_bases, months_of
from models.store.tables import Account, ContributionRow, RelationshipRow
from rules.amounts.contributions import STAYS
from rules.rulings.reopening import REMAINDER_GONE
from rules.values.books import left_in_account
from rules.values.form_fields import BaseField, form_field
from rules.values.orders import Proceed, RestoreRelationship, SupplementFunds
from rules.values.papers import PaperKind, Side
from rules.values.record import AmountLines, History, MonthKind

STAYED = STAYS | {MonthKind.ONE_OFF_WITHOUT_PAPERS}
"""The kinds of months that may have stayed behind when the others left."""


class TransferOutCorrections:
    """Corrects what left a bureau, or takes it back, on the bureau's own store."""

    def __init__(
        self,
        bureau: str,
        store: Store,
        needed: ApprovalsNeeded | None = None,
        register: OfficerRegister | None = None,
    ) -> None:
        self.bureau = bureau
        self.store = store
        self.needed = needed or ApprovalsNeeded()
        self.register = register or OfficerRegister(bureau, store)

    @AMEND_INFORMATION_FORM.implements
    async def amend_information_form(self, order: AmendmentOrder) -> InformationForm:
        """Reissue the form as its next version, field by field (第七条第二项).

        A base corrects the record itself and recomputes every line as of the day of the first version. Funds
        that have left are not changed: the account's surplus or deficit is moved to or from the pooled fund,
        until a supplement or a return makes it good. Refuses the order if another has made this version
        otherwise. Raises ValueError, a caller's fault, where it cannot be carried out;
        `rules.rulings.form_amendments.unamendable` tells beforehand.
        """
        form = order.form

        async def draw_up(session: AsyncSession) -> InformationForm:
            await latest_form(self.store, session, form, Side.ISSUED)
            require_amendable(order)
            if order.recompute and not await is_on_file(session, order.by):
                raise order_refused(
                    "No rate is on file here by this document; nothing was done.",
                    "本经办机构没有该文号公布的记账利率，未作处理。",
                )
            await require_amendment_ground(self.store, session, order)
            left = await funds_left(self.store, session, form.case_no)
            relationship = await self._relationship(session, form, left)
            number = f"information-form/{form.case_no}/{form.version + 1}"
            history = await self._corrected(session, order, relationship, number, left)
            first = await self.store.paper(
                session, PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED), InformationForm
            )
            reissued = amended_form(order, history, (first or form).drawn_up_on)
            if left:
                assert relationship.id is not None
                await self._lift(session, form, reissued, relationship.id)
            return reissued

        key = PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, form.version + 1)
        reissued = await self.store.file_once(key, InformationForm, started_at(), draw_up)
        if not is_as_ordered(order, reissued):
            raise order_refused(
                "Another order has amended this version of the form otherwise; nothing was done.",
                "该版信息表已依其他依据作出不同更正，未作处理。",
            )
        return reissued

    @SUPPLEMENT_FUNDS.implements
    async def supplement_funds(self, order: MoneyOrder) -> Remittance:
        """Send what a correction or a ruling adds, or relabel between the two funds (第七条第二项、第九条).

        No more is sent than the form on file states beyond what has left. Officers here have approved it,
        unless the province's have: by a ruling that orders it, or by a rate that has made the form so.
        Raises ValueError when nothing has left yet or the total is below zero.
        """
        paper = PaperToApprove(order.form.case_no, Approvable.RELEASE_OF_FUNDS, order.form.number, order.form)

        async def draw_up(session: AsyncSession) -> Remittance:
            form = await latest_form(self.store, session, order.form, Side.ISSUED)
            if not await self._ordered_by_province(session, order):
                await self.needed.require(self.store, session, paper, order.officers, order.approvals)
            relationship = await transferred_relationship(self.store, session, form)
            remittance = remittance_of(order, RemittancePurpose.SUPPLEMENT)
            await require_next_movement(self.store, session, form.case_no, order.sequence)
            await self._within_what_is_owed(session, form, remittance)
            sources = (
                debit(Account.INDIVIDUAL_ACCOUNT, remittance.individual, relationship.id, remittance.number),
                debit(Account.POOLED_FUND, remittance.pooled, None, remittance.number),
            )
            step = SUPPLEMENT_FUNDS.name
            before, _ = await money_away(self.store, session, form.case_no)
            await post_sending(session, remittance, sources, step=step, officers=order.officers)
            await post_adjustment(self.store, session, remittance, sources[0], before, step=step)
            return remittance

        key = PaperKey(order.form.case_no, PaperKind.REMITTANCE, Side.ISSUED, order.sequence)
        return await self.store.file_once(key, Remittance, started_at(), draw_up)

    @RECEIVE_RETURN.implements
    async def receive_return(self, remittance: Remittance) -> Arrival:
        """Enter money that comes back, to account and fund (第七条第二项、第九条)."""
        case_no, number = remittance.case_no, remittance.number

        async def draw_up(session: AsyncSession) -> Arrival:
            require_addressed_to(self.bureau, remittance.bureau_out)
            owed = await credits_of_return(self.store, session, remittance)
            await require_returnable(self.store, session, remittance)
            before = await money_away(self.store, session, case_no)
            kept = PaperKey(case_no, PaperKind.REMITTANCE, Side.RECEIVED, remittance.sequence)
            await self.store.file(session, kept, started_at(), remittance)
            step = RECEIVE_RETURN.name
            await post_return(session, remittance, owed, step=step)
            await post_adjustment(self.store, session, remittance, owed[0], before[0], step=step)
            return Arrival(number=number, arrived_on=today(), started_at=started_at())

        key = PaperKey(case_no, PaperKind.FUNDS_ARRIVAL, Side.RECEIVED, remittance.sequence)
        return await self.store.file_once(key, Arrival, started_at(), draw_up)

    @RELEASE_RESERVATION.implements
    async def release_reservation(self, order: ReleaseReservationOrder) -> ReservationReleased:
        """Release the relationship, unless the funds have left: of the two steps only the first is done.

        Refuses an order that neither a withdrawal nor a ruling justifies.
        """

        async def draw_up(session: AsyncSession) -> ReservationReleased:
            await require_release_ground(self.store, session, self.register, order)
            left = await funds_left(self.store, session, order.case_no)
            if not left:
                await release(session, order.case_no)
            return ReservationReleased(released=not left, started_at=started_at())

        key = PaperKey(order.case_no, PaperKind.RELEASE, Side.ISSUED)
        return await self.store.file_once(key, ReservationReleased, started_at(), draw_up)

    @RESTORE_RELATIONSHIP.implements
    async def restore_relationship(self, order: RestoreOrder) -> Restoration:
        """Bring back the months that a case took away, and put the relationship in force again (第九条).

        Raises ValueError, a caller's fault, when the money is not back: they left together.
        """

        async def draw_up(session: AsyncSession) -> Restoration:
            case_no, number = order.case_no, f"restoration/{order.case_no}"
            await require_ruled(self.store, session, case_no, order.by, RestoreRelationship)
            form = await latest_form(self.store, session, order.form, Side.ISSUED)
            relationship = await transferred_relationship(self.store, session, form)
            if any(await money_away(self.store, session, case_no)):
                raise ValueError(f"the money of case {case_no} is not back")
            assert relationship.id is not None
            rows = await moved_with(session, relationship.id, case_no)
            await restore_moved(session, relationship.id, case_no, number)
            months = sum(1 for row in rows for _ in months_of(row))
            return Restoration(number=number, months=months, started_at=started_at())

        key = PaperKey(order.case_no, PaperKind.RESTORATION, Side.ISSUED)
        return await self.store.file_once(key, Restoration, started_at(), draw_up)

    async def _ordered_by_province(self, session: AsyncSession, order: MoneyOrder) -> bool:
        """Whether this money follows from a rate or a ruling that officers of the province have sealed."""
        form = order.form
        parts = (order.individual, order.pooled)
        if form.by == order.by and await is_on_file(session, order.by):
            earlier = PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, form.version - 1)
            before = await self.store.paper(session, earlier, InformationForm)
            return before is not None and _within(parts, _added(before.lines, form.lines))
        ruling = await ruling_in_force(self.store, session, form.case_no, order.by)
        if ruling is None or not ruling.is_about(form):
            return False
        return ruling.orders_one_of(Proceed) or SupplementFunds(*parts) in ruling.orders

    async def _within_what_is_owed(
        self, session: AsyncSession, form: InformationForm, remittance: Remittance
    ) -> None:
        """Refuses money beyond what the form on file states and has not left, part by part."""
        away = await money_away(self.store, session, form.case_no)
        owed = (form.lines.individual - away[0], form.lines.pooled - away[1])
        if not _within((remittance.individual, remittance.pooled), owed):
            raise order_refused(
                "The amounts are not what the form on file states beyond what has left; nothing was done.",
                "所列金额与存档信息表尚应划转的金额不符，未作处理。",
            )

    async def _relationship(
        self, session: AsyncSession, form: InformationForm, left: bool
    ) -> RelationshipRow:
        if left:
            return await transferred_relationship(self.store, session, form)
        return await session.get_one(RelationshipRow, await reserved_for(session, form))

    async def _corrected(
        self,
        session: AsyncSession,
        order: AmendmentOrder,
        relationship: RelationshipRow,
        number: str,
        left: bool,
    ) -> History:
        """The record with the bases of the order corrected in it; `number` is the paper's."""
        assert relationship.id is not None
        case_no = order.form.case_no
        if left:
            rows = await moved_with(session, relationship.id, case_no)
        else:
            rows = _of_record(order.form, await contributions_here(session, relationship.id))
        for one in order.fields:
            named = form_field(one.field)
            if isinstance(named, BaseField):
                base = named.value(one.value)
                rows = await amend_bases(session, rows, named.first, named.last, base, number)
        if not left:
            return await history_of(session, relationship, rounding=order.form.credit_rounding)
        if not await stays_as_stated(session, relationship.id, order.form):
            raise order_refused(f"{REMAINDER_GONE.en} Nothing was done.", f"{REMAINDER_GONE.zh}未作处理。")
        moved = await history_moved(session, relationship, case_no, order.form.credit_rounding)
        return await with_what_stayed(session, relationship, moved)

    async def _lift(
        self, session: AsyncSession, form: InformationForm, reissued: InformationForm, relationship_id: int
    ) -> None:
        """Move between fund and account what the corrected record is more, or less.

        What is no longer in the account to be moved comes with the surplus (`post_adjustment`).
        """
        away, _ = await money_away(self.store, session, form.case_no)
        left = left_in_account(form.adjusted_record_balance, away)
        more = left_in_account(reissued.adjusted_record_balance, away) - left
        await post(
            session,
            f"{reissued.number}/adjust",
            form.case_no,
            started_at(),
            (debit(Account.POOLED_FUND, more), credit(Account.INDIVIDUAL_ACCOUNT, more, relationship_id)),
            step=AMEND_INFORMATION_FORM.name,
            paper=reissued.number,
        )


async def with_what_stayed(session: AsyncSession, relationship: RelationshipRow, moved: History) -> History:
    """The history that a case has taken away, together with the months of the record that stayed."""
    assert relationship.id is not None
    here = await contributions_here(session, relationship.id)
    stayed = tuple(as_range(row) for row in here if row.kind in STAYED and not row.origin_case)
    return replace(moved, ranges=moved.ranges + stayed)


async def stays_as_stated(session: AsyncSession, relationship_id: int, form: InformationForm) -> bool:
    """Whether the one-off months that a form left behind are all still here, and no others.

    With them their part of the account would be gone, from which a further version of the form draws, and the
    rest may come to less than three years (94号第一条至第三条).
    """
    unproven = MonthKind.ONE_OFF_WITHOUT_PAPERS
    here = await contributions_here(session, relationship_id)
    staying = sum(1 for row in here if row.kind == unproven and not row.origin_case for _ in months_of(row))
    return staying == sum(one.months for one in form.months_apart if one.kind is unproven)


def _within(parts: tuple[int, int], owed: tuple[int, int]) -> bool:
    """Whether neither part exceeds what is owed, in either direction."""
    return all(min(0, due) <= part <= max(0, due) for part, due in zip(parts, owed, strict=True))


def _added(before: AmountLines, after: AmountLines) -> tuple[int, int]:
    return after.individual - before.individual, after.pooled - before.pooled


def _of_record(form: InformationForm, rows: Iterable[ContributionRow]) -> list[ContributionRow]:
    """The rows whose months are on the form, without those that stay behind."""
    return [row for row in rows if as_range(row) in form.record]
