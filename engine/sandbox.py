"""The SDK's workflow sandbox, which compiles the text it runs once and not for every payload.

To find out which workflow or activity a payload belongs to, SDK 1.35 runs a few lines of source text in the
sandbox, two to four times for each payload, and has Python compile them each time
(`temporalio.worker.workflow_sandbox._runner`). The lines are always the same.
"""

from functools import cache
from types import CodeType
from typing import Any

from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox._runner import _Instance


class PrecompilingRunner(SandboxedWorkflowRunner):
    """Runs workflows in the SDK's sandbox, under the same restrictions."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See the base class."""
        return _Precompiled(det, self.runner_class, self.restrictions)


class _Precompiled(_Instance):
    def _run_code(self, code: Any, **extra_globals: Any) -> None:
        super()._run_code(_compiled(code), **extra_globals)  # type: ignore[arg-type]


@cache
def _compiled(code: str) -> CodeType:
    return compile(code, "<sandbox>", "exec")
