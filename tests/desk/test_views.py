"""Views as any face gets them: the reader's words with their tones, and nothing of a terminal."""

from contextvars import ContextVar
from datetime import date, time, timedelta
from typing import Any

import pytest
from case_views import AT, CASE, FULL, NOW, clock, printed, progress, view

from desk import language
from desk.client.silence import PlatformOff
from desk.client.views.case import Days
from desk.client.views.clocks import clock_rows
from desk.client.views.duties import owed, owed_since
from desk.client.views.possible import PossibleAction, awaited_now
from desk.client.views.responsibility import days_shown
from desk.client.views.shown_case import ShownCase, shown_case
from desk.client.views.status import current_status
from desk.client.views.tone import Tone, Toned, phrase, words_of
from desk.language import Language
from desk.words import sentence
from models.messages.arrangements import Officers
from models.messages.bank_statement import AwaitedFunds
from models.messages.disputes import DisputeRecord, ProposedTerms
from models.messages.dossier import JournalEntry
from models.messages.progress import AwaitedApproval
from models.messages.requests import Approvable, Choice, StaffAction, ToBeApproved
from models.messages.stages import Event, Party, Stage
from rules.clocks.clocks import end_of
from rules.values.charged_days import PromptDuty, Promptness
from rules.values.due_dates import Clock
from rules.values.law import JILIN_MEASURES, Law, MissingPaper
from rules.values.money import Fen
from rules.values.orders import DisputePoint


@pytest.fixture(params=list(Language))
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=request.param))
    return Language(request.param)


def shown(unmask: bool = False, **more: Any) -> ShownCase:
    told = progress(**more.pop("progress", {}))
    days = Days(NOW, more.pop("charged", None), more.pop("late", {}), more.pop("unanswered", None))
    return shown_case(view(told, **more), days, unmask)


def test_the_clock_of_a_withdrawn_case_has_stopped_and_its_step_is_not_done(spoken: Language) -> None:
    before = clock(clock=Clock.REVIEW, stopped_at=AT - timedelta(days=1))
    clocks = (before, clock(stopped_at=AT + timedelta(seconds=1)))
    entry = JournalEntry(at=AT, party=Party.APPLICANT, event=Event.WITHDRAWAL_REQUESTED)
    whole = shown(progress={"stage": Stage.WITHDRAWN, "clocks": clocks}, journal=[entry])
    words = {Language.ENGLISH: ["done", "stopped"], Language.CHINESE: ["已完成", "已终止"]}[spoken]
    assert [words_of(row.state).split()[0] for row in whole.clocks] == words


@pytest.mark.parametrize(
    ("event", "detail", "detail_zh", "en", "zh"),
    [
        (Event.CLOCK_PAUSED, "restart", "", "C, restarts", "C，重新起算"),
        (Event.CLOCK_PAUSED, "pause", "", "C", "C"),
        (Event.CLOCK_RESUMED, "run_on", "", "C", "C"),
        (
            *(Event.CLOCK_RESUMED, "pause", ""),
            *("C, the days in between are not counted", "C，其间的工作日不计"),
        ),
        (
            *(Event.CLOCK_PAUSED, "arrears to be paid or waived", "欠费待补缴或放弃补缴"),
            *("C, arrears to be paid or waived", "C，欠费待补缴或放弃补缴"),
        ),
    ],
)
def test_a_clock_that_pauses_or_goes_on_says_why_in_the_readers_language(
    spoken: Language, event: Event, detail: str, detail_zh: str, en: str, zh: str
) -> None:
    entry = JournalEntry(
        at=AT,
        party=Party.TRANSFER_IN,
        event=event,
        paper=Clock.TAKE_IN,
        detail=detail,
        detail_zh=detail_zh,
    )
    (line,) = shown(journal=[entry]).journal
    assert line.about == {Language.ENGLISH: en, Language.CHINESE: zh}[spoken]


