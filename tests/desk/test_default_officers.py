"""Commands as the README gives them run without an officer: the demonstration has one for each side."""

from pathlib import Path

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from desk.officers.signing import sealed_order
from desk.problems import BadInput
from engine.encryption.keys import VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.officers.orders import Listed
from province import CHANGCHUN, Province, account, application
from rules.values.officers import Right
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"


async def test_every_side_acts_by_an_officer_of_its_own_and_a_second_approval_by_another(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    await province.start(release_of_funds=Officers.TWO_OFFICERS, ruling=Officers.TWO_OFFICERS)
    await province.seed(account())
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    clerk = Clerk.at(province.client)
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    # Whose approval it would be is not known of a word that is none; the officer is not asked for.
    refused = (await clerk("approve", case, "bananas")).refusal()
    assert [line.strip().partition(":")[0] for line in refused[1:]] == ["WHAT"]
    change = ("--field", FIELD, "--seen", "6000.00", "--expected", "7000.00", "--evidence", "工资台账")
    stated = ("--statement", "应按工资台账")
    for typed in (
        ("correct", case, *change),
        ("amend", case, "--field", FIELD, "--value", "7000.00"),
        ("dispute", case, "--by", "in", "--point", "amount", *stated),
        ("answer", case, "--by", "out", *stated),
        ("settle", case, "--by", "in", "--terms", "按原表办理"),
        ("refer", case, "--by", "out", "--reason", "未能协商一致"),
        ("rule", case, "--number", "裁1", "--reasons", "依据充分", "--order", "proceed"),
        ("approve", case, "ruling"),
    ):
        done = await clerk(*typed)
        assert (done.code, done.complaints) == (0, ""), typed
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    for _ in range(2):
        assert (await clerk("approve", case, "release_of_funds")).code == 0
    assert (await handle.result()).stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    approved = [entry.officer for entry in journal if entry.event is Event.APPROVED]
    assert approved == ["demo-arbitrator-2", "demo-releaser-2", "demo-releaser"]


async def test_where_either_bureau_may_act_only_the_bureaus_are_offered() -> None:
    (told,) = [
        line
        for line in (await Clerk("")("answer", "220100-20260115-AAAAAAAA", "--statement", "x")).refusal()
        if line.strip().startswith("--by")
    ]
    assert told.strip() == "--by: one of in, out"


def test_where_a_desk_has_no_officers_key_an_application_is_not_sealed_and_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no-keys.json"))
    for officer, told in (("", "no officer's key at"), ("sun01", "no key of officer sun01 at")):
        with pytest.raises(BadInput, match=told):
            sealed_order(Right.APPLY, CHANGCHUN, Listed(items=()), officer)
