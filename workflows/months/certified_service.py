"""Service that the organisation or personnel department certifies while a case is under way (第四条)."""

from collections.abc import Iterable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.application import ServicePeriod
    from models.messages.requests import Certification
    from models.messages.stages import Event, Party
    from rules.values.due_dates import china_day
    from rules.values.months import Month
    from rules.values.moves import Material, Scheme
    from workflows.case.acceptance import Acceptance
    from workflows.case.context import CaseContext
    from workflows.case.duplicate_months import DuplicateMonths
    from workflows.case.permissions import Refused


class CertifiedService:
    """Receives certifications, until the months paid twice are cleared."""

    def __init__(self, context: CaseContext, acceptance: Acceptance, duplicates: DuplicateMonths) -> None:
        self.context = context
        self.state = context.state
        self.acceptance = acceptance
        self.duplicates = duplicates

    @property
    def certifiable(self) -> bool:
        """Whether a certification can still decide anything: in a case of the government scheme, until the
        clearing."""
        return self._of_the_government_scheme and not (self.state.clearing or self.state.cleared)

    @property
    def _of_the_government_scheme(self) -> bool:
        application = self.context.order.application
        return Scheme.GOVERNMENT in (application.scheme_from, application.scheme_to)

    def may_certify(self, request: Certification) -> None:
        """Raises Refused where neither scheme is the government scheme, once the months are being cleared,
        and for months that have not begun."""
        if not self._of_the_government_scheme:
            raise Refused(
                "Neither scheme of this case is the government scheme; no certified service is entered.",
                "本案转出、转入险种均不是机关事业单位养老保险，不登记工作经历认定。",
            )
        if not self.certifiable:
            raise Refused(
                "The months paid twice are cleared, or being cleared; a certification comes too late.",
                "重复缴费已清理或正在清理，不能再登记认定意见。",
            )
        this_month = Month.of(china_day(workflow.now()))
        if yet_to_come := _after(request.periods, this_month):
            raise Refused(
                f"In the future: {', '.join(yet_to_come)}; service is certified up to {this_month} at most.",
                f"{'、'.join(yet_to_come)} 晚于本月，认定的月份最晚至 {this_month}。",
            )

    async def certify(self, request: Certification) -> None:
        """Add the months to the application; an offer that left them undecided is made again."""
        self.acceptance.hand_in((Material.SERVICE_CERTIFICATION,), request)
        spans = ", ".join(f"{one.first}..{one.last}" for one in request.periods)
        self.state.note(Party.TRANSFER_IN, Event.SERVICE_CERTIFIED, detail=spans, officer=request.officer)
        self.duplicates.certified(request)


def _after(periods: Iterable[ServicePeriod], month: Month) -> list[str]:
    """The part of each period that lies after a month: '2027-01..2027-03'; one month by itself."""
    parts = [(max(one.first, month.plus(1)), one.last) for one in periods if one.last > month]
    return [str(last) if first == last else f"{first}..{last}" for first, last in parts]
