"""Linking with the resident scheme (第八条): the four directions as whole cases, and who is sent away."""

from datetime import date

import pytest
from case_proofs import held, prove
from every_stage import started_again
from linking import FARMER, asks, employed, farmed, id_number
from staff import approval, choice, refusal, reopening, submit, supplement

from desk.client.auditing import is_clean
from models.contacts.bureaus import OfficeData
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.arrangements import Officers
from models.messages.progress import Progress
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.store.ledger import individual_account
from models.store.records import months_here, person_of, relationship_of
from province import CHANGCHUN, SIPING, YANBIAN, Handle, Province, application
from rules.values.money import fen_from_yuan
from rules.values.moves import Material, Scheme
from workflows.transfer_case import TransferCase


async def refunded_without_a_choice(province: Province, handle: Handle) -> Progress:
    """The end of a case in which months were paid twice and no scheme has to be chosen."""

    async def offered_or_ended() -> bool:
        progress = await handle.query(TransferCase.progress)
        assert not progress.refusals
        return progress.stage is Stage.AWAITING_CHOICE

    await province.until(offered_or_ended)
    await province.journalled(handle, Event.CHOICE_OFFERED)
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    assert offer.open_periods == 0
    await submit(handle, choice())
    return await handle.result()


FIFTEEN_YEARS = ("2008-01", "2022-12")
PILOT = {"kind": "pilot", "from": "2008-01", "to": "2014-09", "base": "3000.00"}


async def in_account(province: Province, bureau: str, scheme: Scheme, number: str = FARMER) -> int:
    async with province.stores[bureau].transaction() as session:
        found = await relationship_of(session, number, scheme)
        assert found is not None
        assert found.id is not None
        return await individual_account(session, found.id)


async def months_at(province: Province, bureau: str, number: str = FARMER) -> int:
    async with province.stores[bureau].transaction() as session:
        person = await person_of(session, number)
        assert person is not None
        assert person.id is not None
        return len(await months_here(session, person.id))


@pytest.mark.parametrize("joined", ["E", "G"])
async def test_a_resident_with_enough_years_joins_the_employee_scheme(
    province: Province, joined: str
) -> None:
    """The whole balance joins, no pooled money, no years; four months of 2023 are refunded."""
    worked = employed("E", FIFTEEN_YEARS, ("2023-09", "2023-12"))
    if joined == "G":
        taught = employed("G", ("2014-10", "2022-12"), ("2023-09", "2023-12"))
        months = [PILOT, *taught.model_dump(mode="json", by_alias=True)["months"]]
        worked = HistoryFile.model_validate(
            {**taught.model_dump(mode="json", by_alias=True), "months": months}
        )
    await province.start(refund=Officers.ONE_OFFICER)
    await province.seed(farmed(), worked)
    before = await held(province)
    there = await in_account(province, CHANGCHUN, Scheme(joined))
    handle = await province.apply(asks("R", joined))
    ended = await refunded_without_a_choice(province, handle)
    assert (ended.stage, ended.months) == (Stage.CLOSED, 0)
    assert {str(clock.law) for clock in ended.clocks} == {
        f"人社部发〔2014〕17号第九条第（{item}）项" for item in "二三四"
    }
    assert (ended.individual, ended.pooled) == (fen_from_yuan("5000.00"), 0)
    assert ended.refunded == fen_from_yuan("480.00")
    assert await in_account(province, CHANGCHUN, Scheme(joined)) == there + fen_from_yuan("4520.00")
    assert await in_account(province, YANBIAN, Scheme.RESIDENT) == 0
    assert is_clean(await province.audit())
    await prove(province, before, handle)


