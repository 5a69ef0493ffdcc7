"""The file of arrangements (TOML) as the province writes it: read whole or not at all."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import say
from desk.problems import BadInput
from models.files.arrangements_file import ArrangementsFile
from rules.application.bureaus import listed_bureau


def read_arrangements(path: Path) -> ArrangementsFile:
    """The arrangements in a file. Raises BadInput with everything wrong in it."""
    try:
        document = tomllib.loads(read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(say(f"{path} is not TOML: {error}.", f"{path} 不是有效的 TOML：{error}。")) from None
    problems = [
        say(
            f"bureaus.{key}: no such bureau; `starter.py bureaus` lists them",
            f"bureaus.{key}：没有该社会保险局，可用 `starter.py bureaus` 查名录",
        )
        for key in _bureaus_in(document)
        if listed_bureau(key) is None
    ]
    try:
        file = ArrangementsFile.model_validate(document)
    except ValidationError as error:
        problems += map(str, field_problems(error))
    if problems:
        raise BadInput(say(f"{path} cannot be used:", f"{path} 有误："), problems)
    return file


def _bureaus_in(document: dict[str, Any]) -> list[str]:
    """The keys under which the file has something to say, readable or not."""
    named = document.get("bureaus")
    return sorted(named) if isinstance(named, dict) else []
