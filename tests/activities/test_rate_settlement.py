"""A yearly rate is published after a form had to borrow one: what changes, to the fen, at both bureaus."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from staff import by_officer, demonstration
from stores import Databases
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from test_second_transfers import back
from two_bureaus import Exchange
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    CHECK_TAKEN_IN,
    ENTER_RATE,
    FIND_PROVISIONAL_FORMS,
    READ_CASES,
    READ_OUTBOX,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECEIVE_RETURN,
    REMIT_AND_END_RELATIONSHIP,
    RETURN_FUNDS,
    SUPPLEMENT_FUNDS,
    TAKE_IN_DIFFERENCE,
)
from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.rates.register import ProvinceRateActivities
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.arrangements import Officers
from models.messages.audit import NamedCases
from models.messages.corrections import AmendmentOrder, MoneyOrder
from models.messages.papers import InformationForm, RemittancePurpose
from models.messages.steps import FundsDelivery, RemittanceOrder
from models.officers.keys import text_of
from models.officers.rosters import Grant, RosterChange
from models.outbox.outgoing import OutboxQuestion, OutgoingEvent
from models.rates.messages import (
    DifferenceOrder,
    DifferenceTaken,
    ProvisionalForm,
    ProvisionalQuestion,
    PublishedRate,
    RateDelivery,
    RateDraft,
    RateSignature,
    SignedRate,
    TakenInQuestion,
)
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account, application
from rules.amounts import interest
from rules.amounts.rates import RATES_BY_SCHEME
from rules.values.money import Fen, Rate, rate_from_percent, yuan
from rules.values.officers import PROVINCE, Right, Role

IN_MARCH = datetime(2027, 3, 2, 1, tzinfo=UTC)
"""The rate of 2026 is published in June 2027; the last one there is, 1.50 % of 2025, is borrowed."""
DOCUMENT = "人社厅发〔2027〕40号"
CORRECTED = "人社厅发〔2027〕44号"
"""The document that corrects the rate."""
BALANCE_AT_THE_END_OF_2025 = 480_00 * 12
YEAR = [("2025-01", "2025-12", "6000.00")]


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        built.now = IN_MARCH
        await built.seed(account(months=YEAR))
        yield built


OFFICERS = ("province-01", "province-02")
ROSTER = tuple(
    RosterChange(
        serial=number,
        change=Grant(
            officer=officer,
            key=key.id,
            public_key=text_of(key.public),
            roles=(Role.CALENDAR_REGISTRAR,),
            since=IN_MARCH - timedelta(days=30),
            demonstration=True,
        ),
        orders=(),
        started_at=IN_MARCH - timedelta(days=30),
    )
    for number, officer in enumerate(OFFICERS, start=1)
    for key in (demonstration().officer(PROVINCE, officer),)
)
"""The roster of the province: two officers of a demonstration."""


def signature(officer: str, percent: str, document: str) -> RateSignature:
    draft = RateDraft(year=2026, rate=rate_from_percent(percent), document=document)
    return by_officer(Right.PUBLISH_RATE, PROVINCE, RateSignature(draft=draft, officer=officer), officer)


def published(
    percent: str,
    maker: str = OFFICERS[0],
    checker: str = OFFICERS[1],
    document: str = DOCUMENT,
    later: int = 0,
) -> RateDelivery:
    """A rate as a bureau gets it: sealed by two officers of the province, and filed there days later."""
    signed = SignedRate(
        maker=signature(maker, percent, document), checker=signature(checker, percent, document)
    )
    rate = PublishedRate(
        draft=signed.draft,
        maker=maker,
        checker=checker,
        signed=signed,
        entered_on=IN_MARCH.date(),
        started_at=IN_MARCH + timedelta(days=later),
    )
    return RateDelivery(rate=rate, roster=ROSTER)


def _raised(rate: PublishedRate) -> PublishedRate:
    """Another rate under the same seals."""
    draft = rate.draft.model_copy(update={"rate": Rate(10 * rate.draft.rate)})
    maker, checker = (
        one.model_copy(update={"draft": draft}) for one in (rate.signed.maker, rate.signed.checker)
    )
    return rate.model_copy(update={"draft": draft, "signed": SignedRate(maker=maker, checker=checker)})


def line_4(rate_of_2026: str) -> int:
    """④ of twelve months on 6,000 in 2025 with interest at 1.50 % and of 2026 at a rate, by hand."""
    # 480 a month over 78 months of interest: 480 × 78 ÷ 12 × 1.50 % is 46.80.
    held = BALANCE_AT_THE_END_OF_2025 + 46_80
    return held + (2 * held * rate_from_percent(rate_of_2026) + 1_000_000) // 2_000_000


async def found(walkthrough: Walkthrough, rate: Rate | None = None) -> tuple[ProvisionalForm, ...]:
    question = ProvisionalQuestion(year=2026, rate=rate)
    return (await walkthrough.do(FIND_PROVISIONAL_FORMS, YANBIAN, question)).forms


async def settle(
    walkthrough: Walkthrough, one: ProvisionalForm, percent: str = "2.10", document: str = DOCUMENT
) -> tuple[InformationForm, DifferenceTaken]:
    """The steps of a settlement, as the workflow has them done."""
    order = AmendmentOrder(entry=one.entry, form=one.form, by=document, recompute=True)
    form = await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)
    await walkthrough.do(RECEIVE_INFORMATION, CHANGCHUN, form)
    more = one.individual > 0
    money = MoneyOrder(
        form=form,
        sequence=one.sequence,
        purpose=RemittancePurpose.SUPPLEMENT if more else RemittancePurpose.SURPLUS,
        individual=Fen(abs(one.individual)),
        pooled=Fen(0),
        by=document,
    )
    if more:
        sent = await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, money)
        await walkthrough.do(RECEIVE_FUNDS, CHANGCHUN, FundsDelivery(remittance=sent))
    await walkthrough.do(ENTER_RATE, CHANGCHUN, published(percent, document=document))
    taken = await walkthrough.do(TAKE_IN_DIFFERENCE, CHANGCHUN, DifferenceOrder(form=form, by=document))
    if not more:
        back = await walkthrough.do(RETURN_FUNDS, CHANGCHUN, money)
        await walkthrough.do(RECEIVE_RETURN, YANBIAN, back)
    return form, taken


@pytest.mark.parametrize("rate", ["2.10", "0.90"])
async def test_the_difference_moves_after_the_form_and_both_books_agree(
    walkthrough: Walkthrough, rate: str
) -> None:
    walked = await walkthrough.walk()
    assert walked.form.provisional_rate_years == (2026,)
    assert walked.form.lines.individual == line_4("1.50")
    (before,) = await found(walkthrough, rate_from_percent(rate))
    assert before.individual == line_4(rate) - line_4("1.50")
    await walkthrough.do(ENTER_RATE, YANBIAN, published(rate))
    (one,) = await found(walkthrough)
    assert (one.individual, one.pooled, one.open) == (before.individual, 0, False)
    standing = await walkthrough.do(CHECK_TAKEN_IN, CHANGCHUN, TakenInQuestion(case_no=CASE))
    assert standing.possible
    form, taken = await settle(walkthrough, one, rate)
    assert form.lines.individual == line_4(rate)
    assert form.lines.pooled == walked.form.lines.pooled
    assert (form.version, form.provisional_rate_years, form.months) == (2, (), 12)
    assert taken.taken_in.individual == one.individual
    assert (taken.notice.individual, taken.notice.version) == (line_4(rate), 2)
    told = await walkthrough.do(READ_OUTBOX, CHANGCHUN, OutboxQuestion(case_no=CASE))
    assert [line.message.event for line in told.lines] == [OutgoingEvent.CLOSED, OutgoingEvent.RATE_SETTLED]
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == line_4(rate)
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == 0
    assert await found(walkthrough) == ()
    assert await walkthrough.divergences() == []


async def test_the_difference_is_the_same_once_the_table_of_a_later_release_has_the_rate(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walkthrough.walk()
    table = {scheme: {**rates, 2026: rate_from_percent("2.10")} for scheme, rates in RATES_BY_SCHEME.items()}
    monkeypatch.setattr(interest, "RATES_BY_SCHEME", table)
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    (one,) = await found(walkthrough)
    assert one.individual == line_4("2.10") - line_4("1.50")
    form, _ = await settle(walkthrough, one)
    assert form.lines.individual == line_4("2.10")
    assert await walkthrough.divergences() == []


async def test_the_notice_of_a_settlement_bears_the_next_number_of_the_bureaus_notices(
    walkthrough: Walkthrough,
) -> None:
    walked = await walkthrough.walk()
    first = walked.notice.official_number
    for bureau in (YANBIAN, CHANGCHUN):
        await walkthrough.do(ENTER_RATE, bureau, published("2.10"))
    (one,) = await found(walkthrough)
    _, taken = await settle(walkthrough, one)
    assert first.endswith("-000001")
    assert taken.notice.official_number == first.replace("-000001", "-000002")
    told = await walkthrough.do(READ_OUTBOX, CHANGCHUN, OutboxQuestion(case_no=CASE))
    assert told.lines[-1].message.about == taken.notice.official_number


async def test_a_difference_waits_while_another_case_is_taking_the_months_on(
    walkthrough: Walkthrough,
) -> None:
    """The other case's form was drawn up without it: it would stay in the pooled fund of this bureau."""
    await walkthrough.walk()
    for bureau in (YANBIAN, CHANGCHUN):
        await walkthrough.do(ENTER_RATE, bureau, published("2.10"))
    (one,) = await found(walkthrough)
    onward = await walkthrough.form_drawn_up(back(), OTHER_CASE)
    with pytest.raises(ApplicationError, match=f"is leaving with case {OTHER_CASE}"):
        await walkthrough.do(CHECK_TAKEN_IN, CHANGCHUN, TakenInQuestion(case_no=CASE))
    with pytest.raises(ApplicationError, match=f"is leaving with case {OTHER_CASE}"):
        await settle(walkthrough, one)
    await walkthrough.do(REMIT_AND_END_RELATIONSHIP, CHANGCHUN, RemittanceOrder(form=onward))
    assert await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == 0
    standing = await walkthrough.do(CHECK_TAKEN_IN, CHANGCHUN, TakenInQuestion(case_no=CASE))
    assert not standing.possible, "it is settled by hand"


