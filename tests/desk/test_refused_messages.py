"""A message that was refused to nobody's face is put before those who can see to it."""

import pytest
from clerk import Clerk, on_a_wide_screen
from staff import answer, approval, dispute, send, settlement, submit, withdrawal

from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Party
from province import SIPING, YANBIAN, Province, account, application

ELSEWHERE = [("--bureau", YANBIAN), ("--province",)]
"""Where the case would not be listed: the transfer-in bureau is to act."""


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


async def test_a_refused_message_is_on_the_worklists_until_an_officer_of_its_side_has_acted(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_wide_screen(monkeypatch)
    await province.start(posting=Officers.TWO_OFFICERS)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)

    async def listed(*asked: str) -> bool:
        tasks = (await clerk("worklist", "--limit", "500", "--json", *asked)).document()["tasks"]
        return any(handle.id.endswith(task["case_no"]) for task in tasks)

    async def everywhere() -> bool:
        return all([await listed(*asked) for asked in ELSEWHERE])

    async def nowhere() -> bool:
        return not any([await listed(*asked) for asked in ELSEWHERE])

    await province.until(nowhere)
    await send(handle, withdrawal())
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await province.until(everywhere)
    screen = await clerk("worklist", "--limit", "500", "--bureau", YANBIAN)
    assert "message was refused" in screen.printed
    assert not await listed("--bureau", SIPING)
    await submit(handle, dispute(Party.TRANSFER_OUT))
    assert await everywhere(), "what the other bureau hands in is no answer to it"
    await submit(handle, answer(Party.TRANSFER_IN))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, settlement(Party.TRANSFER_IN))
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    await province.until(nowhere)
