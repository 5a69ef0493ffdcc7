"""What an earlier transfer brought, as the account with which a later transfer begins.

A person may move any number of times before drawing a pension, and months and accounts add up
(社会保险法第十九条). The transfer-in bureau continues the account from ① and ② of the form taken in, which
stood at the end of the year before, and credits the whole year of transfer (劳社厅发〔1999〕22号). It is this
system's reading that the pooled money moves on with its months, also out of the government scheme where some
were paid before it began: neither 人社厅发〔2017〕7号 nor 人社部规〔2017〕1号 speaks of a second move, and
the bureau that holds the months must hold the money that came with them.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from rules.amounts.account import NO_CREDITS, credits_by_year, share_that_moves, with_credits
from rules.amounts.contributions import stretches
from rules.amounts.rates import pooled_fund_share
from rules.amounts.residents import resident_credits
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
    """The year for which a form was computed, by its yearly table (人社厅发〔2017〕7号第八条, lines ② and ③).

    A later version is computed as of the day of the first, so its own day does not tell: the year of transfer
    is the one shown without a rate, or the one after the last. `drawn_up_on` is used where no year is shown.
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

    ① and ② as they stand on the form. ③ is credited again by the months, what residents paid and `credits`
    of `left_in`, with the interest the form left out; what the form states beside them, by a correction or
    a ruling, is taken to have stood there at the end of the year before (own reading), so that ④ is neither
    more nor less. `rounding` is that of the account as it goes on. The bases behind ⑤ are derived from
    ⑤, because the months of an opening have none on the form: a further transfer gives this ⑤ again,
    and the share of later bases with it. Exact where all bases are in whole yuan, otherwise to half a
    fen. An amount below zero means that the form states less than its months and credits of `left_in`
    come to; `rules.amounts.history_problems` reports it. Raises nothing.
    """
    months = tuple(record)
    of_year = [part for part in stretches(months) if part.year == left_in]
    by_months = credits_by_year(of_year, share_that_moves, rounding)
    paid = with_credits(by_months, resident_credits(months, left_in - 1))
    this_year = (one for one in credits if one.month.year == left_in)
    credited = with_subsidies(paid, this_year).get(left_in, NO_CREDITS).credited
    share = pooled_fund_share(scheme, Month(left_in - 1, MONTHS_IN_A_YEAR))
    given = sum((pooled_fund_share(scheme, part.begins) or 0) * part.base * part.months for part in of_year)
    return Opening(
        year=left_in - 1,
        balance=Fen(lines.to_last_year + lines.this_year_principal - half_up(credited, WHOLE)),
        before_1998=lines.before_1998,
        pooled_base_sum=Fen(half_up(lines.pooled * WHOLE - given, share)) if share else NO_MONEY,
    )
