"""`starter.py show`: one case, where it stands, who owes what since when, its clocks, days and journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from desk.client.session import with_client
from desk.client.silence import NoAnswer, NoSuchCase
from desk.client.views.case import CaseView
from desk.commands.approvals import print_to_be_approved
from desk.commands.choosing import print_offer
from desk.commands.rulings import print_rulings
from desk.commands.staff_options import CaseArgument, JsonOption
from desk.files.files import bureau_key
from desk.files.orders import field_title, field_value
from desk.language import say
from desk.screens.clock_table import print_clocks
from desk.screens.dispute_files import print_disputes
from desk.screens.duty_words import owed, stage_words
from desk.screens.journal_table import journal_table
from desk.screens.masking import masked
from desk.screens.papers import print_papers
from desk.screens.possible import possible_lines
from desk.screens.responsibility_table import print_responsibility
from desk.screens.screen import console, pairs, print_json, table
from desk.words import bureau, day, instant, money, scheme, sentence, title
from models.messages.clocks import Responsibility
from models.messages.corrections import OpenItem
from models.messages.progress import Progress
from models.messages.requests import StaffAction
from models.messages.stages import ENDS, Party, Stage
from rules.values.due_dates import Clock
from rules.values.money import NO_MONEY, Fen
from rules.values.moves import Entry

if TYPE_CHECKING:
    from temporalio.client import Client

BEFORE_THE_HALVES = frozenset(
    {Stage.APPLICATION_RECEIVED, Stage.AWAITING_MATERIALS, Stage.ACCEPTED, Stage.REFUSED, Stage.WITHDRAWN}
)
"""Stages in which nobody asks yet, or any more, which half is in."""


def show(
    case: CaseArgument,
    as_json: JsonOption = False,
    dossier_at: Annotated[
        str, typer.Option("--bureau", help="Whose dossier to ask for once the engine has forgotten the case.")
    ] = "",
    papers: Annotated[bool, typer.Option(help="Also the papers of the case.")] = False,
    unmask: Annotated[bool, typer.Option(help="Show names, ID numbers and accounts in full.")] = False,
) -> None:
    """One case: where it stands, who is to act, its clocks, whose its days were, and its journal."""
    key = bureau_key(dossier_at) if dossier_at else ""
    view, days = with_client(lambda client: _ask(client, case, key))
    if as_json:
        print_json(_document(view, days, unmask))
        return
    screen = console()
    print_case(screen, view, days, unmask)
    if papers:
        print_papers(screen, view.papers, unmask)
        if view.choice is not None:
            screen.print()
            screen.print(f"[bold]{say('months paid twice ', '')}《重复缴费告知》[/bold]")
            print_offer(screen, view.choice, StaffAction.CHOOSE in view.progress.possible)
        print_disputes(screen, view.disputes)
        print_rulings(screen, view.rulings, unmask)


@dataclass(frozen=True, slots=True)
class Days:
    """What the platform reckons of a case as of `now`: whose its days were, how late its clocks are.

    `unanswered` says why it did not answer, which does not keep the rest of the case from being shown.
    """

    now: datetime
    charged: Responsibility | None
    late: Mapping[Clock, int]
    unanswered: str | None = None


async def _ask(client: Client, case: str, key: str) -> tuple[CaseView, Days]:
    from desk.client.asking import look_up
    from desk.client.filed_cases import look_up_dossier
    from desk.client.responsibility import days_late, responsibility_of

    try:
        view = await look_up(client, case)
    except NoSuchCase:
        view = await look_up_dossier(client, case, key)
        return view, Days(datetime.now(UTC), view.charged, {})
    # A case may be ahead of this machine's clock; what it has noted has happened.
    now = max([datetime.now(UTC), *(entry.at for entry in view.journal)])
    try:
        charged = await responsibility_of(client, view.progress, now)
        return view, Days(now, charged, await days_late(client, view.progress, now))
    except NoAnswer as silence:
        return view, Days(now, None, {}, unanswered=str(silence))


def _document(view: CaseView, days: Days, unmask: bool) -> dict[str, Any]:
    document: dict[str, Any] = view.progress.model_dump(mode="json")
    document["dossier_at"] = view.filed_at
    document["broken_off"] = view.broken_off
    document["working_days_late_now"] = dict(days.late)
    document["journal"] = [entry.model_dump(mode="json") for entry in view.journal]
    document["papers"] = masked(view.papers, unmask)
    document["choice"] = masked(view.choice, unmask) if view.choice else None
    document["corrections"] = [masked(one, unmask) for one in view.corrections]
    document["disputes"] = [masked(one, unmask) for one in view.disputes]
    waiting = view.to_be_approved
    document["to_be_approved"] = masked(waiting, unmask) if waiting else None
    document["rulings"] = [masked(one, unmask) for one in view.rulings]
    document["unanswered"] = days.unanswered
    document["responsibility"] = days.charged.model_dump(mode="json") if days.charged else None
    return document


def print_case(screen: Console, view: CaseView, days: Days, unmask: bool) -> None:
    """The case without its papers."""
    progress = view.progress
    screen.print(_head(progress, view.broken_off))
    if view.filed_at is not None:
        screen.print(
            say(
                f"  from the dossier filed at {bureau(view.filed_at)}; the engine has forgotten the case",
                f"  据{bureau(view.filed_at)} 所存案卷；服务中已无此案",
            )
        )
    for line in _said_to_the_applicant(progress):
        screen.print(line, markup=False)
    if view.corrections:
        screen.print()
        screen.print(_open_fields(view.corrections, unmask))
    if view.to_be_approved is not None:
        print_to_be_approved(screen, view.to_be_approved, unmask)
    if progress.clocks:
        screen.print()
        print_clocks(screen, progress.clocks, days.now, days.late)
    if days.charged is not None:
        screen.print()
        print_responsibility(screen, days.charged)
    if days.unanswered is not None:
        screen.print()
        screen.print(
            say("Whose the days were is not shown: ", "责任归属未显示：") + days.unanswered, markup=False
        )
    if progress.stage not in ENDS and view.broken_off is None:
        screen.print()
        for line in possible_lines(progress):
            # On one line however long: a command is there to be copied.
            screen.print(line, markup=False, soft_wrap=True)
    screen.print()
    screen.print(journal_table(view.journal, progress.case_no))


def _head(progress: Progress, broken_off: str | None) -> Table:
    head = pairs()
    head.add_row(say("case", "案号"), f"[bold]{progress.case_no}[/bold]")
    if progress.linked:
        head.add_row(say("linked cases", "关联案件"), ", ".join(progress.linked))
    head.add_row(say("stage", "阶段"), f"[bold]{stage_words(progress.stage, broken_off)}[/bold]")
    if broken_off is None and progress.waiting_on is not Party.NOBODY:
        head.add_row(say("waiting on", "待办方"), _waiting_on(progress))
    head.add_row(say("from", "转出"), f"{scheme(progress.scheme_from)}, {bureau(progress.bureau_out)}")
    head.add_row(say("to", "转入"), f"{scheme(progress.scheme_to)}, {bureau(progress.bureau_in)}")
    head.add_row(say("applied on", "申请日期"), _applied(progress))
    if progress.information_since or progress.funds_since or progress.stage not in BEFORE_THE_HALVES:
        head.add_row(say("information", "信息"), _half(progress, of_funds=False))
        head.add_row(say("funds", "资金"), _half(progress, of_funds=True))
        done = say("yes, posted and the person told", "是，已记账并告知本人")
        head.add_row(say("settled", "已接续"), done if progress.settled else say("no", "否"))
    if progress.months or progress.individual or progress.pooled:
        total = Fen(progress.individual + progress.pooled)
        head.add_row(say("months", "缴费月数"), str(progress.months))
        head.add_row(say("individual account", "个人账户"), money(progress.individual))
        head.add_row(say("pooled fund", "统筹基金"), money(progress.pooled))
        head.add_row(say("total, yuan", "合计（元）"), f"[bold]{money(total)}[/bold]")
    if progress.refunded != NO_MONEY:
        head.add_row(say("refunded", "已退还本金"), money(progress.refunded))
    if progress.dispute is not None:
        head.add_row(say("disputed", "争议事项"), title(progress.dispute))
    return head


def _waiting_on(progress: Progress) -> str:
    """'transfer-out bureau since 2026-01-20 09:00:00: approve release of funds (1 of 2)'."""
    since = next((one.since for one in reversed(progress.holdings)), None)
    when = say(f" since {instant(since)}", f"（自 {instant(since)} 起）") if since else ""
    return f"{title(progress.waiting_on)}{when}{say(': ', '：')}{owed(progress)}"


def _applied(progress: Progress) -> str:
    if progress.entry is Entry.CONTACT_LETTER:
        return str(progress.submitted_on)
    return f"{progress.submitted_on}, {say('by the former employer’s form', progress.entry.official)}"


def _half(progress: Progress, *, of_funds: bool) -> str:
    """Since when a half is in; what is missing says what it holds up."""
    since = progress.funds_since if of_funds else progress.information_since
    if since is not None:
        version = progress.form_version
        form = "" if of_funds or not version else say(f", version {version}", f"，第 {version} 版")
        return say(f"in since {instant(since)}{form}", f"{instant(since)} 到达{form}")
    if of_funds and (awaited := progress.awaited_funds):
        missing, announced = money(awaited.missing), money(awaited.announced)
        return say(
            f"[yellow]{missing} of {announced} missing; clock C waits for it[/yellow]",
            f"[yellow]应到 {announced}，尚缺 {missing}；期限 C 待其到齐后起算[/yellow]",
        )
    return say(
        "[yellow]missing; clock C waits for it[/yellow]", "[yellow]未到；期限 C 待其到达后起算[/yellow]"
    )


def _said_to_the_applicant(progress: Progress) -> list[str]:
    """Every ground with its cure, every missing paper."""
    lines = []
    for refusal in progress.refusals:
        lines += ["  " + sentence(refusal), "    " + say(refusal.cure_en, refusal.cure_zh)]
    return lines + ["  " + sentence(paper) for paper in progress.missing]


def _open_fields(items: Sequence[OpenItem], unmask: bool) -> Table:
    shown = table(
        say("open correction", "待更正栏目"),
        say("seen", "信息表"),
        say("expected", "应为"),
        say("asked by", "提出方"),
        say("since", "提出日期"),
        whole=(4,),
    )
    shown.columns[1].justify = shown.columns[2].justify = "right"
    for one in items:
        item = one.item
        shown.add_row(
            field_title(item.field),
            escape(field_value(item.field, item.seen, unmask)),
            escape(field_value(item.field, item.expected, unmask)),
            title(one.raised_by),
            day(one.asked_at),
        )
    return shown
