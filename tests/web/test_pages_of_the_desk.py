"""Pages beside those of a case: applications, the province, the calendar, money, officers."""

import asyncio
import re
from base64 import b64encode
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from past_rulings import file_rulings
from starlette.types import ASGIApp
from visitor import Page, Visitor, visitors, web_desk

from desk.web.claiming import ClaimChange, Claims
from desk.web.live import Hub, follow_case
from engine.encryption.keys import PROVINCE
from models.messages.arrangements import Officers
from models.messages.disputes import RULINGS_TOLD
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, PATIENCE_SECONDS, SIPING, TEACHER, YANBIAN, Province, account, application
from rules.values.orders import DisputePoint
from workflows.identifiers import DUE_AT, RUNNING_CASES, case_workflow_id
from workflows.transfer_case import TransferCase

ROOT = Path(__file__).parents[2]
NOTICE = (ROOT / "examples" / "calendar" / "notice-2027-sample.toml").read_text()
FILLED_IN = {
    "name": "崔明玉",
    "id_number": TEACHER,
    "registered_home": "222401",
    "scheme_from": "G",
    "scheme_to": "E",
    "bureau_out": YANBIAN,
    "bureau_in": CHANGCHUN,
    "reason": "posting",
    "status": "active",
    "submitted_on": "2026-01-15",
    "new_employer": "长春北方软件有限公司",
    "employer_bureau": CHANGCHUN,
    "entry": "contact_letter",
    "materials": ["identity_document", "application_form", "posting_document"],
}

AGENT = {
    "agent_name": "李雷",
    "agent_relation": "配偶",
    "agent_mobile": "13900000002",
    "agent_address": "长春市人民大街 1 号",
}
NEEDED_OF_AN_AGENT = "needed where somebody hands it in for the person"


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    return web_desk(province, monkeypatch)


async def test_an_application_is_checked_previewed_and_opened_once(province: Province, desk: ASGIApp) -> None:
    await province.start()
    await province.seed(account())
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        empty = await clerk.post("/apply", name="", id_number="222401198604120248", submitted_on="yesterday")
        assert {"name", "id_number", "scheme_from", "bureau_out", "submitted_on"} <= set(empty.problems())
        assert empty.problems()["scheme_from"] == "From scheme: missing"
        preview = await clerk.post("/apply", **{**FILLED_IN, "materials": "identity_document"})
        missing = re.search(r'role="status">.*?</section>', preview.html, re.DOTALL)
        assert missing
        assert "What the review will say" in missing[0]
        assert "document approving the posting or appointment (调动（录用）文件)" in missing[0]
        linking = {**FILLED_IN, "scheme_from": "R", "reason": "linking"}
        assert set((await clerk.post("/apply", **linking)).problems()) == {"original_retirement_age"}
        too_young = await clerk.post("/apply", **linking, original_retirement_age="55")
        assert "The application is possible from 2044-04-12 on." in too_young.text
        checked = await clerk.post("/apply", **FILLED_IN)
        altered = {**FILLED_IN, "mobile": "13900000001", "reviewed": checked.inputs["reviewed"]}
        anew = await clerk.post("/apply", **altered, confirm="yes")
        assert (anew.path, "What the review will say" in anew.text) == ("/apply", True)
        assert "identity document" in anew.text, "an English page lists the papers in English"
        opened = await clerk.post("/apply", **FILLED_IN, reviewed=altered["reviewed"], confirm="yes")
        found = re.fullmatch(r"/cases/(.+)/receipt", opened.path)
        assert found
        assert opened.told == ["The case is open."]
        again = await clerk.post("/apply", **FILLED_IN, confirm="yes")
        assert (again.path, "it is the same case" in again.text) == (opened.path, True)
    province.opened.append(found[1])
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(found[1]))
    assert (await handle.result()).stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "zh",
            {
                "agent_relation": "代办人与本人关系：由他人代办时必填",
                "agent_mobile": "代办人电话：由他人代办时必填",
                "certified_government_service": "认定的机关事业单位工作经历：结束早于开始",
            },
        ),
        (
            "en",
            {
                "agent_relation": f"Relation of the agent to the person: {NEEDED_OF_AN_AGENT}",
                "agent_mobile": f"Telephone of the agent: {NEEDED_OF_AN_AGENT}",
                "certified_government_service": "Certified government service: ends before it begins",
            },
        ),
    ],
)
async def test_what_is_wrong_with_an_agent_or_certified_service_is_told_at_its_field(
    province: Province, desk: ASGIApp, lang: str, told: dict[str, str]
) -> None:
    await province.start()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01", lang)
    async with visitors(clerk):
        form = await clerk.get("/apply")
        assert set(AGENT) <= set(form.inputs)
        typed = {"agent_name": "李雷", "certified_government_service": "2016-03..2014-10"}
        wrong = await clerk.post("/apply", **FILLED_IN, **typed)
        assert wrong.problems() == told
        assert wrong.inputs["agent_name"] == "李雷"
        assert ">2016-03..2014-10</textarea>" in wrong.html
        nameless = await clerk.post("/apply", **FILLED_IN, agent_address="长春市人民大街 1 号")
        assert set(nameless.problems()) == {"agent_address"}


