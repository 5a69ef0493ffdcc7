"""One-off months that stayed behind (94号), and the form of the case that left them: whose money is whose."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sealed_papers import chosen
from staff import accepted
from temporalio.exceptions import ApplicationError
from test_rate_settlement import found, published, settle
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Walkthrough, leaving, record

from activities.contracts import (
    CHECK_REOPENING,
    CLEAR_DUPLICATES,
    ENTER_RATE,
    OFFER_CHOICE,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
)
from models.messages.application import TransferApplication
from models.messages.duplicates import ClearingOrder, OfferOrder
from models.messages.papers import InformationForm
from models.messages.reopening import ReopeningCheck
from models.messages.requests import Choice
from models.messages.stages import Party
from models.messages.steps import LetterDelivery, RemittanceOrder, TakenIn
from models.store.ledger import individual_account
from models.store.records import relationship_of
from province import CHANGCHUN, WORKER, YANBIAN, account
from rules.values.moves import Scheme
from rules.values.record import RefundOf

UNPROVEN = {"from": "2023-01", "to": "2025-12", "base": "4000.00", "kind": "one_off_without_papers"}
BEFORE = {"from": "2021-01", "to": "2022-12", "base": "6000.00"}
PAPERS = ("identity_document", "application_form", "posting_document", "one_off_papers")
THIRD_CASE = "220100-20260115-CCCCCCCC"


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        built.now = datetime(2027, 3, 2, 1, tzinfo=UTC)
        await built.seed(record([BEFORE, UNPROVEN], scheme="E"))
        # Their contributions to the fund pay the interest.
        others = [("2021-01", "2026-12", "90000.00")]
        await built.seed(
            account(scheme="E", months=others), account(scheme="E", bureau=CHANGCHUN, months=others)
        )
        yield built


def with_papers() -> TransferApplication:
    return TransferApplication.model_validate({**leaving("E").model_dump(), "materials": PAPERS})


def line_4_of_the_remainder(rate_of_2026: int) -> int:
    """320 a month in 2023 to 2025 by month products, in fen; a rate is in hundredths of a percent."""
    balance = 0
    for rate in (397, 262, 150):
        balance += 12 * 320_00 + (2 * balance * rate + 10_000) // 20_000
        balance += (2 * 320_00 * 78 * rate + 120_000) // 240_000
    return balance + (2 * balance * rate_of_2026 + 10_000) // 20_000


async def remainder_registered(walkthrough: Walkthrough) -> InformationForm:
    letter = await walkthrough.letter_sent(with_papers(), OTHER_CASE)
    delivery = LetterDelivery(letter=letter, received_at=walkthrough.now, one_off_proven=True)
    form = (await walkthrough.do(REGISTER_CONTACT_LETTER, YANBIAN, delivery)).form
    assert form is not None
    return form


async def remainder_moved(walkthrough: Walkthrough) -> InformationForm:
    """The form of the second case, by which the months that stayed have left with their papers."""
    form = await remainder_registered(walkthrough)
    await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    return form


async def left_of_the_worker(walkthrough: Walkthrough) -> int:
    """What is in the worker's account at Yanbian, in fen."""
    async with walkthrough.stores[YANBIAN].reading() as session:
        left = await relationship_of(session, WORKER, Scheme.ENTERPRISE)
        assert left is not None
        assert left.id is not None
        return await individual_account(session, left.id)


@pytest.mark.parametrize("rate", ["2.10", "0.90"])
async def test_the_form_of_who_left_first_is_not_settled_out_of_a_remainder_that_has_moved(
    walkthrough: Walkthrough, rate: str
) -> None:
    first = await walkthrough.walk(leaving("E"))
    assert (first.form.months, first.form.provisional_rate_years) == (24, (2026,))
    second = await remainder_moved(walkthrough)
    assert second.lines.individual == line_4_of_the_remainder(150)
    await walkthrough.do(ENTER_RATE, YANBIAN, published(rate))
    one = next(each for each in await found(walkthrough) if each.form.case_no == CASE)
    assert await left_of_the_worker(walkthrough) == 0
    with pytest.raises(ApplicationError, match="left behind have since moved on"):
        await settle(walkthrough, one, rate)
    assert await left_of_the_worker(walkthrough) == 0


