"""A bank's statement as a CSV file: one row per arrival, read whole or not at all."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole
from desk.today import china_today
from models.files.written_values import Yuan, wrong
from models.messages.bank_statement import BankReference, NamedRemittance, StatementLine
from rules.values.money import GREATEST_AMOUNT, Fen, yuan

TITLES = {"value_date": "起息日", "remittance": "划转编号", "amount": "金额", "reference": "银行流水号"}
"""The columns, and the titles a Chinese table gives them."""

DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_REFERENCE: TypeAdapter[str] = TypeAdapter(BankReference)
_REMITTANCE: TypeAdapter[str] = TypeAdapter(NamedRemittance)


def _day(value: Any) -> date:
    """'2026-03-02', or 2026/3/2 as spreadsheets rewrite it; no bank has credited anything in the future."""
    found = DAY.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise wrong(
            "day", "not a day; write YYYY-MM-DD, such as 2026-03-02", "不是日期，应写成 2026-03-02"
        ) from None
    if day > china_today():
        raise wrong("day_in_future", "lies in the future", "晚于今天")
    return day


def _came_in(amount: Fen) -> Fen:
    if amount <= 0:
        raise wrong(
            "no_arrival", "not above zero; leave out what left the account", "应大于零；转出的款项请勿填入"
        )
    if amount > GREATEST_AMOUNT:
        limit = yuan(GREATEST_AMOUNT)
        raise wrong("too_great", f"more than {limit} yuan is a slip", f"不应超过 {limit} 元")
    return amount


def _reference(value: Any) -> str:
    try:
        return _REFERENCE.validate_python(value)
    except ValidationError:
        raise wrong(
            "reference",
            "not a bank's reference; up to 60 letters, digits and . _ : -",
            "不是银行流水号，应为不超过 60 位的字母、数字及 . _ : -",
        ) from None


def _remittance(value: Any) -> str:
    try:
        return _REMITTANCE.validate_python(value)
    except ValidationError:
        raise wrong(
            "remittance",
            "not a remittance's number; leave it empty where the payment names none",
            "不是划转编号；付款未注明的请留空",
        ) from None


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    value_date: Annotated[date, BeforeValidator(_day)]
    remittance: Annotated[str, BeforeValidator(_remittance)]
    amount: Annotated[Yuan, AfterValidator(_came_in)]
    reference: Annotated[str, BeforeValidator(_reference)]


def read_statement(path: Path) -> tuple[StatementLine, ...]:
    """Every arrival in the file, in its order. Raises BadInput with everything wrong in it."""
    return statement_of(read_text(path), str(path))


def statement_of(text: str, name: str) -> tuple[StatementLine, ...]:
    """The same of a file's text, under its name."""
    rows = csv.DictReader(io.StringIO(text), restkey="", restval="", strict=True)
    lines: list[StatementLine] = []
    try:
        heading = [_column(column) for column in rows.fieldnames or ()]
        problems = _heading_problems(heading)
        if not problems:
            rows.fieldnames = heading
            lines, problems = _read(rows)
    except csv.Error:
        problems = [_placed(rows.reader.line_num, of_the_whole("not readable as CSV", "不是有效的 CSV"))]
    if problems:
        raise BadInput(
            Words(f"{name} cannot be used; nothing was entered:", f"{name} 有误，未登记："), problems
        )
    return tuple(lines)


def _column(heading: str) -> str:
    """The name of a column, whichever of its titles it bears."""
    title = heading.strip()
    return next((name for name, chinese in TITLES.items() if title == chinese), title)


def _heading_problems(heading: list[str]) -> list[Problem]:
    """Columns missing, unknown or there twice. A first row that is none may hold a person: not shown."""
    if not set(heading) & set(TITLES):
        listed = ", ".join(TITLES)
        return [
            of_the_whole(
                f"row 1 is not a heading; name the columns {listed}", f"第 1 行不是表头，应为 {listed}"
            )
        ]
    problems = [of_the_whole(f"column {c} is missing", f"缺少列 {c}") for c in TITLES if c not in heading]
    unknown = dict.fromkeys(column for column in heading if column not in TITLES)
    problems += [of_the_whole(f"column '{c}' is not known", f"无法识别的列“{c}”") for c in unknown]
    twice = [column for column in TITLES if heading.count(column) > 1]
    return problems + [of_the_whole(f"column {c} is there twice", f"列 {c} 重复") for c in twice]


def _read(rows: "csv.DictReader[str]") -> tuple[list[StatementLine], list[Problem]]:
    """The arrivals, and every problem with a row; a reference of the bank is there once."""
    lines: list[StatementLine] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in rows:
        number, surplus = rows.line_num, row.pop("", None)
        cells = {column: value.strip() for column, value in row.items()}
        if not surplus and not any(cells.values()):
            continue
        found = [of_the_whole("more cells than the heading has", "单元格多于表头")] if surplus else []
        there = first.setdefault(cells["reference"], number)
        if there != number and cells["reference"]:
            same = Words(f"the same as in row {there}", f"与第 {there} 行相同")
            found.append(_titled(Problem("reference", same)))
        try:
            lines.append(StatementLine(**dict(_Row.model_validate(cells))))
        except ValidationError as error:
            found += map(_titled, field_problems(error))
        problems += [_placed(number, problem) for problem in found]
    if not lines and not problems:
        problems.append(of_the_whole("no arrival in it", "没有到账记录"))
    return lines, problems


def _titled(problem: Problem) -> Problem:
    """In Chinese, a problem under the title of its column."""
    field = problem.field
    return replace(problem, named=Words(field, TITLES.get(field, field)))


def _placed(row: int, problem: Problem) -> Problem:
    return problem.within(f"row {row}", f"第 {row} 行")
