"""The transfer-out bureau verifies who has accepted the application before it certifies anything."""

from activities.clock import started_at
from activities.officers.register import OfficerRegister
from activities.orders import order_refused
from activities.transfer_out.certificate import certificates_issued
from models.messages.steps import CertificateOrder
from models.officers.seals import digest_of
from models.officers.verifying import NotVerified
from models.store.store import Store
from rules.values.officers import Right


async def is_accepted(store: Store, register: OfficerRegister, request: CertificateOrder) -> bool:
    """Whether an officer of the transfer-in bureau has accepted the application under seal.

    It is verified by the part of that bureau's roster that came along, which follows from the root key pinned
    here; an application certified here before was verified then. Refuses an order that says so where the seal
    does not hold.
    """
    accepted = await _verified(register, request) or await _certified_before(store, request)
    if request.reviewed and not accepted:
        raise order_refused(
            "The seal under which the application was accepted does not hold here; nothing was done.",
            "受理申请的经办人签章未通过核验，未作处理。",
        )
    return accepted


async def _verified(register: OfficerRegister, request: CertificateOrder) -> bool:
    order = request.order
    try:
        of_bureau_in = register.register_of(order.application.bureau_in, order.roster)
    except NotVerified:
        return False
    at, item = request.received_at or started_at(), digest_of(order.form_accepted())
    return not await of_bureau_in.refusals_of_listed(order.accepted, Right.APPLY, item, at)


async def _certified_before(store: Store, request: CertificateOrder) -> bool:
    asked = request.order.application
    async with store.reading() as session:
        issued = await certificates_issued(store, session, request.order.case_no)
    return any((one.id_number, one.scheme) == (asked.id_number, asked.scheme_from) for one in issued)
