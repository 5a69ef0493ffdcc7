"""The province's audit desk: the bureaus' answers about their own books, compared."""

from activities.deeds import COMPARE_BOOKS
from models.messages import AuditFinding, AuditReport, BooksToCompare
from rules.audit import (
    RemittanceSide,
    remittance_divergences,
    remittances_not_checked,
    unbalanced_books,
)
from rules.money import Fen


class AuditDesk:
    """It compares what it is told and opens nobody's store."""

    @COMPARE_BOOKS.done_here
    async def compare_books(self, asked: BooksToCompare) -> AuditReport:
        """Sent = received = posted, months moved = months taken in, every ledger balanced."""
        sides = [
            RemittanceSide(bureau=book.bureau, **entry.model_dump())
            for book in asked.books
            for entry in book.remittances
        ]
        found = [
            divergence
            for book in asked.books
            for divergence in unbalanced_books(book.bureau, book.imbalance, book.unbalanced)
        ]
        answered = tuple(book.bureau for book in asked.books)
        found += remittance_divergences(sides, answered)
        open_ended = remittances_not_checked(sides, answered)
        sides = [side for side in sides if side.number not in open_ended]
        return AuditReport(
            bureaus=answered,
            not_checked=asked.not_checked,
            remittances_not_checked=open_ended,
            postings=sum(book.postings for book in asked.books),
            remittances=len({side.number for side in sides}),
            sent=Fen(sum(side.sent for side in sides)),
            received=Fen(sum(side.received for side in sides)),
            posted=Fen(sum(side.posted for side in sides)),
            months_moved=sum(side.months_moved for side in sides),
            months_taken_in=sum(side.months_taken_in for side in sides),
            findings=tuple(
                AuditFinding(
                    code=one.code,
                    bureau=one.bureau,
                    subject=one.subject,
                    expected=one.expected,
                    found=one.found,
                )
                for one in found
            ),
        )
