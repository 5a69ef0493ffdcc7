"""`starter.py audit`: proof over all bureaus' books that no fen and no month is lost or counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import with_client
from desk.files.files import bureau_keys, typed_day
from desk.language import Words
from desk.problems import BadInput, Problem
from desk.screens.audit_report import print_report
from desk.screens.screen import JsonOption, awaited, print_json
from desk.today import china_today
from models.messages.audit import AuditReport, Verdict
from rules.values.due_dates import china_midnight

if TYPE_CHECKING:
    from temporalio.client import Client

LONGEST_WAIT = 3600
"""The longest wait for one bureau, in seconds: an hour; a hundred thousand cases take two minutes."""
EXIT_CODES = {Verdict.CLEAN: 0, Verdict.DIFFERS: 1, Verdict.INCOMPLETE: 3}
"""The exit code by verdict; 2 means bad input."""


def audit(
    asked: Annotated[
        list[str] | None, typer.Option("--bureau", help="Ask these bureaus only; repeatable.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only cases and links of the chain with an entry since this day."),
    ] = None,
    wait: Annotated[
        int, typer.Option(min=1, max=LONGEST_WAIT, help="Seconds to wait for a bureau's answer.")
    ] = 30,
    as_json: JsonOption = False,
) -> None:
    """Prove all bureaus' books.

    Exit code 0: clean; 1: something diverges; 3: nothing does in what was checked, but not all was.
    """
    keys, from_day = _checked(asked or (), since)

    async def run(client: Client) -> AuditReport:
        from desk.client.auditing import audit_books, bureaus_to_ask

        asked_of = keys or await bureaus_to_ask(client)
        with awaited(asked_of) as waiting_for:
            return await audit_books(client, asked_of, wait, from_day, waiting_for)

    report = with_client(run)
    if as_json:
        print_json({"verdict": report.verdict, **report.model_dump(mode="json")})
    else:
        print_report(report)
    if code := EXIT_CODES[report.verdict]:
        raise typer.Exit(code)


def _checked(asked: Iterable[str], since: str | None) -> tuple[list[str], datetime | None]:
    """The bureaus' keys, and the first instant of the day.

    Raises BadInput with everything wrong in what was typed.
    """
    keys, problems = bureau_keys(asked)
    day = _day(since, problems) if since is not None else None
    if problems:
        raise BadInput(problems=problems)
    return keys, china_midnight(day) if day else None


def _day(text: str, problems: list[Problem]) -> date | None:
    try:
        day = typed_day("--since", text)
    except BadInput as bad:
        problems += bad.problems
        return None
    if day > china_today():
        problems.append(Problem("--since", Words(f"{day} is yet to come.", f"{day} 尚未到来。")))
    return day
