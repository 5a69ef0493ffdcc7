"""The printed papers: every figure of the case to the fen, the same bytes twice, no character left out."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from printed_case import ASKED, view_of, walked
from walkthrough import CASE, Walked

from desk.client.views.case import CaseView
from desk.print.case_papers import PrintablePaper, printable_papers
from desk.print.glyphs import FONT, Unprintable, characters_of, unprintable
from desk.print.marks import Mark, mark_in
from desk.print.notices import duplicates_sheet
from desk.print.words import day, money
from models.messages.duplicates import DuplicateNotice
from models.messages.papers import FieldChange
from models.messages.stages import Stage
from province import TEACHER, application
from rules.application.certificate_grounds import RELATIONSHIP_ENDED
from rules.application.remedies import remedies
from rules.values.due_dates import CHINA_TIME
from rules.values.months import Month
from rules.values.papers import PaperKind, Side
from rules.values.record import MonthKind, MonthsApart

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def done(tmp_path: Path) -> AsyncIterator[Walked]:
    async with walked(tmp_path) as (_, one):
        yield one


@pytest.fixture
def view(done: Walked) -> CaseView:
    return view_of(done, application(**ASKED))


def tool(name: str) -> str:
    """A program of poppler-utils; the suite's own CI installs it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: it comes with Debian's poppler-utils")
    return found


def read(raw: bytes) -> str:
    """The text of a file as any reader sees it, page by page."""
    return run([tool("pdftotext"), "-layout", "-", "-"], raw)


def run(command: Sequence[str], given: bytes = b"") -> str:
    """What a program says."""
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=True).stdout.decode()


def printed(view: CaseView, kind: PaperKind, version: int = 1) -> PrintablePaper:
    (found,) = (one for one in printable_papers(view) if (one.mark.kind, one.mark.version) == (kind, version))
    return found


async def test_every_paper_of_the_case_can_be_printed(view: CaseView) -> None:
    papers = printable_papers(view)
    assert [paper.title.zh for paper in papers] == [
        "养老保险关系转移接续申请表",
        "参保缴费凭证",
        "基本养老保险关系转移接续联系函",
        "基本养老保险关系转移接续信息表",
        "基金划转",
        "办理情况告知",
    ]
    assert len({paper.file_name for paper in papers}) == len(papers)
    for paper in papers:
        raw = paper.pdf()
        assert mark_in(raw) == paper.mark
        assert raw == paper.pdf()
        assert TEACHER not in paper.file_name + str(paper.mark)


async def test_every_figure_of_the_form_is_on_paper_to_the_fen(view: CaseView, done: Walked) -> None:
    text = read(printed(view, PaperKind.INFORMATION_FORM).pdf())
    form = done.form
    figures = [amount for _, amount in form.lines.numbered()]
    for year in form.years:
        figures += [year.interest, year.balance] if year.rate is not None else [year.balance]
    for row in form.bases:
        assert row.credited is not None
        figures += [row.base, row.credited]
        assert f"{row.first} 至 {row.last}" in text
    assert len(figures) > 50
    assert [money(amount) for amount in figures if money(amount) not in text] == []
    for said in (
        form.official_number,
        form.name,
        form.id_number,
        "2224001234567",
        "2009年7月",
        str(form.months),
    ):
        assert said in text.replace(" ", "")


async def test_certificate_letter_remittance_and_notice_say_what_the_case_says(
    view: CaseView, done: Walked
) -> None:
    certificate, letter, remittance, notice = (
        done.answer.certificate,
        done.letter,
        done.remittance,
        done.notice,
    )
    assert certificate is not None
    assert letter.agency is not None
    assert letter.agency.account is not None
    account = letter.agency.account
    expected = {
        PaperKind.APPLICATION: ("13900000000", "崔大勇", "父女", "91220101MA0000000X", "调动", CASE),
        PaperKind.CERTIFICATE: (
            certificate.official_number,
            money(certificate.account_balance),
            str(certificate.months_paid),
            "延吉市样例街8号3单元502",
            "0433-00000001",
            day(certificate.issued_on),
        ),
        PaperKind.CONTACT_LETTER: (letter.official_number, account.holder, account.number, account.bank),
        PaperKind.REMITTANCE: (
            money(remittance.individual),
            money(remittance.pooled),
            money(remittance.total),
            account.number,
            done.form.official_number,
        ),
        PaperKind.NOTICE: (money(notice.individual), money(notice.pooled), str(notice.months), "崔明玉"),
    }
    for kind, said in expected.items():
        text = read(printed(view, kind).pdf()).replace(" ", "")
        assert [one for one in said if one.replace(" ", "") not in text] == [], kind


