"""The rules applied in computing the six lines, each with its law: the reasons a clerk can show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.amounts.arrears import ARREARS
from rules.amounts.contributions import PaidStretch
from rules.amounts.interest import MONTH_PRODUCTS
from rules.amounts.one_off import STAYS_BEHIND, OneOffNotice
from rules.amounts.rates import BOOK_RATES, LEAVING_GOVERNMENT, UNIFIED_RATES, WITHOUT_OFFICIAL_TEXT
from rules.amounts.residents import OVERLAP, is_linking, whole_balance
from rules.amounts.subsidies import ONE_OFF_SUBSIDY
from rules.values.law import TRANSFER_NOTICE, Finding, Law
from rules.values.money import Fen, Rate, percent, yuan
from rules.values.months import Month, year_spans
from rules.values.moves import Scheme
from rules.values.record import AccountCredit, AmountLines, CreditRounding, MonthKind, Opening

PILOT_STAYS = Law(TRANSFER_NOTICE, "关于改革前试点期间缴费的规定")
"""The number of the item was not available."""


@dataclass(frozen=True, slots=True)
class AmountFacts:
    """The facts that the findings rest on; see `rules.amounts.amounts`."""

    scheme: Scheme
    joined: Scheme
    opening: Opening | None
    own: tuple[PaidStretch, ...]
    """The months that move and came by no earlier transfer."""
    funded: tuple[PaidStretch, ...]
    brought: tuple[Opening, ...]
    unmoved: frozenset[MonthKind]
    one_off: OneOffNotice | None
    pooled_shares: tuple[Rate, ...]
    rate_years: tuple[int, ...]
    given_rates: tuple[int, ...]
    published: tuple[int, ...]
    """The years whose rate the province has published since."""
    provisional: tuple[int, ...]
    provisional_rate: Rate | None
    lines: AmountLines
    rounding: CreditRounding
    otherwise: Fen
    """④ by the other rule of rounding, in fen."""
    subsidies: tuple[AccountCredit, ...] = ()

    @property
    def law(self) -> Law:
        """The article by which the lines are computed."""
        if is_linking(self.scheme, self.joined):
            return whole_balance(self.scheme).law
        return BOOK_RATES if self.scheme is Scheme.ENTERPRISE else LEAVING_GOVERNMENT


def amount_findings(facts: AmountFacts) -> tuple[Finding, ...]:
    """A finding for each rule that shaped the amounts, in the order of the form (7号第七条第四项, 第八条)."""
    return (
        *_about_the_lines(facts),
        *_about_rounding(facts),
        *_about_subsidies(facts.subsidies),
        *(
            _about_linking(facts)
            if is_linking(facts.scheme, facts.joined)
            else _about_book_rates(facts.funded)
        ),
        *_about_what_stays(facts.unmoved, facts.one_off),
        *_about_unit_arrears(facts.own),
        *_about_the_opening(facts),
        *_about_what_was_brought(facts),
        *_about_rates(facts),
    )


def _about_the_lines(facts: AmountFacts) -> Iterator[Finding]:
    law = facts.law
    if not facts.lines.total:
        yield Finding("nothing_to_move", law, "没有可转移的资金。", "There is no money to move.")
        return
    if facts.lines.pooled:
        share = " / ".join(f"{percent(share)}" for share in facts.pooled_shares)
        yield Finding(
            "pooled_fund_share",
            law,
            f"统筹基金按各月实际缴费基数的 {share}% 转移，不计利息，不扣管理费。",
            f"The pooled fund gives {share} % of each month's actual base, without interest or fee.",
        )
    if facts.lines.this_year_principal:
        yield Finding(
            "this_year_principal_only",
            MONTH_PRODUCTS,
            f"转移当年记入 {yuan(facts.lines.this_year_principal)} 元只转本金，当年利息由转入地年末计算。",
            f"Of the year of transfer {yuan(facts.lines.this_year_principal)} yuan move as principal; "
            "the transfer-in bureau credits that year's interest at its end.",
        )


def _about_linking(facts: AmountFacts) -> Iterator[Finding]:
    """The findings on what moves in linking and what months paid twice give back (人社部发〔2014〕17号)."""
    yield whole_balance(facts.scheme)
    yield Finding(
        "resident_overlap_is_cleared",
        OVERLAP,
        "与职工缴费重复的城乡居民缴费月份，转入后按月清退个人缴费和集体补助（含社会资助），"
        "政府补贴和利息留在账户。",
        "Resident months that an employee scheme has too are cleared after the transfer: what the person, "
        "the collective and others paid is refunded by month; subsidy and interest stay in the account.",
    )


def _about_rounding(facts: AmountFacts) -> Iterator[Finding]:
    """Which rule rounded the credits, where the other would result in another ④."""
    more = Fen(facts.otherwise - facts.lines.individual)
    if not more:
        return
    difference, sign_zh, sign_en = (
        yuan(Fen(abs(more))),
        "多" if more > 0 else "少",
        "more" if more > 0 else "less",
    )
    monthly = facts.rounding is CreditRounding.MONTHLY
    ruled_zh, other_zh = ("按月", "按年") if monthly else ("按年", "按月")
    ruled_en, other_en = ("each month", "each year") if monthly else ("each year", "each month")
    yield Finding(
        "credits_rounded_monthly" if monthly else "credits_rounded_yearly",
        MONTH_PRODUCTS,
        f"记账额{ruled_zh}取整到分；如{other_zh}取整，个人账户转移额{sign_zh} {difference} 元。"
        "文件未规定取整办法，此为本系统的规则。",
        f"Credits are rounded to the fen {ruled_en}; rounded {other_en} the individual account would be "
        f"{difference} yuan {sign_en}. No text lays the rounding down; it is a rule of this system.",
    )


def _about_subsidies(subsidies: tuple[AccountCredit, ...]) -> Iterator[Finding]:
    if not subsidies:
        return
    amount = yuan(Fen(sum(one.amount for one in subsidies)))
    yield Finding(
        "one_off_subsidy",
        ONE_OFF_SUBSIDY,
        f"个人账户含一次性补贴 {amount} 元（不含利息），没有缴费基数，随个人账户转移，不计统筹基金。"
        "记账当年如何计息未见规定，按月积数计算，此为本系统的理解。",
        f"The account holds one-off subsidies of {amount} yuan, interest apart: without a base, they move "
        "with the account and the pooled fund gives nothing for them. That they bear interest from their "
        "month on is a reading of this system, as no text was found.",
    )


def _about_book_rates(funded: tuple[PaidStretch, ...]) -> Iterator[Finding]:
    higher: list[PaidStretch] = []
    lower: list[PaidStretch] = []
    before: list[PaidStretch] = []
    for part in funded:
        if part.counts is None:
            before.append(part)
        elif part.booked is not None and part.booked != part.counts:
            (higher if part.booked > part.counts else lower).append(part)
    if higher:
        yield Finding(
            "booked_higher",
            BOOK_RATES,
            f"记账比例高于规定，超出部分不转移，原记录不变：{_spans(higher, _ZH)}。",
            "More was booked than counts; the excess does not move and the record stays: "
            f"{_spans(higher, _EN)}.",
        )
    if lower:
        yield Finding(
            "booked_lower",
            BOOK_RATES,
            f"记账比例低于规定，按规定比例转移，转出地相应调整记录：{_spans(lower, _ZH)}。",
            "Less was booked than counts; the counting rate moves and the record is lifted to it: "
            f"{_spans(lower, _EN)}.",
        )
    if before:
        yield Finding(
            "before_1998_as_booked",
            BOOK_RATES,
            f"1998 年以前按个人缴费原记录转移：{_spans(before, _ZH)}。",
            f"Before 1998 what the person paid moves as booked: {_spans(before, _EN)}.",
        )


_ZH = ("{first} 至 {last}", "（记账 {booked}%）", "（记账 {booked}%，规定 {counts}%）")
_EN = ("{first} to {last}", " ({booked} % booked)", " ({booked} % booked, {counts} % counts)")


def _spans(parts: Iterable[PaidStretch], words: tuple[str, str, str]) -> str:
    """The stretches as '2003-01 to 2005-12 (12 % booked, 11 % counts)', neighbours joined."""
    span, one_rate, both_rates = words
    runs: list[tuple[Month, Month, str]] = []
    for part in sorted(parts, key=lambda part: (part.year, part.first)):
        booked = percent(part.booked or Rate(0))
        if part.counts is None:
            rates = one_rate.format(booked=booked)
        else:
            rates = both_rates.format(booked=booked, counts=percent(part.counts))
        if runs and runs[-1][1].plus(1) == part.begins and runs[-1][2] == rates:
            runs[-1] = (runs[-1][0], part.ends, rates)
        else:
            runs.append((part.begins, part.ends, rates))
    return ", ".join(span.format(first=first, last=last) + rates for first, last, rates in runs)


WHY_MONTHS_STAY = frozenset(
    {
        "pilot_stays",
        "one_off_stays",
        "arrears_do_not_count",
        "whole_resident_balance",
        "whole_employee_balance",
    }
)
"""The findings that say why months do not move or do not count; the person reads them at the end."""


def _about_what_stays(unmoved: frozenset[MonthKind], one_off: OneOffNotice | None) -> Iterator[Finding]:
    if MonthKind.PILOT in unmoved:
        yield Finding(
            "pilot_stays",
            PILOT_STAYS,
            "改革前试点期间的单位和个人缴费不转移，个人缴费本息另按规定处理。",
            "Contributions of the pilot before the reform do not move; other rules hold the person's part.",
        )
    if MonthKind.ONE_OFF_WITHOUT_PAPERS in unmoved:
        days = one_off.working_days if one_off else None
        yield Finding(
            "one_off_stays",
            STAYS_BEHIND,
            f"一次性缴费无规定文书的月份不转移，须{f'自收到联系函之日起{days}个工作日内' if days else ''}"
            "书面告知本人；其余照转。",
            "One-off months without the papers asked for stay behind, the person is told in writing"
            f"{f' within {days} working days of the contact letter' if days else ''}; the rest moves.",
        )
    if MonthKind.ARREARS in unmoved:
        yield Finding(
            "arrears_do_not_count",
            ARREARS,
            "欠费月份不计缴费年限，不转移资金。",
            "Months in arrears do not count and carry no money.",
        )


def _about_unit_arrears(own: tuple[PaidStretch, ...]) -> Iterator[Finding]:
    if not any(part.kind is MonthKind.UNIT_ARREARS for part in own):
        return
    yield Finding(
        "unit_arrears_move",
        ARREARS,
        "单位欠费、个人已缴的月份照常转移，单位欠费由转出地继续追缴；办法未作规定，此为本系统的理解。",
        "Months the person paid move though the unit owes its part, which the transfer-out bureau goes on "
        "claiming; the measures do not say so, it is a reading of this system.",
    )


def _about_the_opening(facts: AmountFacts) -> Iterator[Finding]:
    if facts.opening is None:
        return
    year = facts.opening.year
    law = facts.law
    if all(part.year > year for part in facts.own):
        yield Finding(
            "opening_without_months",
            law,
            f"未列出 {year} 年及以前的缴费月份，月数只含其后所列月份。",
            f"No months up to the end of {year} are listed behind the balance taken over; none are counted.",
        )
        return
    yield Finding(
        "opening_holds_the_money",
        law,
        f"{year} 年及以前的月份只计月数，资金已含在年末余额中。",
        f"Months up to the end of {year} count as months only; their money is in the balance taken over.",
    )


def _about_what_was_brought(facts: AmountFacts) -> Iterator[Finding]:
    law = facts.law
    for one in facts.brought:
        held = yuan(Fen(one.balance + one.before_1998))
        yield Finding(
            "account_brought",
            law,
            f"此前转入的个人账户 {one.year} 年末余额 {held} 元在本账户中继续计息；"
            "该年及以前的转入月份只计月数，资金已含在余额中。",
            f"The account taken in earlier runs on here from {held} yuan at the end of {one.year}; "
            "its months up to then count as months only, their money is in that balance.",
        )


def _about_rates(facts: AmountFacts) -> Iterator[Finding]:
    given = [year for year in facts.given_rates if year in facts.rate_years]
    if given:
        listed = year_spans(given)
        yield Finding(
            "rates_given",
            UNIFIED_RATES,
            f"下列年度记账利率由本历史记录提供：{listed}。",
            f"The interest rates of these years came with the history: {listed}.",
        )
    sure = {*given, *facts.provisional, *facts.published}
    unsure = sorted(WITHOUT_OFFICIAL_TEXT & set(facts.rate_years) - sure)
    if unsure:
        listed = year_spans(unsure)
        yield Finding(
            "rate_without_official_text",
            UNIFIED_RATES,
            f"下列年度记账利率未见正式文件，请核对：{listed}。",
            f"No official text was found for the interest rate of: {listed}. Check it.",
        )
    if facts.provisional and facts.provisional_rate is not None:
        year = facts.provisional[0]
        used = percent(facts.provisional_rate)
        yield Finding(
            "rate_provisional",
            UNIFIED_RATES,
            f"{year} 年记账利率尚未公布，暂按最近公布的 {used}% 计算，公布后补差。",
            f"The interest rate of {year} is not published; the last published {used} % is used for now "
            "and the difference settled later.",
        )
