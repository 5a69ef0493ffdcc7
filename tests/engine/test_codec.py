"""Who can read what crosses the engine, and what of it is believed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    SerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from engine.encryption import codec
from engine.encryption.codec import PACKED_FROM, Unreadable, data_converter
from engine.encryption.keys import KeyFile, KeyRing, bureau_party, desk_party, new_generation
from models.messages.calendar import Announcement
from models.messages.steps import CaseOrder
from workflows.identifiers import ANNOUNCED_TO, HANDED_OVER, REFUSED_ENCODING, UNPROVEN

YANBIAN, CHANGCHUN, PLATFORM = bureau_party("222400"), bureau_party("220100"), "platform"
DESK = desk_party("222400")
MASTER = new_generation(datetime(2026, 11, 1, tzinfo=UTC))
ENGINE_TAKES = 2 * 1024 * 1024
"""Bytes of a payload."""
SAID = {"name": "崔明玉", "id_number": "222401198604120247"}
CASE, OTHER_CASE = (WorkflowSerializationContext("default", f"transfer/{one}") for one in ("1", "2"))
WORK = ActivitySerializationContext(
    namespace="default",
    activity_id="7",
    activity_type="take_in",
    activity_task_queue=YANBIAN,
    workflow_id="transfer/1",
    workflow_type="TransferCase",
    is_local=False,
)
QUESTION = replace(WORK, workflow_id=None, workflow_type=None, activity_type="read_history")


def party(name: str, *held: str) -> DataConverter:
    """How a party writes and reads that holds some keys; the platform holds all."""
    kept = MASTER if name == PLATFORM else MASTER.only((name, *held))
    return data_converter(KeyRing(KeyFile(owner=name, generations=(kept,))), name)


platform, changchun = party(PLATFORM), party(CHANGCHUN)
yanbian, desk = party(YANBIAN, DESK), party(DESK)
stranger = data_converter(
    KeyRing(KeyFile(owner=PLATFORM, generations=(new_generation(datetime(2026, 11, 1, tzinfo=UTC)),))),
    PLATFORM,
)


async def written(who: DataConverter, context: SerializationContext | None, said: Any = SAID) -> Payload:
    (payload,) = await (who.with_context(context) if context else who).encode([said])
    return payload


async def reads(
    who: DataConverter, context: SerializationContext, payload: Payload, said: Any = SAID
) -> bool:
    """Whether a worker reads what was said; else it is unreadable and the reading goes on."""
    reader = who.with_context(context).payload_codec
    assert reader is not None
    (read,) = await reader.decode([payload])
    if read.metadata["encoding"] == REFUSED_ENCODING:
        assert read.data == b""
        return False
    assert who.payload_converter.from_payload(read) == said
    return True


async def test_nothing_of_what_is_said_shows() -> None:
    payload = await written(platform, CASE)
    shown = payload.SerializeToString()
    assert "崔明玉".encode() not in shown
    assert b"222401198604120247" not in shown
    assert (await written(platform, CASE)).data != payload.data


async def test_an_order_is_read_by_the_bureau_it_is_for_and_by_no_other() -> None:
    order = await written(platform, WORK)
    assert await reads(yanbian, WORK, order)
    assert not await reads(changchun, WORK, order)
    assert not await reads(changchun, replace(WORK, activity_task_queue=CHANGCHUN), order)
    assert not await reads(stranger, WORK, order)


async def test_an_answer_is_believed_only_from_the_bureau_that_was_asked() -> None:
    assert await reads(platform, WORK, await written(yanbian, WORK))
    theirs = replace(WORK, activity_task_queue=CHANGCHUN)
    assert not await reads(platform, WORK, await written(changchun, theirs))
    assert not await reads(platform, WORK, await written(stranger, WORK))
    assert not await reads(platform, WORK, await written(platform, WORK)), "its own order, sent back"


async def test_an_order_is_read_in_its_own_case_and_activity_alone() -> None:
    order = await written(platform, WORK)
    assert not await reads(yanbian, replace(WORK, workflow_id="transfer/2"), order)
    assert not await reads(yanbian, replace(WORK, activity_type="return_funds"), order)
    assert not await reads(yanbian, QUESTION, order)
    assert not await reads(platform, CASE, order), "as a message to the case"


async def test_where_the_engine_does_not_say_the_activity_that_of_the_payload_counts() -> None:
    """As where a desk reads the answer to a question it has asked by itself."""
    answer = await written(yanbian, WORK)
    assert await reads(platform, replace(WORK, activity_type=None, activity_task_queue=None), answer)
    forged = await written(changchun, replace(WORK, activity_task_queue=CHANGCHUN))
    forged.metadata["bound"] = answer.metadata["bound"]
    assert not await reads(platform, replace(WORK, activity_type=None, activity_task_queue=None), forged)


@pytest.mark.parametrize("part", ["bound", "key", "data"])
async def test_what_was_altered_is_not_read(part: str) -> None:
    payload = await written(platform, CASE)
    assert await reads(platform, CASE, payload)
    if part == "data":
        payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    else:
        payload.metadata[part] = payload.metadata[part].replace(b"platform", b"platforn")
    assert not await reads(platform, CASE, payload)


@pytest.mark.parametrize(
    "sent",
    [
        Payload(),
        Payload(metadata={"encoding": b"json/plain"}, data=b'{"name": 7}'),
        Payload(metadata={"encoding": b"binary/null"}),
        Payload(metadata={"encoding": b"binary/encrypted"}),
        Payload(metadata={"encoding": b"binary/encrypted", "key": b"/", "bound": b"[1]"}, data=b"x"),
        Payload(metadata={"encoding": b"binary/encrypted", "key": b"\xff", "bound": b"{}"}, data=b"x"),
        Payload(
            metadata={"encoding": b"binary/encrypted", "key": b"0/platform", "bound": b'["platform",[],7,{}]'}
        ),
        Payload(metadata={"encoding": b"binary/encrypted", "key": b"0/platform", "bound": b"7"}),
        Payload(
            metadata={"encoding": b"binary/encrypted", "key": b"0/platform", "bound": b"[" * 100_000},
        ),
    ],
)
async def test_what_is_sent_in_the_clear_or_is_nothing_at_all_is_not_read(sent: Payload) -> None:
    assert not await reads(platform, CASE, sent)
    assert not await reads(yanbian, WORK, sent)
    with pytest.raises(Unreadable):
        await desk.with_context(CASE).decode([sent])


async def test_a_message_to_a_case_is_read_in_that_case_from_platform_desk_and_bureau() -> None:
    for who in (platform, desk, yanbian):
        message = await written(who, CASE)
        assert await reads(platform, CASE, message)
        assert not await reads(platform, OTHER_CASE, message)
    assert not await reads(platform, CASE, await written(stranger, CASE))


async def test_where_a_case_stands_the_platform_alone_says_to_its_next_run() -> None:
    assert HANDED_OVER in CaseOrder.model_fields
    opening, further = {"case_no": "1", HANDED_OVER: ""}, {"case_no": "1", HANDED_OVER: "{}"}
    for who in (platform, desk, yanbian):
        assert await reads(platform, CASE, await written(who, CASE, opening), opening)
        hands_over = await reads(platform, CASE, await written(who, CASE, further), further)
        assert hands_over == (who is platform)


async def test_to_which_cases_an_announcement_goes_the_platform_alone_says() -> None:
    assert ANNOUNCED_TO in Announcement.model_fields
    again = WorkflowSerializationContext("default", "calendar/1/2")
    for said in ({"signal": "calendar_published", ANNOUNCED_TO: "CaseStage = 'closed'"}, {ANNOUNCED_TO: ""}):
        for who in (platform, desk, yanbian):
            assert await reads(platform, again, await written(who, again, said), said) == (who is platform)


async def test_an_announcement_to_all_is_read_in_every_case() -> None:
    announcement = await written(platform, None)
    assert await reads(platform, CASE, announcement)
    assert await reads(platform, OTHER_CASE, announcement)
    assert not await reads(yanbian, WORK, announcement)


@pytest.mark.parametrize("answers", [platform, yanbian])
async def test_a_desk_reads_the_answer_to_what_it_has_asked_by_itself(answers: DataConverter) -> None:
    question = await written(desk, QUESTION)
    at_work = answers.with_context(QUESTION)
    assert await at_work.decode([question]) == [SAID]
    (answer,) = await at_work.encode([SAID])
    assert await desk.with_context(replace(QUESTION, activity_type=None)).decode([answer]) == [SAID]
    assert not await reads(changchun, QUESTION, question)


async def test_a_desk_has_no_key_for_what_a_case_keeps() -> None:
    with pytest.raises(Unreadable):
        await desk.with_context(CASE).decode([await written(platform, CASE)])


async def test_what_a_failure_says_goes_through_the_codec_and_comes_back() -> None:
    failure = Failure()
    at_work = yanbian.with_context(WORK)
    await at_work.encode_failure(ApplicationError("cannot pay 崔明玉", SAID, type="Refused"), failure)
    shown = failure.SerializeToString()
    assert "崔明玉".encode() not in shown
    assert failure.stack_trace == ""
    read = await platform.with_context(WORK).decode_failure(failure)
    assert isinstance(read, ApplicationError)
    assert (read.message, read.type, read.details) == ("cannot pay 崔明玉", "Refused", (SAID,))


async def test_a_failure_that_no_party_has_written_is_told_apart_and_not_read() -> None:
    plain = Failure(message="pay 崔明玉 twice")
    plain.application_failure_info.type = "Refused"
    plain.application_failure_info.details.payloads.add(metadata={"encoding": b"json/plain"}, data=b"7")
    forged = Failure()
    await stranger.with_context(WORK).encode_failure(ApplicationError("forged", SAID), forged)
    for failure in (plain, forged):
        read = await platform.with_context(WORK).decode_failure(failure)
        assert isinstance(read, ApplicationError)
        assert (read.type, read.details) == (UNPROVEN, ())
        assert "崔明玉" not in read.message


async def test_what_a_case_hands_over_is_compressed_and_takes_less_than_the_engine_takes() -> None:
    forms = [{"version": version, "base": "6000.00", "months": list(range(240))} for version in range(3000)]
    payload = await written(platform, CASE, forms)
    assert len(json.dumps(forms)) > ENGINE_TAKES
    assert payload.ByteSize() < ENGINE_TAKES / 2
    (read,) = await platform.with_context(CASE).decode([payload])
    assert read == forms
    small = await written(platform, CASE)
    assert small.ByteSize() < 1000


async def test_what_a_desk_writes_is_not_compressed_and_what_unpacks_without_end_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "x" * (2 * PACKED_FROM)
    typed = await written(desk, CASE, said)
    assert typed.ByteSize() > len(said)
    assert await reads(platform, CASE, typed, said)
    monkeypatch.setattr(codec, "LARGEST", PACKED_FROM)
    assert not await reads(platform, CASE, await written(platform, CASE, said))
    # A desk that compresses all the same is not read.
    monkeypatch.setattr(codec, "_is_desk", lambda party: False)
    packed = await written(desk, CASE, said)
    monkeypatch.undo()
    assert packed.ByteSize() < PACKED_FROM
    assert not await reads(platform, CASE, packed)
