"""What an officer is to approve, what people have decided, and what holds after each of their words."""

import pytest
from clerk import Clerk
from staff import Handle, amendment, approval, choice, correction, submit

from desk.client.case_numbers import KEY_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import CHANGCHUN, Province, account, application
from workflows.transfer_case import TransferCase

ACCOUNT = "6217000012345678"
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
FIELD, LATER = "base/2020-01..2020-12", "base/2021-01..2021-12"


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def chosen(province: Province) -> Handle:
    """A case whose refund waits for an officer."""
    await province.start()
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    return handle


async def test_the_officer_who_approves_a_refund_reads_amount_and_account(
    province: Province, clerk: Clerk
) -> None:
    handle = await chosen(province)
    case = handle.id.removeprefix("transfer/")
    offer = await handle.query(TransferCase.choice)
    assert offer is not None
    refund = offer.periods[0].options[0].refund
    (waiting,) = (await clerk("approve", case, "--json")).document()["awaited"]
    assert ACCOUNT not in str(waiting)
    assert ACCOUNT not in (await clerk("approve", case)).printed
    (waiting,) = (await clerk("approve", case, "--unmask", "--json")).document()["awaited"]
    assert waiting["what"] == Approvable.REFUND
    assert ACCOUNT in waiting["read"][0]
    (amount,) = waiting["amounts"]
    assert (amount["before"], amount["after"]) == ("0.00", f"{refund // 100}.{refund % 100:02}")
    read = (await clerk("approve", case, "--unmask", lang="zh")).printed
    assert f"退款账号 {ACCOUNT}" in read
    assert amount["after"] in read.replace(",", "")
    assert ACCOUNT not in (await clerk("show", case)).printed, "who does not approve reads it masked"


async def test_choice_account_and_clearing_stay_among_the_papers(province: Province, clerk: Clerk) -> None:
    handle = await chosen(province)
    case = handle.id.removeprefix("transfer/")
    await submit(handle, approval(Approvable.REFUND))
    cleared = await handle.result()
    papers = (await clerk("show", case, "--papers", "--unmask")).printed
    assert f"account {ACCOUNT}" in papers
    assert f"refunded {cleared.refunded / 100:,.2f}" in papers
    document = (await clerk("show", case, "--json")).document()
    assert document["cleared"]["refund"] == cleared.refunded
    assert ACCOUNT not in str(document)


async def test_a_supplement_is_approved_with_what_has_left_and_what_will_have(
    province: Province, clerk: Clerk
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER, posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    assert "0.00" in (await clerk("approve", case)).printed
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    (masked,) = (await clerk("approve", case, "--json")).document()["awaited"]
    (waiting,) = (await clerk("approve", case, "--unmask", "--json")).document()["awaited"]
    individual, pooled = waiting["amounts"]
    forms = (await handle.query(TransferCase.papers)).information_forms
    for line, told in (("individual", individual), ("pooled", pooled)):
        before, after = (getattr(form.lines, line) for form in forms)
        assert (told["before"], told["after"]) == (f"{before / 100:.2f}", f"{after / 100:.2f}")
    assert "崔明玉" in waiting["read"][0]
    assert "崔**" in masked["read"][0]


async def test_answers_are_told_apart_and_each_receipt_says_who_is_next_after_it(
    province: Province, clerk: Clerk
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.awaiting(handle, Approvable.POSTING)
    assert "尚未核对" in (await clerk("choose", case, lang="zh")).printed
    asked = ("--field", FIELD, "--seen", "6000.00", "--expected", "7000.00", "--evidence", "工资台账")
    told = (await clerk("correct", case, *asked, "--officer", "in-01")).printed
    assert "answer the correction" in told
    answer = ("--field", FIELD, "--value", "6500.00", "--officer", "out-01")
    now = (await clerk("amend", case, *answer, "--json")).document()["now"]
    assert not any("answer the correction" in line for line in now)
    assert any("approve posting" in line for line in now)
    shown = " ".join((await clerk("show", case, "--papers", lang="zh")).printed.split())
    assert "更正为与请求不同的值" in shown
    assert "6500.00" in shown
    assert "已更正，与请求不同" in shown
    assert "同意更正" not in shown
    (to_read,) = (await clerk("approve", case, "--json", lang="zh")).document()["awaited"]
    assert "6000.00 → 7000.00  工资台账  已更正，与请求不同：6500.00" in to_read["read"][-1]
    await submit(handle, correction((FIELD, "6500.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.POSTING, form_version=3)
    (to_read,) = (await clerk("approve", case, "--json", lang="zh")).document()["awaited"]
    assert "6500.00" not in " ".join(to_read["read"]), "its last answer is what was asked for"
    await submit(handle, correction((FIELD, "7000.00", "7500.00")))
    await submit(handle, amendment({FIELD: None}))
    await province.awaiting(handle, Approvable.POSTING)
    shown = (await clerk("show", case, "--papers", lang="zh")).printed
    assert "依据：工资台账" in shown
    assert "不予更正，经办 out-01：档案无此记录" in shown
    assert "Nothing waits" not in (await clerk("approve", case)).printed
    told = (await clerk("approve", case, "posting", "--officer", "in-02")).printed
    assert "now: closed" in told


async def test_nothing_is_offered_or_awaited_that_the_case_would_not_take(
    province: Province, clerk: Clerk
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    refused = await clerk(
        "withdraw-dispute", case, "--by", "out", "--reason", "无", "--officer", "out-01", lang="zh"
    )
    said, where = refused.complaints.splitlines()
    assert "提出更正" in said
    assert "答复更正" not in said, "nothing was asked yet"
    assert where == f"现可办理的事项见 `starter.py show {case}`。"
    await submit(handle, correction((FIELD, "6000.00", "7000.00"), (LATER, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.INFORMATION_RECEIVED, times=2)
    journal = [entry.event for entry in await handle.query(TransferCase.journal)]
    assert journal.count(Event.APPROVAL_AWAITED) == 1, "the other field still waits for its answer"
    assert "Nothing waits" in (await clerk("approve", case)).printed
    assert "答复更正" in (await clerk("show", case, lang="zh")).printed
    told = (
        await clerk("withdraw", case, "--reason", "本人不再转移", "--officer", "in-01", lang="zh")
    ).printed
    assert "当前：已撤回" in told
    assert "下一步" not in told
