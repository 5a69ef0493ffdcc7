"""The papers of a case on a screen: everything they say, masked unless asked for."""

from contextvars import ContextVar
from datetime import date

import pytest
from case_views import AT, CASE, paper_console, text_of

from desk import language
from desk.client.views.papers import outcome_words, shown_papers
from desk.language import Language
from desk.screens.case_tables import print_papers
from models.contacts.bureaus import BankAccount, BureauContact
from models.messages.papers import (
    ApplicationForm,
    ContactLetter,
    FormHead,
    InformationForm,
    ResultNotice,
)
from models.messages.stages import Stage
from models.messages.steps import CasePapers
from province import TEACHER, application
from rules.amounts.amounts import transfer_amount
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History

AGENCY = BureauContact(
    full_name="长春市社会保险事业管理局（样例）",
    phone="0431-00000001",
    account=BankAccount(holder="基金专户", bank="样例银行", bank_code="000000220100", number="0000 0000 22"),
)
ASKED = application(
    mobile="13900000000", home_address="延吉市样例街 8 号", agent_name="崔大勇", agent_relation="父女"
)
FIRST = Month(2024, 1)
LETTER = ContactLetter(
    number=f"contact-letter/{CASE}",
    official_number="转函〔2026〕220100-000004",
    agency=AGENCY,
    case_no=CASE,
    bureau_in="220100",
    bureau_out="222400",
    name=ASKED.name,
    id_number=TEACHER,
    scheme_from=Scheme.GOVERNMENT,
    scheme_to=Scheme.ENTERPRISE,
    certificate=f"certificate/{CASE}",
    sent_on=date(2026, 1, 20),
    started_at=AT,
)


def form() -> InformationForm:
    record = (
        ContributionRange(Month(2024, 1), Month(2024, 5), Fen(600_000)),
        ContributionRange(Month(2024, 6), Month(2025, 12), Fen(650_000)),
    )
    amount = transfer_amount(History(Scheme.GOVERNMENT, record), Scheme.ENTERPRISE, date(2026, 1, 20))
    return InformationForm(
        number=f"information-form/{CASE}/1",
        head=FormHead(
            personal_number="2224001234567", started_work=Month(2009, 7), first_paid=Month(2024, 1)
        ),
        case_no=CASE,
        version=1,
        bureau_out="222400",
        bureau_in="220100",
        name=ASKED.name,
        id_number=TEACHER,
        scheme_from=Scheme.GOVERNMENT,
        scheme_to=Scheme.ENTERPRISE,
        record=record,
        years=amount.years,
        bases=amount.bases,
        openings=amount.openings,
        lines=amount.lines,
        months=amount.months,
        adjusted_record_balance=amount.adjusted_record_balance,
        provisional_rate_years=(),
        findings=(),
        drawn_up_on=date(2026, 1, 20),
        started_at=AT,
    )


def shown(papers: CasePapers, monkeypatch: pytest.MonkeyPatch, unmask: bool = False) -> str:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))
    screen = paper_console()
    print_papers(screen, shown_papers(papers, unmask))
    return text_of(screen)


def test_the_application_is_shown_with_its_contact_masked_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = ApplicationForm(number=f"application/{CASE}", case_no=CASE, application=ASKED)
    masked = shown(CasePapers(application=paper), monkeypatch)
    assert "《养老保险关系转移接续申请表》" in masked
    assert "性别" in masked
    assert "女" in masked
    for personal in ("13900000000", "延吉市样例街 8 号", "崔大勇", "1986"):
        assert personal not in masked
    whole = shown(CasePapers(application=paper), monkeypatch, unmask=True)
    for personal in ("13900000000", "延吉市样例街 8 号", "崔大勇 父女", "1986-04-12"):
        assert personal in whole


def test_a_letter_says_where_the_funds_are_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(CasePapers(entry=LETTER), monkeypatch)
    for said in ("转函〔2026〕220100-000004", "基金专户", "样例银行", "000000220100", "0000 0000 22"):
        assert said in text


def test_a_form_has_a_row_for_each_base_of_each_year(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(CasePapers(information_forms=(form(),)), monkeypatch)
    for said in ("2024-01 – 2024-05", "2024-06 – 2024-12", "2025-01 – 2025-12", "6,500.00", "2009-07"):
        assert said in text
    assert "2224001234567" not in text


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (Stage.AWAITING_MATERIALS, "《一次性告知书》"),
        (Stage.REFUSED, "《不予受理通知书》"),
        (Stage.CLOSED, "《办理情况告知》"),
        (Stage.WITHDRAWN, "《办理情况告知》"),
    ],
)
def test_a_notice_has_the_title_of_what_it_tells(
    outcome: Stage, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = ResultNotice(
        number="notice/1", case_no=CASE, outcome=outcome, told_on=date(2026, 1, 20), started_at=AT
    )
    assert title in shown(CasePapers(notice=notice), monkeypatch)


def test_a_notice_does_not_say_closed_while_the_person_has_still_to_choose() -> None:
    notice = ResultNotice(
        number="notice/1",
        case_no=CASE,
        outcome=Stage.CLOSED,
        told_on=date(2026, 1, 20),
        started_at=AT,
        duplicate_months=(Month(2024, 1),),
    )
    assert outcome_words(notice) == "settled, awaiting choice"
    assert outcome_words(notice.model_copy(update={"duplicate_months": ()})) == "closed"
