"""Copies of one case in a bureau's SQLite store, as many as wanted: a big store in minutes.

Every copy is a case of its own, with its person, record, postings, papers and links of the chain, as if it
had run to its end. Demonstration officers order records to be loaded and applications to be accepted, many
in one list, as `starter.py seed` and `apply` would.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from temporalio.client import Client

from desk.commands.seed import sealed_batch
from desk.officers.accepting import accept
from desk.officers.signing import demonstration_of
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.papers import paper_digest
from models.messages.steps import CaseOrder
from models.officers.orders import OfficersOrder
from models.store.chain import link_hash, paper_content, posting_content
from rules.values.officers import Right
from rules.values.papers import PaperKind

TABLES = ("person", "relationship", "contribution", "entry", "posting", "paper")
NOT_COPIED = (PaperKind.OFFICERS_ORDER, PaperKind.ROSTER)
"""Orders are sealed anew, for many copies together; the roster already holds their officers."""
POINTS_TO = {"person_id": "person", "relationship_id": "relationship", "posting_id": "posting"}
TOGETHER = 2_000
"""How many copies are written together."""
FIRST_DAY, A_DAY = date(2020, 1, 1), 50

ANCHOR = re.compile(r'"anchor":\{"link":\d+,"chain":"[0-9a-f]{64}"\}')
Row = dict[str, Any]


@dataclass(frozen=True)
class MovedCase:
    """A case that has moved: its number, the record loaded for it, and its application."""

    case_no: str
    history: HistoryFile
    application: TransferApplication

    def copied(self, number: int) -> "MovedCase":
        """The same case for another person."""
        day = FIRST_DAY + timedelta(days=number // A_DAY)
        bureau = self.case_no.partition("-")[0]
        changed = {"id_number": f"{number:018d}"}
        person = self.history.person.model_copy(update=changed)
        return MovedCase(
            f"{bureau}-{day:%Y%m%d}-{number:08d}",
            self.history.model_copy(update={"person": person}),
            self.application.model_copy(update=changed),
        )


def sealed_orders(client: Client, cases: Sequence[MovedCase]) -> dict[Right, OfficersOrder]:
    """Demonstration officers' orders to load the records of the cases and to accept their applications."""
    histories = [one.history for one in cases]
    batch = sealed_batch(histories[0].bureau, histories, demonstration=demonstration_of(client))
    assert batch.order is not None
    applied = [CaseOrder(case_no=one.case_no, application=one.application) for one in cases]
    return {Right.SEED: batch.order, Right.APPLY: accept(client, applied)}


class CopiedBooks:
    """The stores of the bureaus between which one case has moved, to be filled with copies of it."""

    def __init__(self, client: Client, stores: Sequence[Path], case: MovedCase) -> None:
        self.client = client
        self.case = case
        self.stores = [_Copying(store, case) for store in stores]
        self.there = 1

    def fill(self, cases: int) -> None:
        """Copy the case until each store has this many cases."""
        with ExitStack() as opened:
            for one in self.stores:
                opened.enter_context(one.open())
            for begins in range(self.there, cases, TOGETHER):
                self._copy(range(begins, min(cases, begins + TOGETHER)))
        self.there = cases

    def _copy(self, numbers: range) -> None:
        orders = sealed_orders(self.client, [self.case.copied(number) for number in numbers])
        for one in self.stores:
            one.begin(numbers.start, orders)
        for number in numbers:
            _copy_once(self.stores, number)
        for one in self.stores:
            one.commit()


def _connected(store: Path) -> sqlite3.Connection:
    database = sqlite3.connect(store, isolation_level=None)
    database.row_factory = sqlite3.Row
    return database


def _copy_once(stores: Sequence["_Copying"], number: int) -> None:
    """Add a copy to every store, link by link in order of entry: a paper sent to the other bureau bears the
    head of its issuer's chain, and a filing the digests of all papers before it."""
    written: dict[str, str] = {}
    links = [link for one in stores for link in one.copy(number)]
    for _, _, one, row in sorted(links, key=lambda link: link[:2]):
        one.enter(row, written)


class _Copying:
    """The rows of the one case, which are written again with other numbers."""

    def __init__(self, store: Path, case: MovedCase) -> None:
        self.store = store
        self.case = case
        with closing(_connected(store)) as database:
            self.rows = {
                name: [dict(row) for row in database.execute(f"SELECT * FROM {name} ORDER BY id")]
                for name in TABLES
            }
        self.size = {name: len(rows) for name, rows in self.rows.items()}
        papers = self.rows["paper"]
        self.orders = [row for row in papers if row["kind"] == PaperKind.OFFICERS_ORDER]
        self.rows["paper"] = [row for row in papers if row["kind"] not in NOT_COPIED]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Open the store without its triggers: they check every row, and all rows here are made to pass."""
        with closing(_connected(self.store)) as self.database:
            triggers = self.database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            dropped = triggers.fetchall()
            self.database.execute("PRAGMA synchronous=OFF")
            for trigger in dropped:
                self.database.execute(f"DROP TRIGGER {trigger['name']}")
            heads = "SELECT link, chain FROM posting UNION ALL SELECT link, chain FROM paper"
            self.link, self.chain = self.database.execute(f"{heads} ORDER BY link DESC LIMIT 1").fetchone()
            yield
            for trigger in dropped:
                self.database.execute(trigger["sql"])
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin(self, number: int, orders: Mapping[Right, OfficersOrder]) -> None:
        """Enter the officers' orders for the copies from this number on."""
        self.made: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.ordered: dict[str, str] = {}
        for first in self.orders:
            order = orders[Right(json.loads(first["body"])["right"])]
            self.ordered[first["reference"]] = order.message_id
            row = self._renumbered("paper", first, number, self.ordered) | {"body": order.model_dump_json()}
            self.made["paper"].append(row)
            self.enter(row, {})

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
        """Copy every row of the case; yields each link with its instant and its place in the order."""
        copied = self.case.copied(number)
        words = self.ordered | {
            self.case.case_no: copied.case_no,
            self.case.application.id_number: copied.application.id_number,
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
        found["id"] += number * self.size[table]
        for name, target in POINTS_TO.items():
            if found.get(name):
                found[name] += number * self.size[target]
        if found.get("kind") == PaperKind.LOADED_RECORD:
            found["version"] += number
        return found

    def enter(self, row: Row, written: dict[str, str]) -> None:
        """Make a copied row the next link. `written` holds the replacements of anchors and digests."""
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
