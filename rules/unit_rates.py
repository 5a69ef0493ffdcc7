"""What employers pay into the pooled fund. Only the books need it; the amount that moves is fixed at 12 %."""

from datetime import date

from rules.law import InForce, Law, in_force
from rules.money import Fen, Rate, rate_from_percent, share
from rules.months import Month, count_months

UNIT_CONTRIBUTION = (
    InForce(rate_from_percent("20"), since=date(1995, 3, 1), law=Law("国发〔1995〕6号", "附件")),
    InForce(rate_from_percent("20"), since=date(2006, 1, 1), law=Law("国发〔2005〕38号", "第七条")),
    InForce(rate_from_percent("16"), since=date(2019, 5, 1), law=Law("国办发〔2019〕13号", "第一条")),
)
"""Both rates and their documents are recalled from general knowledge, not read in a retrieved text; the
range before 2006 is the usual ceiling and differed by place."""


def unit_contribution(base: Fen, month: Month) -> Fen:
    """The employer's contribution for a month on a monthly base, in fen, half up.

    Before the first rule the amount is nothing. Source: `UNIT_CONTRIBUTION`.
    """
    day = date(month.year, month.number, 1)
    if day < UNIT_CONTRIBUTION[0].since:
        return Fen(0)
    rate: Rate = in_force(UNIT_CONTRIBUTION, day).value
    return share(base, rate)


def unit_contributions(base: Fen, first: Month, last: Month) -> Fen:
    """The employer's contributions for every month from `first` to `last` on one monthly base, in fen.

    The same to a fen as month by month (`unit_contribution`); nothing when `last` comes first.
    """
    turns = [Month.of(one.since) for one in UNIT_CONTRIBUTION]
    begins = [first, *(turn for turn in turns if first < turn <= last)]
    ends = [*(turn.plus(-1) for turn in begins[1:]), last]
    parts = zip(begins, ends, strict=True)
    return Fen(sum(count_months(begin, end) * unit_contribution(base, begin) for begin, end in parts))
