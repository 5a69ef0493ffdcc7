"""A bureau's steps for files of evidence: it files them in its register, and reads them."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import KEEP_EVIDENCE, READ_EVIDENCE
from models.evidence.evidence_files import (
    EvidenceAnswer,
    EvidenceFile,
    EvidenceHandedIn,
    EvidenceKept,
    EvidenceQuestion,
    digest_of,
    media_type_of,
)
from models.store.store import PaperKey, Store
from rules.values.papers import PaperKind, Side


class EvidenceActivities:
    """The files of evidence of one bureau, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @KEEP_EVIDENCE.implements
    async def keep_evidence(self, handed_in: EvidenceHandedIn) -> EvidenceKept:
        """File evidence once, by its digest; a file that is too large or of an unknown type is refused."""
        try:
            content = handed_in.bytes()
        except ValueError:
            content = b""
        if not (media_type := media_type_of(content)):
            return EvidenceKept(started_at=started_at())
        digest = digest_of(content)

        async def draw_up(_: AsyncSession) -> EvidenceFile:
            return EvidenceFile(
                digest=digest,
                name=handed_in.name,
                media_type=media_type,
                content=handed_in.content,
                officer=handed_in.officer,
                started_at=started_at(),
            )

        key = _key(handed_in.case_no, digest)
        kept = await self.store.file_once(key, EvidenceFile, started_at(), draw_up)
        return EvidenceKept(digest=kept.digest, media_type=kept.media_type, started_at=kept.started_at)

    @READ_EVIDENCE.implements
    async def read_evidence(self, question: EvidenceQuestion) -> EvidenceAnswer:
        """A file of evidence as it is on file."""
        async with self.store.reading() as session:
            key = _key(question.case_no, question.digest)
            return EvidenceAnswer(file=await self.store.paper(session, key, EvidenceFile))


def _key(case_no: str, digest: str) -> PaperKey:
    # Filed outside the case: each step of a case reads all papers of the case.
    return PaperKey("", PaperKind.EVIDENCE, Side.RECEIVED, reference=f"{case_no}/{digest}")
