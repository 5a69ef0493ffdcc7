"""What a ruling on file bears out: its own orders, on what stood when it was given to this bureau."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import InformationForm
from models.officers.rulings import RulingDelivery
from models.store.store import PaperKey, Store
from models.store.tables import PaperRow
from rules.values.orders import Order
from rules.values.papers import PaperKind, Side


@dataclass(frozen=True, slots=True)
class RulingInForce:
    """The latest ruling that this bureau was given in a case; `since` is what was filed after it."""

    number: str
    orders: tuple[Order, ...]
    since: frozenset[PaperKey]

    def orders_one_of(self, *kinds: type[Order]) -> bool:
        """Whether it has an order of one of these kinds."""
        return any(isinstance(one, kinds) for one in self.orders)

    def is_about(self, form: InformationForm) -> bool:
        """Whether it met this version of the form at the transfer-out bureau, or has drawn it up itself."""
        key = PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, form.version)
        return form.by == self.number or key not in self.since


def ruling_key(case_no: str, number: str) -> PaperKey:
    """Under what a bureau files a ruling that it was given, with the seals it rests on."""
    return PaperKey(case_no, PaperKind.RULING, Side.RECEIVED, reference=number)


async def ruling_in_force(
    store: Store, session: AsyncSession, case_no: str, number: str
) -> RulingInForce | None:
    """A ruling whose seals this bureau has verified; None where it was given none of this number, or another
    after it."""
    key = ruling_key(case_no, number)
    delivery = await store.paper(session, key, RulingDelivery)
    if delivery is None:
        return None
    filed = await in_order(session, case_no)
    since = filed[filed.index(key) + 1 :]
    if any((one.kind, one.side) == (key.kind, key.side) for one in since):
        return None
    return RulingInForce(number, delivery.record.orders, frozenset(since))


async def in_order(session: AsyncSession, case_no: str) -> list[PaperKey]:
    """What is on file in a case, as one paper was filed after the other."""
    query = (
        select(PaperRow.kind, PaperRow.side, PaperRow.version, PaperRow.reference)
        .where(col(PaperRow.case_no) == case_no)
        .order_by(col(PaperRow.id))
    )
    return [
        PaperKey(case_no, PaperKind(kind), Side(side), version, reference)
        for kind, side, version, reference in await session.exec(query)
    ]


async def require_ruled(
    store: Store, session: AsyncSession, case_no: str, number: str, order: type[Order]
) -> RulingInForce:
    """The ruling that alone can give an order of this kind. Raises ValueError, a caller's fault, without."""
    ruling = await ruling_in_force(store, session, case_no, number)
    if ruling is None or not ruling.orders_one_of(order):
        raise ValueError(f"no ruling {number} of case {case_no} that orders it is in force here")
    return ruling