async def test_a_published_rate_pays_and_posts_nothing_of_what_an_answer_has_made_of_the_form(
    walkthrough: Walkthrough,
) -> None:
    case = await Exchange.settled(walkthrough)
    arranged = ArrangementsFile(defaults=BureauArrangements(release_of_funds=Officers.ONE_OFFICER))
    walkthrough.accepted = AcceptedOfficers(demonstration(), arranged=arranged)
    for bureau in (YANBIAN, CHANGCHUN):
        await walkthrough.do(ENTER_RATE, bureau, published("2.10"))
    await case.amend(line__5=yuan(Fen(case.form.lines.pooled + 900_00)))
    await case.inform()
    money = case.money(RemittancePurpose.SUPPLEMENT, 0, 900_00).model_copy(update={"by": DOCUMENT})
    with pytest.raises(ApplicationError, match="1 officers approve"):
        await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, money)
    (one,) = await found(walkthrough)
    recomputed = AmendmentOrder(entry=one.entry, form=one.form, by=DOCUMENT, recompute=True)
    form = await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, recomputed)
    with pytest.raises(ApplicationError, match="1 officers approve"):
        await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, money.model_copy(update={"form": form}))
    with pytest.raises(ApplicationError, match="No rate on file here by this document"):
        await walkthrough.do(TAKE_IN_DIFFERENCE, CHANGCHUN, DifferenceOrder(form=case.form, by=DOCUMENT))
    rest = money.model_copy(update={"form": form, "individual": one.individual, "pooled": Fen(0)})
    assert (await walkthrough.do(SUPPLEMENT_FUNDS, YANBIAN, rest)).individual == one.individual


