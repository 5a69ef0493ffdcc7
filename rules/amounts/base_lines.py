"""The yearly table of the information form with a row for each base of each year."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from rules.amounts.contributions import PaidStretch
from rules.amounts.rates import own_contribution_share
from rules.values.money import Fen, Rate, half_up
from rules.values.record import BaseLine


def base_lines(
    own: Sequence[PaidStretch],
    brought: Sequence[PaidStretch],
    funded: Collection[PaidStretch],
    credited: Mapping[int, Fen],
) -> tuple[BaseLine, ...]:
    """The months that move, in order, a row for each year and base (《信息表》 yearly table).

    `funded` are those that carry money of their own, `credited` are the credits of each year, in fen. A
    year's credits are rounded once (`rules.amounts.interest`); its rows divide them to the fen, in order, so
    that they add up to the year.
    """
    with_money = {_place(part) for part in funded}
    moving = sorted([*((part, False) for part in own), *((part, True) for part in brought)], key=_when)
    lines: list[BaseLine] = []
    for year, rows in groupby(moving, key=lambda row: row[0].year):
        lines += _of_year(list(rows), with_money, credited.get(year, Fen(0)))
    return tuple(lines)


def _when(row: tuple[PaidStretch, bool]) -> tuple[int, int, bool]:
    return row[0].year, row[0].first, row[1]


def _place(part: PaidStretch) -> tuple[int, int, int, Fen]:
    """What identifies a stretch; not the booked share, which changes once the stretch has moved."""
    return part.year, part.first, part.last, part.base


class _Row(NamedTuple):
    """A stretch, its share (None where its money is in an opening), and whether a transfer brought it."""

    part: PaidStretch
    share: Rate | None
    brought: bool

    @property
    def credit(self) -> int:
        """The credit, exact, in millionths of a fen."""
        return self.part.base * (self.share or 0) * self.part.months

    def goes_on_in(self, later: "_Row") -> bool:
        """Whether a later stretch continues this one, divided only by what does not concern this account."""
        same = (self.part.base, self.share, self.brought) == (later.part.base, later.share, later.brought)
        return same and self.part.last + 1 == later.part.first


def _of_year(
    found: list[tuple[PaidStretch, bool]], funded: set[tuple[int, int, int, Fen]], credited: Fen
) -> Iterator[BaseLine]:
    rows: list[_Row] = []
    for part, brought in found:
        row = _Row(part, _share(part) if _place(part) in funded else None, brought)
        if rows and rows[-1].goes_on_in(row):
            row = row._replace(part=part._replace(first=rows.pop().part.first))
        rows.append(row)
    whole, reached, given = sum(row.credit for row in rows), 0, 0
    for row in rows:
        part, share = row.part, row.share
        reached += row.credit
        upto = half_up(credited * reached, whole) if whole else 0
        of_row = Fen(upto - given)
        given = upto
        yield BaseLine(
            first=part.begins,
            last=part.ends,
            months=part.months,
            base=part.base,
            share=share,
            credited=None if share is None else of_row,
            own=of_row if share is not None and _paid_by_the_person(part, share) else None,
            brought=row.brought,
        )


def _share(part: PaidStretch) -> Rate:
    """The share of the base that the form credits: as booked before 1998, as it counts since."""
    return part.counts if part.counts is not None else (part.booked or Rate(0))


def _paid_by_the_person(part: PaidStretch, share: Rate) -> bool:
    """Whether all of the credit is the person's own: before 1998 as booked (7号第八条), later up to the share
    that the person pays."""
    own = own_contribution_share(part.begins)
    return part.counts is None or (own is not None and share <= own)
