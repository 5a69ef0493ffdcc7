"""Headings with lines below them on a screen: disputes, rulings."""

from collections.abc import Iterable

from rich.console import Console

from desk.client.views.disputes import Section


def print_sections(screen: Console, sections: Iterable[Section]) -> None:
    """Each section after a blank line; what people wrote is shown as it was written."""
    for section in sections:
        screen.print()
        screen.print(section.head, style="bold", markup=False)
        for line in section.lines:
            screen.print(f"  {line}", markup=False)
