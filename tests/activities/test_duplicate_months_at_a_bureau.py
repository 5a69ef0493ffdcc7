"""Months paid twice at the transfer-in bureau: offered with amounts, cleared as chosen, refunded (第四条)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from linking import FARMER, asks, employed, farmed
from sealed_papers import approved, chosen, ruled
from sqlmodel import col, select
from staff import accepted
from temporalio.exceptions import ApplicationError
from test_rate_settlement import IN_MARCH, published
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import (
    CLEAR_DUPLICATES,
    ENTER_RATE,
    OFFER_CHOICE,
    REMIT_AND_END_RELATIONSHIP,
    REVERSE_TAKING_IN,
)
from models.messages.application import TransferApplication
from models.messages.corrections import ReversalOrder
from models.messages.duplicates import ClearedDuplicates, ClearingOrder, DuplicateNotice, OfferOrder
from models.messages.requests import Approvable, Choice
from models.messages.stages import Party
from models.messages.steps import RemittanceOrder
from models.store.ledger import individual_account
from models.store.records import months_here, person_of
from models.store.tables import Account, PaperRow, PostingRow
from province import CHANGCHUN, TEACHER, YANBIAN, account, application
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.orders import ReturnFunds
from rules.values.papers import PaperKind
from rules.values.record import RefundOf

ACCOUNT = "6222000000000000001"
OWN = [("2025-10", "2026-02", "3000.00")]
TWICE = (Month(2025, 10), Month(2025, 11), Month(2025, 12))
PER_MONTH_BROUGHT, PER_MONTH_OWN = 6000_00 * 8 // 100, 3000_00 * 8 // 100
SERVICE = ({"first": "2020-01", "last": "2025-12"},)


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=OWN))
        yield built


async def offer(
    walkthrough: Walkthrough,
    asked: TransferApplication | None = None,
    refund_of: RefundOf = RefundOf.PRINCIPAL,
) -> tuple[Exchange, DuplicateNotice]:
    case = await Exchange.settled(walkthrough, asked)
    assert case.taken_in is not None
    order = accepted(CASE, case.asked)
    offered = OfferOrder(order=order, taken_in=case.taken_in, refund_of=refund_of)
    return case, await walkthrough.do(OFFER_CHOICE, CHANGCHUN, offered)


async def choose(
    walkthrough: Walkthrough, case: Exchange, notice: DuplicateNotice, keep: Sequence[int], **changes: Any
) -> ClearedDuplicates:
    order = await approved_order(walkthrough, case, notice, keep, **changes)
    cleared = (await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)).cleared
    assert cleared is not None
    return cleared


async def approved_order(
    walkthrough: Walkthrough, case: Exchange, notice: DuplicateNotice, keep: Sequence[int], **changes: Any
) -> ClearingOrder:
    """The order to clear as chosen, with the choice and its approval as the bureau has kept them."""
    choice = Choice(
        message_id="choice-1",
        by=Party.TRANSFER_IN,
        officer="sun",
        keep=tuple(keep),
        consent=changes.pop("consent", True),
        refund_account=ACCOUNT,
    )
    store = walkthrough.stores[CHANGCHUN]
    choice, proposed = await chosen(store, CHANGCHUN, notice.number, choice)
    checked = await approved(store, CHANGCHUN, Approvable.REFUND, notice.number, choice, "li")
    return ClearingOrder(
        order=accepted(CASE, case.asked),
        notice=notice,
        choice=choice,
        approvals=(proposed, *checked),
        officers=("sun", "li"),
    )


async def months_counting(walkthrough: Walkthrough) -> set[Month]:
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        person = await person_of(session, TEACHER)
        assert person is not None
        assert person.id is not None
        return await months_here(session, person.id)


async def test_the_person_is_offered_every_record_with_its_amount(walkthrough: Walkthrough) -> None:
    _, notice = await offer(walkthrough)
    assert [(one.scheme, one.bureau, one.transferred) for one in notice.records] == [
        (Scheme.GOVERNMENT, YANBIAN, True),
        (Scheme.ENTERPRISE, CHANGCHUN, False),
    ]
    (period,) = notice.periods
    assert (period.first, period.last, period.certified) == (TWICE[0], TWICE[-1], False)
    assert [(one.keep, one.refund) for one in period.options] == [
        (0, 3 * PER_MONTH_OWN),
        (1, 3 * PER_MONTH_BROUGHT),
    ]
    assert (notice.version, notice.open_periods) == (1, 1)


@pytest.mark.parametrize(("keep", "refund", "counted"), [(1, PER_MONTH_OWN, 72), (2, PER_MONTH_BROUGHT, 69)])
async def test_the_months_are_cleared_as_chosen_and_the_principal_leaves_the_account(
    walkthrough: Walkthrough, keep: int, refund: int, counted: int
) -> None:
    case, notice = await offer(walkthrough)
    before = await months_counting(walkthrough)
    held = await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT)
    bank, pooled = [await walkthrough.balance(CHANGCHUN, one) for one in (Account.BANK, Account.POOLED_FUND)]
    cleared = await choose(walkthrough, case, notice, [keep])
    assert (cleared.months, cleared.refund, cleared.months_counted) == (TWICE, 3 * refund, counted)
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == held + 3 * refund
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == bank - 3 * refund
    assert await walkthrough.balance(CHANGCHUN, Account.POOLED_FUND) == pooled
    assert await walkthrough.balance(CHANGCHUN, Account.REFUNDS_PAYABLE) == 0
    assert await months_counting(walkthrough) == before


async def test_the_choice_and_the_officers_are_on_record(walkthrough: Walkthrough) -> None:
    case, notice = await offer(walkthrough)
    cleared = await choose(walkthrough, case, notice, [1])
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == PaperKind.CHOICE))
        assert Choice.model_validate_json(kept.one()).refund_account == ACCOUNT
        paid = select(PostingRow.officer).where(col(PostingRow.paper) == cleared.number)
        assert set(await session.exec(paid)) == {"sun,li"}


async def test_certified_service_leaves_nothing_to_choose(walkthrough: Walkthrough) -> None:
    papers = ("identity_document", "application_form", "posting_document", "service_certification")
    asked = application(certified_government_service=SERVICE, materials=papers)
    case, notice = await offer(walkthrough, asked)
    (period,) = notice.periods
    assert (period.certified, [one.keep for one in period.options]) == (True, [0])
    assert notice.open_periods == 0
    cleared = await choose(walkthrough, case, notice, [])
    assert (cleared.refund, cleared.months_counted) == (3 * PER_MONTH_OWN, 72)


async def test_each_relationship_refunds_what_its_own_months_brought(walkthrough: Walkthrough) -> None:
    """The person also holds a government relationship at Changchun, whose months are paid a third time."""
    await walkthrough.seed(account(bureau=CHANGCHUN, months=[("2025-11", "2025-11", "5000.00")]))
    case, notice = await offer(walkthrough)
    assert [str(period.first) for period in notice.periods] == ["2025-10", "2025-11", "2025-12"]
    assert [len(period.options) for period in notice.periods] == [2, 3, 2]
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        before = [await individual_account(session, number) for number in (1, 2)]
    cleared = await choose(walkthrough, case, notice, [1, 1, 2])
    own_government = 5000_00 * 8 // 100
    assert cleared.refund == PER_MONTH_OWN + (PER_MONTH_OWN + own_government) + PER_MONTH_BROUGHT
    assert cleared.months_counted == 71
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        after = [await individual_account(session, number) for number in (1, 2)]
    assert [old - new for old, new in zip(before, after, strict=True)] == [
        cleared.refund - own_government,
        own_government,
    ]


async def test_under_the_national_wording_the_interest_is_offered_too(walkthrough: Walkthrough) -> None:
    _, notice = await offer(walkthrough, refund_of=RefundOf.BALANCE)
    assert notice.periods[0].options[0].refund > 3 * PER_MONTH_OWN


@pytest.mark.parametrize(
    ("keep", "changes", "said"),
    [
        ([], {}, "does not answer"),
        ([1, 1], {}, "does not answer"),
        ([3], {}, "no option 3"),
        ([1], {"consent": False}, "does not answer"),
    ],
)
async def test_an_answer_that_does_not_fit_the_notice_clears_nothing(
    walkthrough: Walkthrough, keep: list[int], changes: dict[str, bool], said: str
) -> None:
    case, notice = await offer(walkthrough)
    order = await approved_order(walkthrough, case, notice, keep, **changes)
    before = await walkthrough.books(CHANGCHUN)
    with pytest.raises(ValueError, match=said) as refused:
        await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)
    assert ACCOUNT not in str(refused.value)
    assert await walkthrough.books(CHANGCHUN) == before


async def test_nothing_is_paid_by_a_choice_that_no_officer_has_sealed_however_few_approve_refunds(
    walkthrough: Walkthrough,
) -> None:
    """This worker has no arrangements: whoever orders the step names no officers."""
    case, notice = await offer(walkthrough)
    genuine = await approved_order(walkthrough, case, notice, [1])
    other_choice = genuine.choice.model_copy(update={"message_id": "choice-2", "seal": None})
    elsewhere, about_another = await chosen(
        walkthrough.stores[CHANGCHUN], CHANGCHUN, f"{notice.number}/again-1", other_choice
    )
    before = await walkthrough.books(CHANGCHUN)
    for forged in (
        genuine.choice.model_copy(update={"refund_account": "6222000000000000009"}),
        genuine.choice.model_copy(update={"keep": (2,)}),
        genuine.choice.model_copy(update={"message_id": "nobody-1"}),
        elsewhere,
    ):
        order = genuine.model_copy(
            update={"choice": forged, "officers": (), "approvals": (*genuine.approvals, about_another)}
        )
        with pytest.raises(ApplicationError, match="has sealed this choice about this notice") as refused:
            await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)
        assert "6222" not in str(refused.value)
        assert await walkthrough.books(CHANGCHUN) == before


async def test_a_choice_about_a_notice_that_was_read_otherwise_clears_nothing(
    walkthrough: Walkthrough,
) -> None:
    case, notice = await offer(walkthrough)
    genuine = await approved_order(walkthrough, case, notice, [1])
    read = notice.model_copy(update={"periods": ()})
    unsealed = genuine.choice.model_copy(update={"message_id": "choice-3", "seal": None})
    choice, _ = await chosen(walkthrough.stores[CHANGCHUN], CHANGCHUN, notice.number, unsealed, read)
    forged = genuine.model_copy(update={"choice": choice, "officers": ()})
    with pytest.raises(ApplicationError, match="has sealed this choice about this notice"):
        await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, forged)


async def test_a_notice_that_no_longer_fits_the_books_pays_nothing_and_is_replaced(
    walkthrough: Walkthrough,
) -> None:
    """Between notice and answer the taking in is reversed: what was paid here is paid once and stays."""
    case, notice = await offer(walkthrough)
    taken_in = case.taken_in
    assert taken_in is not None
    await case.reverse()
    order = await approved_order(walkthrough, case, notice, [1])
    before = await walkthrough.books(CHANGCHUN)
    assert (await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)).cleared is None
    assert await walkthrough.books(CHANGCHUN) == before
    assert set(TWICE) <= await months_counting(walkthrough)
    again = OfferOrder(
        order=order.order,
        taken_in=taken_in,
        renewals=1,
        replaces=notice.number,
        refund_of=RefundOf.PRINCIPAL,
    )
    new = await walkthrough.do(OFFER_CHOICE, CHANGCHUN, again)
    assert (new.number, new.replaces, new.periods) == (f"{notice.number}/again-1", notice.number, ())
    assert await walkthrough.do(OFFER_CHOICE, CHANGCHUN, again) == new


async def test_months_that_are_leaving_with_another_case_are_not_cleared_before_they_have_left(
    walkthrough: Walkthrough,
) -> None:
    """The form of that case states them; cleared under it they could never leave, and it never end."""
    government = [("2025-11", "2025-11", "5000.00")]
    await walkthrough.seed(account(bureau=CHANGCHUN, months=government))
    elsewhere = application(bureau_out=CHANGCHUN, bureau_in=YANBIAN, employer_bureau=YANBIAN)
    form = await walkthrough.form_drawn_up(elsewhere, OTHER_CASE)
    case, notice = await offer(walkthrough)
    order = await approved_order(walkthrough, case, notice, [1, 1, 1])
    with pytest.raises(ApplicationError, match=f"leaving with case {OTHER_CASE}"):
        await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)
    await walkthrough.do(REMIT_AND_END_RELATIONSHIP, CHANGCHUN, RemittanceOrder(form=form))
    assert (await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, order)).cleared is None


async def test_what_is_cleared_and_refunded_cannot_be_taken_back(walkthrough: Walkthrough) -> None:
    case, notice = await offer(walkthrough)
    await choose(walkthrough, case, notice, [2])
    await ruled(walkthrough.stores[CHANGCHUN], "ruling-1", CASE, ReturnFunds())
    before = await walkthrough.books(CHANGCHUN)
    order = ReversalOrder(case_no=CASE, form=case.form, by="ruling-1")
    with pytest.raises(ValueError, match="not all here"):
        await walkthrough.do(REVERSE_TAKING_IN, CHANGCHUN, order)
    assert await walkthrough.books(CHANGCHUN) == before


async def test_nothing_paid_twice_is_a_notice_without_periods(tmp_path: Path) -> None:
    (tmp_path / "stores").mkdir()
    async with Walkthrough.between(tmp_path / "stores") as walkthrough:
        await walkthrough.seed(account())
        _, notice = await offer(walkthrough)
        assert (notice.periods, notice.open_periods) == ((), 0)


async def test_a_refund_of_the_balance_bears_the_rate_that_was_published(walkthrough: Walkthrough) -> None:
    """240 a month in the last quarter of 2025 at the 1.50 % on file come to 1.80 of interest; then a year."""
    walkthrough.now = IN_MARCH
    for bureau in (YANBIAN, CHANGCHUN):
        await walkthrough.do(ENTER_RATE, bureau, published("4.00"))
    _, notice = await offer(walkthrough, refund_of=RefundOf.BALANCE)
    (period,) = notice.periods
    kept_as_brought = next(one for one in period.options if one.keep == 0)
    # 720.00 + 1.80 at the end of 2025; 4.00 % of 721.80 for 2026 is 28.87.
    assert kept_as_brought.refund == 720_00 + 1_80 + 28_87


async def test_resident_months_that_came_by_way_of_another_bureau_give_way_to_those_of_employees(
    walkthrough: Walkthrough,
) -> None:
    """1,200.00 + 240.00 were paid for 2024; three of its months were paid in the government scheme too."""
    await walkthrough.seed(
        farmed(bureau=CHANGCHUN),
        employed("E", ("2008-01", "2022-12"), bureau=YANBIAN),
        account(FARMER, "金顺吉", "G", CHANGCHUN, [("2024-10", "2025-03", "5000.00")]),
    )
    joins = asks("R", "E", bureau_out=CHANGCHUN, bureau_in=YANBIAN)
    await walkthrough.walk(joins, case_no=OTHER_CASE)
    moves_on = {"name": "金顺吉", "id_number": FARMER, "scheme_from": "E", "scheme_to": "G"}
    case, notice = await offer(walkthrough, application(**moves_on))
    (period,) = notice.periods
    (only,) = period.options
    assert notice.records[only.keep].scheme is Scheme.GOVERNMENT
    cleared = await choose(walkthrough, case, notice, ())
    assert (cleared.refund, len(cleared.months), cleared.months_counted) == (1440_00 * 3 // 12, 3, 180)
    assert await walkthrough.divergences() == []
