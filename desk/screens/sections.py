"""Sections of a heading and lines on a screen: disputes, rulings."""

from collections.abc import Iterable

from rich.console import Console

from desk.client.views.disputes import Section


def print_sections(screen: Console, sections: Iterable[Section]) -> None:
    """Print each section after a blank line; what people wrote is shown as written."""
    for section in sections:
        screen.print()
        screen.print(section.head, style="bold", markup=False)
        for line in section.lines:
            screen.print(f"  {line}", markup=False)
