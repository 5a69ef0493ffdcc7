"""The dossier of a case without anything unusual."""

from models.messages.application import TransferApplication
from models.messages.arrangements import Arrangements, Officers
from models.messages.clocks import Responsibility
from models.messages.dossier import Dossier
from models.messages.papers import Reconciliation, ResultNotice
from models.messages.progress import Progress
from models.messages.requests import Approvable
from models.messages.stages import Party, Stage
from models.messages.steps import CasePapers
from rules.values.charged_days import ResponsibilityLedger
from rules.values.form_fields import CorrectionEffect
from rules.values.record import RefundOf

ARRANGED = Arrangements(
    officers=dict.fromkeys(Approvable, Officers.STRAIGHT_THROUGH),
    effect_on_transfer_out=CorrectionEffect.RUN_ON,
    effect_on_take_in=CorrectionEffect.RESTART,
    refund_of=RefundOf.PRINCIPAL,
)


def dossier(
    asked: TransferApplication,
    papers: CasePapers,
    notice: ResultNotice,
    reconciliation: Reconciliation | None,
) -> Dossier:
    """The dossier of a closed case with these papers."""
    ledger: ResponsibilityLedger[Party] = ResponsibilityLedger(
        applied_on=asked.submitted_on, closed_on=notice.told_on, shares=(), calendar="2026"
    )
    return Dossier(
        case_no=notice.case_no,
        progress=closed(asked, notice),
        application=asked,
        arrangements=ARRANGED,
        papers=papers,
        reconciliation=reconciliation,
        notice=notice,
        responsibility=Responsibility(ledger=ledger, duties=()),
        journal=(),
    )


def closed(asked: TransferApplication, notice: ResultNotice) -> Progress:
    """The progress of such a case at its end."""
    return Progress(
        case_no=notice.case_no,
        stage=Stage.CLOSED,
        waiting_on=Party.NOBODY,
        bureau_out=asked.bureau_out,
        bureau_in=asked.bureau_in,
        scheme_from=asked.scheme_from,
        scheme_to=asked.scheme_to,
        submitted_on=asked.submitted_on,
        entry=asked.entry,
        months=notice.months,
        individual=notice.individual,
        pooled=notice.pooled,
        settled=True,
        information_since=notice.started_at,
        funds_since=notice.started_at,
        form_version=1,
        clocks=(),
        refusals=(),
        missing=(),
        differences=0,
        holdings=(),
    )
