"""Staff at the desk, acting in cases on the real server: every action, its receipt, and every plain no."""

from pathlib import Path

import pytest
from clerk import Clerk, Screen, on_a_wide_screen

from desk.client.case_numbers import KEY_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, Handle, Province, account, application
from workflows.identifiers import STAGE
from workflows.transfer_case import TransferCase

ONE, TWO = Officers.ONE_OFFICER, Officers.TWO_OFFICERS
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
"""Two of these months the teacher has paid in both schemes."""
BASE = "base/2020-01..2020-12"


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    on_a_wide_screen(monkeypatch)
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


def number(handle: Handle) -> str:
    return handle.id.removeprefix("transfer/")


async def opened(province: Province, **officers: Officers) -> tuple[Handle, str]:
    """A case whose taking in waits for an officer, and its number."""
    await province.start(**{"posting": ONE, **officers})
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle, number(handle)


def accepted(screen: Screen) -> str:
    """What a command printed whose message the case accepted."""
    assert (screen.code, screen.complaints) == (0, ""), screen.complaints
    assert "accepted" in screen.printed
    return screen.printed


def refused(screen: Screen) -> str:
    """What the case said to a message it did not accept."""
    assert (screen.code, screen.printed) == (1, "")
    return screen.complaints


async def stage_of(handle: Handle) -> Stage:
    return (await handle.query(TransferCase.progress)).stage


async def test_a_correction_is_asked_for_answered_and_shown_with_its_diff(
    province: Province, clerk: Clerk
) -> None:
    handle, case = await opened(province)
    asked = ("--field", BASE, "--seen", "6000.00", "--expected", "6300.00")
    named = ("--field", "name", "--seen", "崔明玉", "--expected", "崔明钰")
    typed = ("correct", case, *asked, *named, "--evidence", "工资台账", "--officer", "in-01")
    assert f"{case}, transfer-in bureau, officer in-01" in accepted(await clerk(*typed))
    shown = (await clerk("show", case)).printed
    assert "answer the correction" in shown
    assert "崔明钰" not in shown
    document = (await clerk("show", case, "--json")).document()
    assert [one["item"]["expected"] for one in document["corrections"]] == ["6300.00", "崔*钰"]
    declined = ("--decline", "name", "--reason", "户籍证明一致")
    answer = ("amend", case, "--field", BASE, "--value", "6300.00", *declined, "--officer", "out-01")
    accepted(await clerk(*answer))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    papers = (await clerk("show", case, "--papers")).printed
    assert [line.split()[-2:] for line in papers.splitlines() if line.startswith("monthly base 2020-01")] == [
        ["6,000.00", "6,300.00"]
    ]
    for told in (f"information-form/{case}/1", f"information-form/{case}/2", "supplement", "崔**"):
        assert told in papers
    assert "崔明玉" not in papers


