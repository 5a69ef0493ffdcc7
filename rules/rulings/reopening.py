"""When a closed case can be reopened. The measures are silent; all of it is a rule of this system."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.values.law import JILIN_MEASURES, Finding, Law

CORRECTION = Law(JILIN_MEASURES, "第七条第二项")


MOVED_ON = Finding(
    "moved_on",
    CORRECTION,
    "本案转入的缴费月份已再次转出或清理，不能冲销。",
    "Months that the case brought have moved on or were cleared; its posting cannot be reversed.",
)
"""The reason why a posting cannot be reversed, in an open case as in one to be reopened."""

SETTLED_SINCE = Finding(
    "settled_since",
    CORRECTION,
    "本案办结后，已按公布的记账利率补差，信息表和入账金额均已变动，本系统不能恢复办理；"
    "如有差错，请双方经办机构另行协商处理。",
    "Since the case was closed, a published rate has changed its form and what was posted, and this "
    "system cannot reopen it; what is wrong is settled between the two bureaus.",
)
"""Also where the transfer-out bureau has drawn up the form of a settlement that is under way."""

REMAINDER_GONE = Finding(
    "remainder_gone",
    CORRECTION,
    "本案留在转出地的一次性缴费月份此后已转出、补交文书或清理，相应储存额已变动，"
    "本系统不能更正该信息表；如有差错，请双方经办机构另行协商处理。",
    "One-off months that the case left behind have since moved on, been proven or cleared, and their part of "
    "the account with them; this system cannot correct its form, and what is wrong is settled between the "
    "two bureaus.",
)
"""What stayed is part of the account on which a further version of the form draws."""


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A closed case as the transfer-in bureau has it. `within_days` is the province's arrangement."""

    closed_in_order: bool
    closed_on: date
    within_days: int
    refunded: bool
    all_here: bool
    """Whether every month that the case brought is still here."""
    settled_since: bool = False
    """Whether a published rate has changed the form, and what was posted, since the case was closed."""
    moving_with: str = ""
    """The case with which the relationship is leaving, or in which residents join it; '' for none."""


def obstacles_to_reopening(case: ClosedCase, on: date) -> tuple[Finding, ...]:
    """Every reason why a closed case cannot be reopened on a day (第七条第二项)."""
    return tuple(_obstacles(case, on))


def _obstacles(case: ClosedCase, on: date) -> Iterator[Finding]:
    if not case.closed_in_order:
        yield _finding(
            "not_taken_in",
            "本案并非接续办结，无可更正；如需办理请重新申请。",
            "The case did not end with the funds taken in; there is nothing to correct. Apply again.",
        )
        return
    last = case.closed_on + timedelta(days=case.within_days)
    if on > last:
        yield _finding(
            "closed_too_long",
            f"本案于 {case.closed_on} 办结，按省局规定最迟 {last} 可申请恢复办理，现已超过。",
            f"The case was closed on {case.closed_on}; by the province's arrangement it could be reopened "
            f"until {last}.",
        )
    if case.refunded:
        yield _finding(
            "refunded",
            "重复缴费已清理并退款，不能再更正信息表。",
            "Months paid twice were cleared and refunded; the form can no longer be corrected.",
        )
    if case.settled_since:
        yield SETTLED_SINCE
    if not case.all_here:
        yield MOVED_ON
    if case.moving_with:
        yield _finding(
            "leaving",
            f"该养老保险关系正由案件 {case.moving_with} 办理转移，请待其办结。",
            f"Case {case.moving_with} is transferring the relationship; wait for its end.",
        )


def _finding(code: str, zh: str, en: str) -> Finding:
    return Finding(code, CORRECTION, zh, en)
