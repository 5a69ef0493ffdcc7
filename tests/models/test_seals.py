"""Seals: what they are made over, and that whatever is changed afterwards shows."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.messages.requests import Dispute, Position, StaffRequest, Withdrawal
from models.messages.stages import Party
from models.officers.checking import is_genuine
from models.officers.keys import (
    Demonstration,
    OfficerKey,
    UnusableOfficerKey,
    key_id,
    make_key,
    read_key,
    text_of,
    write_key,
)
from models.officers.seals import Ed25519Seal, WebauthnSeal, challenge, sealed_bytes
from rules.application.bureau_list import BUREAUS
from rules.values.officers import PROVINCE, Role
from rules.values.orders import DisputePoint

CASE = "220100-20260115-AAAAAAAA"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def key() -> OfficerKey:
    return make_key("220100", "Li01")


def withdrawal(officer: str = "li01") -> Withdrawal:
    return Withdrawal(message_id="m-1", by=Party.APPLICANT, officer=officer, reason="本人不再转移")


def genuine(request: StaffRequest, key: OfficerKey, case: str = CASE, action: str = "withdraw") -> bool:
    assert request.seal is not None
    sealed = sealed_bytes(case, action, request.model_dump(mode="json"), request.seal)
    return is_genuine(request.seal, sealed, key.public)


def test_a_seal_is_an_ed25519_signature_over_named_and_sorted_json(key: OfficerKey) -> None:
    sealed = key.seal(CASE, "withdraw", withdrawal(), ("form/1", "a" * 64), AT)
    seal = sealed.seal
    assert isinstance(seal, Ed25519Seal)
    written = {
        "action": "withdraw",
        "case": CASE,
        "content": {
            "by": "applicant",
            "message_id": "m-1",
            "officer": "li01",
            "reason": "本人不再转移",
        },
        "format": "transfer-seal/1",
        "seal": {
            "at": "2026-03-02T01:00:00Z",
            "bureau": "220100",
            "digest": "a" * 64,
            "key": sha256(key.public).hexdigest()[:32],
            "kind": "ed25519",
            "paper": "form/1",
        },
    }
    by_hand = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(key.public).verify(urlsafe_b64decode(seal.signature + "=="), by_hand)
    assert sealed_bytes(CASE, "withdraw", sealed.model_dump(mode="json"), seal) == by_hand
    assert challenge(by_hand) == sha256(by_hand).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "另一理由"},
        {"message_id": "m-2"},
        {"by": Party.TRANSFER_IN},
        {"officer": "wang02"},
    ],
)
def test_a_changed_content_is_not_what_was_sealed(key: OfficerKey, change: dict[str, Any]) -> None:
    sealed = key.seal(CASE, "withdraw", withdrawal())
    assert genuine(sealed, key)
    assert not genuine(sealed.model_copy(update=change), key)


@pytest.mark.parametrize(
    "change",
    [
        {"paper": "form/2"},
        {"digest": "b" * 64},
        {"bureau": "222400"},
        {"at": datetime(2026, 3, 2, 2, tzinfo=UTC)},
        {"key": "0" * 32},
        {"signature": "A" * 86},
    ],
)
def test_a_changed_seal_is_not_genuine(key: OfficerKey, change: dict[str, Any]) -> None:
    sealed = key.seal(CASE, "withdraw", withdrawal(), ("form/1", "a" * 64))
    assert sealed.seal is not None
    forged = sealed.seal.model_copy(update=change)
    assert not genuine(sealed.model_copy(update={"seal": forged}), key)


def test_a_seal_holds_for_one_case_and_one_action(key: OfficerKey) -> None:
    sealed = key.seal(CASE, "withdraw", withdrawal())
    assert not genuine(sealed, key, case="220100-20260115-BBBBBBBB")
    assert not genuine(sealed, key, action="refer")
    assert not genuine(sealed, make_key("220100", "li01"))


@pytest.mark.parametrize("bureau", [*(one.key for one in BUREAUS), PROVINCE])
def test_officers_of_every_bureau_can_seal(bureau: str) -> None:
    key = make_key(bureau, "li01")
    sealed = key.seal(CASE, "withdraw", withdrawal())
    assert genuine(sealed, key)


def test_a_seal_is_the_same_after_it_has_crossed_as_json(key: OfficerKey) -> None:
    raised = Dispute(
        message_id="m-1",
        by=Party.TRANSFER_IN,
        officer="LI01",
        point=DisputePoint.BASES,
        position=Position(statement="基数“偏低”", evidence=("台账\u3000一",)),
    )
    sealed = key.seal(CASE, "dispute", raised)
    crossed = Dispute.model_validate_json(sealed.model_dump_json())
    assert genuine(crossed, key, action="dispute")


class Passkey:
    """An authenticator as a browser has it sign: the private half of a passkey."""

    def __init__(self, private: EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def seal(self, request: Withdrawal, flags: int = 0b101, **told: object) -> Withdrawal:
        seal = WebauthnSeal(
            key=key_id(self.public),
            bureau="220100",
            at=AT,
            client_data="A",
            authenticator_data="A",
            signature="A",
        )
        sealed = sealed_bytes(CASE, "withdraw", request.model_dump(mode="json"), seal)
        said = {"type": "webauthn.get", "challenge": text_of(challenge(sealed)), "crossOrigin": False} | told
        client_data = json.dumps(said).encode()
        authenticator_data = sha256(b"localhost").digest() + bytes([flags]) + bytes(4)
        signed = authenticator_data + sha256(client_data).digest()
        if isinstance(self._private, Ed25519PrivateKey):
            signature = self._private.sign(signed)
        elif isinstance(self._private, RSAPrivateKey):
            signature = self._private.sign(signed, PKCS1v15(), SHA256())
        else:
            signature = self._private.sign(signed, ECDSA(SHA256()))
        made = {
            "client_data": text_of(client_data),
            "authenticator_data": text_of(authenticator_data),
            "signature": text_of(signature),
        }
        return request.model_copy(update={"seal": seal.model_copy(update=made)})


def genuine_by(passkey: Passkey, request: Withdrawal, action: str = "withdraw") -> bool:
    assert request.seal is not None
    sealed = sealed_bytes(CASE, action, request.model_dump(mode="json"), request.seal)
    return is_genuine(request.seal, sealed, passkey.public)


@pytest.fixture(params=["ES256", "Ed25519", "RS256"])
def passkey(request: pytest.FixtureRequest) -> Passkey:
    if request.param == "ES256":
        return Passkey(generate_private_key(SECP256R1()))
    if request.param == "RS256":
        return Passkey(rsa.generate_private_key(65537, 2048))
    return Passkey(Ed25519PrivateKey.generate())


def test_a_passkey_seals_one_request_for_one_action(passkey: Passkey, key: OfficerKey) -> None:
    sealed = passkey.seal(withdrawal())
    assert genuine_by(passkey, sealed)
    assert not genuine_by(passkey, sealed, action="refer")
    assert not genuine_by(passkey, sealed.model_copy(update={"reason": "另一个理由"}))
    assert not genuine_by(Passkey(generate_private_key(SECP256R1())), sealed)
    # Neither kind of seal holds for the other kind of key.
    assert not genuine(sealed, key)
    assert not genuine_by(passkey, key.seal(CASE, "withdraw", withdrawal()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
        {"crossOrigin": True},
        {"flags": 0b001},
        {"flags": 0b100},
    ],
)
def test_a_passkeys_word_on_something_else_or_by_nobody_is_no_seal(
    passkey: Passkey, wrong: dict[str, Any]
) -> None:
    assert not genuine_by(passkey, passkey.seal(withdrawal(), **wrong))


@pytest.mark.parametrize("field", ["client_data", "authenticator_data", "signature"])
@pytest.mark.parametrize("value", ["A", "AAAA", "e30", "bnVsbA", "W10"])
def test_nonsense_from_a_browser_is_no_seal(passkey: Passkey, field: str, value: str) -> None:
    sealed = passkey.seal(withdrawal())
    assert sealed.seal is not None
    assert not genuine_by(
        passkey, sealed.model_copy(update={"seal": sealed.seal.model_copy(update={field: value})})
    )


def test_a_key_of_another_kind_or_a_short_one_is_no_passkey() -> None:
    for private in (generate_private_key(SECP384R1()), rsa.generate_private_key(65537, 1024)):
        passkey = Passkey(private)
        assert not genuine_by(passkey, passkey.seal(withdrawal()))


def test_an_officer_seals_for_no_other(key: OfficerKey) -> None:
    with pytest.raises(ValueError, match="seals what that officer hands in"):
        key.seal(CASE, "withdraw", withdrawal("wang02"))


def test_a_key_file_is_for_its_officer_alone_and_never_written_over(key: OfficerKey, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "li01.json"
    write_key(path, key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (read_key(path).id, read_key(path).officer, read_key(path).bureau) == (key.id, "li01", "220100")
    with pytest.raises(FileExistsError):
        write_key(path, key)
    path.chmod(0o640)
    with pytest.raises(UnusableOfficerKey, match="chmod 600"):
        read_key(path)


def test_what_is_no_key_file_is_refused_without_quoting_it(tmp_path: Path) -> None:
    path = tmp_path / "li01.json"
    path.write_text('{"private": "secret"}')
    path.chmod(0o600)
    with pytest.raises(UnusableOfficerKey) as refused:
        read_key(path)
    assert "secret" not in str(refused.value)
    with pytest.raises(UnusableOfficerKey, match="cannot be read"):
        read_key(tmp_path / "missing.json")


def test_demonstration_officers_differ_by_secret_bureau_and_id() -> None:
    one, other = Demonstration(b"one" * 11), Demonstration(b"two" * 11)
    keys = {
        one.officer("220100", "li01").id,
        one.officer("220100", "li02").id,
        one.officer("222400", "li01").id,
        other.officer("220100", "li01").id,
    }
    assert len(keys) == 4
    again = Demonstration(b"one" * 11).officer("220100", "li01")
    assert again.id in keys
    assert again.id == key_id(again.public)


def test_a_demonstration_officer_named_after_a_role_has_that_role_alone() -> None:
    assert Demonstration.roles("220100", "demo-checker-2") == (Role.CHECKER,)
    assert Demonstration.roles("province", "demo-calendar-registrar") == (Role.CALENDAR_REGISTRAR,)
    assert Role.MAKER in Demonstration.roles("220100", "li01")
    assert Role.ARBITRATOR not in Demonstration.roles("220100", "li01")


def test_a_private_key_shows_in_no_text(key: OfficerKey) -> None:
    assert text_of(key.private_bytes()) not in repr(vars(key)) + repr(key)
