"""The audit: every bureau is asked about its own books, and the answers are compared."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.deeds import COMPARE_BOOKS, SUMMARISE_BOOKS
    from models.messages import AuditOrder, AuditReport, BooksSummary, BooksToCompare
    from workflows.names import bureau_queue


@workflow.defn
class AuditBooks:
    """Nobody opens another bureau's store: each worker speaks of its own."""

    @workflow.run
    async def run(self, order: AuditOrder) -> AuditReport:
        patience = timedelta(seconds=order.patience_seconds)
        answers = await asyncio.gather(*(self._summary(bureau, patience) for bureau in order.bureaus))
        books = tuple(answer for answer in answers if answer)
        silent = tuple(b for b, answer in zip(order.bureaus, answers, strict=True) if answer is None)
        report: AuditReport = await workflow.execute_local_activity(
            COMPARE_BOOKS.name,
            BooksToCompare(books=books, not_checked=silent),
            result_type=COMPARE_BOOKS.gives,
            start_to_close_timeout=patience,
        )
        return report

    async def _summary(self, bureau: str, patience: timedelta) -> BooksSummary | None:
        """A bureau that does not answer in time is not checked, which is not the same as clean."""
        try:
            answer: BooksSummary = await workflow.execute_activity(
                SUMMARISE_BOOKS.name,
                bureau,
                result_type=SUMMARISE_BOOKS.gives,
                task_queue=bureau_queue(bureau),
                schedule_to_close_timeout=patience,
                retry_policy=RetryPolicy(maximum_attempts=3),
                summary=f"{bureau}: summarise books",
            )
        except ActivityError:
            return None
        return answer
