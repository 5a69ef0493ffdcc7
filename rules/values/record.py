"""The contribution record: values only. Months are the unit; ranges are how people write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.values.law import Finding
from rules.values.money import NO_MONEY, Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme


class MonthKind(StrEnum):
    """How a month of contributions came about; only what the law treats differently has a kind."""

    REGULAR = "regular"
    PILOT = "pilot"
    """Paid in a local pilot of the government scheme before the reform (改革前试点)."""
    ONE_OFF = "one_off"
    """Paid afterwards in one sum (一次性缴纳), with the papers the law asks for."""
    ONE_OFF_WITHOUT_PAPERS = "one_off_without_papers"
    ARREARS = "arrears"
    """Due and not paid by the person (个人欠费), whoever else owes; counts for nothing, carries no money."""
    UNIT_ARREARS = "unit_arrears"
    """Paid by the person while the unit owes its part (单位欠费、个人已缴); moves like any month."""
    ARREARS_PAID = "arrears_paid"
    """Owed in the years of a balance taken over and paid since (欠费补缴), so it is not in that balance."""
    RESIDENT = "resident"
    """Paid by the year in the resident scheme (城乡居民按年缴费); no month of an employee scheme."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _KINDS[self]


_KINDS = {
    MonthKind.REGULAR: ("regular months", "正常缴费"),
    MonthKind.PILOT: ("months of the pilot before the reform", "改革前试点缴费"),
    MonthKind.ONE_OFF: ("one-off months with papers", "一次性缴费（有规定文书）"),
    MonthKind.ONE_OFF_WITHOUT_PAPERS: ("one-off months without papers", "一次性缴费（无规定文书）"),
    MonthKind.ARREARS: ("months in arrears", "欠费"),
    MonthKind.UNIT_ARREARS: ("months for which the unit owes its part", "单位欠费、个人已缴"),
    MonthKind.ARREARS_PAID: ("months of arrears paid after the balance was taken over", "建账后补缴的欠费"),
    MonthKind.RESIDENT: ("months of the resident scheme", "城乡居民缴费"),
}


GREATEST_BASE = Fen(1_000_000_000)
"""Ten million yuan a month. A base is at most three times the average wage (RECALLED), not a hundredth of
this; more is a typing error."""


@dataclass(frozen=True, slots=True)
class ResidentYear:
    """The payments for one year into a resident account, in fen (城乡居民基本养老保险个人账户)."""

    own: Fen
    """个人缴费"""
    collective: Fen = NO_MONEY
    """集体补助"""
    aid: Fen = NO_MONEY
    """社会资助, by others than the collective"""
    subsidy: Fen = NO_MONEY
    """政府补贴, which is never refunded"""

    def __str__(self) -> str:
        """'120000/24000/0/12000', for stores and comparisons; `parse` reads it."""
        return f"{self.own}/{self.collective}/{self.aid}/{self.subsidy}"

    @classmethod
    def parse(cls, text: str) -> "ResidentYear":
        """Reads what `str` has written. Raises ValueError for any other text."""
        own, collective, aid, subsidy = (Fen(int(part)) for part in text.split("/"))
        return cls(own, collective, aid, subsidy)

    @property
    def total(self) -> Fen:
        """All payments for the year, in fen, without interest."""
        return Fen(self.own + self.collective + self.aid + self.subsidy)