async def test_the_letter_says_that_the_person_applies_and_not_that_they_pay_at_the_new_place(
    view: CaseView,
) -> None:
    """Who has resigned goes home and may pay nowhere (第五条)."""
    text = read(printed(view, PaperKind.CONTACT_LETTER).pdf()).replace(" ", "").replace("\n", "")
    assert "申请将养老保险关系转入我处，接续企业职工基本养老保险" in text
    assert "现已在我处参加" not in text


async def test_the_letter_is_printed_in_two_copies(view: CaseView) -> None:
    first, second, _ = read(printed(view, PaperKind.CONTACT_LETTER).pdf()).split("\f")
    assert "第一联" in first
    assert "第二联" in second
    assert "企业职工" in first
    assert "企业职工" in second


async def test_another_process_prints_the_same_bytes(view: CaseView, done: Walked, tmp_path: Path) -> None:
    """So that the digest of a file means the same for whoever prints it."""
    body = tmp_path / "form.json"
    body.write_text(done.form.model_dump_json(), encoding="utf-8")
    script = (
        "import hashlib, sys; from pathlib import Path\n"
        "from desk.print.information_forms import form_sheet; from desk.print.marks import Mark\n"
        "from desk.print.typeset import pdf_of\n"
        "from models.messages.papers import InformationForm, paper_digest\n"
        "from rules.values.papers import PaperKind, Side\n"
        "form = InformationForm.model_validate_json(Path(sys.argv[1]).read_text(encoding='utf-8'))\n"
        "mark = Mark(PaperKind.INFORMATION_FORM, Side.ISSUED, 1, form.bureau_out, form.case_no,"
        " paper_digest(form.model_dump_json()))\n"
        "print(hashlib.sha256(pdf_of(form_sheet(form), mark)).hexdigest())"
    )
    here = printed(view, PaperKind.INFORMATION_FORM).pdf()
    assert run([sys.executable, "-c", script, str(body)]).strip() == hashlib.sha256(here).hexdigest()


async def test_fonts_are_in_the_file(view: CaseView) -> None:
    for paper in printable_papers(view):
        fonts = run([tool("pdffonts"), "-"], paper.pdf()).splitlines()[2:]
        assert fonts
        assert all("NotoSerif" in font and " yes " in font for font in fonts), fonts


async def test_a_name_with_rare_characters_is_printed(tmp_path: Path) -> None:
    async with walked(tmp_path, name="崔𬸣䶮") as (_, done):
        view = view_of(done, application(name="崔𬸣䶮", **ASKED))
        for paper in printable_papers(view):
            if paper.mark.kind is not PaperKind.REMITTANCE:
                assert "崔𬸣䶮" in read(paper.pdf()).replace(" ", ""), paper.title.zh


async def test_a_character_in_no_font_is_refused_by_its_code_point(view: CaseView) -> None:
    papers = view.papers
    assert papers.application is not None
    asked = application(name="崔\ue123明", **ASKED)
    rare = papers.application.model_copy(update={"application": asked})
    changed = replace(view, papers=papers.model_copy(update={"application": rare}))
    with pytest.raises(Unprintable, match=r"U\+E123") as refused:
        printed(changed, PaperKind.APPLICATION).pdf()
    assert refused.value.code_points == ("U+E123",)
    assert "明" not in str(refused.value)


def test_the_font_is_asked_for_each_character() -> None:
    assert unprintable(["崔明玉 ①②③④⑤⑥ □■▲", "𬸣䶮·"]) == set()
    assert unprintable(["a\tb"]) == {"\t"}
    assert len(characters_of(FONT)) > 30_000


async def test_the_second_version_marks_what_changed(view: CaseView, done: Walked) -> None:
    changes = (
        FieldChange(field="base/2020-01..2020-06", before="4000.00", after="4500.20"),
        FieldChange(field="line/2", before="1.00", after="2.00"),
        FieldChange(field="name", before="崔明王", after="崔明玉"),
    )
    number = f"information-form/{CASE}/2"
    second = done.form.model_copy(update={"version": 2, "number": number, "changes": changes})
    both = view_of(done, application(**ASKED), second)
    text = read(printed(both, PaperKind.INFORMATION_FORM, 2).pdf())
    assert "第2版" in text.replace(" ", "")
    assert text.count("▲") == 4, "name, base, line ②, and the list"
    assert "4000.00 → 4500.20" in text
    assert "▲" not in read(printed(both, PaperKind.INFORMATION_FORM).pdf())


