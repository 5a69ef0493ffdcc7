"""The transfer-in bureau: review, letter, both arrivals in either order, taking in, telling the applicant."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select, update
from staff import accepted, by_officer
from temporalio.exceptions import ApplicationError
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import (
    NOTIFY_APPLICANT,
    RECEIVE_INFORMATION,
    REMIT_AND_END_RELATIONSHIP,
    REVIEW_APPLICATION,
    TAKE_IN,
)
from models.messages.application import TransferApplication
from models.messages.papers import ApplicationForm, InformationForm, Remittance
from models.messages.stages import Stage
from models.messages.steps import (
    CaseOrder,
    NoticeOrder,
    RemittanceOrder,
    Review,
    ReviewOrder,
    TakeInOrder,
)
from models.officers.orders import Listed
from models.officers.seals import digest_of
from models.store.records import contributions_here, months_here, person_of, relationship_of
from models.store.store import PaperKey
from models.store.tables import Account, ContributionRow, PaperRow, RelationshipRow
from province import CHANGCHUN, TEACHER, YANBIAN, account, application
from rules.values.due_dates import china_day
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        yield built


async def review(walkthrough: Walkthrough, asked: TransferApplication) -> Review:
    order = accepted(CASE, asked)
    return (await walkthrough.do(REVIEW_APPLICATION, asked.bureau_in, ReviewOrder(order=order))).review


async def sent_out(walkthrough: Walkthrough) -> tuple[InformationForm, Remittance]:
    """A form and its money, on their way to Changchun."""
    await walkthrough.seed(account())
    form = await walkthrough.form_drawn_up(application())
    return form, await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))


async def test_an_application_that_nothing_stands_against_passes_review(walkthrough: Walkthrough) -> None:
    answer = await review(walkthrough, application())
    assert (answer.refusals, answer.missing) == ((), ())
    assert answer.reviewed_on == date(2026, 3, 2)


async def test_grounds_and_missing_papers_are_told_together(walkthrough: Walkthrough) -> None:
    asked = application(status="pensioner", bureau_in=YANBIAN, bureau_out=CHANGCHUN, materials=())
    answer = await review(walkthrough, asked)
    assert len(answer.refusals) >= 2, "draws a pension, and applies at the wrong bureau"
    assert {paper.code for paper in answer.missing} == {
        "identity_document",
        "application_form",
        "posting_document",
    }
    assert all(ground.law.article for ground in answer.refusals)
    assert all(paper.law.article for paper in answer.missing)


async def test_an_application_is_judged_by_the_bureaus_of_the_day_it_was_made(
    walkthrough: Walkthrough,
) -> None:
    """Gongzhuling changed its key on 2020-06-19; who applied before named the right bureau."""
    before = application(bureau_out="220381", submitted_on=date(2020, 6, 18))
    assert (await review(walkthrough, before)).refusals == ()
    after = application(bureau_out="220381", submitted_on=date(2020, 6, 19))
    order = accepted("another case", after)
    answer = await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=order))
    assert [refusal.code for refusal in answer.review.refusals] == ["bureau_out_replaced"]


async def test_a_name_that_differs_from_the_record_here_is_a_ground_too(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(name="崔明珠", scheme="E", bureau=CHANGCHUN))
    (ground,) = (await review(walkthrough, application())).refusals
    assert ground.code == "name_differs_here"
    assert "崔" not in ground.zh


async def test_the_contact_letter_rests_on_the_certificate_which_is_kept(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    letter = await walkthrough.letter_registered(application())
    assert letter.certificate == f"certificate/{CASE}"
    assert (letter.bureau_in, letter.bureau_out) == (CHANGCHUN, YANBIAN)
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        kept = await session.exec(
            select(PaperRow.kind).where(col(PaperRow.case_no) == CASE, col(PaperRow.side) == Side.RECEIVED)
        )
        assert kept.all() == [PaperKind.APPLICATION, PaperKind.CERTIFICATE]


async def test_no_letter_leaves_without_a_certificate_or_while_papers_are_missing(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account())
    certificate = (await walkthrough.certify(application())).certificate
    incomplete = accepted(CASE, application(materials=()))
    asked = ReviewOrder(order=incomplete, certificate=certificate)
    assert (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, asked)).letter is None
    complete = accepted(CASE, application())
    alone = ReviewOrder(order=complete, version=2)
    assert (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, alone)).letter is None
    both = ReviewOrder(order=complete, version=3, certificate=certificate)
    letter = (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, both)).letter
    assert letter is not None
    again = ReviewOrder(order=complete, version=4, certificate=certificate)
    assert (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, again)).letter == letter


async def test_form_and_money_that_come_together_are_entered_and_reconciled_at_once(
    walkthrough: Walkthrough,
) -> None:
    form, remittance = await sent_out(walkthrough)
    arrival = await walkthrough.receive_funds(remittance, form)
    assert arrival.reconciliation is not None
    assert arrival.reconciliation.agreed
    assert (await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)).number == form.number


async def test_a_form_that_came_ahead_is_not_entered_again_with_the_money(walkthrough: Walkthrough) -> None:
    form, remittance = await sent_out(walkthrough)
    ahead = await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    arrival = await walkthrough.receive_funds(remittance, form)
    assert arrival.reconciliation is not None
    assert arrival.reconciliation.agreed
    assert await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form) == ahead


async def test_where_the_form_comes_first_the_money_completes_the_pair(walkthrough: Walkthrough) -> None:
    form, remittance = await sent_out(walkthrough)
    assert (await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)).reconciliation is None
    second = await walkthrough.receive_funds(remittance)
    assert second.reconciliation is not None
    assert second.reconciliation.agreed


async def test_where_the_money_comes_first_the_form_completes_the_pair(walkthrough: Walkthrough) -> None:
    form, remittance = await sent_out(walkthrough)
    assert (await walkthrough.receive_funds(remittance)).reconciliation is None
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == -remittance.total
    second = await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    assert second.reconciliation is not None
    assert second.reconciliation.agreed


@pytest.mark.parametrize("funds_first", [False, True], ids=["form first", "money first"])
async def test_both_orders_of_arrival_lead_to_the_same_books(
    walkthrough: Walkthrough, funds_first: bool
) -> None:
    await walkthrough.seed(account())
    walked = await walkthrough.walk(funds_first=funds_first)
    assert walked.taken_in.months == 72
    assert walked.taken_in.individual + walked.taken_in.pooled == walked.form.lines.total
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == 0


@pytest.mark.parametrize("funds_first", [False, True], ids=["form first", "money first"])
async def test_a_fen_that_is_missing_is_found_and_waits_in_suspense(
    walkthrough: Walkthrough, funds_first: bool
) -> None:
    form, remittance = await sent_out(walkthrough)
    short = remittance.model_copy(update={"pooled": Fen(remittance.pooled - 1)})
    if funds_first:
        await walkthrough.receive_funds(short)
        reconciliation = (await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)).reconciliation
    else:
        await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
        reconciliation = (await walkthrough.receive_funds(short)).reconciliation
    assert reconciliation is not None
    assert not reconciliation.agreed
    assert [one.field for one in reconciliation.differences] == ["line_5_pooled", "line_6_total"]
    assert (reconciliation.differences[0].expected, reconciliation.differences[0].found) == (
        "51840.00",
        "51839.99",
    )
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == -short.total
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == 0


async def test_a_form_for_another_person_does_not_agree_and_shows_no_number(walkthrough: Walkthrough) -> None:
    form, remittance = await sent_out(walkthrough)
    await walkthrough.receive_funds(remittance)
    other = form.model_copy(update={"id_number": "22020219750930117X"})
    reconciliation = (await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, other)).reconciliation
    assert reconciliation is not None
    assert [one.field for one in reconciliation.differences] == ["id_number"]
    assert TEACHER not in str(reconciliation)
    assert "22020219750930117X" not in str(reconciliation)


async def test_taking_in_posts_both_parts_and_continues_the_relationship(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    walked = await walkthrough.walk()
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == walked.taken_in.individual
    assert -await walkthrough.balance(CHANGCHUN, Account.POOLED_FUND) == walked.taken_in.pooled == 51840_00
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert joined is not None
        assert joined.id is not None
        assert joined.ended_by is None
        (row,) = await contributions_here(session, joined.id)
    assert (row.first, row.last, row.base) == ("2020-01", "2025-12", 6000_00)
    assert (row.origin_bureau, row.origin_case) == (YANBIAN, CASE)


async def test_months_already_paid_here_are_taken_in_and_named(walkthrough: Walkthrough) -> None:
    """先转后清: the transfer is not held up, the duplicates are cleared afterwards."""
    part_time = account(scheme="E", bureau=CHANGCHUN, months=[("2025-10", "2026-02", "3000.00")])
    await walkthrough.seed(account(), part_time)
    walked = await walkthrough.walk()
    twice = (Month(2025, 10), Month(2025, 11), Month(2025, 12))
    assert walked.taken_in.duplicate_months == twice
    assert walked.notice.duplicate_months == twice
    assert walked.notice.outcome is Stage.AWAITING_CHOICE, "the person still has to choose"
    assert walked.taken_in.months == 72
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        person = await person_of(session, TEACHER)
        assert person is not None
        assert person.id is not None
        assert len(await months_here(session, person.id)) == 72 + 5 - 3
        assert len((await session.exec(select(ContributionRow))).all()) == 2


async def test_months_owed_here_but_never_paid_are_no_duplicates(walkthrough: Walkthrough) -> None:
    owed = account(scheme="E", bureau=CHANGCHUN, months=[])
    document = owed.model_dump(mode="json", by_alias=True)
    document["months"] = [{"from": "2025-10", "to": "2025-12", "base": "3000.00", "kind": "arrears"}]
    await walkthrough.seed(account(), type(owed).model_validate(document))
    assert (await walkthrough.walk()).taken_in.duplicate_months == ()


async def test_months_of_a_pilot_here_are_no_duplicates(walkthrough: Walkthrough) -> None:
    """Nothing is to be chosen between them and months that come, and the notice must not say so."""
    rates = {str(year): "3.50" for year in range(2013, 2016)}
    worked = account(scheme="E", months=[("2013-01", "2015-12", "3000.00")], rates=rates)
    document = account(bureau=CHANGCHUN, months=[]).model_dump(mode="json", by_alias=True)
    document["months"] = [{"from": "2013-01", "to": "2014-09", "base": "3000.00", "kind": "pilot"}]
    await walkthrough.seed(worked, type(worked).model_validate(document))
    asked = application(scheme_from="E", scheme_to="G", materials=("identity_document",))
    walked = await walkthrough.walk(asked)
    assert walked.taken_in.duplicate_months == ()
    assert walked.notice.outcome is Stage.CLOSED


async def test_nothing_is_taken_into_a_relationship_that_is_itself_leaving(walkthrough: Walkthrough) -> None:
    """The person moves on from Changchun while money comes in; it waits until they have left."""
    form, remittance = await sent_out(walkthrough)
    await walkthrough.seed(account(scheme="E", bureau=CHANGCHUN, months=[("2018-01", "2019-12", "3000.00")]))
    leaving = application(
        scheme_from="E",
        scheme_to="G",
        bureau_out=CHANGCHUN,
        bureau_in=YANBIAN,
        employer_bureau=YANBIAN,
        new_employer="延吉市第二中学",
    )
    await walkthrough.letter_registered(leaving, OTHER_CASE)
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    await walkthrough.receive_funds(remittance)
    order = TakeInOrder(form=form)
    before = await walkthrough.books(CHANGCHUN)
    with pytest.raises(ApplicationError, match=OTHER_CASE) as waiting:
        await walkthrough.do(TAKE_IN, CHANGCHUN, order)
    assert not waiting.value.non_retryable
    assert await walkthrough.books(CHANGCHUN) == before
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        await session.exec(update(RelationshipRow).values(reserved_by=None))
    assert (await walkthrough.do(TAKE_IN, CHANGCHUN, order)).taken_in.months == 72


async def test_papers_bear_the_instant_at_which_the_bureau_took_up_the_step(walkthrough: Walkthrough) -> None:
    """What stops a clock is the step, whenever the platform hears of it."""
    await walkthrough.seed(account())
    walked = await walkthrough.walk()
    instants = [
        walked.registration.started_at,
        walked.remittance.started_at,
        walked.information.started_at,
        walked.funds.started_at,
        walked.notice.started_at,
    ]
    assert instants == sorted(instants)
    assert len(set(instants)) == 5
    assert [china_day(instant) for instant in instants[1:3]] == [
        walked.remittance.sent_on,
        walked.information.arrived_on,
    ]


async def test_the_same_money_is_not_posted_under_two_forms(walkthrough: Walkthrough) -> None:
    """A later version is taken in once the earlier taking in has been reversed, and not before."""
    form, remittance = await sent_out(walkthrough)
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    await walkthrough.receive_funds(remittance)
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=form))
    held = await walkthrough.balance(CHANGCHUN, Account.BANK)
    reissued = form.model_copy(update={"version": 2})
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, reissued)
    with pytest.raises(ValueError, match="taken in already"):
        await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=reissued))
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == held


async def test_the_applicant_is_told_what_was_taken_in(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    walked = await walkthrough.walk()
    notice = walked.notice
    assert notice.outcome is Stage.CLOSED
    assert (notice.individual, notice.pooled, notice.months) == (
        walked.taken_in.individual,
        walked.taken_in.pooled,
        72,
    )
    assert (notice.refusals, notice.missing, notice.remedies) == ((), (), ())


async def test_a_refused_applicant_is_told_every_ground_and_every_missing_paper_in_one_notice(
    walkthrough: Walkthrough,
) -> None:
    answer = await review(walkthrough, application(status="pensioner", materials=()))
    refused = await walkthrough.certify(application())
    order = NoticeOrder(
        case_no=CASE,
        outcome=Stage.REFUSED,
        refusals=(*answer.refusals, *refused.refusals),
        missing=answer.missing,
    )
    notice = await walkthrough.do(NOTIFY_APPLICANT, CHANGCHUN, order)
    assert notice.outcome is Stage.REFUSED
    assert {told.code for told in notice.refusals} >= {"no_relationship", answer.refusals[0].code}
    assert len(notice.missing) == 3
    assert (notice.individual, notice.pooled, notice.months) == (0, 0, 0)
    assert [remedy.code for remedy in notice.remedies] == ["administrative_review", "review_or_suit", "suit"]


def accepted_by(bureau: str, officer: str, asked: TransferApplication) -> CaseOrder:
    """An application to Changchun with the sealed order of an officer of this bureau."""
    order = CaseOrder(case_no=CASE, application=asked)
    items = (digest_of(order.form_accepted()),)
    listed = by_officer(Right.APPLY, bureau, Listed(items=items), officer, items)
    return order.model_copy(update={"accepted": listed.order})


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (CaseOrder(case_no=CASE, application=application()), "not_sealed"),
        (accepted_by(YANBIAN, "demo-registrar", application()), "seal_not_genuine"),
        (accepted_by(CHANGCHUN, "demo-checker", application()), "no_right"),
        (
            accepted(CASE, application()).model_copy(update={"application": application(name="崔大勇")}),
            "seal_not_genuine",
        ),
        (accepted(CASE, application()).model_copy(update={"case_no": "another case"}), "seal_not_genuine"),
    ],
    ids=["nobody", "the other bureau", "another role", "another application", "another case"],
)
async def test_an_application_that_no_officer_here_has_accepted_is_refused_for_that_alone_and_nothing_written(
    walkthrough: Walkthrough, order: CaseOrder, code: str
) -> None:
    review = (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=order))).review
    assert [one.code for one in review.refusals] == [code]
    assert "officer of the transfer-in bureau" in review.refusals[0].en
    async with walkthrough.stores[CHANGCHUN].reading() as session:
        assert (await session.exec(select(PaperRow))).all() == []


async def test_of_a_case_on_file_no_other_application_is_kept_without_an_officers_seal(
    walkthrough: Walkthrough,
) -> None:
    assert (await review(walkthrough, application())).refusals == ()
    forged = CaseOrder(case_no=CASE, application=application(name="崔大勇"))
    again = ReviewOrder(order=forged, version=2)
    answer = await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, again)
    assert [one.code for one in answer.review.refusals] == ["not_sealed"]
    store = walkthrough.stores[CHANGCHUN]
    async with store.reading() as session:
        kept = await store.papers(session, CASE, PaperKind.APPLICATION, Side.RECEIVED, ApplicationForm)
    assert [one.application for one in kept] == [application()]


async def test_papers_added_before_the_first_review_leave_the_officers_seal_as_it_is(
    walkthrough: Walkthrough,
) -> None:
    asked = application(materials=())
    enlarged = accepted(CASE, asked).model_copy(update={"application": application(), "opened_with": asked})
    review = (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=enlarged))).review
    assert review.refusals == ()
    store = walkthrough.stores[CHANGCHUN]
    async with store.reading() as session:
        kept = await store.papers(session, CASE, PaperKind.APPLICATION, Side.RECEIVED, ApplicationForm)
    assert [one.application for one in kept] == [asked, application()]
    assert await walkthrough.divergences() == []


async def test_the_audit_names_an_application_that_no_order_lists(walkthrough: Walkthrough) -> None:
    await walkthrough.do(
        REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=accepted(CASE, application(materials=())))
    )
    store = walkthrough.stores[CHANGCHUN]
    other = CaseOrder(case_no="another case", application=application()).form()
    async with store.transaction() as session:
        key = PaperKey(other.case_no, PaperKind.APPLICATION, Side.RECEIVED)
        await store.file(session, key, walkthrough.now, other)
    found = [one for summary in await walkthrough.summaries() for one in summary.findings]
    assert [(one.code, one.subject) for one in found] == [("entered_by_no_order", "application/another case")]
