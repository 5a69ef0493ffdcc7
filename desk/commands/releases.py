"""`starter.py releases` and `promote`: which release of the platform runs the cases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from desk.client.session import with_client
from desk.commands.staff_options import OfficerOption
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, console, print_json, table
from desk.words import instant
from rules.values.officers import PROVINCE, Right
from workflows.identifiers import PLATFORM_DEPLOYMENT

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp
    from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentResponse
    from temporalio.client import Client

TO_BE_KNOWN = timedelta(seconds=5)
"""The engine knows a release only a moment after its first worker has started."""
LOOK_SECONDS = 0.2
STATES = {
    "INACTIVE": Words("not promoted yet", "未启用"),
    "CURRENT": Words("current", "现行"),
    "RAMPING": Words("taking over in part", "部分启用"),
    "DRAINING": Words("replaced, still asked by some case", "已替换，仍有案件"),
    "DRAINED": Words("replaced", "已替换"),
}


@dataclass(frozen=True, slots=True)
class PlatformRelease:
    """A release of the platform as the engine knows it. `current_since` is None unless it is current."""

    build_id: str
    state: str
    seen_since: datetime
    current_since: datetime | None

    def document(self) -> dict[str, Any]:
        """The release as a JSON document."""
        return {
            "build_id": self.build_id,
            "state": self.state.lower(),
            "seen_since": self.seen_since.isoformat(),
            "current_since": self.current_since.isoformat() if self.current_since else None,
        }


def releases(as_json: JsonOption = False) -> None:
    """Releases of the platform that run or ran under a build id, newest first."""
    _print(with_client(_known), as_json)


def promote(
    build_id: Annotated[str, typer.Argument(metavar="BUILD", help="The release that takes over.")] = "",
    unversioned: Annotated[
        bool, typer.Option("--unversioned", help="Back to workers without a build id.")
    ] = False,
    officer: OfficerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Give a release all cases, open ones too: each goes over to it with its next step."""
    if bool(build_id) == unversioned:
        raise BadInput(say("Give either BUILD or --unversioned.", "请给出版本号或 --unversioned 之一。"))
    _print(with_client(lambda client: _promote_by(client, build_id, officer)), as_json)


async def _promote_by(client: Client, build_id: str, officer: str) -> list[PlatformRelease]:
    """Promote a release by the sealed order of an operator of the province, which the platform files.

    The platform is asked first; if no release answers, because the cases wait for this one, it is asked
    afterwards. The engine itself checks no order. Raises BadInput when the platform refuses the order.
    """
    from activities.contracts import ACCEPT_ORDER
    from desk.client.silence import NoAnswer
    from desk.client.worker_answers import Patience, ask_platform
    from desk.officers.signing import demonstration_of, require_accepted, with_order
    from models.officers.orders import OrderToAccept, Promotion, digest_ordered

    promotion = Promotion(build_id=build_id)
    sealed = with_order(Right.PROMOTE, PROVINCE, promotion, officer, demonstration_of(client))
    asked = OrderToAccept(order=sealed.order, right=Right.PROMOTE, digest=digest_ordered(promotion))
    try:
        kept = await ask_platform(
            client, ACCEPT_ORDER, asked, "promotion", Patience(attempts=1, in_all=TO_BE_KNOWN)
        )
    except NoAnswer:
        kept = None
    if kept is not None:
        require_accepted(kept.refusals)
        return await _promote(client, build_id)
    known = await _promote(client, build_id)
    require_accepted((await ask_platform(client, ACCEPT_ORDER, asked, "promotion")).refusals)
    return known


async def _promote(client: Client, build_id: str) -> list[PlatformRelease]:
    """Make a release current. Raises BadInput when no worker of the release has started."""
    from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
    from temporalio.service import RPCError, RPCStatusCode

    if build_id:
        await _come(client, build_id)
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=PLATFORM_DEPLOYMENT, build_id=build_id
    )
    loop = asyncio.get_running_loop()
    patience_ends = loop.time() + TO_BE_KNOWN.total_seconds()
    while True:
        try:
            # The engine sometimes refuses while it is recording that a worker has started.
            await client.workflow_service.set_worker_deployment_current_version(request, retry=True)
            return await _known(client)
        except RPCError as error:
            # A worker that has just started begins to poll its queues one after the other.
            if error.status is not RPCStatusCode.FAILED_PRECONDITION or loop.time() > patience_ends:
                raise
        await asyncio.sleep(LOOK_SECONDS)


async def _come(client: Client, build_id: str) -> None:
    """Wait a little until the engine knows a worker of the release."""
    try:
        async with asyncio.timeout(TO_BE_KNOWN.total_seconds()):
            while build_id not in {one.build_id for one in await _known(client)}:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise BadInput(
            say(
                f"No worker of release {build_id} has come; start one with "
                f"`worker.py --platform --build-id {build_id}`.",
                f"尚无版本 {build_id} 的工作进程，请先用 `worker.py --platform --build-id {build_id}` 启动。",
            )
        ) from None


async def _known(client: Client) -> list[PlatformRelease]:
    """The releases the engine knows, newest first."""
    from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
    from temporalio.service import RPCError, RPCStatusCode

    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=PLATFORM_DEPLOYMENT)
    try:
        answer = await client.workflow_service.describe_worker_deployment(request, retry=True)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return []
    return sorted(_releases(answer), key=lambda one: one.seen_since, reverse=True)


def _releases(answer: DescribeWorkerDeploymentResponse) -> list[PlatformRelease]:
    from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus

    found = []
    for one in answer.worker_deployment_info.version_summaries:
        state = WorkerDeploymentVersionStatus.Name(one.status).removeprefix(
            "WORKER_DEPLOYMENT_VERSION_STATUS_"
        )
        since = _instant(one.current_since_time) if state == "CURRENT" else None
        found.append(
            PlatformRelease(one.deployment_version.build_id, state, _instant(one.create_time), since)
        )
    return found


def _instant(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)


def _print(known: list[PlatformRelease], as_json: bool) -> None:
    if as_json:
        print_json({"releases": [one.document() for one in known]})
        return
    screen = console()
    if not any(one.current_since for one in known):
        screen.print(
            say(
                "Cases go by the workers without a build id.",
                "案件由未标注版本的工作进程办理。",
            )
        )
    if known:
        shown = table(
            say("release", "版本"),
            say("state", "状态"),
            say("seen since", "启动"),
            say("current since", "启用"),
        )
        for one in known:
            since = instant(one.current_since) if one.current_since else ""
            shown.add_row(escape(one.build_id), str(STATES[one.state]), instant(one.seen_since), since)
        screen.print(shown)