async def test_an_agent_and_certified_service_are_entered_with_the_application(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account())
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01", "zh")
    filled_in = {**FILLED_IN, **AGENT, "certified_government_service": "2014-10..2014-12\n2015-06~2015-07"}
    filled_in["materials"] = [*FILLED_IN["materials"], "service_certification"]
    async with visitors(clerk):
        opened = await clerk.post("/apply", **filled_in, confirm="yes")
        found = re.fullmatch(r"/cases/(.+)/receipt", opened.path)
        assert found, opened.problems()
    province.opened.append(found[1])
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(found[1]))
    form = (await handle.query(TransferCase.papers)).application
    assert form is not None
    handed_in = form.application
    assert {name: getattr(handed_in, name) for name in AGENT} == AGENT
    periods = [f"{one.first}..{one.last}" for one in handed_in.certified_government_service]
    assert periods == ["2014-10..2014-12", "2015-06..2015-07"]


async def test_a_refused_application_handed_in_again_is_decided_anew_as_by_the_command(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        form = {**FILLED_IN, "confirm": "yes", "once": (await clerk.get("/apply")).inputs["once"]}
        assert f'value="{form["once"]}"' in (await clerk.post("/apply", **{**form, "confirm": ""})).html
        first = (await clerk.post("/apply", **form)).path.split("/")[2]
        province.opened += [first, f"{first}-2"]
        handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(first))
        assert (await handle.result()).stage is Stage.REFUSED, "nobody knows the person there"
        twice = await clerk.post("/apply", **form)
        assert twice.path == f"/cases/{first}/receipt"
        assert "This submission was handled already" in twice.text
        await province.seed(account())
        form["once"] = (await clerk.get("/apply")).inputs["once"]
        again = await clerk.post("/apply", **form)
        assert again.path == f"/cases/{first}-2/receipt"
        assert f"{first} was refused on 20" in again.text
        assert f"decided anew as {first}-2." in again.text
        assert f"Decided anew after {first}" in again.text
        handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(f"{first}-2"))
        assert (await handle.result()).stage is Stage.CLOSED
        third = await clerk.post("/apply", **FILLED_IN, confirm="yes")
        assert (third.path, "it is the same case" in third.text) == (again.path, True)


