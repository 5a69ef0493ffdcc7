"""The bank's statement in a bureau's books: in parts, twice, too early, too late, under no known number."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from bank_day import FIRST, MONDAY, TUESDAY, WEDNESDAY, awaited, entered, expected, line, sent
from exchange import Exchange
from road import Road
from stores import Databases

from activities.contracts import (
    AWAIT_FUNDS,
    RECEIVE_FUNDS,
    RECONCILE,
    REMIT_AND_END_RELATIONSHIP,
    RETURN_FUNDS,
    TAKE_IN,
)
from models.messages.bank_statement import (
    ArrivalOutcome,
    ExpectedFunds,
)
from models.messages.papers import RemittancePurpose
from models.messages.steps import RemittanceOrder, TakeInOrder
from models.store.chain import verify_chain
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account
from rules.clocks.clocks import CHINA_TIME


@pytest.fixture
async def road(databases: Databases) -> AsyncIterator[Road]:
    async with Road.between(databases) as built:
        await built.seed(account())
        yield built


async def suspense(road: Road) -> int:
    return -await road.balance(CHANGCHUN, Account.SUSPENSE)


async def test_what_is_announced_is_not_in_until_the_statement_says_so(road: Road) -> None:
    _, remittance = await sent(road)
    standing = await awaited(road, remittance)
    assert (standing.come, standing.in_since, standing.reconciliation) == (0, None, None)
    assert await road.balance(CHANGCHUN, Account.BANK) == 0
    (one,) = (await expected(road)).expected
    assert (one.remittance, one.announced, one.missing) == (FIRST, remittance.total, remittance.total)
    assert (one.sent_by, one.sent_on) == (YANBIAN, remittance.sent_on)


async def test_an_arrival_of_the_whole_amount_is_reconciled_and_taken_in(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    (answer,) = await entered(road, line("B1", remittance.total))
    assert (answer.outcome, answer.known, answer.missing) == (ArrivalOutcome.MATCHED, False, 0)
    standing = await awaited(road, remittance)
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed
    assert await suspense(road) == remittance.total
    assert await expected(road) == ExpectedFunds(bureau=CHANGCHUN, expected=(), kept=())
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(road) == 0


async def test_parts_add_up_and_the_sum_is_in_on_the_banks_day_of_the_last(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    (first,) = await entered(road, line("B1", 1_000_00))
    assert (first.outcome, first.missing) == (ArrivalOutcome.PARTIAL, remittance.total - 1_000_00)
    assert (await awaited(road, remittance)).come == 1_000_00
    assert [one.come for one in (await expected(road)).expected] == [1_000_00]
    rest = line("B2", remittance.total - 1_000_00, on=WEDNESDAY)
    assert (await entered(road, rest))[0].outcome is ArrivalOutcome.COMPLETE
    road.now += timedelta(days=5)
    standing = await awaited(road, remittance)
    assert standing.in_since == datetime(2026, 3, 4, tzinfo=CHINA_TIME)
    assert standing.taken_up_at > standing.in_since + timedelta(days=5)


async def test_while_a_part_is_missing_a_form_that_comes_finds_no_discrepancy(road: Road) -> None:
    case = await Exchange.with_form(road)
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    await awaited(road, remittance)
    await entered(road, line("B1", 1_000_00))
    assert (await case.inform()).reconciliation is None
    await entered(road, line("B2", remittance.total - 1_000_00))
    found = (await awaited(road, remittance)).reconciliation
    assert found is not None
    assert found.agreed


async def test_money_first_and_form_later_is_reconciled_with_the_form(road: Road) -> None:
    case = await Exchange.with_form(road)
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    await awaited(road, remittance)
    await entered(road, line("B1", remittance.total))
    standing = await awaited(road, remittance)
    assert standing.in_since is not None
    assert standing.reconciliation is None
    found = (await case.inform()).reconciliation
    assert found is not None
    assert found.agreed


async def test_what_is_more_than_announced_stays_in_suspense_and_out_of_the_case(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, line("B1", remittance.total))
    await awaited(road, remittance)
    (again,) = await entered(road, line("B2", remittance.total))
    assert (again.outcome, again.counted, again.kept) == (ArrivalOutcome.DOUBLE, 0, remittance.total)
    (kept,) = (await expected(road)).kept
    assert (kept.line.reference, kept.amount, kept.outcome) == (
        "B2",
        remittance.total,
        ArrivalOutcome.DOUBLE,
    )
    assert (await road.do(RECONCILE, CHANGCHUN, case.form)).agreed
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(road) == remittance.total


async def test_one_arrival_that_is_too_large_is_split(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    (answer,) = await entered(road, line("B1", remittance.total + 5))
    assert (answer.outcome, answer.counted, answer.kept) == (ArrivalOutcome.DOUBLE, remittance.total, 5)
    standing = await awaited(road, remittance)
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed


@pytest.mark.parametrize(("beyond", "kept"), [(0, []), (700, [700])])
async def test_what_comes_before_its_announcement_is_kept_and_counts_from_then_on(
    road: Road, beyond: int, kept: list[int]
) -> None:
    case, remittance = await sent(road)
    half = remittance.total // 2
    early = (
        line("B1", half, on=MONDAY),
        line("B2", remittance.total - half + beyond, on=TUESDAY),
    )
    assert [one.outcome for one in await entered(road, *early)] == [ArrivalOutcome.EARLY] * 2
    assert [one.amount for one in (await expected(road)).kept] == [one.amount for one in early]
    standing = await awaited(road, remittance)
    assert (standing.come, standing.in_since) == (remittance.total, datetime(2026, 3, 3, tzinfo=CHINA_TIME))
    assert [one.amount for one in (await expected(road)).kept] == kept
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(road) == beyond


async def test_money_is_never_in_before_it_was_sent(road: Road) -> None:
    _, remittance = await sent(road)
    await entered(road, line("B1", remittance.total, on=date(2026, 1, 1)))
    assert (await awaited(road, remittance)).in_since == remittance.taken_up_at


@pytest.mark.parametrize("number", ["", "2026-0302-17", "remittance/220100-20260115-ZZZZZZZZ/1"])
async def test_what_names_no_known_remittance_is_kept_under_the_banks_reference(
    road: Road, number: str
) -> None:
    await sent(road)
    (answer,) = await entered(road, line("B1", 500, number))
    assert (answer.outcome, answer.kept, answer.announced) == (ArrivalOutcome.UNKNOWN, 500, None)
    (kept,) = (await expected(road)).kept
    assert (kept.line.reference, kept.line.remittance) == ("B1", number)
    assert await suspense(road) == 500


async def test_a_payment_of_ones_own_that_bounced_is_no_early_arrival(road: Road) -> None:
    _, remittance = await sent(road)
    (answer,) = await entered(road, line("B1", remittance.total), bureau=YANBIAN)
    assert answer.outcome is ArrivalOutcome.UNKNOWN


async def test_what_settled_at_once_and_comes_again_by_the_bank_is_double(road: Road) -> None:
    _, remittance = await sent(road)
    await road.do(RECEIVE_FUNDS, CHANGCHUN, remittance)
    (answer,) = await entered(road, line("B1", remittance.total))
    assert (answer.outcome, answer.kept) == (ArrivalOutcome.DOUBLE, remittance.total)


async def test_the_same_statement_twice_changes_nothing_and_says_so(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    lines = (line("B1", 1_000_00), line("B2", 500, ""), line("B3", remittance.total))
    first = await entered(road, *lines)
    before = await road.books(CHANGCHUN)
    again = await entered(road, *lines)
    assert [one.known for one in first] == [False] * 3
    assert [one.known for one in again] == [True] * 3
    assert [(one.outcome, one.counted, one.kept) for one in again] == [
        (one.outcome, one.counted, one.kept) for one in first
    ]
    assert await road.books(CHANGCHUN) == before


async def test_a_reference_that_comes_again_with_another_amount_is_told_and_not_entered(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, line("B1", 1_000_00))
    before = await road.books(CHANGCHUN)
    (answer,) = await entered(road, line("B1", 2_000_00))
    assert (answer.outcome, answer.counted, answer.kept) == (ArrivalOutcome.CONTRADICTED, 0, 0)
    assert await road.books(CHANGCHUN) == before


async def test_two_workers_with_the_same_statement_enter_it_once(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    lines = [line(f"B{number}", 1_000_00) for number in range(5)]
    await asyncio.gather(entered(road, *lines), entered(road, *reversed(lines)))
    assert (await awaited(road, remittance)).come == 5_000_00
    async with road.stores[CHANGCHUN].reading() as session:
        assert (await verify_chain(session)).broken is None


async def test_once_all_is_in_the_same_answer_stands(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, line("B1", remittance.total))
    road.repeat = AWAIT_FUNDS
    await awaited(road, remittance)
    assert road.repeated == [CHANGCHUN]


async def test_a_surplus_comes_back_in_parts_and_is_credited_when_it_is_whole(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, line("B1", remittance.total))
    await awaited(road, remittance)
    order = case.money(RemittancePurpose.SURPLUS, 300, 400)
    back = await road.do(RETURN_FUNDS, CHANGCHUN, order)
    await awaited(road, back, YANBIAN)
    owed = await road.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    await entered(road, line("Y1", 200, back.number), bureau=YANBIAN)
    assert (await awaited(road, back, YANBIAN)).in_since is None
    assert await road.balance(YANBIAN, Account.IN_TRANSIT_IN) == -200
    await entered(road, line("Y2", 500, back.number), bureau=YANBIAN)
    assert (await awaited(road, back, YANBIAN)).come == 700
    assert await road.balance(YANBIAN, Account.IN_TRANSIT_IN) == 0
    assert await road.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == owed - 300
