"""A missing paper is cured without starting again; a ground of refusal is not (第六条)."""

from staff import refusal, submit, supplement, withdrawal

from models.messages.stages import Event, Party, Stage
from province import Province, account, application
from rules.values.due_dates import Clock
from rules.values.moves import Material
from workflows.transfer_case import TransferCase


async def test_a_missing_paper_is_handed_in_and_the_case_goes_on(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.AWAITING_MATERIALS, Party.APPLICANT)
    assert {paper.code for paper in progress.missing} == {"application_form", "posting_document"}
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    (clock_a, *_) = ended.clocks
    assert clock_a.clock == Clock.REVIEW


async def test_what_is_still_missing_is_asked_for_again(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await submit(handle, supplement(Material.APPLICATION_FORM))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR, times=2)
    progress = await handle.query(TransferCase.progress)
    assert {paper.code for paper in progress.missing} == {"posting_document"}
    await submit(handle, withdrawal())
    withdrawn = await handle.result()
    assert (withdrawn.stage, withdrawn.missing) == (Stage.WITHDRAWN, ()), (
        "of whoever withdrew none is missing"
    )


async def test_with_a_ground_of_refusal_nothing_is_asked_for(province: Province) -> None:
    """The person is not sent for papers that cannot help."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",), status="pensioner"))
    ended = await handle.result()
    assert ended.stage is Stage.REFUSED
    assert ended.missing == ()


async def test_papers_nobody_asked_for_are_refused(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    by_the_wrong_party = supplement(Material.APPLICATION_FORM).model_copy(update={"by": Party.TRANSFER_OUT})
    assert "for the transfer-in bureau to do" in await refusal(handle, by_the_wrong_party)
