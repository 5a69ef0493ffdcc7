"""What the commands do, the web desk does too, or it is written here why not."""

from collections.abc import Iterator
from typing import Any

from starlette.routing import Route

from desk.command_list import COMMANDS
from desk.web.application import routes
from desk.web.case.forms.every_action import FORMS
from models.messages.requests import StaffAction

ACT = "POST /cases/{case_no}/act/{action}"
PAGES = {
    **dict.fromkeys((action.value.replace("_", "-") for action in StaffAction), (ACT,)),
    "apply": ("POST /apply", "POST /apply/file"),
    "show": ("GET /cases/{case_no}", "GET /cases/{case_no}/outgoing", "GET /person"),
    "papers": ("GET /cases/{case_no}/papers", "GET /cases/{case_no}/papers/{file}", "POST /search/printed"),
    "list": ("GET /cases",),
    "find": ("POST /search",),
    "worklist": ("GET /",),
    "supplement": (ACT, "POST /batches/{batch}"),
    "approve": (ACT, "POST /batches/{batch}"),
    "delivered": ("GET /cases/{case_no}/deliveries", "POST /cases/{case_no}/deliveries"),
    "rulings": ("GET /rulings",),
    "check": ("POST /apply",),
    "access": ("GET /access",),
    **dict.fromkeys(("officer enrol", "officer dismiss", "officer absent"), ("POST /officers",)),
    "officer list": ("GET /officers",),
    **dict.fromkeys(("rates preview", "rates publish", "rates withdraw"), ("POST /rates",)),
    "rates settle": ("POST /rates/settle",),
    "rates show": ("GET /rates",),
    "report": ("GET /figures",),
    "outbox": ("GET /outgoing", "POST /outgoing"),
    **dict.fromkeys(("calendar preview", "calendar publish", "calendar withdraw"), ("POST /calendar",)),
    "calendar show": ("GET /calendar",),
    "funds import": ("POST /money/statement",),
    "funds expected": ("GET /money",),
    **dict.fromkeys(("funds assign", "funds return"), ("POST /money/unallocated",)),
}
"""The pages on which an officer does what a command does."""

_SERVER = "a process of a server, or what its operator does to one"
_KEYS = "keys do not pass through a server that others reach"
_PROGRAMS = "files for other programs, fetched where those run"
_WITHOUT_A_CASE = (
    "tries out the law without a case; a case shows its own amounts and due dates with their law"
)
DELIBERATELY_NOT_THERE = {
    **dict.fromkeys(("demo", "up", "web", "releases", "promote", "revive"), _SERVER),
    "seed": "loads the books of a bureau before it opens, from files that hold everybody's accounts",
    "audit": "reads the books of all bureaus for minutes, with the keys of the auditor",
    **dict.fromkeys(("keys make", "keys renew", "keys serve", "officer key", "officer bootstrap"), _KEYS),
    **dict.fromkeys(("export exchange", "export schema"), _PROGRAMS),
    **dict.fromkeys(("calculate", "deadline"), _WITHOUT_A_CASE),
    "bureaus": "a list that forms of the desk offer to choose from",
}
"""Commands without a page, and why."""


def typed(command: Any, words: str) -> Iterator[str]:
    """The words of every command, from this one on."""
    if further := getattr(command, "commands", None):
        for name, one in further.items():
            yield from typed(one, f"{words} {name}")
    else:
        yield words


def test_every_command_has_a_page_or_a_reason_why_not() -> None:
    commands = {words for one in COMMANDS for words in typed(one.load(), one.name)}
    assert commands == PAGES.keys() | DELIBERATELY_NOT_THERE.keys()
    assert not PAGES.keys() & DELIBERATELY_NOT_THERE.keys()


def test_every_page_that_stands_for_a_command_is_there() -> None:
    there = {
        f"{method} {route.path}"
        for route in routes()
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    named = {page for pages in PAGES.values() for page in pages}
    assert named <= there


def test_every_action_of_staff_has_its_form() -> None:
    assert set(FORMS) == set(StaffAction)
