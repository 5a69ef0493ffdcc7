"""Reads the files that the province writes for its workers, and says what is wrong in them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from models.files.system_errors import why_not
from models.files.whole_file import whole_file

File = TypeVar("File")


def read_named(path: Path | None, reader: Callable[[Path], File], problems: list[str]) -> File | None:
    """The content of a file of the province, if one is named; what is wrong in it is added to `problems`."""
    if path is None:
        return None
    try:
        return reader(path)
    except (OSError, ValueError, RecursionError) as bad:
        problems += _unreadable(path, bad)
        return None


def text_of(path: Path) -> str:
    """The text of a file, with or without a byte order mark."""
    return whole_file(path).decode("utf-8-sig")


def _unreadable(file: Path, bad: Exception) -> list[str]:
    if isinstance(bad, OSError):
        return [f"{file} cannot be used: {why_not(bad).en}."]
    if isinstance(bad, UnicodeDecodeError):
        return [f"{file} cannot be used: it is no text in UTF-8."]
    if not isinstance(bad, ValidationError):
        return [f"{file} cannot be used: {bad}."]
    wrong = bad.errors(include_input=False, include_url=False)
    fields = (".".join(str(part) for part in one["loc"] if part != "[key]") for one in wrong)
    said = (f"  {field}: {one['msg']}" for field, one in zip(fields, wrong, strict=True))
    return [f"{file} cannot be used:", *said]
