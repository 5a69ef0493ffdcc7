"""Forms that borrowed a rate: finding them, and posting their differences where they were taken in."""

from dataclasses import replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import started_at, today
from activities.contracts import CHECK_TAKEN_IN, FIND_PROVISIONAL_FORMS, TAKE_IN_DIFFERENCE
from activities.officers.approved import PayingBureau
from activities.orders import latest_form, order_refused
from activities.outbox.outbox import tell_applicant
from activities.transfer_out.corrections import with_what_stayed
from activities.transfer_out.relationships import funds_left
from models.contacts.bureaus import NumberedPaper
from models.messages.corrections import Reversal
from models.messages.papers import (
    ContactLetter,
    FormerEmployersForm,
    InformationForm,
    Remittance,
    ResultNotice,
)
from models.messages.stages import Stage
from models.messages.steps import TakenIn
from models.outbox.outgoing import OutgoingEvent
from models.rates.messages import (
    DifferenceOrder,
    DifferenceTaken,
    ProvisionalForm,
    ProvisionalForms,
    ProvisionalQuestion,
    TakenInQuestion,
    TakenInStatus,
)
from models.store.dossiers import is_closed
from models.store.histories import history_moved, history_of
from models.store.ledger import credit, debit, in_suspense, post
from models.store.published_rates import is_on_file, rates_by_year
from models.store.records import brought_by, relationship_of
from models.store.store import PaperKey
from models.store.tables import Account, PaperRow, RelationshipRow
from rules.amounts.amounts import transfer_amount
from rules.application.linking import recognised_months
from rules.values.money import Fen
from rules.values.papers import PaperKind, Side


