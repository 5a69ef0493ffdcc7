"""The diagram of stages in the procedure is the one cases follow; see also the random cases."""

from every_stage import TWICE, steps_of
from staff import amendment, choice, correction, submit, supplement
from stage_diagram import drawn

from models.messages.arrangements import Officers
from models.messages.stages import ENDS, Event, Stage
from province import Province, account, application
from rules.values.moves import Material

FIELD = "base/2020-01..2020-12"


async def test_no_case_takes_a_step_that_is_not_drawn(province: Province) -> None:
    """A case from end to end, with papers that were missing and months paid twice; and one refused."""
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), TWICE)
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice(1))
    refused = await province.apply(application(status="pensioner"))
    assert ((await handle.result()).stage, (await refused.result()).stage) == (Stage.CLOSED, Stage.REFUSED)
    steps = await steps_of(handle) | await steps_of(refused)
    assert len(steps) > 10
    assert steps <= drawn()


async def test_a_request_declined_after_posting_leads_back_to_the_choice(province: Province) -> None:
    await province.start(refund=Officers.STRAIGHT_THROUGH)
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    await province.reached(handle, Stage.AWAITING_CHOICE)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await province.reached(handle, Stage.TO_BE_CORRECTED)
    await submit(handle, amendment({FIELD: None}))
    await province.reached(handle, Stage.AWAITING_CHOICE)
    await submit(handle, choice(1))
    assert (await handle.result()).stage is Stage.CLOSED
    steps = await steps_of(handle)
    assert (Stage.TO_BE_CORRECTED, Stage.AWAITING_CHOICE) in steps
    assert steps <= drawn()


def test_every_stage_is_drawn_and_every_end_is_one() -> None:
    assert {stage for step in drawn() for stage in step} == set(Stage)
    assert {before for before, _ in drawn()} == set(Stage) - ENDS
    assert {before for before, after in drawn() if after in ENDS} == {
        Stage.BEING_CLOSED,
        Stage.TO_BE_REOPENED,
    }
