"""`starter.py seed`: load contribution histories into their bureaus' stores."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import with_client
from desk.client.silence import WaitingFor, nobody_is_told
from desk.commands.staff_options import OfficerOption
from desk.files.account_files import read_accounts
from desk.language import say
from desk.screens.screen import JsonOption, awaited, console, print_json, table
from desk.words import bureau
from models.files.history_file import HistoryFile
from models.messages.steps import SeedBatch, SeedResult
from rules.values.officers import Right

if TYPE_CHECKING:
    from temporalio.client import Client

    from models.officers.keys import Demonstration

LARGEST_BATCH_BYTES = 500_000
"""The largest size of histories in a message, which may hold 2 MB. A working life of months takes 40 KB."""


async def seed_all(
    client: Client,
    accounts: Sequence[HistoryFile],
    officer: str = "",
    waiting_for: WaitingFor = nobody_is_told,
) -> list[SeedResult]:
    """Send every history to its bureau's worker, sealed by an officer of that bureau; a history that a store
    already holds is left unchanged.

    `waiting_for` is called with the bureaus still to answer. Raises BadInput with every reason why a bureau
    refuses.
    """
    from activities.contracts import SEED_ACCOUNTS
    from desk.client.worker_answers import ask_bureau
    from desk.officers.signing import demonstration_of, require_accepted

    by_bureau: dict[str, list[HistoryFile]] = {}
    for account in accounts:
        by_bureau.setdefault(account.bureau, []).append(account)
    demonstration = demonstration_of(client)
    batches = [
        sealed_batch(key, part, officer, demonstration)
        for key, histories in sorted(by_bureau.items())
        for part in batches_of(histories)
    ]
    to_come = Counter(batch.bureau for batch in batches)

    async def loaded(batch: SeedBatch) -> SeedResult:
        result = await ask_bureau(client, batch.bureau, SEED_ACCOUNTS, batch)
        to_come[batch.bureau] -= 1
        waiting_for(list(+to_come))
        return result

    waiting_for(list(to_come))
    results = list(await asyncio.gather(*map(loaded, batches)))
    require_accepted(tuple(dict.fromkeys(one for result in results for one in result.refusals)))
    return results


def sealed_batch(
    bureau: str,
    histories: Sequence[HistoryFile],
    officer: str = "",
    demonstration: Demonstration | None = None,
) -> SeedBatch:
    """A bureau's histories with the sealed order to load them. Raises BadInput without a key."""
    from desk.officers.signing import with_order
    from models.officers.seals import digest_of

    written = tuple(one.model_dump(mode="json", by_alias=True) for one in histories)
    items = tuple(digest_of(one.stated()) for one in histories)
    batch = SeedBatch(bureau=bureau, histories=written)
    return with_order(Right.SEED, bureau, batch, officer, demonstration, items)


def batches_of(histories: Iterable[HistoryFile]) -> Iterator[tuple[HistoryFile, ...]]:
    """The histories in their order, in batches of as many as a message holds, at least one each."""
    batch: list[HistoryFile] = []
    filled = 0
    for history in histories:
        size = len(history.model_dump_json(by_alias=True).encode())
        if batch and filled + size > LARGEST_BATCH_BYTES:
            yield tuple(batch)
            batch, filled = [], 0
        batch.append(history)
        filled += size
    if batch:
        yield tuple(batch)


def seed(
    files: Annotated[list[Path], typer.Argument(help="Files of accounts: JSON, or tables (.csv, .xlsx).")],
    officer: OfficerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Load accounts and contribution histories into the bureaus' stores."""
    accounts = read_accounts(files)
    results = _by_bureau(with_client(lambda client: _load(client, accounts, officer)))
    if as_json:
        print_json([result.model_dump(exclude={"refusals"}) for result in results])
        return
    shown = table(say("bureau", "经办机构"), say("loaded", "新载入"), say("already there", "已存在"))
    for result in results:
        shown.add_row(bureau(result.bureau), str(result.loaded), str(result.known))
    console().print(shown)


async def _load(client: Client, accounts: Sequence[HistoryFile], officer: str) -> list[SeedResult]:
    with awaited({account.bureau for account in accounts}) as waiting_for:
        return await seed_all(client, accounts, officer, waiting_for)


def _by_bureau(results: Iterable[SeedResult]) -> list[SeedResult]:
    sums: dict[str, SeedResult] = {}
    for one in results:
        before = sums.get(one.bureau, SeedResult(bureau=one.bureau, loaded=0, known=0))
        sums[one.bureau] = SeedResult(
            bureau=one.bureau, loaded=before.loaded + one.loaded, known=before.known + one.known
        )
    return list(sums.values())
