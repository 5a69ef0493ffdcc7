"""The papers of a case that can be printed, and the file of each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from desk.client.views.case import CaseView
from desk.language import Words
from desk.print.applications import application_sheet, former_employers_sheet
from desk.print.between_bureaus import letter_sheet, remittance_sheet, ruling_sheet
from desk.print.certificates import certificate_sheet
from desk.print.information_forms import form_sheet
from desk.print.marks import Mark
from desk.print.notices import (
    PLEDGE,
    WAIVER,
    duplicates_sheet,
    notice_sheet,
    one_off_pledge_sheet,
    waiver_sheet,
    written_notice_sheet,
)
from desk.print.sheet import Sheet
from desk.print.titles import paper_title
from models.contacts.bureaus import BureauContact
from models.messages.papers import ContactLetter, Paper, paper_digest
from models.messages.steps import CasePapers
from rules.values.officers import PROVINCE
from rules.values.papers import PaperKind, Side


@dataclass(frozen=True, slots=True)
class PrintablePaper:
    """A paper of a case: its title, file name, place in a register, and content.

    `drawn_from` is the name of a form to sign that is filled in from the paper that the mark names.
    """

    title: Words
    mark: Mark
    sheet: Sheet
    drawn_from: str = ""

    @property
    def file_name(self) -> str:
        """'information_form-2.pdf': kind and version, no personal data."""
        more = f"-{self.drawn_from}" if self.drawn_from else ""
        return f"{self.mark.kind}-{self.mark.version}{more}.pdf"

    def pdf(self) -> bytes:
        """The file; the same paper gives the same bytes. Raises Unprintable for a character in no font."""
        # Loaded here: listing papers needs no fonts and no typesetter.
        from desk.print.typeset import pdf_of

        return pdf_of(self.sheet, self.mark)


def printable_papers(view: CaseView) -> list[PrintablePaper]:
    """Every paper of a case in order of drawing up, with every version of the form and every remittance."""
    return [*_to_begin_with(view), *_forms(view), *_money(view), *_for_the_person(view), *_rulings(view)]


def _printable(
    view: CaseView,
    paper: Paper,
    sheet: Sheet,
    kind: PaperKind,
    bureau: str,
    side: Side = Side.ISSUED,
    version: int = 1,
) -> PrintablePaper:
    digest = paper_digest(paper.model_dump_json())
    mark = Mark(kind, side, version, bureau, view.progress.case_no, digest)
    return PrintablePaper(paper_title(paper), mark, sheet)


def _to_begin_with(view: CaseView) -> Iterator[PrintablePaper]:
    """The application, the certificate, with a waiver to sign if there are arrears, and the letter."""
    papers, out, into = view.papers, view.progress.bureau_out, view.progress.bureau_in
    if asked := papers.application:
        sheet = application_sheet(asked)
        yield _printable(view, asked, sheet, PaperKind.APPLICATION, into, Side.RECEIVED)
    if certified := papers.certificate:
        printed = _printable(view, certified, certificate_sheet(certified), PaperKind.CERTIFICATE, out)
        yield printed
        if waiver := waiver_sheet(certified):
            title = Words("waiver of arrears", WAIVER)
            yield replace(printed, title=title, sheet=waiver, drawn_from="waiver")
    if isinstance(papers.entry, ContactLetter):
        yield _printable(view, papers.entry, letter_sheet(papers.entry), PaperKind.CONTACT_LETTER, into)
    elif papers.entry:
        sheet = former_employers_sheet(papers.entry)
        yield _printable(view, papers.entry, sheet, PaperKind.FORMER_EMPLOYERS_FORM, out, Side.RECEIVED)


def _forms(view: CaseView) -> Iterator[PrintablePaper]:
    """Every version of the information form, with a pledge if one-off months move."""
    for form in view.papers.information_forms:
        printed = _printable(
            view,
            form,
            form_sheet(form),
            PaperKind.INFORMATION_FORM,
            form.bureau_out,
            version=form.version,
        )
        yield printed
        if pledge := one_off_pledge_sheet(form):
            title = Words("pledge of one-off months", PLEDGE)
            yield replace(printed, title=title, sheet=pledge, drawn_from="pledge")


def _money(view: CaseView) -> Iterator[PrintablePaper]:
    papers = view.papers
    contacts = _contact_out(papers), _contact_in(papers)
    numbers = {form.number: form.official_number or form.number for form in papers.information_forms}
    for one in papers.remittances:
        sheet = remittance_sheet(one, numbers.get(one.information_form, one.information_form), *contacts)
        sender = one.bureau_in if one.purpose.goes_back else one.bureau_out
        yield _printable(view, one, sheet, PaperKind.REMITTANCE, sender, version=one.sequence)


def _for_the_person(view: CaseView) -> Iterator[PrintablePaper]:
    """Every notice, the written notice of what stays behind, and the offer for months paid twice."""
    papers, into = view.papers, view.progress.bureau_in
    if stays := papers.written_notice:
        sheet = written_notice_sheet(stays, _contact_out(papers))
        yield _printable(view, stays, sheet, PaperKind.WRITTEN_NOTICE, stays.bureau)
    if papers.application is None:
        return
    asked = papers.application.application
    for told in (*papers.earlier_notices, *filter(None, (papers.notice,))):
        yield _printable(view, told, notice_sheet(told, asked), PaperKind.NOTICE, into, version=told.version)
    if offer := view.choice:
        sheet = duplicates_sheet(offer, asked)
        yield _printable(view, offer, sheet, PaperKind.DUPLICATE_NOTICE, into, version=offer.version)


def _rulings(view: CaseView) -> Iterator[PrintablePaper]:
    """Every ruling that has been carried out at least in part: only then does the province file it. A ruling
    that was replaced earlier has had no effect."""
    ends = view.progress.bureau_out, view.progress.bureau_in
    for place, one in enumerate(view.rulings, start=1):
        if one.carried_out:
            yield _printable(view, one, ruling_sheet(one, *ends), PaperKind.RULING, PROVINCE, version=place)


def _contact_out(papers: CasePapers) -> BureauContact | None:
    """The transfer-out bureau's data as on its form, or on its certificate."""
    for paper in (*papers.information_forms[:1], papers.certificate):
        if paper and paper.agency:
            return paper.agency
    return None


def _contact_in(papers: CasePapers) -> BureauContact | None:
    return papers.entry.agency if isinstance(papers.entry, ContactLetter) else None
