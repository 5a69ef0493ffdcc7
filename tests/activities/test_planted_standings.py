"""A relationship reserved or ended for no reason keeps a person from moving: the audit names it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from damage import Found, found_in, tamper
from sealed_papers import ruled
from stores import Databases
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Played, Walkthrough, leaving, record

from activities.contracts import RELEASE_RESERVATION
from models.messages.corrections import ReleaseReservationOrder
from province import CHANGCHUN, SIPING, WORKER, YANBIAN, account, application

NOBODYS = "220100-20260101-ZZZZZZZZ"
THIRD = "220302199108034263"


async def moved(walkthrough: Walkthrough) -> None:
    """At Yanbian the teacher has left, a case of a worker's is under way, and somebody stays."""
    await walkthrough.seed(account(), account(WORKER, "孙立国", "E"), account(THIRD, "金春姬"))
    await walkthrough.walk()
    await walkthrough.letter_registered(leaving("E"), OTHER_CASE)


MOVED = Played(moved)


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with MOVED.on(databases) as built:
        yield built


def standing(number: int, **values: str | None) -> str:
    """A statement that alters how a relationship stands."""
    said = ", ".join(f"{name} = " + ("NULL" if to is None else f"'{to}'") for name, to in values.items())
    return f"UPDATE relationship SET {said} WHERE id = {number}"


UNRESERVED = ("reserved_by_no_case", "relationship 3")

PLANTED: dict[str, tuple[str, Found]] = {
    "reserved by a case that does not exist": (standing(3, reserved_by=NOBODYS), UNRESERVED),
    "reserved by a case that has taken another": (standing(3, reserved_by=CASE), UNRESERVED),
    "reserved by another person's case": (standing(3, reserved_by=OTHER_CASE), UNRESERVED),
    "reserved again by the case it left with": (
        standing(1, reserved_by=CASE),
        ("reserved_by_no_case", "relationship 1"),
    ),
    "ended by a case that does not exist": (
        standing(3, ended_by=NOBODYS),
        ("end_not_as_moved", "relationship 3"),
    ),
    "ended by a case that ended another": (
        standing(3, ended_by=CASE),
        ("end_not_as_moved", "relationship 3"),
    ),
    "gone and not ended": (standing(1, ended_by=None), ("end_not_as_moved", "relationship 1")),
}


@pytest.mark.parametrize("damage", PLANTED)
async def test_a_standing_that_nothing_accounts_for_is_named(walkthrough: Walkthrough, damage: str) -> None:
    assert await found_in(walkthrough) == {}
    statement, expected = PLANTED[damage]
    await tamper(walkthrough.stores[YANBIAN], statement)
    assert set(await found_in(walkthrough)) == {expected}


async def test_the_figures_say_by_which_case(walkthrough: Walkthrough) -> None:
    await tamper(walkthrough.stores[YANBIAN], standing(3, reserved_by=NOBODYS))
    (one,) = (await found_in(walkthrough)).values()
    assert (one.bureau, one.expected, one.found) == (YANBIAN, "—", NOBODYS)


async def test_a_case_that_let_go_and_holds_on_is_named(walkthrough: Walkthrough) -> None:
    await ruled(walkthrough.stores[YANBIAN], "closing-1", OTHER_CASE)
    await walkthrough.do(
        RELEASE_RESERVATION, YANBIAN, ReleaseReservationOrder(case_no=OTHER_CASE, by="closing-1")
    )
    assert await found_in(walkthrough) == {}
    await tamper(walkthrough.stores[YANBIAN], standing(2, reserved_by=OTHER_CASE))
    assert set(await found_in(walkthrough)) == {("reserved_by_no_case", "relationship 2")}


async def test_what_came_back_and_is_ended_all_the_same_is_named(tmp_path: Path) -> None:
    async with Walkthrough.between(tmp_path) as walkthrough:
        await walkthrough.seed(account())
        case = await Exchange.settled(walkthrough)
        await case.give_all_back()
        await case.restore()
        assert await found_in(walkthrough) == {}
        await tamper(walkthrough.stores[YANBIAN], standing(1, ended_by=CASE))
        assert set(await found_in(walkthrough)) == {("end_not_as_moved", "relationship 1")}


DUE = {"from": "2019-07", "to": "2019-12", "base": "5000.00", "kind": "arrears"}


async def test_a_relationship_of_which_no_month_was_ever_paid_ends_and_takes_nothing_along(
    tmp_path: Path,
) -> None:
    async with Walkthrough.between(tmp_path) as walkthrough:
        await walkthrough.seed(record([DUE]))
        await walkthrough.walk()
        assert await found_in(walkthrough) == {}


async def test_what_had_ended_is_opened_again_by_a_case_that_brings_no_month(tmp_path: Path) -> None:
    async with Walkthrough.between(tmp_path, YANBIAN, CHANGCHUN, SIPING) as walkthrough:
        await walkthrough.seed(record([DUE]), account(scheme="E", bureau=CHANGCHUN))
        onward = {"bureau_out": CHANGCHUN, "bureau_in": SIPING, "employer_bureau": SIPING}
        changed = {"scheme_from": "E", "scheme_to": "G", "new_employer": "四平市第一中学"}
        await walkthrough.walk(application(**onward, **changed), case_no=OTHER_CASE)
        await walkthrough.walk()
        assert await found_in(walkthrough) == {}
