"""The transfer-out bureau puts right what left it: its forms and its money."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sealed_papers import amendment_answered, approved, ruled
from sqlmodel import col, select
from temporalio.exceptions import ApplicationError
from two_bureaus import Exchange
from walkthrough import CASE, MORNING, Walkthrough, leaving, record

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    REMIT_AND_END_RELATIONSHIP,
    SUPPLEMENT_FUNDS,
)
from models.messages.corrections import StatedAmounts
from models.messages.papers import RemittancePurpose
from models.messages.requests import Approvable
from models.messages.steps import RemittanceOrder
from models.store.histories import history_of
from models.store.records import relationship_of
from models.store.tables import Account, PostingRow
from province import CHANGCHUN, TEACHER, YANBIAN, account
from rules.amounts.amounts import transfer_amount
from rules.values.money import Fen, yuan
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.orders import SetAmount
from rules.values.record import AmountLines, ContributionRange, History


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account())
        yield built


def paid(first: str, last: str, base: int) -> ContributionRange:
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(base))


RAISED = History(
    Scheme.GOVERNMENT,
    (
        paid("2020-01", "2022-12", 6000_00),
        paid("2023-01", "2023-12", 6500_00),
        paid("2024-01", "2025-12", 6000_00),
    ),
)


async def at_yanbian(
    walkthrough: Walkthrough, id_number: str = TEACHER
) -> tuple[History, str | None, str | None]:
    """The record, who has reserved the relationship, and who has ended it."""
    async with walkthrough.stores[YANBIAN].transaction() as session:
        found = await relationship_of(session, id_number, Scheme.GOVERNMENT)
        assert found is not None
        return await history_of(session, found), found.reserved_by, found.ended_by


async def test_a_base_put_right_before_the_funds_leave_recomputes_every_line(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    form = await case.amend(base__2023_01_to_2023_12="6500.00")
    expected = transfer_amount(RAISED, Scheme.ENTERPRISE, MORNING.date())
    assert (form.lines, form.years, form.months) == (expected.lines, expected.years, expected.months)
    assert form.record == RAISED.ranges
    assert (form.number, form.version) == (f"information-form/{CASE}/2", 2)
    remittance = await case.remit()
    assert remittance.total == expected.lines.total
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0


async def test_a_form_put_right_later_bears_the_interest_of_the_day_of_transfer(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.delivered(walkthrough)
    walkthrough.now = datetime(2027, 9, 1, 1, tzinfo=UTC)
    form = await case.amend(base__2023_01_to_2023_12="6500.00")
    assert form.lines == transfer_amount(RAISED, Scheme.ENTERPRISE, MORNING.date()).lines
    assert form.drawn_up_on == date(2027, 9, 1)


async def test_after_the_funds_have_left_the_account_holds_what_a_supplement_draws(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.settled(walkthrough)
    before = case.form
    form = await case.amend(base__2023_01_to_2023_12="6500.00")
    more = form.lines.individual - before.lines.individual
    assert more > 0
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == more
    await case.settle_difference()
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    supplement = case.remittances[-1]
    assert (supplement.sequence, supplement.purpose) == (2, RemittancePurpose.SUPPLEMENT)
    assert (supplement.individual, supplement.pooled) == (more, 12 * 500_00 * 12 // 100)
    taken_in = await case.take_in()
    assert (taken_in.individual, taken_in.version) == (form.lines.individual, 2)
    assert (await at_yanbian(walkthrough))[2] == CASE


async def test_a_base_put_right_downwards_leads_to_a_return(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    await case.amend(base__2023_01_to_2023_12="5000.00")
    await case.settle_difference()
    assert case.remittances[-1].purpose is RemittancePurpose.SURPLUS
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert await walkthrough.balance(YANBIAN, Account.IN_TRANSIT_IN) == 0
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == -case.form.lines.total


async def test_months_that_stayed_behind_stay_on_record_when_the_others_are_put_right(
    tmp_path: Path,
) -> None:
    unproven = {"from": "2016-01", "to": "2019-12", "base": "4000.00", "kind": "one_off_without_papers"}
    moved = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
    (tmp_path / "stores").mkdir()
    async with Walkthrough.between(tmp_path / "stores") as walkthrough:
        await walkthrough.seed(record([unproven, moved], scheme="E"))
        case = await Exchange.delivered(walkthrough, leaving("E"))
        stays = -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
        await case.amend(base__2023_01_to_2023_12="6500.00")
        await case.settle_difference()
        left = -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
        assert left == case.form.adjusted_record_balance - case.form.lines.individual
        assert abs(left - stays) <= 6 < stays, "half a fen is rounded in each of six years"
        assert case.form.findings == case.forms[0].findings


async def test_a_line_is_stated_outright_until_a_base_is_put_right(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    computed = case.form.lines
    stated = await case.amend(line__3="12.34")
    assert stated.lines == AmountLines(
        computed.before_1998, computed.to_last_year, Fen(12_34), computed.pooled
    )
    assert stated.adjusted_record_balance == case.forms[0].adjusted_record_balance + 12_34
    renamed = await case.amend(name="崔明珠")
    assert (renamed.name, renamed.lines) == ("崔明珠", stated.lines)
    recomputed = await case.amend(base__2023_01_to_2023_12="6500.00", line__5="52000.00")
    expected = transfer_amount(RAISED, Scheme.ENTERPRISE, MORNING.date()).lines
    assert recomputed.lines.individual == expected.individual
    assert recomputed.lines.pooled == 52000_00
    assert recomputed.name == "崔明珠"


async def test_amounts_set_by_a_ruling_fill_the_line_up_to_last_year(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    await case.amend(line__3="480.00")
    form = await case.amend(StatedAmounts(individual=Fen(40000_00), pooled=Fen(50000_00)))
    assert form.lines == AmountLines(Fen(0), Fen(39520_00), Fen(480_00), Fen(50000_00))
    less = await case.amend(StatedAmounts(individual=Fen(100_00), pooled=Fen(0)))
    assert less.lines == AmountLines(Fen(0), Fen(100_00), Fen(0), Fen(0))


async def test_a_reissued_form_says_in_what_it_differs(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    before = case.form
    form = await case.amend(base__2023_01_to_2023_12="6500.00", name="崔明珠")
    told = {change.field: (change.before, change.after) for change in form.changes}
    assert told["name"] == ("崔明玉", "崔明珠")
    assert told["base/2023-01..2023-12"] == ("6000.00", "6500.00")
    assert told["line/5"] == (yuan(before.lines.pooled), yuan(form.lines.pooled))
    assert set(told) == {
        "name",
        "base/2023-01..2023-12",
        "line/2",
        "line/4",
        "line/5",
        "line/6",
        "adjusted_record_balance",
    }
    assert "崔" not in repr(form.changes)


async def test_what_cannot_be_amended_changes_nothing_and_is_not_repeated(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    before = await walkthrough.books(YANBIAN)
    order = case.amendment(base__2025_12_to_2026_01="4321.00", name=" ")
    with pytest.raises(ValueError, match="months_not_on_form, wrong_field") as refused:
        await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)
    assert "4321" not in str(refused.value)
    assert await walkthrough.books(YANBIAN) == before


async def test_a_value_that_no_officer_has_answered_and_no_ruling_has_set_amends_nothing(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    lines, store = case.form.lines, walkthrough.stores[YANBIAN]
    answered = case.amendment(base__2025_01_to_2025_12="4321.00")
    await amendment_answered(store, YANBIAN, answered)
    stated = StatedAmounts(individual=Fen(10 * lines.individual), pooled=lines.pooled)
    await ruled(store, "ruling-1", CASE, SetAmount(lines.individual, lines.pooled))
    before = await walkthrough.books(YANBIAN)
    for forged in (
        case.amendment(base__2025_01_to_2025_12="43210.00"),
        case.amendment(base__2025_01_to_2025_12="4321.00", line__5="1.00"),
        answered.model_copy(update={"by": "another answer"}),
        case.amendment(stated),
        case.amendment(stated).model_copy(update={"by": "ruling-1"}),
    ):
        with pytest.raises(ApplicationError, match="Neither an officer of this bureau nor a ruling"):
            await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, forged)
        assert await walkthrough.books(YANBIAN) == before
    await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, answered)


async def test_money_relabelled_between_the_two_funds_moves_no_bank_balance(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    form = case.form
    await case.amend(
        StatedAmounts(individual=Fen(form.lines.individual - 500), pooled=Fen(form.lines.pooled + 500))
    )
    banks = [await walkthrough.balance(bureau, Account.BANK) for bureau in walkthrough.stores]
    await case.settle_difference()
    relabelled = case.remittances[-1]
    assert (relabelled.individual, relabelled.pooled, relabelled.total) == (-500, 500, 0)
    assert [await walkthrough.balance(bureau, Account.BANK) for bureau in walkthrough.stores] == banks
    assert await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    await case.take_in()
    assert -await walkthrough.balance(CHANGCHUN, Account.POOLED_FUND) == form.lines.pooled + 500


async def test_nothing_is_supplemented_before_anything_was_sent_nor_below_zero(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    too_early = case.money(RemittancePurpose.SUPPLEMENT, 100, 0)
    with pytest.raises(ValueError, match="no relationship away"):
        await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, too_early)
    await case.remit()
    for wrong in (
        case.money(RemittancePurpose.SUPPLEMENT, 100, -101),
        case.money(RemittancePurpose.SURPLUS, 100, 0),
    ):
        with pytest.raises(ValueError, match="no such money"):
            await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, wrong)


async def test_the_officers_who_released_the_money_are_on_its_postings(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    unapproved = RemittanceOrder(form=case.form, officers=("zhao", "qian"))
    store, number = walkthrough.stores[YANBIAN], case.form.number
    release = Approvable.RELEASE_OF_FUNDS
    (one,) = await approved(store, YANBIAN, release, number, case.form, "zhao")
    for acts in ((), (one,), (one, one)):
        order = unapproved.model_copy(update={"approvals": acts})
        with pytest.raises(ValueError, match="not approved by every officer"):
            await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, order)
    (other,) = await approved(store, YANBIAN, release, number, case.form, "qian")
    order = unapproved.model_copy(update={"approvals": (one, other)})
    sent = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, order)
    async with walkthrough.stores[YANBIAN].transaction() as session:
        query = select(PostingRow.key, PostingRow.officer).where(col(PostingRow.case_no) == CASE)
        assert dict((await session.exec(query)).all()) == {
            f"{sent.number}/{step}": "zhao,qian" for step in ("adjust", "remit", "settle")
        }
