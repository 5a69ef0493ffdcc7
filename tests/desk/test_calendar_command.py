"""`starter.py calendar` as officers see it: the preview, the two signatures, the refusals."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from clerk import Clerk

from desk.client.worker_answers import Patience
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.progress import Progress
from province import CHANGCHUN, Province, application
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from workflows.transfer_case import TransferCase

A, B = ("--officer", "province-01"), ("--officer", "province-02")
_numbers = count(1)


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


def notice(path: Path, *days: date, bureau: str = CHANGCHUN) -> str:
    """A file by which a bureau is closed on these days; its name is another in every test."""
    closures = "".join(
        f'[[closures]]\nbureau = "{bureau}"\nday = {day}\nname = "停电{next(_numbers)}"\n' for day in days
    )
    path.write_text(closures, encoding="utf-8")
    return str(path)


async def open_case(province: Province) -> Progress:
    """A case whose clock A runs, with nobody in at either bureau; on the list of running cases."""
    handle = await province.apply(application())
    await province.listed_at_work(handle)
    return await handle.query(TransferCase.progress)


async def test_the_preview_shows_each_date_before_and_after_and_changes_nothing(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start_platform()
    case = await open_case(province)
    (clock,) = case.clocks
    closed = nth_working_day_after(clock.received_on, 2, WorkingCalendar())
    file = notice(tmp_path / "closure.toml", closed)
    moved_to = nth_working_day_after(clock.due_on, 1, WorkingCalendar())
    screen = await clerk("calendar", "preview", file)
    assert (screen.code, screen.complaints) == (0, "")
    (line,) = (line for line in screen.printed.splitlines() if case.case_no in line)
    # Towards the end of a year, whose next one has no notice yet, both dates are provisional.
    before, after, effect = line.split()[-5:-2]
    assert (before.rstrip("?"), after.rstrip("?"), effect) == (str(clock.due_on), str(moved_to), "moves")
    assert before.endswith("?") is clock.provisional
    assert f"−{closed} 停电" in line
    assert "Changchun 220100  moves 1" in screen.printed
    assert "nothing was changed" in screen.printed
    document = (await clerk("calendar", "preview", file, "--json")).document()
    (change,) = (one for one in document["changes"] if one["case_no"] == case.case_no)
    assert (change["before"]["due_on"], change["after"]["due_on"]) == (str(clock.due_on), str(moved_to))
    assert change["effects"] == ["moves"]
    assert [(day["date"], day["counts"]) for day in change["days"]] == [(str(closed), False)]
    chinese = await clerk("calendar", "preview", file, lang="zh")
    assert "长春市 220100  变更 1" in chinese.printed
    assert "仅预览" in chinese.printed
    assert (await clerk("calendar", "show", "--json")).document()["notices"] == []


async def test_two_officers_publish_and_the_province_shows_it(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start_platform()
    case = await open_case(province)
    closed = nth_working_day_after(case.clocks[0].received_on, 4, WorkingCalendar())
    file = notice(tmp_path / "closure.toml", closed)
    proposed = await clerk("calendar", "publish", file, *A)
    assert "proposed by province-01. Nothing is published until another officer checks it" in proposed.printed
    typed = f"`starter.py calendar publish {file} --officer ID`"
    assert typed in proposed.printed, "a command is not folded"

    async def listed() -> bool:
        shown = " ".join((await clerk("worklist", "--province")).printed.split())
        asked_for = f"{CHANGCHUN} {closed} is to be published; compare it with the notice"
        return f"{asked_for}, proposed by province-01" in shown and typed_elsewhere in shown

    typed_elsewhere = "starter.py calendar publish NOTICE.toml --officer ID"
    await province.until(listed)
    same = await clerk("calendar", "publish", file, *A)
    assert (same.code, same.printed) == (1, "")
    assert "another officer has to check it" in same.complaints
    assert "须由另一经办人复核" in (await clerk("calendar", "publish", file, *A, lang="zh")).complaints
    published = await clerk("calendar", "publish", file, *B)
    assert published.code == 0
    assert f"{CHANGCHUN} {closed}: published by province-01 and province-02; 1 open cases told." in (
        published.printed
    )
    shown = await clerk("calendar", "show")
    assert f"{CHANGCHUN} {closed}" in shown.printed
    nothing_left = (await clerk("calendar", "preview", file, "--json")).document()
    assert (nothing_left["changes"], nothing_left["running_clocks"]) == ([], 1)


async def test_what_was_proposed_by_mistake_is_taken_back(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start_platform()
    file = notice(tmp_path / "closure.toml", date(2027, 3, 3))
    await clerk("calendar", "publish", file, *A)
    assert (await clerk("calendar", "withdraw", file, *B)).code == 1
    withdrawn = await clerk("calendar", "withdraw", file, *A, "--json")
    assert withdrawn.document()["stage"] == "withdrawn"
    assert "No proposal" in (await clerk("calendar", "withdraw", file, *A)).complaints


async def test_nobody_waits_longer_than_an_hour_for_cases_to_be_told(clerk: Clerk, tmp_path: Path) -> None:
    file = notice(tmp_path / "closure.toml", date(2027, 3, 1))
    for seconds in ("0", "-5", "3601", "9" * 30):
        assert (await clerk("calendar", "publish", file, *A, "--wait", seconds)).refusal()
        assert (await clerk("audit", "--wait", seconds)).refusal()


async def test_a_bad_file_and_a_bad_officer_are_told_together(clerk: Clerk, tmp_path: Path) -> None:
    file = notice(tmp_path / "closure.toml", date(2027, 3, 1), bureau="999999")
    lines = (await clerk("calendar", "publish", file, "--officer", "王 主任")).refusal()
    assert len(lines) == 3
    assert "no bureau 999999" in lines[1]
    assert lines[2].strip().startswith("--officer")


async def test_without_a_platform_the_officer_is_told_whom_to_start(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = Patience(attempts=1, in_all=timedelta(seconds=1))
    monkeypatch.setattr("desk.client.worker_answers.TO_LOOK_UP", impatient)
    file = notice(tmp_path / "closure.toml", date(2027, 3, 1))
    (line,) = (await clerk("calendar", "preview", file)).silence()
    assert "worker.py --platform" in line


async def test_a_due_date_is_counted_by_what_the_province_has_published(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start_platform()
    province.wait_longer()
    asked = ("deadline", "--received", "2026-03-02", "--working-days", "1", "--bureau", CHANGCHUN, "--json")
    before = (await clerk(*asked)).document()
    assert (before["due_on"], before["as_the_province_counts"]) == ("2026-03-03", True)
    file = notice(tmp_path / "closure.toml", date(2026, 3, 3))
    for officer in (A, B):
        await clerk("calendar", "publish", file, *officer)
    assert (await clerk(*asked)).document()["due_on"] == "2026-03-04"
    alone = (await Clerk("127.0.0.1:1")(*asked)).document()
    assert (alone["due_on"], alone["as_the_province_counts"]) == ("2026-03-03", False)


async def test_the_certificate_ends_at_the_hour_the_bureau_has_arranged(
    province: Province, clerk: Clerk
) -> None:
    hours = {CHANGCHUN: BureauArrangements.model_validate({"close_of_business": "17:00"})}
    await province.start_platform(arranged=ArrangementsFile(bureaus=hours))
    province.wait_longer()
    asked = ("deadline", "--received", "2026-03-02", "--working-days", "1")
    here = await clerk(*asked, "--bureau", CHANGCHUN)
    assert "2026-03-03 Tue 17:00" in here.printed
    document = (await clerk(*asked, "--bureau", CHANGCHUN, "--json")).document()
    assert document["due_at"] == "2026-03-03T17:00:00+08:00"
    assert "2026-03-03 Tue 24:00" in (await clerk(*asked, "--bureau", "222400")).printed
