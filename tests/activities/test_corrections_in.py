"""The transfer-in bureau: several remittances, a taking in reversed and made anew, money sent back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from linking import asks, employed, farmed
from sealed_papers import approved, ruled
from sqlmodel import col, select
from staff import accepted
from temporalio.exceptions import ApplicationError
from two_bureaus import Exchange
from walkthrough import CASE, Walkthrough

from activities.contracts import (
    RECEIVE_INFORMATION,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    REVIEW_APPLICATION,
    TAKE_IN,
)
from models.messages.corrections import ReversalOrder, StatedAmounts
from models.messages.papers import RemittancePurpose
from models.messages.requests import Approvable
from models.messages.steps import ReviewOrder, TakeInOrder
from models.store.records import brought_by, contributions_here, person_of, relationship_of
from models.store.superseding import is_here
from models.store.tables import Account, EntryRow, PaperRow, PostingRow
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, account, application
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.moves import Scheme
from rules.values.orders import Proceed, RestartClock, ReturnFunds
from rules.values.papers import PaperKind


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account())
        yield built


async def at_changchun(walkthrough: Walkthrough) -> tuple[int, str | None]:
    """How many ranges the relationship holds at Changchun, and who has ended it."""
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
        assert joined is not None
        assert joined.id is not None
        return len(await contributions_here(session, joined.id)), joined.ended_by


async def entries_of(walkthrough: Walkthrough, key: str) -> list[tuple[str, int, int | None, str | None]]:
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        query = (
            select(EntryRow)
            .join(PostingRow, col(PostingRow.id) == col(EntryRow.posting_id))
            .where(col(PostingRow.key) == key)
        )
        rows = await session.exec(query)
        return sorted((row.account, row.amount, row.relationship_id, row.remittance) for row in rows)


async def test_a_form_reissued_is_compared_with_all_money_that_came(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    form = case.form
    await case.amend(
        StatedAmounts(individual=Fen(form.lines.individual + 300), pooled=Fen(form.lines.pooled - 100))
    )
    arrival = await case.inform()
    assert arrival.reconciliation is not None
    assert not arrival.reconciliation.agreed
    short = arrival.reconciliation
    assert (short.short_individual, short.short_pooled) == (300, -100)
    await case.supplement(300, -100)
    assert (await case.reconcile()).agreed
    await case.lower(1, 0)
    assert (await case.reconcile()).short_individual == -1
    await case.give_back(RemittancePurpose.SURPLUS, 1, 0)
    assert (await case.reconcile()).agreed


async def test_money_that_comes_is_compared_with_the_latest_form(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    await case.inform()
    await case.amend(line__5="1.00")
    await case.inform()
    await case.remit()
    assert (await case.reconcile()).agreed
    assert case.remittances[0].sequence == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "崔明珠"}, "name"),
        ({"id_number": WORKER}, "id_number"),
        ({"scheme_from": Scheme.ENTERPRISE}, "scheme"),
    ],
)
async def test_a_form_that_contradicts_the_certificate_is_named_without_a_value(
    walkthrough: Walkthrough, changed: dict[str, str], field: str
) -> None:
    case = await Exchange.with_form(walkthrough)
    await case.remit()
    case.forms.append(case.form.model_copy(update=changed))
    found = (await case.inform()).reconciliation
    assert found is not None
    (difference,) = found.differences
    assert (difference.field, difference.expected, difference.found) == (field, "as certified", "differs")


async def test_a_name_put_right_by_a_correction_outweighs_the_certificate(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    await case.amend(name="崔明珠")
    assert (await case.inform()).reconciliation == await case.reconcile()
    assert (await case.reconcile()).agreed
    await case.reverse()
    await case.take_in()
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        person = await person_of(session, TEACHER)
        assert person is not None
        assert person.name == "崔明珠"


async def test_what_is_in_suspense_is_taken_in_only_if_the_form_states_it(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    await case.amend(line__5="1.00")
    await case.inform()
    before = await walkthrough.books(CHANGCHUN)
    with pytest.raises(ValueError, match="not what information-form"):
        await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await walkthrough.books(CHANGCHUN) == before


async def test_the_officers_who_approved_the_posting_are_on_it(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    unapproved = TakeInOrder(form=case.form, officers=("sun", "li"))
    with pytest.raises(ValueError, match="not approved by every officer"):
        await walkthrough.do(TAKE_IN, CHANGCHUN, unapproved)
    store, number = walkthrough.stores[CHANGCHUN], case.form.number
    acts = await approved(store, CHANGCHUN, Approvable.POSTING, number, case.form, "sun", "li")
    order = unapproved.model_copy(update={"approvals": acts})
    taken_in = (await walkthrough.do(TAKE_IN, CHANGCHUN, order)).taken_in
    assert taken_in.number == f"taking-in/{CASE}/1"
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        posting = await session.exec(select(PostingRow).where(col(PostingRow.key) == taken_in.number))
        assert posting.one().officer == "sun,li"


async def test_a_reversal_is_the_exact_opposite_and_leaves_nothing_behind(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    total = case.form.lines.total
    assert await at_changchun(walkthrough) == (1, None)
    reversal = await case.reverse()
    assert reversal is not None
    assert (reversal.number, reversal.version) == (f"reversal/{CASE}/1", 1)
    assert await entries_of(walkthrough, reversal.number) == sorted(
        (account, -amount, *rest)
        for account, amount, *rest in await entries_of(walkthrough, f"taking-in/{CASE}/1")
    )
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == -total
    assert await at_changchun(walkthrough) == (0, f"reversal/{CASE}/1")


async def test_what_was_reversed_is_posted_anew_under_a_later_form_more_than_once(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.settled(walkthrough)
    for base in ("6500.00", "7000.00"):
        await case.amend(base__2023_01_to_2023_12=base)
        await case.settle_difference()
        taken_in = await case.take_in()
        assert (taken_in.version, taken_in.months) == (case.form.version, 72)
        assert taken_in.duplicate_months == ()
        assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == case.form.lines.individual
        assert await at_changchun(walkthrough) == (3, None)
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        rows = await contributions_here(session, 1)
        assert [(row.first, row.last, row.base) for row in rows][1] == ("2023-01", "2023-12", 7000_00)


async def test_a_version_that_was_reversed_is_not_taken_in_again(walkthrough: Walkthrough) -> None:
    """Its paper is still on file; as an answer it would say that the money is posted."""
    case = await Exchange.settled(walkthrough)
    await case.reverse()
    with pytest.raises(ValueError, match=r"taking_in 1 of case .* was undone"):
        await case.take_in()
    await case.amend()
    await case.inform()
    assert (await case.take_in()).version == 2


async def test_a_relationship_with_months_of_its_own_does_not_end_with_a_reversal(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account(scheme="E", bureau=CHANGCHUN, months=[("2016-01", "2018-12", "3000.00")]))
    case = await Exchange.settled(walkthrough)
    own = -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) - case.form.lines.individual
    await case.reverse()
    assert await at_changchun(walkthrough) == (1, None)
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == own


async def test_only_what_was_taken_in_can_be_reversed(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    with pytest.raises(ValueError, match="was not taken in"):
        await walkthrough.do(
            REVERSE_TAKING_IN, CHANGCHUN, ReversalOrder(case_no=CASE, form=case.form, by="correction-1")
        )


async def test_what_was_taken_in_is_taken_back_for_a_later_form_or_by_a_ruling_alone(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.settled(walkthrough)
    before = await walkthrough.books(CHANGCHUN)
    order = ReversalOrder(case_no=CASE, form=case.form, by="nobody's ruling")
    with pytest.raises(ApplicationError, match="Neither a later form nor a ruling"):
        await walkthrough.do(REVERSE_TAKING_IN, CHANGCHUN, order)
    assert await walkthrough.books(CHANGCHUN) == before
    await case.lower(100, 0)
    await walkthrough.do(REVERSE_TAKING_IN, CHANGCHUN, order)
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == 0


async def test_what_was_taken_in_stands_against_a_ruling_on_something_else_or_from_before_it(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.delivered(walkthrough)
    store = walkthrough.stores[CHANGCHUN]
    await ruled(store, "before", CASE, ReturnFunds())
    await case.take_in()
    before = await walkthrough.books(CHANGCHUN)

    async def refused(by: str) -> None:
        order = ReversalOrder(case_no=CASE, form=case.form, by=by)
        with pytest.raises(ApplicationError, match="Neither a later form nor a ruling"):
            await walkthrough.do(REVERSE_TAKING_IN, CHANGCHUN, order)

    await refused("before")
    assert await walkthrough.books(CHANGCHUN) == before
    await ruled(store, "on-the-clock", CASE, RestartClock(Clock.TAKE_IN))
    await refused("on-the-clock")
    await ruled(store, "on-the-money", CASE, ReturnFunds())
    order = ReversalOrder(case_no=CASE, form=case.form, by="on-the-money")
    await walkthrough.do(REVERSE_TAKING_IN, CHANGCHUN, order)


async def test_all_is_returned_once_by_a_ruling(walkthrough: Walkthrough) -> None:
    """The transfer-out bureau may remit anew afterwards; that money is not the ruling's any more."""
    case = await Exchange.settled(walkthrough)
    returned = await case.give_all_back()
    individual, pooled = returned.individual, returned.pooled
    await ruled(walkthrough.stores[YANBIAN], "to-proceed", CASE, Proceed())
    await case.supplement(individual, pooled)
    order = case.money(RemittancePurpose.RETURN, individual, pooled)
    order = order.model_copy(update={"by": f"return-{returned.sequence}"})
    with pytest.raises(ValueError, match=f"what ruling return-{returned.sequence} of case .* was sent"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, order)


