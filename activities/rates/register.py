"""The rates on file: in the province's register, and at each bureau, which computes by them."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import ENTER_RATE, PUBLISH_RATE, READ_RATES
from activities.officers.register import OfficerRegister
from activities.orders import order_refused
from models.officers.verifying import NotVerified, require_ordered
from models.rates.messages import (
    PublishedRate,
    PublishedRates,
    RateDelivery,
    RateFiling,
    RatesQuestion,
    SignedRate,
)
from models.store.published_rates import rates_on_file
from models.store.store import PaperKey, Store
from rules.officers.rights import rights_of
from rules.values.officers import PROVINCE, Right
from rules.values.papers import PaperKind, Side


async def _file(
    store: Store, signed: SignedRate, side: Side, published_at: datetime | None = None
) -> PublishedRate:
    """File a rate; asked again, return the paper on file."""
    draft = signed.draft

    async def draw_up(_: AsyncSession) -> PublishedRate:
        return PublishedRate(
            draft=draft,
            maker=signed.maker.officer,
            checker=signed.checker.officer,
            signed=signed,
            entered_on=today(),
            published_at=published_at,
            started_at=started_at(),
        )

    key = PaperKey("", PaperKind.PUBLISHED_RATE, side, draft.year, f"{draft.document} {draft.rate}")
    return await store.file_once(key, PublishedRate, started_at(), draw_up)


class ProvinceRateActivities:
    """The province's register of rates, on its own store."""

    def __init__(self, officers: OfficerRegister) -> None:
        self.officers = officers

    @PUBLISH_RATE.implements
    async def publish_rate(self, signed: SignedRate) -> RateFiling:
        """File a rate that two officers have sealed (31号), or say which seal does not hold.

        Refuses where one officer signed twice, or the two have signed different rates, and a rate that was
        filed by this document before and has been replaced since.
        """
        maker, checker = signed.maker, signed.checker
        unwanted = maker.withdrawn or checker.withdrawn or maker.draft != checker.draft
        if unwanted or maker.officer == checker.officer:
            raise order_refused(
                "Two different officers have to want the same rate published; nothing was filed.",
                "须由两名不同的经办人就同一利率签章同意公布，未归档。",
            )
        if await self._replaced(signed):
            raise order_refused(
                "This rate was published by this document and has been replaced since; "
                "publish it by a document of its own.",
                "该文号曾公布此利率，其后已被替代；须另行发文公布。",
            )
        for one in (maker, checker):
            found = await self.officers.accept(one.order, Right.PUBLISH_RATE, one, started_at())
            if found:
                return RateFiling(refusals=found, of_maker=one is maker)
        return RateFiling(published=await _file(self.officers.store, signed, Side.ISSUED))

    async def _replaced(self, signed: SignedRate) -> bool:
        async with self.officers.store.reading() as session:
            filed = await rates_on_file(session)
        of_year = [one.draft for one in filed if one.draft.year == signed.draft.year]
        return signed.draft in of_year and signed.draft != of_year[-1]

    @READ_RATES.implements
    async def read_rates(self, question: RatesQuestion) -> PublishedRates:
        """All that the province has published."""
        async with self.officers.store.reading() as session:
            return PublishedRates(rates=tuple(await rates_on_file(session)))


class BureauRateActivities:
    """Enters published rates at a bureau, on its own store."""

    def __init__(self, officers: OfficerRegister) -> None:
        self.officers = officers

    @ENTER_RATE.implements
    async def enter_rate(self, delivery: RateDelivery) -> PublishedRate:
        """Verify the seals of both officers and enter the rate; later papers are computed by it.

        Money will move by this rate, so it is refused when a seal, or the province's roster with it, does not
        hold.
        """
        try:
            self._require_sealed(delivery)
        except NotVerified as why:
            raise order_refused(
                f"The seals under the rate do not hold: {why}; nothing was entered.",
                "记账利率的经办人签章或省级名册未通过核验，未登记。",
            ) from None
        rate = delivery.rate
        return await _file(self.officers.store, rate.signed, Side.RECEIVED, rate.started_at)

    def _require_sealed(self, delivery: RateDelivery) -> None:
        """Raises NotVerified when a seal or the province's roster does not hold, or a key counts twice."""
        rate, roster = delivery.rate, self.officers.roster_of(PROVINCE, delivery.roster)
        signatures = (rate.signed.maker, rate.signed.checker)
        holders = [
            require_ordered(one.order, Right.PUBLISH_RATE, one, PROVINCE, roster, rate.started_at)
            for one in signatures
        ]
        rights = self.officers.accepted.rights
        if any(Right.PUBLISH_RATE not in rights_of(one.roles, rights) for one in holders):
            raise NotVerified("the rate is sealed by who has no right to it")
        keys = {one.order.seal.key for one in signatures if one.order and one.order.seal}
        sealed = [(one.officer, one.draft) for one in signatures]
        if any(one.withdrawn for one in signatures):
            raise NotVerified("the rate was withdrawn by an officer whose seal it bears")
        if len(keys) < 2 or sealed != [(rate.maker, rate.draft), (rate.checker, rate.draft)]:
            raise NotVerified("the rate is not what two officers of the province have sealed")