async def test_an_officer_without_the_right_accepts_no_application_in_the_browser(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    checker = await Visitor.signed_in(desk, CHANGCHUN, "demo-checker", "zh")
    registrar = await Visitor.signed_in(desk, CHANGCHUN, "demo-registrar", "zh")
    row = {name: one if isinstance(one, str) else ";".join(one) for name, one in FILLED_IN.items()}
    text = "\n".join([",".join(row), ",".join(row.values())])
    files = {"applications": ("applications.csv", text.encode(), "text/csv")}
    async with visitors(checker, registrar):
        assert "受理申请" in (await registrar.get("/")).links
        assert "受理申请" not in (await checker.get("/")).links
        typed = await checker.post("/apply", **FILLED_IN, confirm="yes")
        from_file = Page(await checker.client.post("/apply/file", files=files))
        for refused in (typed, from_file):
            assert refused.status == 400
            assert "经办人 demo-checker（复核岗）无权受理申请。未建立案件。" in refused.text
        opened = await registrar.post("/apply", **FILLED_IN, confirm="yes")
        province.opened.append(opened.path.split("/")[2])
        assert "已建立案件。" in opened.text


def cases_in(page: Page) -> list[str]:
    return [words for words, link in page.links.items() if link.startswith("/cases/2")]


async def test_a_file_of_applications_is_checked_whole_and_opened_row_by_row_once(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account())
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    of_another, of_the_province = [
        await Visitor.signed_in(desk, bureau, "x-01") for bureau in (SIPING, PROVINCE)
    ]
    row = {name: one if isinstance(one, str) else ";".join(one) for name, one in FILLED_IN.items()}
    heading = ",".join(row)
    good = "\n".join([heading, ",".join(row.values())])
    bad = "\n".join([good, ",".join((row | {"scheme_to": "X", "id_number": "1"}).values())])

    retired = "\n".join([heading, ",".join((row | {"status": "pensioner"}).values())])

    async def sent(visitor: Visitor, text: str, **more: str) -> Page:
        files = {"applications": ("applications.csv", text.encode(), "text/csv")}
        return Page(await visitor.client.post("/apply/file", files=files, data=more))

    async with visitors(clerk, of_another, of_the_province):
        wrong = await sent(clerk, bad)
        assert wrong.status == 422
        assert set(wrong.problems()) == {"applications"}
        assert "row 3" in wrong.text
        assert (await sent(clerk, "")).status == 422
        assert (await sent(of_another, good)).status == 422
        assert (await sent(of_the_province, good)).status == 403
        (refused,) = cases_in(await sent(clerk, retired))
        await province.client.get_workflow_handle(f"transfer/{refused}").result()
        assert "refused before" in (await sent(clerk, retired)).text
        more = {"again": "yes", "once": (await clerk.get("/apply")).inputs["once"]}
        assert f"is decided anew as {refused}-2." in (await sent(clerk, retired, **more)).text
        await province.client.get_workflow_handle(f"transfer/{refused}-2").result()
        twice = await sent(clerk, retired, **more)
        assert "0 opened, 1 existed already" in twice.text
        assert "This submission was handled already." in twice.text
        assert cases_in(twice) == [f"{refused}-2"]
        opened = await sent(clerk, good)
        assert "1 opened, 0 existed already" in opened.text
        assert "0 opened, 1 existed already" in (await sent(clerk, good)).text
        (case,) = cases_in(opened)
    province.opened += [refused, f"{refused}-2", case]
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_an_application_between_other_bureaus_is_not_this_ones_to_accept(
    province: Province, desk: ASGIApp
) -> None:
    stranger = await Visitor.signed_in(desk, SIPING, "x-01")
    of_the_province = await Visitor.signed_in(desk, PROVINCE, "p-01")
    async with visitors(stranger, of_the_province):
        assert set((await stranger.post("/apply", **FILLED_IN, confirm="yes")).problems()) == {"bureau_in"}
        assert (await of_the_province.get("/apply")).status == 403


async def test_the_province_sees_what_needs_looking_at_and_others_do_not(
    province: Province, desk: ASGIApp
) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    await province.listed(handle, RUNNING_CASES)
    one, clerk = [await Visitor.signed_in(desk, bureau, "x-01") for bureau in (PROVINCE, CHANGCHUN)]
    async with visitors(one, clerk):
        page = await one.get("/province")
        assert int(re.search(r'class="number">(\d+)</span> open', page.html)[1]) >= 1  # type: ignore[index]
        assert "No ruling on this point yet" in (await one.get("/rulings?point=identity")).text
        for path in ("/province", "/rulings"):
            assert (await clerk.get(path)).status == 404


async def test_past_rulings_are_shown_by_page(province: Province, desk: ASGIApp) -> None:
    await province.start_platform()
    await file_rulings(province.stores[PROVINCE], DisputePoint.SCOPE, RULINGS_TOLD + 2)
    one = await Visitor.signed_in(desk, PROVINCE, "x-01")
    async with visitors(one):
        first = await one.get("/rulings?point=scope")
        assert "52 in all, page 1 of 2" in first.text
        assert "裁〔2026〕3号" in first.text
        assert "裁〔2026〕2号" not in first.text
        second = await one.get(first.links["Next page"])
        assert "裁〔2026〕2号" in second.text
        assert "裁〔2026〕3号" not in second.text
        assert "passed over" not in second.text
        assert "the last page is 2" in (await one.get("/rulings?point=scope&page=9")).text


async def test_a_notice_is_previewed_then_published_by_two_officers(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=()))
    await province.listed(handle, f"{RUNNING_CASES} AND {DUE_AT.name} IS NOT NULL")
    one, two = [await Visitor.signed_in(desk, PROVINCE, officer) for officer in ("p-01", "p-02")]
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(one, two, clerk):
        wrong = await one.post("/calendar", text="[notice]\nyear = 2027\n")
        assert wrong.status == 422
        assert len(wrong.problems()) >= 1
        of_a_spreadsheet = {"file": ("n.toml", '[notice]\nnumber = "国办"\n'.encode("gb18030"))}
        shown_again = Page(await one.client.post("/calendar", files=of_a_spreadsheet))
        assert (shown_again.status, "国办" in shown_again.text) == (422, True)
        preview = await one.post("/calendar", text=NOTICE)
        assert "Nothing is changed yet" in preview.text
        proposed = await one.post("/calendar", text=NOTICE, do="publish")
        assert "proposed by p-01" in proposed.text
        again = await one.post("/calendar", text=NOTICE, do="publish")
        assert again.status == 422
        done = await two.post("/calendar", text=NOTICE, do="publish")
        assert "published by p-01 and p-02" in done.text
        assert (await clerk.post("/calendar", text=NOTICE)).status == 403
        assert "p-01" in (await clerk.get("/calendar")).text


