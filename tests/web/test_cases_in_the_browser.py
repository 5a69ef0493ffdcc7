"""Officers at the web desk, in cases on the real server: what they see, do, and are refused."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from limited_waits import FAR_OFF, waits_of_connecting
from linking import asks, employed, farmed
from starlette.types import ASGIApp
from visitor import Page, Visitor, visitors, waits_of_pages, web_desk

from desk.client.asking import look_up
from desk.web.application import desk_application
from desk.web.case import papers as paged_papers
from desk.web.case import showing
from desk.web.engine import CHECK_WITHIN, Engine
from engine.address import Address
from engine.connection import connect
from engine.encryption.access_log import FILE_NAME, AccessLog
from engine.encryption.keys import PROVINCE, key_file_named
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Stage
from province import CHANGCHUN, SIPING, TEACHER, YANBIAN, Handle, Province, account, application
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, STAGE
from workflows.transfer_case import TransferCase


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province whose workers the test starts."""
    return web_desk(province, monkeypatch)


@pytest.fixture
async def clerk_in(desk: ASGIApp) -> AsyncIterator[Visitor]:
    """An officer of the transfer-in bureau."""
    async with visitors(visitor := await Visitor.signed_in(desk, CHANGCHUN, "in-01")):
        yield visitor


@pytest.fixture
async def clerk_out(desk: ASGIApp) -> AsyncIterator[Visitor]:
    """An officer of the transfer-out bureau."""
    async with visitors(visitor := await Visitor.signed_in(desk, YANBIAN, "out-01")):
        yield visitor


ONE, TWO = Officers.ONE_OFFICER, Officers.TWO_OFFICERS
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
BASE_2020 = {"items.0.field": "base", "items.0.months": "2020-01..2020-12"}


def number(handle: Handle) -> str:
    return handle.id.removeprefix("transfer/")


async def opened(province: Province, **officers: Officers) -> tuple[Handle, str]:
    """A case whose taking in waits for an officer, and its number."""
    await province.start(**{"posting": ONE, **officers})
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle, number(handle)


async def stage_of(handle: Handle) -> Stage:
    return (await handle.query(TransferCase.progress)).stage


async def test_the_worklist_names_what_the_bureau_has_to_do_and_leads_to_the_case(
    province: Province, clerk_in: Visitor, clerk_out: Visitor
) -> None:
    handle, case = await opened(province)
    await province.listed(handle, f"{STAGE.name} = '{Stage.TAKING_IN}'")
    page = await clerk_in.get("/")
    assert page.links[case] == f"/cases/{case}"
    assert "approve posting (0 of 1)" in page.text
    assert case not in (await clerk_out.get("/")).text
    assert case not in (await clerk_in.get(f"/?stage={Stage.IN_DISPUTE}")).text
    assert case in (await clerk_in.get(f"/cases?stage={Stage.TAKING_IN}")).text
    # A list that became shorter than its page while somebody worked on it shows its last one.
    assert case in (await clerk_in.get(f"/?stage={Stage.TAKING_IN}&page=2")).text


async def test_a_case_shows_where_it_stands_and_masks_the_name_until_it_is_asked_for(
    province: Province, clerk_in: Visitor
) -> None:
    _, case = await opened(province)
    page = await clerk_in.get(f"/cases/{case}")
    assert page.status == 200
    for shown in ("taking in", "崔**", "review", "transfer-out", "Possible now"):
        assert shown in page.text
    assert "崔明玉" not in page.html + (await clerk_in.get(f"/cases/{case}/papers")).html
    shown_page = await clerk_in.post(f"/cases/{case}/names", show="yes")
    assert "崔明玉" in shown_page.html
    assert TEACHER in (await clerk_in.get(f"/cases/{case}/papers")).html
    log = AccessLog(key_file_named(None).parent / FILE_NAME)
    lines = [line for line in log.read() if line is not None and line.workflow == f"transfer/{case}"]
    assert ("220100/in-01", "web: names shown") in {(line.reader, line.why) for line in lines}
    assert "web: names shown" in (await clerk_in.get("/access")).text
    masked = await clerk_in.post(f"/cases/{case}/names", show="no")
    assert "崔明玉" not in masked.html


