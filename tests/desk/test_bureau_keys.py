"""A bureau that does not exist: every command that is given one says so, and asks nobody."""

import pytest
from clerk import Clerk

NOWHERE = "22030"
REFUSAL = f"There is no bureau {NOWHERE}; `starter.py bureaus` lists them."
TEACHER = "222401198604120247"


@pytest.mark.parametrize(
    "typed",
    [
        ("list",),
        ("worklist",),
        ("show", "220100-20260115-4HITRMPR"),
        ("funds", "expected"),
    ],
    ids=" ".join,
)
async def test_a_mistyped_bureau_is_never_a_bureau_without_cases(typed: tuple[str, ...]) -> None:
    assert (await Clerk("127.0.0.1:1")(*typed, "--bureau", NOWHERE)).refusal() == [REFUSAL]


@pytest.mark.parametrize(
    "typed",
    [
        ("deadline", "--received", "2026-01-20", "--working-days", "15"),
        ("calculate", "--id", TEACHER, "--to", "E", "--on", "2026-01-20"),
        ("funds", "return", "R-1", "--officer", "in-01", "--reason", "x"),
    ],
    ids=lambda typed: " ".join(typed[:1]),
)
async def test_among_other_problems_it_is_one_of_the_lines(typed: tuple[str, ...]) -> None:
    lines = (await Clerk("127.0.0.1:1")(*typed, "--bureau", NOWHERE)).refusal()
    assert [line for line in lines if "no" in line and "bureau" in line and "`starter.py bureaus`" in line]


@pytest.mark.parametrize(
    "typed",
    [
        ("audit",),
        ("report",),
        ("deadline", "--received", "2999-01-20", "--working-days", "0"),
        ("calculate", "--id", TEACHER, "--to", "E", "--on", "2026-01-20"),
        ("funds", "return", "R-1", "--officer", "in-01", "--reason", "x"),
    ],
    ids=lambda typed: " ".join(typed[:1]),
)
async def test_a_bureau_may_be_given_by_its_name(typed: tuple[str, ...]) -> None:
    told = (await Clerk("127.0.0.1:1")(*typed, "--bureau", "长春市")).complaints
    assert told
    assert "There is no bureau" not in told
