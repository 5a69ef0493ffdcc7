"""Proof of delivery on a page of the web desk: entered once by the bureau that has sent the notice."""

from datetime import timedelta

import pytest
from starlette.types import ASGIApp
from visitor import Visitor, visitors, web_desk

from desk.client.auditing import audit_books, is_clean
from desk.today import china_today
from models.messages.stages import Stage
from province import BUREAUS, CHANGCHUN, YANBIAN, Province, application


@pytest.fixture
def desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province whose workers the test starts."""
    return web_desk(province, monkeypatch)


async def test_the_delivery_of_a_refusal_is_entered_once_and_everything_wrong_is_told_at_its_field(
    province: Province, desk: ASGIApp
) -> None:
    await province.start()
    handle = await province.apply(application(status="pensioner"))
    assert (await handle.result()).stage is Stage.REFUSED
    case, today = handle.id.removeprefix("transfer/"), china_today()
    clerk = await Visitor.signed_in(desk, CHANGCHUN, "in-01")
    colleague = await Visitor.signed_in(desk, CHANGCHUN, "in-02")
    checker = await Visitor.signed_in(desk, CHANGCHUN, "demo-checker")
    other = await Visitor.signed_in(desk, YANBIAN, "out-01")
    async with visitors(clerk, colleague, checker, other):
        address = (await clerk.get(f"/cases/{case}")).links["Notices to the person, and their delivery"]
        form = await clerk.get(address)
        assert "not yet" in form.text
        wrong = await clerk.hand_in(form, how="pigeon", on="yesterday")
        assert wrong.status == 422
        assert set(wrong.problems()) == {"how", "on", "receipt"}
        later = await clerk.hand_in(form, how="post", on=str(today + timedelta(days=1)), receipt="EMS 12")
        assert "still to come" in later.problems()["on"]
        said = {"how": "post", "on": str(today), "receipt": "EMS 1234567890"}
        entered = await clerk.hand_in(form, **said)
        assert (entered.status, entered.path) == (200, address)
        assert f"until {today + timedelta(days=60)}" in entered.text
        again = await colleague.hand_in(await colleague.get(address), **said)
        assert "On file already" in again.text
        assert "in-01" in again.text
        # An officer of another role, and of the other bureau, see it and enter nothing.
        for looks_on in (checker, other):
            seen = await looks_on.get(address)
            assert "EMS 1234567890" in seen.text
            assert seen.actions == ["/sign-out"]
            assert (await looks_on.post(address, version="1", **said)).status == 403
    assert is_clean(await audit_books(province.client, BUREAUS, 60))
