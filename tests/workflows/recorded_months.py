"""Recorded cases about single months: in arrears, certified during the case, or left behind."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from linking import asks, employed, farmed
from staff import arrears_paid, certification, choice, submit, supplement

from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.arrangements import Officers
from models.messages.stages import Event
from province import CHANGCHUN, WORKER, YANBIAN, Handle, Province, account, advance, application
from rules.values.moves import Material

OWED = {"from": "2019-07", "to": "2019-12", "base": "5000.00", "kind": "arrears"}
ONE_OFF = {"from": "2016-01", "to": "2018-12", "base": "4000.00", "kind": "one_off_without_papers"}
PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
WITH_PAPERS = ("identity_document", "one_off_papers")


def record_of(plain: HistoryFile, *months: dict[str, str]) -> HistoryFile:
    """The same person's record with other months of other kinds."""
    fields = plain.model_dump(mode="json", by_alias=True)
    return HistoryFile.model_validate({**fields, "months": [*months, PAID]})


async def arrears_paid_in_part_and_waived(province: Province) -> Handle:
    """Of six months in arrears the person pays two, is asked about the rest, and waives it weeks later."""
    await province.start()
    await province.seed(record_of(account(), OWED))
    handle = await province.apply(application())
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await province.journalled(handle, Event.CLOCK_PAUSED)
    await submit(handle, arrears_paid("2019-07", "2019-08"))
    await province.journalled(handle, Event.CLOCK_PAUSED, times=2)
    await advance(province.env, handle, timedelta(days=20))
    await submit(handle, supplement(Material.ARREARS_WAIVER))
    await handle.result()
    return handle


async def certified_after_the_offer(province: Province) -> Handle:
    """The person is offered a choice for two months paid twice; then the service is certified."""
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    twice = [("2025-11", "2026-02", "6500.00")]
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=twice))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, certification("2025-11", "2025-12"))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    await submit(handle, choice())
    await handle.result()
    return handle


async def told_of_months_that_stay(province: Province) -> Handle:
    """The transfer-out bureau's worker is off when the letter comes: clock D runs until it is back."""
    await province.start_platform()
    async with province.worker_at(YANBIAN):
        await province.seed(_worker_record())
        handle = await province.apply(_by_the_worker())
        await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await province.start_bureaus(CHANGCHUN)
    await province.journalled(handle, Event.CLOCK_STARTED, times=3)
    await province.start_bureaus(YANBIAN)
    await handle.result()
    return handle


async def moved_later_with_papers(province: Province) -> Handle:
    """Months that a first transfer left behind move with a second, once their papers are handed in."""
    await province.start()
    await province.seed(_worker_record())
    await (await province.apply(_by_the_worker())).result()
    handle = await province.apply(_by_the_worker(materials=WITH_PAPERS, submitted_on=date(2026, 1, 16)))
    await handle.result()
    return handle


async def resident_joins_the_employee_scheme(province: Province) -> Handle:
    """Four resident months were paid twice: the employee scheme keeps them, without a choice to make."""
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    worked = employed("E", ("2008-01", "2022-12"), ("2023-09", "2023-12"))
    await province.seed(farmed(), worked)
    handle = await province.apply(asks("R", "E"))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice())
    await handle.result()
    return handle


def _worker_record() -> HistoryFile:
    return record_of(account(id_number=WORKER, name="王建国", scheme="E"), ONE_OFF)


def _by_the_worker(**changes: object) -> TransferApplication:
    asked = {"id_number": WORKER, "name": "王建国", "scheme_from": "E", "scheme_to": "G"}
    return application(**asked | {"materials": ("identity_document",)} | changes)


MONTHS: tuple[Callable[[Province], Awaitable[Handle]], ...] = (
    arrears_paid_in_part_and_waived,
    certified_after_the_offer,
    told_of_months_that_stay,
    moved_later_with_papers,
    resident_joins_the_employee_scheme,
)
