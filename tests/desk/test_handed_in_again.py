"""The same command typed again: the clerk is told that it came before, when, and how to mean it anew."""

import json

import pytest
from clerk import Clerk
from staff import correction, send, submit
from temporalio.client import WorkflowUpdateFailedError

from desk.client.case_numbers import KEY_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Stage
from province import Province, account, application
from workflows.transfer_case import TransferCase

BASE = "base/2020-01..2020-12"
VALUES = ("--seen", "6000.00", "--expected", "6300.00", "--evidence", "工资台账", "--officer", "in-01")


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


@pytest.fixture
async def case(province: Province) -> str:
    """A case whose posting waits for an officer."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle.id.removeprefix("transfer/")


async def test_a_correction_that_was_declined_is_not_asked_for_again_unawares(
    province: Province, clerk: Clerk, case: str
) -> None:
    typed = ("correct", case, "--field", BASE, *VALUES)
    first = await clerk(*typed)
    assert "request a correction: accepted" in first.printed
    await clerk("amend", case, "--decline", BASE, "--reason", "无误", "--officer", "out-01")
    again = await clerk(*typed)
    assert again.code == 0
    line = again.printed.splitlines()[0]
    assert line.startswith("request a correction: handed in before, on 20")
    assert line.endswith("; nothing was done again. `--message-id` makes it another message.")
    assert "此前已于 20" in (await clerk(*typed, lang="zh")).printed
    anew = await clerk(*typed, "--message-id", "once-more")
    assert "request a correction: accepted" in anew.printed
    assert len((await clerk("show", case, "--json")).document()["open_fields"]) == 1


async def test_after_the_close_an_old_message_is_told_as_such_and_a_new_one_is_refused(
    province: Province, clerk: Clerk, case: str
) -> None:
    approve = ("approve", case, "posting", "--officer", "in-01", "--message-id", "the-one")
    assert "approve: accepted" in (await clerk(*approve)).printed
    handle = province.client.get_workflow_handle_for(TransferCase.run, f"transfer/{case}")
    assert (await handle.result()).stage is Stage.CLOSED
    document = (await clerk(*approve, "--json")).document()
    assert (document["accepted"], document["duplicate"]) == (True, True)
    assert document["accepted_at"]
    told = (await clerk(*approve[:-1], "another")).complaints
    assert "The case has ended" in told
    assert f"`starter.py show {case}` lists what is possible now" in told
    assert f"starter.py reopen {case} --reason" in (await clerk("show", case)).printed


async def test_the_same_words_after_what_undid_them_are_another_message(
    province: Province, clerk: Clerk, case: str
) -> None:
    hold = ("hold", case, "--by", "in", "--why", "court_freeze", "--evidence", "裁定书", "--officer", "in-01")
    resume = ("resume", case, "--by", "in", "--reason", "已解除", "--officer", "in-01")
    ask = ("correct", case, "--field", BASE, *VALUES)
    take_back = ("withdraw-correction", case, "--field", BASE, "--officer", "in-01")
    assert (await clerk(*hold)).code == 0
    assert f"starter.py resume {case} --by in --reason" in (await clerk("show", case)).printed
    for typed in (resume, hold, resume, ask, take_back, ask):
        done = await clerk(*typed)
        assert (done.code, "accepted" in done.printed) == (0, True), typed
    document = (await clerk("show", case, "--json")).document()
    assert len(document["open_fields"]) == 1
    assert [event["event"] for event in document["journal"]].count("put_on_hold") == 2
    assert "handed in before" in (await clerk(*ask)).printed, "without a cause it is the same message"


async def test_a_refused_message_typed_again_is_a_new_question(
    province: Province, clerk: Clerk, case: str
) -> None:
    typed = ("correct", case, "--field", BASE, *VALUES)
    handle = province.client.get_workflow_handle_for(TransferCase.run, f"transfer/{case}")
    earlier = correction((BASE, "6000.00", "6300.00"))
    wrong = ("--seen", "5000.00", *VALUES[2:])
    refused = await clerk("correct", case, "--field", BASE, *wrong, "--message-id", "asked")
    assert "The form has 6000.00" in refused.complaints
    again = await clerk("correct", case, "--field", BASE, *wrong, "--message-id", "asked", "--json")
    document = json.loads(again.printed)
    assert (document["accepted"], document["message_id"]) == (False, "asked.2")
    assert "before" not in document["en"]
    with pytest.raises(WorkflowUpdateFailedError):
        await submit(handle, earlier.model_copy(update={"message_id": "asked"}))
    assert "accepted" in (await clerk(*typed, "--message-id", "asked")).printed
    repeated = await clerk(*typed, "--message-id", "asked")
    assert "handed in before" in repeated.printed
    assert len((await clerk("show", case, "--json")).document()["open_fields"]) == 1


async def test_what_came_by_signal_first_is_known_to_whoever_waits_for_an_answer(
    province: Province, clerk: Clerk, case: str
) -> None:
    request = correction((BASE, "6000.00", "6300.00")).model_copy(update={"message_id": "by-signal"})
    handle = province.client.get_workflow_handle_for(TransferCase.run, f"transfer/{case}")
    await send(handle, request)
    again = await clerk("correct", case, "--field", BASE, *VALUES, "--message-id", "by-signal")
    assert "handed in before, on 20" in again.printed
