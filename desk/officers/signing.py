"""Sealing at the desk: who can act here, and an officer's seal on what is handed in. Knows no terminal."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from desk.client.session import address_in_use
from desk.language import Words
from desk.problems import BadInput, Problem
from models.messages.papers import Paper
from models.messages.requests import Approvable, OfficerId, StaffAction
from models.messages.stages import Party
from rules.officers.rights import roles_for
from rules.values.law import Finding
from rules.values.officers import PROVINCE, Right, Role, canonical_officer, roles_at

if TYPE_CHECKING:
    from pydantic import BaseModel
    from temporalio.client import Client

    from engine.encryption.keys import KeyRing
    from models.messages.dossier import CaseRecord
    from models.messages.requests import StaffRequest
    from models.officers.keys import Demonstration, OfficerKey
    from models.officers.orders import OfficersOrder

Ordered = TypeVar("Ordered", bound=Paper)

VARIABLE = "TRANSFER_OFFICER_KEY"
"""The environment variable that names the file of the officer's key where no flag does."""

OFFICER_ID = Words(
    "an officer's id: 1 to 40 letters, digits, dots, underscores or dashes",
    "经办人编号：1 至 40 位字母、数字、点、下划线或短横",
)
DEMONSTRATION_OFFICER = Words("demonstration officer", "演示经办人")

_key_file: Path | None = None


def use_officer_key(path: Path | None) -> None:
    """Set the key with which this process seals; None for the environment's or a demonstration officer's."""
    global _key_file
    _key_file = path


@dataclass(frozen=True, slots=True)
class AvailableOfficer:
    """An officer who can act at this desk, for a page to choose from."""

    bureau: str
    officer: str
    roles: tuple[Role, ...]
    demonstration: bool


def officers_of(bureau: str) -> tuple[AvailableOfficer, ...]:
    """The officers who can act for a bureau, or the province, from this desk.

    The demonstration officers, two of each role; or whoever the officer's key in use is of.
    """
    if key := key_in_use():
        return (AvailableOfficer(key.bureau, key.officer, (), False),) if key.bureau == bureau else ()
    if _demonstration() is None:
        return ()
    return tuple(
        AvailableOfficer(bureau, officer, (role,), True)
        for role in roles_at(bureau)
        for officer in demonstration_pair(role)
    )


def demonstration_pair(role: Role) -> tuple[str, str]:
    """The two demonstration officers of a role."""
    from models.officers.keys import demonstration_id

    return demonstration_id(role), f"{demonstration_id(role)}-2"


def key_in_use() -> OfficerKey | None:
    """The key of the file that is named for this process; None where none is. Raises BadInput."""
    from models.officers.keys import UnusableOfficerKey, read_key

    named = _key_file or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is None:
        return None
    try:
        return read_key(named)
    except UnusableOfficerKey as unusable:
        raise BadInput(Words(str(unusable), unusable.zh)) from None


def officer_problems(typed: str) -> list[Problem]:
    """What is wrong with an officer's id as it was typed; nothing where none was."""
    try:
        if typed:
            TypeAdapter(OfficerId).validate_python(typed)
    except ValidationError:
        return [Problem("officer", OFFICER_ID)]
    return []


def required_officer_problems(typed: str) -> list[Problem]:
    """Like `officer_problems`, where an officer has to be named."""
    return officer_problems(typed) if typed else [Problem("officer", OFFICER_ID)]


def officer_or_default(
    typed: str, right: Right | None, by: Party = Party.NOBODY, approved_by: Collection[str] = ()
) -> str:
    """The officer who acts: the one typed, else the one of the key in use, else of the demonstration.

    Of the two demonstration officers of a role the first acts for the transfer-in bureau and the second for
    the transfer-out bureau, as nobody acts for two sides of a case; the first makes a ruling and the second
    approves it; and one in `approved_by` does not approve again while there is the other.

    Empty where there is nobody, or nobody who has the right. Raises BadInput for another than the key's.
    """
    officer = canonical_officer(typed)
    if key := key_in_use():
        if officer not in ("", key.officer):
            raise BadInput(
                Words(
                    f"The officer's key in use is of {key.officer}, not of {officer}.",
                    f"所用经办人密钥属于 {key.officer}，不属于 {officer}。",
                )
            )
        return key.officer
    if officer or right is None or _demonstration() is None:
        return typed
    pair = demonstration_pair(roles_for(right)[0])
    if by is Party.TRANSFER_OUT or right is Right.APPROVE_RULING:
        pair = pair[1], pair[0]
    return next((one for one in pair if one not in approved_by), pair[0])


