"""Whose the working days of a case were: every one charged to exactly one party."""

from datetime import UTC, datetime

from rich.console import Console
from temporalio.client import ActivityFailureError, Client
from temporalio.common import ActivityIDConflictPolicy, ActivityIDReusePolicy, RetryPolicy

from activities.deeds import CHARGE_DAYS
from desk.asking import QUERY_PATIENCE
from desk.language import say
from desk.screen import table
from desk.words import title
from models.clocks import Responsibility, ResponsibilityOrder
from models.progress import Progress
from models.stages import Party
from rules.charged_days import Share
from workflows.names import PLATFORM_QUEUE

SHOWN = 4
"""So many stretches of days are named; what is longer is in the JSON document."""


async def responsibility_of(client: Client, progress: Progress) -> Responsibility | None:
    """Ask the platform to charge the days so far; None when it does not answer, which stops nobody."""
    if not progress.holdings:
        return None
    # A case may be ahead of this machine's clock; what it has noted has happened.
    until = progress.until or max(datetime.now(UTC), progress.holdings[-1].since)
    order = ResponsibilityOrder(
        bureau=progress.bureau_in, holdings=progress.holdings, until=until, duties=progress.duties
    )
    try:
        charged: Responsibility = await client.execute_activity(
            CHARGE_DAYS.name,
            order,
            id=f"charge/{progress.case_no}",
            task_queue=PLATFORM_QUEUE,
            result_type=Responsibility,
            id_reuse_policy=ActivityIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
            schedule_to_close_timeout=QUERY_PATIENCE,
            retry_policy=RetryPolicy(maximum_attempts=3),
        )
    except (TimeoutError, ActivityFailureError):
        return None
    return charged


def print_responsibility(screen: Console, charged: Responsibility) -> None:
    """The days of each party, which of them, their sum, and how long the prompt duties took."""
    shown = table(say("charged to", "责任归属"), say("working days", "工作日"), say("which", "起止"))
    shown.columns[1].justify = "right"
    for share in charged.ledger.shares:
        shown.add_row(title(share.party), str(share.working_days), _ranges(share))
    total = charged.ledger.total
    between = f"{charged.ledger.applied_on} – {charged.ledger.closed_on}"
    shown.add_row(say("all", "合计"), str(total), between, style="bold")
    screen.print(shown)
    for prompt in charged.duties:
        days = prompt.working_days
        screen.print(
            say(
                f"{title(prompt.duty)}: {days} working days ({prompt.duty.law}: promptly)",
                f"{title(prompt.duty)}：{days} 个工作日（{prompt.duty.law}：及时）",
            ),
            markup=False,
        )


def _ranges(share: Share[Party]) -> str:
    """'2026-01-16 – 2026-01-20, 2026-01-26', and how many stretches more."""
    named = [str(one.first) if one.first == one.last else f"{one.first} – {one.last}" for one in share.ranges]
    more = len(named) - SHOWN
    text = ", ".join(named[:SHOWN])
    return text + (say(f" and {more} more", f" 等 {len(named)} 段") if more > 0 else "")
