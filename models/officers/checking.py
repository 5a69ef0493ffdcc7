"""Whether a seal was made with the key it names. Runs in activities and at the desk, never in workflow code:
under the sandbox of workflows a signature that does not fit aborts the whole worker."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models.officers.seals import Ed25519Seal, Seal, WebauthnSeal


def _ed25519(seal: Seal, sealed: bytes, public: bytes) -> bool:
    assert isinstance(seal, Ed25519Seal)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(unpadded(seal.signature), sealed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _nobody_checks(seal: Seal, sealed: bytes, public: bytes) -> bool:
    """No seal of this kind is accepted here."""
    return False


CHECKS: Mapping[type, Callable[[Seal, bytes, bytes], bool]] = {
    Ed25519Seal: _ed25519,
    WebauthnSeal: _nobody_checks,
}
"""How a seal of each kind is verified: the seal, the sealed bytes, the public key of the roster."""


def is_genuine(seal: Seal, sealed: bytes, public: bytes) -> bool:
    """Whether the key has sealed these bytes. Whatever is wrong with a seal, it is not genuine."""
    return CHECKS[type(seal)](seal, sealed, public)


def unpadded(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
