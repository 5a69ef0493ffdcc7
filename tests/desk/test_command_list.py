"""The list of commands beside the commands themselves."""

import inspect
from collections.abc import Callable
from importlib import import_module

import pytest
import typer

from desk.command_list import COMMANDS
from desk.lazy_commands import ListedCommand


@pytest.mark.parametrize("listed", COMMANDS, ids=lambda listed: listed.name)
def test_the_list_says_of_a_command_what_its_own_help_says_first(listed: ListedCommand) -> None:
    module, _, name = listed.place.partition(":")
    found: Callable[[], None] | typer.Typer = getattr(import_module(module), name)
    own = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert own is not None
    assert own.partition("\n\n")[0].replace("\n", " ") == listed.summary


def test_no_name_is_listed_twice() -> None:
    names = [listed.name for listed in COMMANDS]
    assert len(set(names)) == len(names)
