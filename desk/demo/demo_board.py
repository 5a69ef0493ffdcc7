"""The screen of the demo: a column per case with the date of each event, and at the end the results."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from rich.cells import set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from desk.client.views.duties import owed
from desk.client.views.journal import in_short
from desk.demo.demo_case import DemoCase
from desk.language import say
from desk.screens.screen import table
from desk.words import day, money, title
from models.messages.application import TransferApplication
from models.messages.dossier import JournalEntry
from models.messages.progress import Progress
from models.messages.stages import ENDS, Event, Party, Stage
from rules.values.due_dates import china_day
from rules.values.money import NO_MONEY, Fen

LEAST_COLUMN = 22
"""The least readable width of a column, in characters; a narrower terminal gets a line per case."""
HEAD_LINES, MARGIN_LINES = 5, 3
MOST_LINES, LEAST_LINES = 24, 6

_STYLES = {
    **dict.fromkeys((Event.REMINDER_SENT, Event.CORRECTION_REQUESTED, Event.CHOICE_OFFERED), "yellow"),
    **dict.fromkeys((Event.CLOCK_OVERDUE, Event.ESCALATED, Event.DISPUTE_RAISED, Event.REFERRED), "red"),
    **dict.fromkeys((Event.RULING_MADE, Event.RELATIONSHIP_RESTORED, Event.DUPLICATES_CLEARED), "cyan"),
    **dict.fromkeys((Event.APPLICANT_TOLD, Event.CASE_CLOSED), "green"),
}


class Board:
    """All cases side by side, as they stand when the board is drawn."""

    def __init__(self, cases: Sequence[DemoCase]) -> None:
        self.cases = cases

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width // len(self.cases) - 2
        if width < LEAST_COLUMN:
            yield _line_per_case(self.cases)
            return
        height = min(max(console.height - HEAD_LINES - MARGIN_LINES, LEAST_LINES), MOST_LINES)
        shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for _ in self.cases:
            shown.add_column(width=width, overflow="fold")
        heads = [_head(case, console, width) for case in self.cases]
        deepest = max(map(len, heads))
        shown.add_row(*(Text("\n").join([*head, *[Text()] * (deepest - len(head))]) for head in heads))
        shown.add_row()
        shown.add_row(*(Text("\n").join(_newest(case, console, width, height)) for case in self.cases))
        yield shown


def _head(case: DemoCase, console: Console, width: int) -> list[Text]:
    """What the case demonstrates, its present day, its stage, and who owes what."""
    progress = case.progress
    if progress is None or not case.journal:
        return [Text(str(case.story.titles), style="bold")]
    style = "green" if progress.stage in ENDS else "yellow"
    parts = (
        Text(str(case.story.titles), style="bold"),
        Text(day(case.journal[-1].at), style="bold"),
        Text(title(progress.stage), style=style),
        Text(_owes(progress), style="dim"),
    )
    return [line for part in parts for line in part.wrap(console, width)]


def _owes(progress: Progress) -> str:
    if progress.waiting_on is Party.NOBODY:
        return ""
    return f"{title(progress.waiting_on)}{say(': ', '：')}{owed(progress)}"


def _newest(case: DemoCase, console: Console, width: int, height: int) -> list[Text]:
    """As many of the newest events as fit, each under its day."""
    shown: list[Text] = []
    for on, entries in reversed(_by_day(case.journal)):
        of_the_day: list[Text] = []
        for entry in reversed(entries):
            lines = _hanging(_event(entry), console, width)
            if len(lines) + len(of_the_day) + 1 > height - len(shown):
                break
            of_the_day = lines + of_the_day
        if not of_the_day:
            break
        shown = [Text(str(on), style="dim"), *of_the_day, *shown]
    return shown


def _hanging(event: Text, console: Console, width: int) -> list[Text]:
    """An event wrapped into lines, indented from the second line on."""
    first, *rest = event.wrap(console, width - 1)
    return [first, *(Text(" ") + line for line in rest)]


def _by_day(journal: Sequence[JournalEntry]) -> list[tuple[date, list[JournalEntry]]]:
    return [(on, list(entries)) for on, entries in groupby(journal, key=lambda entry: china_day(entry.at))]


def _event(entry: JournalEntry) -> Text:
    return Text(in_short(entry), style=_STYLES.get(entry.event, ""))


def _line_per_case(cases: Sequence[DemoCase]) -> Table:
    shown = table(
        say("case", "情形"), say("on", "日期"), say("stage", "阶段"), say("newest", "最近事项"), whole=(1,)
    )
    for case in cases:
        entry = case.journal[-1] if case.journal else None
        shown.add_row(
            str(case.story.titles),
            day(entry.at) if entry else "",
            title(case.progress.stage) if case.progress else "",
            _event(entry) if entry else "",
        )
    return shown


class Lines:
    """The display without a terminal: every event on its own line, followed by its case's status."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.standing: dict[str, str] = {}

    def __call__(self, case: DemoCase, entries: Sequence[JournalEntry]) -> None:
        for entry in entries:
            self._print(case, entry, Text(set_cell_size(title(entry.party), 21)) + _event(entry))
        progress = case.progress
        assert progress is not None
        standing = " – ".join(part for part in (title(progress.stage), _owes(progress)) if part)
        if self.standing.get(case.case_no) != standing:
            self.standing[case.case_no] = standing
            self._print(case, entries[-1], Text(f"→ {standing}"))

    def _print(self, case: DemoCase, entry: JournalEntry, what: Text) -> None:
        head = f"{day(entry.at)}  {set_cell_size(str(case.story.titles), 20)}"
        self.screen.print(Text(head) + what, soft_wrap=True)


