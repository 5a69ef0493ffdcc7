"""The audit over bureaus at work: cases and workflows, pages, and what moves on while it looks."""

from datetime import timedelta
from typing import Any

import pytest
from failing_release import FAULTY_FOR, FaultyForSome
from sqlalchemy import text
from sqlmodel import select
from stores import lift_protection
from strangers import without_keys
from temporalio import activity
from temporalio.common import RawValue
from temporalio.worker import Worker

import activities.audit.own_books
from activities.audit.own_books import OwnBooksActivities
from activities.contracts import LIST_CASES, READ_CASES, REVIEW_APPLICATION, SUMMARISE_BOOKS
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.auditing import audit_books, is_clean
from desk.client.visibility import at_either_side, find
from models.messages.audit import AuditOrder, AuditReport, CasesInFull, CasesPage, CasesQuestion, NamedCases
from models.messages.clocks import CalendarPublished
from models.messages.stages import Event, Stage
from models.messages.steps import ReviewAnswer, ReviewOrder
from models.store.store import Store
from models.store.tables import PaperRow
from province import (
    BUREAUS,
    CHANGCHUN,
    PATIENCE_SECONDS,
    SIPING,
    TEACHER,
    WORKER,
    YANBIAN,
    Handle,
    Province,
    account,
    application,
)
from workflows.audit import AuditBooks
from workflows.identifiers import CALENDAR_PUBLISHED, PLATFORM_QUEUE, STAGE, bureau_queue

THIRD = "220302199108034263"
OWN_MONTH = account(THIRD, scheme="E", bureau=CHANGCHUN, months=[("2026-01", "2026-01", "5000.00")])
NOTICE = CalendarPublished(message_id="calendar/2026", notice="国办发明电〔2026〕9号", version="2026")
PEOPLE = {TEACHER: YANBIAN, WORKER: SIPING, THIRD: YANBIAN}


async def audited(province: Province) -> AuditReport:
    """The report but for its count of workflows: the list has those of tests before this one, and loses
    the deleted ones at a time of its own."""
    report = await province.audit()
    return report.model_copy(update={"workflows": 0})


async def three_closed(province: Province) -> list[str]:
    """The numbers, in order, of three cases that came to Changchun from two bureaus."""
    await province.start()
    await province.seed(*(account(person, bureau=home) for person, home in PEOPLE.items()))
    asked = [application(id_number=person, bureau_out=home) for person, home in PEOPLE.items()]
    handles = [await province.apply(one) for one in asked]
    return sorted([(await handle.result()).case_no for handle in handles])


async def waiting_for_papers(province: Province) -> Handle:
    """A case that is open, and in both bureaus' books."""
    await province.start()
    await province.seed(account(), OWN_MONTH)
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    return handle


