"""A case with content of every kind, as passed to screens, and screens to print it on."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.console import Console

from desk.client.views.case import CaseView, Days
from desk.client.views.shown_case import shown_case
from desk.commands.showing import print_case
from models.messages.arrangements import Officers
from models.messages.clocks import ClockReading, DateMoved, Responsibility
from models.messages.corrections import OpenItem
from models.messages.dossier import JournalEntry
from models.messages.progress import AwaitedApproval, Progress
from models.messages.requests import Approvable, CorrectionItem, StaffAction
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CasePapers
from rules.values.charged_days import DayRange, PromptDuty, Promptness, ResponsibilityLedger, Share, StepOwner
from rules.values.due_dates import Alarm, AlarmKind, Clock
from rules.values.law import JILIN_MEASURES, Law
from rules.values.moves import ApplicationRoute
from rules.values.orders import DisputePoint

CASE = "220100-20260115-4HITRMPR"
AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
NOW = AT + timedelta(days=5)
COLUMNS = 100


def clock(**changes: Any) -> ClockReading:
    return ClockReading.model_validate(
        {
            "clock": Clock.TRANSFER_OUT,
            "owed_by": Party.TRANSFER_OUT,
            "law": Law(JILIN_MEASURES, "第七条第一项"),
            "working_days": 15,
            "received_on": date(2026, 1, 20),
            "due_on": date(2026, 2, 10),
            "due_at": AT + timedelta(days=21),
            "provisional": False,
            "earliest": date(2026, 2, 10),
            "latest": date(2026, 2, 10),
            "calendar": "2026",
            "alarms": (
                Alarm(AT + timedelta(days=2), AlarmKind.REMINDER, 5),
                Alarm(AT + timedelta(days=16), AlarmKind.REMINDER, 3),
                Alarm(AT + timedelta(days=21), AlarmKind.OVERDUE, 0),
            ),
            **changes,
        }
    )


def progress(**changes: Any) -> Progress:
    return Progress.model_validate(
        {
            "case_no": CASE,
            "stage": Stage.TRANSFERRING_OUT,
            "waiting_on": Party.TRANSFER_OUT,
            "bureau_out": "222400",
            "bureau_in": "220100",
            "scheme_from": "G",
            "scheme_to": "E",
            "submitted_on": date(2026, 1, 15),
            "entry": ApplicationRoute.CONTACT_LETTER,
            "months": 0,
            "individual": 0,
            "pooled": 0,
            "settled": False,
            "information_since": None,
            "funds_since": None,
            "form_version": 0,
            "clocks": (),
            "refusals": (),
            "missing": (),
            "differences": 0,
            "holdings": (StepOwner(AT, Party.TRANSFER_OUT),),
            "duty_since": AT,
            **changes,
        }
    )


def view(told: Progress, **more: Any) -> CaseView:
    parts: dict[str, Any] = {
        "broken_off": None,
        "journal": [],
        "papers": CasePapers(),
        "choice": None,
        "disputes": [],
        "rulings": [],
        "corrections": [],
        **more,
    }
    return CaseView(progress=told, **parts)


def printed(*, columns: int = COLUMNS, **more: Any) -> str:
    """The case as printed by `print_case`."""
    told = progress(**more.pop("progress", {}))
    days = Days(NOW, more.pop("charged", None), more.pop("late", {}), more.pop("unanswered", None))
    screen = Console(file=io.StringIO(), width=columns, highlight=False)
    print_case(screen, shown_case(view(told, **more), days, unmask=False))
    return text_of(screen)


def text_of(screen: Console) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def paper_console(width: int = COLUMNS) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False)


def line_with(text: str, *parts: str) -> str:
    """The only line of a text that contains all of these parts."""
    (found,) = (line for line in text.splitlines() if all(part in line for part in parts))
    return found


FULL: dict[str, Any] = {
    "progress": {
        "stage": Stage.TO_BE_CORRECTED,
        "information_since": AT,
        "form_version": 2,
        "linked": ("220100-20260115-AAAAAAAA", "220100-20260115-BBBBBBBB"),
        "dispute": DisputePoint.AMOUNT,
        "clocks": (
            clock(
                provisional=True,
                earliest=date(2026, 2, 9),
                latest=date(2026, 2, 12),
                moved=(
                    DateMoved(
                        at=AT, before=date(2026, 2, 9), after=date(2026, 2, 10), why="国办发明电〔2026〕3号"
                    ),
                ),
                paused_working_days=4,
            ),
            clock(clock=Clock.TAKE_IN, owed_by=Party.TRANSFER_IN, overdue=True, extension=10),
        ),
        "possible": tuple(StaffAction),
        "approvals": (AwaitedApproval(what=Approvable.RULING, policy=Officers.TWO_OFFICERS, by=("p-1",)),),
    },
    "late": {Clock.TAKE_IN: 7},
    "corrections": [
        OpenItem(
            request="m-1",
            raised_by=Party.TRANSFER_IN,
            item=CorrectionItem(field=field, seen=seen, expected=expected, evidence="工资台账"),
            asked_at=AT,
        )
        for field, seen, expected in (
            ("base/2017-01..2017-08", "3500.00", "4200.00"),
            ("name", "崔明玉", "崔明钰"),
        )
    ],
    "charged": Responsibility(
        ledger=ResponsibilityLedger(
            applied_on=date(2026, 1, 15),
            closed_on=date(2026, 1, 25),
            shares=(
                Share(
                    Party.TRANSFER_IN,
                    5,
                    tuple(DayRange(date(2026, 1, d), date(2026, 1, d)) for d in (16, 19, 21, 23, 25)),
                ),
                Share(Party.TRANSFER_OUT, 1, (DayRange(date(2026, 1, 20), date(2026, 1, 20)),)),
            ),
            calendar="2026",
        ),
        duties=(Promptness(PromptDuty.SEND_CONTACT_LETTER, 2),),
    ),
    "journal": [
        JournalEntry(
            at=AT, party=Party.TRANSFER_OUT, event=Event.DUPLICATES_CLEARED, paper=f"clearing/{CASE}/1"
        ),
        JournalEntry(
            at=AT, party=Party.TRANSFER_IN, event=Event.APPROVED, paper="release_of_funds", officer="in-01"
        ),
        JournalEntry(
            at=AT, party=Party.TRANSFER_IN, event=Event.CLOCK_PAUSED, paper=Clock.TAKE_IN, detail="restart"
        ),
        JournalEntry(
            at=AT,
            party=Party.TRANSFER_IN,
            event=Event.CORRECTION_REQUESTED,
            paper=f"information-form/{CASE}/1",
            detail="base/2017-01..2017-08, name",
            officer="in-01",
        ),
        JournalEntry(
            at=AT,
            party=Party.APPLICANT,
            event=Event.MESSAGE_REFUSED,
            paper="m-9",
            detail="Not now.",
            detail_zh="现在不行。",
        ),
    ],
}
