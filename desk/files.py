"""Files people hand in: read whole or not at all, whatever Excel did to their encoding."""

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from desk.language import say
from desk.problems import BadInput

LARGEST_FILE_BYTES = 8 * 1024 * 1024
"""A history of a whole working life is under 100 KB; anything past this is the wrong file."""

Paper = TypeVar("Paper", bound=BaseModel)


def read_text(path: Path) -> str:
    """A file's text: UTF-8 with or without a byte order mark, else GB 18030, as Chinese Excel writes it.

    Raises BadInput when there is no such file, it is too large or empty, or it is neither encoding.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            limit = LARGEST_FILE_BYTES // 1024 // 1024
            raise BadInput(
                say(
                    f"{path} is larger than {limit} MB; split it or check that it is the right file.",
                    f"{path} 超过 {limit} MB，请拆分或核对文件。",
                )
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(
            say(f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")
        ) from None
    if not raw.strip():
        raise BadInput(say(f"{path} is empty.", f"{path} 是空文件。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        say(f"{path} is neither UTF-8 nor GB 18030 text.", f"{path} 既不是 UTF-8 也不是 GB 18030 文本。")
    )


def read_json(path: Path, paper: type[Paper]) -> Paper:
    """A JSON file as one paper. Raises BadInput that lists every wrong field with its path."""
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "nesting"
        raise BadInput(
            say(f"{path} is not JSON ({where}).", f"{path} 不是有效的 JSON（{where}）。")
        ) from None
    try:
        return paper.model_validate(document)
    except ValidationError as error:
        raise BadInput(say(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None


def field_problems(error: ValidationError) -> list[str]:
    """One sentence per wrong field, 'months.0.base: …'; values are not repeated, they may be personal."""
    problems = []
    for wrong in error.errors(include_input=False, include_url=False):
        path = ".".join(str(part) for part in wrong["loc"])
        message = wrong["msg"].removeprefix("Value error, ")
        problems.append(f"{path}: {message}" if path else message)
    return problems
