"""One case in a bureau's SQLite store, copied until there are as many as wanted: a big store in minutes.

Every copy is a case of its own, with its person, record, postings, papers and links of the chain, as if it
had gone the whole run.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from models.messages.papers import paper_digest
from models.store.chain import link_hash, paper_content, posting_content

TABLES = ("person", "relationship", "contribution", "entry", "posting", "paper")
POINTS_TO = {"person_id": "person", "relationship_id": "relationship", "posting_id": "posting"}
TOGETHER = 2_000
"""How many copies are written at a time."""
FIRST_DAY, A_DAY = date(2020, 1, 1), 50

ANCHOR = re.compile(r'"anchor":\{"link":\d+,"chain":"[0-9a-f]{64}"\}')
Row = dict[str, Any]


def fill(stores: Sequence[Path], case_no: str, id_number: str, cases: int) -> None:
    """Copy the case in the stores of its bureaus until each has so many; it may have been copied before."""
    with ExitStack() as opened:
        copying = [_Copying(opened.enter_context(_unguarded(one)), case_no, id_number) for one in stores]
        for begins in range(copying[0].there, cases, TOGETHER):
            for one in copying:
                one.begin()
            for number in range(begins, min(cases, begins + TOGETHER)):
                _copy_once(copying, number)
            for one in copying:
                one.commit()


@contextmanager
def _unguarded(store: Path) -> Iterator[sqlite3.Connection]:
    """A store without its triggers: they look at every row, and every row is made as they want it."""
    database = sqlite3.connect(store, isolation_level=None)
    database.row_factory = sqlite3.Row
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    database.execute("PRAGMA synchronous=OFF")
    for trigger in triggers:
        database.execute(f"DROP TRIGGER {trigger['name']}")
    yield database
    for trigger in triggers:
        database.execute(trigger["sql"])
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _copy_once(stores: Sequence["_Copying"], number: int) -> None:
    """One more copy in every store, link by link as they were entered: a paper that crosses bears the head of
    the chain of whoever issued it, and a filing the digests of all papers before it."""
    written: dict[str, str] = {}
    links = [link for one in stores for link in one.copy(number)]
    for _, _, one, row in sorted(links, key=lambda link: link[:2]):
        one.enter(row, written)


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

    def begin(self) -> None:
        self.made: dict[str, list[Row]] = {name: [] for name in TABLES}

    def commit(self) -> None:
        """Write what has been copied since."""
        self.database.execute("BEGIN")
        for table, rows in self.made.items():
            if rows:
                names = ", ".join(f'"{name}"' for name in rows[0])
                marks = ", ".join(f":{name}" for name in rows[0])
                self.database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        self.database.execute("COMMIT")

    def copy(self, number: int) -> Iterator[tuple[str, int, "_Copying", Row]]:
        """Every row of the case once more; the links with the instant and the place at which they came."""
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
        self.sides: dict[int, list[Row]] = {}
        for side in copies["entry"]:
            self.sides.setdefault(side["posting_id"], []).append(side)
        for table, rows in copies.items():
            self.made[table] += rows
        for row in (*copies["posting"], *copies["paper"]):
            yield row["at"], row["link"], self, row

    def _renumbered(self, table: str, row: Row, number: int, words: Mapping[str, str]) -> Row:
        found = {name: _replaced(value, words) for name, value in row.items()}
        found["id"] += number * len(self.rows[table])
        for name, target in POINTS_TO.items():
            if found.get(name):
                found[name] += number * len(self.rows[target])
        if table == "paper" and not row["case_no"]:
            found["version"] += number
        return found

    def enter(self, row: Row, written: dict[str, str]) -> None:
        """Make a copied row the next link. `written` has what stands instead of anchors and digests."""
        if "body" in row:
            for before in ANCHOR.findall(row["body"]) if row["side"] == "issued" else ():
                written.setdefault(before, f'"anchor":{{"link":{self.link},"chain":"{self.chain}"}}')
            row["body"] = _replaced(row["body"], written)
            digest = paper_digest(row["body"])
            written[row["digest"]] = row["digest"] = digest
            content = paper_content(_as_read(row))
        else:
            sides = [SimpleNamespace(**each) for each in self.sides.get(row["id"], ())]
            content = posting_content(_as_read(row), sides)
        self.link, self.chain = self.link + 1, link_hash(self.chain, content)
        row["link"], row["chain"] = self.link, self.chain


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, other in words.items():
            value = value.replace(word, other)
    return value


def _as_read(row: Row) -> Any:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
    return SimpleNamespace(**{**row, "at": at})
