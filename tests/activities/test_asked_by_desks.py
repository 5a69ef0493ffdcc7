"""What a desk may ask a worker for by itself: what its commands and pages ask, and nothing else."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities import contracts
from activities.asked_by_desks import FOR_DESKS, FOR_THE_PROVINCE, AskedByDesks
from activities.contracts import NOT_FOR_DESKS, ActivityContract
from activities.recovery.recovery import ENTERED_BY_DESKS

DESK = Path(__file__).parent.parent.parent / "desk"
EVERY_STEP = sorted(one.name for one in vars(contracts).values() if isinstance(one, ActivityContract))
ASKING = "client/worker_answers.py"
"""The one module of the desk that asks a worker."""


class Step(ActivityInboundInterceptor):
    """A step that is done as soon as it is reached."""

    def __init__(self) -> None:
        self.done = False

    async def execute_activity(self, input: ExecuteActivityInput) -> str:
        self.done = True
        return "done"


async def asked(step: str, workflow: str | None, of_the_province: bool = True) -> Step:
    """A step of this name as it was asked for by a workflow, or by none. Raises what it is refused with."""
    reached, environment = Step(), ActivityEnvironment()
    environment.info = replace(environment.info, activity_type=step, workflow_id=workflow)
    order = ExecuteActivityInput(fn=lambda: None, args=(), executor=None, headers={})
    try:
        asking = AskedByDesks(lambda: of_the_province).intercept_activity(reached)
        await environment.run(asking.execute_activity, order)
    except ApplicationError as refused:
        assert not reached.done
        raise refused
    return reached


@pytest.mark.parametrize("step", EVERY_STEP)
async def test_a_workflow_is_refused_no_step(step: str) -> None:
    assert (await asked(step, "case-220100-20260115-AAAAAAAA", of_the_province=False)).done


@pytest.mark.parametrize("step", sorted(FOR_DESKS))
async def test_a_desk_is_answered_what_it_may_ask(step: str) -> None:
    assert (await asked(step, None)).done


@pytest.mark.parametrize("workflow", ["", None])
@pytest.mark.parametrize("step", sorted(set(EVERY_STEP) - FOR_DESKS))
async def test_a_desk_is_refused_everything_else_in_both_languages_and_for_good(
    step: str, workflow: str | None
) -> None:
    with pytest.raises(ApplicationError) as refused:
        await asked(step, workflow)
    assert (refused.value.type, refused.value.non_retryable) == (NOT_FOR_DESKS, True)
    en, (zh,) = refused.value.message, refused.value.details
    assert step in en
    assert step in zh


@pytest.mark.parametrize("step", sorted(FOR_DESKS))
async def test_the_platform_tells_the_desk_of_the_province_from_others(step: str) -> None:
    if step not in FOR_THE_PROVINCE:
        assert (await asked(step, None, of_the_province=False)).done
        return
    with pytest.raises(ApplicationError, match="for the province's desk alone") as refused:
        await asked(step, None, of_the_province=False)
    assert (refused.value.type, refused.value.non_retryable) == (NOT_FOR_DESKS, True)
    assert "省级经办机构" in refused.value.details[0]


def imported(node: ast.AST) -> Iterator[str]:
    """What a statement of the desk takes from the contracts; the whole module under its own name."""
    match node:
        case ast.ImportFrom(module="activities.contracts"):
            yield from (one.name for one in node.names)
        case ast.ImportFrom(module="activities"):
            yield from (f"activities.{one.name}" for one in node.names)
        case ast.Import():
            yield from (one.name for one in node.names if one.name.startswith("activities"))


def test_the_desk_asks_for_exactly_the_steps_that_are_marked_for_it() -> None:
    named: set[str] = set()
    asking: set[str] = set()
    for path in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named.update(imported(node))
            if isinstance(node, ast.Attribute) and node.attr in ("execute_activity", "start_activity"):
                asking.add(str(path.relative_to(DESK)))
    assert asking == {ASKING}
    # Each by its name: the module itself would hide which steps are asked for.
    assert not {one for one in named if one.startswith("activities")}
    steps = [value for name in named if isinstance(value := getattr(contracts, name), ActivityContract)]
    assert {one.name for one in steps} == FOR_DESKS


def test_what_recovery_does_again_of_desks_is_for_desks() -> None:
    assert ENTERED_BY_DESKS <= FOR_DESKS