def test_a_case_is_one_value_with_everything_that_is_shown_of_it(spoken: Language) -> None:
    whole = shown(**FULL)
    assert whole.case_no == CASE
    assert [row.letter for row in whole.clocks] == ["B", "C"]
    assert whole.charged is not None
    assert [share.working_days for share in whole.charged.shares] == [5, 1]
    assert whole.charged.total.working_days == 6
    assert len(whole.journal) == 5
    assert [one.asked_by for one in whole.corrections] == [
        {Language.ENGLISH: "transfer-in bureau", Language.CHINESE: "转入地"}[spoken]
    ] * 2
    assert whole.possible is not None
    assert {one.action for one in whole.possible} == set(StaffAction)


def test_lateness_is_a_tone_and_not_a_colour(spoken: Language) -> None:
    late = {Language.ENGLISH: "overdue, 7 working days late", Language.CHINESE: "逾期 7 个工作日"}[spoken]
    (row,) = clock_rows([clock(clock=Clock.TAKE_IN, overdue=True)], NOW, {Clock.TAKE_IN: 7})
    assert row.state == (Toned(late, Tone.BAD),)
    (row,) = clock_rows([clock(paused_since=AT)], NOW, {})
    assert [part.tone for part in row.state] == [Tone.NOTICE]
    (row,) = clock_rows([clock(stopped_at=AT, overdue=True, working_days_late=2)], NOW, {})
    assert [part.tone for part in row.state] == [Tone.PLAIN, Tone.PLAIN, Tone.BAD]


def test_a_missing_half_is_to_be_noticed_and_a_total_is_looked_for_first() -> None:
    rows = {row.label: row.value for row in shown(progress={"months": 12, "individual": 5}).standing}
    assert rows["funds"] == phrase("missing; clock C waits for it", Tone.NOTICE)
    assert rows["total, yuan"] == phrase("0.05", Tone.STRONG)
    assert rows["case"] == phrase(CASE, Tone.STRONG)


def test_a_case_that_was_broken_off_or_has_ended_offers_nothing_and_says_how_it_ended() -> None:
    broken = shown(progress={"possible": tuple(StaffAction)}, broken_off="terminated")
    assert broken.possible is None
    (stage,) = (row.value for row in broken.standing if row.label == "stage")
    assert stage == (Toned("terminated", Tone.BAD), Toned(" (transferring out)", Tone.STRONG))
    assert shown(progress={"stage": Stage.WITHDRAWN}).possible is None
    closed = shown(progress={"stage": Stage.CLOSED})
    assert closed.possible == [PossibleAction(StaffAction.REOPEN)], "it can be taken up again"
    assert shown(progress={"possible": ()}).possible == []


def test_a_case_that_waits_for_the_bank_says_at_which_bureau_the_statement_is_entered() -> None:
    number = f"remittance/{CASE}/1"
    awaited = AwaitedFunds(bureau="220100", remittance=number, announced=Fen(500), come=Fen(200))
    coming = {"awaited_funds": awaited, "waiting_on": Party.TRANSFER_IN}
    assert shown(progress=coming).statement_at == "220100"
    back = awaited.model_copy(update={"bureau": "222400"})
    ruled = {"awaited_funds": back, "stage": Stage.BEFORE_THE_PROVINCE, "waiting_on": Party.PROVINCE}
    assert shown(progress=ruled).statement_at == "222400"
    assert "222400" in owed(progress(**ruled))
    assert "222400" not in owed(progress(**{**ruled, "waiting_on": Party.TRANSFER_OUT}))
    assert shown().statement_at == ""
    assert "starter.py funds import STATEMENT.csv --bureau 220100" in printed(progress=coming)


def test_what_a_case_that_has_ended_has_not_got_it_does_not_wait_for() -> None:
    rows = {
        row.label: row.value for row in shown(progress={"stage": Stage.RETURNED, "funds_since": AT}).standing
    }
    assert rows["information"] == phrase("not in")
    running = {row.label: row.value for row in shown(progress={"funds_since": AT}).standing}
    assert running["information"] == phrase("missing; clock C waits for it", Tone.NOTICE)


