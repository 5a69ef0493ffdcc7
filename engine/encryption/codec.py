"""What crosses the engine is encrypted and authenticated: the engine and its database see ciphertext alone.

A payload is AES-256-GCM under the key of the relation it belongs to (see `keys`). Bound to it are who
wrote it, the workflow, the activity and the task queue it is for; these are not secret and stand beside it,
so that a codec server can tell what it is about. A reader takes only what was written for the very place
where it stands: an order of another case, of another activity, or sent back as its own answer is refused.

| context | key | written by |
|---|---|---|
| workflow: start, signal, update, query, result | the writer's own | platform, a desk, a bureau |
| activity of a workflow on a bureau's queue | `bureau-KEY` | the platform (order), the bureau (answer) |
| activity of a workflow on the platform's queue | `platform` | the platform |
| activity that a desk asks for by itself | `desk-KEY` | the desk (question), whoever answers |
"""

import json
import os
import zlib
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from pydantic_core import from_json
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    PayloadConverter,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from engine.address import NoEngine
from engine.encryption.keys import PLATFORM, PROVINCE, KeyRing, UnusableKeys, desk_party
from workflows.identifiers import (
    ANNOUNCED_TO,
    HANDED_OVER,
    PLATFORM_QUEUE,
    REFUSED_ENCODING,
    UNPROVEN,
    bureau_queue,
)

ENCRYPTED = b"binary/encrypted"
NONCE_BYTES = 12
PACKED_FROM = 1024
"""Larger payloads, in bytes, are compressed: a history is half as large, and the server has less to do. The
engine takes 2 MB at once, and a case with hundreds of versions of its form hands more over to its next run,
most of it alike."""
PACKED = b"\x78"
"""The first byte of compressed data; an uncompressed payload begins with the tag of a field, which differs.
"""
LARGEST = 32 * 1024 * 1024
"""Of a payload, in bytes, so that a small one that unpacks without end is refused. What a desk writes is
never compressed: how much of it reaches a case is bounded by what the engine takes."""

_ASKING = ContextVar("asking", default="")
"""Whose question was last read in this task; an activity runs in the task in which its order was read."""

Reading = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]
"""A codec server that reads payloads for which this party has no key."""


class Unreadable(NoEngine):
    """An answer that cannot be read with the keys of this command."""

    def __init__(self) -> None:
        super().__init__(
            "The answer cannot be read with the keys of this command: it does not concern its bureau, or the "
            "keys are of another installation or not the newest. See --keys.",
            "所用密钥无法读取答复：内容与本经办机构无关，或密钥属于另一系统、尚未更新。见 --keys。",
        )


class NotForHere(Exception):
    """A payload that is not authentic, or was written for another place."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a payload is for. Empty: of no activity, or of no one workflow; None: not known to a reader."""

    workflow: str
    activity: str | None
    queue: str | None

    @property
    def is_work_of_a_case(self) -> bool:
        """Whether it is an order to an activity of a workflow, or its answer."""
        return bool(self.workflow) and self.activity != ""

    @property
    def is_asked_by_a_desk(self) -> bool:
        """Whether it is a question of a desk to a worker, or its answer."""
        return not self.workflow and self.activity != ""

    def takes(self, written: "Place") -> bool:
        """Whether something written for a place may be read here."""
        if written.activity == "" and self.activity == "":
            return written.workflow in ("", self.workflow)
        return (
            written.workflow == self.workflow
            and self.activity in (None, written.activity)
            and self.queue in (None, written.queue)
        )


ANYWHERE = Place("", "", "")
"""For what is written for no one workflow, as the announcement of a calendar to all."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The outer part of an encrypted payload; nothing of it is believed before it is decrypted."""

    generation: str
    relation: str
    """The relation whose key it is encrypted under."""
    writer: str
    place: Place
    authenticated: bytes
    data: bytes

    @classmethod
    def of(cls, payload: Payload) -> Self:
        """The outer part of a payload. Raises NotForHere for one that is not encrypted."""
        if payload.metadata.get("encoding") != ENCRYPTED:
            raise NotForHere
        key, bound = payload.metadata["key"], payload.metadata["bound"]
        try:
            generation, relation = key.decode().split("/")
            writer, workflow, activity, queue = map(str, json.loads(bound))
        except (ValueError, TypeError, RecursionError):
            raise NotForHere from None
        place = Place(workflow, activity, queue)
        return cls(generation, relation, writer, place, key + b"\n" + bound, payload.data)

    def opened(self, ring: KeyRing) -> Payload | None:
        """The content; None without its key. Raises NotForHere when it was altered."""
        if (cipher := ring.cipher(self.generation, self.relation)) is None:
            return None
        nonce, encrypted = self.data[:NONCE_BYTES], self.data[NONCE_BYTES:]
        try:
            written = cipher.decrypt(nonce, encrypted, self.authenticated)
            return Payload.FromString(written if _is_desk(self.writer) else _unpacked(written))
        except (InvalidTag, ValueError, DecodeError, zlib.error):
            raise NotForHere from None


