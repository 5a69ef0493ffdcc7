"""What an earlier transfer brought, as the account that a later transfer takes on.

A person may move any number of times before drawing a pension, and months and accounts add up
(社会保险法第十九条). The transfer-in bureau continues the account from ① and ② of the form taken in, which
stood at the end of the year before, and credits the year of transfer whole (劳社厅发〔1999〕22号). That the
pooled money that came moves on with the months, from the government scheme too where some of them were paid
before it began, is this system's reading: neither 人社厅发〔2017〕7号 nor 人社部规〔2017〕1号 speaks of a
second move, and whoever holds the months has to hold what came with them.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from rules.amounts.account import NO_CREDITS, credits_by_year, share_that_moves
from rules.amounts.contributions import stretches
from rules.amounts.rates import pooled_fund_share
from rules.amounts.subsidies import with_subsidies
from rules.values.money import MONTHS_IN_A_YEAR, NO_MONEY, WHOLE, Fen, half_up
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import (
    AccountCredit,
    AmountLines,
    ContributionRange,
    CreditRounding,
    Opening,
    YearLine,
)


def year_of_transfer(years: Sequence[YearLine], drawn_up_on: date) -> int:
    """The year for which a form was reckoned, by its yearly table (人社厅发〔2017〕7号第八条, lines ② and ③).

    A later version is reckoned as of the day of the first, so its own day does not tell: the year of transfer
    is the one shown without a rate, or the one after the last. `drawn_up_on` helps where no year is shown.
    """
    if not years:
        return drawn_up_on.year
    return years[-1].year if years[-1].rate is None else years[-1].year + 1


def opening_brought(
    lines: AmountLines,
    record: Iterable[ContributionRange],
    left_in: int,
    scheme: Scheme,
    rounding: CreditRounding = CreditRounding.YEARLY,
    credits: Iterable[AccountCredit] = (),
) -> Opening:
    """The account a form brought into `scheme`, at the end of the year before it left; money in fen.

    ① and ② as they stand on the form. ③ is credited again by the months and `credits` of `left_in`,
    with the interest the form left out; what the form states beside them, by a correction or a ruling,
    is taken to have stood there at the end of the year before (own reading), so that ④ is neither more
    nor less. `rounding` is that of the account as it goes on. The bases behind ⑤ are told from ⑤
    itself, because the months of an opening have none on the form: a further transfer gives ⑤ again,
    and the share of later bases with it. Exact where all bases are in whole yuan, and to half a fen
    else. An amount below zero means that the form states less than its months and credits of `left_in`
    come to; `rules.amounts.history_problems` finds it. No errors of its own.
    """
    of_year = [part for part in stretches(record) if part.year == left_in]
    by_months = credits_by_year(of_year, share_that_moves, rounding)
    this_year = (one for one in credits if one.month.year == left_in)
    credited = with_subsidies(by_months, this_year).get(left_in, NO_CREDITS).credited
    share = pooled_fund_share(scheme, Month(left_in - 1, MONTHS_IN_A_YEAR))
    given = sum((pooled_fund_share(scheme, part.begins) or 0) * part.base * part.months for part in of_year)
    return Opening(
        year=left_in - 1,
        balance=Fen(lines.to_last_year + lines.this_year_principal - half_up(credited, WHOLE)),
        before_1998=lines.before_1998,
        pooled_base_sum=Fen(half_up(lines.pooled * WHOLE - given, share)) if share else NO_MONEY,
    )
