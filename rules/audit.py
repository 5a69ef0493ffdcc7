"""What must hold across all bureaus' books: no fen and no month lost or doubled."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rules.money import NO_MONEY, Fen


@dataclass(frozen=True, slots=True)
class RemittanceSide:
    """One remittance in one bureau's books; money in fen. `peer` is the bureau at its other end, if known."""

    bureau: str
    number: str
    peer: str | None
    sent: Fen = NO_MONEY
    received: Fen = NO_MONEY
    posted: Fen = NO_MONEY
    months_moved: int = 0
    months_taken_in: int = 0


@dataclass(frozen=True, slots=True)
class Divergence:
    """A thing that should be equal and is not."""

    code: str
    bureau: str
    subject: str
    expected: int
    found: int


def unbalanced_books(bureau: str, imbalance: Fen, postings: Iterable[str]) -> tuple[Divergence, ...]:
    """Postings that do not balance, and the sum over a bureau's whole ledger, in fen."""
    found = [Divergence("posting_unbalanced", bureau, key, 0, 1) for key in postings]
    if imbalance:
        found.append(Divergence("ledger_unbalanced", bureau, "all entries", 0, imbalance))
    return tuple(found)


def remittances_not_checked(sides: Iterable[RemittanceSide], asked: Collection[str]) -> tuple[str, ...]:
    """Numbers of the remittances whose other end is no bureau of `asked`: one side alone proves nothing."""
    return tuple(sorted({side.number for side in sides if side.peer is not None and side.peer not in asked}))


def remittance_divergences(
    sides: Collection[RemittanceSide], asked: Collection[str]
) -> tuple[Divergence, ...]:
    """Per remittance, over both bureaus: sent = received = posted, and months moved = months taken in.

    `asked` are the bureaus whose books are among the sides; a remittance with its other end elsewhere is
    left out. Money still on its way shows as sent and not received, which is reported too: the audit says
    what is so at this moment, and the case says why.
    """
    open_ended = set(remittances_not_checked(sides, asked))
    return tuple(
        divergence
        for number, pair in sorted(_by_number(sides).items())
        if number not in open_ended
        for divergence in _compare(number, pair)
    )


def _by_number(sides: Iterable[RemittanceSide]) -> Mapping[str, list[RemittanceSide]]:
    found: dict[str, list[RemittanceSide]] = {}
    for side in sides:
        found.setdefault(side.number, []).append(side)
    return found


def _compare(number: str, pair: list[RemittanceSide]) -> Iterable[Divergence]:
    sent = sum(side.sent for side in pair)
    received = sum(side.received for side in pair)
    posted = sum(side.posted for side in pair)
    moved = sum(side.months_moved for side in pair)
    taken_in = sum(side.months_taken_in for side in pair)
    where = " / ".join(sorted({side.bureau for side in pair}))
    if sent != received:
        yield Divergence("sent_not_received", where, number, sent, received)
    if received != posted:
        yield Divergence("received_not_posted", where, number, received, posted)
    if moved != taken_in:
        yield Divergence("months_not_taken_in", where, number, moved, taken_in)
