"""A table with one thing to hand in on each row, read whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

from desk.files.tables import TableRow, read_table
from desk.language import Words
from desk.problems import BadInput, of_the_whole


def read_batch(path: Path, titles: Mapping[str, str], optional: frozenset[str]) -> list[TableRow]:
    """Every row that is not blank. `titles` are the columns, with what a Chinese table calls them.

    Raises BadInput with everything wrong in heading and rows.
    """
    table = read_table(path, titles, [name for name in titles if name not in optional])
    problems = [*table.problems, *(one for row in table.rows for one in row.with_problems(()))]
    if not table.rows and not problems:
        problems = [of_the_whole("no row below the heading", "表头之下没有内容")]
    if problems:
        raise BadInput(Words(f"{path} cannot be used; nothing was sent:", f"{path} 有误，未提交："), problems)
    return list(table.rows)
