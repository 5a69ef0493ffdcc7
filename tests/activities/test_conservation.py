"""No fen and no month is lost or doubled between two bureaus' books, whatever the record is like."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from stores import Databases
from walkthrough import MORNING, Walkthrough, leaving, record

from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.store.ledger import individual_account
from models.store.records import contributions_here, relationship_of
from models.store.tables import Account
from province import CHANGCHUN, TEACHER, YANBIAN, account
from rules.values.months import Month, months_between
from rules.values.moves import Scheme
from rules.values.record import MonthKind


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        yield built


ARREARS = {"from": "2019-07", "to": "2019-12", "base": "5000.00", "kind": "arrears"}
PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
OPENING = {"year": 2019, "balance": "25000.00", "before_1998": "600.00", "pooled_base_sum": "336000.00"}

RECORDS = {
    "a plain record": record([PAID]),
    "too little booked": record([{**PAID, "booked_percent": "4"}]),
    "more booked than counts": record([{**PAID, "booked_percent": "11"}]),
    "months never paid": record([ARREARS, PAID]),
    "a balance taken over": record([PAID], scheme="E", opening=OPENING),
    "months paid afterwards without papers": record(
        [{"from": "2016-01", "to": "2019-12", "base": "4000.00", "kind": "one_off_without_papers"}, PAID],
        scheme="E",
    ),
}


@pytest.mark.parametrize("kept", RECORDS.values(), ids=RECORDS)
async def test_no_fen_and_no_month_is_lost_on_the_way(walkthrough: Walkthrough, kept: HistoryFile) -> None:
    await walkthrough.seed(kept)
    asked = leaving(kept.scheme)
    held = -await walkthrough.balance(YANBIAN, Account.BANK), await months_at(walkthrough, YANBIAN, asked)
    walked = await walkthrough.walk(asked)
    form, remittance = walked.form, walked.remittance
    assert remittance.total == form.lines.total > 0
    assert -await walkthrough.balance(YANBIAN, Account.BANK) == held[0] + remittance.total
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == remittance.total
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == form.lines.individual
    assert -await walkthrough.balance(CHANGCHUN, Account.POOLED_FUND) == form.lines.pooled
    left = -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    assert left == form.adjusted_record_balance - form.lines.individual >= 0
    certificate = walked.answer.certificate
    assert certificate is not None
    assert (certificate.months_paid, certificate.account_balance) == (form.months, form.lines.individual)
    assert certificate.balance_apart == left
    assert sum(one.months for one in certificate.months_apart) == len(held[1]) - form.months
    moved = await months_at(walkthrough, CHANGCHUN, asked, asked.scheme_to)
    stayed = await months_at(walkthrough, YANBIAN, asked)
    assert sorted(moved + stayed) == held[1]
    assert len(moved) == form.months == walked.taken_in.months
    assert await walkthrough.divergences() == []


async def months_at(
    walkthrough: Walkthrough, bureau: str, asked: TransferApplication, scheme: Scheme | None = None
) -> list[Month]:
    """Every month a bureau's record has of a person, paid or not."""
    async with walkthrough.stores[bureau].transaction() as session:
        relationship = await relationship_of(session, asked.id_number, scheme or asked.scheme_from)
        if relationship is None:
            return []
        assert relationship.id is not None
        rows = await contributions_here(session, relationship.id)
        return [
            month for row in rows for month in months_between(Month.parse(row.first), Month.parse(row.last))
        ]


async def test_months_that_do_not_move_stay_on_the_record_of_the_bureau(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(RECORDS["months never paid"])
    await walkthrough.walk()
    async with walkthrough.stores[YANBIAN].transaction() as session:
        rows = await contributions_here(session, 1)
    assert [row.kind for row in rows] == [MonthKind.ARREARS]


async def test_interest_earned_since_the_account_was_loaded_moves_with_it(walkthrough: Walkthrough) -> None:
    """The account is brought up to the record before it leaves; the pooled fund bears the interest."""
    walkthrough.now = datetime(2024, 3, 4, 1, tzinfo=UTC)
    await walkthrough.seed(record([{**PAID, "to": "2023-12"}]))
    booked = -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    pooled = -await walkthrough.balance(YANBIAN, Account.POOLED_FUND)
    walkthrough.now = MORNING
    walked = await walkthrough.walk()
    interest = walked.form.adjusted_record_balance - booked
    assert interest == sum(line.interest for line in walked.form.years if line.year in (2024, 2025)) > 0
    assert walked.taken_in.individual == booked + interest
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert (
        -await walkthrough.balance(YANBIAN, Account.POOLED_FUND)
        == pooled - interest - walked.form.lines.pooled
    )


async def test_of_an_account_on_which_more_was_booked_the_excess_stays(walkthrough: Walkthrough) -> None:
    """人社厅发〔2017〕7号第八条: what moves is the statutory share, 8 of the 11 per cent booked."""
    await walkthrough.seed(RECORDS["more booked than counts"])
    walked = await walkthrough.walk()
    stays = -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    assert stays >= 72 * 6000_00 * 3 // 100, "three per cent and its interest"
    assert walked.taken_in.individual + stays == walked.form.adjusted_record_balance


async def test_the_account_in_the_other_scheme_is_left_alone(walkthrough: Walkthrough) -> None:
    """A person insured in both schemes at one bureau moves one relationship, and its money only."""
    enterprise = account(scheme="E", months=[("2016-01", "2018-12", "3000.00")])
    await walkthrough.seed(account(), enterprise)
    async with walkthrough.stores[YANBIAN].transaction() as session:
        kept = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert kept is not None
        assert kept.id is not None
        before = await individual_account(session, kept.id)
    walked = await walkthrough.walk()
    assert walked.answer.certificate is not None
    assert walked.answer.certificate.account_balance == walked.form.lines.individual
    assert before > 0
    async with walkthrough.stores[YANBIAN].transaction() as session:
        assert await individual_account(session, kept.id) == before
        assert len(await contributions_here(session, kept.id)) == 1
        still = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert still is not None
        assert still.ended_by is None
