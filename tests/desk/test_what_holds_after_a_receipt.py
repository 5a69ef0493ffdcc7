"""A receipt says what holds once the steps that follow are done, and not what held before."""

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from province import Province, account, application

FIELD = "base/2020-01..2020-12"


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def test_the_receipt_of_a_withdrawal_says_that_the_case_is_withdrawn(
    province: Province, clerk: Clerk
) -> None:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    told = (
        await clerk("withdraw", case, "--reason", "本人不再转移", "--officer", "in-01", lang="zh")
    ).printed
    assert "当前：已撤回" in told
    assert "下一步" not in told


async def test_the_receipts_of_an_answer_and_of_an_approval_say_who_is_next_after_them(
    province: Province, clerk: Clerk
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    await province.awaiting(handle, Approvable.POSTING)
    asked = ("--field", FIELD, "--seen", "6000.00", "--expected", "7000.00", "--evidence", "工资台账")
    told = (await clerk("correct", case, *asked, "--officer", "in-01")).printed
    assert "answer the correction" in told
    answer = ("--field", FIELD, "--value", "7000.00", "--officer", "out-01")
    told = (await clerk("amend", case, *answer, "--json")).document()["now"]
    assert not any("answer the correction" in line for line in told)
    assert any("approve posting" in line for line in told)
    told = (await clerk("approve", case, "posting", "--officer", "in-02")).printed
    assert "now: closed" in told
