"""`starter.py rule` and `rulings`: rulings of the provincial bureau, and its earlier rulings (第九条)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.client.session import with_client
from desk.client.views.disputes import past_rulings, ruling_sections
from desk.commands.staff_options import CaseArgument, FileOption, StaffOptions, file_alone, with_staff_options
from desk.commands.submitting import submit
from desk.files.files import read_document
from desk.files.orders import orders_from
from desk.files.typed_words import titles_of, typed_word
from desk.language import say
from desk.problems import BadInput, Problem, of_the_whole, require_page
from desk.screens.case_tables import print_sections
from desk.screens.masking import masked
from desk.screens.screen import JsonOption, console, print_json
from desk.words import title
from models.messages.disputes import RULINGS_TOLD, PastRulings, RulingsQuestion
from models.messages.requests import StaffAction
from models.messages.stages import Party
from rules.values.orders import DisputePoint, Proceed

if TYPE_CHECKING:
    from temporalio.client import Client

IN_A_FILE = ("number", "reasons", "orders")


@with_staff_options
def rule(
    case: CaseArgument,
    number: Annotated[str, typer.Option(help="Required: number of the ruling, 吉社保裁〔2026〕3号.")] = "",
    reasons: Annotated[str, typer.Option(help="Required: reasons of the ruling.")] = "",
    order: Annotated[list[str] | None, typer.Option(help="Required: an order, repeatable, in order.")] = None,
    file: FileOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Rule on a dispute: orders, which the case carries out one after another.

    Orders: proceed · amend_field FIELD VALUE · set_amount INDIVIDUAL POOLED ·
    supplement_funds INDIVIDUAL POOLED · return_funds · restore_relationship ·
    restart_clock CLOCK · extend_clock CLOCK DAYS · close. Amounts in yuan.
    A ruling ends with proceed or close. A file has number, reasons and orders.
    """
    content: dict[str, Any] = {"number": number, "reasons": reasons, "orders": order or []}
    problems = file_alone(file, number, reasons, order)
    if file:
        content, found = _from_file(file)
        problems += found
    orders, wrong = orders_from(content["orders"])
    envelope = options.envelope(case, Party.PROVINCE)
    # Orders that cannot be read are reported once, and not also as missing.
    content["orders"] = [Proceed()] if wrong else orders
    submit(StaffAction.RULE, content, envelope, problems + wrong)


def _from_file(file: Path) -> tuple[dict[str, Any], list[Problem]]:
    document = read_document(file)
    problems = [
        of_the_whole(f"{file}: '{key}' is not known", f"{file}：无法识别“{key}”")
        for key in document
        if key not in IN_A_FILE
    ]
    orders = document.get("orders", [])
    if not isinstance(orders, list) or not all(isinstance(one, str) for one in orders):
        problems.append(of_the_whole(f"{file}: orders is no list of texts", f"{file}：orders 应为文本列表"))
        orders = []
    return {**{key: document.get(key, "") for key in IN_A_FILE}, "orders": orders}, problems


def rulings(
    like: Annotated[str, typer.Option(metavar="CASE", help="Rulings on what this case is about.")] = "",
    point: Annotated[str, typer.Option(help="Rulings on this point, by its value or its title.")] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=RULINGS_TOLD, help="At most so many on a page.")
    ] = RULINGS_TOLD,
    page: Annotated[int, typer.Option(min=1, help="Which page of them.")] = 1,
    unmask: Annotated[bool, typer.Option(help="Show names in full.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Past rulings on the same point, newest first."""
    if bool(like) == bool(point):
        raise BadInput(say("Give either --like CASE or --point.", "请给出 --like 案号 或 --point 之一。"))
    named = typed_word("--point", titles_of(DisputePoint), point) if point else None
    asked, past = with_client(lambda client: _past(client, like, named, limit, page))
    require_page(past.total, page, limit, "--page")
    if as_json:
        rulings = [masked(one, unmask) for one in past.rulings]
        print_json({"point": asked, "total": past.total, "rulings": rulings})
        return
    screen = console()
    screen.print(f"[bold]{title(asked)}[/bold]{say(': ', '：')}{_count(past)}")
    print_sections(screen, ruling_sections(past.rulings, unmask))


def _count(past: PastRulings) -> str:
    """'50 of 312 rulings', or only their number if all are shown."""
    shown, total = len(past.rulings), past.total
    if shown < total:
        return say(f"{shown} of {total} rulings", f"共 {total} 件裁定，显示 {shown} 件")
    return say("1 ruling" if total == 1 else f"{total} rulings", f"{total} 件裁定")


async def _past(
    client: Client, like: str, point: DisputePoint | None, limit: int, page: int
) -> tuple[DisputePoint, PastRulings]:
    """The point asked about, and the rulings on it, without those of the case itself."""
    asked = point or await _point_of(client, like)
    skip = limit * (page - 1)
    question = RulingsQuestion(point=asked, without_case=like, limit=limit, skip=skip)
    return asked, await past_rulings(client, question)


async def _point_of(client: Client, case: str) -> DisputePoint:
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    disputes = await ask(client, case, TransferCase.all_disputes)
    if not disputes:
        raise BadInput(
            say(
                f"Nothing is disputed in case {case}; give the point with --point.",
                f"案件 {case} 没有异议，请用 --point 给出争议事项。",
            )
        )
    return disputes[-1].point
