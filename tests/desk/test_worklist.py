"""The worklist on a screen: each party under its name, what it owes, since when, until when, how gravely."""

import io
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from desk import language
from desk.client.views.case_list import FLAGS_IN_WORDS, marks
from desk.client.views.tasks import Task, Worklist
from desk.client.views.tone import Tone, Toned
from desk.client.visibility import ListedCase
from desk.commands.worklist import print_worklist
from desk.language import Language
from models.messages.progress import OpenField, Progress
from models.messages.stages import Party, Stage
from rules.clocks.clocks import end_of
from rules.values.charged_days import StepOwner
from rules.values.moves import ApplicationRoute
from workflows.identifiers import Flag

SINCE = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


def row(case_no: str, **changes: Any) -> ListedCase:
    said: dict[str, Any] = {
        "stage": Stage.TO_BE_CORRECTED,
        "waiting_on": Party.TRANSFER_OUT,
        "bureau_out": "222400",
        "bureau_in": "220100",
        "due_at": end_of(date(2026, 2, 10)),
        "overdue": False,
        "flags": (),
        "broken_off": None,
        **changes,
    }
    return ListedCase(case_no=case_no, **said)


def task(case_no: str, waiting_on: Party = Party.TRANSFER_OUT, **changes: Any) -> Task:
    told = Progress(
        case_no=case_no,
        stage=Stage.TO_BE_CORRECTED,
        waiting_on=waiting_on,
        bureau_out="222400",
        bureau_in="220100",
        scheme_from="G",
        scheme_to="E",
        submitted_on=date(2026, 1, 15),
        entry=ApplicationRoute.CONTACT_LETTER,
        months=0,
        individual=0,
        pooled=0,
        settled=False,
        information_since=None,
        funds_since=None,
        form_version=1,
        clocks=(),
        refusals=(),
        missing=(),
        differences=0,
        open_fields=(
            OpenField(field="name", raised_by=Party.TRANSFER_IN, asked_at=SINCE),
            OpenField(field="line/5", raised_by=Party.TRANSFER_IN, asked_at=SINCE),
        ),
        holdings=(StepOwner(SINCE, waiting_on),),
        duty_since=SINCE,
    )
    return Task(row(case_no, **changes), told)


def printed(*tasks: Task) -> str:
    screen = Console(file=io.StringIO(), width=120, highlight=False)
    print_worklist(screen, Worklist(tasks, len(tasks)))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_each_party_has_its_own_table_with_the_bureau_that_acts() -> None:
    text = printed(task("220100-20260115-AAAAAAAA"), task("220100-20260115-BBBBBBBB", Party.TRANSFER_IN))
    parts = text.split("transfer-out bureau")
    assert "BBBBBBBB" in parts[0]
    assert "Changchun 220100" in parts[0]
    assert "AAAAAAAA" in parts[1]
    assert "Yanbian Prefecture 222400" in parts[1]
    assert text.splitlines()[-1] == "2 of 2 cases"


def test_a_line_says_what_since_when_and_until_when() -> None:
    (line,) = (line for line in printed(task("220100-20260115-AAAAAAAA")).splitlines() if "AAAAAAAA" in line)
    assert "answer the correction, 2 fields open" in line
    assert line.split()[-2:] == ["2026-01-20", "2026-02-10"]


def test_a_message_that_was_refused_is_something_to_do() -> None:
    text = " ".join(printed(task("220100-20260115-AAAAAAAA", flags=("message_refused",))).split())
    assert "which message was refused" in text
    assert "message refused" in text


@pytest.mark.parametrize("lang", list(Language))
def test_a_line_with_every_mark_stays_readable(lang: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=lang))
    text = printed(task("220100-20260115-AAAAAAAA", overdue=True, flags=tuple(Flag)))
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 120
    for whole in ("220100-20260115-AAAAAAAA", "2026-01-20", "2026-02-10"):
        assert whole in text


def test_a_case_on_which_the_program_fails_is_marked_before_its_lateness() -> None:
    assert marks(row("c", overdue=True, stuck=True)) == (
        Toned("program fails", Tone.BAD),
        Toned(", "),
        Toned("overdue", Tone.BAD),
    )


def test_lateness_is_marked_before_the_flags_and_every_flag_has_its_words() -> None:
    late = (Toned("overdue", Tone.BAD), Toned(", "), Toned("escalated"))
    assert marks(row("c", overdue=True, flags=("escalated",))) == late
    assert set(FLAGS_IN_WORDS) == set(Flag)
    assert marks(row("c", flags=("of a newer release",))) == ()


def test_a_case_that_was_broken_off_bears_no_marks() -> None:
    assert marks(row("c", overdue=True, broken_off="terminated")) == ()
