"""A case as people read it: on a screen of a hundred columns, in either language, with nothing cut."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from desk import language
from desk.asking import CaseView
from desk.choosing import print_offer
from desk.clock_table import print_clocks
from desk.dispute_files import print_disputes
from desk.duty_words import owed
from desk.information_changes import changes_table
from desk.language import Language
from desk.possible import possible_lines
from desk.showing import Days, print_case
from models.arrangements import Officers
from models.clocks import ClockReading, DateMoved, Responsibility
from models.corrections import OpenItem
from models.disputes import DisputeRecord, PositionTaken, ProposedTerms
from models.dossier import JournalEntry
from models.duplicates import DuplicateNotice, OfferedOption, OfferedPeriod, OfferedRecord
from models.messages import CasePapers
from models.papers import FieldChange
from models.progress import AwaitedApproval, Progress
from models.requests import Approvable, CorrectionItem, HandIn, Position
from models.stages import ENDS, Event, Party, Stage
from rules.charged_days import DayRange, Holding, PromptDuty, Promptness, ResponsibilityLedger, Share
from rules.dispute_points import DisputePoint
from rules.due_dates import Alarm, AlarmKind
from rules.law import JILIN_MEASURES, Law
from rules.money import Fen
from rules.months import Month
from rules.moves import Entry
from rules.schemes import Scheme

CASE = "220100-20260115-4HITRMPR"
AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
NOW = AT + timedelta(days=5)
COLUMNS = 100


@pytest.fixture(params=list(Language))
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setattr(language, "_chosen", request.param)
    return Language(request.param)


def clock(**changes: Any) -> ClockReading:
    return ClockReading.model_validate(
        {
            "clock": "B",
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
            "entry": Entry.CONTACT_LETTER,
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
            "holdings": (Holding(AT, Party.TRANSFER_OUT),),
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
    """A case as print_case prints it."""
    told = progress(**more.pop("progress", {}))
    days = Days(NOW, more.pop("charged", None), more.pop("late", {}))
    screen = Console(file=io.StringIO(), width=columns, highlight=False)
    print_case(screen, view(told, **more), days, unmask=False)
    return text_of(screen)


def text_of(screen: Console) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def paper_console() -> Console:
    return Console(file=io.StringIO(), width=COLUMNS, highlight=False)


def line_with(text: str, *parts: str) -> str:
    """The one line that holds all of these."""
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
            clock(clock="C", owed_by=Party.TRANSFER_IN, overdue=True, extension=10),
        ),
        "possible": tuple(HandIn),
        "approvals": (AwaitedApproval(what=Approvable.RULING, policy=Officers.TWO_OFFICERS, by=("p-1",)),),
    },
    "late": {"C": 7},
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
        JournalEntry(at=AT, party=Party.TRANSFER_IN, event=Event.CLOCK_PAUSED, paper="C", detail="restart"),
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


def test_everything_at_once_stays_within_a_hundred_columns(spoken: Language) -> None:
    text = printed(**FULL)
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= COLUMNS
    row = line_with(text, "C", "2026-01-20", "2026-02-10", "15 + 10")
    assert {Language.ENGLISH: "overdue, 7 working days late", Language.CHINESE: "逾期 7 个工作日"}[
        spoken
    ] in row
    assert line_with(text, "2026-02-09 → 2026-02-10", "国办发明电〔2026〕3号")
    assert line_with(text, "2026-02-09 – 2026-02-12")
    assert text.count(f"starter.py correct {CASE} --field … --officer ID") == 1
    assert all(number in text for number in ("220100-20260115-AAAAAAAA", "220100-20260115-BBBBBBBB"))


def test_a_journal_line_says_what_it_is_about_in_the_readers_words(spoken: Language) -> None:
    text = printed(**FULL, columns=200)
    words = {
        Language.ENGLISH: [
            "release of funds, by in-01",
            "C, restarts",
            "information-form/…/1, monthly base 2017-01 to 2017-08, name, by in-01",
            "m-9, Not now.",
        ],
        Language.CHINESE: [
            "基金划转，经办 in-01",
            "C，重新计算",
            "information-form/…/1，2017-01至2017-08月缴费基数、姓名，经办 in-01",
            "m-9，现在不行。",
        ],
    }[spoken]
    for told in words:
        assert told in text


def test_names_in_open_corrections_are_masked() -> None:
    text = printed(**FULL)
    assert "崔明玉" not in text
    assert "崔明钰" not in text
    assert "4200.00" in line_with(text, "monthly base 2017-01 to 2017-08", "3500.00")


@pytest.mark.parametrize(
    ("changes", "information", "funds"),
    [
        ({}, "missing; clock C waits for it", "missing; clock C waits for it"),
        (
            {"information_since": AT, "form_version": 2},
            "in since 2026-01-20 09:00:00, version 2",
            "missing; clock C waits for it",
        ),
        ({"funds_since": AT}, "missing; clock C waits for it", "in since 2026-01-20 09:00:00"),
    ],
    ids=["neither", "information first", "money first"],
)
def test_which_half_is_missing_is_said_and_since_when_the_other_is_in(
    changes: dict[str, Any], information: str, funds: str
) -> None:
    text = printed(progress=changes)
    assert line_with(text, "information ").split(maxsplit=1)[1].strip() == information
    assert line_with(text, "funds ", funds)


@pytest.mark.parametrize("stage", [Stage.APPLICATION_RECEIVED, Stage.REFUSED, Stage.WITHDRAWN])
def test_nobody_is_told_of_halves_that_are_not_expected(stage: Stage) -> None:
    assert "missing" not in printed(progress={"stage": stage})


def test_who_owes_what_since_when() -> None:
    assert line_with(printed(), "waiting on").split(maxsplit=2)[2].strip() == (
        "transfer-out bureau since 2026-01-20 09:00:00: form, funds, end of relationship"
    )


def test_reminders_that_were_sent_are_no_longer_to_come() -> None:
    screen = paper_console()
    print_clocks(screen, [clock()], NOW, {})
    assert line_with(text_of(screen), "to come").endswith("reminders to come: 2026-02-05 (3 left)")


@pytest.mark.parametrize(
    ("changes", "late", "state"),
    [
        ({}, {}, "running"),
        ({"overdue": True}, {}, "overdue"),
        ({"overdue": True}, {"B": 3}, "overdue, 3 working days late"),
        ({"paused_since": AT}, {}, "paused since 2026-01-20"),
        ({"stopped_at": AT}, {}, "done 2026-01-20 09:00:00"),
        (
            {"stopped_at": AT, "overdue": True, "working_days_late": 2},
            {},
            "done 2026-01-20 09:00:00, 2 days late",
        ),
    ],
)
def test_a_clock_says_how_it_stands(changes: dict[str, Any], late: dict[str, int], state: str) -> None:
    screen = paper_console()
    print_clocks(screen, [clock(**changes)], NOW, late)
    row = next(line for line in text_of(screen).splitlines() if line.startswith("B"))
    assert row.rstrip().endswith(f"15    {state}")


def test_the_ledger_adds_up_and_long_lists_of_days_are_counted() -> None:
    text = printed(**FULL)
    assert "2026-01-16, 2026-01-19, 2026-01-21, 2026-01-23 and 1 more" in text
    assert line_with(text, "all ", "2026-01-15 – 2026-01-25").split()[1] == "6"
    assert line_with(text, "send the contact letter: 2 working days", "promptly")


def approvals(*awaited: Approvable) -> tuple[AwaitedApproval, ...]:
    return tuple(AwaitedApproval(what=what, policy=Officers.TWO_OFFICERS, by=("a-1",)) for what in awaited)


def test_an_approval_that_waits_comes_before_what_the_stage_asks_for() -> None:
    waits = progress(approvals=approvals(Approvable.RELEASE_OF_FUNDS))
    assert owed(waits) == "approve release of funds (1 of 2)"
    other = progress(approvals=approvals(Approvable.POSTING))
    assert owed(other) == "form, funds, end of relationship", "not this party's to approve"
    at_odds = waits.model_copy(update={"dispute": DisputePoint.FUNDS, "stage": Stage.IN_DISPUTE})
    assert owed(at_odds) == "negotiate"


@pytest.mark.parametrize("stage", sorted(set(Stage) - ENDS))
def test_at_every_stage_somebody_owes_something(stage: Stage, spoken: Language) -> None:
    assert owed(progress(stage=stage)) != ""
    assert owed(progress(stage=stage)).isascii() == (spoken is Language.ENGLISH)


@pytest.mark.parametrize("deed", list(HandIn))
def test_every_deed_that_is_possible_has_its_command(deed: HandIn) -> None:
    told = progress(possible=(deed,), approvals=approvals(Approvable.POSTING))
    assert f"starter.py {deed} {CASE}" in possible_lines(told)[1]


def test_nothing_waiting_is_nothing_to_approve_and_a_dispute_holds_up_all_but_the_ruling() -> None:
    assert possible_lines(progress(possible=(HandIn.APPROVE,))) == ["Nothing can be handed in now."]
    both = approvals(Approvable.POSTING, Approvable.RULING)
    told = progress(possible=(HandIn.APPROVE,), approvals=both, dispute=DisputePoint.AMOUNT)
    (_, line) = possible_lines(told)
    assert line.split() == ["approve", "ruling", "starter.py", "approve", CASE, "ruling", "--officer", "ID"]


def test_a_case_that_was_broken_off_offers_nothing() -> None:
    text = printed(progress={"possible": tuple(HandIn)}, broken_off="terminated")
    assert "terminated (transferring out)" in text
    assert "Possible" not in text
    assert "waiting on" not in text


OFFER = DuplicateNotice(
    taken_up_at=AT,
    number=f"duplicate-notice/{CASE}/1",
    case_no=CASE,
    version=1,
    records=(
        OfferedRecord(scheme=Scheme.ENTERPRISE, bureau="220100", transferred=False),
        OfferedRecord(scheme=Scheme.GOVERNMENT, bureau="222400", transferred=True),
    ),
    periods=(
        OfferedPeriod(
            first=Month(2018, 1),
            last=Month(2018, 1),
            certified=True,
            options=(OfferedOption(keep=1, refund=Fen(48_000)),),
        ),
        OfferedPeriod(
            first=Month(2018, 5),
            last=Month(2018, 6),
            certified=False,
            options=(OfferedOption(keep=0, refund=Fen(96_000)), OfferedOption(keep=1, refund=Fen(80_000))),
        ),
    ),
)


def test_the_person_reads_which_option_keeps_what_and_pays_what(spoken: Language) -> None:
    screen = paper_console()
    print_offer(screen, OFFER, open_now=True)
    text = text_of(screen)
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= COLUMNS
    first = line_with(text, "2018-05 – 2018-06")
    assert first.split()[0] == "1", "the certified period is not one the person is asked about"
    assert first.rstrip().endswith("960.00")
    assert line_with(text, "800.00").split()[0] == "2"
    assert line_with(text, "2018-01 – 2018-01").split()[0] == "–"
    assert f"starter.py choose {CASE} --keep N --consent --account … --officer ID" in text
    assert {Language.ENGLISH: "certified service", Language.CHINESE: "认定"}[spoken] in text


def test_an_offer_that_is_answered_asks_for_no_answer() -> None:
    screen = paper_console()
    print_offer(screen, OFFER, open_now=False)
    assert "choose" not in text_of(screen)
    print_offer(screen, None, open_now=False)
    assert text_of(screen).endswith("No months paid twice have been found.\n")


def test_a_new_version_says_field_by_field_what_changed(spoken: Language) -> None:
    changes = (
        FieldChange(field="base/2017-01..2017-08", before="3500.00", after="4200.00"),
        FieldChange(field="line/4", before="1.00", after="2.00"),
        FieldChange(field="name", before="崔明玉", after="崔明钰"),
    )
    screen = paper_console()
    screen.print(changes_table(changes, unmask=False))
    text = text_of(screen)
    titles = {
        Language.ENGLISH: ("monthly base 2017-01 to 2017-08", "line ④", "name"),
        Language.CHINESE: ("2017-01至2017-08月缴费基数", "第④项金额", "姓名"),
    }[spoken]
    assert [line for title in titles for line in text.splitlines() if line.startswith(title)]
    assert line_with(text, titles[0]).split()[-2:] == ["3500.00", "4200.00"]
    assert line_with(text, titles[2]).split() == [titles[2], "崔**", "崔**"]
    shown = paper_console()
    shown.print(changes_table(changes, unmask=True))
    assert "崔明钰" in text_of(shown)


def test_a_dispute_shows_both_positions_the_terms_and_its_end() -> None:
    taken = [
        PositionTaken(party=party, position=Position(statement=said, evidence=proof), at=AT)
        for party, said, proof in (
            (Party.TRANSFER_IN, "金额不符", ("台账", "银行回单")),
            (Party.TRANSFER_OUT, "按申报", ()),
        )
    ]
    record = DisputeRecord(
        number=1,
        point=DisputePoint.AMOUNT,
        raised_by=Party.TRANSFER_IN,
        positions=tuple(taken),
        proposals=(ProposedTerms(party=Party.TRANSFER_OUT, terms="各半", at=AT),),
        settled_at=NOW,
    )
    screen = paper_console()
    print_disputes(screen, [record, record.model_copy(update={"number": 2, "referred_at": AT})])
    settled, ruled = text_of(screen).split("dispute 2")
    for told in (
        "金额不符",
        "– 台账",
        "– 银行回单",
        "按申报",
        "would settle on: 各半",
        "2026-01-25  settled",
    ):
        assert told in settled
    assert "referred to the province" in ruled
    assert "2026-01-25  ended by ruling" in ruled
