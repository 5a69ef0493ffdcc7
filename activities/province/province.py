"""The province's steps in a case: arrangements, dispute files, rulings (第九条)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import started_at, today
from activities.contracts import (
    ARRANGE,
    CHECK_FIELDS,
    CHECK_RULING,
    FILE_RULING,
    LIST_RULINGS,
    OPEN_PROVINCE_FILE,
    READ_OFFICE_HOURS,
    USE_RULING_NUMBER,
)
from activities.officers.approved import ApprovalsNeeded, more_officers_needed
from activities.officers.register import OfficerRegister
from activities.officers.rulings import acts_of_officers, right_to
from activities.officers.vouching import seal_of
from activities.orders import order_refused
from models.files.arrangements_file import ArrangementsFile
from models.messages.arrangements import Arrangements, OfficeHours, OfficeHoursQuestion
from models.messages.corrections import FieldsAnswer, FieldsCheck
from models.messages.disputes import (
    PastRulings,
    ProvinceFile,
    RulingAnswer,
    RulingCheck,
    RulingNumber,
    RulingRecord,
    RulingsQuestion,
)
from models.messages.papers import Paper
from models.messages.requests import Approvable
from models.messages.steps import CaseOrder, Filing
from models.officers.rulings import RulingDelivery
from models.officers.verifying import NotVerified
from models.store.store import PaperKey, Store
from models.store.tables import PaperRow
from rules.rulings.form_amendments import FormFacts, unamendable
from rules.rulings.form_contents import already_on_form, not_on_form, unchanged
from rules.rulings.rulings import infeasible, number_used_elsewhere
from rules.values.officers import PROVINCE
from rules.values.papers import PaperKind, Side
from rules.values.texts import year_of_document


class ProvinceActivities:
    """Keeps arrangements, dispute files and rulings, on the province's own store."""

    def __init__(
        self, store: Store, arranged: ArrangementsFile | None = None, register: OfficerRegister | None = None
    ) -> None:
        self.store = store
        self.arranged = arranged or ArrangementsFile()
        self.register = register or OfficerRegister(PROVINCE, store)
        self.needed = ApprovalsNeeded(arranged, PROVINCE)

    @ARRANGE.implements
    async def arrange(self, order: CaseOrder) -> Arrangements:
        """The arrangements of both bureaus and the province at the opening of a case."""
        return self.arranged.for_case(order.application.bureau_out, order.application.bureau_in)

    @READ_OFFICE_HOURS.implements
    async def read_office_hours(self, question: OfficeHoursQuestion) -> OfficeHours:
        """The hour at which a bureau's last day ends, for cases that are opened now."""
        return OfficeHours(close_of_business=self.arranged.at(question.bureau).close_of_business)

    @CHECK_FIELDS.implements
    async def check_fields(self, check: FieldsCheck) -> FieldsAnswer:
        """Every reason why fields of a form cannot take the values asked for, all at once (第七条第二项)."""
        form = check.form
        facts = FormFacts(form.name, form.record, form.lines, form.months, form.adjusted_record_balance)
        fields = [(one.field, one.value) for one in check.fields]
        seen = [(one.field, one.value) for one in check.seen]
        found = unamendable(fields, form.record)
        if seen:
            found = (*found, *not_on_form(seen, facts), *already_on_form(fields, facts))
        return FieldsAnswer(findings=found, unchanged=unchanged(fields, facts))

    @CHECK_RULING.implements
    async def check_ruling(self, check: RulingCheck) -> RulingAnswer:
        """Every reason why a ruling cannot be carried out, before anything is done."""
        return RulingAnswer(findings=infeasible(check.orders, check.standing))

    @USE_RULING_NUMBER.implements
    async def use_ruling_number(self, asked: RulingNumber) -> RulingAnswer:
        """Enter the case of a ruling's number, or return the case that used it before in its year.

        Official document numbers are given once a year in the province. For the same case this changes
        nothing.
        """

        async def draw_up(_: AsyncSession) -> RulingNumber:
            return asked

        year = year_of_document(asked.number) or today().year
        key = PaperKey("", PaperKind.RULING_NUMBER, Side.ISSUED, year, asked.number)
        used = await self.store.file_once(key, RulingNumber, started_at(), draw_up)
        return RulingAnswer(findings=number_used_elsewhere(asked.number, used.case_no, asked.case_no))

    @OPEN_PROVINCE_FILE.implements
    async def open_province_file(self, file: ProvinceFile) -> Filing:
        """File both positions and the papers of a dispute that was referred."""
        key = PaperKey(file.case_no, PaperKind.PROVINCE_FILE, Side.RECEIVED, file.dispute.number)
        return await self._keep(key, PaperKind.PROVINCE_FILE_FILING, file)

    @FILE_RULING.implements
    async def file_ruling(self, delivery: RulingDelivery) -> Filing:
        """File a ruling. A filed ruling stays; how far it was carried out since is a further version.

        Its message id is part of the key, so that two rulings under one number are both filed. Refuses one
        that fewer officers of the province have sealed than it names; raises MORE_OFFICERS for fewer than
        arranged.
        """
        ruling = delivery.record
        await self._require_sealed(delivery)
        reference = f"{ruling.ruling.number} by {ruling.ruling.message_id}"
        key = PaperKey(ruling.case_no, PaperKind.RULING, Side.ISSUED, ruling.carried_out + 1, reference)
        return await self._keep(key, PaperKind.RULING_FILING, ruling)

    async def _require_sealed(self, delivery: RulingDelivery) -> None:
        """Require the seals of a ruling and its approvals, by the roster when each was vouched for."""
        case_no = delivery.record.case_no
        try:
            sealed = acts_of_officers(delivery)
        except NotVerified:
            raise _not_sealed() from None
        for act in sealed:
            refusals, _ = await self.register.refusals(
                case_no, act.action, act.request, seal_of(act.request), right_to(act), act.vouched_at
            )
            if refusals:
                raise _not_sealed()
        async with self.store.reading() as session:
            arranged = await self.needed.of(session, case_no, Approvable.RULING)
        if len(sealed) < arranged.needed:
            raise more_officers_needed(Approvable.RULING, arranged)

    @LIST_RULINGS.implements
    async def list_rulings(self, question: RulingsQuestion) -> PastRulings:
        """A page of the rulings on a point, newest first, each in its last filed version."""
        query = (
            select(PaperRow.body)
            .where(col(PaperRow.kind) == PaperKind.RULING)
            .order_by(col(PaperRow.version), col(PaperRow.id))
        )
        async with self.store.reading() as session:
            filed = [RulingRecord.model_validate_json(body) for body in await session.exec(query)]
        latest = {
            (one.case_no, one.ruling.message_id): one
            for one in filed
            if one.point is question.point and one.case_no != question.without_case
        }
        newest_first = sorted(latest.values(), key=lambda one: (one.made_at, one.case_no), reverse=True)
        told = newest_first[question.skip : question.skip + question.limit]
        return PastRulings(rulings=tuple(told), total=len(newest_first))

    async def _keep(self, key: PaperKey, answer: PaperKind, paper: Paper) -> Filing:
        """File a paper once, with the message that says so."""

        async def draw_up(session: AsyncSession) -> Filing:
            await self.store.file(session, key, started_at(), paper)
            return Filing(started_at=started_at(), bureau=PROVINCE, filed_on=today())

        return await self.store.file_once(key._replace(kind=answer), Filing, started_at(), draw_up)


def _not_sealed() -> ApplicationError:
    return order_refused(
        "Fewer officers of the province than it takes have sealed this ruling; nothing was filed.",
        "签章的省级经办人少于该裁定所需人数，未归档。",
    )