def openings(cases: Sequence[DemoCase], applications: Sequence[TransferApplication]) -> Table:
    """What each case demonstrates, shown before it begins."""
    shown = table(
        say("case", "案号"), say("shows", "情形"), "", say("from", "转出"), say("to", "转入"), whole=(0, 1)
    )
    for case, application in zip(cases, applications, strict=True):
        shown.add_row(
            case.case_no,
            str(case.story.titles),
            str(case.story.told),
            f"{application.scheme_from} {application.bureau_out}",
            f"{application.scheme_to} {application.bureau_in}",
        )
    return shown


PARTIES = (Party.TRANSFER_IN, Party.TRANSFER_OUT, Party.PROVINCE, Party.APPLICANT)


def results(cases: Sequence[DemoCase]) -> Table:
    """How each case ended, and what moved in it."""
    shown = table(
        say("case", "情形"),
        say("outcome", "结果"),
        say("months", "月数"),
        say("individual ④", "个人账户④"),
        say("pooled ⑤", "统筹基金⑤"),
        say("total ⑥, yuan", "合计⑥（元）"),
        whole=(0, 3, 4, 5),
    )
    for column in shown.columns[2:]:
        column.justify = "right"
    for case in cases:
        shown.add_row(str(case.story.titles), _outcome(case), *_moved(case.progress))
    return shown


def days_charged(cases: Sequence[DemoCase]) -> Table:
    """The working days of each case by party, and by how many its clocks were late."""
    shown = table(
        say("working days charged to", "工作日责任归属"),
        *map(title, PARTIES),
        say("days late", "逾期工作日"),
        whole=(0,),
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    for case in cases:
        late = f"[red]{case.days_late}[/red]" if case.days_late else "0"
        shown.add_row(str(case.story.titles), *_days(case), late)
    return shown


def _moved(progress: Progress | None) -> tuple[str, ...]:
    """Months and money as posted; blank if nothing stayed posted."""
    if progress is None or progress.stage is not Stage.CLOSED:
        return ("–",) * 4
    total = Fen(progress.individual + progress.pooled)
    return (str(progress.months), money(progress.individual), money(progress.pooled), money(total))


def _days(case: DemoCase) -> tuple[str, ...]:
    if case.charged is None:
        return ("",) * len(PARTIES)
    days = {share.party: share.working_days for share in case.charged.ledger.shares}
    return tuple(str(days.get(party, 0)) for party in PARTIES)


def _outcome(case: DemoCase) -> str:
    progress = case.progress
    if progress is None or progress.stage not in ENDS:
        return say("[red]not ended[/red]", "[red]未办结[/red]")
    said = title(progress.stage)
    if progress.form_version > 1:
        said += say(f", form version {progress.form_version}", f"，信息表第 {progress.form_version} 版")
    if progress.refunded != NO_MONEY:
        refunded = money(progress.refunded)
        said += say(f", {refunded} refunded", f"，退还 {refunded}")
    mark = "green" if case.as_expected else "red"
    return f"[{mark}]{said}[/{mark}]"
