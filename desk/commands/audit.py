"""`starter.py audit`: proof over all bureaus' books that no fen and no month is lost or doubled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import with_client
from desk.files.files import typed_day
from desk.language import Words
from desk.problems import BadInput, Hint, Problem, See
from desk.screens.audit_report import print_report
from desk.screens.screen import print_json
from desk.today import china_today
from models.messages.audit import AuditReport, Verdict
from rules.application.bureaus import listed_bureau
from rules.values.due_dates import CHINA_TIME

if TYPE_CHECKING:
    from temporalio.client import Client

LONGEST_WAIT = 3600
"""Of seconds for one bureau: an hour, where a hundred thousand cases take two minutes."""
EXIT_CODES = {Verdict.CLEAN: 0, Verdict.DIFFERS: 1, Verdict.INCOMPLETE: 3}
"""Two is bad input."""


def audit(
    bureau_key: Annotated[
        list[str] | None, typer.Option("--bureau", help="Ask these bureaus only; repeatable.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only cases and links of the chain with an entry since this day."),
    ] = None,
    wait: Annotated[
        int, typer.Option(min=1, max=LONGEST_WAIT, help="Seconds to wait for a bureau's answer.")
    ] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Prove all bureaus' books.

    Exit code 0: clean; 1: something diverges; 3: nothing does in what was checked, but not all was.
    """
    from_day = _checked(bureau_key or (), since)

    async def run(client: Client) -> AuditReport:
        from desk.client.auditing import audit_books, bureaus_to_ask

        return await audit_books(client, bureau_key or await bureaus_to_ask(client), wait, from_day)

    report = with_client(run)
    if as_json:
        print_json({"verdict": report.verdict, **report.model_dump(mode="json")})
    else:
        print_report(report)
    if code := EXIT_CODES[report.verdict]:
        raise typer.Exit(code)


def _checked(keys: Collection[str], since: str | None) -> datetime | None:
    """The first instant of the day. Raises BadInput with everything that is wrong with what was typed."""
    problems: list[Problem] = []
    if unknown := sorted({key for key in keys if listed_bureau(key) is None}):
        named = ", ".join(unknown)
        words = Words(f"No bureau has the key {named}.", f"没有代码为 {named} 的经办机构。")
        problems.append(Problem("", words, hint=Hint(See.BUREAUS)))
    day = _day(since, problems) if since is not None else None
    if problems:
        raise BadInput(problems=problems)
    return datetime.combine(day, time(), CHINA_TIME) if day else None


def _day(text: str, problems: list[Problem]) -> date | None:
    try:
        day = typed_day("--since", text)
    except BadInput as bad:
        problems += bad.problems
        return None
    if day > china_today():
        problems.append(Problem("--since", Words(f"{day} is yet to come.", f"{day} 尚未到来。")))
    return day
