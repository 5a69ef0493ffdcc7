"""The private keys of officers: made, kept in files, and used to seal what an officer hands in."""

import hashlib
import os
import tempfile
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.files.system_errors import why_not
from models.files.whole_file import whole_file
from models.officers.checking import unpadded
from models.officers.seals import Base64Url, Ed25519Seal, Seal, sealed_bytes
from rules.values.officers import Role, canonical_officer, roles_at

OTHERS = 0o077
_NO_SIGNATURE = "A" * 86

Sealable = TypeVar("Sealable", bound=BaseModel)


class UnusableOfficerKey(Exception):
    """A file of an officer's key that is not there, cannot be read, or is none. Quotes nothing of it."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


def key_id(public: bytes) -> str:
    """By what a public key is named."""
    return hashlib.sha256(public).hexdigest()[:32]


def text_of(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).decode().rstrip("=")


class OfficerKey:
    """An officer of a bureau with the private key, able to seal. The key shows in no `repr`."""

    def __init__(self, bureau: str, officer: str, private: bytes, demonstration: bool = False) -> None:
        self.bureau = bureau
        self.officer = canonical_officer(officer)
        self.demonstration = demonstration
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    def seal(
        self,
        case_no: str,
        action: str,
        request: Sealable,
        about: tuple[str, str] = ("", ""),
        at: datetime | None = None,
    ) -> Sealable:
        """The same request with this officer's seal. `about`: number and digest of the paper it is about.

        The request has a field `seal`; its officer is this one. Raises ValueError when it is another.
        """
        content: dict[str, Any] = request.model_dump(mode="json")
        if content["officer"] != self.officer:
            raise ValueError("an officer seals what that officer hands in")
        unsigned = Ed25519Seal(
            key=self.id,
            bureau=self.bureau,
            paper=about[0],
            digest=about[1],
            at=(at or datetime.now(UTC)).replace(microsecond=0),
            signature=_NO_SIGNATURE,
        )
        signature = self._private.sign(sealed_bytes(case_no, action, content, unsigned))
        seal: Seal = unsigned.model_copy(update={"signature": text_of(signature)})
        return request.model_copy(update={"seal": seal})

    def private_bytes(self) -> bytes:
        """The 32 bytes of the private key, for its file."""
        return self._private.private_bytes_raw()


class OfficerKeyFile(BaseModel):
    """What a file of an officer's key holds; for that officer's eyes alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["ed25519"] = "ed25519"
    bureau: str
    officer: str
    private: Base64Url = Field(repr=False)


def make_key(bureau: str, officer: str) -> OfficerKey:
    """A new key for an officer."""
    return OfficerKey(bureau, officer, Ed25519PrivateKey.generate().private_bytes_raw())


def write_key(path: Path, key: OfficerKey) -> None:
    """Write the file of an officer's key, mode 0600, whole or not at all. Raises FileExistsError."""
    file = OfficerKeyFile(bureau=key.bureau, officer=key.officer, private=text_of(key.private_bytes()))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A temporary file is made with mode 0600.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".officer-") as written:
        written.write(file.model_dump_json(indent=1).encode())
        written.flush()
        os.fsync(written.fileno())
        # A link is never made over a file that is there.
        os.link(written.name, path)


def read_key(path: Path) -> OfficerKey:
    """The key in a file. Raises UnusableOfficerKey."""
    try:
        if path.stat().st_mode & OTHERS:
            raise UnusableOfficerKey(
                f"Others can read {path}; `chmod 600` it.", f"{path} 可被他人读取，请执行 `chmod 600`。"
            )
        file = OfficerKeyFile.model_validate_json(whole_file(path))
        return OfficerKey(file.bureau, file.officer, unpadded(file.private))
    except OSError as error:
        raise UnusableOfficerKey(
            f"{path} cannot be read: {why_not(error).en}.",
            f"无法读取 {path}：{why_not(error).zh}。",
        ) from None
    except (ValidationError, ValueError):
        raise UnusableOfficerKey(f"{path} holds no officer's key.", f"{path} 不是经办人密钥文件。") from None


class Demonstration:
    """Demonstration officers: their keys come from the secret of a demonstration, so none is enrolled.

    One who is named after a role, as `demo-checker` or `demo-checker-2`, has that role; any other id has
    every role there is at its bureau.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.officer = lru_cache(maxsize=4096)(self._officer)

    def _officer(self, bureau: str, officer: str) -> OfficerKey:
        """A demonstration officer of a bureau; the id is in its canonical form."""
        named = f"{bureau}/{officer}".encode()
        private = HKDF(SHA256(), 32, salt=b"demonstration officers", info=named).derive(self._secret)
        return OfficerKey(bureau, officer, private, demonstration=True)

    @staticmethod
    def roles(bureau: str, officer: str) -> tuple[Role, ...]:
        """The roles of a demonstration officer."""
        known = roles_at(bureau)
        named = [role for role in known if officer.startswith(demonstration_id(role))]
        return tuple(named) or known


def demonstration_id(role: Role) -> str:
    """The demonstration officer of a role, the same at each bureau."""
    return f"demo-{role.replace('_', '-')}"