@pytest.mark.parametrize("left", ["E", "G"])
async def test_without_enough_years_the_whole_employee_account_joins_the_residents(
    province: Province, left: str
) -> None:
    """The whole account joins, no pooled money, and the years add up, each month once."""
    await province.start(refund=Officers.ONE_OFFICER)
    await province.seed(farmed(), employed(left, ("2015-01", "2019-12"), ("2023-09", "2023-12")))
    before = await held(province)
    whole = await in_account(province, CHANGCHUN, Scheme(left))
    handle = await province.apply(asks(left, "R"))
    ended = await refunded_without_a_choice(province, handle)
    assert (ended.stage, ended.individual, ended.pooled) == (Stage.CLOSED, whole, 0)
    assert ended.months == 64
    assert ended.refunded == fen_from_yuan("480.00")
    assert await in_account(province, YANBIAN, Scheme.RESIDENT) == whole + fen_from_yuan("4520.00")
    assert await months_at(province, YANBIAN) == 24 - 4 + 64
    assert is_clean(await province.audit())
    await prove(province, before, handle)


SERVED = {"from": "2006-07", "to": "2014-12", "place": YANBIAN}
"""102 months of which three were paid as well."""


async def test_a_teacher_with_recognised_service_joins_the_employee_scheme_and_does_not_leave_it(
    province: Province,
) -> None:
    """81 months paid and 99 recognised besides are fifteen years; of a shorter record certificate and notice
    say how many are recognised."""
    short = id_number(21)
    await province.start()
    await province.seed(
        *(farmed(number, years=(2024,)) for number in (FARMER, short)),
        taught("2021-06", FARMER),
        taught("2021-05", short),
    )
    (wrong_way,) = (await (await province.apply(asks("G", "R"))).result()).refusals
    assert wrong_way.code == "enough_employee_years"
    assert "180 个月（其中视同缴费 99 个月）" in wrong_way.zh
    ended = await (await province.apply(asks("R", "G"))).result()
    assert (ended.stage, ended.individual) == (Stage.CLOSED, fen_from_yuan("5000.00"))
    (too_few,) = (await (await province.apply(asks("R", "G", short))).result()).refusals
    assert too_few.code == "too_few_employee_years"
    assert "179 个月（其中视同缴费 99 个月）" in too_few.zh
    handle = await province.apply(asks("G", "R", short))
    assert (await handle.result()).stage is Stage.CLOSED
    papers = await handle.query(TransferCase.papers)
    assert papers.certificate is not None
    assert papers.notice is not None
    assert (papers.certificate.months_paid, papers.certificate.recognised_months) == (80, 99)
    assert (papers.notice.months, papers.notice.recognised_months) == (80, 99)
    assert is_clean(await province.audit())


def taught(until: str, number: str) -> HistoryFile:
    """A record of the government scheme since the reform, with recognised service before it."""
    person = {"name": "金顺吉", "id_number": number, "recognised_service": [SERVED]}
    return employed("G", ("2014-10", until), number=number, person=person)


async def test_a_bureau_takes_no_scheme_in_that_its_office_does_not_handle(province: Province) -> None:
    province.offices[YANBIAN] = OfficeData(schemes=frozenset({Scheme.GOVERNMENT, Scheme.ENTERPRISE}))
    await province.start()
    await province.seed(farmed(), employed("E", ("2015-01", "2019-12")))
    assert await refusals(province, asks("E", "R")) == ["scheme_not_handled"]
    assert await refusals(province, asks("R", "E")) == ["too_few_employee_years", "scheme_not_handled"]


async def refusals(province: Province, asked: TransferApplication) -> list[str]:
    ended = await (await province.apply(asked)).result()
    assert ended.stage is Stage.REFUSED
    return [one.code for one in ended.refusals]


async def test_who_asks_too_soon_or_the_wrong_way_is_told_what_is_possible_and_when(
    province: Province,
) -> None:
    few, enough, two = (id_number(serial) for serial in (13, 15, 17))
    young = id_number(19, "19800601")
    await province.start()
    await province.seed(
        *(farmed(number) for number in (few, enough, two, young)),
        *(employed("E", ("2010-01", "2022-12"), number=number) for number in (few, young)),
        employed("E", FIFTEEN_YEARS, number=enough),
        employed("E", FIFTEEN_YEARS, number=two),
        employed("G", ("2023-01", "2023-12"), number=two),
    )
    assert await refusals(province, asks("R", "E", few)) == ["too_few_employee_years"]
    assert await refusals(province, asks("E", "R", enough)) == ["enough_employee_years"]
    assert await refusals(province, asks("R", "E", two)) == ["employee_relationships_not_gathered"]
    assert await refusals(province, asks("R", "E", young)) == ["before_retirement_age"]
    assert await refusals(province, asks("R", "E", few, status="pensioner")) == [
        *("already_a_pensioner", "too_few_employee_years")
    ]


