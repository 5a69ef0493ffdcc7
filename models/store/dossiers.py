"""The dossiers of a case in a store: one for each time the case was closed."""

from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.dossier import Dossier
from models.messages.reopening import ReopeningEntry
from models.store.store import PaperKey, Store
from rules.values.papers import PaperKind, Side


def dossier_key(case_no: str, version: int = 1) -> PaperKey:
    """The key under which a dossier is filed."""
    return PaperKey(case_no, PaperKind.DOSSIER, Side.RECEIVED, version)


async def latest_dossier(store: Store, session: AsyncSession, case_no: str) -> Dossier | None:
    """The dossier of the last time a case was closed; None before the first."""
    filed = await store.papers(session, case_no, PaperKind.DOSSIER, Side.RECEIVED, Dossier)
    return filed[-1] if filed else None


async def is_closed(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether a case has ended here and was not reopened since."""
    reopened = await store.papers(session, case_no, PaperKind.REOPENING, Side.ISSUED, ReopeningEntry)
    return await store.has(session, dossier_key(case_no, len(reopened) + 1))
