"""`starter.py outbox`, and the worklist: what has left the house, and what nobody has taken."""

from clerk import Clerk

from models.outbox.outgoing import MessageState
from models.store import outbox
from province import CHANGCHUN, Province, account, application


async def closed_case(province: Province) -> str:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    return province.opened[-1]


async def test_the_messages_of_a_case_are_listed_with_their_fate(province: Province) -> None:
    case, clerk = await closed_case(province), Clerk.at(province.client)
    (line,) = (await clerk("outbox", "--case", case, "--json")).document()
    assert (line["message"]["event"], line["state"]) == ("closed", MessageState.WAITING)
    screen = await clerk("outbox", "--case", case, lang="zh")
    assert screen.code == 0
    assert "转移接续已办结" in screen.printed
    assert "待发送" in screen.printed


async def test_a_dead_letter_stands_on_the_worklist_until_it_is_tried_again(province: Province) -> None:
    case, clerk = await closed_case(province), Clerk.at(province.client)
    store = province.stores[CHANGCHUN]
    async with store.transaction() as session:
        (line,) = await outbox.of_case(session, case)
        await outbox.failed(session, line.number, "the webhook answers 410", None)
    screen = await clerk("worklist", "--bureau", CHANGCHUN)
    assert "could not be delivered" in screen.printed
    assert case in screen.printed
    (listed,) = (await clerk("worklist", "--bureau", CHANGCHUN, "--json")).document()["undelivered"]
    assert listed["last_error"] == "the webhook answers 410"
    dead = await clerk("outbox", "--bureau", CHANGCHUN)
    assert dead.code == 1
    assert "410" in dead.printed
    assert (await clerk("outbox", "--bureau", CHANGCHUN, "--retry")).code == 0
    assert (await clerk("outbox", "--bureau", CHANGCHUN)).printed.strip() == "nothing"


async def test_one_question_at_a_time(province: Province) -> None:
    clerk = Clerk.at(province.client)
    for typed in (("--case", "x", "--province"), (), ("--case", "x", "--retry")):
        assert "--case" in (await clerk("outbox", *typed)).refusal()[0]
