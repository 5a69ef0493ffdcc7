"""How notices have reached the person."""

from desk.schemas.document import Day, Document
from models.messages.papers import DeliveryProof


class DeliveryDocument(DeliveryProof):
    """A delivery that is on file; of a refusal also until when a review can be asked for."""

    review_until: Day | None = None


class DeliveredDocument(Document):
    """`delivered` with a day: what is on file now, `known` where it was before; `findings` say why not."""

    delivery: DeliveryDocument | None
    known: bool
    findings: list[str]


class NoticeOnFile(Document):
    """A notice of the case, and its delivery where there is one."""

    notice: str
    version: int
    delivery: DeliveryDocument | None
