"""Proof of delivery: entered once, also after the close; the time to object runs from it."""

from datetime import timedelta

import pytest
from clerk import Clerk

from desk.client.auditing import audit_books, is_clean
from desk.client.case_numbers import KEY_VARIABLE
from desk.today import china_today
from models.messages.papers import DeliveryMeans
from models.messages.stages import Stage
from province import BUREAUS, Province, application


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


@pytest.fixture
async def refused(province: Province) -> str:
    """The number of a case that was refused."""
    await province.start()
    handle = await province.apply(application(status="pensioner"))
    assert (await handle.result()).stage is Stage.REFUSED
    return handle.id.removeprefix("transfer/")


async def test_the_delivery_of_a_refusal_is_entered_once_and_says_until_when_to_object(
    province: Province, clerk: Clerk, refused: str
) -> None:
    today = china_today()
    assert "not yet" in (await clerk("delivered", refused)).printed
    typed = ("--how", "post", "--on", str(today), "--receipt", "EMS 1234567890", "--officer", "in-01")
    entered = await clerk("delivered", refused, *typed)
    assert entered.code == 0
    assert f"until {today + timedelta(days=60)}" in entered.printed
    later = (*typed[:-1], "in-02")
    again = (await clerk("delivered", refused, *later, "--json")).document()
    by_default = (await clerk("delivered", refused, *later[:-2], "--json")).document()
    assert by_default == again
    assert (again["known"], again["delivery"]["officer"]) == (True, "in-01"), "the first one stands"
    assert again["delivery"]["review_until"] == str(today + timedelta(days=60))
    listed = (await clerk("delivered", refused, lang="zh")).printed
    assert "邮寄送达" in listed
    assert "EMS 1234567890" in listed
    assert is_clean(await audit_books(province.client, BUREAUS, 60))


async def test_a_delivery_before_the_notice_or_still_to_come_is_refused(clerk: Clerk, refused: str) -> None:
    for days, said in ((-1, "cannot have been delivered before"), (1, "still to come")):
        on = str(china_today() + timedelta(days=days))
        answer = await clerk(
            "delivered",
            refused,
            "--how",
            "counter",
            "--on",
            on,
            "--receipt",
            "本人签收",
            "--officer",
            "in-01",
        )
        assert answer.code == 1
        assert said in answer.complaints
        assert "行政复议法" not in answer.complaints, "no article says when a notice is delivered"


async def test_what_is_missing_of_a_delivery_is_told_at_once(clerk: Clerk, refused: str) -> None:
    lines = (await clerk("delivered", refused, "--how", "pigeon")).refusal()
    assert all(any(flag in line for line in lines) for flag in ("--how", "--on", "--receipt"))
    assert not any("--officer" in line for line in lines), "a demonstration has an officer for it"
    answer = await clerk(
        *("delivered", refused, "--notice", "7", "--how", "post", "--on", str(china_today())),
        *("--receipt", "x", "--officer", "in-01"),
    )
    assert "no such notice" in answer.complaints


async def test_a_delivery_is_sealed_by_an_officer_whose_role_allows_it(clerk: Clerk, refused: str) -> None:
    typed = ("--how", "post", "--on", str(china_today()), "--receipt", "EMS 1234567890")
    answer = await clerk("delivered", refused, *typed, "--officer", "demo-checker")
    assert answer.code == 2
    assert "enter the delivery of a notice" in answer.complaints
    assert "not yet" in (await clerk("delivered", refused)).printed


async def test_how_a_notice_was_delivered_is_typed_in_either_language_and_told_if_it_is_no_way(
    clerk: Clerk, refused: str
) -> None:
    lines = (await clerk("delivered", refused, "--how", "信鸽", lang="zh")).refusal()
    (how,) = (line for line in lines if "--how" in line)
    assert all(f"{means.titles[1]}（{means}）" in how for means in DeliveryMeans)
    typed = ("--on", str(china_today()), "--receipt", "本人签收", "--officer", "in-01")
    entered = await clerk("delivered", refused, "--how", "当面送达并签收", *typed, lang="zh")
    assert entered.code == 0
    assert "当面送达并签收" in entered.printed
