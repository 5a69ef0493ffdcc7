"""How a workflow refuses an update: a failure that names its reason in both languages and is final."""

from collections.abc import Iterable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from rules.values.law import Finding


def update_refused(en: str, zh: str) -> ApplicationError:
    """The refusal of an update, to be raised."""
    return ApplicationError(en, zh, type="Refused", non_retryable=True)


def update_refused_for(findings: Iterable[Finding]) -> ApplicationError:
    """The refusal with every reason that a rule has found."""
    found = tuple(findings)
    return update_refused(" ".join(one.en for one in found), "".join(one.zh for one in found))
