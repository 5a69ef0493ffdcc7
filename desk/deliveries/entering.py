"""Entering how and when a notice has reached the person, and what is on file of it. Knows no terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desk.files.files import typed_day
from desk.files.typed_words import known_word, one_of, titles_of
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.words import title
from models.messages.papers import DeliveryMeans, DeliveryProof
from models.messages.stages import Stage
from models.messages.steps import Deliveries, DeliveriesQuestion, DeliveryAnswer, DeliveryOrder
from rules.application.remedies import last_day_for_review
from rules.values.bounds import TEXT
from rules.values.officers import Right

if TYPE_CHECKING:
    from temporalio.client import Client

MISSING = Words("missing", "未填写")
TOO_LONG = Words(f"at most {TEXT} characters", f"至多 {TEXT} 字")


def delivery_order(
    case: str, version: int, typed: Mapping[str, str]
) -> tuple[DeliveryOrder | None, list[Problem]]:
    """The order as it was typed into `how`, `on`, `receipt` and `officer`, or everything wrong with it.

    Version 0 is the latest notice.
    """
    said = {name: typed.get(name, "").strip() for name in ("how", "on", "receipt", "officer")}
    means = titles_of(DeliveryMeans)
    how = known_word(means, said["how"])
    problems = [] if how in means else [Problem("how", one_of(means))]
    problems += [Problem(name, MISSING) for name, text in said.items() if name != "how" and not text]
    problems += [Problem("receipt", TOO_LONG)] if len(said["receipt"]) > TEXT else []
    day = None
    if said["on"]:
        try:
            day = typed_day("on", said["on"])
        except BadInput as bad:
            problems += bad.problems
    if problems or day is None:
        return None, problems
    order = DeliveryOrder(
        case_no=case,
        version=version,
        means=DeliveryMeans(how),
        delivered_on=day,
        receipt=said["receipt"],
        officer=said["officer"],
    )
    return order, []


async def enter_delivery(client: Client, bureau: str, order: DeliveryOrder) -> DeliveryAnswer:
    """Have the transfer-in bureau enter a delivery, sealed with the desk's keys unless it is sealed already.

    Raises BadInput where the officer may not order it, NoAnswer where the bureau does not answer.
    """
    from activities.contracts import RECORD_DELIVERY
    from desk.client.worker_answers import TO_ENTER, ask_bureau
    from desk.officers.signing import demonstration_of, require_accepted, with_order

    if order.order is None:
        order = with_order(Right.RECORD_DELIVERY, bureau, order, order.officer, demonstration_of(client))
    answer = await ask_bureau(client, bureau, RECORD_DELIVERY, order, order.case_no, TO_ENTER)
    require_accepted(answer.refusals)
    return answer


async def deliveries_of(client: Client, bureau: str, case: str) -> Deliveries:
    """The notices of a case and the deliveries on file, by its transfer-in bureau. Raises NoAnswer."""
    from activities.contracts import LIST_DELIVERIES
    from desk.client.worker_answers import TO_LOOK_UP, ask_bureau

    question = DeliveriesQuestion(case_no=case)
    return await ask_bureau(client, bureau, LIST_DELIVERIES, question, case, TO_LOOK_UP)


def delivery_words(delivery: DeliveryProof) -> str:
    """When, how, by what and by whom a delivery was entered; of a refusal also until when to object."""
    parts = (str(delivery.delivered_on), title(delivery.means), delivery.receipt, delivery.officer)
    words = say(", ", "，").join(parts)
    if delivery.outcome is not Stage.REFUSED:
        return words
    last = last_day_for_review(delivery.delivered_on)
    return words + say(
        f"; administrative review can be asked for until {last}, on a holiday until the next working day",
        f"；可申请行政复议至 {last}（遇节假日顺延至其后第一个工作日）",
    )
