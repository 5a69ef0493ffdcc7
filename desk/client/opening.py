"""Opening cases at the engine: one workflow per application, however often it is handed in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import count

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from desk.client.asking import SUBMISSION, how_broken_off, how_refused, is_withdrawn, opened_by, submission
from desk.client.case_numbers import case_number, linked_numbers, person_key
from desk.language import Words
from desk.officers.accepting import accept, accept_lists, require_right_to_accept
from desk.words import day
from models.messages.application import TransferApplication
from models.messages.progress import Progress
from models.messages.stages import Party, Stage
from models.messages.steps import CaseOrder
from models.officers.orders import OfficersOrder
from models.officers.rosters import RosterChange
from models.officers.seals import digest_of
from workflows.identifiers import (
    BUREAU_IN,
    BUREAU_OUT,
    FLAGS,
    OVERDUE,
    PERSON_KEY,
    PLATFORM_QUEUE,
    STAGE,
    WAITING_ON,
    Flag,
    case_workflow_id,
)
from workflows.transfer_case import TransferCase

AT_ONCE = 20
"""How many cases are opened at the same time; a development server on two cores gains nothing from more."""


WITHDRAWN_BEFORE = Words(
    "exists already and was withdrawn; who applies again does so by an application of that day",
    "已存在，且已撤回；再次申请的，请另行填写申请，申请日期为再次申请之日",
)
"""What to do with an application whose case the applicant has withdrawn."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case number, and whether this call opened the case or found it open or closed already.

    `linked` are the cases opened with it, one for each other earlier place. `refused` is how the application
    was refused before: in this case, or in the one that it is decided anew after. `broken_off` says how a
    case that exists was ended from outside, None where it was not. `repeated` says that the case was opened
    by the same page with the same application, which was sent once more; `withdrawn`, that the applicant
    has taken back the one that exists.
    """

    case_no: str
    new: bool
    linked: tuple[str, ...] = ()
    refused: Progress | None = None
    broken_off: str | None = None
    repeated: bool = False
    withdrawn: bool = False

    def decided_anew(self) -> Words | None:
        """How the application was refused before, if this call has handed it in again; else None."""
        if not self.new or (before := self.refused) is None:
            return None
        on = day(before.until) if before.until else ""
        return Words(
            f"{before.case_no} was refused on {on}; the application is decided anew as {self.case_no}.",
            f"{before.case_no} 已于 {on} 不予受理；本次申请重新办理，案号 {self.case_no}。",
        )


async def open_case(
    client: Client,
    application: TransferApplication,
    secret: bytes,
    linked: tuple[str, ...] = (),
    anew: bool = False,
    officer: str = "",
    accepted: OfficersOrder | None = None,
    roster: tuple[RosterChange, ...] = (),
    once: str = "",
) -> Opened:
    """Open the case of an application, or find it.

    With `anew` an application that was refused is decided anew, as by `order_anew`, linked to the first.
    `accepted` is the officer's sealed order, where the application is one of a list or was sealed by a
    passkey; else it is sealed here. `roster` is by what the transfer-out bureau verifies it: without it, it
    is verified after the first review. Raises BadInput when this desk has no key of the officer.
    """
    order, refused = CaseOrder(case_no=case_number(application, secret), application=application), None
    if anew:
        order, refused = await order_anew(client, order, once)
    if accepted is None or digest_of(order.form_accepted()) not in accepted.items:
        accepted = accept(client, [order], officer)
    order = order.model_copy(update={"linked": linked, "accepted": accepted, "roster": roster})
    if await _start(client, order, secret, once=once):
        return Opened(order.case_no, new=True, linked=linked, refused=refused)
    refused, how = await how_refused(client, order.case_no), await how_broken_off(client, order.case_no)
    repeated, withdrawn = await opened_by(client, order, once), await is_withdrawn(client, order.case_no)
    return Opened(order.case_no, False, linked, refused, how, repeated, withdrawn)


async def order_anew(client: Client, order: CaseOrder, once: str = "") -> tuple[CaseOrder, Progress | None]:
    """The order under the number by which the application is decided, a further one where it was refused in
    a case that the page of the id `once` has not opened; and how it was refused before, None where not."""
    first, refused = order.case_no, None
    for number in count(2):
        ended = await how_refused(client, order.case_no)
        if ended is None or await opened_by(client, order, once):
            break
        refused = ended
        order = order.model_copy(update={"case_no": f"{first}-{number}", "anew_after": order.case_no})
    return order, refused


async def start_again(client: Client, order: CaseOrder, secret: bytes) -> None:
    """Start the workflow of a closed case once more, under its number; nothing when it runs."""
    await _start(client, order, secret, WorkflowIDReusePolicy.ALLOW_DUPLICATE)


async def _start(
    client: Client,
    order: CaseOrder,
    secret: bytes,
    reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.REJECT_DUPLICATE,
    once: str = "",
) -> bool:
    """Start the workflow of a case; False when there is one of this number already."""
    application = order.application
    attributes = TypedSearchAttributes(
        [
            SearchAttributePair(BUREAU_IN, application.bureau_in),
            SearchAttributePair(BUREAU_OUT, application.bureau_out),
            SearchAttributePair(STAGE, Stage.APPLICATION_RECEIVED),
            SearchAttributePair(WAITING_ON, Party.TRANSFER_IN),
            SearchAttributePair(OVERDUE, False),
            SearchAttributePair(PERSON_KEY, person_key(application.id_number, secret)),
            *([SearchAttributePair(FLAGS, [Flag.REOPENED.value])] if order.reopened else []),
        ]
    )
    try:
        await client.start_workflow(
            TransferCase.run,
            order,
            id=case_workflow_id(order.case_no),
            task_queue=PLATFORM_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=reuse,
            memo={SUBMISSION: submission(order, once)} if once else None,
            search_attributes=attributes,
            static_summary=f"{application.scheme_from} {application.bureau_out} → "
            f"{application.scheme_to} {application.bureau_in}",
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def open_cases(
    client: Client,
    applications: Sequence[TransferApplication],
    secret: bytes,
    anew: bool = False,
    officer: str = "",
    accepted: OfficersOrder | None = None,
    once: str = "",
) -> AsyncIterator[Opened]:
    """Open many cases, some at a time; yields each in the order of the file. All else is as for one.

    Raises MayNotAccept, and opens none, where a transfer-in bureau says so of the officer.
    """
    rosters = await require_right_to_accept(client, applications, secret, officer, accepted)
    linked = linked_numbers(applications, secret)
    for start in range(0, len(applications), AT_ONCE):
        batch = slice(start, start + AT_ONCE)
        sealed = accept_lists(client, applications[batch], secret, officer, accepted)
        opening = (
            open_case(
                client, one, secret, also, anew, officer, sealed[one.bureau_in], rosters[one.bureau_in], once
            )
            for one, also in zip(applications[batch], linked[batch], strict=True)
        )
        for opened in await asyncio.gather(*opening):
            yield opened
