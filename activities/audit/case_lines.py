"""A case in one line, as its bureau reports it, and sums of such lines, as the platform adds them up."""

from collections.abc import Iterable

from models.messages.audit import CaseLine, Totals
from rules.audit import fingerprint, in_suspense, months_of, posted, received, returned_money, sent
from rules.values.books import CaseBooks


def line_of(books: CaseBooks) -> CaseLine:
    """The summary of one case in one bureau's books."""
    return CaseLine(
        case_no=books.case_no,
        peer=books.peer,
        closed=bool(books.dossier),
        fingerprint=fingerprint(books),
        sent=sent(books),
        received=received(books),
        given_back=returned_money(books),
        posted=posted(books),
        refunded=sum(one.refund for one in books.clearings),
        in_suspense=in_suspense(books),
        months_moved=months_of(books.left),
        months_taken_in=months_of(books.brought),
        remittances=sum(one.issued for one in books.movements),
    )


def totals_of(lines: Iterable[CaseLine]) -> Totals:
    """The sums of one case over the bureaus that have it in their books."""
    lines = list(lines)
    return Totals(
        cases=1,
        open_cases=not any(line.closed for line in lines),
        **{name: sum(getattr(line, name) for line in lines) for name in _SUMMED},
    )


_SUMMED = tuple(name for name in CaseLine._fields if name in Totals.model_fields)
