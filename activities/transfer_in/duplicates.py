"""The transfer-in bureau's steps for months paid twice (第四条): the offer, and the clearing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import started_at, today
from activities.contracts import CLEAR_DUPLICATES, OFFER_CHOICE
from activities.officers.approved import ApprovalsNeeded, PaperToApprove, is_about
from activities.officers.vouching import vouched
from activities.orders import order_refused, paper_on_file
from activities.outbox.outbox import tell_applicant
from activities.transfer_in.paid_records import HeldRecord, held_records
from models.messages.duplicates import (
    ClearedDuplicates,
    ClearingAnswer,
    ClearingOrder,
    DuplicateNotice,
    OfferedOption,
    OfferedPeriod,
    OfferOrder,
)
from models.messages.papers import InformationForm
from models.messages.requests import Approvable, StaffAction
from models.messages.steps import CaseOrder
from models.outbox.outgoing import OutgoingEvent
from models.store.ledger import credit, debit, individual_account, post
from models.store.records import brought_by, clear_months, person_of
from models.store.store import PaperKey, Store
from models.store.superseding import is_here, months_of
from models.store.tables import Account, RelationshipRow
from rules.amounts.duplicates import (
    ChoiceMissing,
    Clearing,
    DuplicatePeriod,
    Option,
    PaidRecord,
    clear,
    duplicate_periods,
    options,
)
from rules.values.money import Fen
from rules.values.papers import PaperKind, Side
from rules.values.record import CreditRounding, MonthKind


class DuplicateMonthsActivities:
    """Clears months paid twice after a transfer, on the bureau's own store (先转后清)."""

    def __init__(self, bureau: str, store: Store, needed: ApprovalsNeeded | None = None) -> None:
        self.bureau = bureau
        self.store = store
        self.needed = needed or ApprovalsNeeded()

    @OFFER_CHOICE.implements
    async def offer_choice(self, order: OfferOrder) -> DuplicateNotice:
        """Tell the person every period paid twice, every way to clear it, and each refund (第四条).

        A notice that no longer fits the books is replaced by another, which may have no period left.
        """
        case, version = order.order, order.taken_in.version
        key = _notice_key(case.case_no, version, order.certifications, order.renewals)

        async def draw_up(session: AsyncSession) -> DuplicateNotice:
            taken_in = PaperKey(case.case_no, PaperKind.TAKING_IN, Side.ISSUED, version)
            await paper_on_file(self.store, session, taken_in, order.taken_in)
            offered = DuplicateNotice(
                number=_notice_number(key),
                case_no=case.case_no,
                version=version,
                replaces=order.replaces,
                records=tuple(one.offered for one in await self._held(session, case, order.credit_rounding)),
                periods=await self._periods(session, order),
                certifications=order.certifications,
                renewals=order.renewals,
                refund_of=order.refund_of,
                credit_rounding=order.credit_rounding,
                started_at=started_at(),
            )
            told = OutgoingEvent.CHOICE_REPLACED if order.replaces else OutgoingEvent.CHOICE_OFFERED
            await tell_applicant(session, told, case.case_no, self.bureau, "", offered.number)
            return offered

        return await self.store.file_once(key, DuplicateNotice, started_at(), draw_up)

    async def _periods(self, session: AsyncSession, order: OfferOrder) -> tuple[OfferedPeriod, ...]:
        """Every period paid twice, with what each way to clear it gives back as the accounts are now."""
        held = await self._held(session, order.order, order.credit_rounding)
        paid = [one.paid for one in held]
        holds = {one.relationship_id: await _account(session, one) for one in held}
        certified = order.order.application.move().certified_government_service
        return tuple(
            OfferedPeriod(
                first=period.first,
                last=period.last,
                certified=period.certified,
                options=tuple(
                    OfferedOption(keep=option.keep, refund=_at_most(option, held, holds))
                    for option in options(paid, period, today(), order.refund_of)
                ),
            )
            for period in duplicate_periods(paid, certified)
        )

    @CLEAR_DUPLICATES.implements
    async def clear_duplicates(self, order: ClearingOrder) -> ClearingAnswer:
        """Clear as chosen, or as certified, and refund to the account the person gave (第四条).

        Cleared is what the notice on file offers; another one is refused, and so is a choice that no officer
        of this bureau has sealed. The choice is kept with the papers of the case. Nothing is done where the
        books no longer give what the person was promised and officers approved. Raises ValueError, a
        caller's fault, when consent is missing that is asked for, or the choice does not fit the notice.
        """
        case_no, notice = order.order.case_no, order.notice
        approved = PaperToApprove(case_no, Approvable.REFUND, notice.number, order.choice)

        async def draw_up(session: AsyncSession) -> ClearedDuplicates:
            offered = _notice_key(case_no, notice.version, notice.certifications, notice.renewals)
            await paper_on_file(self.store, session, offered, notice)
            await self._require_chosen(session, order)
            await self.needed.require(self.store, session, approved, order.officers, order.approvals)
            kept = PaperKey(case_no, PaperKind.CHOICE, Side.RECEIVED, notice.version)
            await self.store.file(session, kept, started_at(), order.choice)
            number = f"clearing/{case_no}/{notice.version}"
            held = _as_offered(await self._held(session, order.order, notice.credit_rounding), notice)
            clearing = _clearing(order, [one.paid for one in held])
            if clearing is None:
                raise _OutOfDate
            due = await _due(session, held, clearing)
            _require_promised(order, clearing, Fen(sum(due.values())))
            await _require_staying(session, held, clearing)
            for one, months in zip(held, clearing.cleared, strict=True):
                if months:
                    origin = one.offered.origin_case
                    await clear_months(session, one.relationship_id, months, number, origin_case=origin)
            await self._refund(session, order, number, due)
            brought = [row for row in await brought_by(session, case_no) if is_here(row)]
            return ClearedDuplicates(
                number=number,
                months=tuple(sorted({month for months in clearing.cleared for month in months})),
                refund=Fen(sum(due.values())),
                months_counted=sum(
                    1 for row in brought if row.kind != MonthKind.RESIDENT for _ in months_of(row)
                ),
                started_at=started_at(),
            )

        key = PaperKey(case_no, PaperKind.CLEARING, Side.ISSUED, notice.version)
        try:
            cleared = await self.store.file_once(key, ClearedDuplicates, started_at(), draw_up)
        except _OutOfDate:
            return ClearingAnswer(cleared=None)
        return ClearingAnswer(cleared=cleared)

    async def _require_chosen(self, session: AsyncSession, order: ClearingOrder) -> None:
        """Refuses a choice or an account that an officer here has not sealed about this notice.

        This holds however many officers approve refunds: nobody else can say what the person wants.
        """
        acts = await vouched(self.store, session, order.order.case_no, order.choice.message_id)
        chosen = StaffAction.CHOOSE, order.choice.model_dump(mode="json")
        sealed = [act for act in acts if (act.action, act.request) == chosen]
        if not any(is_about(act, order.notice.number, order.notice) for act in sealed):
            raise order_refused(
                "No officer of this bureau has sealed this choice about this notice; nothing was done.",
                "本经办机构无经办人就该重复缴费确认书签章提交的此项确认，未作处理。",
            )

    async def _held(
        self, session: AsyncSession, order: CaseOrder, rounding: CreditRounding
    ) -> tuple[HeldRecord, ...]:
        await self._of_this_person(session, order)
        person = await person_of(session, order.application.id_number)
        if person is None or person.id is None:
            raise ValueError(f"case {order.case_no} has brought nobody here")
        return await held_records(session, person.id, order.case_no, rounding)

    async def _of_this_person(self, session: AsyncSession, order: CaseOrder) -> None:
        """Refuses an application of somebody other than the person of the form that was taken in."""
        forms = await self.store.papers(
            session, order.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, InformationForm
        )
        if not forms or forms[-1].id_number != order.application.id_number:
            raise order_refused(
                "The application is not that of the person whose months were taken in; nothing was done.",
                "所附申请的人员不是本案已接续人员，未作处理。",
            )

    async def _refund(
        self,
        session: AsyncSession,
        order: ClearingOrder,
        number: str,
        due: Mapping[int, Fen],
    ) -> None:
        """Take from each account what its months brought, and pay it to the person by the bank."""
        steps = {"refund": (Account.INDIVIDUAL_ACCOUNT, Account.REFUNDS_PAYABLE)}
        steps["pay"] = (Account.REFUNDS_PAYABLE, Account.BANK)
        for step, (source, goal) in steps.items():
            entries = [
                side
                for relationship, refund in due.items()
                for side in (debit(source, refund, relationship), credit(goal, refund, relationship))
            ]
            await post(
                session,
                f"{number}/{step}",
                order.order.case_no,
                started_at(),
                tuple(entries),
                step=CLEAR_DUPLICATES.name,
                paper=number,
                officer=",".join(order.officers),
            )


