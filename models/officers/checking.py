"""Whether a seal was made with the key it names. Runs in activities and at the desk, never in workflow code:
under the sandbox of workflows a signature that does not fit aborts the whole worker."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from models.officers.seals import Ed25519Seal, Seal, WebauthnSeal, challenge

SHORTEST_RSA = 2048
"""Bits of the key of a passkey of RS256, which some devices offer alone."""
FLAGS_AT = 32
"""Where in the data of an authenticator its flags stand, behind the digest of the site's name."""
PRESENT_AND_VERIFIED = 0b101
"""The officer touched the authenticator, and it made sure who that was, by PIN or finger."""


def _ed25519(seal: Seal, sealed: bytes, public: bytes) -> bool:
    assert isinstance(seal, Ed25519Seal)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(unpadded(seal.signature), sealed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _webauthn(seal: Seal, sealed: bytes, public: bytes) -> bool:
    """An assertion over the sealed bytes (W3C Web Authentication, 7.2), with ES256, Ed25519 or RS256.

    The public key is a SubjectPublicKeyInfo in DER. Of which site a passkey is need not be compared: an
    authenticator uses it for no other.
    """
    assert isinstance(seal, WebauthnSeal)
    try:
        client_data, authenticator_data = unpadded(seal.client_data), unpadded(seal.authenticator_data)
        if not _is_about(json.loads(client_data), sealed):
            return False
        if authenticator_data[FLAGS_AT] & PRESENT_AND_VERIFIED != PRESENT_AND_VERIFIED:
            return False
        signed = authenticator_data + sha256(client_data).digest()
        _verify(public, unpadded(seal.signature), signed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, IndexError):
        return False
    return True


def _is_about(told: object, sealed: bytes) -> bool:
    """Whether what the browser has told the authenticator is that these bytes are to be sealed."""
    wanted = urlsafe_b64encode(challenge(sealed)).decode().rstrip("=")
    return (
        isinstance(told, dict)
        and told.get("type") == "webauthn.get"
        and told.get("challenge") == wanted
        and not told.get("crossOrigin")
    )


def _verify(public: bytes, signature: bytes, signed: bytes) -> None:
    """Raises InvalidSignature, or ValueError for a key of another kind."""
    key = load_der_public_key(public)
    if isinstance(key, Ed25519PublicKey):
        key.verify(signature, signed)
    elif isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        key.verify(signature, signed, ECDSA(SHA256()))
    elif isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    else:
        raise ValueError("a passkey is of ES256, Ed25519 or RS256")


CHECKS: Mapping[type, Callable[[Seal, bytes, bytes], bool]] = {
    Ed25519Seal: _ed25519,
    WebauthnSeal: _webauthn,
}
"""How a seal of each kind is verified: the seal, the sealed bytes, the public key of the roster."""


def is_genuine(seal: Seal, sealed: bytes, public: bytes) -> bool:
    """Whether the key has sealed these bytes. Whatever is wrong with a seal, it is not genuine."""
    return CHECKS[type(seal)](seal, sealed, public)


def unpadded(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
