"""What the transfer-in bureau tells the person is what its own file bears out, each thing once."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sealed_papers import ruled, withdrawn
from staff import accepted
from temporalio.exceptions import ApplicationError
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import ISSUE_CERTIFICATE, NOTIFY_APPLICANT, RECEIVE_INFORMATION, REVIEW_APPLICATION
from models.messages.papers import ResultNotice
from models.messages.stages import Stage
from models.messages.steps import CaseOrder, CertificateOrder, NoticeOrder, Review, ReviewOrder
from province import CHANGCHUN, YANBIAN, account, application
from rules.values.law import MissingPaper, Refusal
from rules.values.orders import RestoreRelationship

ALL = ("identity_document", "application_form", "posting_document")


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as walkthrough:
        await walkthrough.seed(account())
        yield walkthrough


async def reviewed(walkthrough: Walkthrough, version: int, papers: int, status: str = "active") -> Review:
    """A review of the application with so many of its papers."""
    asked = application(materials=ALL[:papers], status=status)
    order = ReviewOrder(order=accepted(CASE, asked), version=version)
    return (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, order)).review


async def told(
    walkthrough: Walkthrough,
    outcome: Stage,
    version: int = 1,
    missing: Sequence[MissingPaper] = (),
    refusals: Sequence[Refusal] = (),
    case_no: str = CASE,
) -> ResultNotice:
    order = NoticeOrder(
        case_no=case_no,
        outcome=outcome,
        version=version,
        missing=tuple(missing),
        refusals=tuple(refusals),
    )
    return await walkthrough.do(NOTIFY_APPLICANT, CHANGCHUN, order)


def not_told() -> pytest.RaisesExc[ApplicationError]:
    return pytest.RaisesExc(ApplicationError, match="on file here bears the notice out")


async def refused(walkthrough: Walkthrough) -> tuple[Refusal, ...]:
    """The transfer-out bureau has nothing to certify: the person is not on its books under this number."""
    order = accepted(CASE, application(id_number="110101199001011237"))
    return (await walkthrough.do(ISSUE_CERTIFICATE, YANBIAN, CertificateOrder(order=order))).refusals


async def test_papers_are_asked_for_once_after_each_review_that_finds_some_missing(
    walkthrough: Walkthrough,
) -> None:
    for version, papers in ((1, 0), (2, 1), (3, 2)):
        missing = (await reviewed(walkthrough, version, papers)).missing
        with not_told():
            await told(walkthrough, Stage.AWAITING_MATERIALS, version, missing[1:])
        await told(walkthrough, Stage.AWAITING_MATERIALS, version, missing)
        with not_told():
            await told(walkthrough, Stage.AWAITING_MATERIALS, version + 1, missing)
    assert (await reviewed(walkthrough, 4, 3)).missing == ()
    with not_told():
        await told(walkthrough, Stage.AWAITING_MATERIALS, 4)


async def test_a_review_that_nobody_heard_of_does_not_count_as_asked(walkthrough: Walkthrough) -> None:
    """The case was handed over to a further run while it was reviewed, and has it reviewed again."""
    await told(walkthrough, Stage.AWAITING_MATERIALS, 1, (await reviewed(walkthrough, 1, 0)).missing)
    await reviewed(walkthrough, 2, 1)
    missing = (await reviewed(walkthrough, 3, 2)).missing
    assert (await told(walkthrough, Stage.AWAITING_MATERIALS, 2, missing)).missing == missing


async def test_after_rounds_of_missing_papers_a_refused_certificate_refuses_the_application(
    walkthrough: Walkthrough,
) -> None:
    for version in (1, 2):
        missing = (await reviewed(walkthrough, version, version)).missing
        await told(walkthrough, Stage.AWAITING_MATERIALS, version, missing)
    grounds = await refused(walkthrough)
    assert grounds
    notice = await told(walkthrough, Stage.REFUSED, 3, missing, grounds)
    assert (notice.refusals, notice.missing) == (grounds, missing)
    for outcome in (Stage.AWAITING_MATERIALS, Stage.REFUSED):
        with not_told():
            await told(walkthrough, outcome, 4, missing, grounds)


async def test_an_application_that_no_officer_has_accepted_is_refused_though_nothing_of_it_is_kept(
    walkthrough: Walkthrough,
) -> None:
    order = ReviewOrder(order=CaseOrder(case_no=CASE, application=application(materials=())))
    found = (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, order)).review
    assert found.refusals
    with not_told():
        await told(walkthrough, Stage.AWAITING_MATERIALS, refusals=found.refusals)
    await told(walkthrough, Stage.REFUSED, refusals=found.refusals)
    with not_told():
        await told(walkthrough, Stage.REFUSED, 2, refusals=found.refusals)


async def test_no_refusal_leaves_out_what_the_review_has_found(walkthrough: Walkthrough) -> None:
    found = await reviewed(walkthrough, 1, 3, "pensioner")
    grounds = await refused(walkthrough)
    for said in ((), grounds):
        with not_told():
            await told(walkthrough, Stage.REFUSED, 1, found.missing, said)
    await told(walkthrough, Stage.REFUSED, 1, found.missing, (*found.refusals, *grounds))


async def test_nothing_is_refused_once_the_information_form_is_here(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, case.form)
    with not_told():
        await told(walkthrough, Stage.REFUSED, refusals=await refused(walkthrough))


@pytest.mark.parametrize("form_here", [False, True])
async def test_a_withdrawal_is_told_once_and_of_its_own_case_alone(
    walkthrough: Walkthrough, form_here: bool
) -> None:
    if form_here:
        case = await Exchange.with_form(walkthrough)
        await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, case.form)
    with not_told():
        await told(walkthrough, Stage.WITHDRAWN)
    await withdrawn(walkthrough, CHANGCHUN)
    await told(walkthrough, Stage.WITHDRAWN)
    with not_told():
        await told(walkthrough, Stage.WITHDRAWN, 2)
    with not_told():
        await told(walkthrough, Stage.WITHDRAWN, case_no=OTHER_CASE)


async def test_a_withdrawal_that_came_too_late_is_told_of_nobody(walkthrough: Walkthrough) -> None:
    await Exchange.delivered(walkthrough)
    await withdrawn(walkthrough, CHANGCHUN)
    await ruled(walkthrough.stores[CHANGCHUN], "closing-1")
    for outcome in (Stage.WITHDRAWN, Stage.ENDED_BY_RULING, Stage.RETURNED):
        with not_told():
            await told(walkthrough, outcome)


async def test_a_ruling_that_closes_the_case_is_told_without_any_ground_of_refusal(
    walkthrough: Walkthrough,
) -> None:
    missing = (await reviewed(walkthrough, 1, 0)).missing
    await told(walkthrough, Stage.AWAITING_MATERIALS, 1, missing)
    with not_told():
        await told(walkthrough, Stage.ENDED_BY_RULING, 2)
    await ruled(walkthrough.stores[CHANGCHUN], "closing-1")
    with not_told():
        await told(walkthrough, Stage.ENDED_BY_RULING, 2, missing)
    await told(walkthrough, Stage.ENDED_BY_RULING, 2)


async def test_what_was_taken_in_and_told_can_be_returned_by_a_ruling_that_restores_the_relationship(
    walkthrough: Walkthrough,
) -> None:
    """As in a case that was reopened: it has told the person of what was taken in, more than once."""
    case = await Exchange.settled(walkthrough)
    await case.lower(100, 0)
    await case.settle_difference()
    await case.take_in()
    await case.give_all_back()
    await case.restore()
    with not_told():
        await told(walkthrough, Stage.RETURNED, 3)
    await ruled(walkthrough.stores[CHANGCHUN], "closing-2", CASE, RestoreRelationship())
    await told(walkthrough, Stage.RETURNED, 3)
    with not_told():
        await told(walkthrough, Stage.RETURNED, 4)
