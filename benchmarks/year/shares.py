"""The shares of a simulated year: `shares.toml`, read and checked."""

import tomllib
from pathlib import Path
from random import Random
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("shares.toml")
OF = 1000
"""Shares are numbers out of this many."""

Share = Annotated[int, Field(ge=0, le=OF)]
Weight = Annotated[int, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, lt=24 * 60)]
Choice = TypeVar("Choice", int, str)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Arrivals(_Part):
    """When applications come: weights of the twelve months."""

    months: Annotated[tuple[Weight, ...], Field(min_length=12, max_length=12)]


class Places(_Part):
    """How the applications are spread over the bureaus."""

    population: dict[str, Weight]
    seat_of_prefecture: Share
    own: dict[str, Weight]
    within_one_bureau: Share


class Applications(_Part):
    """What happens to an application before the transfer-out bureau acts, and what comes with it."""

    papers_missing: Share
    never_supplemented: Share
    by_former_employers_form: Share
    refused: Share
    withdrawn: Share
    paid_twice: Share


class Corrections(_Part):
    """How many cases have rounds of correction, and how those end."""

    cases: Share
    second_round: Share
    outcomes: dict[str, Weight]


class Disputes(_Part):
    """How many cases have a dispute, and how it ends."""

    cases: Share
    outcomes: dict[str, Weight]


class Bureaus(_Part):
    """How bureaus are paid, and when they are away."""

    by_bank: Share
    in_two_parts: Share
    away: Share
    away_days: dict[int, Weight]


class OfficersAtWork(_Part):
    """The number of officers, their leave, and the hours at which they act, in minutes from midnight."""

    at_a_bureau: Annotated[int, Field(ge=2, le=20)]
    leaves: Annotated[int, Field(ge=0, le=10)]
    leave_days: dict[int, Weight]
    stand_in: Share
    hours: tuple[tuple[Minutes, Minutes], ...]


class Holidays(_Part):
    """The day of the year, as MM-DD, on which the notice for the next year is published."""

    next_notice_on: Annotated[str, Field(pattern=r"^(1[0-2]|0[1-9])-[0-3]\d$")]


class Shares(_Part):
    """The whole file."""

    arrivals: Arrivals
    kinds: dict[str, Weight]
    places: Places
    applications: Applications
    corrections: Corrections
    disputes: Disputes
    bureaus: Bureaus
    officers: OfficersAtWork
    days: dict[str, dict[int, Weight]]
    holidays: Holidays


def committed() -> Shares:
    """The shares of the committed file."""
    return Shares.model_validate(tomllib.loads(FILE.read_text()))


def happens(share: int, by: Random) -> bool:
    """Whether an event happens whose share is out of a thousand cases."""
    return by.randrange(OF) < share


def one_of(weights: dict[Choice, int], by: Random) -> Choice:
    """A random choice, by these weights."""
    return by.choices(list(weights), list(weights.values()))[0]