async def test_a_statement_is_read_in_and_money_in_suspense_needs_two_officers(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    one, two = [await Visitor.signed_in(desk, CHANGCHUN, officer) for officer in ("in-01", "in-02")]
    of_the_province = await Visitor.signed_in(desk, PROVINCE, "p-01")
    async with visitors(one, two, of_the_province):
        bad = await one.client.post("/money/statement", files={"file": ("s.csv", b"nothing of the kind\n1")})
        assert bad.status_code == 422
        row = f"value_date,remittance,amount,reference\n{date(2026, 3, 2)},,500.00,B-77\n".encode()
        for said in ("1 arrivals entered", "1 entered before"):
            answer = await one.client.post("/money/statement", files={"file": ("s.csv", row)})
            assert said in answer.text
        why = await one.post("/money/unallocated", reference="B-77", to="", reason="")
        assert "Whoever proposes says why" in why.text
        proposed = await one.post("/money/unallocated", reference="B-77", to="", reason="无对应划转")
        assert "Nothing moves until another officer" in proposed.text
        moved = await two.post("/money/unallocated", reference="B-77", to="", reason="")
        assert "by in-01 and in-02" in moved.text
        assert "无对应划转" in (await of_the_province.get(f"/money?bureau={CHANGCHUN}")).text
        assert (await of_the_province.post("/money/unallocated", reference="B-77")).status == 403


async def test_a_month_is_shown_in_figures_and_goes_into_a_spreadsheet(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account())
    await (await province.apply(application())).result()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        page = await clerk.get("/figures")
        assert page.status == 200
        assert "Bureaus side by side" in page.text
        assert "Changchun" in page.text
        assert "<svg" in page.html
        assert "style=" not in page.html
        sheet = await clerk.client.get("/figures?as=csv")
        assert sheet.headers["content-type"].startswith("text/csv")
        head, row, *_ = sheet.text.lstrip("\ufeff").splitlines()
        assert dict(zip(head.split(","), row.split(","), strict=True))["bureau"] == CHANGCHUN
        for month in ("2020-01", "2020年1月"):
            assert "No case in this month" in (await clerk.get(f"/figures?month={month}")).text
        for address, name in (
            ("/figures?month=2026-99", "month"),
            ("/figures?month=2999-01", "month"),
            ("/cases?stage=zzz", "stage"),
            ("/cases?due_before=abc", "due_before"),
            ("/?due=abc", "due"),
        ):
            assert f"The filter '{name}' in the address cannot be used" in (await clerk.get(address)).text
        for day in ("2026-01-01", "2026年1月1日"):
            assert "cannot be used" not in (await clerk.get(f"/cases?stage=closed&due={day}&flag=")).text
        beyond = await clerk.get("/cases?page=99")
        assert beyond.status == 400
        assert re.search(r"the last page is \d+\.", beyond.text)


async def test_what_could_not_be_delivered_is_listed_and_tried_again(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        assert "Everything was delivered" in (await clerk.get("/outgoing")).text
        assert (await clerk.post("/outgoing", store=YANBIAN)).status == 403
        assert "being tried again" in (await clerk.post("/outgoing", store=CHANGCHUN)).text


async def test_the_messages_of_a_case_stand_in_the_desk_for_its_bureaus(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    case = handle.id.removeprefix("transfer/")
    clerk, stranger = [await Visitor.signed_in(desk, bureau, "in-01") for bureau in (CHANGCHUN, SIPING)]
    async with visitors(clerk, stranger):
        page = await clerk.get(
            (await clerk.get(f"/cases/{case}")).links["Messages sent, and whether they arrived"]
        )
        assert "the transfer is done" in page.text
        assert "waiting" in page.text
        assert (await stranger.get(f"/cases/{case}/outgoing")).status == 404


async def test_officers_of_the_bureau_are_listed(province: Province, desk: ASGIApp) -> None:
    await province.start()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        page = await clerk.get("/officers")
        assert "in-01 (demonstration officer)" in page.text
    assert page.status == 200
    assert "Officers" in page.text


async def test_evidence_is_uploaded_named_by_its_digest_and_read_by_both_bureaus(
    province: Province, desk: ASGIApp
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    case = handle.id.removeprefix("transfer/")
    clerk, other = [await Visitor.signed_in(desk, bureau, "x-01") for bureau in (CHANGCHUN, YANBIAN)]
    stranger = await Visitor.signed_in(desk, SIPING, "x-01")
    async with visitors(clerk, other, stranger):
        address = f"/cases/{case}/act/dispute?by=transfer_in"
        said = {"point": "bases", "statement": "2020 年缴费基数有误。", "once": "0"}
        refused = await clerk.client.post(
            address, data=said, files={"evidence_files": ("payroll.exe", b"MZ")}
        )
        assert Page(refused).problems() == {
            "evidence_files": "Evidence as files: payroll.exe: neither PDF nor PNG nor JPEG"
        }
        file = ("工资表.pdf", b"%PDF-1.7 payroll", "application/pdf")
        done = await clerk.client.post(address, data=said, files={"evidence_files": file})
        assert Page(done).told == ["raise a dispute: accepted."]
        shown = await other.get(f"/cases/{case}")
        (link,) = [one for one in shown.links.values() if "/evidence/" in one]
        answer = await other.client.get(link)
        assert answer.content == b"%PDF-1.7 payroll"
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert (await stranger.get(link)).status == 404
        assert (await clerk.get(f"/cases/{case}/evidence/{'0' * 64}")).status == 404
    history = await handle.fetch_history()
    assert b64encode(b"%PDF-1.7 payroll") not in history.to_json().encode()
    (dispute,) = await handle.query(TransferCase.all_disputes)
    (line,) = dispute.positions[0].position.evidence
    assert line == f"工资表.pdf sha256:{sha256(b'%PDF-1.7 payroll').hexdigest()}"


async def test_a_correction_rests_on_evidence_in_several_lines_and_several_files(
    province: Province, desk: ASGIApp
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    case = handle.id.removeprefix("transfer/")
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "x-01")
    asked = {"items.0.field": "name", "items.0.seen": "崔明玉", "items.0.expected": "崔明钰", "once": "0"}
    address = f"/cases/{case}/act/correct?by=transfer_in"
    files = [("evidence_files", (f"{number}.pdf", f"%PDF-1.7 {number}".encode())) for number in (1, 2)]
    async with visitors(clerk):
        wordy = await clerk.client.post(address, data={**asked, "evidence": "长" * 9000}, files=files)
        assert "at most 1000 characters" in Page(wordy).problems()["evidence"]
        done = await clerk.client.post(address, data={**asked, "evidence": "户口簿\r\n第二页"}, files=files)
        assert done.url.path == f"/cases/{case}", Page(done).problems()
    (one,) = await handle.query(TransferCase.open_corrections)
    assert re.fullmatch(r"户口簿 第二页 1.pdf sha256:\w+ 2.pdf sha256:\w+", one.item.evidence)


async def test_a_case_is_claimed_handed_over_and_let_go(province: Province, desk: ASGIApp) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    await province.listed(handle, f"{RUNNING_CASES} AND {DUE_AT.name} IS NOT NULL")
    case = handle.id.removeprefix("transfer/")
    one, two = [await Visitor.signed_in(desk, CHANGCHUN, officer) for officer in ("in-01", "in-02")]
    other = await Visitor.signed_in(desk, YANBIAN, "out-01")
    claim = f"/cases/{case}/claim"
    async with visitors(one, two, other):
        assert case not in (await one.get("/?mine=yes")).text
        assert "You have claimed the case" in (await one.post(claim, to="in-01", before="")).text
        assert "You have claimed the case" not in (await one.post(claim, to="in-01", before="")).text
        assert case in (await one.get("/?mine=yes")).text
        assert "Nobody of your bureau" in (await other.get(f"/cases/{case}")).text
        assert (await one.post(claim, to="李 小姐", before="in-01")).status == 422
        # Somebody whose page was loaded before takes nothing away.
        assert "has come to in-01; nothing was changed" in (await two.post(claim, to="in-02", before="")).text
        assert "handed over to in-02" in (await one.post(claim, to="IN-02", before="in-01")).text
        assert case in (await two.get("/?mine=yes")).text
        assert "handed over by in-01" in (await two.get(f"/cases/{case}")).text
        assert "Nobody has claimed the case" in (await two.post(claim, to="", before="in-02")).text
        assert "was put back; nothing was changed" in (await one.post(claim, to="in-03", before="in-02")).text
        assert case not in (await two.get("/?mine=yes")).text


async def test_desks_beside_each_other_share_claims_and_a_line_that_was_cut_off_costs_no_other(
    tmp_path: Path,
) -> None:
    file = tmp_path / "claims.jsonl"
    at = datetime(2026, 3, 2, tzinfo=UTC)
    first = ClaimChange(at=at, bureau=CHANGCHUN, case_no="c-1", officer="in-01", by="in-01")
    second = first.model_copy(update={"officer": "in-02", "by": "in-02"})
    one, two = Claims(file), Claims(file)
    assert await one.change(first, before="")
    assert not await one.change(first, before="")
    with file.open("a") as opened:
        opened.write('{"at": "2026-03-')
    # The other desk knows of it without being started again, and enters nothing over it.
    assert not await two.change(second, before="")
    assert two.of(CHANGCHUN, "c-1") == first
    assert two.of(YANBIAN, "c-1") is None
    assert two.held_by(CHANGCHUN, "in-01") == ("c-1",)
    assert await two.change(second, before="in-01")
    assert one.held_by(CHANGCHUN, "in-02") == Claims(file).held_by(CHANGCHUN, "in-02") == ("c-1",)


async def test_of_two_who_claim_at_once_at_desks_beside_each_other_one_has_the_case(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    desks = [Claims(file) for _ in range(8)]
    changes = [
        ClaimChange(
            at=datetime(2026, 3, 2, tzinfo=UTC),
            bureau=CHANGCHUN,
            case_no="c-1",
            officer=f"in-{n}",
            by=f"in-{n}",
        )
        for n in range(8)
    ]
    entered = await asyncio.gather(
        *(claims.change(change, before="") for claims, change in zip(desks, changes, strict=True))
    )
    assert sum(entered) == 1
    winner = changes[entered.index(True)]
    assert {claims.of(CHANGCHUN, "c-1") for claims in desks} == {winner}


async def test_the_event_of_a_case_is_told_to_whoever_watches(province: Province) -> None:
    """The hub sets the event of each watcher when the case does something, and forgets who has left."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=()))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    case, hub = handle.id.removeprefix("transfer/"), Hub()
    follow = partial(follow_case, province.client, case)
    one, two = hub.join(case, follow), hub.join(case, follow)
    await asyncio.wait_for(one.wait(), PATIENCE_SECONDS)
    one.clear()
    two.clear()
    await handle.signal("nothing_known", "x")
    await asyncio.wait_for(one.wait(), PATIENCE_SECONDS)
    assert two.is_set()
    hub.leave(case, one)
    hub.leave(case, two)
    assert hub.watched == 0
