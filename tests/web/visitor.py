"""A visitor of the web desk, who requests pages as a browser does, and reads them."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from html.parser import HTMLParser
from typing import Any, Self

import httpx
import pytest
from limited_waits import FAR_OFF, waits_of
from starlette.types import ASGIApp

import desk.web.engine
from desk.client.case_numbers import KEY_VARIABLE
from desk.web.application import desk_application
from desk.web.engine import Engine
from desk.web.serving import server_of
from desk.web.sessions import Sessions
from engine.address import Address
from province import Province

BASE = "http://127.0.0.1"
SILENT = 503
LOADED_AGAIN = 5
OF_THE_DESK = {"Sec-Fetch-Site": "same-origin"}


class _Read(HTMLParser):
    """Reads the texts, links and inputs of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: dict[str, str] = {}
        self.hrefs: list[str] = []
        self.inputs: dict[str, str] = {}
        self.actions: list[str] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._link = said.get("href", "")
            self.hrefs.append(self._link)
        if tag == "form":
            self.actions.append(said.get("action", ""))
        if tag == "input" and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self.inputs[said.get("name", "")] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.texts.append(text)
            if self._link:
                self.links.setdefault(text, self._link)


class Page:
    """A page that was requested."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.path = answer.url.path
        self.html = answer.text
        read = _Read()
        read.feed(answer.text)
        self.links = read.links
        self.hrefs = read.hrefs
        self.inputs = read.inputs
        self.actions = read.actions
        self.text = " ".join(read.texts)
        told = re.findall(r'<div class="told" role="status"><p>(.*?)</p></div>', answer.text)
        self.told = [unescape(one) for one in told]
        """The sentences with which the page begins."""

    def problems(self) -> dict[str, str]:
        """The problems in the summary of a form, by the field each links to."""
        summary = re.search(r'class="problems".*?</div>', self.html, re.DOTALL)
        found = re.findall(r'<li>(?:<a href="#f-([^"]*)">)?([^<]*)', summary[0]) if summary else []
        return dict(found)


class Visitor:
    """One browser with its cookies, in one language."""

    def __init__(self, app: ASGIApp, lang: str = "en", base: str = BASE, **headers: str) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=base,
            headers={"Accept-Language": lang, **OF_THE_DESK, **headers},
            follow_redirects=True,
        )

    @classmethod
    async def signed_in(cls, app: ASGIApp, bureau: str, officer: str, lang: str = "en") -> Self:
        """An officer who has just signed in; the first page is loaded again if it got no answer in time."""
        visitor = cls(app, lang)
        page = await visitor.post("/sign-in", bureau=bureau, officer=officer)
        if (page.status, page.path) == (SILENT, "/"):
            page = await visitor.loaded("/")
        assert (page.status, page.path) == (200, "/"), page.text
        return visitor

    async def loaded(self, path: str) -> Page:
        """Load a page, and again if it got no answer in time, as the page itself asks."""
        page = await self.get(path)
        for _ in range(LOADED_AGAIN):
            if page.status == SILENT:
                page = await self.get(path)
        return page

    async def get(self, path: str, **headers: str) -> Page:
        return Page(await self.client.get(path, headers=headers))

    async def post(self, path: str, **fields: Any) -> Page:
        return Page(await self.client.post(path, data=fields))

    async def hand_in(self, form: Page, **fields: Any) -> Page:
        """Fill in the last form of a page and send it; other fields keep their values.

        If it gets no answer in time it is sent once more with the same number, as the page asks: on a busy
        machine a case that is not in memory takes longer than a desk waits.
        """
        filled = {**form.inputs, **fields}
        answer = await self.post(form.actions[-1], **filled)
        return await self.post(form.actions[-1], **filled) if answer.status == SILENT else answer


@asynccontextmanager
async def visitors(*all_of_them: Visitor) -> AsyncIterator[None]:
    """Close the visitors' connections at the end."""
    try:
        yield
    finally:
        for one in all_of_them:
            await one.client.aclose()


def waits_of_pages(monkeypatch: pytest.MonkeyPatch, longer: float = 1) -> list[asyncio.Timeout]:
    """The timeouts of all pages from now on, with limits `longer` times as long."""
    return waits_of(desk.web.engine, monkeypatch, longer)


def web_desk(province: Province, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The web desk of a province, with the key of its case numbers; its pages wait as long as necessary."""
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    waits_of_pages(monkeypatch, FAR_OFF)
    return desk_application(Engine(Address(), province.client))


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve a desk for browsers; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = server_of(app, port, seconds_to_finish=1)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


def sessions_at(clock: list[Any]) -> Sessions:
    """Sessions whose present time is the last element of a list."""
    return Sessions(now=lambda: clock[-1])