def test_an_approval_is_owed_since_it_was_asked_for() -> None:
    asked = AwaitedApproval(
        what=Approvable.RELEASE_OF_FUNDS, policy=Officers.TWO_OFFICERS, by=("a",), since=NOW
    )
    assert owed_since(progress(approvals=(asked,))) == NOW
    assert owed_since(progress()) == AT


def test_a_duty_that_arose_twice_stands_on_one_line() -> None:
    charged = FULL["charged"]
    twice = charged.model_copy(
        update={"duties": (*charged.duties, Promptness(PromptDuty.SEND_CONTACT_LETTER, 3))}
    )
    (line,) = days_shown(twice).prompt_duties
    assert line.startswith("send the contact letter: 2 + 3 working days")


def test_the_hour_of_a_due_date_is_the_one_the_case_obeys() -> None:
    on = date(2026, 2, 10)
    rows = clock_rows([clock(due_at=end_of(on)), clock(due_at=end_of(on, time(17)))], NOW, {})
    assert [(row.due_on, row.hour) for row in rows] == [(on, "24:00"), (on, "17:00")]


def test_after_a_receipt_it_is_said_what_holds_now_and_what_is_missing() -> None:
    missing = (
        MissingPaper("posting_document", Law(JILIN_MEASURES, "第六条"), "调动文件", "the posting document"),
    )
    waits = progress(
        approvals=(
            AwaitedApproval(what=Approvable.RELEASE_OF_FUNDS, policy=Officers.TWO_OFFICERS, by=("a",)),
        ),
        missing=missing,
    )
    assert current_status(waits) == [
        "now: transferring out",
        "next: transfer-out bureau: approve release of funds (1 of 2)",
        f"still missing: {sentence(missing[0])}",
    ]


def test_terms_that_differ_by_a_character_are_shown_from_there_on() -> None:
    record = DisputeRecord(
        number=1,
        point=DisputePoint.AMOUNT,
        raised_by=Party.TRANSFER_IN,
        positions=(),
        proposals=(
            ProposedTerms(party=Party.TRANSFER_IN, terms="按原表办理", at=AT),
            ProposedTerms(party=Party.TRANSFER_OUT, terms="按原表办里", at=AT),
        ),
    )
    told = current_status(progress(), [record])[-1]
    assert told == "the terms of both bureaus differ from character 5 on: '理', '里'"
    alike = record.model_copy(update={"proposals": record.proposals[:1]})
    assert len(current_status(progress(), [alike])) == 2


@pytest.mark.parametrize("unmask", [False, True])
def test_names_and_accounts_are_masked_unless_they_are_asked_for(unmask: bool) -> None:
    choice = Choice(
        message_id="m-2",
        by=Party.APPLICANT,
        officer="in-01",
        keep=(1,),
        consent=True,
        refund_account="6217000012345678",
    )
    refund = AwaitedApproval(what=Approvable.REFUND, policy=Officers.TWO_OFFICERS, by=())
    whole = shown(
        unmask,
        progress={"approvals": (refund,)},
        corrections=FULL["corrections"],
        to_be_approved=ToBeApproved(choice=choice),
    )
    assert ("崔明钰" in str(whole)) is unmask
    assert ("6217000012345678" in str(whole)) is unmask


def test_nothing_of_a_view_is_written_for_a_terminal(spoken: Language) -> None:
    whole = str(shown(**FULL, filed_at="220100", unanswered=PlatformOff()))
    assert "starter.py" not in whole
    assert " --" not in whole
    assert "[red]" not in whole


def test_words_of_a_phrase_are_its_words_alone() -> None:
    assert words_of((Toned("terminated", Tone.BAD), Toned(" (closed)"))) == "terminated (closed)"
    assert phrase("") == ()


def test_what_waits_for_approval_is_not_asked_for_while_the_case_is_on_hold() -> None:
    waits = (AwaitedApproval(what=Approvable.RELEASE_OF_FUNDS, policy=Officers.ONE_OFFICER, by=()),)
    assert awaited_now(progress(approvals=waits)) == list(waits)
    assert awaited_now(progress(approvals=waits, stage=Stage.ON_HOLD)) == []
