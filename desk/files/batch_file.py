"""A table with one item to hand in per row, read whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

from desk.files.files import read_bytes
from desk.files.tables import TableRow, table_in
from desk.language import Words
from desk.problems import BadInput, of_the_whole


def read_batch(path: Path, titles: Mapping[str, str], optional: frozenset[str]) -> list[TableRow]:
    """Every row that is not blank. Raises BadInput with everything wrong in heading and rows."""
    return batch_in(read_bytes(path), str(path), titles, optional)


def batch_in(raw: bytes, name: str, titles: Mapping[str, str], optional: frozenset[str]) -> list[TableRow]:
    """Like `read_batch`, from the bytes of a file and its name.

    `titles` holds the columns with their titles in a Chinese table.
    """
    table = table_in(raw, name, titles, [one for one in titles if one not in optional])
    problems = [*table.problems, *(one for row in table.rows for one in row.with_problems(()))]
    if not table.rows and not problems:
        problems = [of_the_whole("no row below the heading", "表头之下没有内容")]
    if problems:
        raise BadInput(Words(f"{name} cannot be used; nothing was sent:", f"{name} 有误，未提交："), problems)
    return list(table.rows)
