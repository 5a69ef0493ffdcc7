"""One application, several earlier places: which cases name each other."""

import pytest

from desk.client.case_numbers import linked_numbers
from models.messages.application import TransferApplication
from province import CHANGCHUN, SIPING, WORKER, YANBIAN, application

SECRET = b"the key of this test"
JILIN_CITY = "220200"


def numbers(*applications: TransferApplication) -> list[tuple[str, ...]]:
    return linked_numbers(applications, SECRET)


def test_a_case_alone_is_linked_with_none() -> None:
    assert numbers(application()) == [()]


def test_each_case_names_the_others_and_not_itself() -> None:
    places = [application(bureau_out=bureau) for bureau in (YANBIAN, SIPING, JILIN_CITY)]
    linked = numbers(*places)
    everyone = {number for others in linked for number in others}
    assert len(everyone) == 3
    for others in linked:
        assert len(others) == 2
    assert set.intersection(*(everyone - set(others) for others in linked)) == set()


@pytest.mark.parametrize(
    "other",
    [
        {"id_number": WORKER, "bureau_out": SIPING},
        {"submitted_on": "2026-01-16", "bureau_out": SIPING},
        {"bureau_in": SIPING, "bureau_out": CHANGCHUN},
    ],
    ids=["another person", "another day", "another destination"],
)
def test_what_differs_in_more_than_the_place_is_not_linked(other: dict[str, str]) -> None:
    assert numbers(application(), application(**other)) == [(), ()]


def test_the_same_application_twice_is_linked_with_nothing_new() -> None:
    assert numbers(application(), application()) == [(), ()]


def test_links_do_not_depend_on_the_order_of_the_rows() -> None:
    teacher, elsewhere = application(), application(bureau_out=SIPING)
    assert numbers(teacher, elsewhere) == list(reversed(numbers(elsewhere, teacher)))
