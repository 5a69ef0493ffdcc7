"""What the insured person is told, on their page and by command; and that nobody gets at it by guessing."""

import re
from string import Formatter
from typing import Any

import pytest
from starlette.types import ASGIApp
from visitor import Visitor, visitors, web_desk

from desk.client.applicant.receipt import is_code_of, receipt_code
from desk.client.applicant.sentences import SENTENCES, STANDING
from desk.web.security import Limit
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, TEACHER, Province, account, application

ONE = Officers.ONE_OFFICER
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
KEY = b"a key of the province"
CASE = "220100-20260115-4HITRMPR"


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    return web_desk(province, monkeypatch)


def test_a_code_is_of_one_case_under_one_key_and_may_be_typed_as_people_type() -> None:
    code = receipt_code(CASE, KEY)
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", code)
    wide = code.translate({ord(one): ord(one) + 0xFEE0 for one in code})
    for typed in (code, code.lower(), code.replace("-", ""), f" {code} ", code.replace("-", " "), wide):
        assert is_code_of(CASE, typed, KEY)
    assert not is_code_of(CASE, receipt_code(CASE, b"another key of somebody"), KEY)
    assert not is_code_of("220100-20260115-4HITRMPS", code, KEY)
    for wrong in ("", "AAAA", code[:-1], f"{code}A", "您好"):
        assert not is_code_of(CASE, wrong, KEY)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_shows_the_same_in_every_language(name: str) -> None:
    columns = SENTENCES[name]
    assert {"zh", "en"} <= set(columns)
    shown = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in columns.values()]
    assert all(one == shown[0] for one in shown)


def test_every_stage_has_its_words() -> None:
    assert set(STANDING) == set(Stage)
    assert all({"zh", "en"} <= set(columns) for columns in STANDING.values())


async def test_the_person_is_told_who_has_the_case_until_when_and_why(
    province: Province, desk: ASGIApp
) -> None:
    await province.start(release_of_funds=ONE)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    case = handle.id.removeprefix("transfer/")
    person = Visitor(desk, "zh")
    async with visitors(person):
        code = receipt_code(case, province.secret)
        page = await person.post("/person", number=case.lower(), code=code)
    assert page.status == 200
    for told in (
        "延边",
        "自 20",
        "最迟在",
        "15 个工作日",
        "第七条第一项",
        "个人账户的钱",
        "还没有记入转入地",
        "撤回申请",
    ):
        assert told in page.text, told
    for personal in ("崔明玉", "崔", TEACHER):
        assert personal not in page.html


async def test_a_person_with_months_paid_twice_is_told_of_the_choice_and_of_the_remedies(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    await province.seed(account(), TWICE)
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    case = handle.id.removeprefix("transfer/")
    person = Visitor(desk)
    async with visitors(person):
        page = await person.post("/person", number=case, code=receipt_code(case, province.secret))
    for told in (
        "waited for you",
        "960.00 yuan paid out",
        "Months paid: 72",
        "administrative review within 60 days",
    ):
        assert told in page.text, told


async def test_nobody_gets_at_a_case_by_guessing(province: Province, desk: ASGIApp) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    person = Visitor(desk)
    async with visitors(person):
        nowhere = await person.post("/person", number=CASE, code="AAAA-AAAA")
        wrong = await person.post("/person", number=case, code="AAAA-AAAA")
        assert wrong.status == nowhere.status == 422
        assert wrong.html.replace(case, CASE) == nowhere.html
        # A case that was never opened has a code, too; who had it would learn nothing.
        for _ in range(30):
            last = await person.post("/person", number=case, code="AAAA-AAAB")
        assert last.status == 429
        assert "wait a few minutes" in last.text
        right = await person.post("/person", number=case, code=receipt_code(case, province.secret))
        assert right.status == 429


async def test_a_case_number_typed_wide_opens_the_page_and_one_asked_for_too_often_rests_an_hour(
    province: Province, desk: ASGIApp
) -> None:
    await province.start_platform()
    case = (await province.apply(application())).id.removeprefix("transfer/")
    wide = case.translate({ord(one): ord(one) + 0xFEE0 for one in case.lower()} | {ord("-"): "—"})
    secured: Any = desk
    secured.app.app.state.person_limit = Limit(times=100, seconds=1)
    person = Visitor(desk)
    async with visitors(person):
        for _ in range(20):
            page = await person.post("/person", number=wide, code=receipt_code(case, province.secret))
            assert (page.status, "Where my case stands" in page.text) == (200, True)
        page = await person.post("/person", number=case, code=receipt_code(case, province.secret))
        assert (page.status, "in an hour" in page.text) == (429, True)


async def test_an_officer_prints_the_receipt_that_opens_the_page(province: Province, desk: ASGIApp) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    case = handle.id.removeprefix("transfer/")
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    async with visitors(clerk):
        receipt = await clerk.get(f"/cases/{case}/receipt")
    assert receipt_code(case, province.secret) in receipt.text
    assert "崔" not in receipt.html
