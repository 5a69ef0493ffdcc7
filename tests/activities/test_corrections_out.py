"""The transfer-out bureau puts right what left it: its forms and its money."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sealed_papers import amendment_answered, approved, ruled
from sqlmodel import col, select
from staff import demonstration
from temporalio.exceptions import ApplicationError
from two_bureaus import Exchange
from walkthrough import CASE, MORNING, Walkthrough, leaving, record

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    MORE_OFFICERS,
    REMIT_AND_END_RELATIONSHIP,
    RESTORE_RELATIONSHIP,
    SUPPLEMENT_FUNDS,
)
from activities.officers.register import AcceptedOfficers
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.arrangements import Officers
from models.messages.corrections import RestoreOrder, StatedAmounts
from models.messages.papers import RemittancePurpose
from models.messages.requests import Approvable
from models.messages.steps import RemittanceOrder
from models.store.histories import history_of
from models.store.records import relationship_of
from models.store.tables import Account, PostingRow
from province import CHANGCHUN, TEACHER, YANBIAN, account
from rules.amounts.amounts import transfer_amount
from rules.values.due_dates import Clock
from rules.values.money import Fen, yuan
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.orders import (
    AmendField,
    ExtendClock,
    Proceed,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)
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


async def test_an_answer_amends_the_form_once_whatever_versions_come_after_it(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    slip = case.amendment(line__5="99999.00")
    await case.amend(line__5="99999.00")
    await case.amend(line__5="51000.00")
    before = await walkthrough.books(YANBIAN)
    with pytest.raises(ApplicationError, match="Neither an officer of this bureau nor a ruling"):
        await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, slip.model_copy(update={"form": case.form}))
    assert await walkthrough.books(YANBIAN) == before


async def test_a_version_that_another_order_has_made_is_no_answer_unless_it_has_the_values(
    walkthrough: Walkthrough,
) -> None:
    """As where a rate is settled while a case that had ended is reopened."""
    case = await Exchange.with_form(walkthrough)
    first, store = case.form, walkthrough.stores[YANBIAN]
    await case.amend(line__5="51000.00")
    for value, by in (("52000.00", "another"), ("51000.00", "the same again")):
        order = case.amendment(line__5=value).model_copy(update={"form": first, "by": by})
        await amendment_answered(store, YANBIAN, order)
        before = await walkthrough.books(YANBIAN)
        if value == "51000.00":
            assert await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order) == case.form
        else:
            with pytest.raises(ApplicationError, match="Another order has amended"):
                await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)
        assert await walkthrough.books(YANBIAN) == before


async def test_an_answer_is_carried_out_after_others_but_not_once_a_later_one_has_set_its_field(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    store, first = walkthrough.stores[YANBIAN], case.form
    answered = [
        case.amendment(**fields).model_copy(update={"by": by})
        for by, fields in (
            ("slip", {"line__5": "99999.00"}),
            ("name", {"name": "崔明珠"}),
            ("line", {"line__5": "51000.00"}),
        )
    ]
    for one in answered:
        await amendment_answered(store, YANBIAN, one)
    slip, named, stated = answered
    misread = stated.model_copy(update={"by": "misread", "form": first.model_copy(update={"months": 1})})
    await amendment_answered(store, YANBIAN, misread)
    for one in (named, stated):
        order = one.model_copy(update={"form": case.form})
        case.forms.append(await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order))
    assert (case.form.version, case.form.name, case.form.lines.pooled) == (3, "崔明珠", 51000_00)
    for forged in (slip, misread):
        order = forged.model_copy(update={"form": case.form})
        with pytest.raises(ApplicationError, match="Neither an officer of this bureau nor a ruling"):
            await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)


async def test_a_ruling_amends_the_form_that_it_met_in_the_turn_of_its_orders_and_once(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.with_form(walkthrough)
    store = walkthrough.stores[YANBIAN]
    amounts = StatedAmounts(individual=Fen(40000_00), pooled=Fen(50000_00))
    orders = (SetAmount(Fen(40000_00), Fen(50000_00)), AmendField("name", "崔明珠"))
    await ruled(store, "ruling-1", CASE, *orders)

    async def by_ruling(stated: StatedAmounts | None = None, /, **fields: str) -> None:
        order = case.amendment(stated, **fields).model_copy(update={"by": "ruling-1"})
        case.forms.append(await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order))

    async def refused(stated: StatedAmounts | None = None, /, **fields: str) -> None:
        with pytest.raises(ApplicationError, match="Neither an officer of this bureau nor a ruling"):
            await by_ruling(stated, **fields)

    await refused(name="崔明珠")
    await by_ruling(amounts)
    await refused(amounts)
    await refused()
    await by_ruling(name="崔明珠")
    await refused(name="崔明珠")
    await ruled(store, "ruling-2", CASE, *orders)
    await case.amend(line__5="51000.00")
    order = case.amendment(amounts).model_copy(update={"by": "ruling-2"})
    with pytest.raises(ApplicationError, match="Neither an officer of this bureau nor a ruling"):
        await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)


async def test_only_a_ruling_that_orders_this_money_of_this_form_spares_the_approval_of_officers_here(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.settled(walkthrough)
    store, lines = walkthrough.stores[YANBIAN], case.form.lines
    one_officer = BureauArrangements(release_of_funds=Officers.ONE_OFFICER)
    arranged = ArrangementsFile(defaults=one_officer)
    walkthrough.accepted = AcceptedOfficers(demonstration(), arranged=arranged)
    await ruled(store, "before-the-form", CASE, Proceed())
    await case.amend(line__5=yuan(Fen(lines.pooled + 900_00)))
    owed = case.money(RemittancePurpose.SUPPLEMENT, 0, 900_00)

    async def refused(by: str) -> None:
        before = await walkthrough.books(YANBIAN)
        with pytest.raises(ApplicationError, match="1 officers approve") as more:
            await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, owed.model_copy(update={"by": by}))
        assert more.value.type == MORE_OFFICERS
        assert await walkthrough.books(YANBIAN) == before

    await refused("before-the-form")
    await ruled(store, "on-the-clock", CASE, ExtendClock(Clock.TRANSFER_OUT, 5))
    await refused("on-the-clock")
    await ruled(store, "of-other-money", CASE, SupplementFunds(Fen(0), Fen(100_00)))
    await refused("of-other-money")
    await ruled(store, "replaced", CASE, Proceed())
    await ruled(store, "to-proceed", CASE, SupplementFunds(Fen(0), Fen(900_00)))
    await refused("replaced")
    sent = await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, owed.model_copy(update={"by": "to-proceed"}))
    assert sent.pooled == 900_00


async def test_a_relationship_is_restored_by_a_ruling_that_orders_it_alone(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    await case.give_all_back()
    await ruled(walkthrough.stores[YANBIAN], "to-return", CASE, ReturnFunds())
    order = RestoreOrder(case_no=CASE, form=case.form, by="to-return")
    with pytest.raises(ValueError, match=r"no ruling to-return of case .* that orders it"):
        await walkthrough.do(RESTORE_RELATIONSHIP, YANBIAN, order)
    await case.restore()


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