async def test_a_remainder_that_is_proven_and_about_to_leave_is_not_drawn_on(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.walk(leaving("E"))
    await remainder_registered(walkthrough)
    await walkthrough.do(ENTER_RATE, YANBIAN, published("0.90"))
    one = next(each for each in await found(walkthrough) if each.form.case_no == CASE)
    with pytest.raises(ApplicationError, match="left behind have since moved on"):
        await settle(walkthrough, one, "0.90")


@pytest.mark.parametrize("rate", ["2.10", "0.90"])
async def test_a_remainder_that_moves_after_the_first_form_was_settled_moves_with_its_own_interest(
    walkthrough: Walkthrough, rate: str
) -> None:
    await walkthrough.walk(leaving("E"))
    await walkthrough.do(ENTER_RATE, YANBIAN, published(rate))
    (one,) = await found(walkthrough)
    await settle(walkthrough, one, rate)
    assert await walkthrough.divergences() == []
    second = await remainder_moved(walkthrough)
    assert second.lines.individual == line_4_of_the_remainder({"2.10": 210, "0.90": 90}[rate])
    assert await left_of_the_worker(walkthrough) == 0


async def test_a_case_whose_remainder_has_moved_is_not_reopened(walkthrough: Walkthrough) -> None:
    await walkthrough.walk(leaving("E"))
    check = ReopeningCheck(case_no=CASE, id_number=WORKER)
    assert (await walkthrough.do(CHECK_REOPENING, YANBIAN, check)).findings == ()
    await remainder_moved(walkthrough)
    answer = await walkthrough.do(CHECK_REOPENING, YANBIAN, check)
    assert [one.code for one in answer.findings] == ["remainder_gone"]


async def test_what_stayed_does_not_leave_while_the_case_that_left_it_is_open(
    walkthrough: Walkthrough,
) -> None:
    """A correction of that case's form may still raise or lower what is left in the account."""
    await Exchange.settled(walkthrough, leaving("E"))
    answer = await walkthrough.certify(with_papers(), OTHER_CASE)
    assert [one.code for one in answer.refusals] == ["transfer_under_way"]


async def cleared_at_yanbian(walkthrough: Walkthrough) -> None:
    """Half a year that the person paid at Changchun as well comes to Yanbian, and the months there go."""
    months = [("2025-07", "2025-12", "3000.00")]
    await walkthrough.seed(account(WORKER, "孙立国", "E", CHANGCHUN, months))
    changes = {"bureau_out": CHANGCHUN, "bureau_in": YANBIAN, "employer_bureau": YANBIAN}
    asked = TransferApplication.model_validate({**leaving("E").model_dump(), **changes})
    await clear(walkthrough, asked, (await walkthrough.walk(asked)).taken_in)


async def clear(walkthrough: Walkthrough, asked: TransferApplication, taken_in: TakenIn) -> None:
    order = accepted(CASE, asked)
    offered = OfferOrder(order=order, taken_in=taken_in, refund_of=RefundOf.PRINCIPAL)
    notice = await walkthrough.do(OFFER_CHOICE, YANBIAN, offered)
    choice = Choice(
        message_id="choice-1",
        by=Party.TRANSFER_IN,
        officer="sun",
        keep=(1,),
        consent=True,
        refund_account="6222000000000000001",
    )
    choice, _ = await chosen(walkthrough.stores[YANBIAN], YANBIAN, notice.number, choice)
    clearing = ClearingOrder(order=order, notice=notice, choice=choice)
    cleared = (await walkthrough.do(CLEAR_DUPLICATES, YANBIAN, clearing)).cleared
    assert cleared is not None
    assert cleared.refund == 6 * 320_00


async def test_months_cleared_among_those_that_stayed_stand_against_moving_them(
    walkthrough: Walkthrough,
) -> None:
    """Their interest stays in the account (第四条) and would go to the fund as the rest leaves."""
    await walkthrough.walk(leaving("E"), case_no=THIRD_CASE)
    await cleared_at_yanbian(walkthrough)
    answer = await walkthrough.certify(with_papers(), OTHER_CASE)
    assert [one.code for one in answer.refusals] == ["cleared_after_taking_in"]


async def test_what_stayed_and_is_too_little_now_to_need_papers_does_not_join_the_first_form(
    walkthrough: Walkthrough,
) -> None:
    """Thirty months are fewer than three years: computed anew, the form would take them along."""
    await walkthrough.walk(leaving("E"), case_no=THIRD_CASE)
    await cleared_at_yanbian(walkthrough)
    await walkthrough.do(ENTER_RATE, YANBIAN, published("0.90"))
    one = next(each for each in await found(walkthrough) if each.form.case_no == THIRD_CASE)
    with pytest.raises(ApplicationError, match="left behind have since moved on"):
        await settle(walkthrough, one, "0.90")