def _notice_key(case_no: str, version: int, certifications: int, renewals: int) -> PaperKey:
    """The key of a notice: a certification or a change of the books makes a further one."""
    anew = [f"certified-{certifications}"] if certifications else []
    anew += [f"again-{renewals}"] if renewals else []
    return PaperKey(case_no, PaperKind.DUPLICATE_NOTICE, Side.ISSUED, version, ".".join(anew))


def _notice_number(key: PaperKey) -> str:
    return "/".join(filter(None, ("duplicate-notice", key.case_no, str(key.version), key.reference)))


async def _account(session: AsyncSession, one: HeldRecord) -> Fen:
    return await individual_account(session, one.relationship_id)


def _at_most(option: Option, held: Sequence[HeldRecord], holds: Mapping[int, Fen]) -> Fen:
    """The refund of an option, in fen; never more than the accounts hold from which it is paid."""
    accounts = {held[at].relationship_id for at in option.cleared}
    return Fen(min(option.refund, sum(holds[one] for one in accounts)))


async def _due(session: AsyncSession, held: Sequence[HeldRecord], clearing: Clearing) -> dict[int, Fen]:
    """What each account pays for its months, in fen; never more than it holds."""
    due: Counter[int] = Counter()
    for one, refund in zip(held, clearing.refunds, strict=True):
        due[one.relationship_id] += refund
    return {
        number: Fen(min(refund, await individual_account(session, number)))
        for number, refund in due.items()
        if refund
    }


