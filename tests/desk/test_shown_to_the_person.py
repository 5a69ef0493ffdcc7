"""`show --for applicant`: a case in plain words, for the person it is about."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from clerk import Clerk

from desk.client.applicant.receipt import receipt_code
from desk.client.applicant.telling import _clock
from desk.client.case_numbers import KEY_VARIABLE
from desk.language import Language, said_in
from models.messages.clocks import ClockReading
from province import Province, account, application
from rules.clocks.clocks import CONTACT_LETTER_WORKING_DAYS, LINKING_WORKING_DAYS, TRANSFER_OUT_WORKING_DAYS
from rules.values.due_dates import Clock
from rules.values.law import InForce


async def test_a_refused_person_is_told_every_ground_its_cure_and_how_long_they_can_object(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(status="pensioner"))
    await handle.result()
    case = handle.id.removeprefix("transfer/")
    shown = await Clerk.at(province.client)("show", case, "--for", "applicant", lang="zh")
    for told in (
        "没有被受理",
        "没有受理的理由",
        "怎样解决",
        "60 日内，向办理该事项的社会保险局的同级人民政府申请行政复议",
        "送达登记为准",
    ):
        assert told in shown.printed, told
    assert receipt_code(case, province.secret) in shown.printed
    document = (await Clerk.at(province.client)("show", case, "--for", "applicant", "--json")).document()
    assert document["told"][0]["lines"] == ["Your application was not accepted."]


@pytest.mark.parametrize(
    ("numbers", "promptly"),
    [
        pytest.param(CONTACT_LETTER_WORKING_DAYS, True, id="the measures name no number"),
        pytest.param(LINKING_WORKING_DAYS[Clock.REVIEW], False, id="linking has one"),
        pytest.param(TRANSFER_OUT_WORKING_DAYS, False, id="clock B has one"),
    ],
)
def test_a_number_that_holds_by_analogy_is_not_called_the_laws(
    numbers: Sequence[InForce[int]], promptly: bool
) -> None:
    stated: dict[str, Any] = {
        "working_days": numbers[0].value,
        "extension": 0,
        "received_on": date(2026, 1, 15),
        "due_on": date(2026, 2, 5),
        "paused_since": None,
        "provisional": False,
        "overdue": False,
        "law": numbers[0].law,
    }
    clock = ClockReading.model_construct(**stated)
    (_, why) = said_in(Language.CHINESE, lambda: list(_clock(clock)))
    assert ("没有写明天数" in why) is promptly
    assert str(numbers[0].law) in why
    assert "15 个工作日" in why
