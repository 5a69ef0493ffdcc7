"""Invented yearly interest rates, as they will have been published by the simulated year."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from rules.amounts import duplicates, interest
from rules.amounts.rates import RATES_BY_SCHEME
from rules.values.money import Rate


@contextmanager
def published_before(year: int) -> Iterator[None]:
    """Give every year before `year` a rate; in service one is published each June.

    The last known rate is used for later years. Without it no account could be closed in January of the year
    after: of the years without a rate only the last may borrow an earlier one.
    """
    rates = {scheme: {**_to_come(known, year), **known} for scheme, known in RATES_BY_SCHEME.items()}
    with ExitStack() as replaced:
        for module in (interest, duplicates):
            replaced.enter_context(patch.object(module, "RATES_BY_SCHEME", rates))
        yield


def _to_come(known: Mapping[int, Rate], year: int) -> dict[int, Rate]:
    """The rates after the last known one, for a scheme that has any."""
    last = max(known, default=year)
    return {one: known[last] for one in range(last + 1, year)}