async def test_a_correction_from_a_file_is_the_one_that_was_typed(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    _, case = await opened(province)
    file = tmp_path / "correction.toml"
    file.write_text(
        f'[[items]]\nfield = "{BASE}"\nseen = "6000.00"\nexpected = "6300.00"\nevidence = "工资台账"\n',
        encoding="utf-8",
    )
    typed = ("--field", BASE, "--seen", "6000.00", "--expected", "6300.00", "--evidence", "工资台账")
    first = (await clerk("correct", case, "--file", str(file), "--officer", "in-01", "--json")).document()
    again = (await clerk("correct", case, *typed, "--officer", "in-01", "--json")).document()
    assert first["message_id"] == again["message_id"]
    progress = (await clerk("show", case, "--json")).document()
    assert len(progress["open_fields"]) == 1


async def test_two_officers_approve_and_the_same_one_twice_does_not_count(
    province: Province, clerk: Clerk
) -> None:
    handle, case = await opened(province, posting=TWO)
    accepted(await clerk("approve", case, "posting", "--officer", "in-01"))
    assert "approve posting (1 of 2)" in (await clerk("show", case)).printed
    repeated = await clerk("approve", case, "posting", "--officer", "in-01")
    assert "approve: handed in before, on 20" in repeated.printed
    assert "(1 of 2)" in (await clerk("show", case)).printed, "the same command is the same message"
    again = await clerk("approve", case, "posting", "--officer", "in-01", "--message-id", "once-more")
    assert "another officer" in refused(again)
    accepted(await clerk("approve", case, "posting", "--officer", "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_an_approval_of_the_next_thing_is_another_message(province: Province, clerk: Clerk) -> None:
    """The officer types the same command for the corrected form, and means it anew."""
    handle, case = await opened(province, posting=TWO)
    first = (await clerk("approve", case, "posting", "--officer", "in-01", "--json")).document()
    typed = ("--field", BASE, "--seen", "6000.00", "--expected", "6300.00", "--evidence", "工资台账")
    accepted(await clerk("correct", case, *typed, "--officer", "in-01"))
    accepted(await clerk("amend", case, "--field", BASE, "--value", "6300.00", "--officer", "out-01"))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    second = (await clerk("approve", case, "posting", "--officer", "in-01", "--json")).document()
    assert first["message_id"] != second["message_id"]
    assert "approve posting (1 of 2)" in (await clerk("show", case)).printed


async def test_the_wrong_party_is_told_who_may_and_what_is_possible(province: Province, clerk: Clerk) -> None:
    _, case = await opened(province)
    typed = ("--field", BASE, "--seen", "6000.00", "--expected", "6300.00", "--evidence", "x")
    answer = await clerk("correct", case, *typed, "--officer", "out-01", "--by", "out")
    assert "is for the transfer-in bureau to do" in refused(answer)
    assert answer.complaints.splitlines()[1:] == [f"`starter.py show {case}` lists what is possible now."]
    listed = (await clerk("show", case)).printed
    assert f"starter.py approve {case} posting --of information-form/{case}/1 --officer ID" in listed
    chinese = await clerk("correct", case, *typed, "--officer", "out-01", "--by", "out", lang="zh")
    assert "应由转入地办理" in refused(chinese)


async def test_a_no_for_machines_is_one_document(province: Province, clerk: Clerk) -> None:
    _, case = await opened(province)
    answer = await clerk("amend", case, "--decline", "name", "--reason", "x", "--officer", "out-01", "--json")
    assert (answer.code, answer.complaints) == (1, "")
    document = Screen(0, answer.printed, "").document()
    assert document["accepted"] is False
    assert "not possible" in document["en"]
    assert not document["zh"].isascii()
    assert document["stage"] == "taking_in"
    assert "approve" in document["possible"]


async def test_missing_papers_are_entered_and_the_case_goes_on(province: Province, clerk: Clerk) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    case = number(handle)
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await province.listed(handle, f"{STAGE.name} = '{Stage.AWAITING_MATERIALS}'")
    assert "hand in the missing papers" in (await clerk("worklist", "--limit", "500", "--applicant")).printed
    papers = ("--paper", "application_form", "--paper", "posting_document")
    accepted(await clerk("supplement", case, *papers, "--officer", "in-01"))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_an_application_is_withdrawn_until_the_funds_leave(province: Province, clerk: Clerk) -> None:
    await province.start(release_of_funds=ONE)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    accepted(await clerk("withdraw", number(handle), "--reason", "本人不再转移", "--officer", "in-01"))
    assert (await handle.result()).stage is Stage.WITHDRAWN
    answer = await clerk("withdraw", number(handle), "--reason", "再次", "--officer", "in-01")
    assert "The case has ended (withdrawn)" in refused(answer)


async def disputed(clerk: Clerk, case: str) -> None:
    """Both positions are in, and the province has the case."""
    proof = ("--evidence", "台账", "--evidence", "银行回单")
    position = ("--by", "in", "--point", "amount", "--statement", "金额不符", *proof)
    accepted(await clerk("dispute", case, *position, "--officer", "in-01"))
    accepted(await clerk("answer", case, "--by", "out", "--statement", "按申报", "--officer", "out-01"))
    accepted(await clerk("settle", case, "--by", "out", "--terms", "各半", "--officer", "out-01"))
    accepted(await clerk("refer", case, "--by", "in", "--reason", "协商不成", "--officer", "in-01"))


async def test_a_dispute_is_ruled_on_and_the_ruling_is_found_again_by_its_point(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    handle, case = await opened(province, ruling=ONE)
    await disputed(clerk, case)
    await province.listed(handle, f"{STAGE.name} = '{Stage.BEFORE_THE_PROVINCE}'")
    assert "rule on the dispute" in (await clerk("worklist", "--limit", "500", "--province")).printed
    head = ("rule", case, "--number", "吉社保裁〔2026〕3号", "--reasons", "依申报材料", "--officer", "p-01")
    unfinished = await clerk(*head, "--order", "extend_clock C 10")
    assert "proceed" in refused(unfinished)
    file = tmp_path / "ruling.toml"
    orders = f'["amend_field {BASE} 6200.00", "extend_clock C 10", "proceed"]'
    file.write_text(
        f'number = "吉社保裁〔2026〕3号"\nreasons = "依申报材料"\norders = {orders}\n', encoding="utf-8"
    )
    accepted(await clerk("rule", case, "--file", str(file), "--officer", "p-01"))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=3)
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    papers = (await clerk("show", case, "--papers")).printed
    for told in ("金额不符", "银行回单", "各半", "extend a clock: C, 10 working days (done)"):
        assert told in papers
    past = (await clerk("rulings", "--point", "amount", "--json")).document()
    assert [(one["case_no"], one["carried_out"]) for one in past["rulings"]] == [(case, 3)]
    assert "依申报材料" in (await clerk("rulings", "--point", "amount")).printed
    like = (await clerk("rulings", "--like", case, "--json")).document()
    assert (like["point"], like["rulings"]) == ("amount", []), "a case is no precedent for itself"


async def test_the_receipt_of_a_ruling_says_which_one_it_replaces(province: Province, clerk: Clerk) -> None:
    _, case = await opened(province, ruling=TWO)
    await disputed(clerk, case)
    head = ("rule", case, "--reasons", "依申报材料", "--officer", "p-01", "--order", "proceed", "--number")
    assert "replaces" not in accepted(await clerk(*head, "吉社保裁〔2026〕1号"))
    replaced = "it replaces ruling 吉社保裁〔2026〕1号, of which nothing has been carried out"
    assert replaced in accepted(await clerk(*head, "吉社保裁〔2026〕2号"))
    in_chinese = (await clerk(*head, "吉社保裁〔2026〕3号", lang="zh")).printed
    assert "裁定：已提交；取代尚未执行的裁定“吉社保裁〔2026〕2号”" in in_chinese


async def test_where_nothing_is_disputed_nothing_is_like_it(province: Province, clerk: Clerk) -> None:
    _, case = await opened(province)
    (line,) = (await clerk("rulings", "--like", case)).refusal()
    assert "--point" in line


async def test_bureaus_that_hand_in_the_same_terms_have_settled(province: Province, clerk: Clerk) -> None:
    handle, case = await opened(province)
    position = ("--by", "out", "--point", "months", "--statement", "少计一月")
    accepted(await clerk("dispute", case, *position, "--officer", "out-01"))

    async def it_is_to_be_negotiated() -> bool:
        return "negotiate" in (await clerk("worklist", "--limit", "500", "--bureau", CHANGCHUN)).printed

    await province.until(it_is_to_be_negotiated)
    for by in ("in", "out"):
        accepted(await clerk("settle", case, "--by", by, "--terms", "按原表", "--officer", f"{by}-01"))
    assert await stage_of(handle) is not Stage.IN_DISPUTE
    assert "settled" in (await clerk("show", case, "--papers")).printed


async def test_the_person_sees_the_options_and_the_answer_is_entered(
    province: Province, clerk: Clerk
) -> None:
    await province.start(refund=TWO)
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    case = number(handle)
    await province.journalled(handle, Event.CHOICE_OFFERED)
    offer = (await clerk("choose", case)).printed
    for told in ("2025-11 – 2025-12", "(brought along)", "(paid here)", "960.00", "1,040.00", "--keep N"):
        assert told in offer
    assert (await clerk("choose", case, "--json")).document()["open"] is True
    shown = (await clerk("show", case)).printed
    assert "settled, awaiting choice" in shown
    assert "yes, posted and the person told" in shown
    account_no = "6217000012345678"
    answer = ("choose", case, "--keep", "1", "--consent", "--account", account_no, "--officer", "in-01")
    assert account_no not in accepted(await clerk(*answer))
    await province.awaiting(handle, Approvable.REFUND)
    assert "another officer" in refused(await clerk("approve", case, "refund", "--officer", "in-01"))
    accepted(await clerk("approve", case, "refund", "--officer", "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED
    assert "1,040.00" in (await clerk("show", case)).printed
    assert "--keep" not in (await clerk("choose", case)).printed


async def test_an_answer_that_does_not_fit_the_offer_is_refused_in_the_cases_words(
    province: Province, clerk: Clerk
) -> None:
    await province.start()
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    typed = ("choose", number(handle), "--keep", "3", "--consent", "--account", "6217000012345678")
    assert refused(await clerk(*typed, "--officer", "in-01"))
    assert await stage_of(handle) is Stage.AWAITING_CHOICE


async def test_a_signal_is_sent_and_the_journal_shows_what_became_of_it(
    province: Province, clerk: Clerk
) -> None:
    handle, case = await opened(province)
    good = await clerk("approve", case, "posting", "--officer", "in-01", "--by", "out", "--signal")
    assert (good.code, good.complaints) == (0, "")
    assert f"`starter.py show {case}`" in good.printed
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    shown = (await clerk("show", case)).printed
    assert "message refused" in shown
    document = (
        await clerk("approve", case, "posting", "--officer", "in-01", "--signal", "--json")
    ).document()
    assert document["sent"] is True
    assert (await handle.result()).stage is Stage.CLOSED
    late = await clerk("approve", case, "posting", "--officer", "in-02", "--signal")
    (line,) = late.refusal()
    assert "The case has ended (closed)" in line


async def test_a_case_nobody_opened_takes_nothing(clerk: Clerk, province: Province) -> None:
    await province.start_platform()
    nowhere = "220100-20200101-AAAAAAAA"
    for typed in (
        ("withdraw", nowhere, "--reason", "x", "--officer", "in-01"),
        ("withdraw", nowhere, "--reason", "x", "--officer", "in-01", "--signal"),
        ("approve", nowhere, "posting", "--officer", "in-01"),
        ("choose", nowhere),
        ("rulings", "--like", nowhere),
    ):
        (line,) = (await clerk(*typed)).refusal()
        assert line.startswith(f"There is no case {nowhere}"), typed
