"""Brackets in a name or a number are shown as they were written: nothing people write is taken for markup."""

import json
from pathlib import Path

from case_views import AT, FULL, NOW, paper_console, progress, text_of, view
from clerk import Clerk
from rich.console import Console

from desk.client.views.case import Days
from desk.client.views.papers import fields_changed
from desk.client.views.shown_case import shown_case
from desk.commands.showing import print_case
from desk.screens.case_tables import changes_table
from models.messages.corrections import OpenItem
from models.messages.dossier import JournalEntry
from models.messages.papers import FieldChange
from models.messages.requests import CorrectionItem
from models.messages.stages import Event, Party

EXAMPLES = Path(__file__).parents[2] / "examples"
NAME = "[/b]崔[red]明玉"
NUMBER = "吉社保裁[/a]3号"


def shown(**more: object) -> str:
    screen: Console = paper_console()
    print_case(
        screen, shown_case(view(progress(**FULL["progress"]), **more), Days(NOW, None, {}), unmask=True)
    )
    return text_of(screen)


def test_a_name_in_an_open_correction_is_shown_as_it_was_written() -> None:
    item = CorrectionItem(field="name", seen="崔明玉", expected=NAME, evidence="户口簿")
    asked = OpenItem(request="m-1", raised_by=Party.TRANSFER_IN, item=item, asked_at=AT)
    assert NAME in shown(corrections=[asked])


def test_the_number_of_a_ruling_is_shown_as_it_was_written() -> None:
    made = JournalEntry(at=AT, party=Party.PROVINCE, event=Event.RULING_MADE, paper=NUMBER, officer="p-1")
    assert f"{NUMBER}, by p-1" in shown(journal=[made])


def test_a_name_that_was_amended_is_shown_as_it_was_written() -> None:
    screen = paper_console()
    screen.print(
        changes_table(fields_changed([FieldChange(field="name", before="崔明玉", after=NAME)], unmask=True))
    )
    assert NAME in text_of(screen)


async def test_brackets_in_the_name_of_a_file_are_refused_and_shown_as_they_were_written(
    tmp_path: Path,
) -> None:
    clerk, file = Clerk("127.0.0.1:1"), tmp_path / "paper.json"
    history = json.loads((EXAMPLES / "histories" / "worker.json").read_text())
    history["person"]["name"] = NAME
    file.write_text(json.dumps(history))
    application = json.loads((EXAMPLES / "applications" / "teacher-joins-firm.json").read_text())
    calculated = await clerk("calculate", str(file), "--to", "G", "--on", "2017-09-15")
    file.write_text(json.dumps(application | {"name": NAME}))
    checked = await clerk("check", str(file))
    for screen in (calculated, checked):
        assert (screen.code, "[ (U+005B)" in screen.complaints) == (2, True)
