"""The SDK's workflow sandbox, which finds out once and not for every payload what a payload belongs to.

To find out which workflow or activity a payload belongs to, SDK 1.35 runs a few lines of source text in the
sandbox, two to four times for each payload, and has Python compile them each time
(`temporalio.worker.workflow_sandbox._runner`). The lines are always the same, and so is the answer until
the workflow's code runs again.
"""

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox._runner import _Instance


class PrecompilingRunner(SandboxedWorkflowRunner):
    """Runs workflows in the SDK's sandbox, under the same restrictions."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See the base class."""
        return _Precompiled(det, self.runner_class, self.restrictions)


class _Precompiled(_Instance):
    def __init__(self, *arguments: Any) -> None:
        self._found: dict[tuple[Callable[..., Any], CommandInfo | None], Any] = {}
        super().__init__(*arguments)

    def _run_code(self, code: Any, **extra_globals: Any) -> None:
        super()._run_code(_compiled(code), **extra_globals)  # type: ignore[arg-type]

    def activate(self, act: Any) -> Any:
        """See the base class. What the code does next may change what was found."""
        self._found.clear()
        return super().activate(act)

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext | None:
        """See the base class."""
        found: SerializationContext | None = self._once(super().get_serialization_context, command_info)
        return found

    def get_external_store_context(self, command_info: CommandInfo | None) -> StorageDriverStoreContext:
        """See the base class."""
        found: StorageDriverStoreContext = self._once(super().get_external_store_context, command_info)
        return found

    def _once(self, find: Callable[..., Any], command: CommandInfo | None) -> Any:
        asked = (find, command)
        if asked not in self._found:
            self._found[asked] = find(command)
        return self._found[asked]


@cache
def _compiled(code: str) -> CodeType:
    return compile(code, "<sandbox>", "exec")
