"""What papers on file state of a person beside the figures: start of work and recognised service."""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import InformationForm
from models.store.databases import execute
from models.store.loaded_records import LoadedRecord
from models.store.tables import PAPER, PersonRow
from rules.values.months import Month
from rules.values.papers import PaperKind, Side
from rules.values.record import RecognisedService

_PAPERS = (
    select(PAPER.c.kind, PAPER.c.body)
    .where(
        PAPER.c.id_number == bindparam("id_number"),
        or_(
            and_(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.LOADED_RECORD),
            and_(PAPER.c.kind == PaperKind.INFORMATION_FORM, PAPER.c.side == Side.RECEIVED),
        ),
    )
    .order_by(PAPER.c.id)
)


class PersonFacts(NamedTuple):
    """参加工作时间, None where no paper states it; 视同缴费年限, each period once, in order of time."""

    started_work: Month | None = None
    recognised_service: tuple[RecognisedService, ...] = ()


async def facts_of_person(session: AsyncSession, person: PersonRow) -> PersonFacts:
    """What the records loaded here and the forms received here state; the next form states it again.

    A form states it for information, so it stays known when the form's money is sent back.
    """
    started = Month.parse(person.started_work) if person.started_work else None
    service: set[RecognisedService] = set()
    papers = await execute(session, _PAPERS, {"id_number": person.id_number})
    for kind, body in papers.all():
        if kind == PaperKind.LOADED_RECORD:
            service.update(LoadedRecord.model_validate_json(body).recognised_service)
        else:
            head = InformationForm.model_validate_json(body).head
            service.update(head.recognised_service)
            started = started or head.started_work
    ordered = sorted(service, key=lambda one: (one.first, one.last, one.place))
    return PersonFacts(started, tuple(ordered))