@pytest.mark.parametrize(("years", "pages"), [(11, 1), (24, 2)])
async def test_a_long_record_goes_on_below_a_repeated_head(tmp_path: Path, years: int, pages: int) -> None:
    async with walked(tmp_path, years=11) as (_, done):
        form = done.form
        if years > 11:
            form = form.model_copy(update={"bases": form.bases + form.bases})
        view = view_of(replace(done, form=form), application(**ASKED))
        text = read(printed(view, PaperKind.INFORMATION_FORM).pdf())
    assert text.count("\f") == pages
    assert text.count("月缴费基数") == pages


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Stage.REFUSED, ("不予受理通知书", "行政复议", "60日", "社会保险法第八十三条", "1．")),
        (Stage.WITHDRAWN, ("办理情况告知", "撤回")),
        (Stage.CLOSED, ("办理情况告知", "对办理结果不服", "同级人民政府", "6个月")),
    ],
)
async def test_a_refusal_names_every_ground_with_its_remedy(
    view: CaseView, outcome: Stage, said: tuple[str, ...]
) -> None:
    notice = view.papers.notice
    assert notice is not None
    grounds = {"refusals": (RELATIONSHIP_ENDED,), "remedies": remedies(notice.told_on)}
    told = notice.model_copy(update={"outcome": outcome, **grounds})
    changed = replace(view, papers=view.papers.model_copy(update={"notice": told}))
    text = "".join(read(printed(changed, PaperKind.NOTICE).pdf()).split())
    assert [one for one in said if one not in text] == []


def test_a_mark_is_read_again_and_nothing_else_is_one() -> None:
    mark = Mark(PaperKind.NOTICE, Side.ISSUED, 2, "220100", CASE, "ab" * 32)
    assert mark_in(b"%PDF " + str(mark).encode()) == mark
    assert mark.check == "ABAB ABAB ABAB ABAB"
    assert mark_in(b"%PDF JLZY1/notice/issued/2/220100/x/short") is None
    assert mark_in(str(mark).replace("notice", "no_such_paper").encode()) is None


async def test_who_has_arrears_gets_a_waiver_to_sign_that_names_the_months(view: CaseView) -> None:
    certificate = view.papers.certificate
    assert certificate is not None
    owed = MonthsApart(MonthKind.ARREARS, 10, Month(2020, 1), Month(2020, 10))
    papers = view.papers.model_copy(
        update={"certificate": certificate.model_copy(update={"months_apart": (owed,)})}
    )
    waiver = next(one for one in printable_papers(replace(view, papers=papers)) if one.drawn_from == "waiver")
    assert waiver.file_name == "certificate-1-waiver.pdf"
    text = read(waiver.pdf()).replace(" ", "")
    for said in ("放弃补缴承诺书", "崔明玉", "10个月", "2020-01至2020-10", certificate.official_number):
        assert said in text, said
    assert not any(one.drawn_from for one in printable_papers(view))


async def test_one_off_months_with_their_papers_go_with_a_pledge_of_the_bureau(view: CaseView) -> None:
    form = view.papers.information_forms[0]
    first, *others = form.record
    record = (replace(first, kind=MonthKind.ONE_OFF), *others)
    papers = view.papers.model_copy(
        update={"information_forms": (form.model_copy(update={"record": record}),)}
    )
    pledge = next(one for one in printable_papers(replace(view, papers=papers)) if one.drawn_from == "pledge")
    text = read(pledge.pdf()).replace(" ", "")
    for said in ("一次性缴费书面承诺书", "共6个月", "2015年1月至2015年6月", "长春市社会保险局："):
        assert said in text, said


def test_who_signs_which_months_to_keep_consents_to_the_clearing() -> None:
    at = datetime(2026, 3, 2, tzinfo=CHINA_TIME)
    notice = DuplicateNotice(number="n", case_no=CASE, version=1, records=(), periods=(), started_at=at)
    sheet = repr(duplicates_sheet(notice, application(**ASKED)))
    assert "同意清理未保留时段的重复缴费" in sheet
