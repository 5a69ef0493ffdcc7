"""Contributions paid afterwards in one sum (一次性缴纳): what has to be proved before they move.

人社部规〔2016〕5号 asks for papers of a court, the auditors, labour inspection or arbitration when one-off
contributions come to three years or more. 人社厅发〔2019〕94号 items 1 to 3 say what follows without them:
those months stay behind, the transfer-out bureau tells the person in writing within ten working days of
receiving the contact letter, and everything else must still move. Both are written for moves between
provinces; that they hold inside Jilin is open, hence `OneOffCheck`. The days from which they hold are
RECALLED, not read in the documents.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.values.law import ONE_OFF_CONTRIBUTIONS, Finding, InForce, Law, in_force
from rules.values.months import count_months
from rules.values.record import ContributionRange, MonthKind

PAPERS_ASKED = Law("人社部规〔2016〕5号", "第四条")
"""The number of the item is RECALLED."""
STAYS_BEHIND = Law(ONE_OFF_CONTRIBUTIONS, "第一条至第三条")

MONTHS_THAT_NEED_PAPERS = (InForce(36, since=date(2016, 11, 28), law=PAPERS_ASKED),)
"""From this many one-off months on, all of them together, papers are needed."""

WORKING_DAYS_FOR_NOTICE = (InForce(10, since=date(2019, 9, 29), law=STAYS_BEHIND),)
"""Working days from receipt of the contact letter to tell the person in writing."""

ONE_OFF_KINDS = frozenset({MonthKind.ONE_OFF, MonthKind.ONE_OFF_WITHOUT_PAPERS})


class OneOffCheck(StrEnum):
    """Whether one-off contributions are checked inside the province (open; another province does)."""

    APPLY = "apply"
    """The default: unproven months stay behind, the person is told, the rest moves."""
    OFF = "off"
    """All one-off months move like any other."""


@dataclass(frozen=True, slots=True)
class OneOffNotice:
    """The written notice owed to the person: unproven months, and in how many working days it is due."""

    months: int
    working_days: int
    law: Law


def unproven_months(
    ranges: Iterable[ContributionRange], on: date, check: OneOffCheck = OneOffCheck.APPLY
) -> int:
    """How many one-off months stay behind for want of papers (94号第一条至第三条); 0 when none do.

    All one-off months together decide whether papers are needed; below three years they are not.
    """
    if check is OneOffCheck.OFF:
        return 0
    one_off = [part for part in ranges if part.kind in ONE_OFF_KINDS]
    unproven = sum(
        count_months(part.first, part.last)
        for part in one_off
        if part.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS
    )
    if not unproven or on < MONTHS_THAT_NEED_PAPERS[0].since:
        return 0
    threshold = in_force(MONTHS_THAT_NEED_PAPERS, on).value
    together = sum(count_months(part.first, part.last) for part in one_off)
    return unproven if together >= threshold else 0


def notice_of_what_stays() -> tuple[Finding, ...]:
    """What the written notice says of months that stay: why, and how they move later (94号第一条至第三条).

    That the person applies again for the rest, once the papers are there, is this system's reading.
    """
    return (
        Finding(
            "stays_for_want_of_papers",
            STAYS_BEHIND,
            "一次性缴费累计三年以上，未提供缴费之前法院、审计、劳动保障监察或仲裁等部门出具的文书，"
            "该部分月份不转移，其余照转。",
            "The one-off contributions come to three years or more and no paper of a court, the auditors, "
            "labour inspection or arbitration from before the payment was handed in: these months stay, the "
            "rest moves.",
        ),
        Finding(
            "can_be_asked_for_later",
            STAYS_BEHIND,
            "该部分月份保留在转出地；取得规定文书后，可附文书再次申请转移，原转移不受影响。"
            "再次申请的办法文件未作规定，此为本系统的理解。",
            "They stay on record at the transfer-out bureau. Once the papers are there a new application "
            "with them moves these months too. The documents do not say how; this is a reading of this "
            "system.",
        ),
    )


def one_off_notice(
    ranges: Iterable[ContributionRange], on: date, check: OneOffCheck = OneOffCheck.APPLY
) -> OneOffNotice | None:
    """The notice the transfer-out bureau owes when months stay behind (94号第三条), or None.

    `on` is the day the contact letter was received. Before 94号 held there was no time limit: None.
    """
    months = unproven_months(ranges, on, check)
    if not months or on < WORKING_DAYS_FOR_NOTICE[0].since:
        return None
    limit = in_force(WORKING_DAYS_FOR_NOTICE, on)
    return OneOffNotice(months, limit.value, limit.law)
