"""The digests of papers on file in a store, to verify a printed paper."""

from sqlalchemy import select

from activities.contracts import FIND_PAPER
from models.messages.dossier import PaperQuestion, PapersOnFile
from models.store.databases import execute
from models.store.store import Store
from models.store.tables import PAPER


class PaperRegisterActivities:
    """The papers of a store by their digests: a bureau's, or the province's with its rulings."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @FIND_PAPER.implements
    async def find_paper(self, question: PaperQuestion) -> PapersOnFile:
        """The digests of the papers of a case that are of a kind, issued or received."""
        filed = (
            select(PAPER.c.digest)
            .where(
                PAPER.c.case_no == question.case_no,
                PAPER.c.kind == question.kind,
                PAPER.c.side == question.side,
            )
            .order_by(PAPER.c.version)
        )
        async with self.store.reading() as session:
            digests = (await execute(session, filed)).scalars()
            return PapersOnFile(digests=tuple(digests))