class PairCodec(PayloadCodec, WithSerializationContext):
    """Encrypts as one party, and reads what was written to it."""

    def __init__(
        self,
        ring: KeyRing,
        party: str,
        reading: Reading | None = None,
        on_read: Callable[[str], None] | None = None,
        place: Place | None = None,
    ) -> None:
        self.ring = ring
        self.party = party
        self.reading = reading
        self.on_read = on_read
        """Is called with the workflow of each payload that is read, or ''."""
        self.place = place
        self._asked_by = ""
        """The desk whose question was read here, and to which the answer goes."""

    def with_context(self, context: SerializationContext) -> "PairCodec":
        """The same for one workflow or one activity."""
        return PairCodec(self.ring, self.party, self.reading, self.on_read, _place_of(context))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt. Raises UnusableKeys without the key."""
        if not payloads:
            return []
        place = self.place or ANYWHERE
        relation = self._relation(place)
        generation, cipher = self.ring.current(relation)
        key = f"{generation}/{relation}".encode()
        bound = json.dumps([self.party, place.workflow, place.activity or "", place.queue or ""]).encode()
        authenticated = key + b"\n" + bound
        sealed = []
        for payload in payloads:
            nonce = os.urandom(NONCE_BYTES)
            written = payload.SerializeToString()
            if not _is_desk(self.party):
                written = _packed(written)
            data = nonce + cipher.encrypt(nonce, written, authenticated)
            metadata = {"encoding": ENCRYPTED, "key": key, "bound": bound}
            sealed.append(Payload(metadata=metadata, data=data))
        return sealed

    def _relation(self, place: Place) -> str:
        """The relation under whose key a payload is written."""
        if place.is_work_of_a_case:
            return _key_of_queue(place.queue)
        if place.is_asked_by_a_desk and self._asked_by:
            return self._asked_by
        return self.party

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt. A worker gets a payload that is not authentic or not for here as unreadable.

        A desk cannot go on without it: raises Unreadable there.
        """
        opened = [self._open(payload) for payload in payloads]
        unread = [at for at, one in enumerate(opened) if one is None]
        if unread and self.reading:
            read = await self.reading([payloads[at] for at in unread])
            for at, payload in zip(unread, read, strict=True):
                opened[at] = payload
        taken = [one or _refused() for one in opened]
        if _is_desk(self.party) and any(_is_unread(one) for one in taken):
            raise Unreadable
        return taken

    def _open(self, payload: Payload) -> Payload | None:
        """The content of a payload, or the mark of a refused one; None where another key is needed."""
        try:
            sealed = Sealed.of(payload)
            if not self._may_read(sealed):
                return _refused()
            if (opened := sealed.opened(self.ring)) is None:
                return None
            to_a_workflow = self.party == PLATFORM and not sealed.place.activity
            if to_a_workflow and sealed.writer != PLATFORM and _is_for_the_platform_to_say(opened):
                return _refused()
        except NotForHere:
            return _refused()
        if sealed.place.is_asked_by_a_desk:
            self._asked_by = sealed.relation
            _ASKING.set(sealed.relation)
        if self.on_read:
            self.on_read(sealed.place.workflow)
        return opened

    def _may_read(self, sealed: Sealed) -> bool:
        """Whether it was written for this place, by a party that may write it, under the right key."""
        if self.place and not self.place.takes(sealed.place):
            return False
        if _is_desk(self.party):
            return sealed.writer in (sealed.relation, PLATFORM) or _is_desk(sealed.relation)
        if sealed.place.is_work_of_a_case:
            expected = _key_of_queue(sealed.place.queue)
            writer = PLATFORM if self.party == expected else expected
            return (sealed.relation, sealed.writer) == (expected, writer)
        return sealed.relation == sealed.writer


class AuthenticatedFailures(DefaultFailureConverterWithEncodedAttributes):
    """Encrypts messages and stack traces, and marks a failure that no party has written.

    Whoever may use the server can fail an activity; the text of such a failure is not read.
    """

    def from_failure(self, failure: Failure, payload_converter: PayloadConverter) -> BaseException:
        """See the base class. A failure without authentic attributes is one of the type `Unproven`."""
        if failure.HasField("application_failure_info") and not _is_proven(failure):
            failure = Failure(message="a failure that none of the parties has written")
            failure.application_failure_info.type = UNPROVEN
        return super().from_failure(failure, payload_converter)


_PYDANTIC = PydanticPayloadConverter()


