"""What a case has gathered: its papers, its journal, and where it stands."""

from dataclasses import dataclass, field

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages import (
        CaseOrder,
        CasePapers,
        CertificateAnswer,
        LetterRegistration,
        Progress,
        Review,
        TakenIn,
    )
    from models.papers import (
        ClockReading,
        ContactLetter,
        Dossier,
        InformationForm,
        JournalEntry,
        Reconciliation,
        Remittance,
        ResultNotice,
    )
    from models.stages import Event, Party, Stage
    from rules.findings import MissingPaper, Refusal
    from rules.money import NO_MONEY


@dataclass
class CaseFile:
    """The papers of a case in the order they come in. Nothing here decides anything."""

    order: CaseOrder
    stage: Stage = Stage.APPLICATION_RECEIVED
    waiting_on: Party = Party.TRANSFER_IN
    review: Review | None = None
    certificate: CertificateAnswer | None = None
    contact_letter: ContactLetter | None = None
    registration: LetterRegistration | None = None
    information_form: InformationForm | None = None
    remittance: Remittance | None = None
    reconciliation: Reconciliation | None = None
    taken_in: TakenIn | None = None
    notice: ResultNotice | None = None
    journal: list[JournalEntry] = field(default_factory=list)

    def note(self, party: Party, event: Event, paper: str | None = None) -> None:
        """Write a line of the journal, at the time of the engine."""
        self.journal.append(JournalEntry(at=workflow.now(), party=party, event=event, paper=paper))

    def refusals(self) -> tuple[Refusal, ...]:
        """Every ground found so far, by whichever bureau."""
        answers = (self.review, self.certificate, self.registration)
        return tuple(refusal for answer in answers if answer for refusal in answer.refusals)

    def missing(self) -> tuple[MissingPaper, ...]:
        """Every paper the applicant still has to hand in."""
        return self.review.missing if self.review else ()

    def progress(self, clocks: tuple[ClockReading, ...]) -> Progress:
        """Where the case stands, without anything personal."""
        application, taken_in = self.order.application, self.taken_in
        return Progress(
            case_no=self.order.case_no,
            stage=self.stage,
            waiting_on=self.waiting_on,
            bureau_out=application.bureau_out,
            bureau_in=application.bureau_in,
            scheme_from=application.scheme_from,
            scheme_to=application.scheme_to,
            submitted_on=application.submitted_on,
            months=taken_in.months if taken_in else 0,
            individual=taken_in.individual if taken_in else NO_MONEY,
            pooled=taken_in.pooled if taken_in else NO_MONEY,
            clocks=clocks,
            refusals=self.refusals(),
            missing=self.missing(),
            differences=len(self.reconciliation.differences) if self.reconciliation else 0,
        )

    def papers(self) -> CasePapers:
        """The papers that exist so far."""
        return CasePapers(
            certificate=self.certificate.certificate if self.certificate else None,
            contact_letter=self.contact_letter,
            information_form=self.information_form,
            remittance=self.remittance,
            notice=self.notice,
        )

    def dossier(self, outcome: Stage, clocks: tuple[ClockReading, ...]) -> Dossier:
        """The whole file. Raises ValueError before the applicant has been told the end of it."""
        if self.notice is None:
            raise ValueError(f"case {self.order.case_no} has no end to file")
        return Dossier(
            case_no=self.order.case_no,
            outcome=outcome,
            application=self.order.application,
            certificate=self.certificate.certificate if self.certificate else None,
            contact_letter=self.contact_letter,
            information_form=self.information_form,
            remittance=self.remittance,
            reconciliation=self.reconciliation,
            notice=self.notice,
            clocks=clocks,
            journal=tuple(self.journal),
        )
