"""A case as people read it: on a screen of a hundred columns, in either language, with nothing cut."""

from contextvars import ContextVar
from typing import Any

import pytest
from case_views import AT, CASE, COLUMNS, FULL, line_with, printed
from rich.cells import cell_len

from desk import language
from desk.client.silence import PlatformOff
from desk.client.views.journal import in_short
from desk.language import Language
from models.messages.arrangements import Officers
from models.messages.dossier import JournalEntry
from models.messages.progress import AwaitedApproval
from models.messages.requests import Approvable, Choice, Ruling, StaffAction, ToBeApproved
from models.messages.stages import Event, Party, Stage
from rules.values.due_dates import Clock
from rules.values.orders import AmendField, Close


@pytest.fixture(params=list(Language))
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=request.param))
    return Language(request.param)


def test_everything_at_once_stays_within_a_hundred_columns(spoken: Language) -> None:
    text = printed(**FULL)
    read = [line.rstrip() for line in text.splitlines() if "starter.py" not in line]
    assert max(map(cell_len, read)) <= COLUMNS
    row = line_with(text, "C", "2026-01-20", "2026-02-10", "15 + 10")
    assert {Language.ENGLISH: "overdue, 7 working days late", Language.CHINESE: "逾期 7 个工作日"}[
        spoken
    ] in row
    assert line_with(text, "2026-02-09 → 2026-02-10", "国办发明电〔2026〕3号")
    assert line_with(text, "2026-02-09 – 2026-02-12")
    assert (
        text.count(f"starter.py correct {CASE} --field … --seen … --expected … --evidence … --officer ID")
        == 1
    )
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
            "C，重新起算",
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


def test_who_is_to_approve_reads_the_orders_and_the_choice_with_names_and_account_masked() -> None:
    ruling = Ruling(
        message_id="m-1",
        by=Party.PROVINCE,
        officer="p-1",
        number="裁〔2026〕1号",
        reasons="依申报材料认定",
        orders=(AmendField("name", "崔明钰"), Close()),
    )
    choice = Choice(
        message_id="m-2",
        by=Party.APPLICANT,
        officer="in-01",
        keep=(2, 1),
        consent=True,
        refund_account="6217000012345678",
    )
    awaited = tuple(
        AwaitedApproval(what=what, policy=Officers.TWO_OFFICERS, by=(), of=of)
        for what, of in ((Approvable.RULING, ruling.number), (Approvable.REFUND, "notice/1"))
    )
    text = printed(progress={"approvals": awaited}, to_be_approved=ToBeApproved(ruling=ruling, choice=choice))
    assert "p-1" in line_with(text, "ruling to be approved", "裁〔2026〕1号")
    assert "依申报材料认定" in text
    assert "崔明钰" not in text
    assert "1. " in text
    assert "2. " in text
    assert "in-01" in line_with(text, "refund to be approved", "notice/1")
    assert "options kept 2, 1" in text
    assert "6217000012345678" not in text


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


def test_a_case_that_was_broken_off_offers_nothing() -> None:
    text = printed(progress={"possible": tuple(StaffAction)}, broken_off="terminated")
    assert "terminated (transferring out)" in text
    assert "Possible" not in text
    assert "waiting on" not in text


def test_on_eighty_columns_a_command_stays_on_one_line_to_be_copied(spoken: Language) -> None:
    text = printed(**FULL, columns=80)
    command = f"starter.py dispute {CASE} --by … --point … --statement … --officer ID"
    assert line_with(text, command)


@pytest.mark.parametrize(
    ("event", "detail", "english", "chinese"),
    [
        (
            Event.CLOCK_STOPPED,
            "+12",
            "clock stopped: B, 12 working days late",
            "期限终止：B，逾期 12 个工作日",
        ),
        (Event.CLOCK_STOPPED, "+1", "clock stopped: B, 1 working day late", "期限终止：B，逾期 1 个工作日"),
        (Event.CLOCK_STOPPED, "+0", "clock stopped: B, 0 working days late", "期限终止：B，逾期 0 个工作日"),
        (Event.CLOCK_STOPPED, "", "clock stopped: B", "期限终止：B"),
        (Event.CLOCK_RESUMED, "run_on", "clock runs on: B", "期限续计：B"),
        (Event.CLOCK_RESUMED, "restart", "clock runs on: B, restarts", "期限续计：B，重新起算"),
    ],
)
def test_what_became_of_a_clock_is_said_in_words_and_once(
    spoken: Language, event: Event, detail: str, english: str, chinese: str
) -> None:
    entry = JournalEntry(
        at=AT, party=Party.TRANSFER_OUT, event=event, paper=Clock.TRANSFER_OUT, detail=detail
    )
    assert in_short(entry) == (chinese if spoken is Language.CHINESE else english)


def test_a_platform_that_does_not_answer_is_named_and_the_rest_is_shown() -> None:
    sentence = "The platform's worker does not answer; start it with `make up` or"
    text = " ".join(printed(unanswered=PlatformOff()).split())
    assert f"Whose the days were is not shown: {sentence}" in text
    assert CASE in text


def test_of_a_long_journal_the_latest_lines_are_shown_and_how_to_see_the_others(spoken: Language) -> None:
    entries = [
        JournalEntry(at=AT, party=Party.TRANSFER_IN, event=Event.APPROVED, paper=f"paper-{number:03}")
        for number in range(120)
    ]
    text = printed(journal=entries)
    assert f"starter.py show {CASE} --journal 120" in text
    said = {
        Language.ENGLISH: "70 earlier lines of the journal",
        Language.CHINESE: "办理记录另有较早的 70 条",
    }
    assert said[spoken] in text
    assert ("paper-069" in text, "paper-070" in text, "paper-119" in text) == (False, True, True)
    assert "--journal" not in printed(journal=entries[:50])
