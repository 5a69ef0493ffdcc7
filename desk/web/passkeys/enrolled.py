"""Which passkeys an officer has, by the roster of the bureau."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from models.officers.checking import unpadded
from models.officers.rosters import Grant, Roster, RosterPage
from models.officers.seals import WebauthnSeal, challenge
from rules.values.officers import Role

RAW_KEY_BYTES = 32
"""The length of the public key of a key file; that of a passkey is longer, as it names its algorithm."""
_NOTHING = "A"


@dataclass(frozen=True, slots=True)
class Passkey:
    """An officer's passkey that is in force, and the roles it has."""

    key: str
    public: bytes
    roles: tuple[Role, ...]


def newest_passkey(page: RosterPage, officer: str, at: datetime) -> Passkey | None:
    """The officer's passkey that was enrolled last and is in force at an instant; None without one."""
    roster = Roster(page.changes)
    for _, grant in reversed(roster.grants):
        if grant.officer == officer and is_passkey(grant) and (holder := roster.holder(grant.key, at)):
            return Passkey(grant.key, unpadded(grant.public_key), holder.roles)
    return None


def roles_in_force(page: RosterPage, officer: str, at: datetime, key: str = "") -> tuple[Role, ...]:
    """The roles that an officer has at an instant, by one key or by all; none of who is not known."""
    roster = Roster(page.changes)
    keys = [one.key for _, one in roster.grants if one.officer == officer and key in ("", one.key)]
    holders = [roster.holder(one, at) for one in keys]
    return tuple({role: None for holder in holders if holder for role in holder.roles})


def is_passkey(grant: Grant) -> bool:
    """Whether a key of the roster is a passkey, and not one of a key file."""
    return len(unpadded(grant.public_key)) > RAW_KEY_BYTES


def unmade_seal(passkey: str, bureau: str, about: tuple[str, str], at: datetime) -> WebauthnSeal:
    """A seal with all that is among the sealed bytes, before an authenticator has made it."""
    return WebauthnSeal(
        key=passkey,
        bureau=bureau,
        paper=about[0],
        digest=about[1],
        at=at.replace(microsecond=0),
        client_data=_NOTHING,
        authenticator_data=_NOTHING,
        signature=_NOTHING,
    )


def made_seal(seal: WebauthnSeal, sent: Mapping[str, object]) -> WebauthnSeal | None:
    """The seal with what the authenticator has made of it; None for what no authenticator makes."""
    made = {name: str(sent.get(name) or "") for name in ("client_data", "authenticator_data", "signature")}
    try:
        return WebauthnSeal.model_validate({**seal.model_dump(), **made})
    except ValidationError:
        return None


def shown_challenge(sealed: bytes) -> str:
    """What the page gives the authenticator, in base64url."""
    return urlsafe_b64encode(challenge(sealed)).decode().rstrip("=")
