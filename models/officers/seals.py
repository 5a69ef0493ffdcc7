"""Seals: what an officer's signature is made over, and the two ways in which it can be made.

Loads no cryptography: workflow code imports this. Seals are made in `models.officers.keys` and verified in
`models.officers.checking`.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

FORMAT = "transfer-seal/1"
"""Names the layout of the sealed bytes; another layout gets another name."""

KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""The first 32 hexadecimal digits of the SHA-256 of a public key."""
Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,4000}$")]
"""Base64url without padding."""


class _Seal(BaseModel):
    """What every seal states of itself; all of it is among the sealed bytes.

    `paper` and `digest` are the number of the paper that the request is about, and the SHA-256 of that paper
    as the officer has read it; empty where the request is about none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: KeyId
    bureau: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
    paper: Annotated[str, StringConstraints(max_length=200)] = ""
    digest: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    at: AwareDatetime


class Ed25519Seal(_Seal):
    """An Ed25519 signature over the sealed bytes (RFC 8032), as commands make it."""

    kind: Literal["ed25519"] = "ed25519"
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{86}$")]


class WebauthnSeal(_Seal):
    """A signature by an authenticator (W3C Web Authentication), as a web page has it made.

    The challenge is the SHA-256 of the sealed bytes. `client_data` and `authenticator_data` are what the
    authenticator returns; the signature is over `authenticator_data` and the SHA-256 of `client_data`.
    """

    kind: Literal["webauthn"] = "webauthn"
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url


Seal = Annotated[Ed25519Seal | WebauthnSeal, Field(discriminator="kind")]

_STATED = ("kind", "key", "bureau", "paper", "digest", "at")


def sealed_bytes(case_no: str, action: str, content: Mapping[str, Any], seal: _Seal) -> bytes:
    """The canonical bytes of a request: JSON with sorted names, without blanks, in UTF-8.

    `content` is the request in JSON without its seal: party, officer and message id are in it. `case_no` is
    empty for what belongs to no case.
    """
    text = json.dumps(
        {
            "format": FORMAT,
            "case": case_no,
            "action": action,
            "content": {name: value for name, value in content.items() if name != "seal"},
            "seal": seal.model_dump(mode="json", include=set(_STATED)),
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return text.encode()


def challenge(sealed: bytes) -> bytes:
    """What a web page gives an authenticator to sign: the SHA-256 of the sealed bytes."""
    return hashlib.sha256(sealed).digest()


def digest_of(paper: BaseModel) -> str:
    """The SHA-256 of a paper as it is kept, by which a seal names what its officer has read."""
    return hashlib.sha256(paper.model_dump_json().encode()).hexdigest()
