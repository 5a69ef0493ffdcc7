"""The sandbox runs no code for the context of a payload; an SDK that runs none makes ours needless."""

from typing import Any

import pytest
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions, _runner

import engine.sandbox
from engine.sandbox import PrecompilingRunner
from models.messages.stages import Stage
from province import STRICT, Province, account, application


class Ran:
    """What was run as Python text in the SDK's sandbox, and how often for the context of a payload."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.for_context = 0
        run = _runner._Instance._run_code

        def noting(instance: Any, code: Any, **extra: Any) -> None:
            if isinstance(code, str):
                self.texts.append(code)
            named = code if isinstance(code, str) else code.co_names
            self.for_context += "get_serialization_context" in named
            run(instance, code, **extra)

        monkeypatch.setattr(_runner._Instance, "_run_code", noting)


async def one_case(province: Province, runner: SandboxedWorkflowRunner) -> None:
    province.runner = runner
    await province.start()
    await province.seed(account())
    assert (await (await province.apply(application())).result()).stage is Stage.CLOSED


async def test_the_sdk_runs_text_for_every_payload(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, the SDK has changed: `engine.sandbox` may go."""
    ran = Ran(monkeypatch)
    await one_case(province, SandboxedWorkflowRunner(restrictions=STRICT))
    assert sum("get_serialization_context" in text for text in ran.texts) == ran.for_context > 50


async def test_ours_runs_a_whole_case_without_any_text(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = Ran(monkeypatch)
    engine.sandbox._compiled.cache_clear()
    await one_case(province, PrecompilingRunner(restrictions=STRICT))
    assert ran.texts == []
    assert 0 < engine.sandbox._compiled.cache_info().misses < 20
    assert ran.for_context == 0


def test_the_restrictions_are_those_of_the_sdk() -> None:
    assert PrecompilingRunner() == PrecompilingRunner(restrictions=SandboxRestrictions.default)
    assert PrecompilingRunner().restrictions is SandboxedWorkflowRunner().restrictions
