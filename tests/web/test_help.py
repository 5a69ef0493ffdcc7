"""The help page is the handbook, for whoever asks."""

import pytest
from visitor import Visitor

from desk.web.application import desk_application
from desk.web.engine import Engine
from desk.web.sessions import Sessions
from engine.address import Address
from engine.embedded import free_port

NOBODY = Address(host=f"127.0.0.1:{free_port()}")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_whoever_is_not_signed_in_reads_the_handbook_too(lang: str) -> None:
    page = await Visitor(desk_application(Engine(NOBODY)), lang).get("/help")
    assert page.status == 200
    assert "收到当日不计入" in page.text
    assert "<table>" in page.html
    assert 'lang="zh-CN"' in page.html
    assert "/cases" not in page.hrefs


async def test_who_is_signed_in_finds_the_other_pages_from_the_handbook() -> None:
    sessions = Sessions()
    reader = Visitor(desk_application(Engine(NOBODY), sessions=sessions))
    reader.client.cookies.set("session", sessions.begin("in-01", "220100"))
    page = await reader.get("/help")
    assert {"/", "/cases", "/search"} <= set(page.hrefs)
    assert "/sign-out" in page.actions
