"""The help page is the handbook, for whoever asks."""

import pytest
from starlette.types import ASGIApp
from visitor import Visitor

from desk.web.application import desk_application
from desk.web.engine import Engine
from engine.address import Address
from engine.embedded import free_port


@pytest.fixture
def app() -> ASGIApp:
    """A desk whose engine is not there."""
    return desk_application(Engine(Address(host=f"127.0.0.1:{free_port()}")))


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_whoever_is_not_signed_in_reads_the_handbook_too(app: ASGIApp, lang: str) -> None:
    page = await Visitor(app, lang).get("/help")
    assert page.status == 200
    assert "收到当日不计入" in page.text
    assert "<table>" in page.html
    assert 'lang="zh-CN"' in page.html
