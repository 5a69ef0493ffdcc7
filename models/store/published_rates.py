"""The yearly rates that a store has on file beside those of the release (记账利率, 人社部发〔2017〕31号)."""

from sqlalchemy import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.rates.messages import PublishedRate
from models.store.databases import execute
from models.store.tables import PAPER
from rules.values.money import Rate
from rules.values.papers import PaperKind

_RATES = (
    select(PAPER.c.body)
    .where(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.PUBLISHED_RATE)
    .order_by(PAPER.c.id)
)


async def rates_on_file(session: AsyncSession) -> list[PublishedRate]:
    """Every rate that was published, in the order in which it was filed."""
    found = await execute(session, _RATES)
    return [PublishedRate.model_validate_json(body) for body in found.scalars()]


async def is_on_file(session: AsyncSession, document: str) -> bool:
    """Whether the rate that a document publishes is on file: corrections of money rest on it."""
    return any(one.draft.document == document for one in await rates_on_file(session))


async def rates_by_year(session: AsyncSession) -> dict[int, Rate]:
    """The rate of each year as it was published last, in parts per million.

    The province's order counts: a bureau that was away is given several at once.
    """
    in_order = sorted(await rates_on_file(session), key=lambda one: one.published_at or one.started_at)
    return {one.draft.year: one.draft.rate for one in in_order}
