"""Amending the information form (吉社保〔2020〕6号第七条第二项): what can be amended, and what has changed.

The article has the transfer-out bureau complete its papers and does not say how a form is corrected. That a
base recomputes every line, that an amount may be stated directly, and that ② is adjusted to a ruling's ④, are
rules of this system.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as column
from itertools import groupby

from rules.amounts.contributions import by_month
from rules.values.form_fields import NAME, BaseField, FormField, LineField, WrongFormField, form_field
from rules.values.law import JILIN_MEASURES, Finding, Law
from rules.values.money import MONTHS_IN_A_YEAR, NO_MONEY, Fen, yuan
from rules.values.months import Month, months_between
from rules.values.record import AmountLines, ContributionRange, MonthKind

CORRECTION = Law(JILIN_MEASURES, "第七条第二项")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The parts of a form that can change from one version to the next; money in fen."""

    name: str = column(repr=False)
    record: tuple[ContributionRange, ...]
    lines: AmountLines
    months: int
    adjusted_record_balance: Fen


@dataclass(frozen=True, slots=True)
class AmendedField:
    """One field as it was and as it is, as text; '' where a version has no such field."""

    field: str
    before: str = column(repr=False)
    after: str = column(repr=False)


def unamendable(
    fields: Sequence[tuple[str, str]], record: Iterable[ContributionRange]
) -> tuple[Finding, ...]:
    """Every reason why these fields of a form cannot have these values, none if they can (第七条第二项).

    `fields` are names and values as `rules.values.form_fields` writes them, meant to be amended together;
    `record` is that of the form. Raises nothing, and no sentence repeats a value.
    """
    # Residents pay by the year, on no base.
    known = {paid.month for paid in by_month(record) if paid.kind is not MonthKind.RESIDENT}
    found: list[Finding] = []
    earlier: list[FormField] = []
    for text, value in fields:
        try:
            named = form_field(text)
            amount = named.value(value)
        except WrongFormField as wrong:
            found.append(Finding("wrong_field", CORRECTION, f"{wrong.zh}。", f"{wrong.en}."))
            continue
        if isinstance(named, BaseField):
            found += _wrong_base(named, amount, known)
        if any(same_place(named, other) for other in earlier):
            found.append(_finding("amended_twice", named, "重复更正", "is amended twice"))
        earlier.append(named)
    return tuple(found)


def _wrong_base(named: BaseField, base: object, known: set[Month]) -> Iterator[Finding]:
    if not set(months_between(named.first, named.last)) <= known:
        yield _finding(
            "months_not_on_form",
            named,
            "包含信息表所列之外的月份",
            "names months not on the form",
        )
    if base == NO_MONEY:
        yield _finding("base_not_above_zero", named, "应大于零", "must be above zero")


def _finding(code: str, named: FormField, zh: str, en: str) -> Finding:
    title_en, title_zh = named.titles
    return Finding(code, CORRECTION, f"{title_zh}{zh}。", f"{title_en} {en}.")


def same_place(one: FormField, other: FormField) -> bool:
    """Whether two fields are the same, or are bases of the same month (第七条第二项)."""
    if isinstance(one, BaseField) and isinstance(other, BaseField):
        return one.first <= other.last and other.first <= one.last
    return one == other


_LINES = {1: "before_1998", 2: "to_last_year", 3: "this_year_principal", 5: "pooled"}


def with_lines_stated(lines: AmountLines, stated: Iterable[tuple[LineField, Fen]]) -> AmountLines:
    """The lines with some of ①, ②, ③ and ⑤ as stated, in fen; the others stay (第七条第二项)."""
    return replace(lines, **{_LINES[line.number]: amount for line, amount in stated})


def with_totals(lines: AmountLines, individual: Fen, pooled: Fen) -> AmountLines:
    """The lines with ④ and ⑤ as a ruling sets them, in fen (第九条).

    ① and ③ stay and ② takes up the rest; where ④ is less than they come to, all of it stands in ②.
    """
    rest = Fen(individual - lines.before_1998 - lines.this_year_principal)
    if rest < NO_MONEY:
        return AmountLines(NO_MONEY, individual, NO_MONEY, pooled)
    return replace(lines, to_last_year=rest, pooled=pooled)


def changes(before: FormFacts, after: FormFacts) -> tuple[AmendedField, ...]:
    """Every difference between a version of a form and the one before (第七条第二项), amounts in yuan.

    Months of bases that share one change are one field; a month that a version lacks has '' there.
    """
    plain = [
        (NAME, before.name, after.name),
        *_bases(before.record, after.record),
        *(
            (f"line/{number}", yuan(old), yuan(new))
            for (number, old), (_, new) in zip(before.lines.numbered(), after.lines.numbered(), strict=True)
        ),
        ("months", str(before.months), str(after.months)),
        (
            "adjusted_record_balance",
            yuan(before.adjusted_record_balance),
            yuan(after.adjusted_record_balance),
        ),
    ]
    return tuple(AmendedField(name, old, new) for name, old, new in plain if old != new)


def _bases(
    before: Iterable[ContributionRange], after: Iterable[ContributionRange]
) -> Iterator[tuple[str, str, str]]:
    old = {paid.month: yuan(paid.base) for paid in by_month(before)}
    new = {paid.month: yuan(paid.base) for paid in by_month(after)}
    months = sorted(old.keys() | new.keys())

    def as_one(place: int) -> tuple[int, str, str]:
        month = months[place]
        return month.year * MONTHS_IN_A_YEAR + month.number - place, old.get(month, ""), new.get(month, "")

    for (_, was, is_now), places in groupby(range(len(months)), key=as_one):
        run = list(places)
        yield str(BaseField(months[run[0]], months[run[-1]])), was, is_now
