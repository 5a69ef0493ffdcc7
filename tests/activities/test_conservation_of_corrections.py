"""No fen and no month is lost or doubled over both bureaus, in whatever order a case is put right."""

import asyncio
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sealed_papers import chosen
from sqlmodel import col, select
from staff import accepted
from two_bureaus import Exchange
from walkthrough import CASE, Walkthrough, leaving, record

from activities.contracts import CLEAR_DUPLICATES, OFFER_CHOICE
from models.messages.corrections import StatedAmounts
from models.messages.duplicates import ClearingOrder, OfferOrder
from models.messages.requests import Choice
from models.messages.stages import Party
from models.store.superseding import LIVE, months_of
from models.store.tables import Account, ContributionRow
from province import CHANGCHUN, YANBIAN, account
from rules.values.books import Divergence
from rules.values.money import Fen, yuan
from rules.values.months import Month
from rules.values.record import RefundOf

PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
RECORDS = {
    "a plain record": record([PAID]),
    "more booked than counts": record([{**PAID, "booked_percent": "11"}]),
    "a balance taken over": record(
        [PAID], scheme="E", opening={"year": 2019, "balance": "25000.00", "pooled_base_sum": "336000.00"}
    ),
}
PAID_AT_CHANGCHUN = [("2025-10", "2026-02", "3000.00")]

BASES = st.tuples(st.just("base"), st.integers(1, 12), st.integers(1, 12), st.integers(1000_00, 9000_00))
STATED = st.tuples(st.just("stated"), st.integers(0, 90000_00), st.integers(0, 90000_00))
STEPS = st.lists(BASES | STATED | st.tuples(st.sampled_from(["take in", "reverse", "even out"])), max_size=5)
ENDS = st.sampled_from(["restore", "clear", "stay"])


class Proof:
    """What both bureaus hold together at the start, and that they hold it still."""

    def __init__(self, case: Exchange) -> None:
        self.case = case
        self.walkthrough = case.walkthrough
        self.refunded = 0
        self.ruled = False
        """Whether a ruling has stated amounts, whatever the fund holds."""
        self.start: tuple[int, Counter[Month]] = (0, Counter())

    async def begin(self) -> "Proof":
        self.start = await self._held()
        return self

    async def _held(self) -> tuple[int, Counter[Month]]:
        months: Counter[Month] = Counter()
        for store in self.walkthrough.stores.values():
            async with store.transaction() as session:
                rows = await session.exec(select(ContributionRow).where(LIVE))
                here = [row for row in rows if row.moved_by is None]
            months.update(month for row in here for month in months_of(row))
        banks = [await self.walkthrough.balance(bureau, Account.BANK) for bureau in self.walkthrough.stores]
        return sum(banks), months

    async def hold(self) -> None:
        """Of money and months nothing is missing, what is out is where the case says, and an audit agrees."""
        assert await self.walkthrough.divergences() == await self._overdrawn()
        money, months = await self._held()
        assert money + self.refunded == self.start[0]
        away = sum(self.case.away)
        assert -await self.walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == (
            0 if self.case.taken_in else away
        )
        for bureau in self.walkthrough.stores:
            for account_of in (Account.IN_TRANSIT_OUT, Account.IN_TRANSIT_IN, Account.REFUNDS_PAYABLE):
                assert await self.walkthrough.balance(bureau, account_of) == 0
        out = -await self.walkthrough.balance(YANBIAN, Account.INDIVIDUAL_ACCOUNT)
        assert out == max(0, self.case.form.adjusted_record_balance - self.case.away[0])
        if self.case.taken_in:
            assert months == self.start[1]
        else:
            assert months <= self.start[1]

    async def _overdrawn(self) -> list[Divergence]:
        """What an audit has to say where a ruling draws on a fund beyond what it holds: here that is what was
        paid for one person alone. Nothing but a ruling does."""
        funds = [
            (one, await self.walkthrough.balance(one, Account.POOLED_FUND)) for one in (YANBIAN, CHANGCHUN)
        ]
        found = [
            Divergence("fund_below_zero", bureau, Account.POOLED_FUND.value, 0, -below)
            for bureau, below in funds
            if below > 0
        ]
        assert self.ruled or not found
        return found

    async def end_restored(self) -> None:
        await self.case.give_all_back()
        await self.case.restore()
        await self.hold()
        assert (await self._held())[1] == self.start[1]
        assert self.case.away == (0, 0)

    async def end_cleared(self, keep: int) -> None:
        case = self.case
        assert case.taken_in is not None
        order = accepted(CASE, case.asked)
        offered = OfferOrder(order=order, taken_in=case.taken_in, refund_of=RefundOf.PRINCIPAL)
        notice = await self.walkthrough.do(OFFER_CHOICE, CHANGCHUN, offered)
        choice = Choice(
            message_id="choice-1",
            by=Party.TRANSFER_IN,
            officer="sun",
            keep=(keep,) * notice.open_periods,
            consent=True,
            refund_account="6222000000000000001",
        )
        choice, _ = await chosen(self.walkthrough.stores[CHANGCHUN], CHANGCHUN, notice.number, choice)
        clearing = ClearingOrder(order=order, notice=notice, choice=choice)
        cleared = (await self.walkthrough.do(CLEAR_DUPLICATES, CHANGCHUN, clearing)).cleared
        assert cleared is not None
        self.refunded = cleared.refund
        await self.hold()
        async with self.walkthrough.stores[CHANGCHUN].transaction() as session:
            rows = await session.exec(
                select(ContributionRow).where(LIVE, col(ContributionRow.cleared_by).is_(None))
            )
            counted = Counter(month for row in rows for month in months_of(row))
        assert max(counted.values()) == 1
        assert set(counted) == set(self.start[1])


