"""`starter.py choose`: the options for months paid twice, and the person's choice (第四条)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from desk.client.session import with_client
from desk.client.views.offers import CONSENT_NEEDED, ShownOffer, shown_offer
from desk.commands.staff_options import CaseArgument, StaffOptions, with_staff_options
from desk.commands.submitting import submit
from desk.language import Words, say
from desk.problems import Problem
from desk.screens.screen import console, print_json, table
from models.files.written_values import account_number
from models.messages.duplicates import DuplicateNotice
from models.messages.requests import StaffAction
from models.messages.stages import Party

if TYPE_CHECKING:
    from temporalio.client import Client


NOT_LOOKED_FOR = Words(
    "Months paid twice have not been looked for yet: that is done when the funds are posted.",
    "尚未核对重复缴费：接续记账时核对。",
)


@with_staff_options
def choose(
    case: CaseArgument,
    keep: Annotated[
        list[int] | None, typer.Option(help="Option chosen, one per period asked about, in order.")
    ] = None,
    consent: Annotated[bool, typer.Option("--consent", help="The person consents to the clearing.")] = False,
    account: Annotated[str, typer.Option(help="Account for the refund.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Months paid twice: without options, what the person can choose; with them, the person's answer."""
    if not (keep or consent or account or options.officer):
        offer, open_now, looked_for = with_client(lambda client: _offer(client, case))
        if options.as_json:
            told = offer.model_dump(mode="json") if offer else None
            print_json({"case_no": case, "open": open_now, "looked_for": looked_for, "choice": told})
        elif not looked_for:
            console().print(str(NOT_LOOKED_FOR))
        else:
            print_offer(console(), shown_offer(offer) if offer else None, open_now)
        return
    content = {"keep": keep or [], "consent": consent, "refund_account": account_number(account)}
    # Without a period to decide, the case knows whether consent is asked for.
    problems = [Problem("consent", CONSENT_NEEDED)] if keep and not consent else []
    envelope = options.envelope(case, Party.APPLICANT)
    submit(StaffAction.CHOOSE, content, envelope, problems)


async def _offer(client: Client, case: str) -> tuple[DuplicateNotice | None, bool, bool]:
    """The offer to the person, whether the answer is awaited, and whether months paid twice have been looked
    for, which is done when the funds are posted."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    progress = await ask(client, case, TransferCase.progress)
    offer = await ask(client, case, TransferCase.choice)
    return offer, StaffAction.CHOOSE in progress.possible, offer is not None or progress.settled


def print_offer(screen: Console, offer: ShownOffer | None, open_now: bool) -> None:
    """Print every period with its options, numbered as for `--keep`, and what each pays out."""
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
    for row in offer.rows:
        shown.add_row(row.period, row.months, row.option, row.stays_with, row.paid_out)
    screen.print(shown)
    screen.print(offer.rule, markup=False, soft_wrap=True)
    if open_now:
        keeps = "--keep N " * offer.open_periods
        screen.print(say("The person's answer:", "本人确认后录入："), markup=False)
        keeps += "--consent " * offer.needs_consent
        typed = f"  starter.py choose {offer.case_no} {keeps}--account … --officer ID"
        screen.print(typed, markup=False, soft_wrap=True)
