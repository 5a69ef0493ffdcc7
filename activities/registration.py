"""The activities that each worker registers: the platform's, and a bureau's on its own store."""

from collections.abc import Callable
from typing import Any

from activities.audit.compare import AuditActivities
from activities.audit.own_books import OwnBooksActivities, ProvinceBooksActivities
from activities.bank.bank import BankActivities
from activities.bureau_books import BureauBooksActivities
from activities.contracts import implemented_by
from activities.deliveries import DeliveryActivities
from activities.evidence.evidence import EvidenceActivities
from activities.figures.monthly import FiguresActivities
from activities.officers.approved import ApprovalsNeeded
from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.officers.roster import RosterActivities
from activities.officers.rulings import RulingActivities
from activities.officers.vouching import VouchingActivities
from activities.outbox.outbox import BureauOutbox, ProvinceOutbox
from activities.paper_register import PaperRegisterActivities
from activities.province.calendar import CalendarActivities, ProvinceCalendar
from activities.province.clocks import ClockActivities
from activities.province.province import ProvinceActivities
from activities.rates.register import BureauRateActivities, ProvinceRateActivities
from activities.rates.settlement import RateSettlementActivities
from activities.record_completion import RecordCompletionActivities
from activities.reopening import ReopeningActivities
from activities.transfer_in.corrections import TransferInCorrections
from activities.transfer_in.duplicates import DuplicateMonthsActivities
from activities.transfer_in.transfer_in import TransferInActivities
from activities.transfer_out.arrears import ArrearsActivities
from activities.transfer_out.corrections import TransferOutCorrections
from activities.transfer_out.remainders import RemainderActivities
from activities.transfer_out.transfer_out import TransferOutActivities
from models.contacts.bureaus import OfficeData
from models.files.arrangements_file import ArrangementsFile
from models.store.store import Store
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.officers import PROVINCE


def officer_activities(bureau: str, store: Store, accepted: AcceptedOfficers | None) -> list[object]:
    """The activities of a bureau, or of the province, on its own officers."""
    register = OfficerRegister(bureau, store, accepted)
    return [VouchingActivities(register), RosterActivities(register)]


def platform_activities(
    store: Store,
    arranged: ArrangementsFile | None = None,
    clock: type[ClockActivities] = ClockActivities,
    accepted: AcceptedOfficers | None = None,
) -> list[Callable[..., Any]]:
    """Every activity of the provincial platform, on the province's own store."""
    open_years = (arranged or ArrangementsFile()).calendar.open_years
    published = ProvinceCalendar(store, WorkingCalendar(open_years=open_years))
    register = OfficerRegister(PROVINCE, store, accepted)
    return implemented_by(
        *officer_activities(PROVINCE, store, accepted),
        clock(published),
        CalendarActivities(published, register),
        ProvinceActivities(store, arranged, register),
        PaperRegisterActivities(store),
        ProvinceRateActivities(register),
        ProvinceBooksActivities(store, accepted.root if accepted else None),
        AuditActivities(),
        ProvinceOutbox(store),
    )


BUREAU_ACTIVITIES = (
    ArrearsActivities,
    RemainderActivities,
    TransferInCorrections,
    EvidenceActivities,
    RecordCompletionActivities,
    ReopeningActivities,
    BureauOutbox,
    FiguresActivities,
)


def bureau_activities(
    bureau: str,
    store: Store,
    office: OfficeData | None = None,
    accepted: AcceptedOfficers | None = None,
) -> list[Callable[..., Any]]:
    """Every activity of one bureau, on its own store; `office` is what its papers print."""
    accepted = accepted or AcceptedOfficers()
    needed, register = ApprovalsNeeded(accepted.arranged, bureau), OfficerRegister(bureau, store, accepted)
    return implemented_by(
        TransferOutActivities(bureau, store, office, needed, register),
        TransferOutCorrections(bureau, store, needed, register),
        TransferInActivities(bureau, store, office, needed, register),
        RateSettlementActivities(bureau, store, office, needed, register),
        DuplicateMonthsActivities(bureau, store, needed),
        OwnBooksActivities(bureau, store, accepted.root),
        BankActivities(bureau, store, register),
        BureauBooksActivities(bureau, store, register),
        PaperRegisterActivities(store),
        *(kind(bureau, store) for kind in BUREAU_ACTIVITIES),
        *officer_activities(bureau, store, accepted),
        RulingActivities(register),
        BureauRateActivities(register),
        DeliveryActivities(bureau, store, register),
    )