async def step(case: Exchange, what: tuple[str | int, ...]) -> None:
    """One step of putting right; what is not possible as things stand is left out."""
    match what:
        case ("base", int(one), int(other), int(base)):
            first, last = sorted((one, other))
            months = f"base__2023_{first:02d}_to_2023_{last:02d}"
            await case.amend(None, **{months: yuan(Fen(base))})
            await case.inform()
        case ("stated", int(individual), int(pooled)):
            await case.amend(StatedAmounts(individual=Fen(individual), pooled=Fen(pooled)))
            await case.inform()
        case ("reverse",):
            await case.reverse()
        case ("even out",):
            await case.settle_difference()
        case ("take in",):
            await take_in(case)


async def take_in(case: Exchange) -> None:
    """Take in the latest form, unless it stands; what was reversed is reissued first."""
    if case.taken_in is None and case.reversed == case.form.version:
        await case.amend()
    await case.settle_difference()
    if case.taken_in is None:
        await case.take_in()


async def put_right(
    directory: Path, kept: str, steps: list[tuple[str | int, ...]], end: str, keep: int
) -> None:
    async with Walkthrough.between(directory) as walkthrough:
        scheme = RECORDS[kept].scheme
        here = "E" if scheme == "G" else "G"
        person = RECORDS[kept].person
        own = account(person.id_number, person.name, here, CHANGCHUN, PAID_AT_CHANGCHUN)
        await walkthrough.seed(RECORDS[kept], own)
        case = await Exchange.with_form(walkthrough, leaving(scheme))
        proof = await Proof(case).begin()
        await case.remit()
        await case.inform()
        await case.take_in()
        await proof.hold()
        for each in steps:
            proof.ruled |= each[0] == "stated"
            await step(case, each)
            await proof.hold()
        if end == "restore":
            await proof.end_restored()
            return
        await take_in(case)
        await proof.hold()
        if end == "clear":
            await proof.end_cleared(keep)


@pytest.mark.parametrize("kept", RECORDS)
@settings(max_examples=5, deadline=None)
@given(steps=STEPS, end=ENDS, keep=st.integers(1, 2))
@example(steps=[("stated", 90000_00, 90000_00)], end="restore", keep=1)
def test_putting_a_case_right_loses_no_fen_and_no_month(
    kept: str, steps: list[tuple[str | int, ...]], end: str, keep: int
) -> None:
    with TemporaryDirectory() as directory:
        asyncio.run(put_right(Path(directory), kept, steps, end, keep))
