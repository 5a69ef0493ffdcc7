"""A register of the province with many rulings, entered directly into its store."""

from datetime import UTC, datetime, timedelta

from staff import ruling

from models.messages.disputes import RulingRecord
from models.store.store import PaperKey, Store
from rules.values.orders import DisputePoint, Proceed
from rules.values.papers import PaperKind, Side

FIRST = datetime(2026, 3, 2, 4, tzinfo=UTC)


async def file_rulings(store: Store, point: DisputePoint, count: int) -> None:
    """File `count` rulings, each in a case of its own; number 1 is the oldest."""
    async with store.transaction() as session:
        for number in range(1, count + 1):
            case_no = f"220100-20260115-{number:08}"
            one = RulingRecord(
                case_no=case_no,
                point=point,
                ruling=ruling([Proceed()], f"裁〔2026〕{number}号"),
                officers=("province-01", "province-02"),
                made_at=FIRST + timedelta(days=number),
            )
            key = PaperKey(case_no, PaperKind.RULING, Side.ISSUED, 1, one.ruling.number)
            await store.file(session, key, FIRST, one)
