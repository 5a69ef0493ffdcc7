"""`starter.py seed`: load contribution histories into the stores of the bureaus they belong to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import with_client
from desk.files.account_files import read_accounts
from desk.language import say
from desk.screens.screen import console, print_json, table
from desk.words import bureau
from models.files.history_file import HistoryFile
from models.messages.steps import SeedBatch, SeedResult

if TYPE_CHECKING:
    from temporalio.client import Client

LARGEST_BATCH_BYTES = 500_000
"""Of histories in one message, which may hold 2 MB. A working life month by month takes some 40 KB."""


async def seed_all(client: Client, accounts: Sequence[HistoryFile]) -> list[SeedResult]:
    """Hand every history to its bureau's worker; what a store holds already is left as it is."""
    from activities.contracts import SEED_ACCOUNTS
    from desk.client.worker_answers import ask_bureau

    by_bureau: dict[str, list[dict[str, object]]] = {}
    for account in accounts:
        by_bureau.setdefault(account.bureau, []).append(account.model_dump(mode="json", by_alias=True))
    batches = [
        SeedBatch(bureau=key, histories=part)
        for key, histories in sorted(by_bureau.items())
        for part in batches_of(histories)
    ]
    loading = (ask_bureau(client, batch.bureau, SEED_ACCOUNTS, batch) for batch in batches)
    return list(await asyncio.gather(*loading))


def batches_of(histories: Iterable[dict[str, object]]) -> Iterator[tuple[dict[str, object], ...]]:
    """The histories in their order, as many together as a message holds, and one at least."""
    batch: list[dict[str, object]] = []
    filled = 0
    for history in histories:
        size = len(json.dumps(history, ensure_ascii=False).encode())
        if batch and filled + size > LARGEST_BATCH_BYTES:
            yield tuple(batch)
            batch, filled = [], 0
        batch.append(history)
        filled += size
    if batch:
        yield tuple(batch)


def seed(
    files: Annotated[list[Path], typer.Argument(help="Files of accounts: JSON, or tables (.csv, .xlsx).")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Load accounts and contribution histories into the bureaus' stores."""
    accounts = read_accounts(files)
    results = _by_bureau(with_client(lambda client: seed_all(client, accounts)))
    if as_json:
        print_json([result.model_dump() for result in results])
        return
    shown = table(say("bureau", "经办机构"), say("loaded", "新载入"), say("already there", "已存在"))
    for result in results:
        shown.add_row(bureau(result.bureau), str(result.loaded), str(result.known))
    console().print(shown)


def _by_bureau(results: Iterable[SeedResult]) -> list[SeedResult]:
    sums: dict[str, SeedResult] = {}
    for one in results:
        before = sums.get(one.bureau, SeedResult(bureau=one.bureau, loaded=0, known=0))
        sums[one.bureau] = SeedResult(
            bureau=one.bureau, loaded=before.loaded + one.loaded, known=before.known + one.known
        )
    return list(sums.values())
