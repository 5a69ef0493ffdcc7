"""Opening cases at the desk: by flags or from a file, once each, or not at all; and the books around it."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_views import text_of
from clerk import Clerk, Screen
from rich.console import Console
from temporalio.service import RPCError, RPCStatusCode

import desk.client.asking
import desk.commands.applying
from desk.client.case_numbers import KEY_VARIABLE, case_number
from desk.client.worker_answers import Patience
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, SIPING, TEACHER, WORKER, YANBIAN, Province, account, application
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

FLAGS = (
    *("--name", "崔明玉", "--id-number", TEACHER, "--from", "G", "--to", "E"),
    *("--bureau-out", YANBIAN, "--bureau-in", CHANGCHUN, "--reason", "posting"),
    *("--registered-home", "222401", "--submitted-on", "2026-01-15"),
    *("--new-employer", "长春北方软件有限公司", "--employer-bureau", CHANGCHUN),
    *("--material", "identity_document", "--material", "application_form"),
    *("--material", "posting_document"),
)


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """A clerk with a key of this test: the same application is another case in another test."""
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


def worker() -> TransferApplication:
    return application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        bureau_out=SIPING,
        new_employer="长春市第二实验小学",
    )


def table(path: Path, *applications: TransferApplication, encoding: str = "utf-8", **broken: Any) -> Path:
    """Applications as a CSV file, the last of them with some cells replaced."""
    rows = [row.model_dump(mode="json", exclude={"certified_government_service"}) for row in applications]
    rows = [{**row, "materials": ";".join(row["materials"])} for row in rows]
    rows[-1].update(broken)
    text = io.StringIO()
    written = csv.DictWriter(text, list(rows[0]))
    written.writeheader()
    written.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def opened(province: Province, screen: Screen) -> list[tuple[str, bool]]:
    """The numbers a command told, and whether each case was new."""
    cases = [(row["case_no"], row["new"]) for row in screen.document()]
    province.opened += [case_no for case_no, _ in cases]
    return cases


async def exists(province: Province, asked: TransferApplication) -> bool:
    handle = province.client.get_workflow_handle(case_workflow_id(case_number(asked, province.secret)))
    try:
        await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def accounts(path: Path, *files: HistoryFile) -> Path:
    documents = [file.model_dump(mode="json", by_alias=True) for file in files]
    path.write_text(json.dumps(documents), encoding="utf-8")
    return path


async def test_an_agent_begins_with_a_name_and_is_shown_with_telephone_and_address(
    province: Province, clerk: Clerk
) -> None:
    nameless = await clerk("apply", *FLAGS, "--agent", ";;;", lang="zh")
    assert "--agent：应以代办人姓名开头" in nameless.refusal()[1]
    await province.start()
    await province.seed(account())
    agent = "崔大勇;父女;0433-0000000;延吉市样例街 9 号"
    (opened,) = (await clerk("apply", *FLAGS, "--agent", agent, "--json")).document()
    case = opened["case_no"]
    province.opened.append(case)
    shown = (await clerk("show", case, "--papers", "--unmask", lang="zh")).printed
    assert "崔大勇 父女 0433-0000000 延吉市样例街 9 号" in " ".join(shown.split())


async def test_a_case_opened_by_flags_runs_to_its_end_and_is_not_opened_again(
    province: Province, clerk: Clerk
) -> None:
    await province.start()
    await province.seed(account())
    ((case_no, new),) = opened(province, await clerk("apply", *FLAGS, "--json"))
    assert new
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    assert (await handle.result()).stage is Stage.CLOSED
    again = opened(province, await clerk("apply", *FLAGS, "--officer", "in-07", "--json"))
    assert again == [(case_no, False)], "a closed case is not opened a second time"
    opened(province, await clerk("apply", *FLAGS, "--json"))
    read = (await clerk("access", "--case", case_no, "--json")).document()
    named = [one["reader"] for one in read if one["why"] == "apply"]
    assert named[-2:] == ["demonstration/in-07", "demonstration/demo-registrar"]
    assert "demonstration" not in named


async def test_the_same_application_again_opens_nothing_and_says_so(province: Province, clerk: Clerk) -> None:
    ((case_no, new),) = opened(province, await clerk("apply", *FLAGS, "--json"))
    assert opened(province, await clerk("apply", *FLAGS, "--json")) == [(case_no, False)]
    screen = await clerk("apply", *FLAGS)
    assert new
    assert screen.code == 0
    assert case_no in screen.printed
    assert "exists already" in screen.printed
    assert "0 opened, 1 existed already" in screen.printed
    assert TEACHER not in screen.printed


async def test_an_application_that_was_taken_back_is_told_so_when_it_comes_again(
    province: Province, clerk: Clerk
) -> None:
    await province.start()
    await province.seed(account())
    without_a_paper = FLAGS[:-2]
    ((case_no, _),) = opened(province, await clerk("apply", *without_a_paper, "--json"))
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    assert (await clerk("withdraw", case_no, "--reason", "本人撤回")).code == 0
    assert (await handle.result()).stage is Stage.WITHDRAWN
    again = await clerk("apply", *without_a_paper, lang="zh")
    assert "且已撤回" in again.printed.replace("\n", "").replace(" ", "")


async def test_an_application_from_a_file_is_the_one_that_was_typed(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    ((case_no, _),) = opened(province, await clerk("apply", *FLAGS, "--json"))
    file = table(tmp_path / "one.csv", application())
    assert opened(province, await clerk("apply", "--file", str(file), "--json")) == [(case_no, False)]


async def test_a_file_handed_in_again_with_one_row_more_opens_that_row(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    first = table(tmp_path / "first.csv", application())
    ((teacher, _),) = opened(province, await clerk("apply", "--file", str(first), "--json"))
    more = table(tmp_path / "more.csv", application(), worker())
    cases = opened(province, await clerk("apply", "--file", str(more), "--json"))
    assert cases[0] == (teacher, False)
    assert cases[1] == (case_number(worker(), province.secret), True)
    screen = await clerk("apply", "--file", str(more))
    assert "0 opened, 2 existed already" in screen.printed
    assert all(case_no in screen.printed for case_no, _ in cases)


async def test_a_table_as_chinese_excel_saves_it_is_read(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    for encoding in ("gbk", "utf-8-sig"):
        file = table(tmp_path / f"{encoding}.csv", application(), worker(), encoding=encoding)
        opened(province, await clerk("apply", "--file", str(file), "--json"))
    assert await exists(province, application())
    assert await exists(province, worker())


async def test_one_bad_row_keeps_all_rows_from_being_opened(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    broken = {"submitted_on": "15.1.26", "bureau_in": "999999", "id_number": WORKER[:-1] + "0"}
    file = table(tmp_path / "bad.csv", application(), worker(), **broken)
    summary, *problems = (await clerk("apply", "--file", str(file))).refusal()
    assert "no case was opened" in summary
    assert [problem.split(":")[1].strip() for problem in problems] == [
        "id_number",
        "bureau_in",
        "submitted_on",
    ]
    assert all(problem.strip().startswith("row 3:") for problem in problems)
    assert WORKER[:-1] not in " ".join(problems)
    assert not await exists(province, application())


async def test_flags_beside_a_file_are_refused_and_not_passed_over(clerk: Clerk, tmp_path: Path) -> None:
    file = table(tmp_path / "one.csv", application(), submitted_on="2999-01-01")
    _, both, row = (await clerk("apply", "--file", str(file), "--individual-payer")).refusal()
    assert both.strip() == "--file: give the file or the flags it stands for, not both"
    assert row.strip().startswith("row 2: submitted_on")


async def test_what_is_no_officers_id_is_told_with_the_other_problems(clerk: Clerk, tmp_path: Path) -> None:
    told = "  --officer：经办人编号：1 至 40 位字母、数字、点、下划线或短横"
    officer = ("--officer", "张三")
    assert (await clerk("apply", *FLAGS, *officer, lang="zh")).refusal() == ["申请有误，未建立案件：", told]
    lines = (await clerk("apply", "--name", "崔明玉", *officer, lang="zh")).refusal()
    assert told in lines
    assert "  公民身份号码：必填" in lines
    file = table(tmp_path / "one.csv", application(), submitted_on="2999-01-01")
    _, row, last = (await clerk("apply", "--file", str(file), "--again", *officer, lang="zh")).refusal()
    assert "申请日期" in row
    assert last == told


async def test_an_officer_without_the_right_is_refused_at_the_desk_and_no_case_is_opened(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start_bureaus(CHANGCHUN)
    checker = ("--officer", "demo-checker")
    file = table(tmp_path / "two.csv", application(), worker())
    for typed in (FLAGS, ("--file", str(file)), ("--file", str(file), "--again")):
        refused = await clerk("apply", *typed, *checker, lang="zh")
        told = "经办人 demo-checker（复核岗）无权受理申请。未建立案件。\n"
        assert (refused.code, refused.printed, refused.complaints) == (1, "", told)
    assert not await exists(province, application())
    assert not await exists(province, worker())
    assert len(opened(province, await clerk("apply", "--file", str(file), "--json"))) == 2


async def test_on_eighty_columns_a_case_number_stays_whole(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Console(file=io.StringIO(), width=80)
    monkeypatch.setattr(desk.commands.applying, "console", lambda: narrow)
    assert (await clerk("apply", *FLAGS, lang="zh")).code == 0
    (row,) = (line for line in text_of(narrow).splitlines() if line.startswith(CHANGCHUN))
    province.opened.append(case_no := row.split()[0])
    assert case_no == case_number(application(), province.secret)


async def test_flags_left_out_are_all_named_at_once(clerk: Clerk) -> None:
    summary, *problems = (await clerk("apply", "--name", "崔明玉")).refusal()
    assert "no case was opened" in summary
    named = {problem.split(":")[0].strip() for problem in problems}
    assert {"id_number", "scheme_from", "scheme_to", "bureau_out", "bureau_in", "submitted_on"} <= named


async def test_a_file_that_is_empty_or_absent_is_refused_in_one_sentence(
    clerk: Clerk, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    for file in (empty, tmp_path / "absent.csv"):
        (line,) = (await clerk("apply", "--file", str(file))).refusal()
        assert str(file) in line


async def test_a_chinese_clerk_reads_no_english_of_a_file_or_a_word_that_is_none(
    clerk: Clerk, tmp_path: Path
) -> None:
    absent, file = tmp_path / "none.csv", table(tmp_path / "one.csv", application(), status="alive")
    assert (await clerk("apply", "--file", str(absent), lang="zh")).refusal() == [
        f"无法读取 {absent}：没有这个文件或目录。"
    ]
    assert (await clerk("seed", str(tmp_path), lang="zh")).refusal()[1:] == [
        f"  无法读取 {tmp_path}：这是目录，不是文件。"
    ]
    _, row = (await clerk("apply", "--file", str(file), lang="zh")).refusal()
    assert row.endswith(
        "参保状态：应为 参保缴费（active）、暂停缴费（paused）、领取待遇（pensioner）、死亡（deceased） 之一"
    )


async def test_a_chinese_clerk_is_told_in_chinese(clerk: Clerk, province: Province) -> None:
    opened(province, await clerk("apply", *FLAGS, "--json"))
    assert "已存在" in (await clerk("apply", *FLAGS, lang="zh")).printed
    assert "未建立案件" in (await clerk("apply", lang="zh")).refusal()[0]


async def test_accounts_loaded_twice_are_there_once_and_the_audit_is_clean(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start()
    file = accounts(tmp_path / "accounts.json", account(), account(bureau=CHANGCHUN, id_number=WORKER))
    once, again = [(await clerk("seed", str(file), "--json")).document() for _ in range(2)]
    assert [(row["bureau"], row["loaded"], row["known"]) for row in once] == [
        (CHANGCHUN, 1, 0),
        (YANBIAN, 1, 0),
    ]
    assert [(row["loaded"], row["known"]) for row in again] == [(0, 1), (0, 1)]
    ((case_no, _),) = opened(province, await clerk("apply", *FLAGS, "--json"))
    await province.client.get_workflow_handle(case_workflow_id(case_no)).result()
    bureaus = [part for bureau in BUREAUS for part in ("--bureau", bureau)]
    report = (await clerk("audit", "--json", *bureaus)).document()
    assert (report["findings"], report["not_checked"]) == ([], [])
    assert report["sent"] == report["received"] == report["posted"] > 0
    screen = await clerk("audit", *bureaus)
    assert (screen.code, screen.printed.splitlines()[-1]) == (
        0,
        "3 bureaus, 1 cases of which 0 open, 1 remittances, 7 postings: clean",
    )


async def test_accounts_of_a_bureau_that_is_off_are_not_loaded_and_the_clerk_is_told(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = Patience(attempts=1, to_begin=timedelta(seconds=1), to_end=timedelta(seconds=1))
    monkeypatch.setattr("desk.client.worker_answers.TO_ENTER", impatient)
    file = accounts(tmp_path / "accounts.json", account())
    (line,) = (await clerk("seed", str(file))).silence()
    assert line.startswith("The worker of Yanbian Prefecture 222400 does not answer; start it")


async def test_where_the_platforms_worker_is_off_show_says_so(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.client.asking, "QUERY_PATIENCE", timedelta(milliseconds=300))
    ((case_no, _),) = opened(province, await clerk("apply", *FLAGS, "--json"))
    (line,) = (await clerk("show", case_no)).silence()
    assert line.startswith("The platform's worker does not answer")


async def test_several_earlier_places_open_one_linked_case_each(province: Province, clerk: Clerk) -> None:
    several = [f"{YANBIAN};{SIPING}" if one == YANBIAN else one for one in FLAGS]
    rows = (await clerk("apply", *several, "--json")).document()
    province.opened += [row["case_no"] for row in rows]
    first, second = (row["case_no"] for row in rows)
    assert [row["linked"] for row in rows] == [[second], [first]]
    assert first == case_number(application(), province.secret), "the same number as handed in alone"
    screen = await clerk("apply", *several)
    assert "0 opened, 2 existed already" in screen.printed
    assert "2 of them are linked" in screen.printed
    await province.start_platform()
    assert second in (await clerk("show", first)).printed
    assert (await clerk("show", second, "--json")).document()["linked"] == [first]


async def test_a_leaver_enters_by_the_former_employers_form(province: Province, clerk: Clerk) -> None:
    await province.start()
    await province.seed(account())
    typed = (
        *("--name", "崔明玉", "--id-number", TEACHER, "--from", "G", "--to", "E"),
        *("--bureau-out", YANBIAN, "--bureau-in", CHANGCHUN, "--reason", "resigned"),
        *("--entry", "former_employers_form", "--registered-home", "220102", "--submitted-on", "2026-01-15"),
        *("--material", "former_employers_form", "--material", "departure_document"),
        *("--material", "identity_document"),
    )
    ((case_no, _),) = opened(province, await clerk("apply", *typed, "--json"))
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    assert (await handle.result()).stage is Stage.CLOSED
    shown = (await clerk("show", case_no, "--papers")).printed
    assert "former employer" in shown
    assert "《机关事业单位辞职辞退等人员基本养老保险关系转移申请表》" in shown