@pytest.mark.parametrize("corrected", [True, False], ids=["corrected", "returned by a ruling"])
async def test_residents_months_leave_with_their_money_though_none_of_them_counts_here(
    tmp_path: Path, corrected: bool
) -> None:
    """They become no years of the employee scheme (17号第五条), and stand here all the same."""
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(farmed(), employed("E", ("2008-01", "2022-12")))
        case = await Exchange.settled(built, asks("R", "E"))

        async def years_of_residents() -> int:
            async with built.stores[CHANGCHUN].transaction() as session:
                return sum(is_here(row) for row in await brought_by(session, CASE))

        assert await years_of_residents() == 2
        if corrected:
            await case.amend(line__2="4000.00")
            await case.settle_difference()
        else:
            await case.give_all_back()
        assert await years_of_residents() == 0
        if corrected:
            await case.take_in()
            assert await years_of_residents() == 2


async def test_no_more_goes_back_than_is_in_suspense(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    everything = case.money(RemittancePurpose.RETURN, case.form.lines.individual, case.form.lines.pooled)
    with pytest.raises(ValueError, match="no ruling correction-1"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, everything)
    store = walkthrough.stores[CHANGCHUN]
    await ruled(store, everything.by)
    with pytest.raises(ValueError, match="no ruling correction-1"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, everything)
    everything = everything.model_copy(update={"by": "ruling-1"})
    await ruled(store, everything.by, CASE, ReturnFunds())
    with pytest.raises(ValueError, match="more than is in suspense"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, everything)
    with pytest.raises(ValueError, match="no such money"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, case.money(RemittancePurpose.SUPPLEMENT, 1, 0))
    await case.reverse()
    with pytest.raises(ValueError, match="no ruling ruling-1"):
        await walkthrough.do(RETURN_FUNDS, CHANGCHUN, everything)
    everything = everything.model_copy(update={"by": "reversal-1"})
    sent = await walkthrough.do(RETURN_FUNDS, CHANGCHUN, everything)
    assert (sent.number, sent.total) == (f"remittance/{CASE}/2", case.form.lines.total)
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == 0


async def test_money_that_goes_back_does_not_come_in(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    await case.lower(100, 0)
    sent = await walkthrough.do(RETURN_FUNDS, CHANGCHUN, case.money(RemittancePurpose.SURPLUS, 100, 0))
    with pytest.raises(ValueError, match="goes back"):
        await walkthrough.receive_funds(sent)


async def test_an_application_supplemented_is_reviewed_again(walkthrough: Walkthrough) -> None:
    first = accepted(CASE, application(materials=()))
    answer = await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=first))
    assert len(answer.review.missing) == 3
    again = ReviewOrder(order=accepted(CASE, application()), version=2)
    assert (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, again)).review.missing == ()
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        kept = await session.exec(select(PaperRow.version).where(col(PaperRow.kind) == PaperKind.REVIEW))
        assert sorted(kept) == [1, 2]


async def test_after_a_correction_the_applicant_is_told_anew(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    await case.reverse()
    await case.amend(name="崔明珠")
    await case.inform()
    order = TakeInOrder(form=case.form, notice_version=2)
    done = await walkthrough.do(TAKE_IN, CHANGCHUN, order)
    assert (done.notice.number, done.notice.taken_in) == (f"notice/{CASE}/2", f"taking-in/{CASE}/2")


async def test_the_same_version_arrives_once(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    first = await case.inform()
    assert await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, case.form) == first