async def test_what_is_drawn_up_after_the_publication_borrows_nothing(walkthrough: Walkthrough) -> None:
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    walked = await walkthrough.walk()
    assert walked.form.provisional_rate_years == ()
    assert walked.form.lines.individual == line_4("2.10")
    assert walked.answer.certificate is not None
    assert walked.answer.certificate.account_balance == line_4("2.10")
    assert await found(walkthrough) == ()


@pytest.mark.parametrize("rate", ["2.50", "1.50", "0.90"])
async def test_a_rate_published_again_settles_the_forms_settled_by_the_first(
    walkthrough: Walkthrough, rate: str
) -> None:
    await walkthrough.walk()
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    await settle(walkthrough, (await found(walkthrough))[0])
    await walkthrough.do(ENTER_RATE, YANBIAN, published(rate, document=CORRECTED, later=1))
    (one,) = await found(walkthrough)
    assert (one.individual, one.pooled, one.open) == (line_4(rate) - line_4("2.10"), 0, False)
    form, taken = await settle(walkthrough, one, rate, CORRECTED)
    assert (form.version, form.lines.individual) == (3, line_4(rate))
    assert taken.taken_in.individual == one.individual
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == line_4(rate)
    assert -await walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT) == 0
    assert await found(walkthrough) == ()
    assert await walkthrough.divergences() == []


