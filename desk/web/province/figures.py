"""A month in figures: bureaus side by side, working days by party and period, with a chart drawn here."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from desk.figures.monthly import PARTIES, Report, Spread, corrections_per_hundred, month_of, table_rows
from desk.language import Words, say
from desk.today import china_today
from desk.web.rendering import engine_of, page, session_of, tell_passed_over
from desk.web.worklist import scope_reader
from desk.words import bureau, money, title
from models.figures.monthly import DirectionMonth
from models.files.written_values import month as written_month
from rules.application.bureaus import bureaus_at_work, listed_bureau
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.months import Month

WITHIN = timedelta(seconds=10)
"""All bureaus are asked; the page says so when that takes longer."""
NOT_ALL = Words(
    "Not all bureaus answered in time. Ask for one bureau, or again later.",
    "部分机构未及时答复。请选择单个机构查询，或稍后再试。",
)
WIDTH = 420
"""Of the longest bar, in pixels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Median and 90th percentile of one row of the chart, in working days, and as lengths."""

    words: str
    median: int | None
    ninetieth: int | None
    cases: int
    short: int
    long: int


async def show_figures(request: Request) -> Response:
    """A month of one bureau, or for the province of all; as a table for a spreadsheet with `as=csv`."""
    session, query = session_of(request), request.query_params
    tell_passed_over(
        request, {"month": is_month, "bureau": scope_reader(session), "as": lambda text: text == "csv"}
    )
    month = _month(query.get("month", ""))
    asked = query.get("bureau", "") if session.of_the_province else session.bureau
    keys = [asked] if listed_bureau(asked) else [one.key for one in bureaus_at_work(china_today())]
    report = await engine_of(request).ask(
        lambda client: month_of(client, month, keys), NOT_ALL, within=WITHIN
    )
    if query.get("as") == "csv":
        return _csv(report)
    spreads = [(title(party), report.days_of(party)) for party in PARTIES]
    spreads += [(f"{clock.letter} {title(clock)}", report.period_of(clock)) for clock in Clock]
    return page(
        request,
        "figures.html",
        report=report,
        rows=[_row(key, part) for key, part in report.rows()],
        bars=_bars(spreads),
        grounds=[(say(one.en, one.zh), one.cases) for one in report.grounds()],
        points=[(say(one.en, one.zh), one.cases) for one in report.points()],
        asked=asked,
        month=month,
    )


def is_month(text: str) -> bool:
    """Whether this is a month that has begun, as 2026-05 or 2026年5月."""
    try:
        return written_month(text) <= Month.of(china_today())
    except ValueError:
        return False


def _month(text: str) -> Month:
    """The month of an address; the one under way where it is none that has begun."""
    return written_month(text) if is_month(text) else Month.of(china_today())


def _row(key: str, part: DirectionMonth) -> list[str]:
    way = f"{part.scheme_from} → {part.scheme_to}"
    counts = (part.opened, part.closed, part.ended - part.closed, part.open, part.late)
    amounts = (money(Fen(part.money)), money(part.money_received))
    return [bureau(key), title(part.side), way, *map(str, counts), *amounts, corrections_per_hundred(part)]


def _bars(spreads: list[tuple[str, Spread]]) -> list[Bar]:
    longest = max((of.ninetieth or 0 for _, of in spreads), default=0) or 1
    return [
        Bar(
            words,
            of.median,
            of.ninetieth,
            of.cases,
            round((of.median or 0) * WIDTH / longest),
            round((of.ninetieth or 0) * WIDTH / longest),
        )
        for words, of in spreads
        if of.cases
    ]


def _csv(report: Report) -> Response:
    """With a byte order mark, by which a spreadsheet knows the encoding."""
    # No cell can hold a quotation mark or a comma: keys, words of closed sets, and numbers.
    text = "\ufeff" + "\r\n".join(",".join(row) for row in table_rows(report)) + "\r\n"
    name = f'attachment; filename="figures-{report.month}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
