"""The contribution certificate (《参保缴费凭证》): what it states, and all that can stand against it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, update
from walkthrough import CASE, OTHER_CASE, Walkthrough, leaving, record

from models.messages.steps import CertificateAnswer
from models.store.tables import Account, PersonRow, RelationshipRow
from province import YANBIAN, account, application
from rules.values.months import Month
from rules.values.moves import InsuredStatus, Scheme
from rules.values.record import MonthKind


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        yield built


async def set_standing(walkthrough: Walkthrough, **standing: Any) -> None:
    async with walkthrough.stores[YANBIAN].transaction() as session:
        await session.exec(update(RelationshipRow).where(col(RelationshipRow.id) == 1).values(**standing))


def codes(answer: CertificateAnswer) -> set[str]:
    assert (answer.certificate is None) == bool(answer.refusals)
    return {refusal.code for refusal in answer.refusals}


async def test_a_certificate_states_the_months_paid_and_the_account_as_it_stands(
    walkthrough: Walkthrough,
) -> None:
    months = [("2018-01", "2018-06", "5000.00"), ("2020-01", "2025-12", "6000.00")]
    await walkthrough.seed(account(months=months))
    certificate = (await walkthrough.certify(application())).certificate
    assert certificate is not None
    assert (certificate.insured_from, certificate.insured_to) == (Month(2018, 1), Month(2025, 12))
    assert certificate.months_paid == 6 + 72
    assert certificate.account_balance == -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
    assert certificate.issued_on == date(2026, 3, 2)
    assert certificate.number == f"certificate/{CASE}"


async def test_a_certificate_leaves_out_months_never_paid(walkthrough: Walkthrough) -> None:
    months = [{"from": "2020-01", "to": "2020-06", "base": "5000.00"}]
    months += [{"from": "2020-07", "to": "2020-12", "base": "5000.00", "kind": "arrears"}]
    await walkthrough.seed(record(months))
    certificate = (await walkthrough.certify(application())).certificate
    assert certificate is not None
    assert certificate.months_paid == 6
    assert certificate.insured_to == Month(2020, 6)


def account_on(base: int, years: range) -> int:
    """An account of 8 % of a base in fen, paid in every month of the years, by month products (an oracle)."""
    rates = {2016: 831, 2017: 712, 2018: 829, 2019: 761, 2020: 604, 2021: 669, 2022: 612}
    rates |= {2023: 397, 2024: 262, 2025: 150}
    balance = Decimal(0)
    for year in range(years.start, 2026):
        rate = Decimal(rates[year]) / 10_000
        credit = Decimal(base) * 8 / 100 if year in years else Decimal(0)
        interest = [balance * rate, credit * 78 * rate / 12]
        balance += 12 * credit + sum(one.quantize(Decimal(1), ROUND_HALF_UP) for one in interest)
    return int(balance)


async def test_one_off_months_without_papers_stand_apart_on_certificate_form_and_notice(
    walkthrough: Walkthrough,
) -> None:
    """Three years paid in one sum without papers stay (94号); the certificate states what the form will."""
    months = [{"from": "2016-01", "to": "2018-12", "base": "4000.00", "kind": "one_off_without_papers"}]
    months += [{"from": "2020-01", "to": "2025-12", "base": "6000.00"}]
    await walkthrough.seed(record(months, scheme="E"))
    walked = await walkthrough.walk(leaving(Scheme.ENTERPRISE))
    certificate, stays = walked.answer.certificate, (MonthKind.ONE_OFF_WITHOUT_PAPERS, 36)
    assert certificate is not None
    assert certificate.months_paid == walked.form.months == walked.notice.months == 72
    assert (
        certificate.account_balance == walked.form.lines.individual == account_on(6000_00, range(2020, 2026))
    )
    alone = account_on(4000_00, range(2016, 2019))
    # Kept with the others in one account, its interest is rounded with theirs: a fen a year at most.
    assert abs(certificate.balance_apart - alone) <= 6
    for paper in (certificate, walked.form, walked.notice):
        (apart,) = paper.months_apart
        assert (apart.kind, apart.months) == stays
        assert (apart.first, apart.last) == (Month(2016, 1), Month(2018, 12))


async def test_pilot_months_stand_apart_on_the_certificate(walkthrough: Walkthrough) -> None:
    months = [{"from": "2000-01", "to": "2014-09", "base": "2000.00", "kind": "pilot"}]
    months += [{"from": "2014-10", "to": "2025-12", "base": "6000.00"}]
    await walkthrough.seed(record(months))
    walked = await walkthrough.walk()
    certificate = walked.answer.certificate
    assert certificate is not None
    assert certificate.months_paid == walked.form.months == 135
    assert [(one.kind, one.months) for one in certificate.months_apart] == [(MonthKind.PILOT, 177)]
    assert certificate.account_balance == walked.form.lines.individual
    assert certificate.balance_apart == 0


async def test_an_unknown_person_gets_no_certificate(walkthrough: Walkthrough) -> None:
    assert codes(await walkthrough.certify(application())) == {"no_relationship"}


async def test_a_person_known_only_in_the_other_scheme_gets_no_certificate(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(scheme="E"))
    assert codes(await walkthrough.certify(application())) == {"no_relationship"}


async def test_a_name_that_differs_from_the_record_gets_no_certificate(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(name="崔明珠"))
    answer = await walkthrough.certify(application())
    assert codes(answer) == {"name_differs"}
    assert "崔" not in answer.refusals[0].zh


async def test_a_relationship_that_has_ended_gets_no_certificate(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    await walkthrough.walk()
    assert codes(await walkthrough.certify(application(), OTHER_CASE)) == {"relationship_ended"}


async def test_a_relationship_that_another_case_is_moving_gets_no_certificate(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account())
    await walkthrough.letter_registered(application())
    assert codes(await walkthrough.certify(application(), OTHER_CASE)) == {"transfer_under_way"}


async def test_a_record_whose_amount_cannot_be_computed_yet_gets_no_certificate(
    walkthrough: Walkthrough,
) -> None:
    """Loaded in time, and asked for years later without the interest rates published in between."""
    await walkthrough.seed(account())
    walkthrough.now = datetime(2031, 3, 3, 1, tzinfo=UTC)
    assert codes(await walkthrough.certify(application())) == {"record_incomplete"}


async def test_all_that_stands_against_a_certificate_is_said_at_once(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(name="崔明珠"))
    await set_standing(walkthrough, status=InsuredStatus.PENSIONER, reserved_by=OTHER_CASE)
    assert codes(await walkthrough.certify(application())) == {
        "name_differs",
        "pension_drawn",
        "transfer_under_way",
    }


async def test_who_has_the_record_corrected_applies_again_and_gets_a_certificate(
    walkthrough: Walkthrough,
) -> None:
    """The refusal stays on file in its case; the new application is another case."""
    await walkthrough.seed(account(name="崔明珠"))
    assert codes(await walkthrough.certify(application())) == {"name_differs"}
    async with walkthrough.stores[YANBIAN].transaction() as session:
        await session.exec(update(PersonRow).where(col(PersonRow.id) == 1).values(name="崔明玉"))
    assert codes(await walkthrough.certify(application())) == {"name_differs"}
    assert codes(await walkthrough.certify(application(submitted_on=date(2026, 3, 3)), OTHER_CASE)) == set()