async def test_a_rate_published_again_settles_a_form_drawn_up_by_the_first(walkthrough: Walkthrough) -> None:
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    walked = await walkthrough.walk()
    assert walked.form.provisional_rate_years == ()
    asked = await found(walkthrough, rate_from_percent("2.50"))
    assert [one.individual for one in asked] == [line_4("2.50") - line_4("2.10")]
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.50", document=CORRECTED, later=1))
    (one,) = await found(walkthrough)
    form, _ = await settle(walkthrough, one, "2.50", CORRECTED)
    assert form.lines.individual == line_4("2.50")
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == line_4("2.50")
    assert await walkthrough.divergences() == []


async def test_a_record_with_a_rate_of_its_own_is_not_settled_by_a_published_one(
    databases: Databases,
) -> None:
    async with Walkthrough.between(databases) as walkthrough:
        walkthrough.now = IN_MARCH
        await walkthrough.seed(account(months=YEAR, rates={"2026": "2.10"}))
        walked = await walkthrough.walk()
        assert walked.form.lines.individual == line_4("2.10")
        await walkthrough.do(ENTER_RATE, YANBIAN, published("2.50"))
        assert await found(walkthrough) == ()


async def test_a_form_whose_money_leaves_after_the_publication_is_settled(walkthrough: Walkthrough) -> None:
    """It is found while its case is open, and the settlement waits for the end of the case."""
    form = await walkthrough.form_drawn_up(application())
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    (one,) = await found(walkthrough)
    assert (one.form, one.open) == (form, True)
    assert one.individual == line_4("2.10") - line_4("1.50")
    walked = await walkthrough.walk()
    assert walked.form.lines.individual == line_4("1.50")
    (one,) = await found(walkthrough)
    assert not one.open
    form, _ = await settle(walkthrough, one)
    assert form.lines.individual == line_4("2.10")
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == line_4("2.10")
    assert await walkthrough.divergences() == []


async def test_of_two_rates_of_a_year_the_one_the_province_filed_last_holds(walkthrough: Walkthrough) -> None:
    """A bureau that was away is given both at once, in any order."""
    for delivery in (published("2.50", document=CORRECTED, later=1), published("2.10")):
        await walkthrough.do(ENTER_RATE, YANBIAN, delivery)
    walked = await walkthrough.walk()
    assert walked.form.lines.individual == line_4("2.50")


