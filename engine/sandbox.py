"""The SDK's workflow sandbox, changed to find the context of a payload without running code in the sandbox.

To find out which workflow or activity a payload belongs to, SDK 1.35 runs a few lines of source text in the
sandbox, two to four times for each payload, and has Python compile them each time
(`temporalio.worker.workflow_sandbox._runner`). The object that answers is the SDK's own and touches no code
of a workflow, so here it is asked directly; everything else that the SDK runs in the sandbox is compiled
once.
"""

from functools import cache
from types import CodeType
from typing import Any

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox._in_sandbox import InSandbox
from temporalio.worker.workflow_sandbox._runner import _Instance


class PrecompilingRunner(SandboxedWorkflowRunner):
    """Runs workflows in the SDK's sandbox, under the same restrictions."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See the base class."""
        return _Precompiled(det, self.runner_class, self.restrictions)


class _Precompiled(_Instance):
    def _run_code(self, code: Any, **extra_globals: Any) -> None:
        super()._run_code(_compiled(code), **extra_globals)  # type: ignore[arg-type]

    @property
    def _inside(self) -> InSandbox:
        inside: InSandbox = self.globals_and_locals["__temporal_in_sandbox"]  # type: ignore[assignment]
        return inside

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext | None:
        """See the base class."""
        return self._inside.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: CommandInfo | None) -> StorageDriverStoreContext:
        """See the base class."""
        return self._inside.get_external_store_context(command_info)


@cache
def _compiled(code: str) -> CodeType:
    return compile(code, "<sandbox>", "exec")
