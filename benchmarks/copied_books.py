"""One case in a bureau's SQLite store, copied until there are as many as wanted: a big store in minutes.

Every copy is a case of its own, with its person, record, postings, papers and links of the chain, as if it
had gone the whole run.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from models.messages.papers import paper_digest
from models.store.chain import after, paper_content, posting_content

TABLES = ("person", "relationship", "contribution", "entry", "posting", "paper")
POINTS_TO = {"person_id": "person", "relationship_id": "relationship", "posting_id": "posting"}
TOGETHER = 2_000
"""How many copies are written at a time."""
FIRST_DAY, A_DAY = date(2020, 1, 1), 50

Row = dict[str, Any]


def fill(store: Path, case_no: str, id_number: str, cases: int) -> None:
    """Copy the case until the store has so many; it may have been copied before."""
    database = sqlite3.connect(store, isolation_level=None)
    database.row_factory = sqlite3.Row
    # What guards the books looks at every row, and every row is made as the guard wants it.
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    database.execute("PRAGMA synchronous=OFF")
    for trigger in triggers:
        database.execute(f"DROP TRIGGER {trigger['name']}")
    copying = _Copying(database, case_no, id_number)
    for begins in range(copying.there, cases, TOGETHER):
        database.execute("BEGIN")
        copying.write(range(begins, min(cases, begins + TOGETHER)))
        database.execute("COMMIT")
    for trigger in triggers:
        database.execute(trigger["sql"])
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class _Copying:
    """The rows of the one case, to be written again under other numbers."""

    def __init__(self, database: sqlite3.Connection, case_no: str, id_number: str) -> None:
        self.database = database
        self.case_no, self.id_number = case_no, id_number
        ((self.there,),) = database.execute("SELECT count(*) FROM person")
        self.rows = {name: self._first(name) for name in TABLES}
        heads = "SELECT link, chain FROM posting UNION ALL SELECT link, chain FROM paper"
        self.link, self.chain = database.execute(f"{heads} ORDER BY link DESC LIMIT 1").fetchone()

    def _first(self, table: str) -> list[Row]:
        """The rows of the one case: every copy has as many."""
        ((rows,),) = self.database.execute(f"SELECT count(*) FROM {table}")
        first = self.database.execute(f"SELECT * FROM {table} ORDER BY id LIMIT ?", [rows // self.there])
        return [dict(row) for row in first]

    def write(self, numbers: Sequence[int]) -> None:
        """Every row of the case once for each number."""
        made: dict[str, list[Row]] = {name: [] for name in TABLES}
        for number in numbers:
            for table, row in self._copy(number):
                made[table].append(row)
        for table, rows in made.items():
            if rows:
                names = ", ".join(f'"{name}"' for name in rows[0])
                marks = ", ".join(f":{name}" for name in rows[0])
                self.database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def _copy(self, number: int) -> Iterator[tuple[str, Row]]:
        day = FIRST_DAY + timedelta(days=number // A_DAY)
        bureau = self.case_no.partition("-")[0]
        words = {
            self.case_no: f"{bureau}-{day:%Y%m%d}-{number:08d}",
            self.id_number: f"{number:018d}",
            "opening/1": f"opening/{number + 1}",
        }
        copies = {
            table: [self._renumbered(table, row, number, words) for row in rows]
            for table, rows in self.rows.items()
        }
        self._chain(copies)
        for table, rows in copies.items():
            yield from ((table, row) for row in rows)

    def _renumbered(self, table: str, row: Row, number: int, words: Mapping[str, str]) -> Row:
        found = {name: _replaced(value, words) for name, value in row.items()}
        found["id"] += number * len(self.rows[table])
        for name, target in POINTS_TO.items():
            if found.get(name):
                found[name] += number * len(self.rows[target])
        if table == "paper" and not row["case_no"]:
            found["version"] += number
        return found

    def _chain(self, copies: Mapping[str, list[Row]]) -> None:
        for row in sorted((*copies["posting"], *copies["paper"]), key=lambda row: row["link"]):
            if "body" in row:
                row["digest"] = paper_digest(row["body"])
                content = paper_content(_as_read(row))
            else:
                sides = [each for each in copies["entry"] if each["posting_id"] == row["id"]]
                content = posting_content(_as_read(row), [SimpleNamespace(**each) for each in sides])
            self.link, self.chain = self.link + 1, after(self.chain, content)
            row["link"], row["chain"] = self.link, self.chain


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, other in words.items():
            value = value.replace(word, other)
    return value


def _as_read(row: Row) -> Any:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
    return SimpleNamespace(**{**row, "at": at})