async def test_a_rate_that_was_replaced_is_published_again_by_a_document_of_its_own(
    walkthrough: Walkthrough,
) -> None:
    """Filed under the document of the first time it would be no later rate, and would hold nowhere."""
    officers = OfficerRegister(PROVINCE, walkthrough.stores[YANBIAN], AcceptedOfficers(demonstration()))
    province = ProvinceRateActivities(officers)
    for signed in (published("2.10").rate.signed, published("2.50").rate.signed):
        filing = await ActivityEnvironment().run(province.publish_rate, signed)
        assert filing.published is not None
    with pytest.raises(ApplicationError, match="has been replaced since"):
        await ActivityEnvironment().run(province.publish_rate, published("2.10").rate.signed)
    again = published("2.10", document=CORRECTED).rate.signed
    assert (await ActivityEnvironment().run(province.publish_rate, again)).published is not None


async def test_a_rate_entered_twice_is_one_rate(walkthrough: Walkthrough) -> None:
    first = await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    assert await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10")) == first


async def test_a_difference_posted_twice_is_one_posting(walkthrough: Walkthrough) -> None:
    await walkthrough.walk()
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    (one,) = await found(walkthrough)
    walkthrough.repeat = TAKE_IN_DIFFERENCE
    await settle(walkthrough, one)
    assert walkthrough.repeated == [CHANGCHUN]
    assert await walkthrough.divergences() == []


async def test_no_difference_is_posted_to_an_account_that_is_leaving_with_another_case(
    walkthrough: Walkthrough,
) -> None:
    """The form of that case states the account without the difference, which would stay in the fund."""
    await walkthrough.walk()
    moves_on = {"scheme_from": "E", "scheme_to": "G", "bureau_out": CHANGCHUN, "bureau_in": YANBIAN}
    asked = application(**moves_on, employer_bureau=YANBIAN, new_employer="延吉市第三中学")
    form = await walkthrough.form_drawn_up(asked, OTHER_CASE)
    await walkthrough.do(ENTER_RATE, YANBIAN, published("2.10"))
    question = TakenInQuestion(case_no=CASE)
    with pytest.raises(ApplicationError, match=f"leaving with case {OTHER_CASE}"):
        await walkthrough.do(CHECK_TAKEN_IN, CHANGCHUN, question)
    (one,) = await found(walkthrough)
    with pytest.raises(ApplicationError, match=f"leaving with case {OTHER_CASE}"):
        await settle(walkthrough, one)
    await walkthrough.do(REMIT_AND_END_RELATIONSHIP, CHANGCHUN, RemittanceOrder(form=form))
    assert not (await walkthrough.do(CHECK_TAKEN_IN, CHANGCHUN, question)).possible
    (latest,) = (
        await walkthrough.do(READ_CASES, CHANGCHUN, NamedCases(bureau=CHANGCHUN, numbers=(CASE,)))
    ).cases
    assert latest.takings_in[-1].version == 1


@pytest.mark.parametrize(
    "delivered",
    [
        published("2.10", checker=OFFICERS[0]),
        published("2.10", checker="somebody-else"),
        published("2.10").model_copy(update={"roster": ()}),
        published("2.10").model_copy(update={"rate": _raised(published("2.10").rate)}),
    ],
    ids=["one officer twice", "an officer off the roster", "no roster", "another rate than was sealed"],
)
async def test_a_rate_that_two_officers_have_not_sealed_is_not_entered(
    walkthrough: Walkthrough, delivered: RateDelivery
) -> None:
    await walkthrough.walk()
    with pytest.raises(ApplicationError, match="seals under the rate do not hold"):
        await walkthrough.do(ENTER_RATE, YANBIAN, delivered)
    (one,) = await found(walkthrough)
    assert one.individual == 0
    order = AmendmentOrder(entry=one.entry, form=one.form, by=DOCUMENT, recompute=True)
    with pytest.raises(ApplicationError, match="No rate is on file"):
        await walkthrough.do(AMEND_INFORMATION_FORM, YANBIAN, order)
