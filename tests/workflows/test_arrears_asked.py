"""Arrears (欠费): the applicant is asked once, pays or waives, and reads of it on every paper."""

from datetime import timedelta

from staff import Handle, arrears_paid, refusal, submit, supplement

from desk.client.auditing import is_clean
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CasePapers
from province import Province, account, advance, application
from rules.values.moves import Material
from rules.values.record import MonthKind
from workflows.transfer_case import TransferCase

MONTHS = [
    {"from": "2019-07", "to": "2019-12", "base": "5000.00", "kind": "arrears"},
    {"from": "2020-01", "to": "2025-12", "base": "6000.00"},
]


async def asked(province: Province, **changes: object) -> Handle:
    """A case that waits for the applicant's word on six months in arrears."""
    await province.start()
    await province.seed(
        account().model_validate(account().model_dump(mode="json", by_alias=True) | {"months": MONTHS})
    )
    handle = await province.apply(application(**changes))

    async def waits() -> bool:
        return (await handle.query(TransferCase.progress)).stage is Stage.AWAITING_MATERIALS

    await province.until(waits)
    return handle


async def papers_of(handle: Handle) -> CasePapers:
    return await handle.query(TransferCase.papers)


async def test_the_applicant_is_asked_once_and_the_clock_stands_still(province: Province) -> None:
    handle = await asked(province)
    progress = await handle.query(TransferCase.progress)
    assert [one.code for one in progress.missing] == ["arrears_waiver"]
    assert "6 个月" in progress.missing[0].zh
    assert progress.waiting_on is Party.APPLICANT
    assert progress.clocks[0].paused_since is not None
    journal = await handle.query(TransferCase.journal)
    (paused,) = (one for one in journal if one.event is Event.CLOCK_PAUSED)
    assert paused.detail_zh == "欠费待补缴或放弃补缴"
    assert [one.event for one in journal].count(Event.MATERIALS_ASKED_FOR) == 1


async def test_whoever_lacks_other_papers_too_is_asked_for_everything_at_once(province: Province) -> None:
    handle = await asked(province, materials=("identity_document",))
    progress = await handle.query(TransferCase.progress)
    assert [one.code for one in progress.missing] == [
        "application_form",
        "posting_document",
        "arrears_waiver",
    ]


async def test_who_waives_moves_without_the_months_and_every_paper_says_so(province: Province) -> None:
    handle = await asked(province)
    await advance(province.env, handle, timedelta(days=20))
    await submit(handle, supplement(Material.ARREARS_WAIVER))
    ended = await handle.result()
    assert (ended.stage, ended.months) == (Stage.CLOSED, 72)
    papers = await papers_of(handle)
    form, notice, certificate = papers.information_forms[-1], papers.notice, papers.certificate
    assert certificate is not None
    assert notice is not None
    for paper in (certificate, form, notice):
        assert [(one.kind, one.months) for one in paper.months_apart] == [(MonthKind.ARREARS, 6)]
    assert form.arrears_waived
    assert notice.arrears_waived
    assert is_clean(await province.audit())


async def test_who_pays_moves_with_the_months_and_the_certificate_is_issued_again(province: Province) -> None:
    handle = await asked(province)
    await submit(handle, arrears_paid("2019-07", "2019-12"))
    ended = await handle.result()
    assert (ended.stage, ended.months) == (Stage.CLOSED, 78)
    papers = await papers_of(handle)
    (payment,) = papers.arrears_payments
    assert (payment.personal, payment.unit) == (6 * 400_00, 6 * 800_00)
    assert papers.certificate is not None
    assert (papers.certificate.version, papers.certificate.arrears) == (2, ())
    form = papers.information_forms[-1]
    # 12 % of 6 × 5,000 and 72 × 6,000.
    assert (form.lines.pooled, form.months_apart, form.arrears_waived) == (3600_00 + 51_840_00, (), False)
    assert is_clean(await province.audit())


async def test_who_pays_a_part_is_asked_about_the_rest(province: Province) -> None:
    handle = await asked(province)
    await submit(handle, arrears_paid("2019-07", "2019-08"))

    async def asked_again() -> bool:
        progress = await handle.query(TransferCase.progress)
        return progress.stage is Stage.AWAITING_MATERIALS and "4 个月" in progress.missing[0].zh

    await province.until(asked_again)
    await submit(handle, supplement(Material.ARREARS_WAIVER))
    assert (await handle.result()).months == 74
    assert is_clean(await province.audit())


async def test_months_that_are_not_owed_cannot_be_entered_as_paid(province: Province) -> None:
    handle = await asked(province)
    said = await refusal(handle, arrears_paid("2019-07", "2020-01"))
    assert "owed are: 2019-07..2019-12" in said


async def test_where_the_unit_alone_owes_nobody_is_asked(province: Province) -> None:
    await province.start()
    unit_owes = [{**MONTHS[0], "kind": "unit_arrears"}, MONTHS[1]]
    await province.seed(
        account().model_validate(account().model_dump(mode="json", by_alias=True) | {"months": unit_owes})
    )
    handle = await province.apply(application())
    assert (await handle.result()).months == 78
    papers = await papers_of(handle)
    assert papers.certificate is not None
    (owed,) = papers.certificate.arrears
    assert (owed.personal, owed.unit) == (0, 6 * 800_00)
    assert "unit_arrears_move" in {one.code for one in papers.information_forms[-1].findings}


async def test_a_leaver_by_the_former_employers_form_is_asked_as_well(province: Province) -> None:
    handle = await asked(
        province,
        reason="resigned",
        entry="former_employers_form",
        registered_home="220102",
        materials=("former_employers_form", "departure_document"),
    )
    await submit(handle, supplement(Material.ARREARS_WAIVER))
    assert (await handle.result()).months == 72
    assert (await papers_of(handle)).information_forms[-1].arrears_waived
