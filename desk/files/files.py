"""Files that people hand in, read whole or not at all, in any encoding that spreadsheets write."""

import codecs
import errno
import json
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from desk.files.wrong_values import sentence_of
from desk.language import Words
from desk.problems import BadInput, Hint, Problem, See
from desk.today import china_today
from models.files.system_errors import why_not
from models.files.whole_file import whole_file
from models.files.written_values import NOT_A_DAY, code, written_day
from rules.application.bureaus import bureau_called, listed_bureau
from rules.application.identity import id_number_problems
from rules.values.bounds import FILE_BYTES
from rules.values.names import no_character

Model = TypeVar("Model", bound=BaseModel)

_HINTS = {"no_such_bureau": Hint(See.BUREAUS)}
"""Where to find out more about an error, by its type."""

_OTHER_FILES = {
    b"\xd0\xcf\x11\xe0": (
        "a workbook of the old kind (.xls, .et) or one with a password; save it as .xlsx without a "
        "password, or as CSV",
        "是旧版工作簿（.xls、.et）或加密文件，请去掉密码，另存为 .xlsx 或 CSV",
    ),
    b"PK\x03\x04": (
        "a packed file where text is expected; a workbook can be handed in for tables only",
        "是压缩文件，此处应为文本；工作簿只可用于表格",
    ),
    b"%PDF": ("a PDF, which cannot be read as a table; hand in the table itself", "是 PDF，请提交表格本身"),
}
"""Files of another kind, by their first bytes, and what the reader is to do."""


def read_text(path: Path) -> str:
    """A file's text, see `text_of`. Raises BadInput when it cannot be read or is no text."""
    return text_of(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises BadInput when it does not exist or is too large."""
    try:
        return whole_file(path)
    except OSError as error:
        if error.errno == errno.EFBIG:
            limit = FILE_BYTES // 1024 // 1024
            raise BadInput(
                Words(
                    f"{path} is larger than {limit} MB; split it or check that it is the right file.",
                    f"{path} 超过 {limit} MB，请拆分或核对文件。",
                )
            ) from None
        raise BadInput(
            Words(
                f"{path} cannot be read: {why_not(error).en}.",
                f"无法读取 {path}：{why_not(error).zh}。",
            )
        ) from None


AS_TEXT = Words("save it again as UTF-8 text", "请另存为 UTF-8 文本")


def text_of(raw: bytes, name: str, remedy: Words = AS_TEXT) -> str:
    """The text in the bytes of a file; `name` is the file's name.

    It is UTF-8 with or without a byte order mark, UTF-16 with one, as spreadsheets save "Unicode text", or
    GB 18030, as Chinese Excel and WPS write CSV. Raises BadInput for an empty file, and for one that is no
    text or whose encoding is not certain; `remedy` then tells the reader what to do.
    """
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise BadInput(Words(f"{name} is empty.", f"{name} 是空文件。"))
    for beginning, (en, zh) in _OTHER_FILES.items():
        if raw.startswith(beginning):
            raise BadInput(Words(f"{name} is {en}.", f"{name} {zh}。"))
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A file in another encoding, decoded as GB 18030, yields characters that are not assigned.
        if "\x00" not in text and not (encoding == "gb18030" and any(map(_unassigned, text))):
            return text
    raise BadInput(
        Words(
            f"{name} is neither UTF-8 nor GB 18030 text; {remedy.en}.",
            f"{name} 既不是 UTF-8 也不是 GB 18030 文本，{remedy.zh}。",
        )
    )


def _unassigned(character: str) -> bool:
    return no_character(character) or (unicodedata.category(character) == "Cc" and not character.isspace())


def json_in(raw: bytes, name: str) -> Any:
    """A JSON document. Raises BadInput when it is not JSON, or holds a key twice."""
    try:
        return json.loads(text_of(raw, name), object_pairs_hook=_each_once)
    except _SaidTwice as twice:
        raise BadInput(
            Words(f"{name} says '{twice}' twice in one record.", f"{name} 的同一条记录中“{twice}”重复。")
        ) from None
    except json.JSONDecodeError as error:
        raise BadInput(
            Words(
                f"{name} is not JSON (line {error.lineno}).",
                f"{name} 不是有效的 JSON（第 {error.lineno} 行）。",
            )
        ) from None
    except (ValueError, RecursionError):
        raise BadInput(Words(f"{name} is not JSON (nesting).", f"{name} 不是有效的 JSON（嵌套）。")) from None


class _SaidTwice(ValueError):
    """A key occurs twice in an object, so that its value is not certain."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise _SaidTwice(next(name for name in names if names.count(name) > 1))
    return record


def read_json(path: Path, paper: type[Model], context: Mapping[str, Any] | None = None) -> Model:
    """A JSON file as one paper. Raises BadInput that lists every wrong field with its path.

    `context` is what the paper's own checks need, such as the day as of which a history is checked.
    """
    document = json_in(read_bytes(path), str(path))
    try:
        return paper.model_validate(document, context=dict(context or {}))
    except ValidationError as error:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None


def read_document(path: Path) -> dict[str, Any]:
    """A TOML file, or JSON if it is named .json, as a table. Raises BadInput when it cannot be read."""
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
    """Each wrong field with what is wrong; values are not repeated, as they may be personal.

    An error of the project's own checks has its Chinese sentence in its context as `zh`.
    """
    problems = []
    for wrong in error.errors(include_input=False, include_url=False):
        # pydantic adds the part "[key]" where a table's key, not its value, is wrong.
        path = ".".join(str(part) for part in wrong["loc"] if part != "[key]")
        details = wrong.get("ctx", {})
        # The project's own checks have both sentences; the library's own messages are not shown.
        words = Words(wrong["msg"], details["zh"]) if "zh" in details else sentence_of(wrong["type"], details)
        hint = _HINTS.get(wrong["type"])
        problems.append(Problem(path, words, hint=hint))
    return problems


def typed_day(field: str, text: str) -> date:
    """The day as typed. Raises BadInput for anything else; the typed text is not repeated."""
    try:
        return written_day(text)
    except ValueError:
        en, zh = NOT_A_DAY
        raise BadInput(problems=[Problem(field, Words(f"{en}.", f"{zh}。"))]) from None


def typed_id_number(field: str, text: str) -> str:
    """The ID number as typed. Raises BadInput with what is wrong; the number is not repeated."""
    number = code(text).upper()
    if wrong := id_number_problems(number):
        words = Words("; ".join(one.en for one in wrong), "；".join(one.zh for one in wrong))
        raise BadInput(problems=[Problem(field, words)])
    return number


def bureau_key(typed: str) -> str:
    """The key of a bureau, from a present or former key or its present name. Raises BadInput."""
    written = typed.strip()
    if listed_bureau(written) is not None:
        return written
    if named := bureau_called(written, china_today()):
        return named.key
    words = Words(f"There is no bureau {typed}.", f"没有社会保险局 {typed}。")
    raise BadInput(problems=[Problem("", words, hint=Hint(See.BUREAUS))])


def bureau_keys(typed: Iterable[str], field: str = "") -> tuple[list[str], list[Problem]]:
    """The keys of several bureaus in their order, and a problem for each that is unknown."""
    keys: list[str] = []
    problems: list[Problem] = []
    for one in dict.fromkeys(typed):
        try:
            keys.append(bureau_key(one))
        except BadInput as bad:
            problems += [replace(problem, field=field) for problem in bad.problems]
    return keys, problems
