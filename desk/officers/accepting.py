"""The sealed order by which an officer of the transfer-in bureau accepts applications."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from temporalio.client import Client

from activities.contracts import CHECK_ORDER
from desk.client.case_numbers import case_number
from desk.client.silence import NoAnswer
from desk.client.worker_answers import Patience, ask_bureau
from desk.language import Words
from desk.officers.signing import demonstration_of, sealed_order
from desk.problems import BadInput
from models.messages.application import TransferApplication
from models.messages.steps import CaseOrder
from models.officers.orders import Listed, OfficersOrder, OrderAnswer
from models.officers.rosters import RosterChange
from models.officers.seals import digest_of
from rules.values.law import Finding
from rules.values.officers import Right

OFFICER_KNOWN_WITHIN = Patience(attempts=1, in_all=timedelta(seconds=5), to_begin=timedelta(seconds=1))
"""How long a bureau may take to say, before a case is opened, whether its officer may accept applications."""


class MayNotAccept(BadInput):
    """The transfer-in bureau says that the officer does not accept applications there."""

    def __init__(self, refusals: Sequence[Finding]) -> None:
        super().__init__(
            Words(
                " ".join([*(one.en for one in refusals), "No case was opened."]),
                "".join([*(one.zh for one in refusals), "未建立案件。"]),
            )
        )


def accept(client: Client, orders: Sequence[CaseOrder], officer: str = "") -> OfficersOrder:
    """The sealed order to accept applications to one bureau, by an officer of that bureau.

    Raises BadInput when this desk has no key of such an officer.
    """
    (bureau,) = {one.application.bureau_in for one in orders}
    items = tuple(digest_of(one.form_accepted()) for one in orders)
    key = demonstration_of(client)
    return sealed_order(Right.APPLY, bureau, Listed(items=items), officer, key, items)


def accept_lists(
    client: Client,
    applications: Sequence[TransferApplication],
    secret: bytes,
    officer: str,
    accepted: OfficersOrder | None = None,
) -> dict[str, OfficersOrder]:
    """For each transfer-in bureau the sealed order to accept those that go there, or the one `accepted`."""
    if accepted is not None:
        return {one.bureau_in: accepted for one in applications}
    by_bureau: defaultdict[str, list[CaseOrder]] = defaultdict(list)
    for one in applications:
        order = CaseOrder(case_no=case_number(one, secret), application=one)
        by_bureau[one.bureau_in].append(order)
    return {bureau: accept(client, orders, officer) for bureau, orders in by_bureau.items()}


async def require_right_to_accept(
    client: Client,
    applications: Sequence[TransferApplication],
    secret: bytes,
    officer: str,
    accepted: OfficersOrder | None,
) -> dict[str, tuple[RosterChange, ...]]:
    """Ask each transfer-in bureau whether the officer may accept applications there.

    It is asked with one of the applications, or with the order that is `accepted`. Returns the part of each
    roster by which the transfer-out bureau verifies it. Raises MayNotAccept where a bureau says no, and
    BadInput when this desk has no key of the officer.
    """
    one_each = list({one.bureau_in: one for one in applications}.values())
    orders = accept_lists(client, one_each, secret, officer, accepted)
    answers = await asyncio.gather(*(_checked(client, one) for one in orders.values()))
    if found := list(dict.fromkeys(chain.from_iterable(one.refusals for one in answers))):
        raise MayNotAccept(found)
    return {bureau: answer.roster for bureau, answer in zip(orders, answers, strict=True)}


async def _checked(client: Client, order: OfficersOrder) -> OrderAnswer:
    """The transfer-in bureau's answer about an officer's order; None without one now: the case asks again."""
    try:
        return await ask_bureau(client, order.bureau, CHECK_ORDER, order, patience=OFFICER_KNOWN_WITHIN)
    except NoAnswer:
        return OrderAnswer()
