"""Years that count as if paid, and one-off subsidies: they travel with the papers, from bureau to bureau."""

from collections.abc import AsyncIterator

import pytest
from damage import found_in, tamper
from printed_case import view_of
from stores import Databases
from walkthrough import CASE, OTHER_CASE, Walkthrough, leaving, record

from desk.client.applicant.telling import told_to_the_person
from desk.client.views.papers import shown_papers
from desk.print.certificates import certificate_sheet
from desk.print.form_rows import form_rows
from desk.print.information_forms import form_sheet
from desk.print.notices import notice_sheet
from models.messages.papers import InformationForm
from models.store.tables import Account
from province import CHANGCHUN, WORKER, YANBIAN, application
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import AccountCredit, RecognisedService

SERVED = RecognisedService(Month(1998, 12), Month(2000, 11), "910000")
IN_OFFICE = RecognisedService(Month(2001, 1), Month(2009, 6), "222401")
SUBSIDY = AccountCredit(Month(2022, 5), Fen(9_000_00))
WORKERS = record(
    [{"from": "2020-01", "to": "2025-12", "base": "6000.00"}],
    scheme="E",
    credits=[{"month": "2022-05", "amount": "9000.00"}],
    person={
        "name": "孙立国",
        "id_number": WORKER,
        "started_work": "1998-12",
        "recognised_service": [
            {"from": "1998-12", "to": "2000-11", "place": "910000"},
            {"from": "2001-01", "to": "2009-06", "place": "222401"},
        ],
    },
)


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        await built.seed(WORKERS)
        yield built


def states_all(form: InformationForm) -> bool:
    head = form.head
    return (head.started_work, head.recognised_service, form.credits) == (
        Month(1998, 12),
        (SERVED, IN_OFFICE),
        (SUBSIDY,),
    )


async def test_what_a_record_says_beside_its_months_is_on_every_form(
    walkthrough: Walkthrough,
) -> None:
    first = await walkthrough.walk(leaving("E"))
    assert states_all(first.form)
    assert (first.form.months, first.form.head.recognised_months) == (72, 24 + 102)
    assert first.form.lines.pooled == 72 * 720_00
    certificate = first.answer.certificate
    assert certificate is not None
    assert (certificate.recognised_months, first.notice.recognised_months) == (126, 126)
    assert "72（另有视同缴费 126）" in repr(certificate_sheet(certificate))
    assert "另有视同缴费年限 126 个月，与缴费年限合并计算" in repr(notice_sheet(first.notice, leaving("E")))
    view = view_of(first, leaving("E"))
    rows = [row for paper in shown_papers(view.papers, unmask=False) for row in paper.rows]
    assert rows.count(("recognised service, months beside", "126")) == 2
    assert "Recognised service beside them: 126 months" in repr(told_to_the_person(view))
    assert -await walkthrough.balance(CHANGCHUN, Account.INDIVIDUAL_ACCOUNT) == first.form.lines.individual
    assert await walkthrough.divergences() == []
    back = application(
        name="孙立国", id_number=WORKER, scheme_from="G", bureau_out=CHANGCHUN, bureau_in=YANBIAN,
        employer_bureau=YANBIAN, new_employer="延吉机械有限公司",
    )  # fmt: skip
    second = await walkthrough.walk(back, case_no=OTHER_CASE)
    assert states_all(second.form)
    assert second.form.lines == first.form.lines
    assert await walkthrough.divergences() == []


async def test_the_printed_form_has_a_row_for_the_subsidy_and_a_line_for_the_years(
    walkthrough: Walkthrough,
) -> None:
    form = await walkthrough.form_drawn_up(leaving("E"))
    (row,) = (one for one in form_rows(form) if one.note == "一次性补贴")
    assert (row.first, row.months, row.base, row.credited) == (Month(2022, 5), None, None, Fen(9_000_00))
    assert [one.place for one in form_rows(form)] == list(range(1, 8))
    another = AccountCredit(Month(2022, 9), Fen(100_00))
    twice = form.model_copy(update={"credits": (SUBSIDY, another)})
    assert [one.place for one in form_rows(twice)] == list(range(1, 9))
    served, in_office = "1998年12月至2000年11月，910000（军队）", "2001年1月至2009年6月，222401"
    assert f"视同缴费年限：126 个月（{served}；{in_office}）" in repr(form_sheet(form))


NOT_AS_LOADED = ("record_not_as_loaded", "relationship 1 credits")
DAMAGE = {
    "another amount": ("UPDATE credit SET amount = amount + 1", NOT_AS_LOADED),
    "a subsidy gone": ("DELETE FROM credit", NOT_AS_LOADED),
    "moved by nobody": ("UPDATE credit SET moved_by = 'x'", ("months_without_paper", "x")),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_subsidy_that_was_tampered_with_is_named(walkthrough: Walkthrough, damage: str) -> None:
    await walkthrough.walk(leaving("E"), case_no=CASE)
    statement, found = DAMAGE[damage]
    await tamper(walkthrough.stores[YANBIAN], statement)
    assert found in await found_in(walkthrough)
