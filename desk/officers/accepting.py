"""The sealed order by which an officer of the transfer-in bureau accepts applications."""

from collections import defaultdict
from collections.abc import Sequence

from temporalio.client import Client

from desk.client.case_numbers import case_number, person_secret
from desk.officers.signing import demonstration_of, sealed_order
from models.messages.application import TransferApplication
from models.messages.steps import CaseOrder
from models.officers.orders import Listed, OfficersOrder
from models.officers.seals import digest_of
from rules.values.officers import Right


def accept(client: Client, orders: Sequence[CaseOrder], officer: str = "") -> OfficersOrder:
    """The sealed order to accept applications to one bureau, by an officer of that bureau.

    Raises BadInput when this desk has no key of such an officer.
    """
    (bureau,) = {one.application.bureau_in for one in orders}
    items = tuple(digest_of(one.form_accepted()) for one in orders)
    key = demonstration_of(client)
    return sealed_order(Right.APPLY, bureau, Listed(items=items), officer, key, items)


def accept_lists(
    client: Client, applications: Sequence[TransferApplication], secret: bytes, officer: str
) -> dict[str, OfficersOrder]:
    """For each transfer-in bureau the sealed order to accept those that go there."""
    by_bureau: defaultdict[str, list[CaseOrder]] = defaultdict(list)
    for one in applications:
        order = CaseOrder(case_no=case_number(one, secret), application=one)
        by_bureau[one.bureau_in].append(order)
    return {bureau: accept(client, orders, officer) for bureau, orders in by_bureau.items()}


def accepted_digest(application: TransferApplication) -> str:
    """The digest of an application as a paper, which its officer seals."""
    order = CaseOrder(case_no=case_number(application, person_secret()), application=application)
    return digest_of(order.form_accepted())
