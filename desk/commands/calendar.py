"""`starter.py calendar`: what a holiday notice does to open cases, and its publication by two officers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from desk.client.session import with_client
from desk.commands.submitting import flagged
from desk.files.calendar_file import read_calendar_file
from desk.language import say
from desk.officers.signing import required_officer_problems
from desk.problems import BadInput
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from desk.words import calendar_name
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.calendar import CalendarDraft, Publication, PublicationStage, PublishedCalendar
from rules.values.due_dates import CHINA_TIME

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.calendar_effects import OpenCases
    from desk.client.publication import PublicationRefused
    from desk.client.views.tasks import Proposal

calendar = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Holiday notices: their effect, and their publication."
)

LONGEST_WAIT = 3600
File = Annotated[Path, typer.Argument(help="Calendar file (TOML): a notice, closures, or both.")]
Officer = Annotated[str, typer.Option(metavar="ID", help="Officer id; two different officers publish.")]


@calendar.command()
def preview(file: File, as_json: JsonOption = False) -> None:
    """Which due dates a file would move, make firm or turn overdue. Changes nothing.

    Exit code 3 when a case did not answer and is therefore missing from the list.
    """
    read = read_calendar_file(file)
    from desk.client.calendar_effects import changes
    from desk.client.publication import calendar_of
    from desk.commands.calendar_preview import Preview, preview_document, print_preview

    published, cases = with_client(_open_cases)
    before = calendar_of(published)
    after = loaded(before, [read])
    effect = changes(cases.clocks, before, after, datetime.now(CHINA_TIME))
    found = Preview(read, after.version, cases, effect)
    if as_json:
        print_json(preview_document(found))
    else:
        print_preview(found)
    if cases.silent:
        raise typer.Exit(3)


@calendar.command()
def publish(
    file: File,
    officer: Officer,
    wait: Annotated[
        int, typer.Option(min=1, max=LONGEST_WAIT, help="Seconds to wait until all cases are told.")
    ] = 60,
    as_json: JsonOption = False,
) -> None:
    """Propose a file, or check what another officer has proposed: then it is filed and all cases are told."""
    draft = _draft(file, officer)
    from desk.client.publication import propose_or_check

    answer = with_client(lambda client: propose_or_check(client, draft, officer, timedelta(seconds=wait)))
    _print_answer(answer, as_json, file)


@calendar.command()
def withdraw(file: File, officer: Officer, as_json: JsonOption = False) -> None:
    """Take back what you have proposed, as long as nobody has checked it."""
    draft = _draft(file, officer)
    from desk.client.publication import withdraw_proposal

    _print_answer(with_client(lambda client: withdraw_proposal(client, draft, officer)), as_json, file)


@calendar.command()
def show(as_json: JsonOption = False) -> None:
    """What the province has published over the nationwide calendar, and by whom."""
    published, proposed = with_client(_on_file)
    if as_json:
        print_json(
            {
                "calendar": published.version,
                "notices": [
                    {
                        "number": notice.draft.number,
                        "published_on": notice.published_on.isoformat(),
                        "maker": notice.maker,
                        "checker": notice.checker,
                        "content": CalendarFile.model_validate_json(notice.draft.content).model_dump(
                            mode="json", by_alias=True
                        ),
                    }
                    for notice in published.notices
                ],
                "proposed": [{"words": one.words, "maker": one.maker} for one in proposed],
            }
        )
        return
    shown = table(
        say("published", "发布日期"),
        say("notice", "文号"),
        say("maker", "经办"),
        say("checker", "复核"),
        whole=(0,),
    )
    for notice in published.notices:
        row = (str(notice.published_on), notice.draft.number, notice.maker, notice.checker)
        shown.add_row(*map(escape, row))
    screen = console()
    if published.notices:
        screen.print(shown)
    screen.print(say("calendar: ", "日历：") + calendar_name(published.version), markup=False)
    for one in proposed:
        screen.print(f"{one.words} ({say('maker', '经办')} {one.maker})", markup=False, soft_wrap=True)


async def _on_file(client: Client) -> tuple[PublishedCalendar, list[Proposal]]:
    from desk.client.publication import published_notices
    from desk.client.views.tasks import proposed_notices

    return await published_notices(client), await proposed_notices(client)


async def _open_cases(client: Client) -> tuple[PublishedCalendar, OpenCases]:
    from desk.client.calendar_effects import open_cases
    from desk.client.publication import published_notices

    # The calendar first: if the platform does not answer, its cases do not either.
    return await published_notices(client), await open_cases(client)


def _draft(file: Path, officer: str) -> CalendarDraft:
    """The draft from a file. Raises BadInput with everything wrong in file and options."""
    problems = [*map(flagged, required_officer_problems(officer))]
    try:
        read = read_calendar_file(file)
    except BadInput as bad:
        raise BadInput(bad.summary, [*bad.problems, *problems]) from None
    if problems:
        raise BadInput(say("This cannot be handed in:", "输入有误："), problems)
    from desk.client.publication import draft_of

    return draft_of(read)


def _print_answer(answer: Publication | PublicationRefused, as_json: bool, file: Path) -> None:
    if not isinstance(answer, Publication):
        if as_json:
            print_json({"refused": say(answer.en, answer.zh)})
        else:
            complaints().print(say(answer.en, answer.zh), markup=False)
        raise typer.Exit(1)
    from desk.client.publication import publication_words

    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    console().print(str(publication_words(answer)), markup=False, soft_wrap=True)
    if answer.stage is PublicationStage.AWAITING_CHECK:
        checked = say("Checked by: ", "复核命令：")
        typed = f"`starter.py calendar publish {quote(str(file))} --officer ID`"
        console().print(f"{checked}{typed}", markup=False, soft_wrap=True)
