"""The access log in the browser: newest first, by page, and never read as a whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from limited_waits import FAR_OFF
from visitor import Visitor, visitors, waits_of_pages

from desk.web.access import MOST_ASKED
from desk.web.application import desk_application
from desk.web.engine import Engine
from desk.web.paging import PAGE_SIZE
from engine.address import Address
from engine.encryption.access_log import FILE_NAME, READ_AT_ONCE, READ_FOR_A_CASE, Access, AccessLog
from province import CHANGCHUN, Province, application
from rules.values.officers import PROVINCE
from workflows.identifiers import BUREAU_IN, RUNNING_CASES, case_no_of

FIRST = datetime(2026, 3, 2, 4, tzinfo=UTC)
READER = "222400/out-01"


def reading(number: int, case_no: str = "") -> Access:
    return Access(
        at=FIRST + timedelta(minutes=number),
        reader=READER,
        workflow=f"transfer/{case_no or f'222400-20260115-{number:08}'}",
        why="web: case",
    )


@pytest.fixture(autouse=True)
def wait_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait as long as it takes."""
    waits_of_pages(monkeypatch, FAR_OFF)


async def signed_in(province: Province, directory: Path, bureau: str) -> Visitor:
    """Somebody at a desk whose access log is in this directory."""
    app = desk_application(Engine(Address(keys=directory / "keys.json"), province.client))
    return await Visitor.signed_in(app, bureau, "x-01")


def shown(html: str) -> list[int]:
    """The numbers of the cases that stand in the log of a page."""
    return [int(one[:8]) for one in html.split("222400-20260115-")[1::2]]


async def test_the_access_log_is_shown_by_page_newest_first_and_further_back(
    province: Province, tmp_path: Path
) -> None:
    await province.start_platform()
    log = AccessLog(tmp_path / FILE_NAME)
    log.write([reading(number) for number in range(10_000)])
    officer = await signed_in(province, tmp_path, PROVINCE)
    async with visitors(officer):
        first = await officer.get("/access")
        numbers = list(range(9_999, -1, -1))
        assert shown(first.html) == numbers[:PAGE_SIZE]
        second = await officer.get(first.links["Next page"])
        assert shown(second.html) == numbers[PAGE_SIZE : 2 * PAGE_SIZE]
        assert "passed over" not in second.text
        back = await officer.get(first.links["Look further back"])
        (newest, *_) = shown(back.html)
        read = READ_AT_ONCE / log.path.stat().st_size * 10_000
        assert newest == pytest.approx(10_000 - read, abs=2)
        for nowhere in ("-1", "x", "9" * 5000):
            assert "passed over" in (await officer.get(f"/access?before={nowhere}")).text


async def test_who_has_looked_at_one_case_is_found_further_back_than_what_everybody_looked_at(
    province: Province, tmp_path: Path
) -> None:
    await province.start_platform()
    log = AccessLog(tmp_path / FILE_NAME)
    log.write([reading(number) for number in range(20_000)])
    officer = await signed_in(province, tmp_path, PROVINCE)
    async with visitors(officer):
        found = await officer.get("/access?case=222400-20260115-00000000")
        assert ("out-01" in found.text, "Look further back" in found.links) == (True, False)
        with log.path.open("ab") as file:
            file.write(b"x" * READ_FOR_A_CASE + b"\n")
        beyond = await officer.get("/access?case=222400-20260115-00000000")
        assert "Nothing like this so far back" in beyond.text
        assert "out-01" in (await officer.get(beyond.links["Look further back"])).text


async def test_a_case_is_found_in_the_access_log_however_its_number_is_typed(
    province: Province, tmp_path: Path
) -> None:
    await province.start_platform()
    AccessLog(tmp_path / FILE_NAME).write([reading(1, "222400-20260115-00000ABC")])
    officer = await signed_in(province, tmp_path, PROVINCE)
    async with visitors(officer):
        for typed in ("222400-20260115-00000abc", "２２２４００－20260115-00000ABC "):
            assert "out-01" in (await officer.get(f"/access?case={typed}")).text
        other = await officer.get("/access?case=222400-20260115-00000ABD")
        assert "Nobody has looked at this case." in other.text
        roster = await officer.get("/officers")
        assert "passed over" not in (await officer.get(f"/officers?bureau={roster.inputs['bureau']}")).text


async def test_a_bureau_finds_a_reading_of_its_case_behind_those_of_many_others(
    province: Province, tmp_path: Path
) -> None:
    """The engine is asked of so many cases at once; nothing is left out for that."""
    await province.start_platform()
    handle = await province.apply(application())
    await province.listed(handle, f"{RUNNING_CASES} AND {BUREAU_IN.name} = '{CHANGCHUN}'")
    case = case_no_of(handle.id)
    log = AccessLog(tmp_path / FILE_NAME)
    log.write([reading(0, case), *(reading(number) for number in range(1, MOST_ASKED + 2))])
    officer = await signed_in(province, tmp_path, CHANGCHUN)
    async with visitors(officer):
        latest = await officer.get("/access")
        assert case not in latest.text
        assert case in (await officer.get(latest.links["Look further back"])).text
        assert case in (await officer.get(f"/access?case={case}")).text
