"""The transfer-out bureau: letter, form, funds, and the end of the relationship."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from staff import accepted
from temporalio.exceptions import ApplicationError
from walkthrough import CASE, MORNING, OTHER_CASE, Walkthrough

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from models.messages.steps import RemittanceOrder
from models.store.records import relationship_of
from models.store.tables import Account
from province import TEACHER, YANBIAN, account, application
from rules.amounts.amounts import transfer_amount
from rules.values.moves import Scheme


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        yield built


async def test_a_registered_letter_reserves_the_relationship_and_keeps_the_instant_of_receipt(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account())
    answer = await walkthrough.certify(application())
    letter = await walkthrough.letter(accepted(CASE, application()), answer)
    received_at = walkthrough.now
    registration = (await walkthrough.register(letter)).registration
    assert registration.received_at == received_at
    assert registration.started_at == walkthrough.now == received_at + timedelta(hours=1)
    assert registration.refusals == ()
    async with walkthrough.stores[YANBIAN].transaction() as session:
        relationship = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert relationship is not None
        assert relationship.reserved_by == CASE


async def test_of_two_letters_for_one_relationship_the_second_is_refused(walkthrough: Walkthrough) -> None:
    """Both certificates were issued before either letter came."""
    await walkthrough.seed(account())
    first, second = application(), application(submitted_on=date(2026, 1, 16))
    answers = [await walkthrough.certify(first, CASE), await walkthrough.certify(second, OTHER_CASE)]
    letters = [
        await walkthrough.letter(accepted(case_no, asked), answer)
        for case_no, asked, answer in zip((CASE, OTHER_CASE), (first, second), answers, strict=True)
    ]
    assert (await walkthrough.register(letters[0])).registration.refusals == ()
    refused = await walkthrough.register(letters[1])
    assert [refusal.code for refusal in refused.registration.refusals] == ["transfer_under_way"]
    assert refused.form is None
    async with walkthrough.stores[YANBIAN].transaction() as session:
        relationship = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert relationship is not None
        assert relationship.reserved_by == CASE


async def test_the_form_states_what_the_rules_make_of_the_record(walkthrough: Walkthrough) -> None:
    file = account()
    await walkthrough.seed(file)
    form = await walkthrough.form_drawn_up(application())
    amount = transfer_amount(file.history(), Scheme.ENTERPRISE, form.drawn_up_on)
    assert form.lines == amount.lines
    assert form.lines.pooled == 72 * 6000_00 * 12 // 100
    assert form.years == amount.years
    assert form.record == file.history().ranges
    assert (form.months, form.version, form.drawn_up_on) == (72, 1, MORNING.date())


async def test_no_money_leaves_for_a_case_without_a_registered_letter(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    before = await walkthrough.balance(YANBIAN, Account.BANK)
    form = await walkthrough.form_drawn_up(application())
    with pytest.raises(ApplicationError, match="not on file here") as broken:
        await walkthrough.do(
            REMIT_AND_END_RELATIONSHIP,
            YANBIAN,
            RemittanceOrder(form=form.model_copy(update={"case_no": OTHER_CASE})),
        )
    assert TEACHER not in str(broken.value)
    assert await walkthrough.balance(YANBIAN, Account.BANK) == before


async def test_funds_and_relationship_leave_together_or_not_at_all(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walkthrough.seed(account())
    form = await walkthrough.form_drawn_up(application())
    before = await walkthrough.books(YANBIAN)

    async def power_failure(*_: object) -> None:
        raise RuntimeError("power failure after the money, before the months")

    with monkeypatch.context() as broken:
        broken.setattr("activities.transfer_out.transfer_out.move_away", power_failure)
        with pytest.raises(RuntimeError, match="power failure"):
            await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    assert await walkthrough.books(YANBIAN) == before
    remittance = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    assert remittance.total == form.lines.total
    assert remittance.sent_on == form.drawn_up_on
