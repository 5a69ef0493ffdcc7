"""A bank's statement as a table with one row per arrival, read whole or not at all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from desk.files.files import field_problems, read_bytes
from desk.files.tables import TableRow, table_in
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole
from desk.today import china_today
from models.files import written_values
from models.files.written_values import Yuan, plain, wrong
from models.messages.bank_statement import BankReference, NamedRemittance, StatementLine
from rules.values.money import GREATEST_AMOUNT, Fen, yuan

TITLES = {"value_date": "起息日", "remittance": "划转编号", "amount": "金额", "reference": "银行流水号"}
"""The columns, with their titles in a Chinese table."""

_REFERENCE: TypeAdapter[str] = TypeAdapter(BankReference)
_REMITTANCE: TypeAdapter[str] = TypeAdapter(NamedRemittance)


def _day(value: Any) -> date:
    """A day that is not in the future: no bank credits money in advance."""
    day = written_values.day(value)
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
        raise wrong("too_great", f"it must not be more than {limit} yuan", f"不应超过 {limit} 元")
    return amount


def _reference(value: Any) -> str:
    try:
        return _REFERENCE.validate_python(plain(value))
    except ValidationError:
        raise wrong(
            "reference",
            "not a bank's reference; up to 60 letters, digits and . _ : -",
            "不是银行流水号，应为不超过 60 位的字母、数字及 . _ : -",
        ) from None


def _remittance(value: Any) -> str:
    try:
        return _REMITTANCE.validate_python(plain(value))
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
    """Every arrival in the file, in file order. Raises BadInput with everything wrong in it."""
    return statement_in(read_bytes(path), str(path))


def statement_in(raw: bytes, name: str) -> tuple[StatementLine, ...]:
    """Like `read_statement`, from the bytes of a file and its name."""
    table = table_in(raw, name, TITLES, tuple(TITLES))
    lines, problems = _read(table.rows)
    problems = [*table.problems, *problems]
    if not lines and not problems:
        problems.append(of_the_whole("no arrival in it", "没有到账记录"))
    if problems:
        raise BadInput(
            Words(f"{name} cannot be used; nothing was entered:", f"{name} 有误，未登记："), problems
        )
    return tuple(lines)


def _read(rows: Iterable[TableRow]) -> tuple[list[StatementLine], list[Problem]]:
    """The arrivals, and every problem with a row; each of the bank's references may occur only once."""
    lines: list[StatementLine] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in rows:
        found: list[Problem] = []
        there = first.setdefault(row.cells["reference"], row.number)
        if there != row.number and row.cells["reference"]:
            same = Words(f"the same as in row {there}", f"与第 {there} 行相同")
            found.append(_titled(Problem("reference", same)))
        try:
            lines.append(StatementLine(**dict(_Row.model_validate(row.cells))))
        except ValidationError as error:
            found += map(_titled, field_problems(error))
        problems += row.with_problems(found)
    return lines, problems


def _titled(problem: Problem) -> Problem:
    """A problem that names its column by its title in Chinese."""
    field = problem.field
    return replace(problem, named=Words(field, TITLES.get(field, field)))
