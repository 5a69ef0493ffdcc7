"""A case on a terminal: its clocks, days by party, journal, papers, disputes, and what waits for approval."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from desk.client.views.approvals import WaitingPaper
from desk.client.views.clocks import ClockRow
from desk.client.views.disputes import Section
from desk.client.views.journal import JournalLine
from desk.client.views.papers import FieldChanged, ShownPaper
from desk.client.views.responsibility import DaysShown
from desk.language import say
from desk.screens.information_form import bases_table, lines_table, years_table
from desk.screens.screen import drawn, pairs, table
from desk.words import money
from models.messages.papers import InformationForm


def print_clocks(screen: Console, clocks: Sequence[ClockRow]) -> None:
    """Print every clock of a case, then the notes of each under its letter."""
    shown = table(
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("received", "收到"),
        say("due", "到期"),
        say("days", "工作日"),
        say("state", "状态"),
        whole=(2, 3),
    )
    for clock in clocks:
        days = str(clock.received_on), f"{clock.due_on} {clock.hour}", clock.days
        shown.add_row(clock.letter, clock.owed_by, *days, drawn(clock.state))
    screen.print(shown)
    for clock in clocks:
        for note in clock.notes:
            screen.print(f"{clock.letter}  {note}", markup=False)


def print_responsibility(screen: Console, charged: DaysShown) -> None:
    """Print the days of each party with their dates, their sum, and how long the prompt duties took."""
    shown = table(say("charged to", "责任归属"), say("working days", "工作日"), say("which", "起止"))
    shown.columns[1].justify = "right"
    for share in charged.shares:
        shown.add_row(share.party, str(share.working_days), share.which)
    total = charged.total
    shown.add_row(total.party, str(total.working_days), total.which, style="bold")
    screen.print(shown)
    for duty in charged.prompt_duties:
        screen.print(duty, markup=False)


def journal_table(journal: Iterable[JournalLine]) -> Table:
    """One row per entry, oldest first."""
    shown = table(say("when", "时间"), say("who", "责任方"), say("what", "事项"), "", whole=(0,))
    for line in journal:
        shown.add_row(line.when, line.who, line.what, Text(line.about))
    return shown


def print_papers(screen: Console, papers: Iterable[ShownPaper]) -> None:
    """Print every paper under its title; an English title is followed by the Chinese one."""
    for paper in papers:
        shown = pairs()
        for row in paper.rows:
            shown.add_row(*map(escape, row))
        en, zh = paper.title.en, paper.title.zh
        screen.print()
        screen.print(f"[bold]{say(f'{en} 《{zh}》', f'《{zh}》')}[/bold]")
        screen.print(shown)
        if paper.form is not None:
            _print_form(screen, paper, paper.form)


def _print_form(screen: Console, paper: ShownPaper, form: InformationForm) -> None:
    """Print the changes and the six lines; for the form in force also the account year by year, if any."""
    if paper.changes:
        screen.print(changes_table(paper.changes))
    screen.print(lines_table(form.lines))
    if paper.in_force:
        if form.years:
            screen.print(years_table(form.years))
        if form.bases:
            screen.print(bases_table(form.bases, form.openings, form.credits))
    for finding in paper.findings:
        screen.print("  " + finding)


def changes_table(changes: Iterable[FieldChanged]) -> Table:
    """Each field with its value before and after."""
    shown = table(say("changed", "更正栏目"), say("before", "更正前"), say("after", "更正后"))
    for change in changes:
        shown.add_row(change.field, Text(change.before), Text(change.after))
    return shown


def print_sections(screen: Console, sections: Iterable[Section]) -> None:
    """Print each section after a blank line; what people wrote is shown as written."""
    for section in sections:
        screen.print()
        screen.print(section.head, style="bold", markup=False)
        for line in section.lines:
            screen.print(f"  {line}", markup=False)


def print_to_be_approved(screen: Console, waiting: Iterable[WaitingPaper]) -> None:
    """Print what the next officer has to read: each paper, who drew it up, and what it changes."""
    for paper in waiting:
        screen.print()
        screen.print(f"{paper.head}  {paper.officer}".rstrip(), style="bold", markup=False)
        for line in paper.lines:
            screen.print(f"  {line}", markup=False)
        if paper.amounts:
            shown = table(say("yuan", "金额（元）"), say("before", "审批前"), say("after", "审批后"))
            shown.columns[1].justify = shown.columns[2].justify = "right"
            for amount in paper.amounts:
                shown.add_row(amount.words, money(amount.before), money(amount.after))
            screen.print(shown)