@dataclass(frozen=True, slots=True)
class ContributionRange:
    """Months `first` to `last`, both included, on one monthly base in fen.

    `booked` is the rate at which personal contributions were credited to the individual account;
    None means the statutory rate of the month. In the resident scheme nothing is paid by the month: there the
    base is nothing, and `paid` is what was paid for the year in which the months lie.
    """

    first: Month
    last: Month
    base: Fen
    booked: Rate | None = None
    kind: MonthKind = MonthKind.REGULAR
    paid: ResidentYear | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A balance taken over at the end of `year`, and the sum of monthly bases behind it.

    `before_1998` is the part paid by the person before 1998-01-01 with its interest (line ①) and is
    not contained in `balance`. `pooled_base_sum` sums the bases that count for the pooled fund.
    """

    year: int
    balance: Fen
    before_1998: Fen = NO_MONEY
    pooled_base_sum: Fen = NO_MONEY


@dataclass(frozen=True, slots=True)
class AccountCredit:
    """A sum that was credited to the individual account in a month without a contribution base, in fen.

    A one-off subsidy (一次性补贴, 劳社部发〔2001〕13号): it moves with the account, without pooled money.
    """

    month: Month
    amount: Fen


ARMED_FORCES = "910000"
"""The code in place of a division code for military service (军龄); no division has it (RECALLED)."""


@dataclass(frozen=True, slots=True)
class RecognisedService:
    """Months that count as if paid (视同缴费年限), `first` to `last`, both included.

    `place` is the division code of where they were served. They carry no money and are no months paid: they
    travel with the papers, and the bureau that grants the pension counts them.
    """

    first: Month
    last: Month
    place: str


@dataclass(frozen=True, slots=True)
class BroughtAccount:
    """What one transfer brought: its months, and its account at the end of the year before that transfer.

    Months up to the year of `opening` only count, whichever scheme they were paid in; their money is in it.
    So is that of `credits` up to that year.
    """

    opening: Opening
    ranges: tuple[ContributionRange, ...]
    credits: tuple[AccountCredit, ...] = ()


class CreditRounding(StrEnum):
    """How credits to an individual account are rounded to the fen; no text was found.

    `YEARLY` rounds the credits of a year together and is the default. `MONTHLY` rounds each month's credit,
    as people pay whole fen a month: a base of 3,333.33 yuan credits 266.67 a month, 3,200.04 a year and not
    3,200.00.
    """

    YEARLY = "yearly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class History:
    """One person's contributions to one scheme at one bureau. `rates` override published yearly rates.

    `ranges` and `opening` are those of the record itself, `brought` what earlier transfers added to it.
    `credit_rounding` is the rule by which its account is computed.
    """

    scheme: Scheme
    ranges: tuple[ContributionRange, ...]
    opening: Opening | None = None
    rates: Mapping[int, Rate] = field(default_factory=dict)
    brought: tuple[BroughtAccount, ...] = ()
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    published: Mapping[int, Rate] = field(default_factory=dict)
    """Yearly rates that the province has published beside those of `rules.amounts.rates`."""
    credits: tuple[AccountCredit, ...] = ()
    """One-off subsidies of the record itself; the money of those up to the year of `opening` is in it."""

    @property
    def known_rates(self) -> Mapping[int, Rate]:
        """The rates that come with the record, before those the province has published.

        What is published concerns employee accounts; those of residents have the rates of their record only.
        """
        return self.rates if self.scheme is Scheme.RESIDENT else {**self.published, **self.rates}

    @property
    def all_ranges(self) -> tuple[ContributionRange, ...]:
        """The ranges of the record itself, then those brought."""
        return (*self.ranges, *(part for one in self.brought for part in one.ranges))

    @property
    def all_credits(self) -> tuple[AccountCredit, ...]:
        """The one-off subsidies of the record itself and those brought, in order of months."""
        brought = (part for one in self.brought for part in one.credits)
        return tuple(sorted((*self.credits, *brought), key=lambda one: one.month))


@dataclass(frozen=True, slots=True)
class AmountLines:
    """The six lines ①–⑥ of the information form (《基本养老保险关系转移接续信息表》), in fen."""

    before_1998: Fen
    to_last_year: Fen
    this_year_principal: Fen
    pooled: Fen

    @property
    def individual(self) -> Fen:
        """④ = ① + ② + ③: what moves of the individual account."""
        return Fen(self.before_1998 + self.to_last_year + self.this_year_principal)

    @property
    def total(self) -> Fen:
        """⑥ = ④ + ⑤."""
        return Fen(self.individual + self.pooled)

    def numbered(self) -> tuple[tuple[int, Fen], ...]:
        """The lines with their numbers on the form, in order."""
        values = (
            self.before_1998,
            self.to_last_year,
            self.this_year_principal,
            self.individual,
            self.pooled,
            self.total,
        )
        return tuple(enumerate(values, start=1))


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of the individual account as the information form shows it; money in fen."""

    year: int
    months: int
    base_sum: Fen
    credited: Fen
    interest: Fen
    balance: Fen
    rate: Rate | None
    """The yearly interest rate applied; None in the year of transfer, which carries no interest."""
    rate_provisional: bool = False


@dataclass(frozen=True, slots=True)
class MonthsApart:
    """Months of one kind that do not move with the others; `first` and `last` are the earliest and latest."""

    kind: MonthKind
    months: int
    first: Month
    last: Month


@dataclass(frozen=True, slots=True)
class BaseLine:
    """Months of one year on one base: a row of the form's yearly table; `base` and the credits in fen.

    `share` is the part of the base credited to the individual account. `credited` is None for months whose
    money is in an opening, `own` (其中个人缴费) where the law does not say which part of the credit the
    person paid: from 1998 to 2005 the account was filled up from the unit's contributions. `brought` months
    came with an earlier transfer.
    """

    first: Month
    last: Month
    months: int
    base: Fen
    share: Rate | None
    credited: Fen | None
    own: Fen | None
    brought: bool = False


@dataclass(frozen=True, slots=True)
class Arrears:
    """Months owed, on one base: what the person owes for them, nothing where the unit alone does, and what
    the unit owes; in fen, without charges for late payment."""

    kind: MonthKind
    first: Month
    last: Month
    personal: Fen
    unit: Fen


@dataclass(frozen=True, slots=True)
class TransferAmount:
    """What moves, how it was computed, and how the transfer-out bureau's record changes.

    `adjusted_record_balance` is the individual account as the record should stand just before the
    transfer: raised where too little was booked, unchanged where more was booked, in fen.
    `months` are the months whose relationship moves, `bases` the same with a row for each base of each year,
    `apart` those of the record that stay. `openings` are the balances that the account begins with.
    """

    lines: AmountLines
    years: tuple[YearLine, ...]
    adjusted_record_balance: Fen
    months: int
    provisional_rate_years: tuple[int, ...]
    findings: tuple[Finding, ...]
    apart: tuple[MonthsApart, ...] = ()
    bases: tuple[BaseLine, ...] = ()
    openings: tuple[Opening, ...] = ()
    credits: tuple[AccountCredit, ...] = ()
    """The one-off subsidies that move with the account."""

    @property
    def balance_apart(self) -> Fen:
        """The part of the individual account that stays, in fen: of months that stay, or booked in excess."""
        return Fen(self.adjusted_record_balance - self.lines.individual)


class RefundOf(StrEnum):
    """The refund for a cleared month (吉社保〔2020〕6号第四条).

    `PRINCIPAL` is the text of the Jilin measures (个人账户本金) and the default; the interest those months
    earned stays in the account. `BALANCE` is the national wording (个人账户储存额, 人社部发〔2009〕187号):
    principal with the interest it has earned.
    """

    PRINCIPAL = "principal"
    BALANCE = "balance"
