"""The head of an information form: what the record states of the person beside the figures."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.person_facts import facts_of_person
from models.messages.papers import ContributionCertificate, FormHead
from models.store.tables import PersonRow
from rules.values.record import History, MonthKind


async def form_head(
    session: AsyncSession,
    person: PersonRow,
    history: History,
    certificate: ContributionCertificate | None,
) -> FormHead:
    """What the record, and the certificate before it, state of the person beside the figures."""
    here = [part for part in history.ranges if part.kind is not MonthKind.ARREARS]
    paid = [part.first for part in history.all_ranges if part.kind is not MonthKind.ARREARS]
    known = await facts_of_person(session, person)
    return FormHead(
        personal_number=certificate.personal_number if certificate else None,
        home_address=certificate.home_address if certificate else None,
        started_work=known.started_work,
        first_paid=min(paid, default=None),
        here_from=min((part.first for part in here), default=None),
        here_to=max((part.last for part in here), default=None),
        recognised_service=known.recognised_service,
    )