async def tamper(store: Store, *statements: str) -> None:
    await lift_protection(store)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_pages_of_one_case_make_the_same_report(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_closed(province)
    at_once = await audited(province)
    monkeypatch.setattr(activities.audit.own_books, "READ_TOGETHER", 1)
    monkeypatch.setattr(activities.audit.own_books, "LINES", 1)
    assert await audited(province) == at_once
    assert is_clean(at_once)
    assert (at_once.cases, at_once.open_cases, at_once.remittances) == (3, 0, 3)
    assert at_once.sent == at_once.received == at_once.posted > 0
    assert at_once.months_moved == at_once.months_taken_in == 3 * 72


async def test_a_long_audit_goes_on_where_its_last_run_ended(province: Province) -> None:
    first, *_ = await three_closed(province)
    whole = await audited(province)
    begun = whole.model_copy(update={"cases": 1})
    order = AuditOrder(bureaus=BUREAUS, patience_seconds=PATIENCE_SECONDS, after=first, so_far=begun)
    further = await province.client.execute_workflow(
        AuditBooks.run, order, id="audit/further", task_queue=PLATFORM_QUEUE
    )
    assert further.cases == 1 + 2
    assert further.books == whole.books


async def test_every_damaged_case_is_named_among_many(province: Province) -> None:
    first, second, third = await three_closed(province)
    gone = f"DELETE FROM paper WHERE case_no IN ('{first}', '{third}') AND kind LIKE 'dossier%'"
    await tamper(province.stores[CHANGCHUN], gone)
    report = await audited(province)
    missing = [one for one in report.findings if one.code == "dossier_missing"]
    assert [(one.bureau, one.subject) for one in missing] == [(CHANGCHUN, first), (CHANGCHUN, third)]
    assert not any(second in one.subject for one in report.findings if one.code != "chain_broken")
    assert not is_clean(report)


async def test_a_case_with_something_new_at_one_bureau_only_is_counted_at_both(province: Province) -> None:
    """The dossier comes to one bureau a little later than to the other."""
    await province.start()
    await province.seed(account())
    await (await province.apply(application())).result()
    last = []
    for bureau in (CHANGCHUN, YANBIAN):
        async with province.stores[bureau].reading() as session:
            last.append(max((await session.exec(select(PaperRow.at))).all()))
    assert len(set(last)) == 2
    report = await audit_books(province.client, BUREAUS, PATIENCE_SECONDS, since=max(last))
    assert is_clean(report)
    assert (report.cases, report.remittances) == (1, 1)
    assert report.workflows >= 1, "on a server that has other cases, too"
    assert report.sent == report.received == report.posted > 0
    assert report.months_moved == report.months_taken_in == 72
    before = {one.bureau: (one.before > 0, one.cases_before) for one in report.books}
    assert sorted(cases for _, cases in before.values()) == [0, 0, 1]
    nothing = await audit_books(
        province.client, BUREAUS, PATIENCE_SECONDS, since=max(last) + timedelta(seconds=1)
    )
    assert (nothing.cases, nothing.sent) == (0, 0)


async def test_an_open_case_is_counted_and_no_finding(province: Province) -> None:
    await waiting_for_papers(province)
    report = await audited(province)
    assert (report.cases, report.open_cases, report.findings) == (1, 1, ())


async def test_an_open_case_whose_workflow_was_ended_is_named(province: Province) -> None:
    handle = await waiting_for_papers(province)
    await handle.terminate("by mistake")
    (found,) = (await audited(province)).findings
    case_no = handle.id.removeprefix("transfer/")
    assert (found.code, found.subject) == ("case_without_workflow", case_no)
    assert (found.expected, found.found) == ("running", "terminated")


async def test_a_workflow_whose_case_is_in_no_books_is_named(province: Province) -> None:
    handle = await waiting_for_papers(province)
    await province.listed(handle, f"{STAGE.name} = '{Stage.AWAITING_MATERIALS}'")
    case_no = handle.id.removeprefix("transfer/")
    for bureau in (CHANGCHUN, YANBIAN):
        await tamper(province.stores[bureau], f"DELETE FROM paper WHERE case_no = '{case_no}'")
    found = {(one.code, one.subject) for one in (await audited(province)).findings}
    assert found == {("workflow_without_case", case_no)}


FAULTY = (FaultyForSome, AuditBooks)


async def marked_as_stuck(province: Province, *handles: Handle) -> None:
    """Wait until the server's list says that the program fails on the cases."""
    named = " OR ".join(f"WorkflowId = '{handle.id}'" for handle in handles)
    query = f"({named}) AND TemporalReportedProblems IS NOT NULL"

    async def marked() -> bool:
        return (await province.client.count_workflows(query)).count == len(handles)

    await province.until(marked)


async def test_cases_on_which_the_program_fails_are_named_under_way_and_at_their_first_step(
    province: Province,
) -> None:
    await province.start_bureaus(*BUREAUS)
    at_siping = {"bureau_in": FAULTY_FOR, "employer_bureau": FAULTY_FOR, "materials": ("identity_document",)}
    async with await province.platform():
        await province.seed(account())
        under_way = await province.apply(application(**at_siping))
        await province.journalled(under_way, Event.MATERIALS_ASKED_FOR)
    async with await province.platform(workflows=FAULTY):
        await under_way.signal(CALENDAR_PUBLISHED, NOTICE)
        begun = await province.apply(application(id_number=THIRD, **at_siping))
        await marked_as_stuck(province, under_way, begun)
        found = (await audited(province)).findings
        numbers = [handle.id.removeprefix("transfer/") for handle in (under_way, begun)]
        assert sorted(one.subject for one in found) == sorted(numbers)
        for one in found:
            assert (one.code, one.bureau) == ("workflow_stuck", f"{SIPING} / {YANBIAN}")
            assert "WorkflowTaskFailed" in str(one.found)
        rows, _ = await find(province.client, [at_either_side(SIPING)], 10)
        assert {row.case_no for row in rows if row.stuck} >= set(numbers)
        of_one = await audit_books(province.client, [YANBIAN], PATIENCE_SECONDS)
        assert ({one.code for one in of_one.findings}, of_one.cases_not_checked) == ({"workflow_stuck"}, 1)


class Closed(TransferInActivities):
    """A bureau whose office does not review anything."""

    @REVIEW_APPLICATION.implements
    async def review_application(self, request: ReviewOrder) -> ReviewAnswer:
        raise RuntimeError("closed")


async def test_a_case_that_has_reached_no_books_yet_is_no_finding(province: Province) -> None:
    closed = Closed(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(SIPING, YANBIAN)
    await province.start_bureaus(CHANGCHUN, review_application=closed.review_application)
    await province.seed(account(), OWN_MONTH, account(WORKER, bureau=SIPING))
    await province.apply(application())
    assert is_clean(await audited(province))


class Hasty(OwnBooksActivities):
    """Its first words of a case are older than those of the other bureau: the dossier came meanwhile."""

    looks = 0

    @LIST_CASES.implements
    async def list_case_lines(self, question: CasesQuestion) -> CasesPage:
        page: CasesPage = await OwnBooksActivities.list_case_lines(self, question)
        lines = tuple(line._replace(closed=False) for line in page.lines)
        return page.model_copy(update={"lines": lines})

    @READ_CASES.implements
    async def read_cases(self, question: NamedCases) -> CasesInFull:
        self.looks += 1
        if self.looks > 1:
            answer: CasesInFull = await OwnBooksActivities.read_cases(self, question)
            return answer
        return CasesInFull(bureau=self.bureau, cases=())


async def test_what_moved_on_between_two_answers_is_looked_at_again_and_no_finding(
    province: Province,
) -> None:
    hasty = Hasty(YANBIAN, province.stores[YANBIAN])
    replaced: dict[str, Any] = {
        "list_case_lines": hasty.list_case_lines,
        "read_cases": hasty.read_cases,
    }
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, **replaced)
    await province.seed(account())
    await (await province.apply(application())).result()
    assert is_clean(await audited(province))
    assert hasty.looks == 2


async def test_an_answer_that_a_stranger_gives_for_a_bureau_is_none_and_ends_no_audit(
    province: Province,
) -> None:
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)

    @activity.defn(name=SUMMARISE_BOOKS.name)
    async def forged(_: RawValue) -> dict[str, Any]:
        return {"bureau": CHANGCHUN, "opened_at": "2026-01-01T00:00:00Z"}

    stranger = without_keys(province.client)
    async with Worker(stranger, task_queue=bureau_queue(CHANGCHUN), activities=[forged]):
        report = await audited(province)
    assert report.not_checked == (CHANGCHUN,)
    assert not is_clean(report)
