"""The relationship itself: let go before anything left, restored once everything is back, entered by form."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sealed_papers import amendment_answered, ruled, withdrawn
from staff import accepted
from stores import Databases
from temporalio.exceptions import ApplicationError
from two_bureaus import Exchange
from walkthrough import CASE, MORNING, OTHER_CASE, Walkthrough

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    RECEIVE_RETURN,
    REGISTER_FORMER_EMPLOYERS_FORM,
    RELEASE_RESERVATION,
    REMIT_AND_END_RELATIONSHIP,
    SUPPLEMENT_FUNDS,
)
from models.messages.corrections import ReleaseReservationOrder
from models.messages.papers import FormerEmployersForm, RemittancePurpose
from models.messages.steps import FormDelivery, RemittanceOrder
from models.store.histories import history_of
from models.store.records import relationship_of
from models.store.tables import Account
from province import CHANGCHUN, TEACHER, YANBIAN, account, application
from rules.values.moves import Scheme
from rules.values.record import History

RELEASE = ReleaseReservationOrder(case_no=CASE, by="closing-1")
"""By a ruling that closes the case."""


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account())
        yield built


async def at_yanbian(
    walkthrough: Walkthrough, id_number: str = TEACHER
) -> tuple[History, str | None, str | None]:
    """The record, who has reserved the relationship, and who has ended it."""
    async with walkthrough.stores[YANBIAN].transaction() as session:
        found = await relationship_of(session, id_number, Scheme.GOVERNMENT)
        assert found is not None
        return await history_of(session, found), found.reserved_by, found.ended_by


async def test_a_case_that_let_go_of_the_relationship_can_no_longer_take_it(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    await ruled(walkthrough.stores[YANBIAN], RELEASE.by)
    held = await walkthrough.balance(YANBIAN, Account.BANK)
    release = await walkthrough.do(RELEASE_RESERVATION, YANBIAN, RELEASE)
    assert release.released
    with pytest.raises(ValueError, match="no relationship reserved"):
        await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
    assert await walkthrough.balance(YANBIAN, Account.BANK) == held
    assert (await walkthrough.certify(application(), OTHER_CASE)).refusals == ()


@pytest.mark.parametrize("by", ["", "closing-1"])
async def test_without_withdrawal_or_ruling_nothing_is_released(walkthrough: Walkthrough, by: str) -> None:
    await Exchange.with_form(walkthrough)
    before = await at_yanbian(walkthrough)
    with pytest.raises(ApplicationError, match="Neither a withdrawal nor a ruling"):
        await walkthrough.do(RELEASE_RESERVATION, YANBIAN, ReleaseReservationOrder(case_no=CASE, by=by))
    assert await at_yanbian(walkthrough) == before


async def test_a_withdrawal_counts_when_an_officer_of_the_transfer_in_bureau_has_sealed_it(
    walkthrough: Walkthrough,
) -> None:
    await Exchange.with_form(walkthrough)
    before = await at_yanbian(walkthrough)
    act, roster = await withdrawn(walkthrough, CHANGCHUN)
    elsewhere, other = await withdrawn(walkthrough, YANBIAN)
    altered = act.model_copy(update={"request": act.request | {"reason": "another reason"}})
    for forged, changes in ((altered, roster), (elsewhere, other), (act, ())):
        order = ReleaseReservationOrder(case_no=CASE, withdrawal=forged, roster=changes)
        with pytest.raises(ApplicationError, match="seal of the withdrawal does not hold"):
            await walkthrough.do(RELEASE_RESERVATION, YANBIAN, order)
        assert await at_yanbian(walkthrough) == before
    order = ReleaseReservationOrder(case_no=CASE, withdrawal=act, roster=roster)
    assert (await walkthrough.do(RELEASE_RESERVATION, YANBIAN, order)).released
    assert (await at_yanbian(walkthrough))[1] is None


async def test_once_the_funds_have_left_nothing_is_released(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    await case.remit()
    await ruled(walkthrough.stores[YANBIAN], RELEASE.by)
    before = await at_yanbian(walkthrough)
    release = await walkthrough.do(RELEASE_RESERVATION, YANBIAN, RELEASE)
    assert not release.released
    assert await at_yanbian(walkthrough) == before


@pytest.mark.parametrize("release_first", [False, True], ids=["funds first", "release first"])
async def test_of_release_and_remittance_at_once_exactly_one_is_done(
    databases: Databases, release_first: bool
) -> None:
    async with Walkthrough.between(databases) as walkthrough:
        await walkthrough.seed(account())
        case = await Exchange.with_form(walkthrough)
        await ruled(walkthrough.stores[YANBIAN], RELEASE.by)
        held = await walkthrough.balance(YANBIAN, Account.BANK)
        remit = walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=case.form))
        release = walkthrough.do(RELEASE_RESERVATION, YANBIAN, RELEASE)
        both = (release, remit) if release_first else (remit, release)
        answers = await asyncio.gather(*both, return_exceptions=True)
        broken = [answer for answer in answers if isinstance(answer, BaseException)]
        (released,) = (answer.released for answer in answers if hasattr(answer, "released"))
        _, reserved_by, ended_by = await at_yanbian(walkthrough)
        assert reserved_by is None
        assert released == (ended_by is None) == (len(broken) == 1)
        assert (await walkthrough.balance(YANBIAN, Account.BANK) == held) == released


async def test_a_letter_entered_after_the_case_let_go_reserves_nothing(walkthrough: Walkthrough) -> None:
    answer = await walkthrough.certify(application())
    letter = await walkthrough.letter(accepted(CASE, application()), answer)
    await ruled(walkthrough.stores[YANBIAN], RELEASE.by)
    await walkthrough.do(RELEASE_RESERVATION, YANBIAN, RELEASE)
    assert (await walkthrough.register(letter)).registration.refusals == ()
    assert (await at_yanbian(walkthrough))[1] is None


async def test_a_restored_relationship_is_what_it_was_before_the_case(walkthrough: Walkthrough) -> None:
    before = await at_yanbian(walkthrough), -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    case = await Exchange.settled(walkthrough)
    with pytest.raises(ValueError, match="not back"):
        await case.restore()
    await case.give_all_back()
    restoration = await case.restore()
    assert restoration.months == 72
    assert (
        await at_yanbian(walkthrough),
        -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT),
    ) == before
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == 0
    again = await walkthrough.certify(application(), OTHER_CASE)
    assert again.certificate is not None
    assert again.certificate.months_paid == 72


async def test_after_the_restoration_the_case_moves_no_money_any_more(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    await case.give_all_back()
    await case.restore()
    with pytest.raises(ValueError, match="no relationship away"):
        await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, case.money(RemittancePurpose.SUPPLEMENT, 100, 0))
    order = case.amendment(line__5="1.00")
    await amendment_answered(walkthrough.stores[YANBIAN], YANBIAN, order)
    with pytest.raises(ValueError, match="no relationship away"):
        await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)


async def test_money_that_does_not_go_back_is_not_received_as_a_return(walkthrough: Walkthrough) -> None:
    case = await Exchange.with_form(walkthrough)
    remittance = await case.remit()
    with pytest.raises(ValueError, match="no money that comes back"):
        await walkthrough.do(RECEIVE_RETURN, YANBIAN, remittance)


async def test_a_leavers_form_reserves_the_relationship_like_a_letter(walkthrough: Walkthrough) -> None:
    def form(case_no: str) -> FormerEmployersForm:
        return FormerEmployersForm(
            number=f"former-employers-form/{case_no}",
            case_no=case_no,
            bureau_in=CHANGCHUN,
            bureau_out=YANBIAN,
            name="崔明玉",
            id_number=TEACHER,
            scheme_from=Scheme.GOVERNMENT,
            scheme_to=Scheme.ENTERPRISE,
            received_on=date(2026, 3, 2),
        )

    async def register(case_no: str) -> set[str]:
        delivery = FormDelivery(form=form(case_no), received_at=MORNING)
        answer = await walkthrough.do(REGISTER_FORMER_EMPLOYERS_FORM, YANBIAN, delivery)
        assert answer.registration.received_at == MORNING < answer.started_at
        return {refusal.code for refusal in answer.registration.refusals}

    for case_no in (CASE, OTHER_CASE):
        await walkthrough.certify(application(), case_no)
    assert await register(CASE) == set()
    assert (await at_yanbian(walkthrough))[1] == CASE
    assert await register(OTHER_CASE) == {"transfer_under_way"}
