"""What a worker computes, looks up or enters for a screen, without a case that asks for it."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import ActivityFailureError, Client
from temporalio.common import ActivityIDConflictPolicy, ActivityIDReusePolicy, RetryPolicy
from temporalio.exceptions import ApplicationError, TimeoutType
from temporalio.exceptions import TimeoutError as EngineTimeout

from activities.contracts import NOT_FOR_DESKS, ActivityContract, Request, Result
from desk.client.silence import PlatformOff, bureau_fails, bureau_off, platform_fails
from desk.language import Words
from desk.problems import BadInput
from engine.encryption.codec import party_of
from models.messages.papers import Paper
from workflows.identifiers import PLATFORM_QUEUE, bureau_queue

QUERY_PATIENCE = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Patience:
    """The timeouts of a question: until a worker starts, for an attempt, between heartbeats, and in all."""

    attempts: int
    in_all: timedelta | None = None
    to_begin: timedelta | None = None
    to_end: timedelta | None = None
    heartbeat: timedelta | None = None


TO_LOOK_UP = Patience(attempts=3, in_all=QUERY_PATIENCE)
AT_ONCE = Patience(attempts=1, in_all=timedelta(seconds=1))
"""The timeouts where another place can be asked as well."""
TO_ENTER = Patience(
    attempts=5,
    to_begin=timedelta(seconds=30),
    to_end=timedelta(minutes=5),
    heartbeat=timedelta(seconds=30),
)


async def ask_platform(
    client: Client,
    step: ActivityContract[Request, Result],
    asked: Request,
    about: str,
    patience: Patience | None = None,
) -> Result:
    """The platform's answer. Raises NoAnswer, PlatformOff where nobody has taken the question up, BadInput
    where it answers this to the province's desk alone."""
    try:
        named = f"{about}/{_digest(asked)}"
        return await _ask(client, PLATFORM_QUEUE, step, asked, named, patience or TO_LOOK_UP)
    except ActivityFailureError as failed:
        if isinstance(failed.cause, ApplicationError) and failed.cause.type == NOT_FOR_DESKS:
            raise BadInput(Words(failed.cause.message, *failed.cause.details)) from None
        raise (PlatformOff() if _nobody_began(failed) else platform_fails()) from None


async def ask_bureau(
    client: Client,
    key: str,
    step: ActivityContract[Request, Result],
    asked: Request,
    named: str = "",
    patience: Patience | None = None,
) -> Result:
    """A bureau's answer, by default to what it is to enter. Raises NoAnswer.

    `named` stands for the question in the engine's list where a digest of it would betray a person.
    """
    try:
        return await _ask(
            client, bureau_queue(key), step, asked, named or _digest(asked), patience or TO_ENTER
        )
    except ActivityFailureError as failed:
        raise (bureau_off(key) if _nobody_began(failed) else bureau_fails(key)) from None


async def _ask(
    client: Client,
    queue: str,
    step: ActivityContract[Request, Result],
    asked: Request,
    named: str,
    patience: Patience,
) -> Result:
    """The same question asked at the same time by desks of one bureau, who share a key, is one activity."""
    given: Result = await client.execute_activity(
        step.name,
        asked,
        id=f"{step.name}/{queue}/{party_of(client)}/{named}",
        task_queue=queue,
        result_type=step.gives,
        id_reuse_policy=ActivityIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
        schedule_to_close_timeout=patience.in_all,
        schedule_to_start_timeout=patience.to_begin,
        start_to_close_timeout=patience.to_end,
        heartbeat_timeout=patience.heartbeat,
        retry_policy=RetryPolicy(maximum_attempts=patience.attempts),
    )
    return given


def _digest(asked: Paper) -> str:
    return hashlib.sha256(asked.model_dump_json().encode()).hexdigest()[:16]


def _nobody_began(failed: ActivityFailureError) -> bool:
    return isinstance(failed.cause, EngineTimeout) and failed.cause.type is TimeoutType.SCHEDULE_TO_START
