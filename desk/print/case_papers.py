"""Every paper of a case that can be printed, and each of them as a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.client.views.case import CaseView
from desk.language import Words
from desk.print.applications import application_sheet, former_employers_sheet
from desk.print.between_bureaus import letter_sheet, remittance_sheet
from desk.print.certificates import certificate_sheet
from desk.print.information_forms import form_sheet
from desk.print.marks import Mark
from desk.print.notices import duplicates_sheet, notice_sheet
from desk.print.sheet import Sheet
from desk.print.titles import paper_title
from models.contacts.bureaus import BureauContact
from models.messages.papers import ContactLetter, Paper, paper_digest
from models.messages.steps import CasePapers
from rules.values.papers import PaperKind, Side


@dataclass(frozen=True, slots=True)
class PrintablePaper:
    """A paper of a case: its title, its name as a file, its place in a register, and what stands on it."""

    title: Words
    mark: Mark
    sheet: Sheet

    @property
    def file_name(self) -> str:
        """'information_form-2.pdf': kind and version, and nothing personal."""
        return f"{self.mark.kind}-{self.mark.version}.pdf"

    def pdf(self) -> bytes:
        """The file: the same bytes for the same paper. Raises Unprintable for a character in no font."""
        # Loaded here: what is only listed needs no fonts and no typesetter.
        from desk.print.typeset import pdf_of

        return pdf_of(self.sheet, self.mark)


def printable_papers(view: CaseView) -> list[PrintablePaper]:
    """Every paper of a case in the order they were drawn up; of a form and of money, each one."""
    return list(_papers(view))


def _papers(view: CaseView) -> Iterator[PrintablePaper]:
    case_no, papers = view.progress.case_no, view.papers
    out, into = view.progress.bureau_out, view.progress.bureau_in

    def printable(
        paper: Paper, sheet: Sheet, kind: PaperKind, bureau: str, side: Side = Side.ISSUED, version: int = 1
    ) -> PrintablePaper:
        digest = paper_digest(paper.model_dump_json())
        return PrintablePaper(paper_title(paper), Mark(kind, side, version, bureau, case_no, digest), sheet)

    if papers.application:
        sheet = application_sheet(papers.application)
        yield printable(papers.application, sheet, PaperKind.APPLICATION, into, Side.RECEIVED)
    if papers.certificate:
        yield printable(papers.certificate, certificate_sheet(papers.certificate), PaperKind.CERTIFICATE, out)
    if isinstance(papers.entry, ContactLetter):
        yield printable(papers.entry, letter_sheet(papers.entry), PaperKind.CONTACT_LETTER, into)
    elif papers.entry:
        sheet = former_employers_sheet(papers.entry)
        yield printable(papers.entry, sheet, PaperKind.FORMER_EMPLOYERS_FORM, out, Side.RECEIVED)
    for form in papers.information_forms:
        yield printable(
            form, form_sheet(form), PaperKind.INFORMATION_FORM, form.bureau_out, version=form.version
        )
    contacts = _contact_out(papers), _contact_in(papers)
    numbers = {form.number: form.official_number or form.number for form in papers.information_forms}
    for remittance in papers.remittances:
        named = numbers.get(remittance.information_form, remittance.information_form)
        sheet = remittance_sheet(remittance, named, *contacts)
        sender = remittance.bureau_in if remittance.purpose.goes_back else remittance.bureau_out
        yield printable(remittance, sheet, PaperKind.REMITTANCE, sender, version=remittance.sequence)
    if papers.notice and papers.application:
        sheet = notice_sheet(papers.notice, papers.application.application)
        yield printable(papers.notice, sheet, PaperKind.NOTICE, into, version=papers.notice.version)
    if view.choice and papers.application:
        sheet = duplicates_sheet(view.choice, papers.application.application)
        yield printable(view.choice, sheet, PaperKind.DUPLICATE_NOTICE, into, version=view.choice.version)


def _contact_out(papers: CasePapers) -> BureauContact | None:
    """The transfer-out bureau as its form has it, or its certificate."""
    for paper in (*papers.information_forms[:1], papers.certificate):
        if paper and paper.agency:
            return paper.agency
    return None


def _contact_in(papers: CasePapers) -> BureauContact | None:
    return papers.entry.agency if isinstance(papers.entry, ContactLetter) else None