class _SharedConverter(CompositePayloadConverter):
    """The converter of pydantic, with what it has worked out of the types that it has read.

    The SDK makes a converter for every case and twice for each of its tasks, and a new one works that out
    anew.
    """

    def __init__(self) -> None:
        super().__init__(*_PYDANTIC.converters.values())


class _PartyConverter(DataConverter):
    """Takes on a context without building its converters anew, of which only the codec has a use for one.

    The SDK asks for it up to four times for each payload, and builds them anew each time.
    """

    def with_context(self, context: SerializationContext) -> Self:
        """See the base class."""
        assert isinstance(self.payload_codec, PairCodec)
        placed = object.__new__(type(self))
        # Its class is frozen; `copy` takes four times as long.
        vars(placed).update(vars(self), payload_codec=self.payload_codec.with_context(context))
        return placed


def data_converter(
    ring: KeyRing,
    party: str,
    reading: Reading | None = None,
    on_read: Callable[[str], None] | None = None,
) -> DataConverter:
    """The data converter by which a party writes and reads what crosses the engine."""
    return _PartyConverter(
        payload_converter_class=_SharedConverter,
        payload_codec=PairCodec(ring, party, reading, on_read),
        failure_converter_class=AuthenticatedFailures,
    )


def acting_as(client: Client, party: str) -> Client:
    """A client on the same connection, for a worker of a party. Raises UnusableKeys where it has no key.

    A client without a codec stays as it is.
    """
    codec = client.data_converter.payload_codec
    if not isinstance(codec, PairCodec):
        return client
    if not codec.ring.may_act_as(party):
        raise UnusableKeys(
            f"The key file is of {codec.ring.file.owner}, and no worker of {party} can run with it.",
            f"密钥文件属于 {codec.ring.file.owner}，不能用于 {party} 的工作进程。",
        )
    return Client(**(client.config() | {"data_converter": data_converter(codec.ring, party)}))


def asked_by_the_province() -> bool:
    """Whether the question that a worker has read in this task is of the province's desk, or of whoever has
    the platform's own keys."""
    return _ASKING.get() in (desk_party(PROVINCE), PLATFORM)


def ring_of(client: Client) -> KeyRing | None:
    """The keys with which a client writes; None for a client without a codec."""
    codec = client.data_converter.payload_codec
    return codec.ring if isinstance(codec, PairCodec) else None


def party_of(client: Client) -> str:
    """The party as which a client writes; empty for one without a codec."""
    codec = client.data_converter.payload_codec
    return codec.party if isinstance(codec, PairCodec) else ""


def _place_of(context: SerializationContext) -> Place:
    if isinstance(context, ActivitySerializationContext):
        # Where a case is replayed, the queue of the platform has another name.
        queue = PLATFORM_QUEUE if context.is_local else context.activity_task_queue
        return Place(context.workflow_id or "", context.activity_type, queue)
    if isinstance(context, WorkflowSerializationContext):
        return Place(context.workflow_id, "", "")
    return ANYWHERE


def _key_of_queue(queue: str | None) -> str:
    """The relation of the platform with the worker at a queue."""
    return queue if queue and queue.startswith(bureau_queue("")) else PLATFORM


def _is_unread(payload: Payload) -> bool:
    """Whether it was refused here, or came back from the codec server unchanged."""
    return payload.metadata.get("encoding") in (REFUSED_ENCODING, ENCRYPTED)


def _is_for_the_platform_to_say(payload: Payload) -> bool:
    """Whether only the platform may write it: a hand-over between runs, or whom an announcement is for.

    Anybody else who wrote it could have the platform order any step, or send any message to any case.
    """
    try:
        # By the parser that reads the order of a case, so that none is read otherwise there.
        said = from_json(payload.data)
    except ValueError:
        return False
    return isinstance(said, dict) and (bool(said.get(HANDED_OVER)) or ANNOUNCED_TO in said)


def _refused() -> Payload:
    """A payload that no converter reads: it is unreadable to its recipient, and stops nothing."""
    return Payload(metadata={"encoding": REFUSED_ENCODING})


def _packed(written: bytes) -> bytes:
    """A large payload is compressed before it is encrypted; a small one stays as it is."""
    return zlib.compress(written, level=1) if len(written) > PACKED_FROM else written


def _unpacked(written: bytes) -> bytes:
    """The payload as it was written. Raises ValueError, zlib.error for one that is compressed wrongly or
    larger than any that a party writes."""
    if not written.startswith(PACKED):
        return written
    reading = zlib.decompressobj()
    payload = reading.decompress(written, LARGEST)
    if not reading.eof:
        raise ValueError("larger than any payload, or cut off")
    return payload


def _is_desk(party: str) -> bool:
    return party.startswith(desk_party(""))


def _is_proven(failure: Failure) -> bool:
    encoding = failure.encoded_attributes.metadata.get("encoding")
    return encoding not in (None, REFUSED_ENCODING)
