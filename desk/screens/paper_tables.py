"""The papers of a case on a screen."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from desk.client.views.papers import ShownPaper
from desk.language import say
from desk.screens.information_changes import changes_table
from desk.screens.information_form import bases_table, lines_table, years_table
from desk.screens.screen import pairs
from models.messages.papers import InformationForm


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
