"""What a clerk sees of cases: one with its clocks and papers, many by what is asked, and plain refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from clerk import Clerk, on_a_wide_screen
from staff import approval, submit
from temporalio.testing import WorkflowEnvironment

from desk.words import mask
from models.files.arrangements_file import BureauArrangements
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import CHANGCHUN, TEACHER, WORKER, Province, account, advance, application, arranged
from rules.clocks.clocks import last_day
from rules.values.due_dates import Clock

NAME = "崔明玉"
TAONAN, QIANAN = "220881", "220723"
"""Bureaus of this office alone: lists by bureau show no other test's cases."""
OTHER_TEACHER = "222404197003110187"


@dataclass
class Office:
    """A clerk, and four cases: closed, refused and running at Taonan, overdue at Qianan."""

    clerk: Clerk
    closed: str
    refused: str
    running: str
    overdue: str


@pytest.fixture(scope="module")
async def office(env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with AsyncExitStack() as running:
        province = Province(env, tmp_path_factory.mktemp("office"), running)
        hours = {TAONAN: BureauArrangements.model_validate({"close_of_business": "17:00"})}
        officers = arranged(release_of_funds=Officers.ONE_OFFICER)
        await province.start_platform(arranged=officers.model_copy(update={"bureaus": hours}))
        province.wait_longer()
        for bureau in (CHANGCHUN, TAONAN, QIANAN):
            await province.open_store(bureau)
            await province.start_bureaus(bureau)
        await province.seed(
            account(bureau=TAONAN),
            account(OTHER_TEACHER, "朴成哲", bureau=TAONAN),
            account(WORKER, "孙立国", "E", QIANAN, [("2016-01", "2025-12", "4600.00")]),
        )
        asked = application(bureau_out=TAONAN)
        refused = {"scheme_to": "G", "status": "pensioner", "materials": ()}
        worker = {"name": "孙立国", "id_number": WORKER, "new_employer": "长春市第二实验小学"}
        worker |= {"scheme_from": "E", "scheme_to": "G", "bureau_out": QIANAN}
        cases = [
            await province.apply(asked.model_validate({**asked.model_dump(), **changes}))
            for changes in ({}, refused, {"name": "朴成哲", "id_number": OTHER_TEACHER}, worker)
        ]
        for waiting in (cases[0], cases[2], cases[3]):
            await province.awaiting(waiting, Approvable.RELEASE_OF_FUNDS)
            await province.journalled(waiting, Event.INFORMATION_RECEIVED)
        await submit(cases[0], approval(Approvable.RELEASE_OF_FUNDS))
        await asyncio.gather(cases[0].result(), cases[1].result())
        await advance(env, cases[3], timedelta(days=40))
        await province.journalled(cases[3], Event.CLOCK_OVERDUE)
        numbers = (case.id.removeprefix("transfer/") for case in cases)
        yield Office(Clerk.at(env.client), *numbers)
        await province.end_open_cases()


async def test_a_case_is_shown_with_stage_money_clocks_and_journal(office: Office) -> None:
    screen = await office.clerk("show", office.closed)
    assert (screen.code, screen.complaints) == (0, "")
    for told in (office.closed, "closed", "51,840.00", "72", "Taonan 220881", "Changchun 220100"):
        assert told in screen.printed
    for clock, law in (("A", "国办发〔2009〕66号第八条"), ("B", "第七条第一项"), ("C", "第七条第三项")):
        assert [line for line in screen.printed.splitlines() if line.startswith(f"{clock}  ") and law in line]
    assert "relationship ended" in screen.printed
    (reopening,) = [line for line in screen.printed.splitlines() if "starter.py" in line]
    assert f"starter.py reopen {office.closed} --reason" in reopening, "on one line, to be copied"
    assert max(len(line) for line in screen.printed.splitlines() if line != reopening) <= 120


async def test_nothing_personal_is_on_the_screen_unless_it_is_asked_for(office: Office) -> None:
    plain = await office.clerk("show", office.closed)
    with_papers = await office.clerk("show", office.closed, "--papers")
    unmasked = await office.clerk("show", office.closed, "--papers", "--unmask")
    for screen in (plain, with_papers):
        assert TEACHER not in screen.printed
        assert NAME not in screen.printed
    assert mask(TEACHER) in with_papers.printed
    assert "崔**" in with_papers.printed
    assert TEACHER in unmasked.printed
    assert NAME in unmasked.printed
    assert "参保缴费凭证" in with_papers.printed


async def test_a_case_for_machines_is_one_document_and_masked(office: Office) -> None:
    masked = await office.clerk("show", office.closed, "--json")
    document = masked.document()
    assert document["stage"] == "closed"
    assert [clock["clock"] for clock in document["clocks"]] == [
        Clock.REVIEW,
        Clock.TRANSFER_OUT,
        Clock.TAKE_IN,
    ]
    assert document["journal"][-1]["event"] == "case_closed"
    assert document["papers"]["information_forms"][0]["id_number"] == mask(TEACHER)
    assert document["papers"]["entry"]["name"] == "崔**"
    assert TEACHER not in masked.printed
    assert NAME not in masked.printed
    unmasked = (await office.clerk("show", office.closed, "--json", "--unmask")).document()
    assert unmasked["papers"]["information_forms"][0]["id_number"] == TEACHER
    assert unmasked["papers"]["entry"]["name"] == NAME
    assert unmasked["journal"] == document["journal"]


async def test_a_refusal_shows_every_ground_with_its_law_and_cure_and_every_missing_paper(
    office: Office,
) -> None:
    screen = await office.clerk("show", office.refused)
    document = (await office.clerk("show", office.refused, "--json")).document()
    assert len(document["refusals"]) >= 2
    for ground in document["refusals"]:
        assert ground["en"].split()[0] in screen.printed
        assert ground["law"]["article"] in screen.printed
    assert "refused" in screen.printed


async def test_an_overdue_case_says_who_is_late(office: Office) -> None:
    screen = await office.clerk("show", office.overdue)
    document = (await office.clerk("show", office.overdue, "--json")).document()
    clock = next(one for one in document["clocks"] if one["clock"] == Clock.TRANSFER_OUT)
    assert (clock["overdue"], clock["stopped_at"]) == (True, None)
    days = document["working_days_late_now"][Clock.TRANSFER_OUT]
    assert days >= 5
    (row,) = (line for line in screen.printed.splitlines() if line.startswith("B      "))
    assert f"overdue, {days} working days late" in row
    assert "transfer-out bureau" in row


async def test_every_working_day_is_charged_and_the_parts_add_up(office: Office) -> None:
    ledger = (await office.clerk("show", office.overdue, "--json")).document()["responsibility"]["ledger"]
    charged = {share["party"]: share["working_days"] for share in ledger["shares"]}
    assert charged["transfer_out"] > 15
    screen = (await office.clerk("show", office.overdue)).printed
    (row,) = (line for line in screen.splitlines() if line.startswith("all "))
    assert int(row.split()[1]) == sum(charged.values())


async def test_a_case_nobody_opened_is_refused_in_one_sentence(office: Office) -> None:
    (line,) = (await office.clerk("show", "220100-20200101-AAAAAAAA")).refusal()
    assert line.startswith("There is no case 220100-20200101-AAAAAAAA")
    assert "list" in line


async def test_a_chinese_clerk_reads_chinese(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await office.clerk("show", office.closed, lang="zh")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    by_locale = await office.clerk("show", office.closed, lang=None)
    assert asked.printed == by_locale.printed
    for told in ("已办结", "转出地", "责任方", "洮南市 220881", "出具参保缴费凭证", "51,840.00"):
        assert told in asked.printed
    (line,) = (await office.clerk("show", "220100-20200101-AAAAAAAA", lang="zh")).refusal()
    assert line.startswith("没有案件")


async def listed(office: Office, *options: str) -> list[str]:
    """The numbers in a list, in its order, as far as they are the office's own."""
    document = (await office.clerk("list", "--json", "--limit", "500", *options)).document()
    own = (office.closed, office.refused, office.running, office.overdue)
    return [row["case_no"] for row in document["cases"] if row["case_no"] in own]


async def eventually(office: Office, expected: set[str], *options: str) -> None:
    """Lists lag behind the cases by some milliseconds."""

    async def they_have_it() -> bool:
        return set(await listed(office, *options)) == expected

    await Province.until(they_have_it)


async def test_cases_are_found_by_bureau_stage_and_overdue(office: Office) -> None:
    at_taonan = {office.closed, office.refused, office.running}
    await eventually(office, {*at_taonan, office.overdue})
    await eventually(office, {*at_taonan, office.overdue}, "--bureau", CHANGCHUN)
    await eventually(office, at_taonan, "--bureau", TAONAN)
    await eventually(office, {office.closed}, "--stage", "closed")
    await eventually(office, {office.refused}, "--stage", "refused", "--bureau", TAONAN)
    await eventually(office, {office.overdue}, "--overdue")
    await eventually(office, set(), "--overdue", "--bureau", TAONAN)
    await eventually(office, {office.overdue}, "--flag", "escalated")
    await eventually(office, {office.overdue, office.running}, "--flag", "awaiting_approval")
    await eventually(office, set(), "--flag", "disputed")


async def test_a_case_is_due_before_the_day_after_its_last_day_and_not_before_that_day(
    office: Office,
) -> None:
    """The last day ends at midnight, which is not yet the next day."""
    clocks = (await office.clerk("show", office.running, "--json")).document()["clocks"]
    clock = next(one for one in clocks if one["clock"] == Clock.TRANSFER_OUT)
    last_day = date.fromisoformat(clock["due_on"])
    await eventually(office, {office.closed, office.refused, office.running}, "--bureau", TAONAN)
    assert await listed(office, "--due-before", str(last_day), "--bureau", TAONAN) == []
    after = str(last_day + timedelta(days=1))
    assert await listed(office, "--due-before", after, "--bureau", TAONAN) == [office.running]
    screen = await office.clerk("list", "--bureau", TAONAN, "--due-before", after)
    assert str(last_day) in screen.printed
    assert after not in screen.printed


async def test_a_list_has_the_nearest_due_date_first_however_short_it_is(office: Office) -> None:
    await eventually(office, {office.closed, office.refused, office.running}, "--bureau", TAONAN)
    assert (await listed(office, "--bureau", TAONAN))[0] == office.running
    # The same day, which ends at the close of business at Taonan and at midnight at Qianan.
    assert (await listed(office, "--bureau", CHANGCHUN))[:2] == [office.running, office.overdue]
    shortest = (await office.clerk("list", "--json", "--bureau", TAONAN, "--limit", "1")).document()
    assert [row["case_no"] for row in shortest["cases"]] == [office.running]
    everything = (await office.clerk("list", "--json", "--bureau", TAONAN)).document()
    assert (
        shortest["total"] == len(everything["cases"]) >= len({office.closed, office.refused, office.running})
    )


async def test_a_list_has_codes_and_days_and_nothing_personal(office: Office) -> None:
    await eventually(office, {office.overdue}, "--bureau", QIANAN, "--overdue")
    screen = await office.clerk("list", "--json", "--bureau", QIANAN)
    (row,) = screen.document()["cases"]
    clocks = (await office.clerk("show", office.overdue, "--json")).document()["clocks"]
    # As due dates are towards the end of a year, while the next one has no notice yet.
    provisional = any(one["provisional"] for one in clocks if one["stopped_at"] is None)
    assert row.pop("due_on") == str(last_day(datetime.fromisoformat(row.pop("due_at"))))
    assert row == {
        "case_no": office.overdue,
        "stage": "awaiting_funds",
        "waiting_on": "transfer_out",
        "bureau_out": QIANAN,
        "bureau_in": CHANGCHUN,
        "overdue": True,
        "flags": ["awaiting_approval", "escalated", *["provisional"] * provisional],
        "broken_off": None,
        "stuck": False,
    }
    assert WORKER not in screen.printed


async def test_a_list_for_people_keeps_case_numbers_whole_and_says_how_many_there_are(
    office: Office,
) -> None:
    await eventually(office, {office.overdue}, "--bureau", QIANAN, "--overdue")
    screen = await office.clerk("list", "--bureau", QIANAN)
    assert screen.code == 0
    assert office.overdue in screen.printed
    assert "overdue" in screen.printed
    assert screen.printed.splitlines()[-1] == "1 of 1 cases"


async def test_a_worklist_has_what_a_party_has_to_do_and_the_province_sees_what_is_escalated(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_wide_screen(monkeypatch)
    await eventually(office, {office.overdue}, "--flag", "escalated")
    for asked in (("--bureau", QIANAN), ("--province",)):
        worklist = ("worklist", "--limit", "500", "--json", *asked)
        tasks = (await office.clerk(*worklist)).document()["tasks"]
        (task,) = (one for one in tasks if one["case_no"] == office.overdue)
        assert (task["waiting_on"], task["overdue"]) == ("transfer_out", True)
        assert task["approvals"][0]["what"] == "release_of_funds"
        assert all(one["case_no"] != office.running for one in tasks)
    screen = await office.clerk("worklist", "--bureau", TAONAN)
    assert [line.split()[0] for line in screen.printed.splitlines()[2:3]] == [office.running]
    assert "approve release of funds (0 of 1)" in screen.printed
    tasks = (await office.clerk("worklist", "--bureau", CHANGCHUN, "--json")).document()["tasks"]
    # Other tests leave cases of Changchun behind.
    own = {office.closed, office.refused, office.running, office.overdue}
    assert not own & {task["case_no"] for task in tasks}


@pytest.mark.parametrize(
    "typed",
    [
        ("worklist", "--bureau", "x' OR WorkflowType != '"),
        ("list", "--flag", "lost"),
        ("list", "--bureau", "x' OR WorkflowType != '"),
        ("list", "--stage", "lost"),
        ("list", "--due-before", "soon"),
        ("list", "--limit", "0"),
        ("show",),
    ],
    ids=[
        "work of a query",
        "no flag",
        "a bureau that is a query",
        "no stage",
        "no day",
        "no case at all",
        "no number",
    ],
)
async def test_a_mistyped_command_is_refused_without_a_traceback(
    office: Office, typed: tuple[str, ...]
) -> None:
    assert (await office.clerk(*typed)).refusal()
