"""Keys for what crosses the engine: who shares one with whom, and the files that hold them.

Every key belongs to a relation and is named after it:

- `platform`: the platform's own, for what it keeps in a case and what it answers to a question about one;
- `bureau-KEY`: shared by the platform and one bureau, for the work a case asks of the bureau;
- `desk-KEY`: shared by the desks of one bureau (or of the province) with those they ask.

A generation is a master secret from which the platform derives each of them (HKDF-SHA256); a bureau and its
desks get files with the derived keys of their own. A key is written with from its instant on; older ones
are kept for reading, so files can be handed out before the new key is used.
"""

import os
import secrets
import tempfile
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from engine.address import DEMONSTRATION, NoEngine
from models.files.system_errors import why_not
from models.files.whole_file import whole_file

KEY_BYTES = 32
VARIABLE = "TRANSFER_KEYS"
"""The environment variable that names the key file where no flag does."""
OTHERS = 0o077


PLATFORM = "platform"
PROVINCE = "province"
DEMONSTRATION_OWNER = "demonstration"


def bureau_party(bureau: str) -> str:
    """The name of a bureau's worker as a party."""
    return f"bureau-{bureau}"


def desk_party(bureau: str) -> str:
    """The name of the desks of a bureau, or of `province`, as a party."""
    return f"desk-{bureau}"


class UnusableKeys(NoEngine):
    """A key file that is not there, cannot be read, or does not hold what is needed."""


class _Part(BaseModel):
    # An error quotes none of its input, which may be a key.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Generation(_Part):
    """Keys that are written with from the same instant on: the master they come from, or some of them."""

    id: str = Field(pattern="^[0-9a-f]{8}$")
    since: AwareDatetime
    master: Base64Bytes | None = Field(default=None, repr=False)
    keys: dict[str, Base64Bytes] = Field(default_factory=dict, repr=False)

    def key(self, party: str) -> bytes | None:
        """The key of a relation, 32 bytes; None where this file does not hold it."""
        if self.master is None:
            return self.keys.get(party)
        derived = HKDF(SHA256(), KEY_BYTES, salt=self.id.encode(), info=party.encode())
        return derived.derive(self.master)

    def only(self, parties: tuple[str, ...]) -> "Generation":
        """The same generation with the keys of these relations alone."""
        keys = {party: b64encode(key) for party in parties if (key := self.key(party)) is not None}
        return Generation(id=self.id, since=self.since, keys=keys)


class DecodingService(_Part):
    """The codec server that reads for a desk what the desk has no key for."""

    url: str = Field(pattern="^https?://")
    token: str = Field(repr=False)


class KeyFile(_Part):
    """What a key file holds. The owner is who writes with it: `platform`, `bureau-KEY`, `desk-KEY`."""

    owner: str
    generations: tuple[Generation, ...] = Field(min_length=1)
    decoding: DecodingService | None = None


class KeyRing:
    """The keys of one file, ready for use."""

    def __init__(self, file: KeyFile, path: Path | None = None) -> None:
        self.file = file
        self.path = path
        self._ciphers: dict[tuple[str, str], AESGCM | None] = {}
        self._by_id = {one.id: one for one in file.generations}
        self._in_turn = sorted(file.generations, key=lambda one: one.since)

    @property
    def party(self) -> str:
        """The party as which a command with this file acts; with a demonstration's, the province's desk."""
        return desk_party(PROVINCE) if self.is_demonstration else self.file.owner

    @property
    def is_demonstration(self) -> bool:
        """Whether the file stands for every party at once, as on one machine."""
        return self.file.owner == DEMONSTRATION_OWNER

    @property
    def is_of_a_desk(self) -> bool:
        """Whether it is a desk's own file, which has no key for the content of cases."""
        return self.file.owner.startswith(desk_party(""))

    def demonstration_secret(self) -> bytes | None:
        """The secret from which demonstration officers' keys are derived; None in any other file."""
        master = self._in_turn[0].master
        if not self.is_demonstration or master is None:
            return None
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"officers").derive(master)

    def may_act_as(self, party: str) -> bool:
        """Whether this file is for a party: its own, or any where it holds the master secret."""
        return party == self.file.owner or self.file.generations[-1].master is not None

    def current(self, party: str) -> tuple[str, AESGCM]:
        """The generation to write with now, and the key of a relation in it. Raises UnusableKeys."""
        now = datetime.now(UTC)
        begun = [one for one in self._in_turn if one.since <= now] or self._in_turn[:1]
        if (cipher := self.cipher(begun[-1].id, party)) is None:
            raise UnusableKeys(
                f"The key file of {self.file.owner} holds no key for {party}; see --keys.",
                f"{self.file.owner} 的密钥文件中没有 {party} 的密钥，见 --keys。",
            )
        return begun[-1].id, cipher

    def cipher(self, generation: str, party: str) -> AESGCM | None:
        """The key of a relation in a generation; None where this file does not hold it."""
        known = (generation, party)
        if known not in self._ciphers:
            held = self._by_id.get(generation)
            key = held.key(party) if held else None
            self._ciphers[known] = AESGCM(key) if key else None
        return self._ciphers[known]


def new_generation(since: datetime) -> Generation:
    """A generation with a new master secret."""
    return Generation(id=secrets.token_hex(4), since=since, master=b64encode(secrets.token_bytes(KEY_BYTES)))


def key_file_named(flag: Path | None) -> Path:
    """The key file in use: that of the flag, else of the environment, else of `make up`."""
    return flag or demonstration_file(DEMONSTRATION)


def demonstration_file(path: Path) -> Path:
    """Where a demonstration keeps its keys: where the environment says, else here."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else path


def load_keys(path: Path) -> KeyRing:
    """The keys in a file. Raises UnusableKeys, whose text quotes nothing of it."""
    try:
        if path.stat().st_mode & OTHERS:
            raise UnusableKeys(
                f"Others can read the key file {path}; `chmod 600` it.",
                f"密钥文件 {path} 可被他人读取，请执行 `chmod 600`。",
            )
        return KeyRing(KeyFile.model_validate_json(whole_file(path)), path)
    except FileNotFoundError:
        raise UnusableKeys(
            f"There is no key file {path}: `make up` makes one for a demonstration, "
            "`starter.py keys make DIRECTORY` those for service. See --keys.",
            f"没有密钥文件 {path}：`make up` 生成演示用密钥，`starter.py keys make DIRECTORY` 生成正式密钥。",
        ) from None
    except OSError as error:
        raise UnusableKeys(
            f"The key file {path} cannot be read: {why_not(error).en}.",
            f"无法读取密钥文件 {path}：{why_not(error).zh}。",
        ) from None
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) or "JSON" for one in error.errors())
        raise UnusableKeys(f"{path} is no key file: {fields}.", f"{path} 不是密钥文件：{fields}。") from None


def write_keys(path: Path, file: KeyFile) -> None:
    """Write a key file for its owner's eyes alone, whole or not at all, over one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A temporary file is made with mode 0600.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".keys-", delete=False) as written:
        written.write(file.model_dump_json(indent=1, exclude_none=True, exclude_defaults=True).encode())
        written.flush()
        os.fsync(written.fileno())
    Path(written.name).replace(path)


def demonstration_keys(path: Path) -> KeyRing:
    """The keys of a demonstration, made where there are none. Raises UnusableKeys."""
    if not path.exists():
        generation = new_generation(datetime.now(UTC))
        write_keys(path, KeyFile(owner=DEMONSTRATION_OWNER, generations=(generation,)))
    return load_keys(path)
