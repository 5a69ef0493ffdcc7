"""A clerk at the desk, who types commands and reads the screen."""

import asyncio
import io
import json
import sys
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import pytest
from pydantic import TypeAdapter
from temporalio.client import Client

import starter
from desk import language
from desk.command_list import COMMANDS
from desk.language import Language
from desk.officers.signing import use_officer_key
from desk.schemas.registry import DOCUMENTS
from desk.screens import screen


@dataclass(frozen=True, slots=True)
class Screen:
    """The result of a command: its exit code, its output, and its errors."""

    code: int
    printed: str
    complaints: str
    typed: tuple[str, ...] = ()

    def document(self) -> Any:
        """The JSON document that a successful command printed, without any other output.

        It conforms to the schema of the command.
        """
        assert (self.code, self.complaints) == (0, "")
        if (named := _with_a_schema(self.typed)) is not None:
            TypeAdapter(DOCUMENTS[named]).validate_json(self.printed)
        return json.loads(self.printed)

    def refusal(self, code: int = 2) -> list[str]:
        """The error lines of a command that could not use its input, without output and traceback."""
        assert (self.code, self.printed) == (code, "")
        assert "Traceback" not in self.complaints
        return self.complaints.splitlines()

    def silence(self) -> list[str]:
        """The error lines of a command that got no answer, which is not a fault of its input."""
        return self.refusal(3)


def _with_a_schema(typed: tuple[str, ...]) -> str | None:
    """The name of the typed command, if its document has a schema."""
    names = {one.name for one in COMMANDS}
    first = next((number for number, word in enumerate(typed) if word in names), len(typed))
    found = (" ".join(typed[first : first + words]) for words in (2, 1))
    return next((named for named in found if named in DOCUMENTS), None)


def on_a_wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a worklist from wrapping cells: its columns' widths depend on cases that other tests leave."""
    wide = partial(screen.Screen, highlight=False, width=400)
    monkeypatch.setattr("desk.commands.worklist.console", wide)


class Clerk:
    """Runs commands in the same interpreter, in another thread, so that the workers go on meanwhile."""

    def __init__(self, address: str) -> None:
        self.address = address

    @classmethod
    def at(cls, client: Client) -> Self:
        """A clerk at the server a client is connected to."""
        return cls(client.service_client.config.target_host)

    async def __call__(self, *typed: str, lang: str | None = "en") -> Screen:
        options = ["--address", self.address, *(["--lang", lang] if lang else [])]
        return await asyncio.to_thread(_run, [*options, *typed])


def _run(arguments: list[str]) -> Screen:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before = sys.argv, sys.stdout, sys.stderr
    sys.argv, sys.stdout, sys.stderr = ["starter.py", *arguments], out, err
    try:
        code: Any = starter.main()
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv, sys.stdout, sys.stderr = before
        language.choose(Language.ENGLISH)
        use_officer_key(None)
    printed, complaints = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Screen(code, printed, complaints, tuple(arguments))
