"""A month in figures: counted from real stores, added up over bureaus, and no case or person in it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from case_dossier import dossier
from hypothesis import given
from hypothesis import strategies as st
from staff import accepted
from stores import Databases
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import COUNT_MONTH, REVIEW_APPLICATION
from desk.figures.monthly import HALF, NINE_TENTHS, Report, percentile, table_rows
from models.figures.monthly import (
    BureauMonth,
    DaysCharged,
    DirectionMonth,
    MonthQuestion,
    Occurrence,
    PeriodSpan,
)
from models.messages.papers import ResultNotice
from models.messages.stages import Party, Stage
from models.messages.steps import CasePapers, ReviewOrder
from models.store.store import PaperKey, Store
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, account, application
from rules.application.certificate_grounds import RelationshipFacts, grounds_against_certificate
from rules.application.ground_titles import ground_title
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import Clock
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side

MARCH = Month(2026, 3)


async def counted(walking: Walkthrough, bureau: str, month: Month = MARCH) -> tuple[DirectionMonth, ...]:
    return (await walking.do(COUNT_MONTH, bureau, MonthQuestion(month=month))).directions


async def test_a_closed_case_counts_once_on_each_side_with_its_money(databases: Databases) -> None:
    async with Walkthrough.between(databases) as walking:
        await walking.seed(account())
        walked = await walking.walk()
        (into,) = await counted(walking, CHANGCHUN)
        (out,) = await counted(walking, YANBIAN)
    assert (into.side, out.side) == (Party.TRANSFER_IN, Party.TRANSFER_OUT)
    for part in (into, out):
        assert (part.scheme_from, part.scheme_to) == (Scheme.GOVERNMENT, Scheme.ENTERPRISE)
        assert (part.opened, part.closed, part.open, part.late, part.ended) == (1, 1, 0, 0, 1)
    assert out.money == into.money_received == walked.remittance.total
    assert (out.money_received, into.money) == (0, 0)


async def test_a_case_within_one_bureau_counts_on_both_of_its_sides(databases: Databases) -> None:
    async with Walkthrough.between(databases, CHANGCHUN) as walking:
        await walking.seed(account(bureau=CHANGCHUN))
        walked = await walking.walk(application(bureau_out=CHANGCHUN))
        into, out = await counted(walking, CHANGCHUN)
    for part in (into, out):
        assert (part.opened, part.closed, part.open) == (1, 1, 0)
    assert (into.money, into.money_received) == (0, walked.remittance.total)
    assert (out.money, out.money_received) == (walked.remittance.total, 0)


async def test_an_open_case_stays_open_in_every_later_month_and_a_refused_one_never_left(
    databases: Databases,
) -> None:
    async with Walkthrough.between(databases) as walking:
        await walking.seed(account(), account(WORKER, "孙立国"))
        await walking.letter_registered(application())
        asked = application(id_number=WORKER, name="孙立国", registered_home="110101")
        order = accepted(OTHER_CASE, asked)
        await walking.certify(asked, OTHER_CASE)
        await walking.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=order))
        (into,) = await counted(walking, CHANGCHUN)
        (out,) = await counted(walking, YANBIAN)
        assert (into.opened, into.open, into.ended) == (2, 2, 0)
        assert (out.opened, out.open) == (1, 1)
        (later,) = await counted(walking, CHANGCHUN, Month(2026, 9))
        assert (later.opened, later.open) == (0, 2)
        assert await counted(walking, CHANGCHUN, Month(2026, 2)) == ()


async def test_a_month_is_one_of_china(databases: Databases) -> None:
    async with Walkthrough.between(databases) as walking:
        await walking.seed(account())
        walking.now = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
        await walking.certify(application())
        order = accepted(CASE, application())
        # 2026-04-01 in China, half past midnight.
        await walking.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=order))
        assert await counted(walking, CHANGCHUN) == ()
        (april,) = await counted(walking, CHANGCHUN, Month(2026, 4))
        assert april.opened == 1


async def test_nothing_in_a_months_figures_tells_of_a_case_or_a_person(databases: Databases) -> None:
    async with Walkthrough.between(databases) as walking:
        await walking.seed(account())
        await walking.walk()
        said = (await walking.do(COUNT_MONTH, CHANGCHUN, MonthQuestion(month=MARCH))).model_dump_json()
    assert CASE not in said
    assert TEACHER not in said


async def test_a_ground_counts_under_one_title_whatever_its_sentence_says_of_each_case(
    databases: Databases,
) -> None:
    asked = application()
    async with Walkthrough.between(databases) as walking:
        for case_no, ended_by in ((CASE, "222401-ab12-cd34-ef56"), (OTHER_CASE, "")):
            facts = RelationshipFacts(known=True, named=asked.name, asked=asked.name, ended=True)
            told = ResultNotice(
                number=f"notice/{case_no}",
                case_no=case_no,
                outcome=Stage.REFUSED,
                refusals=grounds_against_certificate(replace(facts, ended_by=ended_by), case_no),
                told_on=walking.now.date(),
                started_at=walking.now,
            )
            full = dossier(asked, CasePapers(notice=told), told, None)
            refused = full.progress.model_copy(update={"stage": Stage.REFUSED})
            ended = full.model_copy(update={"progress": refused})
            key = PaperKey(case_no, PaperKind.DOSSIER, Side.ISSUED)
            async with walking.stores[CHANGCHUN].transaction() as session:
                await Store.file(session, key, walking.now, ended)
        (into,) = await counted(walking, CHANGCHUN)
    en, zh = ground_title("relationship_ended")
    assert into.refused == 2
    assert into.grounds == (Occurrence(code="relationship_ended", zh=zh, en=en, cases=2),)


def direction(side: Party = Party.TRANSFER_IN, **changes: object) -> DirectionMonth:
    return DirectionMonth.model_validate(
        {"side": side, "scheme_from": Scheme.GOVERNMENT, "scheme_to": Scheme.ENTERPRISE, **changes}
    )


def report(*parts: DirectionMonth) -> Report:
    month = BureauMonth(bureau=CHANGCHUN, month=MARCH, directions=parts)
    return Report(MARCH, (month,), (), WorkingCalendar())


def test_the_days_of_a_party_count_every_case_that_ended() -> None:
    days = (
        DaysCharged(party=Party.TRANSFER_OUT, working_days=3, cases=2),
        DaysCharged(party=Party.TRANSFER_OUT, working_days=20, cases=1),
    )
    told = report(direction(closed=9, refused=1, days=days))
    spread = told.days_of(Party.TRANSFER_OUT)
    assert (spread.cases, spread.median, spread.ninetieth) == (10, 0, 3)
    assert told.days_of(Party.PROVINCE).median == 0


def test_a_period_is_counted_in_working_days() -> None:
    friday, tuesday = date(2026, 3, 6), date(2026, 3, 10)
    span = PeriodSpan(clock=Clock.REVIEW, received_on=friday, stopped_on=tuesday, cases=4)
    spread = report(direction(closed=4, periods=(span,))).period_of(Clock.REVIEW)
    assert (spread.cases, spread.median) == (4, 2)


def test_a_case_between_two_bureaus_is_in_the_totals_once() -> None:
    days = (DaysCharged(party=Party.TRANSFER_IN, working_days=5, cases=1),)
    both = report(direction(closed=1, days=days), direction(Party.TRANSFER_OUT, closed=1, days=days))
    assert both.days_of(Party.TRANSFER_IN).cases == 1


def test_the_table_for_a_spreadsheet_has_a_row_for_each_side_under_one_head() -> None:
    rows = table_rows(report(direction(closed=4, corrections=1), direction(Party.TRANSFER_OUT)))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert dict(zip(rows[0], rows[1], strict=True))["corrections_per_hundred"] == "25.0"


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200), st.sampled_from([HALF, NINE_TENTHS, 100]))
def test_so_many_of_a_hundred_do_not_exceed_a_percentile_and_no_smaller_value_serves(
    values: list[int], share: int
) -> None:
    found = percentile(Counter(values), share)
    assert found is not None
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    assert sum(value < found for value in values) * 100 < share * len(values)


@pytest.mark.parametrize("share", [HALF, NINE_TENTHS])
def test_of_nothing_there_is_no_percentile(share: int) -> None:
    assert percentile(Counter(), share) is None
