"""Unauthorized clients of the engine, without keys, with their own keys, or with those of another bureau; and
bureaus that hold only the keys of their own key file, as outside a demonstration."""

from collections.abc import Callable
from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities.registration import bureau_activities
from engine.encryption.codec import data_converter, ring_of
from engine.encryption.keys import KeyFile, KeyRing, bureau_party, desk_party, new_generation
from province import SIPING, Province
from worker import accepted_officers
from workflows.identifiers import bureau_queue

Disguise = Callable[[Client], Client]


def without_keys(client: Client) -> Client:
    """A client that connects to the server and writes unencrypted payloads."""
    return Client(**(client.config() | {"data_converter": pydantic_data_converter}))


def with_other_keys(client: Client) -> Client:
    """A client that encrypts as the project does, with its own keys under the platform's name."""
    ring = KeyRing(KeyFile(owner="platform", generations=(new_generation(datetime(2026, 1, 1, tzinfo=UTC)),)))
    return Client(**(client.config() | {"data_converter": data_converter(ring, "platform")}))


def with_another_bureaus_keys(client: Client) -> Client:
    """The client of the worker of Siping, which is no party of the case, with its own key file."""
    return with_key_file(client, bureau_party(SIPING), desk_party(SIPING))


def with_another_desks_keys(client: Client) -> Client:
    """The client of Siping's desk, with its own key file."""
    return with_key_file(client, desk_party(SIPING))


def with_key_file(client: Client, owner: str, *more: str) -> Client:
    """A client with the key file of one party, which holds only these keys."""
    ring = ring_of(client)
    assert ring is not None
    held = tuple(one.only((owner, *more)) for one in ring.file.generations)
    file = KeyFile(owner=owner, generations=held)
    return Client(**(client.config() | {"data_converter": data_converter(KeyRing(file), owner)}))


async def start_with_own_keys(province: Province, *bureaus: str) -> None:
    """These bureaus' workers, each with its own key file, until the test ends."""
    accepted = accepted_officers(province.client)
    for bureau in bureaus:
        client = with_key_file(province.client, bureau_party(bureau), desk_party(bureau))
        steps = bureau_activities(bureau, province.stores[bureau], accepted=accepted)
        worker = Worker(
            client, task_queue=bureau_queue(bureau), activities=steps, interceptors=province.refusing()
        )
        await province.running.enter_async_context(worker)