async def test_a_printed_paper_is_held_to_the_register_for_officers_of_its_case(
    province: Province, desk: ASGIApp, clerk_in: Visitor, clerk_out: Visitor
) -> None:
    _, case = await opened(province)
    stranger = await Visitor.signed_in(desk, SIPING, "x-01")
    async with visitors(stranger):
        printed = await clerk_in.client.get(f"/cases/{case}/papers/certificate-1.pdf")
        assert f'filename="{case}-certificate-1.pdf"' in printed.headers["content-disposition"]
        file = printed.content

        async def held(officer: Visitor, raw: bytes) -> Page:
            files = {"printed": ("certificate.pdf", raw, "application/pdf")}
            return Page(await officer.client.post("/search/printed", files=files))

        found = await held(clerk_out, file)
        assert "byte for byte" in found.text
        assert found.links[case] == f"/cases/{case}"
        assert (
            "but the file is not what is printed"
            in (await held(clerk_in, file.replace(b"\n", b"\r", 1))).text
        )
        assert "no mark of a paper" in (await held(clerk_in, b"%PDF-1.7 another")).text
        hidden = await held(stranger, file)
        assert "no such paper is on file" in hidden.text
        assert case not in hidden.text
        assert set((await held(clerk_in, b"")).problems()) == {"printed"}


async def test_another_bureaus_case_is_not_found_like_one_that_is_not_there(
    province: Province, desk: ASGIApp
) -> None:
    _, case = await opened(province)
    stranger = await Visitor.signed_in(desk, SIPING, "x-01")
    async with visitors(stranger):
        nowhere = "220100-20260115-AAAAAAAA"
        for rest in ("", "/papers", "/clocks/A", "/events", "/act/correct?by=transfer_in"):
            theirs, none = [await stranger.get(f"/cases/{one}{rest}") for one in (case, nowhere)]
            assert theirs.status == none.status == 404
            assert theirs.html.replace(case, nowhere) == none.html
        assert case not in (await stranger.get("/access")).text


