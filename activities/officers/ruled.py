"""What the ruling on file justifies: its own orders, on the state in which this bureau received it."""

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
    """The latest ruling that this bureau received in a case; `since` are the papers filed after it."""

    number: str
    orders: tuple[Order, ...]
    since: frozenset[PaperKey]

    def orders_one_of(self, *kinds: type[Order]) -> bool:
        """Whether it contains an order of one of these kinds."""
        return any(isinstance(one, kinds) for one in self.orders)

    def is_about(self, form: InformationForm) -> bool:
        """Whether it came when the form had this version, or has made this version itself."""
        key = PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, form.version)
        return form.by == self.number or key not in self.since


def ruling_key(case_no: str, number: str) -> PaperKey:
    """The key under which a bureau files a ruling that it received, with its seals."""
    return PaperKey(case_no, PaperKind.RULING, Side.RECEIVED, reference=number)


async def ruling_in_force(
    store: Store, session: AsyncSession, case_no: str, number: str
) -> RulingInForce | None:
    """The ruling of this number, verified here; None if there is none or a later ruling came."""
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
    """The papers of a case in the order of filing."""
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
    """The ruling, which alone can order this. Raises ValueError, a caller's fault, if it does not."""
    ruling = await ruling_in_force(store, session, case_no, number)
    if ruling is None or not ruling.orders_one_of(order):
        raise ValueError(f"no ruling {number} of case {case_no} that orders it is in force here")
    return ruling
