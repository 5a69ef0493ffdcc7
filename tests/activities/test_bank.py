"""The bank's statement in a bureau's books: in parts, twice, too early, too late, under no known number."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from bank_day import (
    FIRST,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    awaited,
    entered,
    expected,
    line,
    sent,
    without_orders,
)
from staff import by_officer
from stores import Databases
from two_bureaus import Exchange
from walkthrough import Walkthrough

from activities.contracts import (
    AWAIT_FUNDS,
    IMPORT_STATEMENT,
    RECONCILE,
    REMIT_AND_END_RELATIONSHIP,
    RETURN_FUNDS,
    TAKE_IN,
)
from models.messages.bank_statement import (
    ArrivalOutcome,
    ExpectedFunds,
    StatementBatch,
)
from models.messages.papers import RemittancePurpose
from models.messages.steps import RemittanceOrder, TakeInOrder
from models.store.chain import verify_chain
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account
from rules.values.due_dates import CHINA_TIME
from rules.values.officers import Right


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        await built.seed(account())
        yield built


async def suspense(walkthrough: Walkthrough) -> int:
    return -await walkthrough.balance(CHANGCHUN, Account.SUSPENSE)


async def test_what_is_announced_is_not_in_until_the_statement_says_so(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    standing = await awaited(walkthrough, remittance)
    assert (standing.come, standing.in_since, standing.reconciliation) == (0, None, None)
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == 0
    (one,) = (await expected(walkthrough)).expected
    assert (one.remittance, one.announced, one.missing) == (FIRST, remittance.total, remittance.total)
    assert (one.sent_by, one.sent_on) == (YANBIAN, remittance.sent_on)


async def test_an_arrival_of_the_whole_amount_is_reconciled_and_taken_in(walkthrough: Walkthrough) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    (answer,) = await entered(walkthrough, line("B1", remittance.total))
    assert (answer.outcome, answer.known, answer.missing) == (ArrivalOutcome.MATCHED, False, 0)
    standing = await awaited(walkthrough, remittance)
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed
    assert await suspense(walkthrough) == remittance.total
    assert await expected(walkthrough) == ExpectedFunds(bureau=CHANGCHUN, expected=(), kept=())
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(walkthrough) == 0


async def test_parts_add_up_and_the_sum_is_in_on_the_banks_day_of_the_last(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    (first,) = await entered(walkthrough, line("B1", 1_000_00))
    assert (first.outcome, first.missing) == (ArrivalOutcome.PARTIAL, remittance.total - 1_000_00)
    assert (await awaited(walkthrough, remittance)).come == 1_000_00
    assert [one.come for one in (await expected(walkthrough)).expected] == [1_000_00]
    rest = line("B2", remittance.total - 1_000_00, on=WEDNESDAY)
    assert (await entered(walkthrough, rest))[0].outcome is ArrivalOutcome.COMPLETE
    walkthrough.now += timedelta(days=5)
    standing = await awaited(walkthrough, remittance)
    assert standing.in_since == datetime(2026, 3, 4, tzinfo=CHINA_TIME)
    assert standing.started_at > standing.in_since + timedelta(days=5)


async def test_while_a_part_is_missing_a_form_that_comes_finds_no_discrepancy(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    remittance = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", 1_000_00))
    assert (await case.inform()).reconciliation is None
    await entered(walkthrough, line("B2", remittance.total - 1_000_00))
    found = (await awaited(walkthrough, remittance)).reconciliation
    assert found is not None
    assert found.agreed


async def test_money_first_and_form_later_is_reconciled_with_the_form(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    remittance = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", remittance.total))
    standing = await awaited(walkthrough, remittance)
    assert standing.in_since is not None
    assert standing.reconciliation is None
    found = (await case.inform()).reconciliation
    assert found is not None
    assert found.agreed


async def test_what_is_more_than_announced_stays_in_suspense_and_out_of_the_case(
    walkthrough: Walkthrough,
) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", remittance.total))
    await awaited(walkthrough, remittance)
    (again,) = await entered(walkthrough, line("B2", remittance.total))
    assert (again.outcome, again.counted, again.kept) == (ArrivalOutcome.DOUBLE, 0, remittance.total)
    (kept,) = (await expected(walkthrough)).kept
    assert (kept.line.reference, kept.amount, kept.outcome) == (
        "B2",
        remittance.total,
        ArrivalOutcome.DOUBLE,
    )
    assert (await walkthrough.do(RECONCILE, CHANGCHUN, case.form)).agreed
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(walkthrough) == remittance.total


async def test_one_arrival_that_is_too_large_is_split(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    (answer,) = await entered(walkthrough, line("B1", remittance.total + 5))
    assert (answer.outcome, answer.counted, answer.kept) == (ArrivalOutcome.DOUBLE, remittance.total, 5)
    standing = await awaited(walkthrough, remittance)
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed


@pytest.mark.parametrize(("beyond", "kept"), [(0, []), (700, [700])])
async def test_what_comes_before_its_announcement_is_kept_and_counts_from_then_on(
    walkthrough: Walkthrough, beyond: int, kept: list[int]
) -> None:
    case, remittance = await sent(walkthrough)
    half = remittance.total // 2
    early = (
        line("B1", half, on=MONDAY),
        line("B2", remittance.total - half + beyond, on=TUESDAY),
    )
    assert [one.outcome for one in await entered(walkthrough, *early)] == [ArrivalOutcome.EARLY] * 2
    assert [one.amount for one in (await expected(walkthrough)).kept] == [one.amount for one in early]
    standing = await awaited(walkthrough, remittance)
    assert (standing.come, standing.in_since) == (remittance.total, datetime(2026, 3, 3, tzinfo=CHINA_TIME))
    assert [one.amount for one in (await expected(walkthrough)).kept] == kept
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await suspense(walkthrough) == beyond


async def test_money_is_never_in_before_it_was_sent(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await entered(walkthrough, line("B1", remittance.total, on=date(2026, 1, 1)))
    assert (await awaited(walkthrough, remittance)).in_since == remittance.started_at


@pytest.mark.parametrize("number", ["", "2026-0302-17", "remittance/220100-20260115-ZZZZZZZZ/1"])
async def test_what_names_no_known_remittance_is_kept_under_the_banks_reference(
    walkthrough: Walkthrough, number: str
) -> None:
    await sent(walkthrough)
    (answer,) = await entered(walkthrough, line("B1", 500, number))
    assert (answer.outcome, answer.kept, answer.announced) == (ArrivalOutcome.UNKNOWN, 500, None)
    (kept,) = (await expected(walkthrough)).kept
    assert (kept.line.reference, kept.line.remittance) == ("B1", number)
    assert await suspense(walkthrough) == 500


async def test_a_payment_of_ones_own_that_bounced_is_no_early_arrival(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    (answer,) = await entered(walkthrough, line("B1", remittance.total), bureau=YANBIAN)
    assert answer.outcome is ArrivalOutcome.UNKNOWN


async def test_what_settled_at_once_and_comes_again_by_the_bank_is_double(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await walkthrough.receive_funds(remittance)
    (answer,) = await entered(walkthrough, line("B1", remittance.total))
    assert (answer.outcome, answer.kept) == (ArrivalOutcome.DOUBLE, remittance.total)


async def test_the_same_statement_twice_changes_nothing_and_says_so(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    lines = (line("B1", 1_000_00), line("B2", 500, ""), line("B3", remittance.total))
    first = await entered(walkthrough, *lines)
    before = await without_orders(walkthrough)
    again = await entered(walkthrough, *lines)
    assert [one.known for one in first] == [False] * 3
    assert [one.known for one in again] == [True] * 3
    assert [(one.outcome, one.counted, one.kept) for one in again] == [
        (one.outcome, one.counted, one.kept) for one in first
    ]
    assert await without_orders(walkthrough) == before


async def test_a_statement_is_entered_by_the_sealed_order_of_a_maker_alone(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    before = await without_orders(walkthrough)
    batch = StatementBatch(bureau=CHANGCHUN, lines=(line("B1", 1_000_00),))
    right = Right.IMPORT_STATEMENT
    sealed = by_officer(right, CHANGCHUN, batch, "demo-maker", batch.digests())
    more = (*batch.lines, line("B2", 9_000_00))
    refused = {
        "not_sealed": batch,
        "seal_not_genuine": sealed.model_copy(update={"lines": more}),
        "no_right": by_officer(right, CHANGCHUN, batch, "demo-checker", batch.digests()),
    }
    for code, asked in refused.items():
        answer = await walkthrough.do(IMPORT_STATEMENT, CHANGCHUN, asked)
        assert ([one.code for one in answer.refusals], answer.lines) == ([code], ())
    assert await without_orders(walkthrough) == before


async def test_a_reference_that_comes_again_with_another_amount_is_told_and_not_entered(
    walkthrough: Walkthrough,
) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", 1_000_00))
    before = await without_orders(walkthrough)
    (answer,) = await entered(walkthrough, line("B1", 2_000_00))
    assert (answer.outcome, answer.counted, answer.kept) == (ArrivalOutcome.CONTRADICTED, 0, 0)
    assert await without_orders(walkthrough) == before


async def test_two_workers_with_the_same_statement_enter_it_once(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    lines = [line(f"B{number}", 1_000_00) for number in range(5)]
    await asyncio.gather(entered(walkthrough, *lines), entered(walkthrough, *reversed(lines)))
    assert (await awaited(walkthrough, remittance)).come == 5_000_00
    async with walkthrough.stores[CHANGCHUN].reading() as session:
        assert (await verify_chain(session)).broken is None


async def test_once_all_is_in_the_same_answer_stands(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", remittance.total))
    walkthrough.repeat = AWAIT_FUNDS
    await awaited(walkthrough, remittance)
    assert walkthrough.repeated == [CHANGCHUN]


async def test_a_surplus_comes_back_in_parts_and_is_credited_when_it_is_whole(
    walkthrough: Walkthrough,
) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, line("B1", remittance.total))
    await awaited(walkthrough, remittance)
    await case.lower(300, 400)
    order = case.money(RemittancePurpose.SURPLUS, 300, 400)
    back = await walkthrough.do(RETURN_FUNDS, CHANGCHUN, order)
    await awaited(walkthrough, back, YANBIAN)
    owed = await walkthrough.balance(YANBIAN, Account.POOLED_FUND)
    await entered(walkthrough, line("Y1", 200, back.number), bureau=YANBIAN)
    assert (await awaited(walkthrough, back, YANBIAN)).in_since is None
    assert await walkthrough.balance(YANBIAN, Account.IN_TRANSIT_IN) == -200
    await entered(walkthrough, line("Y2", 500, back.number), bureau=YANBIAN)
    assert (await awaited(walkthrough, back, YANBIAN)).come == 700
    assert await walkthrough.balance(YANBIAN, Account.IN_TRANSIT_IN) == 0
    assert await walkthrough.balance(YANBIAN, Account.POOLED_FUND) == owed - 700, (
        "the record is that much less"
    )
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