async def test_whoever_opens_a_case_stands_in_the_access_log_with_whoever_reads_it_by_command(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk with a connection of its own, as it is started."""
    waits_of_connecting(monkeypatch, FAR_OFF)
    waits_of_pages(monkeypatch, FAR_OFF)
    handle, case = await opened(province)
    await province.listed(handle, f"{BUREAU_IN.name} = '{CHANGCHUN}' AND {BUREAU_OUT.name} = '{YANBIAN}'")
    here = Address(province.client.service_client.config.target_host)
    desk = desk_application(Engine(replace(here, why="web")))
    clerk_in, clerk_out, stranger = [
        await Visitor.signed_in(desk, bureau, officer)
        for bureau, officer in ((CHANGCHUN, "in-01"), (YANBIAN, "out-01"), (SIPING, "x-01"))
    ]
    await look_up(await connect(replace(here, why="show")), case)
    await clerk_in.get(f"/cases/{case}")
    await clerk_in.get(f"/cases/{case}/journal", **{"X-Asked-By": "page"})
    await clerk_out.get(f"/cases/{case}")
    log = AccessLog(key_file_named(None).parent / FILE_NAME)
    read = [line for line in log.read() if line is not None and line.workflow == f"transfer/{case}"]
    by_worklist = {line.reader for line in read if line.why == "web"}
    assert by_worklist <= {"220100/in-01", "222400/out-01"}, "each once the engine lists the case"
    assert [(line.reader, line.why) for line in read if line.why != "web"] == [
        ("demonstration", "show"),
        ("220100/in-01", "web: case"),
        ("222400/out-01", "web: case"),
    ]
    async with visitors(clerk_in, clerk_out, stranger):
        for officer in (clerk_in, clerk_out):
            shown = (await officer.get(f"/access?case={case}")).text
            assert all(line.reader in shown for line in read)
            assert case in (await officer.get("/access")).text
        assert "Nobody has looked" in (await stranger.get(f"/access?case={case}")).text
        assert case not in (await stranger.get("/access")).text


async def test_a_due_date_is_explained_day_by_day(province: Province, clerk_in: Visitor) -> None:
    handle, case = await opened(province)
    (reading, *_) = (await handle.query(TransferCase.progress)).clocks
    page = await clerk_in.get(f"/cases/{case}/clocks/A")
    assert "day of receipt, not counted" in page.text
    assert re.findall(r'class="number"[^>]*>(\d+)<', page.html) == [str(n) for n in range(1, 16)]
    last = re.findall(r"(\d{4}-\d\d-\d\d) \w{3}</td>", page.html)[-1]
    assert last == str(reading.due_on)


async def test_a_correction_is_asked_for_answered_and_stands_beside_the_version_before(
    province: Province, clerk_in: Visitor, clerk_out: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, case = await opened(province)
    form = await clerk_in.get(f"/cases/{case}/act/correct?by=transfer_in")
    asked = {**BASE_2020, "items.0.seen": "6000.00", "items.0.expected": "6300.00", "evidence": "工资台账"}
    after = await clerk_in.hand_in(form, **asked)
    assert (after.status, after.path) == (200, f"/cases/{case}")
    assert after.told == ["request a correction: accepted."]
    answer = await clerk_out.get(f"/cases/{case}/act/amend?by=transfer_out")
    assert "6300.00" in answer.text + str(answer.inputs)
    answered = await clerk_out.hand_in(answer)
    assert answered.told == ["answer a correction: accepted."]
    assert "approve posting" in answered.text, "the page is of the case after the answer was carried out"
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    papers = (await clerk_in.get(f"/cases/{case}/papers")).text
    assert "Changed in version 2" in papers
    assert "6,000.00" in papers
    assert "6,300.00" in papers
    await reads_by_page(handle, clerk_in, monkeypatch)


async def reads_by_page(handle: Handle, clerk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journal and papers of a long case, with pages made short so that a short case fills several."""
    case, written = number(handle), len(await handle.query(TransferCase.journal))
    monkeypatch.setattr(showing, "LINES", 5)
    monkeypatch.setattr(paged_papers, "VERSIONS", 1)
    monkeypatch.setattr(paged_papers, "PAPERS", 2)
    page = await clerk.get(f"/cases/{case}")
    assert f"{written - 5} earlier lines" in page.text
    second = await clerk.get(page.links[f"{written - 5} earlier lines"])
    read = second.html.count("<tr") - 1
    assert (second.status, read) == (200, 5)
    while (older := second.links.get("Next page")) is not None:
        second = await clerk.get(older)
        read += second.html.count("<tr") - 1
    assert read == written - 5
    assert (await clerk.get(f"/cases/{case}/journal?page=99999")).text == second.text
    papers = await clerk.get(f"/cases/{case}/papers")
    assert "information_form-2.pdf" in papers.html
    assert "information_form-1.pdf" not in papers.html
    earlier = await clerk.get(next(link for link in papers.hrefs if "versions=2" in link))
    assert "information_form-1.pdf" in earlier.html
    assert "Changed in version 2" not in earlier.text
    assert any("others=2" in link for link in earlier.hrefs)


async def test_everything_wrong_with_a_form_is_told_at_once_at_its_field(
    province: Province, clerk_in: Visitor
) -> None:
    handle, case = await opened(province)
    form = await clerk_in.get(f"/cases/{case}/act/correct?by=transfer_in")
    wrong = {
        "items.0.field": "base",
        "items.0.months": "2020-13..2020-12",
        "items.1.field": "line/2",
        "items.1.seen": "many",
        "items.1.expected": "-1",
    }
    page = await clerk_in.hand_in(form, **wrong)
    assert page.status == 422
    assert set(page.problems()) == {"items.0.months", "items.1.seen", "items.1.expected", "evidence"}
    # What was filled in stands there still, and each problem is tied to its field.
    assert page.inputs["items.1.seen"] == "many"
    assert re.search(r'id="f-items.1.seen"[^>]*aria-describedby="p-items.1.seen"[^>]*aria-invalid', page.html)
    assert (await handle.query(TransferCase.progress)).open_fields == ()


async def test_an_approval_shows_before_and_after_and_a_second_click_does_nothing_again(
    province: Province, clerk_in: Visitor
) -> None:
    handle, case = await opened(province)
    form = await clerk_in.get(f"/cases/{case}/act/approve?by=transfer_in&what=posting")
    lines = (await handle.query(TransferCase.papers)).information_forms[-1].lines
    assert "posting to be approved" in form.text
    assert f"{lines.individual // 100:,}.{lines.individual % 100:02d}" in form.text
    assert (await clerk_in.hand_in(form)).told == ["approve: accepted."]
    assert (await handle.result()).stage is Stage.CLOSED
    again = await clerk_in.hand_in(form)
    assert "Handed in before" in again.text
    journal = await handle.query(TransferCase.journal)
    assert [entry.event for entry in journal].count(Event.APPROVED) == 1
    closed = await clerk_in.get(f"/cases/{case}")
    assert [words for words, link in closed.links.items() if "/act/" in link] == ["reopen the case"]
    over = await clerk_in.get(f"/cases/{case}/act/approve?by=transfer_in&what=posting")
    assert over.path == f"/cases/{case}"
    assert "not possible in the case as it stands now" in over.text


async def test_two_officers_are_two_and_the_case_says_so_on_the_form(
    province: Province, desk: ASGIApp, clerk_in: Visitor
) -> None:
    handle, case = await opened(province, posting=TWO)
    path = f"/cases/{case}/act/approve?by=transfer_in&what=posting"
    assert (await clerk_in.hand_in(await clerk_in.get(path))).told == ["approve: accepted."]
    second = await clerk_in.get(path)
    refused = await clerk_in.hand_in(second, once="9")
    assert refused.status == 422
    assert await stage_of(handle) is Stage.TAKING_IN
    other = await Visitor.signed_in(desk, CHANGCHUN, "in-02")
    async with visitors(other):
        assert (await other.hand_in(await other.get(path))).told == ["approve: accepted."]
    assert (await handle.result()).stage is Stage.CLOSED


async def test_an_action_of_the_other_side_is_not_this_officers(
    province: Province, clerk_out: Visitor
) -> None:
    _, case = await opened(province)
    page = await clerk_out.get(f"/cases/{case}")
    assert "approve posting" not in page.links
    assert "For others to do" in page.text
    for by in ("transfer_in", "transfer_out", "province"):
        refused = await clerk_out.get(f"/cases/{case}/act/approve?by={by}&what=posting")
        assert refused.status == 403
        sent = await clerk_out.post(f"/cases/{case}/act/approve?by={by}", what="posting", once="1", of="")
        assert sent.status == 403


DISPUTED = (StaffAction.ANSWER, StaffAction.SETTLE, StaffAction.REFER, StaffAction.WITHDRAW_DISPUTE)


async def offered(clerk: Visitor, case: str, *actions: StaffAction) -> set[StaffAction]:
    """Which of these actions the page of the case has a button for."""
    links = " ".join((await clerk.get(f"/cases/{case}")).hrefs)
    return {one for one in actions if f"/act/{one}?" in links}


async def test_a_dispute_goes_through_both_bureaus_to_the_province_and_its_ruling(
    province: Province, desk: ASGIApp, clerk_in: Visitor, clerk_out: Visitor
) -> None:
    handle, case = await opened(province, ruling=TWO)
    one, two = [await Visitor.signed_in(desk, PROVINCE, officer) for officer in ("p-01", "p-02")]
    async with visitors(one, two):
        act = f"/cases/{case}/act"
        empty = await clerk_out.hand_in(await clerk_out.get(f"{act}/dispute?by=transfer_out"))
        assert set(empty.problems()) == {"point", "statement"}
        assert all(re.fullmatch(r"\S.*: fill this in", one) for one in empty.problems().values())
        form = await clerk_out.get(f"{act}/dispute?by=transfer_out")
        said = {"point": "scope", "statement": "调动决定已撤销。", "evidence": "撤销决定\n会议纪要"}
        assert (await clerk_out.hand_in(form, **said)).told == ["raise a dispute: accepted."]
        # What the case would refuse is no button: whoever raises a dispute does not answer it.
        assert await offered(clerk_out, case, *DISPUTED) == {StaffAction.SETTLE, StaffAction.WITHDRAW_DISPUTE}
        assert await offered(clerk_in, case, *DISPUTED) == {StaffAction.ANSWER, StaffAction.SETTLE}
        form = await clerk_in.get(f"{act}/answer?by=transfer_in")
        assert (await clerk_in.hand_in(form, statement="新单位已办理参保登记。")).told == [
            "answer a dispute: accepted."
        ]
        both = {StaffAction.ANSWER, StaffAction.SETTLE, StaffAction.REFER}
        assert await offered(clerk_out, case, *DISPUTED) == await offered(clerk_in, case, *DISPUTED) == both
        form = await clerk_out.get(f"{act}/refer?by=transfer_out")
        assert (await clerk_out.hand_in(form, reason="协商不成")).told == ["refer to the province: accepted."]
        shown = await one.get(f"/cases/{case}")
        for word in ("调动决定已撤销。", "撤销决定", "会议纪要", "新单位已办理参保登记。"):
            assert word in shown.text
        form = await one.get(f"{act}/rule?by=province")
        wrong = await one.hand_in(form, **{"orders.0": "extend_clock", "orders.0.rest": "Z 3"})
        assert set(wrong.problems()) == {"number", "reasons", "orders.0.rest"}
        orders = {"orders.0": "return_funds", "orders.1": "restore_relationship", "orders.2": "close"}
        ruled = await one.hand_in(form, number="吉社保裁〔2026〕1号", reasons="不符合第二条。", **orders)
        assert ruled.told == ["rule: accepted."]
        form = await one.get(f"{act}/rule?by=province")
        later = await one.hand_in(form, number="吉社保裁〔2026〕2号", reasons="不符合第二条。", **orders)
        assert (
            "; it replaces ruling 吉社保裁〔2026〕1号, of which nothing has been carried out." in later.text
        )
        await province.awaiting(handle, Approvable.RULING)
        form = await two.get(f"{act}/approve?by=province&what=ruling")
        assert "return the funds" in form.text
        assert (await two.hand_in(form)).told == ["approve: accepted."]
    assert (await handle.result()).stage is Stage.RETURNED


async def test_the_person_chooses_at_the_counter_and_the_refund_is_checked(
    province: Province, desk: ASGIApp, clerk_in: Visitor
) -> None:
    await province.start(refund=TWO)
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    case = number(handle)
    await province.journalled(handle, Event.CHOICE_OFFERED)
    form = await clerk_in.get(f"/cases/{case}/act/choose?by=applicant")
    assert "960.00" in form.text
    empty = await clerk_in.hand_in(form)
    assert set(empty.problems()) == {"keep.0", "consent", "refund_account"}
    answer = {"keep.0": "1", "consent": "yes", "refund_account": "6217000012345678"}
    page = await clerk_in.hand_in(form, **answer)
    assert page.told == ["choose which months to keep: accepted."]
    assert "6217000012345678" not in page.html
    await province.awaiting(handle, Approvable.REFUND)
    assert await offered(clerk_in, case, StaffAction.CHOOSE) == set()
    checker = await Visitor.signed_in(desk, CHANGCHUN, "in-02")
    async with visitors(checker):
        form = await checker.get(f"/cases/{case}/act/approve?by=transfer_in&what=refund")
        assert "refunded to the person" in form.text
        assert "6217000012345678" in form.text, "the approver reads the account in full"
        assert "web: approve refund" in (await checker.get("/access")).text
        assert (await checker.hand_in(form)).told == ["approve: accepted."]
    assert (await handle.result()).stage is Stage.CLOSED


async def test_who_was_insured_as_a_resident_too_has_nothing_to_choose_and_consents(
    province: Province, desk: ASGIApp, clerk_in: Visitor
) -> None:
    await province.start(refund=Officers.ONE_OFFICER)
    await province.seed(farmed(), employed("E", ("2008-01", "2022-12"), ("2023-09", "2023-12")))
    handle = await province.apply(asks("R", "E"))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    form = await clerk_in.get(f"/cases/{number(handle)}/act/choose?by=applicant")
    assert "Nothing to choose: 2023-09 – 2023-12 E" in form.text
    assert "《城乡居民基本养老保险信息表》" in (await clerk_in.get(f"/cases/{number(handle)}/papers")).text
    assert "480.00 yuan paid out" in form.text
    done = await clerk_in.hand_in(form, consent="yes", refund_account="6217000012345678")
    assert done.told == ["choose which months to keep: accepted."]
    assert (await handle.result()).refunded == 480_00


async def test_a_closed_case_is_taken_up_again_by_two_officers(
    province: Province, desk: ASGIApp, clerk_in: Visitor, clerk_out: Visitor
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    assert (await handle.result()).stage is Stage.CLOSED
    case = number(handle)
    assert "reopen the case" not in (await clerk_out.get(f"/cases/{case}")).links
    form = await clerk_in.get((await clerk_in.get(f"/cases/{case}")).links["reopen the case"])
    assert set((await clerk_in.hand_in(form)).problems()) >= {"items.0.field", "evidence"}
    asked = {**BASE_2020, "items.0.seen": "6000.00", "items.0.expected": "6300.00", "evidence": "工资台账"}
    done = await clerk_in.hand_in(form, reason="办结后发现基数有误", **asked)
    assert done.told == ["reopen the case: accepted."]
    await province.awaiting(handle, Approvable.REOPENING)
    other = await Visitor.signed_in(desk, CHANGCHUN, "in-02")
    async with visitors(other):
        form = await other.get(f"/cases/{case}/act/approve?by=transfer_in&what=reopening")
        assert (await other.hand_in(form)).told == ["approve: accepted."]
    await province.journalled(handle, Event.CASE_REOPENED)


async def test_papers_that_were_missing_are_entered(province: Province, clerk_in: Visitor) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document", "application_form")))
    case = number(handle)
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    form = await clerk_in.get(f"/cases/{case}/act/supplement?by=transfer_in")
    assert "(missing)" in form.text
    assert set((await clerk_in.hand_in(form)).problems()) == {"materials"}
    assert (await clerk_in.hand_in(form, materials="posting_document")).told == [
        "supplement missing papers: accepted."
    ]
    assert (await handle.result()).stage is Stage.CLOSED


async def test_cases_are_found_by_number_and_by_person_and_the_search_is_logged(
    province: Province, clerk_in: Visitor, desk: ASGIApp
) -> None:
    handle, case = await opened(province)
    await province.listed_at_work(handle)
    assert (await clerk_in.post("/search", number=case.lower())).path == f"/cases/{case}"
    found = await clerk_in.post("/search", number=TEACHER)
    assert case in found.links
    assert TEACHER not in found.html
    assert "web: search by ID number" in (await clerk_in.get("/access")).text
    assert (await clerk_in.post("/search", number="222401198604120248")).problems().keys() == {"number"}
    stranger = await Visitor.signed_in(desk, SIPING, "x-01")
    async with visitors(stranger):
        assert "No case of this person here" in (await stranger.post("/search", number=TEACHER)).text


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_while_the_platform_is_off_a_sentence_says_so_soon(
    province: Province, desk: ASGIApp, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    handle = await province.apply(application())
    clerk = Visitor(desk, lang)
    async with visitors(clerk):
        page = await clerk.post("/sign-in", bureau=CHANGCHUN, officer="in-01", back="/search")
        assert page.path == "/search"
        monkeypatch.setattr("desk.web.engine.CHECK_WITHIN", 5 * CHECK_WITHIN)
        waits = waits_of_pages(monkeypatch)
        page = await clerk.get(f"/cases/{number(handle)}")
        assert any(wait.expired() for wait in waits)
    assert page.status == 503
    told = "province's platform does not answer" if lang == "en" else "省级平台未响应"
    assert told in page.text


async def test_two_readers_at_once_each_have_their_language_and_see_what_is_theirs(
    province: Province, desk: ASGIApp
) -> None:
    """Two hundred requests of many kinds, twenty at once."""
    _, case = await opened(province)
    english = await Visitor.signed_in(desk, CHANGCHUN, "in-01", "en")
    chinese = await Visitor.signed_in(desk, YANBIAN, "out-01", "zh")
    twenty = asyncio.Semaphore(20)
    paths = (
        *("/", "/cases", "/search", "/access", "/apply", "/passkey", f"/cases/{case}"),
        *(f"/cases/{case}/papers", f"/cases/{case}/clocks/A", f"/cases/{case}/receipt"),
        *(f"/cases/{case}/act/correct?by=transfer_in", f"/cases/{case}/act/dispute?by=transfer_out"),
    )

    async def asked(number: int) -> Page:
        reader = (english, chinese)[number % 2]
        async with twenty:
            if number % 10 < 2:
                return await reader.post("/search", number="nothing of the kind")
            return await reader.get(paths[number // 2 % len(paths)])

    async with visitors(english, chinese):
        await english.post(f"/cases/{case}/names", show="yes")
        pages = await asyncio.gather(*(asked(number) for number in range(200)))
    assert ["Basic pension insurance" in page.text for page in pages] == [True, False] * 100
    assert ["基本养老保险关系省内" in page.text for page in pages] == [False, True] * 100
    assert ["in-01" in page.text for page in pages[::2]] == [True] * 100
    assert ["out-01" in page.text for page in pages[1::2]] == [True] * 100
    # The names that one has asked for are shown to no other.
    assert any("崔明玉" in page.html for page in pages[::2])
    assert not any("崔明玉" in page.html for page in pages[1::2])


async def test_an_officer_who_tries_many_numbers_is_told_to_wait(province: Province, desk: ASGIApp) -> None:
    _, case = await opened(province)
    guesser = await Visitor.signed_in(desk, SIPING, "x-01")
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(guesser, clerk):
        tried = [(await guesser.get(f"/cases/{case}/papers")).status for _ in range(31)]
        assert tried == [404] * 30 + [429]
        # From then on a case that is there and one that is not are answered alike.
        nowhere = await guesser.get("/cases/220100-20260115-AAAAAAAA")
        theirs = await guesser.get(f"/cases/{case}")
        assert theirs.status == nowhere.status == 429
        assert theirs.html.replace(case, "220100-20260115-AAAAAAAA") == nowhere.html
        assert (await clerk.get(f"/cases/{case}")).status == 200


async def test_who_tries_to_sign_in_again_and_again_waits(desk: ASGIApp) -> None:
    visitor = Visitor(desk)
    async with visitors(visitor):
        tried = [await visitor.post("/sign-in", bureau=CHANGCHUN, officer="") for _ in range(31)]
        assert [page.status for page in tried] == [422] * 30 + [429]
        right = await visitor.post("/sign-in", bureau=CHANGCHUN, officer="in-01")
    assert "Too many tries" in right.text


async def test_an_answer_from_an_old_page_reaches_the_field_it_was_written_for_or_none(
    province: Province, clerk_in: Visitor, clerk_out: Visitor
) -> None:
    handle, case = await opened(province)
    form = await clerk_in.get(f"/cases/{case}/act/correct?by=transfer_in")
    asked = {
        **BASE_2020,
        "items.0.seen": "6000.00",
        "items.0.expected": "6300.00",
        "items.1.field": "base",
        "items.1.months": "2021-01..2021-12",
        "items.1.seen": "6000.00",
        "items.1.expected": "6600.00",
        "evidence": "工资台账",
    }
    assert (await clerk_in.hand_in(form, **asked)).told == ["request a correction: accepted."]
    old = await clerk_out.get(f"/cases/{case}/act/amend?by=transfer_out")
    first, second = "answers.base/2020-01..2020-12", "answers.base/2021-01..2021-12"
    assert {f"{first}.value", f"{second}.value"} < set(old.inputs)
    taken_back = await clerk_in.get(f"/cases/{case}/act/withdraw-correction?by=transfer_in")
    assert (await clerk_in.hand_in(taken_back, fields="base/2020-01..2020-12")).told == [
        "withdraw a request for correction: accepted."
    ]
    refused = await clerk_out.hand_in(old, **{f"{first}.how": "amend", f"{second}.how": "later"})
    assert refused.status == 422
    assert f"{first}.value" not in refused.inputs
    assert refused.inputs[f"{second}.value"] == "6600.00"
    assert len((await handle.query(TransferCase.papers)).information_forms) == 1
    wordy = await clerk_out.hand_in(refused, **{f"{second}.how": "decline", f"{second}.reason": "长" * 9000})
    assert set(wordy.problems()) == {f"{second}.reason"}
    answer = {f"{first}.how": "later", f"{second}.how": "amend"}
    assert (await clerk_out.hand_in(old, **answer)).path == f"/cases/{case}"
    again = await clerk_out.hand_in(old, **answer)
    assert "Handed in before" in again.text
    assert len((await handle.query(TransferCase.papers)).information_forms) == 2


async def test_what_one_officer_has_filled_in_is_not_handed_in_for_another_who_signs_in_meanwhile(
    province: Province, clerk_in: Visitor
) -> None:
    handle, case = await opened(province)
    form = await clerk_in.get(f"/cases/{case}/act/approve?by=transfer_in&what=posting")
    await clerk_in.post("/sign-in", bureau=CHANGCHUN, officer="in-02")
    told = await clerk_in.hand_in(form)
    assert (told.status, told.path) == (409, form.actions[-1].partition("?")[0])
    assert (
        "Another officer has signed in in this browser since the form was opened: 220100/in-02" in told.text
    )
    assert await stage_of(handle) is Stage.TAKING_IN
    # As the officer who has opened it, who has not signed in again yet.
    assert (await clerk_in.hand_in(told, opened_by=f"{CHANGCHUN}/in-01")).status == 409
    assert await stage_of(handle) is Stage.TAKING_IN
    assert (await clerk_in.hand_in(told, opened_by=f"{CHANGCHUN}/in-02")).path == f"/cases/{case}"
    approved = [one for one in await handle.query(TransferCase.journal) if one.event is Event.APPROVED]
    assert "in-02" in str(approved)
