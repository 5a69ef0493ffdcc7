"""A step that contradicts a bureau's books does not wait for ever: the case says so, and has an owner."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from every_stage import LACKING, LACKING_ZH, cannot_go_on, fails, refuses
from paid_by_bank import end_of
from staff import ruling, submit
from temporalio import activity

import worker
from activities.contracts import REMIT_AND_END_RELATIONSHIP, TAKE_IN, ActivityContract
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.views.duties import owed
from desk.language import Language, choose
from models.messages.arrangements import Officers
from models.messages.stages import Event, Party, Stage
from models.messages.steps import TakeInAnswer, TakeInOrder
from models.officers.verifying import NotVerified
from province import CHANGCHUN, SIPING, YANBIAN, Province, account, advance, application, arranged
from rules.values.orders import Close, Proceed, RestoreRelationship, ReturnFunds
from workflows.faults import CONTRADICTIONS, TIMES
from workflows.transfer_case import TransferCase


def not_verified(step: ActivityContract[Any, Any]) -> Callable[..., Any]:
    """A step whose bureau does not believe the seals that it is given."""

    @activity.defn(name=step.name)
    async def never(_: dict[str, Any]) -> None:
        raise NotVerified("the roster is older than one that was seen here")

    return never


EITHER_WAY = pytest.mark.parametrize(
    "how",
    [
        pytest.param(fails, id="contradicts the books"),
        pytest.param(refuses, id="lacks its papers"),
        pytest.param(not_verified, id="does not believe the seals"),
    ],
)


def test_every_kind_of_contradiction_is_known_by_its_name() -> None:
    """Of all that a worker loads."""
    assert worker.WORKFLOWS
    layers = ("activities", "models", "rules")
    own = {one.__name__ for one in _kinds_of(ValueError) if one.__module__.partition(".")[0] in layers}
    assert own == set(CONTRADICTIONS) - {"ValueError", "ValidationError", "AssertionError", "IntegrityError"}


def _kinds_of(kind: type[Exception]) -> Iterator[type[Exception]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds_of(one)


@EITHER_WAY
async def test_the_case_says_so_and_the_province_owns_it(province: Province, how: Callable[..., Any]) -> None:
    handle = await cannot_go_on(province, how)
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.CANNOT_GO_ON, Party.PROVINCE)
    assert progress.fault is not None
    assert (progress.fault.step, progress.fault.party) == (TAKE_IN.name, Party.TRANSFER_IN)
    assert progress.fault.reason in owed(progress)
    assert progress.holdings[-1].party is Party.PROVINCE, "no bureau is charged for these days"
    await province.listed(handle, f"CaseStage = '{Stage.CANNOT_GO_ON}'")
    report = await province.audit()
    assert "case_cannot_go_on" in {one.code for one in report.findings}
    journal = await handle.query(TransferCase.journal)
    assert [one.event for one in journal].count(Event.CANNOT_GO_ON) == 1


async def test_what_a_bureau_has_refused_is_said_in_both_languages(province: Province) -> None:
    handle = await cannot_go_on(province, refuses)
    progress = await handle.query(TransferCase.progress)
    assert progress.fault is not None
    assert (progress.fault.reason, progress.fault.reason_zh) == (LACKING[:-1], LACKING_ZH[:-1])
    choose(Language.CHINESE)
    assert LACKING_ZH[:-1] in owed(progress)
    journal = await handle.query(TransferCase.journal)
    (asked_for,) = (one for one in journal if one.event is Event.MESSAGE_REFUSED)
    # Asked for again as often as what contradicts the books, then with longer and longer pauses.
    assert asked_for.count == TIMES


@EITHER_WAY
async def test_a_ruling_ends_it(province: Province, how: Callable[..., Any]) -> None:
    handle = await cannot_go_on(province, how)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    assert (await end_of(handle)).stage is Stage.RETURNED


async def test_a_ruling_ends_it_where_no_money_has_left(
    province: Province,
) -> None:
    remit = REMIT_AND_END_RELATIONSHIP
    await province.start_platform(arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, **{remit.name: fails(remit)})
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.CANNOT_GO_ON)
    await submit(handle, ruling([Close()]))
    assert (await end_of(handle)).stage is Stage.ENDED_BY_RULING


async def test_a_ruling_that_meets_the_same_hindrance_is_not_the_end_of_it(province: Province) -> None:
    handle = await cannot_go_on(province)
    await submit(handle, ruling([Proceed()]))
    await province.journalled(handle, Event.CANNOT_GO_ON, times=2)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()], number="裁〔2026〕2号"))
    assert (await end_of(handle)).stage is Stage.RETURNED


class MendedLater(TransferInActivities):
    """Its books contradict the step until somebody has mended them."""

    left = TIMES

    @TAKE_IN.implements
    async def take_in(self, order: TakeInOrder) -> TakeInAnswer:
        if self.left:
            self.left -= 1
            raise ValueError("what is in suspense is not what the form states")
        done: TakeInAnswer = await TransferInActivities.take_in(self, order)
        return done


async def test_a_step_that_somebody_has_mended_is_done(province: Province) -> None:
    desk = MendedLater(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform()
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, take_in=desk.take_in)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.CANNOT_GO_ON)
    await advance(province.env, handle, timedelta(minutes=2))
    assert (await end_of(handle)).stage is Stage.CLOSED
    await province.journalled(handle, Event.GOES_ON_AGAIN)
