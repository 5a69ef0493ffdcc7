"""Commands that are imported only when they are run, so that listing them imports none."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class ListedCommand:
    """A command in the list of commands; `place` is its module and its name there, 'module:name'.

    `summary` is the first paragraph of the command's own help.
    """

    name: str
    place: str
    panel: str
    summary: str

    def load(self) -> Any:
        """Import the command, or the group of commands of this name."""
        module, _, name = self.place.partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        return typer.main.get_command(alone)


class LazyGroup(TyperGroup):
    """A group that lists its commands from a table and imports only the one that is run."""

    table: ClassVar[Sequence[ListedCommand]] = ()

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for listed in self.table:
            self.add_command(TyperCommand(listed.name, help=listed.summary, rich_help_panel=listed.panel))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The typed command, imported. Fails as the library does if there is no such command."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, next(listed for listed in self.table if listed.name == name).load(), rest