class RateSettlementActivities(PayingBureau):
    """Finds and settles what a published rate changes at a bureau, on its own store."""

    @FIND_PROVISIONAL_FORMS.implements
    async def find_provisional_forms(self, question: ProvisionalQuestion) -> ProvisionalForms:
        """The forms that borrowed the year's rate, or were computed by another than is known now.

        Those of cases that ended before any money left are none, nor those whose money has come back.
        """
        found = []
        async with self.store.reading() as session:
            for case_no in await self._cases(session, question):
                one = await self._provisional(session, case_no, question)
                if one is not None:
                    found.append(one)
        return ProvisionalForms(forms=tuple(found))

    async def _cases(self, session: AsyncSession, question: ProvisionalQuestion) -> list[str]:
        query = (
            select(PaperRow.case_no)
            .where(col(PaperRow.kind) == PaperKind.INFORMATION_FORM, col(PaperRow.side) == Side.ISSUED)
            .distinct()
            .order_by(col(PaperRow.case_no))
        )
        if question.case_no:
            query = query.where(col(PaperRow.case_no) == question.case_no)
        return list(await session.exec(query))

    async def _provisional(
        self, session: AsyncSession, case_no: str, question: ProvisionalQuestion
    ) -> ProvisionalForm | None:
        forms = await self.store.papers(
            session, case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, InformationForm
        )
        restored = await self.store.has(session, PaperKey(case_no, PaperKind.RESTORATION, Side.ISSUED))
        if not forms or restored or not await self._by_another_rate(session, forms[-1], question):
            return None
        is_open = not await is_closed(self.store, session, case_no)
        sent = await self.store.papers(session, case_no, PaperKind.REMITTANCE, Side.ISSUED, Remittance)
        back = await self.store.papers(session, case_no, PaperKind.REMITTANCE, Side.RECEIVED, Remittance)
        entry = await self._entry(session, case_no)
        if entry is None or not (sent or is_open):
            return None
        individual, pooled = await self._difference(session, forms, question)
        if question.year not in forms[-1].provisional_rate_years and not (individual or pooled):
            return None
        goes_back = [one for one in back if one.purpose.goes_back]
        return ProvisionalForm(
            form=forms[-1],
            entry=entry,
            individual=individual,
            pooled=pooled,
            sequence=len({one.sequence for one in (*sent, *goes_back)}) + 1,
            open=is_open,
        )

    async def _by_another_rate(
        self, session: AsyncSession, form: InformationForm, question: ProvisionalQuestion
    ) -> bool:
        """Whether the form borrowed the year's rate, or states another than the one asked about.

        The province may have published one that was wrong, or the table of the release had it wrong.
        """
        if question.year in form.provisional_rate_years:
            return True
        known = question.rate
        if known is None:
            known = (await rates_by_year(session)).get(question.year)
        return known is not None and form.rates.get(question.year, known) != known

    async def _entry(self, session: AsyncSession, case_no: str) -> ContactLetter | FormerEmployersForm | None:
        letter = PaperKey(case_no, PaperKind.CONTACT_LETTER, Side.RECEIVED)
        form = PaperKey(case_no, PaperKind.FORMER_EMPLOYERS_FORM, Side.RECEIVED)
        return await self.store.paper(session, letter, ContactLetter) or await self.store.paper(
            session, form, FormerEmployersForm
        )

    async def _difference(
        self, session: AsyncSession, forms: list[InformationForm], question: ProvisionalQuestion
    ) -> tuple[Fen, Fen]:
        """By how much ④ and ⑤ change, in fen, as of the day of the first version."""
        form = forms[-1]
        relationship = await relationship_of(session, form.id_number, form.scheme_from)
        if relationship is None:
            raise ValueError(f"case {form.case_no} has taken no relationship away from here")
        if await funds_left(self.store, session, form.case_no):
            moved = await history_moved(session, relationship, form.case_no, form.credit_rounding)
            history = await with_what_stayed(session, relationship, moved)
        else:
            history = await history_of(session, relationship, rounding=form.credit_rounding)
        left_on = forms[0].drawn_up_on
        # By the rates on the form: the table of a later release may have that of the year by now.
        stated = {**history.published, **form.rates}
        known = {**history.published, **({} if question.rate is None else {question.year: question.rate})}
        old = transfer_amount(replace(history, published=stated), form.scheme_to, left_on).lines
        new = transfer_amount(replace(history, published=known), form.scheme_to, left_on).lines
        return Fen(new.individual - old.individual), Fen(new.pooled - old.pooled)

    @CHECK_TAKEN_IN.implements
    async def check_taken_in(self, question: TakenInQuestion) -> TakenInStatus:
        """Whether the months that a case brought here have not moved on; see `_not_moved`."""
        async with self.store.reading() as session:
            return TakenInStatus(possible=await self._not_moved(session, question.case_no))

    async def _not_moved(self, session: AsyncSession, case_no: str) -> bool:
        """Whether the months that a case brought here have not moved on.

        While another case is moving them its form states the account without the difference, which would stay
        in the fund. Then raises ApplicationError, and the step is tried again until it is clear.
        """
        rows = await brought_by(session, case_no)
        for number in {row.relationship_id for row in rows}:
            relationship = await session.get_one(RelationshipRow, number)
            if relationship.reserved_by is not None:
                raise ApplicationError(f"the account is leaving with case {relationship.reserved_by}")
        return bool(rows) and all(row.moved_by is None for row in rows)

    @TAKE_IN_DIFFERENCE.implements
    async def take_in_difference(self, order: DifferenceOrder) -> DifferenceTaken:
        """Post the difference between a form and what was taken in, and tell the person; the months stay.

        A surplus of the form comes out of suspense; a deficit goes into it, to be sent back. Refuses a form
        that is not the latest on file, and a difference that no rate on file has made. Raises ValueError, a
        caller's fault, when nothing was taken in, or the money to be posted is not there.
        """
        case_no, version = order.form.case_no, order.form.version

        async def draw_up(session: AsyncSession) -> DifferenceTaken:
            form = await latest_form(self.store, session, order.form, Side.RECEIVED)
            if form.by != order.by or not await is_on_file(session, order.by):
                raise order_refused(
                    "No rate on file here by this document has made the form so; nothing was done.",
                    "该信息表并非依在案的该文号记账利率重新计算，未作处理。",
                )
            if not await self._not_moved(session, case_no):
                raise order_refused(
                    "The months of this case have moved on; nothing was posted.",
                    "本案转入的缴费月份已再次转出，未入账。",
                )
            standing = await self._taken_in(session, case_no)
            individual = Fen(form.lines.individual - sum(one.individual for one in standing))
            pooled = Fen(form.lines.pooled - sum(one.pooled for one in standing))
            number = f"taking-in/{case_no}/{version}"
            await self._post(session, order, number, individual, pooled)
            done = TakenIn(
                number=number,
                version=version,
                individual=individual,
                pooled=pooled,
                months=standing[-1].months,
                duplicate_months=(),
                taken_in_on=today(),
                started_at=started_at(),
            )
            taking_in = PaperKey(case_no, PaperKind.TAKING_IN, Side.ISSUED, version)
            done = await self.store.file(session, taking_in, started_at(), done)
            notice = await self._notice(session, order, done)
            return DifferenceTaken(taken_in=done, notice=notice, started_at=started_at())

        key = PaperKey(case_no, PaperKind.RATE_SETTLEMENT, Side.ISSUED, version)
        return await self.store.file_once(key, DifferenceTaken, started_at(), draw_up)

    async def _taken_in(self, session: AsyncSession, case_no: str) -> list[TakenIn]:
        """The taking in that was not reversed. Raises ValueError when there is none."""
        taken = await self.store.papers(session, case_no, PaperKind.TAKING_IN, Side.ISSUED, TakenIn)
        undone = await self.store.papers(session, case_no, PaperKind.REVERSAL, Side.ISSUED, Reversal)
        standing = [one for one in taken if one.version not in {reversal.version for reversal in undone}]
        if not standing:
            raise ValueError(f"nothing of case {case_no} is taken in here")
        return standing

    async def _post(
        self, session: AsyncSession, order: DifferenceOrder, number: str, individual: Fen, pooled: Fen
    ) -> None:
        form = order.form
        waiting = sum((await in_suspense(session, form.case_no)).values())
        total = individual + pooled
        if total > 0 and waiting != total:
            raise ValueError(f"what is in suspense for case {form.case_no} is not the difference")
        joined = await relationship_of(session, form.id_number, form.scheme_to)
        if joined is None or joined.id is None:
            raise ValueError(f"case {form.case_no} has brought nobody here")
        freed = await in_suspense(session, form.case_no) if total > 0 else {}
        entries = [debit(Account.SUSPENSE, amount, None, one or None) for one, amount in freed.items()]
        if total < 0:
            entries = [credit(Account.SUSPENSE, -total)]
        await post(
            session,
            number,
            form.case_no,
            started_at(),
            (
                *entries,
                credit(Account.INDIVIDUAL_ACCOUNT, individual, joined.id),
                credit(Account.POOLED_FUND, pooled),
            ),
            step=TAKE_IN_DIFFERENCE.name,
            paper=number,
            officer=",".join(order.officers),
        )

    async def _notice(self, session: AsyncSession, order: DifferenceOrder, done: TakenIn) -> ResultNotice:
        """The notice that tells the person what the published rate has changed."""
        form = order.form
        before = await self.store.papers(session, form.case_no, PaperKind.NOTICE, Side.ISSUED, ResultNotice)
        version = before[-1].version + 1 if before else 1
        notice = ResultNotice(
            number=f"notice/{form.case_no}/{version}",
            official_number=await self.official_number(session, NumberedPaper.NOTICE),
            agency=self.office.contact,
            case_no=form.case_no,
            version=version,
            outcome=Stage.CLOSED,
            taken_in=done.number,
            individual=form.lines.individual,
            pooled=form.lines.pooled,
            months=done.months,
            recognised_months=recognised_months(form.head.recognised_service, form.record),
            months_apart=form.months_apart,
            told_on=today(),
            started_at=started_at(),
        )
        key = PaperKey(form.case_no, PaperKind.NOTICE, Side.ISSUED, version)
        await self.store.file(session, key, started_at(), notice)
        event, official = OutgoingEvent.RATE_SETTLED, notice.official_number
        await tell_applicant(session, event, form.case_no, self.bureau, official, notice.number)
        return notice
