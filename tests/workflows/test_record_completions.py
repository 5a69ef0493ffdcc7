"""An error of a bureau that shows before the form is completed by it, not refused (第七条第二项)."""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select
from staff import completion, refusal, submit, withdrawal
from stores import lift_protection

from activities.contracts import REGISTER_CONTACT_LETTER
from activities.transfer_out.transfer_out import TransferOutActivities
from desk.client.auditing import is_clean
from desk.client.responsibility import responsibility_of
from models.messages.stages import Event, Party, Stage
from models.messages.steps import LetterDelivery, RegistrationAnswer
from models.store.tables import ContributionRow, PersonRow, RelationshipRow
from province import CHANGCHUN, SIPING, YANBIAN, Handle, Province, account, advance, application
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.values.due_dates import Clock, china_day
from rules.values.moves import InsuredStatus
from rules.values.record import MonthKind
from workflows.transfer_case import TransferCase

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


async def waiting(province: Province, handle: Handle, on: Party) -> None:
    """Wait until the case waits for a bureau to complete its record."""

    async def there() -> bool:
        progress = await handle.query(TransferCase.progress)
        return (progress.stage, progress.waiting_on) == (Stage.RECORD_TO_BE_COMPLETED, on)

    await province.until(there)


async def test_a_wrong_name_at_the_bureau_left_is_completed_and_not_refused(province: Province) -> None:
    await province.start()
    await province.seed(account(name="崔明珠"))
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    asked = await handle.query(TransferCase.progress)
    (clock_a,) = asked.clocks
    assert clock_a.paused_since is not None
    await advance(province.env, handle, timedelta(days=14))
    assert "give it as the record is to have it" in await refusal(handle, completion(OUT))
    assert "Nothing is asked of the transfer-in bureau" in await refusal(handle, completion(IN, "崔明玉"))
    await submit(handle, completion(OUT, "崔明玉"))
    ended = await handle.result()
    assert (ended.stage, ended.refusals) == (Stage.CLOSED, ())
    papers = await handle.query(TransferCase.papers)
    (completed,) = papers.completions
    assert (completed.bureau, completed.name_before, completed.name_after) == (YANBIAN, "崔明珠", "崔明玉")
    assert papers.certificate is not None
    assert papers.certificate.name == "崔明玉"
    charged = await responsibility_of(province.client, ended, ended.until or asked.holdings[0].since)
    assert charged is not None
    days = {share.party: share.working_days for share in charged.ledger.shares}
    asked_on = china_day(asked.holdings[-1].since)
    fortnight = working_days_between(asked_on, asked_on + timedelta(days=14), WorkingCalendar())
    assert days[OUT] >= fortnight - 1, "the fortnight is the bureau's that erred"
    assert not any(clock.overdue for clock in ended.clocks)
    assert is_clean(await province.audit())


async def test_an_incomplete_record_is_completed_in_the_books_and_read_anew(province: Province) -> None:
    """Months that have not been yet stand in the record; the bureau takes them out of its books."""
    await province.start()
    await province.seed(account())
    async with province.stores[YANBIAN].transaction() as session:
        session.add(
            ContributionRow(
                relationship_id=1,
                first="2098-01",
                last="2098-12",
                base=600_000,
                kind=MonthKind.REGULAR,
                origin_bureau=YANBIAN,
            )
        )
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    (ground,) = (await handle.query(TransferCase.progress)).refusals
    assert ground.code == "record_incomplete"
    await submit(handle, completion(OUT))
    await province.journalled(handle, Event.COMPLETION_REQUESTED, times=2)
    await lift_protection(province.stores[YANBIAN])
    async with province.stores[YANBIAN].transaction() as session:
        await session.exec(delete(ContributionRow).where(col(ContributionRow.first) == "2098-01"))
    await submit(handle, completion(OUT))
    assert (await handle.result()).stage is Stage.CLOSED
    assert len((await handle.query(TransferCase.papers)).completions) == 2


async def test_a_wrong_name_at_the_bureau_that_takes_in_is_its_own_to_complete(province: Province) -> None:
    await province.start()
    await province.seed(account(), account(name="崔明珍", scheme="E", bureau=CHANGCHUN, months=[]))
    handle = await province.apply(application())
    await waiting(province, handle, IN)
    (clock_a,) = (await handle.query(TransferCase.progress)).clocks
    assert clock_a.paused_since is None, "who erred is on its own time"
    await submit(handle, completion(IN, "崔明玉"))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_a_bureau_that_confirms_its_record_lets_the_application_be_refused(province: Province) -> None:
    await province.start()
    await province.seed(account(name="崔明珠"))
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    await submit(handle, completion(OUT, reason="户口簿为崔明珠"))
    ended = await handle.result()
    assert ended.stage is Stage.REFUSED
    assert [ground.code for ground in ended.refusals] == ["name_differs"]
    (confirmed,) = (await handle.query(TransferCase.papers)).completions
    assert (confirmed.completed, confirmed.reason) == (False, "户口簿为崔明珠")
    events = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert Event.COMPLETION_DECLINED in events


async def test_both_bureaus_answer_for_their_own_record(province: Province) -> None:
    await province.start()
    await province.seed(
        account(name="崔明珠"), account(name="崔明珍", scheme="E", bureau=CHANGCHUN, months=[])
    )
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    await submit(handle, completion(IN, "崔明玉"))
    await waiting(province, handle, OUT)
    await submit(handle, completion(OUT, "崔明玉"))
    assert (await handle.result()).stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_with_another_ground_beside_the_error_the_application_is_refused_at_once(
    province: Province,
) -> None:
    await province.start()
    await province.seed(account(name="崔明珠"))
    async with province.stores[YANBIAN].transaction() as session:
        (held,) = (await session.exec(select(RelationshipRow))).all()
        held.status = InsuredStatus.PENSIONER
    ended = await (await province.apply(application())).result()
    assert ended.stage is Stage.REFUSED
    assert {ground.code for ground in ended.refusals} == {"name_differs", "pension_drawn"}


async def test_an_error_that_shows_only_with_the_letter_is_completed_too(province: Province) -> None:
    """The name on record is changed between the certificate and the letter."""

    class RenamedMeanwhile(TransferOutActivities):
        @REGISTER_CONTACT_LETTER.implements
        async def register_contact_letter(self, delivery: LetterDelivery) -> RegistrationAnswer:
            if delivery.version == 1:
                await _rename(province, "崔明珠")
            answer: RegistrationAnswer = await TransferOutActivities.register_contact_letter(self, delivery)
            return answer

    desk = RenamedMeanwhile(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, register_contact_letter=desk.register_contact_letter)
    await province.seed(account())
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    (clock_b,) = [
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock is Clock.TRANSFER_OUT
    ]
    assert clock_b.paused_since is None
    await submit(handle, completion(OUT, "崔明玉"))
    assert (await handle.result()).stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_the_applicant_can_still_withdraw_while_a_record_is_completed(province: Province) -> None:
    await province.start()
    await province.seed(account(name="崔明珠"))
    handle = await province.apply(application())
    await waiting(province, handle, OUT)
    await submit(handle, withdrawal())
    assert (await handle.result()).stage is Stage.WITHDRAWN


async def _rename(province: Province, name: str) -> None:
    async with province.stores[YANBIAN].transaction() as session:
        await session.exec(update(PersonRow).where(col(PersonRow.id) == 1).values(name=name))
