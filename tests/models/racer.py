"""A worker process that opens a store and files the same papers as others at the same time.

`racer.py URL NAME CASES`
"""

import asyncio
import sys
from datetime import UTC, date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.steps import Filing
from models.store.ledger import credit, debit, post
from models.store.store import PaperKey, Store
from models.store.tables import Account
from rules.values.papers import PaperKind, Side

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


async def race(url: str, name: str, cases: int) -> None:
    """File a paper and a posting for every case, and print whose paper is on file at the end."""
    store = Store(url)
    await store.open()
    for number in range(cases):

        async def draw_up(session: AsyncSession, case_no: str = f"case-{number}") -> Filing:
            sides = (debit(Account.BANK, 5), credit(Account.SUSPENSE, 5))
            await post(session, f"{case_no}/arrive", case_no, NOON, sides, step="receive_funds", paper=name)
            return Filing(bureau=name, filed_on=date(2026, 3, 2), started_at=NOON)

        filed = await store.file_once(
            PaperKey(f"case-{number}", PaperKind.DOSSIER_FILING, Side.ISSUED), Filing, NOON, draw_up
        )
        print(filed.bureau, flush=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1], sys.argv[2], int(sys.argv[3])))
