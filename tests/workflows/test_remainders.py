"""Months that stay behind (94号): told in writing in time, and moved later with their papers."""

from datetime import date

from staff import Handle

from desk.client.auditing import is_clean
from desk.today import china_today
from models.files.history_file import HistoryFile
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CasePapers
from models.outbox.outgoing import OutgoingEvent
from models.store import outbox
from province import CHANGCHUN, WORKER, YANBIAN, Province, account, application
from rules.values.due_dates import Clock
from rules.values.months import Month
from rules.values.record import MonthKind
from workflows.transfer_case import TransferCase

ONE_OFF = {"from": "2016-01", "to": "2018-12", "base": "4000.00", "kind": "one_off_without_papers"}
PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}


def worker_record() -> HistoryFile:
    """A worker at Yanbian with three years paid in one sum without papers, and six years beside."""
    plain = account(id_number=WORKER, name="王建国", scheme="E").model_dump(mode="json", by_alias=True)
    return HistoryFile.model_validate({**plain, "months": [ONE_OFF, PAID]})


async def apply(province: Province, **changes: object) -> Handle:
    asked = {"id_number": WORKER, "name": "王建国", "scheme_from": "E", "scheme_to": "G"}
    return await province.apply(application(**asked | {"materials": ("identity_document",)} | changes))


def account_of_the_remainder() -> int:
    """8 % of 4,000 a month from 2016 to 2018 by month products, in fen, with interest to last December.

    A rate that is not known here is the last one.
    """
    rates = {2016: 831, 2017: 712, 2018: 829, 2019: 761, 2020: 604, 2021: 669, 2022: 612}
    rates |= {2023: 397, 2024: 262} | dict.fromkeys(range(2025, china_today().year), 150)
    balance = 0
    for year, rate in rates.items():
        credit = 320_00 if year <= 2018 else 0
        interest = (2 * balance * rate + 10_000) // 20_000
        interest += (2 * credit * 78 * rate + 120_000) // 240_000
        balance += 12 * credit + interest
    return balance


async def papers_of(handle: Handle) -> CasePapers:
    return await handle.query(TransferCase.papers)


async def test_the_person_hears_in_writing_what_stays_why_and_how_it_moves_later(province: Province) -> None:
    await province.start()
    await province.seed(worker_record())
    handle = await apply(province)
    ended = await handle.result()
    assert (ended.stage, ended.months) == (Stage.CLOSED, 72)
    papers = await papers_of(handle)
    written, notice = papers.written_notice, papers.notice
    assert written is not None
    assert notice is not None
    (stayed,) = written.months
    assert (stayed.first, stayed.last) == (Month(2016, 1), Month(2018, 12))
    assert [one.code for one in written.reasons] == ["stays_for_want_of_papers", "can_be_asked_for_later"]
    assert [(one.kind, one.months) for one in notice.months_apart] == [(MonthKind.ONE_OFF_WITHOUT_PAPERS, 36)]
    assert [one.code for one in notice.why_apart] == ["one_off_stays"]
    (clock,) = (one for one in ended.clocks if one.clock is Clock.WRITTEN_NOTICE)
    assert (clock.owed_by, clock.working_days) == (Party.TRANSFER_OUT, 10)
    assert clock.stopped_at == written.started_at
    async with province.stores[YANBIAN].reading() as session:
        told = await outbox.of_case(session, ended.case_no)
    assert [one.message.event for one in told] == [OutgoingEvent.MONTHS_STAY]
    assert not clock.overdue
    assert is_clean(await province.audit())


async def test_clock_d_runs_from_the_letter_while_nobody_is_in(province: Province) -> None:
    """The transfer-out bureau certifies, and nobody is in when the letter comes."""
    await province.start_platform()
    async with province.worker_at(YANBIAN):
        await province.seed(worker_record())
        handle = await apply(province)
        await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await province.start_bureaus(CHANGCHUN)
    await province.journalled(handle, Event.CONTACT_LETTER_RECEIVED)
    await province.journalled(handle, Event.CLOCK_STARTED, times=3)
    clocks = {one.clock: one for one in (await handle.query(TransferCase.progress)).clocks}
    clock = clocks[Clock.WRITTEN_NOTICE]
    assert (clock.owed_by, clock.working_days, clock.stopped_at) == (Party.TRANSFER_OUT, 10, None)
    assert clock.received_on == clocks[Clock.TRANSFER_OUT].received_on
    assert clock.due_on < clocks[Clock.TRANSFER_OUT].due_on


async def test_what_stayed_moves_later_with_its_papers(province: Province) -> None:
    await province.start()
    await province.seed(worker_record())
    first = await apply(province)
    await first.result()
    without = await (await apply(province, submitted_on=date(2026, 1, 16))).result()
    assert without.stage is Stage.REFUSED
    assert [one.code for one in without.refusals] == ["remainder_without_papers"]
    with_papers = ("identity_document", "one_off_papers")
    later = await apply(province, submitted_on=date(2026, 1, 17), materials=with_papers)
    ended = await later.result()
    assert (ended.stage, ended.months) == (Stage.CLOSED, 36)
    form = (await papers_of(later)).information_forms[-1]
    assert [(one.kind, str(one.first), str(one.last)) for one in form.record] == [
        (MonthKind.ONE_OFF, "2016-01", "2018-12")
    ]
    # 12 % of 36 months on 4,000, without interest.
    assert form.lines.pooled == 36 * 4000_00 * 12 // 100
    assert form.lines.individual == account_of_the_remainder()
    certificate = (await papers_of(first)).certificate
    assert certificate is not None
    # In one account with the other months its interest was rounded with theirs.
    assert abs(form.lines.individual - certificate.balance_apart) <= 1
    assert form.months_apart == ()
    again = await (await apply(province, submitted_on=date(2026, 1, 18), materials=with_papers)).result()
    assert [one.code for one in again.refusals] == ["relationship_ended"]
    assert is_clean(await province.audit())


async def test_papers_handed_in_at_once_move_everything_at_once(province: Province) -> None:
    await province.start()
    await province.seed(worker_record())
    handle = await apply(province, materials=("identity_document", "one_off_papers"))
    ended = await handle.result()
    assert (ended.stage, ended.months) == (Stage.CLOSED, 108)
    papers = await papers_of(handle)
    assert papers.written_notice is None
    assert Clock.WRITTEN_NOTICE not in {one.clock for one in ended.clocks}
    assert papers.information_forms[-1].months_apart == ()
    assert is_clean(await province.audit())