def posted(left: str, joined: str) -> TransferApplication:
    """An application that moves the employee relationship between Siping, in G, and Changchun, in E."""
    into = {"E": CHANGCHUN, "G": SIPING}[joined]
    return asks(
        *(left, joined),
        bureau_out=SIPING if joined == "E" else CHANGCHUN,
        bureau_in=into,
        reason="posting",
        new_employer="北方软件学院",
        employer_bureau=into,
        materials=application().materials,
    )


async def test_years_that_come_in_after_the_certificate_turn_the_direction_before_the_form(
    province: Province,
) -> None:
    """With five years the certificate is issued; while a paper is missing, ten more are gathered."""
    await province.start()
    await province.seed(
        employed("E", ("2005-01", "2009-12")), employed("G", ("2014-10", "2024-12"), bureau=SIPING)
    )
    handle = await province.apply(asks("E", "R", materials=("identity_document",)))
    await province.journalled(handle, Event.CERTIFICATE_ISSUED)
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    gathered = await (await province.apply(posted("G", "E"))).result()
    assert gathered.stage is Stage.CLOSED
    held_before = await in_account(province, CHANGCHUN, Scheme.ENTERPRISE)
    await submit(handle, supplement(Material.LINKING_FORM))
    ended = await handle.result()
    assert ended.stage is Stage.REFUSED
    (ground,) = ended.refusals
    assert ground.code == "enough_employee_years"
    assert "183 个月" in ground.zh
    assert await in_account(province, CHANGCHUN, Scheme.ENTERPRISE) == held_before
    assert is_clean(await province.audit())


async def test_from_the_letter_to_the_end_no_case_takes_away_the_years_that_linking_rests_on(
    province: Province,
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(
        farmed(),
        employed("E", ("2004-01", "2013-12")),
        employed("G", ("2014-10", "2020-12"), bureau=SIPING),
    )
    gathering = await province.apply(posted("G", "E"))
    await province.awaiting(gathering, Approvable.RELEASE_OF_FUNDS)
    await submit(gathering, approval(Approvable.RELEASE_OF_FUNDS))
    assert (await gathering.result()).stage is Stage.CLOSED
    handle = await province.apply(asks("R", "E", submitted_on=date(2026, 1, 16)))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    linking = province.opened[-1]
    assert await refusals(province, posted("E", "G")) == ["transfer_under_way"]
    again = await started_again(province, gathering)
    wrong = ("base/2015-01..2015-12", "4000.00", "4100.00")
    assert f"Case {linking} is transferring the relationship" in await refusal(again, reopening(wrong))
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    assert (await handle.result()).stage is Stage.CLOSED
    assert is_clean(await province.audit())


async def test_an_open_case_between_the_employee_schemes_goes_first(province: Province) -> None:
    """It is named, and once it has closed linking is possible with the months of both."""
    await province.start(refund=Officers.ONE_OFFICER)
    await province.seed(
        farmed(years=(2024,)),
        employed("E", ("2008-01", "2021-12")),
        employed("G", ("2021-11", "2023-12"), bureau=SIPING),
    )
    gathering = await province.apply(posted("G", "E"))
    await province.journalled(gathering, Event.CHOICE_OFFERED)
    too_early = await (await province.apply(asks("R", "E"))).result()
    (ground,) = too_early.refusals
    assert ground.code == "employee_transfer_under_way"
    assert province.opened[0] in ground.cure_zh
    await submit(gathering, choice(1))
    assert (await gathering.result()).stage is Stage.CLOSED
    ended = await (await province.apply(asks("R", "E", submitted_on=date(2026, 1, 16)))).result()
    assert (ended.stage, ended.individual) == (Stage.CLOSED, fen_from_yuan("5000.00"))
    assert is_clean(await province.audit())
