"""What a worker reckons or looks up for a screen: no case is opened, nothing is kept."""

import hashlib
from typing import TypeVar

from temporalio.client import ActivityFailureError, Client
from temporalio.common import ActivityIDConflictPolicy, ActivityIDReusePolicy, RetryPolicy

from activities.deeds import Deed
from desk.asking import QUERY_PATIENCE
from models.papers import Paper
from workflows.names import PLATFORM_QUEUE

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)


async def ask_platform(client: Client, deed: Deed[Asked, Given], asked: Asked, about: str) -> Given | None:
    """The platform's answer; None when it does not answer in time."""
    return await ask_desk(client, PLATFORM_QUEUE, deed, asked, about)


async def ask_desk(
    client: Client, queue: str, deed: Deed[Asked, Given], asked: Asked, about: str
) -> Given | None:
    """The answer from a queue; None when it does not come in time. The same question is one activity."""
    digest = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()[:16]
    try:
        given: Given = await client.execute_activity(
            deed.name,
            asked,
            id=f"{deed.name}/{about}/{digest}",
            task_queue=queue,
            result_type=deed.gives,
            id_reuse_policy=ActivityIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
            schedule_to_close_timeout=QUERY_PATIENCE,
            retry_policy=RetryPolicy(maximum_attempts=3),
        )
    except (TimeoutError, ActivityFailureError):
        return None
    return given
