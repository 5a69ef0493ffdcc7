"""When an insured person reaches the statutory retirement age, and how many months a pension then requires.

The resolution of 2024 lets the age rise by month of birth; both articles were read in a copy of the text, the
tables in its annexes follow from them.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from rules.values.law import LATER_RETIREMENT, LINKING_SINCE, RESIDENT_LINKING, InForce, Law, in_force
from rules.values.money import MONTHS_IN_A_YEAR
from rules.values.months import Month
from rules.values.moves import OriginalRetirementAge

RISING_AGE = Law(LATER_RETIREMENT, "第一条")
RISING_MINIMUM = Law(LATER_RETIREMENT, "第二条")


@dataclass(frozen=True, slots=True)
class Rise:
    """The rise of an original age: by a month for every `step` months of birth, by `most` months at most.

    Nobody who reached the original age before `since` is concerned.
    """

    step: int
    most: int
    since: date = date(2025, 1, 1)
    law: Law = RISING_AGE


RISES = {
    OriginalRetirementAge.SIXTY: Rise(step=4, most=36),
    OriginalRetirementAge.FIFTY_FIVE: Rise(step=4, most=36),
    OriginalRetirementAge.FIFTY: Rise(step=2, most=60),
}
"""60 rises to 63 and 55 to 58, a month for every four; 50 rises to 55, a month for every two (第一条)."""

MINIMUM_MONTHS = (
    InForce(180, since=LINKING_SINCE, law=Law(RESIDENT_LINKING, "第三条")),
    *(InForce(180 + 6 * step, since=date(2029 + step, 1, 1), law=RISING_MINIMUM) for step in range(1, 11)),
)
"""Months in employee schemes for a monthly pension: 15 years; from 2030 half a year more each year, up to 20
in 2039. That the rise moves the line of 17号第三条 too is inferred, both being the minimum for a pension."""


def retirement_age(born_on: date, original: OriginalRetirementAge) -> tuple[int, int]:
    """The statutory retirement age of a person, in years and months (第一条)."""
    months = _months_of_age(born_on, original)
    return months // MONTHS_IN_A_YEAR, months % MONTHS_IN_A_YEAR


def reaches_retirement_age_on(born_on: date, original: OriginalRetirementAge) -> date:
    """The day on which a person reaches it: the day of birth in the month that the age leads to.

    Born on a day that this month does not have, its last day (民法典第二百零二条).
    """
    month = Month.of(born_on).plus(_months_of_age(born_on, original))
    return date(month.year, month.number, min(born_on.day, monthrange(month.year, month.number)[1]))


def _months_of_age(born_on: date, original: OriginalRetirementAge) -> int:
    rise, months = RISES[original], int(original) * MONTHS_IN_A_YEAR
    reached = Month.of(born_on).plus(months)
    begins = Month.of(rise.since)
    after = (reached.year - begins.year) * MONTHS_IN_A_YEAR + reached.number - begins.number
    return months + (min(after // rise.step + 1, rise.most) if after >= 0 else 0)


def minimum_months(reached_on: date) -> InForce[int]:
    """The minimum of months in employee schemes for a pension, by the day of retirement age (17号第三条).

    For whoever reached it before the rules came into force, the first rule holds.
    """
    return in_force(MINIMUM_MONTHS, max(reached_on, LINKING_SINCE))
