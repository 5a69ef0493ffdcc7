"""What puts a case right is done once however often the engine asks: later, or by two workers at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sealed_papers import chosen, ruled
from staff import accepted
from stores import Databases
from two_bureaus import Exchange
from walkthrough import CASE, MORNING, Walkthrough

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    CLEAR_DUPLICATES,
    OFFER_CHOICE,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECEIVE_RETURN,
    REGISTER_FORMER_EMPLOYERS_FORM,
    RELEASE_RESERVATION,
    RESTORE_RELATIONSHIP,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    SUPPLEMENT_FUNDS,
    TAKE_IN,
    ActivityContract,
)
from models.messages.corrections import ReleaseReservationOrder
from models.messages.duplicates import ClearingOrder, OfferOrder
from models.messages.papers import FormerEmployersForm
from models.messages.requests import Choice
from models.messages.stages import Party
from models.messages.steps import FormDelivery
from province import CHANGCHUN, TEACHER, YANBIAN, account, application
from rules.values.moves import Scheme
from rules.values.record import RefundOf

Story = Callable[[Walkthrough], Awaitable[None]]


@asynccontextmanager
async def two_bureaus(where: Path | Databases) -> AsyncIterator[Walkthrough]:
    """A walkthrough on which the person has months of her own at the transfer-in bureau."""
    async with Walkthrough.between(where) as built:
        own = [("2025-10", "2026-02", "3000.00")]
        await built.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=own))
        yield built


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with two_bureaus(databases) as built:
        yield built


async def corrected_twice(walkthrough: Walkthrough) -> None:
    """More is sent, then something comes back; each time the taking in is reversed and made anew."""
    case = await Exchange.settled(walkthrough)
    for base in ("6500.00", "6100.00"):
        await case.amend(base__2023_01_to_2023_12=base)
        await case.settle_difference()
        await case.take_in()


async def returned(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    await case.give_all_back()
    await case.restore()


async def cleared(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    assert case.taken_in is not None
    order = accepted(CASE, case.asked)
    offered = OfferOrder(order=order, taken_in=case.taken_in, refund_of=RefundOf.PRINCIPAL)
    notice = await walkthrough.do(OFFER_CHOICE, CHANGCHUN, offered)
    choice = Choice(
        message_id="choice-1",
        by=Party.TRANSFER_IN,
        officer="sun",
        keep=(2,),
        consent=True,
        refund_account="6222000000000000001",
    )
    choice, _ = await chosen(walkthrough.stores[CHANGCHUN], CHANGCHUN, notice.number, choice)
    clearing = ClearingOrder(order=order, notice=notice, choice=choice)
    await walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, clearing)


async def released(walkthrough: Walkthrough) -> None:
    await Exchange.with_form(walkthrough)
    await ruled(walkthrough.stores[YANBIAN], "closing-1")
    await walkthrough.do(RELEASE_RESERVATION, YANBIAN, ReleaseReservationOrder(case_no=CASE, by="closing-1"))


async def entered_by_form(walkthrough: Walkthrough) -> None:
    await walkthrough.certify(application())
    form = FormerEmployersForm(
        number=f"former-employers-form/{CASE}",
        case_no=CASE,
        bureau_in=CHANGCHUN,
        bureau_out=YANBIAN,
        name="崔明玉",
        id_number=TEACHER,
        scheme_from=Scheme.GOVERNMENT,
        scheme_to=Scheme.ENTERPRISE,
        received_on=date(2026, 3, 2),
    )
    await walkthrough.do(
        REGISTER_FORMER_EMPLOYERS_FORM, YANBIAN, FormDelivery(form=form, received_at=MORNING)
    )


STORIES: list[tuple[ActivityContract[Any, Any], Story]] = [
    (AMEND_INFORMATION_FORM, corrected_twice),
    (RECEIVE_INFORMATION, corrected_twice),
    (REVERSE_TAKING_IN, corrected_twice),
    (SUPPLEMENT_FUNDS, corrected_twice),
    (RECEIVE_FUNDS, corrected_twice),
    (RETURN_FUNDS, corrected_twice),
    (RECEIVE_RETURN, corrected_twice),
    (TAKE_IN, corrected_twice),
    (RETURN_FUNDS, returned),
    (RESTORE_RELATIONSHIP, returned),
    (OFFER_CHOICE, cleared),
    (CLEAR_DUPLICATES, cleared),
    (RELEASE_RESERVATION, released),
    (REGISTER_FORMER_EMPLOYERS_FORM, entered_by_form),
]


@pytest.fixture(scope="module")
async def rows_done_singly(tmp_path_factory: pytest.TempPathFactory) -> dict[Story, list[dict[str, int]]]:
    """How many rows each table of both bureaus has after each story, when nothing in it is done twice."""
    counted = {}
    for story in {story for _, story in STORIES}:
        async with two_bureaus(tmp_path_factory.mktemp(story.__name__)) as once:
            await story(once)
            counted[story] = await rows(once)
    return counted


async def rows(walkthrough: Walkthrough) -> list[dict[str, int]]:
    """How many rows each table has, bureau by bureau."""
    books = [await walkthrough.books(bureau) for bureau in walkthrough.stores]
    return [{table: len(each) for table, each in tables.items()} for tables in books]


@pytest.mark.parametrize("at_once", [False, True], ids=["a day later", "by two workers at once"])
@pytest.mark.parametrize(
    ("step", "story"), STORIES, ids=[f"{step.name} when {story.__name__}" for step, story in STORIES]
)
async def test_a_step_of_correction_done_twice_gives_one_answer_and_has_one_effect(
    walkthrough: Walkthrough,
    step: ActivityContract[Any, Any],
    story: Story,
    at_once: bool,
    rows_done_singly: dict[Story, list[dict[str, int]]],
) -> None:
    """Done at once, the step leaves as many postings, entries, months and papers as done singly."""
    walkthrough.repeat, walkthrough.at_once = step, at_once
    await story(walkthrough)
    assert walkthrough.repeated, "the step lies on this way and was done twice"
    assert await rows(walkthrough) == rows_done_singly[story]