async def _require_staying(session: AsyncSession, held: Sequence[HeldRecord], clearing: Clearing) -> None:
    """Raises ApplicationError while another case moves a relationship that would lose months, since its form
    states them. The step is tried again; once they have left, the notice is replaced."""
    losing = [one.relationship_id for one, months in zip(held, clearing.cleared, strict=True) if months]
    for number in losing:
        relationship = await session.get_one(RelationshipRow, number)
        if relationship.reserved_by is not None:
            raise ApplicationError(f"the months to clear are leaving with case {relationship.reserved_by}")


def _as_offered(held: Iterable[HeldRecord], notice: DuplicateNotice) -> list[HeldRecord]:
    """The records of the notice, in its order, by the present books; without months if these left."""
    by_origin = {(one.offered.scheme, one.offered.origin_case): one for one in held}
    return [
        by_origin.get((record.scheme, record.origin_case))
        or HeldRecord(0, record, PaidRecord(record.scheme, record.bureau, ()))
        for record in notice.records
    ]


class _OutOfDate(Exception):
    """Raised when a notice no longer fits the books; everything begun is rolled back."""


def _require_promised(order: ClearingOrder, clearing: Clearing, due: Fen) -> None:
    """Raises _OutOfDate when the refund due is not the one that was offered and approved.

    Less is allowed where the accounts hold less than several periods together were to give.
    """
    promised = order.notice.promised(order.choice.keep)
    if due != promised and not due < promised <= clearing.refund:
        raise _OutOfDate


def _clearing(order: ClearingOrder, paid: Sequence[PaidRecord]) -> Clearing | None:
    """What is cleared by the present books; None where a period was never offered as it now is."""
    certified = order.order.application.move().certified_government_service
    chosen = _chosen(order)
    choices = [_keeper(period, chosen) for period in duplicate_periods(paid, certified)]
    try:
        return clear(paid, choices, today(), certified, order.notice.refund_of)
    except ChoiceMissing:
        return None


def _chosen(order: ClearingOrder) -> list[tuple[OfferedPeriod, int]]:
    """For each period of the notice, the record that keeps its months."""
    notice, choice = order.notice, order.choice
    agreed = choice.consent or not notice.needs_consent
    if notice.open_periods != len(choice.keep) or not agreed:
        raise ValueError(f"the choice does not answer {notice.number}")
    numbers = iter(choice.keep)
    chosen = []
    for period in notice.periods:
        number = next(numbers) if len(period.options) > 1 else 1
        if number > len(period.options):
            raise ValueError(f"{notice.number} offers no option {number} for {period.first} to {period.last}")
        chosen.append((period, period.options[number - 1].keep))
    return chosen


def _keeper(period: DuplicatePeriod, chosen: Iterable[tuple[OfferedPeriod, int]]) -> int | None:
    """The choice for a period as it now is; months may have left since the notice, but none have come."""
    return next(
        (keep for offered, keep in chosen if offered.first <= period.first and period.last <= offered.last),
        None,
    )
