"""Files people hand in: read whole or not at all, whatever Excel did to their encoding."""

import errno
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from desk.language import Words
from desk.problems import BadInput, Hint, Problem, See
from rules.application.bureaus import listed_bureau

LARGEST_FILE_BYTES = 8 * 1024 * 1024
"""A history of a whole working life is under 100 KB; anything past this is the wrong file."""

Paper = TypeVar("Paper", bound=BaseModel)

_IN_CHINESE = {
    "missing": "必填",
    "extra_forbidden": "没有此字段",
    "enum": "应为 {expected}",
    "string_type": "应为字符串",
    "string_too_short": "不能为空",
    "string_too_long": "过长，最多 {max_length} 字",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "string_pattern_mismatch": "格式有误",
    "int_type": "应为整数",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "此处应为花括号内的一条记录",
    "model_type": "此处应为花括号内的一条记录",
    "bool_parsing": "应为“是”或“否”",
}
"""pydantic's own errors of form, by their type."""
_ONE_RECORD = "one record in braces is expected here, no list and no single value"
_IN_ENGLISH = {
    "model_type": _ONE_RECORD,
    "dict_type": _ONE_RECORD,
    "string_too_long": "too long, at most {max_length} characters",
    "too_long": "at most {max_length} of them",
}
"""Where pydantic's own English names classes, or leaves out what a clerk has to know."""


_HINTS = {"no_such_bureau": Hint(See.BUREAUS)}
"""Errors of which more can be found out."""

_WHY_NOT = {
    errno.ENOENT: "没有这个文件",
    errno.EISDIR: "这是目录，不是文件",
    errno.EACCES: "没有读取权限",
}
"""Why a file cannot be read; the system says it in English only."""


def read_text(path: Path) -> str:
    """A file's text: UTF-8 with or without a byte order mark, else GB 18030, as Chinese Excel writes it.

    Raises BadInput when there is no such file, it is too large or empty, or it is neither encoding.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            limit = LARGEST_FILE_BYTES // 1024 // 1024
            raise BadInput(
                Words(
                    f"{path} is larger than {limit} MB; split it or check that it is the right file.",
                    f"{path} 超过 {limit} MB，请拆分或核对文件。",
                )
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(
            Words(
                f"{path} cannot be read: {error.strerror}.",
                f"无法读取 {path}：{_WHY_NOT.get(error.errno or 0, error.strerror)}。",
            )
        ) from None
    return text_of(raw, str(path))


def text_of(raw: bytes, name: str) -> str:
    """The text of a file that has come in another way, under its name. Raises BadInput as `read_text`."""
    if not raw.strip():
        raise BadInput(Words(f"{name} is empty.", f"{name} 是空文件。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        Words(f"{name} is neither UTF-8 nor GB 18030 text.", f"{name} 既不是 UTF-8 也不是 GB 18030 文本。")
    )


def read_json(path: Path, paper: type[Paper], context: Mapping[str, Any] | None = None) -> Paper:
    """A JSON file as one paper. Raises BadInput that lists every wrong field with its path.

    `context` is what the paper's own checks ask for, such as the day a history is looked at.
    """
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "nesting"
        raise BadInput(
            Words(f"{path} is not JSON ({where}).", f"{path} 不是有效的 JSON（{where}）。")
        ) from None
    try:
        return paper.model_validate(document, context=dict(context or {}))
    except ValidationError as error:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None


def read_document(path: Path) -> dict[str, Any]:
    """A TOML file, or a JSON one by its ending, as a table. Raises BadInput when it is neither."""
    text = read_text(path)
    kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
    try:
        document: Any = json.loads(text) if kind == "JSON" else tomllib.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadInput(Words(f"{path} is not a {kind} table.", f"{path} 不是有效的 {kind} 表。"))
    return document


def field_problems(error: ValidationError) -> list[Problem]:
    """Each wrong field with what is wrong; values are not repeated, they may be personal.

    An error that carries its sentence in Chinese has it in its context as `zh`.
    """
    problems = []
    for wrong in error.errors(include_input=False, include_url=False):
        # pydantic says by a last part of its own that a key of a table is meant, not its value.
        path = ".".join(str(part) for part in wrong["loc"] if part != "[key]")
        details = wrong.get("ctx", {})
        if "expected" in details:
            # pydantic lists what is possible in English: "'G', 'E' or 'R'".
            listed = str(details["expected"]).replace(" or ", " 或 ").replace(", ", "、")
            details = {**details, "expected": listed}
        chinese = details.get("zh") or _IN_CHINESE.get(wrong["type"], wrong["msg"])
        english = wrong["msg"].removeprefix("Value error, ")
        if wrong["type"] in _IN_ENGLISH:
            english = _IN_ENGLISH[wrong["type"]].format_map(details)
        hint = _HINTS.get(wrong["type"])
        problems.append(Problem(path, Words(english, str(chinese).format_map(details)), hint=hint))
    return problems


_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


NOT_A_DAY = Words("not a day; write it as 2026-01-31.", "不是日期，应写成 2026-01-31。")


def typed_day(field: str, text: str) -> date:
    """The day. Raises BadInput for anything else; what was typed is not repeated."""
    try:
        # The standard library would also read 20260131, and 2026-W05 as its Monday.
        return date.fromisoformat(text if _WRITTEN.fullmatch(text) else "")
    except ValueError:
        raise BadInput(problems=[Problem(field, NOT_A_DAY)]) from None


def no_such_bureau(key: str, field: str = "") -> Problem:
    """What a clerk is told of a key that is in no list."""
    words = Words(f"There is no bureau {key}.", f"没有社会保险局 {key}。")
    return Problem(field, words, hint=Hint(See.BUREAUS))


def bureau_key(key: str) -> str:
    """The key, if a bureau has or had it: letters and digits only. Raises BadInput."""
    if listed_bureau(key) is None:
        raise BadInput(problems=[no_such_bureau(key)])
    return key
