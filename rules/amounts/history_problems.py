"""Why a contribution record cannot be used: all problems at once, each with the path to its field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rules.values.money import GREATEST_AMOUNT, NO_MONEY, WHOLE, yuan
from rules.values.months import Month
from rules.values.moves import GOVERNMENT_SCHEME_BEGAN, Scheme
from rules.values.record import (
    GREATEST_BASE,
    AccountCredit,
    ContributionRange,
    History,
    MonthKind,
    Opening,
)

EARLIEST_MONTH = Month(1992, 1)
"""Personal contributions followed from 国发〔1991〕33号 (RECALLED); no record is older than this."""

SHARES_BEGAN = Month(1998, 1)
"""From here on the statutory share is used where no booked rate is stated (人社厅发〔2017〕7号第八条)."""

GOVERNMENT_BEGAN = Month.of(GOVERNMENT_SCHEME_BEGAN)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class HistoryProblem:
    """One thing wrong with a `History`; `path` names the field, as in ("ranges", 0, "base")."""

    path: Path
    zh: str
    en: str


class UnusableHistory(ValueError):
    """A history from which nothing can be computed; `problems` lists every reason."""

    def __init__(self, problems: tuple[HistoryProblem, ...]) -> None:
        self.problems = problems
        listed = "; ".join(f"{'.'.join(map(str, wrong.path))}: {wrong.en}" for wrong in problems)
        super().__init__(listed)


def history_problems(history: History, on: date) -> tuple[HistoryProblem, ...]:
    """Every problem that prevents a transfer on that day with this history; empty when it is sound.

    The ranges may be in any order, but no month may be in two of them: a person pays a month once in
    one place. No article says so; the measures presume a sound record (吉社保〔2020〕6号第七条).
    Months brought by earlier transfers were checked then; months paid twice are still to be cleared.
    """
    latest = Month.of(on)
    found: list[HistoryProblem] = []
    for index, part in enumerate(history.ranges):
        for wrong in _wrong_with(part, history, latest):
            found.append(_at(("ranges", index), wrong))
    found += _overlaps(history.all_ranges)
    if history.opening:
        found += (_at(("opening",), wrong) for wrong in _wrong_opening(history.opening, history.scheme, on))
    for index, one in enumerate(history.brought):
        found += (_at(("brought", index, "opening"), wrong) for wrong in _wrong_balance(one.opening, on))
    for index, subsidy in enumerate(history.credits):
        found += (_at(("credits", index), wrong) for wrong in _wrong_credit(subsidy, history, latest))
    found += _wrong_rates(history, on)
    return tuple(found)


def _at(path: Path, wrong: HistoryProblem) -> HistoryProblem:
    return HistoryProblem((*path, *wrong.path), wrong.zh, wrong.en)


def _wrong_with(part: ContributionRange, history: History, latest: Month) -> Iterator[HistoryProblem]:
    if part.kind is MonthKind.RESIDENT:
        yield from _wrong_year(part)
    elif part.base <= 0:
        yield HistoryProblem(("base",), "缴费基数必须大于零。", "the contribution base must be above zero.")
    if part.base > GREATEST_BASE:
        limit = yuan(GREATEST_BASE)
        yield HistoryProblem(
            ("base",), f"缴费基数不应超过 {limit} 元。", f"it must not be more than {limit} yuan a month."
        )
    if part.first > part.last:
        yield HistoryProblem(("last",), "止月早于起月。", "the last month lies before the first.")
    if part.first < EARLIEST_MONTH:
        yield HistoryProblem(
            ("first",), f"不得早于 {EARLIEST_MONTH}。", f"no month can lie before {EARLIEST_MONTH}."
        )
    # Residents pay for a year before it is over.
    by_year = part.kind is MonthKind.RESIDENT and part.last.year == latest.year
    if part.last > latest and not by_year:
        yield HistoryProblem(
            ("last",), f"晚于转移月份 {latest}。", f"lies after the month of transfer, {latest}."
        )
    yield from _wrong_booking(part, history.opening)
    yield from _wrong_kind(part, history.scheme)


def _wrong_booking(part: ContributionRange, opening: Opening | None) -> Iterator[HistoryProblem]:
    if part.booked is not None:
        if not 0 <= part.booked <= WHOLE:
            yield HistoryProblem(
                ("booked",), "应在 0 到 100 之间。", "the booked rate lies between 0 and 100 %."
            )
        return
    # What is owed is in no balance, and is computed by that rate (rules.amounts.arrears).
    owed = part.kind in (MonthKind.ARREARS, MonthKind.ARREARS_PAID)
    carried = opening is not None and max(part.first.year, part.last.year) <= opening.year and not owed
    if part.kind is not MonthKind.RESIDENT and not carried and part.first < SHARES_BEGAN:
        yield HistoryProblem(
            ("booked",),
            f"{SHARES_BEGAN} 以前没有法定记账比例，请填写实际记账比例（欠费填写应记比例）。",
            f"before {SHARES_BEGAN} no rate is laid down; state the rate that was booked, or is owed.",
        )


def _wrong_year(part: ContributionRange) -> Iterator[HistoryProblem]:
    """The problems of a resident year, for which amounts are stated and no base."""
    if part.base:
        yield HistoryProblem(
            ("base",),
            "城乡居民按年缴费，没有月缴费基数。",
            "residents pay by the year; there is no monthly base.",
        )
    if part.paid is None or part.paid.total <= 0:
        yield HistoryProblem(
            ("own",),
            "请填写当年个人缴费等金额。",
            "state what was paid for the year, the person's own payment first.",
        )
    elif min(part.paid.own, part.paid.collective, part.paid.aid, part.paid.subsidy) < 0:
        yield HistoryProblem(("own",), "不得为负数。", "must not be negative.")
    elif part.paid.total > GREATEST_AMOUNT:
        limit = yuan(GREATEST_AMOUNT)
        yield HistoryProblem(("own",), f"不应超过 {limit} 元。", f"it must not be more than {limit} yuan.")
    if part.first.year != part.last.year:
        yield HistoryProblem(
            ("last",), "每年一条，起止月份应在同一年。", "one entry a year: both months lie in the same year."
        )


def _wrong_kind(part: ContributionRange, scheme: Scheme) -> Iterator[HistoryProblem]:
    pilot = part.kind is MonthKind.PILOT
    if (part.kind is MonthKind.RESIDENT) is not (scheme is Scheme.RESIDENT):
        yield HistoryProblem(
            ("kind",),
            "城乡居民缴费（resident）只存在于城乡居民养老保险，该险种也没有其他类别。",
            "months of kind resident exist in the resident scheme alone, which has no others.",
        )
    if scheme is Scheme.GOVERNMENT and not pilot and part.first < GOVERNMENT_BEGAN:
        yield HistoryProblem(
            ("first",),
            f"机关事业单位养老保险始于 {GOVERNMENT_BEGAN}；改革前试点月份请注明类别 pilot。",
            f"the government scheme began in {GOVERNMENT_BEGAN}; mark earlier pilot months as kind pilot.",
        )
    if pilot and (scheme is not Scheme.GOVERNMENT or part.last >= GOVERNMENT_BEGAN):
        yield HistoryProblem(
            ("kind",),
            f"改革前试点只存在于 {GOVERNMENT_BEGAN} 以前的机关事业单位。",
            f"pilot months exist in the government scheme alone, before {GOVERNMENT_BEGAN}.",
        )


def _overlaps(ranges: tuple[ContributionRange, ...]) -> Iterator[HistoryProblem]:
    """Each range that begins inside an earlier one; ranges that run backwards are reported elsewhere."""
    in_order = sorted(
        (index for index, part in enumerate(ranges) if part.first <= part.last),
        key=lambda index: (ranges[index].first.year, ranges[index].first.number),
    )
    reach: int | None = None
    for index in in_order:
        if reach is not None and ranges[index].first <= ranges[reach].last:
            yield HistoryProblem(
                ("ranges", index, "first"),
                f"与 {ranges[reach].first} 至 {ranges[reach].last} 重叠。",
                f"overlaps the months {ranges[reach].first} to {ranges[reach].last}.",
            )
        if reach is None or ranges[index].last > ranges[reach].last:
            reach = index


def _wrong_balance(opening: Opening, on: date) -> Iterator[HistoryProblem]:
    if opening.year >= on.year:
        yield HistoryProblem(
            ("year",),
            f"应早于转移年份 {on.year}：期初余额为年末余额。",
            f"must lie before the year of transfer, {on.year}: it is a balance at the end of a year.",
        )
    for name in ("balance", "before_1998", "pooled_base_sum"):
        if getattr(opening, name) < NO_MONEY:
            yield HistoryProblem((name,), "不得为负数。", "must not be negative.")
        if getattr(opening, name) > GREATEST_AMOUNT:
            limit = yuan(GREATEST_AMOUNT)
            yield HistoryProblem((name,), f"不应超过 {limit} 元。", f"it must not be more than {limit} yuan.")


def _wrong_opening(opening: Opening, scheme: Scheme, on: date) -> Iterator[HistoryProblem]:
    yield from _wrong_balance(opening, on)
    earliest = GOVERNMENT_BEGAN.year if scheme is Scheme.GOVERNMENT else EARLIEST_MONTH.year
    if opening.year < earliest:
        yield HistoryProblem(
            ("year",), f"不得早于 {earliest} 年。", f"this scheme has no balance before {earliest}."
        )
    if opening.year < SHARES_BEGAN.year and (opening.balance or opening.pooled_base_sum):
        yield HistoryProblem(
            ("year",),
            f"{SHARES_BEGAN} 以前的余额只能填入 before_1998。",
            f"a balance from before {SHARES_BEGAN} belongs in before_1998 alone.",
        )
    if scheme is Scheme.RESIDENT and (opening.before_1998 or opening.pooled_base_sum):
        yield HistoryProblem(
            ("pooled_base_sum" if opening.pooled_base_sum else "before_1998",),
            "城乡居民养老保险没有统筹基金，也没有 1998 年以前的个人缴费。",
            "the resident scheme has no pooled fund, and nothing from before 1998.",
        )
    if scheme is Scheme.GOVERNMENT and opening.before_1998 > NO_MONEY:
        yield HistoryProblem(
            ("before_1998",),
            "机关事业单位养老保险没有 1998 年以前的缴费。",
            "the government scheme has no contributions before 1998.",
        )


def _wrong_credit(one: AccountCredit, history: History, latest: Month) -> Iterator[HistoryProblem]:
    if history.scheme is not Scheme.ENTERPRISE:
        yield HistoryProblem(
            ("month",),
            "一次性补贴只记入企业职工基本养老保险个人账户。",
            "one-off subsidies are paid into accounts of the enterprise scheme alone.",
        )
    if not SHARES_BEGAN <= one.month <= latest:
        yield HistoryProblem(
            ("month",),
            f"应在 {SHARES_BEGAN} 至转移月份 {latest} 之间。",
            f"must lie between {SHARES_BEGAN} and the month of transfer, {latest}.",
        )
    if [other.month for other in history.credits].count(one.month) > 1:
        yield HistoryProblem(
            ("month",), "同月补贴请合并填写。", "give the subsidies of one month as one amount."
        )
    if not NO_MONEY < one.amount <= GREATEST_AMOUNT:
        limit = yuan(GREATEST_AMOUNT)
        yield HistoryProblem(
            ("amount",),
            f"应大于零，不超过 {limit} 元。",
            f"must be above zero; it must not be more than {limit} yuan.",
        )


def _wrong_rates(history: History, on: date) -> Iterator[HistoryProblem]:
    # The rate of a resident account may be stated before its year is over.
    known_before = history.scheme is Scheme.RESIDENT
    for year, rate in history.rates.items():
        if not EARLIEST_MONTH.year <= year < on.year and not (known_before and year >= on.year):
            yield HistoryProblem(
                ("rates", year),
                f"年份应在 {EARLIEST_MONTH.year} 到 {on.year - 1} 之间。",
                f"rates are for the years {EARLIEST_MONTH.year} to {on.year - 1}.",
            )
        if not 0 <= rate <= WHOLE:
            yield HistoryProblem(
                ("rates", year), "应在 0 到 100 之间。", "a yearly rate lies between 0 and 100 %."
            )
