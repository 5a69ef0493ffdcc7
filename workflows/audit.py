"""The audit workflow: it asks every bureau about its own books, page by page, and compares the answers."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        COMPARE_CASES,
        JUDGE_CASES,
        LIST_CASES,
        READ_CASES,
        SUMMARISE_BOOKS,
        ActivityContract,
        Request,
        Result,
    )
    from models.messages.audit import (
        NAMED,
        AuditOrder,
        AuditReport,
        BooksQuestion,
        CaseLine,
        CasesCompared,
        CasesInFull,
        CasesPage,
        CasesQuestion,
        CasesToCompare,
        Judgement,
        NamedCases,
        Suspect,
        SuspectBooks,
    )
    from rules.values.books import Divergence
    from rules.values.officers import PROVINCE
    from workflows.identifiers import (
        ALL_RUNS,
        BUREAU_IN,
        BUREAU_OUT,
        PLATFORM_QUEUE,
        STAGE,
        bureau_queue,
        case_workflow_id,
    )
    from workflows.steps import HEARTBEAT_TIMEOUT, proven_answer

TO_ANSWER = timedelta(hours=1)
TO_COMPARE = timedelta(minutes=10)
ATTEMPTS = RetryPolicy(maximum_attempts=3)
SECOND_READING_AFTER = timedelta(seconds=1)
"""The pause before suspect cases are read a second time. The bureaus do not answer at one instant, so a case
may have moved on between two answers; a contradiction is a finding only when both readings show it."""
SUSPECTS = 50
"""How many suspect cases are read in full at a time."""


@workflow.defn
class AuditBooks:
    """Compares the books of all bureaus, without reading any store itself.

    Each bureau's worker reads its own store and answers questions about it; the rules that compare the
    answers run in activities.
    """

    @workflow.init
    def __init__(self, order: AuditOrder) -> None:
        self.order = order
        self.report = order.so_far or AuditReport(bureaus=order.bureaus, not_checked=(), since=order.since)
        self.after = order.after
        self.pages: dict[str, CasesPage] = {}

    @workflow.query
    def so_far(self) -> AuditReport:
        """The report so far."""
        return self.report

    @workflow.run
    async def run(self, order: AuditOrder) -> AuditReport:
        if order.so_far is None:
            await self._ask_for_books()
        while True:
            await asyncio.gather(*(self._next_page(bureau) for bureau in self.report.bureaus))
            # Read here, because the answer of a local activity may come later than at its replay.
            suggested = workflow.info().is_continue_as_new_suggested()
            up_to = min((page.lines[-1].case_no for page in self.pages.values() if not page.last), default="")
            await self._compare(up_to)
            if not up_to:
                return self.report
            self.after = up_to
            if suggested:
                further = order.model_copy(update={"after": self.after, "so_far": self.report})
                workflow.continue_as_new(further)

    async def _ask_for_books(self) -> None:
        questions = [BooksQuestion(bureau=each, since=self.order.since) for each in self.report.bureaus]
        asked = zip(self.report.bureaus, questions, strict=True)
        answers = await asyncio.gather(*(self._ask(key, SUMMARISE_BOOKS, each) for key, each in asked))
        books = tuple(answer for answer in answers if answer is not None)
        self._report(
            books=tuple(one.model_copy(update={"findings": (), "more": 0}) for one in books),
            postings=sum(one.postings for one in books),
        )
        self._found([finding for one in books for finding in one.findings], sum(one.more for one in books))
        await self._ask_the_province()

    async def _ask_the_province(self) -> None:
        """Have the province check its own store against its papers; it has no books to compare."""
        question = BooksQuestion(bureau=PROVINCE, since=self.order.since)
        answer = await self._answer(PLATFORM_QUEUE, SUMMARISE_BOOKS, question)
        if answer is None:
            self._found([Divergence("province_not_read", PROVINCE, "store", "—", "—")])
            return
        self._found(answer.findings, answer.more)

    async def _next_page(self, bureau: str) -> None:
        """Fetch a bureau's next page of cases, once its last page is compared completely."""
        page = self.pages.get(bureau)
        if page is not None and (page.last or page.lines):
            return
        question = CasesQuestion(bureau=bureau, after=self.after, since=self.order.since)
        answer = await self._ask(bureau, LIST_CASES, question)
        if answer is not None:
            self.pages[bureau] = answer

    async def _compare(self, up_to: str) -> None:
        """Compare all bureaus' lines up to a case number that every page reaches; '' means all lines."""
        lines = {bureau: self._take(bureau, up_to) for bureau in self.pages}
        asked = CasesToCompare(
            after=self.after,
            up_to=up_to,
            lines=lines,
            opened_at={one.bureau: one.opened_at for one in self.report.books},
            since=self.order.since,
            query=ALL_RUNS,
            prefix=case_workflow_id(""),
            attributes=(BUREAU_IN.name, BUREAU_OUT.name, STAGE.name),
        )
        compared: CasesCompared = await workflow.execute_local_activity(
            COMPARE_CASES.name,
            asked,
            result_type=COMPARE_CASES.gives,
            start_to_close_timeout=TO_COMPARE,
        )
        self._report(
            **self.report.plus(compared.totals).model_dump(),
            cases_not_checked=self.report.cases_not_checked + compared.not_checked,
            not_checked_sample=self.report.not_checked_sample or compared.not_checked_sample,
        )
        await self._read_twice(compared.suspects)

    def _take(self, bureau: str, up_to: str) -> tuple[CaseLine, ...]:
        """Remove a bureau's lines up to a case number from its page; report what the bureau found in them."""
        page = self.pages[bureau]
        taken = tuple(line for line in page.lines if not up_to or line.case_no <= up_to)
        found = [one for case_no, one in page.findings if not up_to or case_no <= up_to]
        self._found(found)
        self.pages[bureau] = page.model_copy(
            update={
                "lines": page.lines[len(taken) :],
                "findings": page.findings[len(found) :],
            }
        )
        return taken

    async def _read_twice(self, suspects: Sequence[Suspect]) -> None:
        """Read suspect cases in full, twice with a pause between, and report what both readings show.

        Once the report names as many findings as allowed, further suspects are counted and not read.
        """
        for start in range(0, len(suspects), SUSPECTS):
            some = suspects[start : start + SUSPECTS]
            if len(self.report.findings) >= NAMED:
                self._found((), len(suspects) - start)
                return
            judged = await self._judge(some)
            if found := judged.findings:
                await workflow.sleep(SECOND_READING_AFTER)
                judged = await self._judge(some)
                again = set(judged.findings)
                self._found([finding for finding in found if finding in again])
            self._report(**self.report.plus(judged.totals).model_dump())

    async def _judge(self, suspects: Sequence[Suspect]) -> Judgement:
        """Judge some cases by the full books of their bureaus, each case only if all its bureaus answer."""
        by_bureau: dict[str, list[str]] = {}
        for suspect in suspects:
            for bureau in suspect.bureaus:
                by_bureau.setdefault(bureau, []).append(suspect.case_no)
        answers = await asyncio.gather(
            *(self._in_full(bureau, numbers) for bureau, numbers in by_bureau.items())
        )
        books = tuple(answer for answer in answers if answer is not None)
        spoke = {answer.bureau for answer in books}
        judged: Judgement = await workflow.execute_local_activity(
            JUDGE_CASES.name,
            SuspectBooks(
                suspects=tuple(one for one in suspects if spoke >= set(one.bureaus)),
                books=books,
                prefix=case_workflow_id(""),
                attribute=STAGE.name,
            ),
            result_type=JUDGE_CASES.gives,
            start_to_close_timeout=TO_COMPARE,
        )
        return judged

    async def _in_full(self, bureau: str, numbers: Sequence[str]) -> CasesInFull | None:
        named = NamedCases(bureau=bureau, numbers=tuple(numbers))
        return await self._ask(bureau, READ_CASES, named)

    async def _ask(
        self, bureau: str, step: ActivityContract[Request, Result], question: Request
    ) -> Result | None:
        """Ask a bureau; None when its worker does not start in time, or fails again and again.

        Such a bureau is listed as not checked, which does not mean that its books are right.
        """
        patience = timedelta(seconds=self.order.patience_seconds)
        answer = await self._answer(bureau_queue(bureau), step, question, patience)
        if answer is None:
            self._not_checked(bureau)
        return answer

    async def _answer(
        self,
        queue: str,
        step: ActivityContract[Request, Result],
        question: Request,
        to_start: timedelta | None = None,
    ) -> Result | None:
        """The answer from a queue; None if there is none, or if it is forged."""
        try:
            given: RawValue | None = await workflow.execute_activity(
                step.name,
                question,
                result_type=RawValue,
                task_queue=queue,
                schedule_to_start_timeout=to_start,
                start_to_close_timeout=TO_ANSWER,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=ATTEMPTS,
            )
        except ActivityError:
            return None
        return proven_answer(step, given)

    def _not_checked(self, bureau: str) -> None:
        self.pages.pop(bureau, None)
        silent = {*self.report.not_checked, bureau}
        self._report(
            bureaus=tuple(one for one in self.report.bureaus if one not in silent),
            not_checked=tuple(one for one in self.order.bureaus if one in silent),
        )

    def _found(self, findings: Sequence[Divergence], more: int = 0) -> None:
        known = (*self.report.findings, *findings)
        self._report(findings=known[:NAMED], more=self.report.more + more + len(known[NAMED:]))

    def _report(self, **changes: object) -> None:
        self.report = self.report.model_copy(update=changes)
