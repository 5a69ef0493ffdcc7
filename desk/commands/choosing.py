"""`starter.py choose`: months paid twice, as the person at the counter is told of them (第四条)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.commands.staff_options import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
)
from desk.commands.submitting import submit
from desk.language import say
from desk.screens.screen import console, print_json, table
from desk.words import bureau, money, scheme
from models.messages.duplicates import DuplicateNotice, OfferedPeriod, OfferedRecord
from models.messages.requests import StaffAction
from models.messages.stages import Party

if TYPE_CHECKING:
    from temporalio.client import Client


def choose(
    case: CaseArgument,
    keep: Annotated[
        list[int] | None, typer.Option(help="Option chosen, one per period asked about, in order.")
    ] = None,
    consent: Annotated[bool, typer.Option("--consent", help="The person consents to the clearing.")] = False,
    account: Annotated[str, typer.Option(help="Account for the refund.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Months paid twice: without options, what the person can choose; with them, the person's answer."""
    if not (keep or consent or account or officer):
        offer, open_now = with_client(lambda client: _offer(client, case))
        if as_json:
            told = offer.model_dump(mode="json") if offer else None
            print_json({"case_no": case, "open": open_now, "choice": told})
        else:
            print_offer(console(), offer, open_now)
        return
    content = {"keep": keep or [], "consent": consent, "refund_account": account}
    envelope = Envelope(case, officer, Party.APPLICANT, by, message_id, signal, as_json)
    submit(StaffAction.CHOOSE, content, envelope)


async def _offer(client: Client, case: str) -> tuple[DuplicateNotice | None, bool]:
    """What the person has been told, and whether the answer is awaited."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    progress = await ask(client, case, TransferCase.progress)
    return await ask(client, case, TransferCase.choice), StaffAction.CHOOSE in progress.possible


def print_offer(screen: Console, offer: DuplicateNotice | None, open_now: bool) -> None:
    """Every period with its options and what each pays out, numbered as `--keep` counts them."""
    if offer is None:
        screen.print(say("No months paid twice have been found.", "未发现重复缴费。"))
        return
    shown = table(
        say("period", "时段"),
        say("months paid twice", "重复缴费月份"),
        say("option", "选项"),
        say("these months stay with", "保留于"),
        say("paid out, yuan", "退还本金（元）"),
        whole=(0, 1, 2, 4),
    )
    shown.columns[4].justify = "right"
    number = 0
    for period in offer.periods:
        asked = len(period.options) > 1
        number += asked
        for row in _rows(offer, period, str(number) if asked else "–"):
            shown.add_row(*row)
    screen.print(shown)
    for line in _how_to_answer(offer, open_now):
        screen.print(line, markup=False, soft_wrap=True)


def _rows(offer: DuplicateNotice, period: OfferedPeriod, number: str) -> Iterable[tuple[str, ...]]:
    for at, option in enumerate(period.options, start=1):
        first = (number, f"{period.first} – {period.last}") if at == 1 else ("", "")
        chosen = str(at) if len(period.options) > 1 else "–"
        yield (*first, chosen, _holder(offer.records[option.keep]), money(option.refund))
    if period.certified:
        yield ("", "", "", say("certified service decides this period", "已认定工作经历，按认定意见办理"), "")


def _holder(record: OfferedRecord) -> str:
    whence = say(" (brought along)", "（转入）") if record.transferred else say(" (paid here)", "（本地）")
    return f"{scheme(record.scheme)}{say(', ', '，')}{bureau(record.bureau)}{whence}"


def _how_to_answer(offer: DuplicateNotice, open_now: bool) -> list[str]:
    lines = [
        say(
            "The months count once, whichever is kept; the principal of the other is paid out.",
            "重复月份只计算一次，保留一处，另一处的个人账户本金退还本人。",
        )
    ]
    if open_now and offer.open_periods:
        keeps = " ".join(["--keep N"] * offer.open_periods)
        answered = f"starter.py choose {offer.case_no} {keeps} --consent --account … --officer ID"
        lines += [say("The person's answer:", "本人确认后录入："), f"  {answered}"]
    return lines
