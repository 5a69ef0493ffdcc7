"""Rosters and sealed acts, verified with public keys alone: by another bureau, and by the audit."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import BaseModel, TypeAdapter, ValidationError

from models.officers.checking import is_genuine, unpadded
from models.officers.keys import key_id
from models.officers.orders import OfficersOrder, digest_ordered
from models.officers.rosters import CHANGE, Bootstrap, Grant, Holder, Roster, RosterChange, RosterOrder
from models.officers.seals import Seal, sealed_bytes
from models.officers.vouching import SealedAct
from rules.values.officers import Right, Role

_SEAL: TypeAdapter[Seal] = TypeAdapter(Seal)

DemonstrationKey = Callable[[Grant], bool]
"""Whether a demonstration officer's grant is believed."""


class NotVerified(ValueError):
    """A roster that does not follow from the root key, or a seal that no key of it has made."""


def verified_roster(
    bureau: str,
    changes: Sequence[RosterChange],
    root: bytes | None,
    is_demonstration: DemonstrationKey,
    *,
    whole: bool = True,
) -> Roster:
    """A roster every change of which rests on what stood before it, from the root key on.

    It is all of the roster unless `whole` is false: then what `changes_about` has left out may be missing.
    Raises NotVerified at the first change that does not.
    """
    for number, change in enumerate(changes):
        before = Roster(changes[:number])
        if change.serial <= before.serial or (whole and change.serial != number + 1):
            raise NotVerified(f"change {number + 1} of the roster of {bureau} is missing")
        if not _follows(bureau, change, before, root, is_demonstration):
            raise NotVerified(f"change {change.serial} of the roster of {bureau} rests on no officers' seals")
    return Roster(changes)


def _follows(
    bureau: str, made: RosterChange, before: Roster, root: bytes | None, is_demonstration: DemonstrationKey
) -> bool:
    if isinstance(made.change, Grant) and made.change.demonstration:
        return is_demonstration(made.change)
    if any(order.change != made.change or order.bureau != bureau for order in made.orders):
        return False
    if isinstance(made.change, Bootstrap):
        return root is not None and len(made.orders) == 1 and _sealed_by(made.orders[0], root)
    keys = {order.seal.key for order in made.orders if order.seal}
    officers = {order.officer for order in made.orders}
    return len(keys) == len(officers) == 2 and all(
        _by_operator(one, made, before) or (root is not None and _sealed_by(one, root)) for one in made.orders
    )


def _by_operator(order: RosterOrder, made: RosterChange, before: Roster) -> bool:
    assert order.seal is not None
    holder = before.holder(order.seal.key, made.started_at)
    return (
        holder is not None
        and holder.officer == order.officer
        and Role.OPERATOR in holder.roles
        and _sealed_by(order, unpadded(holder.public_key))
    )


def _sealed_by(order: RosterOrder, public: bytes) -> bool:
    if order.seal is None or order.seal.key != key_id(public):
        return False
    sealed = sealed_bytes("", CHANGE, order.model_dump(mode="json"), order.seal)
    return is_genuine(order.seal, sealed, public)


def require_ordered(
    order: OfficersOrder | None, right: Right, ordered: BaseModel, bureau: str, roster: Roster, at: datetime
) -> Holder:
    """Whose key has sealed what is ordered. Raises NotVerified when it is nobody's on the roster then."""
    if order is None:
        raise NotVerified(f"{right}: no order of an officer of {bureau}")
    if (order.right, order.bureau, order.digest) != (right, bureau, digest_ordered(ordered)):
        raise NotVerified(f"{right}: another order than the one that was sealed")
    return require_sealed(order, bureau, roster, at)


def require_sealed(order: OfficersOrder, bureau: str, roster: Roster, at: datetime) -> Holder:
    """Whose key has sealed an order. Raises NotVerified when it is nobody's on the roster then."""
    right = order.right
    if order.seal is None or order.seal.bureau != bureau or order.bureau != bureau:
        raise NotVerified(f"{right}: no order of an officer of {bureau}")
    holder = roster.holder(order.seal.key, at)
    if holder is None or holder.officer != order.officer:
        raise NotVerified(f"{right} by {order.officer} is sealed by nobody on the roster")
    sealed = sealed_bytes("", right, order.model_dump(mode="json"), order.seal)
    if not is_genuine(order.seal, sealed, unpadded(holder.public_key)):
        raise NotVerified(f"{right} by {order.officer} is not what was sealed")
    return holder


def require_genuine(case_no: str, act: SealedAct, roster: Roster) -> None:
    """Raises NotVerified unless the officer whom an act names has sealed it with a key then in force."""
    try:
        seal = _SEAL.validate_python(act.request.get("seal"))
    except ValidationError:
        raise NotVerified(f"{act.action} by {act.request.get('officer')} bears no seal") from None
    holder = roster.holder(seal.key, act.vouched_at)
    if holder is None or holder.officer != act.request.get("officer") or seal.bureau != act.bureau:
        raise NotVerified(f"{act.action} by {act.request.get('officer')} is sealed by nobody on the roster")
    sealed = sealed_bytes(case_no, act.action, act.request, seal)
    if not is_genuine(seal, sealed, unpadded(holder.public_key)):
        raise NotVerified(f"{act.action} by {act.request.get('officer')} is not what was sealed")
