"""The history of one relationship in a store, as input of the rules, with what earlier transfers brought."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import InformationForm
from models.store.databases import execute
from models.store.published_rates import rates_by_year
from models.store.records import as_range, contributions_here, moved_with
from models.store.tables import (
    CREDIT,
    ENTRY,
    OPENING,
    PAPER,
    POSTING,
    RATE,
    Account,
    ContributionRow,
    RelationshipRow,
)
from rules.amounts.brought_accounts import opening_brought, year_of_transfer
from rules.amounts.contributions import STAYS
from rules.values.money import NO_MONEY, Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side
from rules.values.record import (
    AccountCredit,
    BroughtAccount,
    ContributionRange,
    CreditRounding,
    History,
    MonthKind,
    Opening,
)

_OPENING = select(OPENING).where(OPENING.c.relationship_id == bindparam("relationship"))
_RATES = select(RATE.c.year, RATE.c.rate).where(RATE.c.relationship_id == bindparam("relationship"))
_CREDITS = (
    select(CREDIT.c.month, CREDIT.c.amount)
    .where(
        CREDIT.c.relationship_id == bindparam("relationship"),
        CREDIT.c.moved_by.is_not_distinct_from(bindparam("case")),
    )
    .order_by(CREDIT.c.month)
)
_FORMS_AND_TAKINGS_IN = (
    select(PAPER.c.kind, PAPER.c.version, PAPER.c.body)
    .where(
        PAPER.c.case_no == bindparam("case"),
        PAPER.c.kind.in_((PaperKind.INFORMATION_FORM, PaperKind.TAKING_IN)),
        (PAPER.c.kind == PaperKind.TAKING_IN) | (PAPER.c.side == Side.RECEIVED),
    )
    .order_by(PAPER.c.version)
)
_BROUGHT_WITHOUT_MONTHS = (
    select(POSTING.c.case_no)
    .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
    .where(
        ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT,
        ENTRY.c.relationship_id == bindparam("relationship"),
        exists().where(
            PAPER.c.case_no == POSTING.c.case_no,
            PAPER.c.kind == PaperKind.INFORMATION_FORM,
            PAPER.c.side == Side.RECEIVED,
            PAPER.c.ranges == 0,
        ),
    )
    .group_by(POSTING.c.case_no)
    .having(func.sum(ENTRY.c.amount) < 0)
)


async def holds_money_without_months(session: AsyncSession, relationship_id: int) -> bool:
    """Whether a case brought an account here without a month, which no history of the relationship shows."""
    found = await execute(session, _BROUGHT_WITHOUT_MONTHS, {"relationship": relationship_id})
    return found.first() is not None


async def history_of(
    session: AsyncSession,
    relationship: RelationshipRow,
    here: list[ContributionRow] | None = None,
    rounding: CreditRounding = CreditRounding.YEARLY,
    *,
    proven: bool = False,
) -> History:
    """What the rules need to compute an amount: the months still here, their balances, the known rates.

    `proven`: the papers for one-off months are handed in, though the record does not say so yet. `here`
    are the contributions that are here, for whoever has read them already.
    """
    assert relationship.id is not None
    if here is None:
        here = await contributions_here(session, relationship.id)
    history = await _history(session, relationship, here, None, rounding)
    return replace(history, ranges=tuple(map(as_proven, history.ranges))) if proven else history


def as_proven(part: ContributionRange) -> ContributionRange:
    """A range as it is once its papers are handed in."""
    unproven = part.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS
    return replace(part, kind=MonthKind.ONE_OFF) if unproven else part


async def history_moved(
    session: AsyncSession,
    relationship: RelationshipRow,
    case_no: str,
    rounding: CreditRounding = CreditRounding.YEARLY,
) -> History:
    """The history that a case has taken away, as corrected since, for a further version of its form."""
    assert relationship.id is not None
    rows = await moved_with(session, relationship.id, case_no)
    return await _history(session, relationship, rows, case_no, rounding)


async def _history(
    session: AsyncSession,
    relationship: RelationshipRow,
    rows: list[ContributionRow],
    moved_by: str | None,
    rounding: CreditRounding,
) -> History:
    assert relationship.id is not None
    about = {"relationship": relationship.id}
    opening = (await execute(session, _OPENING, about)).one_or_none()
    rates = await execute(session, _RATES, about)
    credits = await execute(session, _CREDITS, about | {"case": moved_by})
    scheme = Scheme(relationship.scheme)
    ranges = tuple(as_range(row) for row in rows if not row.origin_case)
    return History(
        scheme=scheme,
        ranges=ranges,
        opening=_as_opening(opening, moved_by, ranges) if opening else None,
        rates={year: Rate(rate) for year, rate in rates},
        brought=await _brought(session, (row for row in rows if row.origin_case), scheme, rounding),
        credit_rounding=rounding,
        published=await rates_by_year(session),
        credits=tuple(AccountCredit(Month.parse(month), Fen(amount)) for month, amount in credits),
    )


def _as_opening(row: Row[Any], moved_by: str | None, ranges: Iterable[ContributionRange]) -> Opening | None:
    """The opening. Where another case took it, months of its years that stayed only count: they have one
    without money."""
    if row.moved_by == moved_by:
        return Opening(row.year, Fen(row.balance), Fen(row.before_1998), Fen(row.pooled_base_sum))
    stayed = any(part.first.year <= row.year and part.kind not in STAYS for part in ranges)
    return Opening(row.year, NO_MONEY) if stayed else None


async def _brought(
    session: AsyncSession, rows: Iterable[ContributionRow], scheme: Scheme, rounding: CreditRounding
) -> tuple[BroughtAccount, ...]:
    """The accounts that cases brought along with these rows, in order of case number.

    The rows say which months there are, as corrected since; the form taken in says what came with them.
    """
    by_case: dict[str, list[ContributionRow]] = {}
    for row in rows:
        by_case.setdefault(row.origin_case, []).append(row)
    accounts = []
    for case_no, brought in sorted(by_case.items()):
        form, first = await _form_taken_in(session, case_no)
        left_in = year_of_transfer(form.years, first.drawn_up_on)
        opening = opening_brought(form.lines, form.record, left_in, scheme, rounding, form.credits)
        accounts.append(BroughtAccount(opening, tuple(map(as_range, brought)), form.credits))
    return tuple(accounts)


async def _form_taken_in(session: AsyncSession, case_no: str) -> tuple[InformationForm, InformationForm]:
    """The version of a case's form that was taken in last, and the first one received.

    Raises ValueError when it is not on file: no month comes in without it.
    """
    filed = await execute(session, _FORMS_AND_TAKINGS_IN, {"case": case_no})
    papers = filed.all()
    forms = {row.version: row.body for row in papers if row.kind == PaperKind.INFORMATION_FORM}
    taken_in = [row.version for row in papers if row.kind == PaperKind.TAKING_IN]
    if not taken_in or taken_in[-1] not in forms:
        raise ValueError(f"the form with which case {case_no} was taken in is not on file")
    latest, first = forms[taken_in[-1]], next(iter(forms.values()))
    return InformationForm.model_validate_json(latest), InformationForm.model_validate_json(first)
