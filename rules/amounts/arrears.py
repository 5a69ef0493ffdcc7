"""Months due and not paid (欠费): what is owed for them, by the person and by the unit.

The measures say nothing of arrears. By an answer of another province's department (grade C) months whose
personal part is owed neither count nor carry money; guides of several provinces (grade C) ask the person to
pay first or to sign a waiver (放弃补缴承诺书), and let months move whose personal part was paid while the
unit still owes its own. Late-payment charges (滞纳金) and interest are not part of these figures.
"""

from collections.abc import Iterable

from rules.amounts.account import share_before_1998, share_that_moves
from rules.amounts.contributions import stretches
from rules.amounts.rates import unit_contributions
from rules.values.law import Law
from rules.values.money import NO_MONEY, Fen, share
from rules.values.record import Arrears, ContributionRange, MonthKind

ARREARS = Law("办法未作规定，参照外省人力资源社会保障部门答复", "")
"""An answer of Guizhou's department (grade C); no article of the measures settles it."""

OWED = frozenset({MonthKind.ARREARS, MonthKind.UNIT_ARREARS})


def arrears_of(ranges: Iterable[ContributionRange]) -> tuple[Arrears, ...]:
    """The months owed, range by range in order of time, each with what the person and the unit owe, in fen.

    The person owes the share of the base that counts each month, before 1998 the one to be booked by the
    record, rounded to the fen; for months of which the unit alone owes its part, nothing.
    """
    return tuple(
        Arrears(
            kind=part.kind,
            first=part.first,
            last=part.last,
            personal=_personal(part) if part.kind is MonthKind.ARREARS else NO_MONEY,
            unit=unit_contributions(part.base, part.first, part.last),
        )
        for part in sorted(ranges, key=lambda part: part.first)
        if part.kind in OWED
    )


def _personal(part: ContributionRange) -> Fen:
    owed = 0
    for stretch in stretches([part]):
        credited = share_before_1998(stretch) or share_that_moves(stretch)
        owed += share(part.base, credited) * stretch.months if credited else 0
    return Fen(owed)
