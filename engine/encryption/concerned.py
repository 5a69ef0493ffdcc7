"""Which bureaus a case concerns, by what the parties themselves have written.

Whoever reaches the engine can start a workflow under the number of any case and have it listed as they like,
so nothing that the engine says of a case is believed. The transfer-in bureau is a part of the case number,
which is authenticated with every payload; the transfer-out bureau stands in the order that opened the case.
"""

from collections.abc import Awaitable, Callable, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.encryption.codec import NotForHere, Place, Sealed
from engine.encryption.keys import PLATFORM, PROVINCE, KeyRing, desk_party
from models.messages.steps import CaseOrder
from workflows.identifiers import case_no_of, case_workflow_id

CONCERNED_AT_MOST = 100_000
"""Cases whose bureaus are remembered."""

Concerned = Callable[[str], Awaitable[frozenset[str]]]
"""The bureaus that a workflow concerns."""


def concerned_by(client: Client, ring: KeyRing) -> Concerned:
    """The bureaus of a case, none of any other workflow. They stay the same for the life of a case."""
    known: dict[str, frozenset[str]] = {}

    async def bureaus(workflow: str) -> frozenset[str]:
        if workflow in known or not workflow.startswith(case_workflow_id("")):
            return known.get(workflow, frozenset())
        if (order := await _opened_by(client, ring, workflow)) is None:
            return frozenset({_bureau_in(workflow)})
        if len(known) >= CONCERNED_AT_MOST:
            known.clear()
        known[workflow] = frozenset({_bureau_in(workflow), order.application.bureau_out})
        return known[workflow]

    return bureaus


def _bureau_in(workflow: str) -> str:
    return case_no_of(workflow).partition("-")[0]


async def _opened_by(client: Client, ring: KeyRing, workflow: str) -> CaseOrder | None:
    """The order that started the latest run of a case, or else the first run that has led to it."""
    if (latest := await _start_of(client, workflow)) is None:
        return None
    if order := _believed(ring, workflow, latest.input.payloads):
        return order
    first = await _start_of(client, workflow, latest.first_execution_run_id)
    return _believed(ring, workflow, first.input.payloads) if first else None


async def _start_of(
    client: Client, workflow: str, run: str | None = None
) -> WorkflowExecutionStartedEventAttributes | None:
    """How a run was started, the latest where none is named; None where the engine does not have it."""
    history = client.get_workflow_handle(workflow, run_id=run).fetch_history_events(page_size=1)
    try:
        return (await anext(history)).workflow_execution_started_event_attributes
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


def _believed(ring: KeyRing, workflow: str, payloads: Sequence[Payload]) -> CaseOrder | None:
    """The order that opens this very case, by the word of its transfer-in bureau or the province; else None.

    What a run hands over to the next the platform writes, but says in it what it was told by whoever started
    the first.
    """
    try:
        (payload,) = payloads
        sealed = Sealed.of(payload)
        opened = sealed.opened(ring)
        # Under a key that they have, anybody can name another as the writer.
        if opened is None or sealed.relation != sealed.writer or sealed.place != Place(workflow, "", ""):
            return None
        order = CaseOrder.model_validate_json(opened.data)
    except (NotForHere, ValueError):
        return None
    bureau_in = _bureau_in(workflow)
    is_of_the_case = (case_workflow_id(order.case_no), order.application.bureau_in) == (workflow, bureau_in)
    may_say = sealed.writer in (desk_party(bureau_in), desk_party(PROVINCE), PLATFORM)
    return order if is_of_the_case and may_say and not order.handed_over else None