def officer_key(bureau: str, officer: str, demonstration: Demonstration | None = None) -> OfficerKey:
    """The key of an officer of a bureau at this desk; of `demonstration`, else of the key file in use.

    Raises BadInput when there is none.
    """
    officer = canonical_officer(officer)
    if (key := key_in_use()) is not None:
        if key.officer == officer:
            return key
    elif (demonstration := demonstration or _demonstration()) is not None:
        return demonstration.officer(bureau, officer)
    of_whom = Words(f"no key of officer {officer}", f"经办人 {officer} 的密钥")
    if not officer:
        of_whom = Words("no officer's key", "任何经办人的密钥")
    raise BadInput(
        Words(
            f"There is {of_whom.en} at this desk; name the file of the key.",
            f"此处没有{of_whom.zh}，请指明密钥文件。",
        )
    )


def right_of(action: StaffAction, content: Mapping[str, Any]) -> Right | None:
    """The right that a request needs; None for an approval of something unknown."""
    from models.officers.vouching import right_for

    if action is not StaffAction.APPROVE:
        return right_for(action)
    what = content.get("what")
    return right_for(action, Approvable(what)) if what in tuple(Approvable) else None


def seal_request(
    action: StaffAction,
    request: StaffRequest,
    record: CaseRecord,
    demonstration: Demonstration | None = None,
) -> StaffRequest:
    """The request with its officer's seal, over the paper that the officer has read in the record.

    Raises BadInput when this desk has no key of the officer.
    """
    progress = record.progress
    bureaus = {
        Party.TRANSFER_OUT: progress.bureau_out,
        Party.PROVINCE: PROVINCE,
    }
    bureau = bureaus.get(request.by, progress.bureau_in)
    key = officer_key(bureau, request.officer, demonstration)
    return key.seal(progress.case_no, action.value, request, paper_read(action, request, record))


def with_order(
    right: Right,
    bureau: str,
    asked: Ordered,
    officer: str = "",
    demonstration: Demonstration | None = None,
    items: tuple[str, ...] = (),
) -> Ordered:
    """The content with the sealed order of an officer of the bureau, the one typed or else the default one.

    `items` are the digests of the parts of a list. Raises BadInput when this desk has no key of such an
    officer.
    """
    order = sealed_order(right, bureau, asked, officer, demonstration, items)
    return asked.model_copy(update={"order": order})


def sealed_order(
    right: Right,
    bureau: str,
    asked: BaseModel,
    officer: str = "",
    demonstration: Demonstration | None = None,
    items: tuple[str, ...] = (),
) -> OfficersOrder:
    """The sealed order itself. Raises BadInput for an officer's id that is none, too."""
    from models.officers.orders import order_for

    if problems := officer_problems(officer):
        raise BadInput(problems=problems)
    if not officer and key_in_use() is None and demonstration is not None:
        officer = demonstration_pair(roles_for(right)[0])[0]
    acting = officer_or_default(officer, right)
    key = officer_key(bureau, acting, demonstration)
    return key.seal("", right.value, order_for(right, bureau, key.officer, asked, items))


def require_accepted(refusals: Sequence[Finding]) -> None:
    """Raises BadInput with every reason for which an officer's order was not carried out."""
    if refusals:
        raise BadInput(Words(" ".join(one.en for one in refusals), "".join(one.zh for one in refusals)))


def paper_read(action: StaffAction, request: StaffRequest, record: CaseRecord) -> tuple[str, str]:
    """Number and digest of the paper that a request is about; empty where it is about none."""
    from models.officers.seals import digest_of

    forms, waiting = record.papers.information_forms, record.to_be_approved
    paper: BaseModel | None = None
    number = ""
    match action:
        case StaffAction.APPROVE:
            what: Approvable = request.what  # type: ignore[attr-defined]
            number = next((one.of for one in record.progress.approvals if one.what is what), "")
            paper = {
                Approvable.RULING: waiting.ruling,
                Approvable.REFUND: waiting.choice,
                Approvable.REOPENING: waiting.reopening,
            }.get(what, forms[-1] if forms else None)
        case StaffAction.CORRECT | StaffAction.AMEND if forms:
            number, paper = forms[-1].number, forms[-1]
        case StaffAction.CHOOSE if record.choice is not None:
            number, paper = record.choice.number, record.choice
    return (number, digest_of(paper)) if paper is not None and number else ("", "")


_demonstrations: dict[bytes, Demonstration] = {}


def _demonstration() -> Demonstration | None:
    """The demonstration officers of the key file in use; None where it is not that of a demonstration."""
    from engine.encryption.keys import UnusableKeys, key_file_named, load_keys

    try:
        return _demonstration_from(load_keys(key_file_named(address_in_use().keys)))
    except UnusableKeys:
        return None


def demonstration_of(client: Client) -> Demonstration | None:
    """The demonstration officers of the keys that a client writes with; None where they have none."""
    from engine.encryption.codec import ring_of

    ring = ring_of(client)
    return _demonstration_from(ring) if ring else None


def _demonstration_from(ring: KeyRing) -> Demonstration | None:
    from models.officers.keys import Demonstration

    secret = ring.demonstration_secret()
    return _demonstrations.setdefault(secret, Demonstration(secret)) if secret else None


def demonstration_officers_here() -> bool:
    """Whether this desk acts with demonstration officers: every user interface says so."""
    return key_in_use() is None and _demonstration() is not None
