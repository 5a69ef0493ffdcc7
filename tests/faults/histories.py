"""What the bureaus did in a case, by the engine's history."""

from dataclasses import dataclass
from datetime import UTC, datetime

from many_cases import Insured, handle_of
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client


@dataclass(frozen=True)
class Work:
    """One step of a case, by the engine's history."""

    step: str
    queue: str
    asked_at: datetime
    attempts: int
    done_at: datetime


async def work_of(client: Client, one: Insured) -> list[Work]:
    """The steps of the bureaus in a case, with the number of attempts, from its history."""
    asked: dict[int, tuple[str, str, datetime]] = {}
    attempts: dict[int, int] = {}
    done = []
    async for event in handle_of(client, one).fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled = event.activity_task_scheduled_event_attributes
            at = event.event_time.ToDatetime(UTC)
            asked[event.event_id] = (scheduled.activity_type.name, scheduled.task_queue.name, at)
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started = event.activity_task_started_event_attributes
            attempts[started.scheduled_event_id] = started.attempt
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            number = event.activity_task_completed_event_attributes.scheduled_event_id
            done.append(Work(*asked[number], attempts[number], event.event_time.ToDatetime(UTC)))
    return done
