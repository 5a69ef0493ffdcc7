"""`starter.py delivered`: proof that a notice has reached the person, from which the time to object runs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from desk.client.session import with_client
from desk.commands.staff_options import CaseArgument
from desk.commands.submitting import flagged
from desk.deliveries.entering import deliveries_of, delivery_order, delivery_words, enter_delivery
from desk.files.files import bureau_key
from desk.language import Words, say
from desk.officers.signing import officer_or_default
from desk.print.titles import notice_title
from desk.problems import BadInput
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from models.messages.papers import DeliveryProof, ResultNotice
from models.messages.stages import Stage
from models.messages.steps import Deliveries, DeliveryAnswer
from rules.application.remedies import last_day_for_review
from rules.values.officers import Right


def delivered(
    case: CaseArgument,
    notice: Annotated[int, typer.Option(min=0, help="Version of the notice; the latest unless given.")] = 0,
    how: Annotated[
        str, typer.Option(help="counter, post, message, left or announcement; Chinese titles too.")
    ] = "",
    on: Annotated[str, typer.Option(metavar="DATE", help="Day on which it reached the person.")] = "",
    receipt: Annotated[str, typer.Option(help="What shows it: a signature, a postal number.")] = "",
    officer: Annotated[
        str, typer.Option(help="Id of the officer who seals what is entered; never a name.")
    ] = "",
    key: Annotated[
        str, typer.Option("--bureau", help="The bureau; that of the case number unless given.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Enter how and when a notice has reached the person; without options, what is on file.

    The first delivery that is entered of a notice holds.
    """
    where = bureau_key(key or case.partition("-")[0])
    if not (how or on or receipt or officer):
        _print_on_file(with_client(lambda client: deliveries_of(client, where, case)), as_json)
        return
    acting = officer_or_default(officer, Right.RECORD_DELIVERY)
    typed = {"how": how, "on": on, "receipt": receipt, "officer": acting}
    order, problems = delivery_order(case, notice, typed)
    if order is None:
        summary = Words("This cannot be entered:", "输入有误，未登记：")
        raise BadInput(summary, [*map(flagged, problems)])
    answer = with_client(lambda client: enter_delivery(client, where, order))
    _print_answer(answer, as_json)


def _print_answer(answer: DeliveryAnswer, as_json: bool) -> None:
    """What is on file now; exits 1 when nothing was entered and nothing is on file."""
    if as_json:
        print_json(
            {
                "delivery": _document(answer.delivery) if answer.delivery else None,
                "known": answer.known,
                "findings": [one.code for one in answer.findings],
            }
        )
    elif answer.delivery is not None:
        before = say("On file already: ", "此前已登记：") if answer.known else say("Entered: ", "已登记：")
        console().print(f"{before}{delivery_words(answer.delivery)}", markup=False, soft_wrap=True)
    else:
        for finding in answer.findings:
            complaints().print(say(finding.en, finding.zh), markup=False, soft_wrap=True)
    if answer.delivery is None:
        raise typer.Exit(1)


def _print_on_file(found: Deliveries, as_json: bool) -> None:
    on_file = {one.version: one for one in found.deliveries}
    if as_json:
        print_json(
            [
                {
                    "notice": one.number,
                    "version": one.version,
                    "delivery": _document(on_file[one.version]) if one.version in on_file else None,
                }
                for one in found.notices
            ]
        )
        return
    shown = table(say("notice", "告知书"), say("told on", "告知日期"), say("delivered", "送达"), whole=(1,))
    for one in found.notices:
        delivery = on_file.get(one.version)
        shown.add_row(
            _named(one),
            str(one.told_on),
            delivery_words(delivery) if delivery else say("not yet", "尚未登记送达"),
        )
    console().print(shown)


def _named(notice: ResultNotice) -> str:
    return f"{notice.version}  {notice_title(notice.outcome)}"


def _document(delivery: DeliveryProof) -> dict[str, Any]:
    document = delivery.model_dump(mode="json")
    if delivery.outcome is Stage.REFUSED:
        document["review_until"] = last_day_for_review(delivery.delivered_on).isoformat()
    return document
