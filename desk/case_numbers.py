"""Case numbers: a function of the application, so that the same application is the same case."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from models.application import TransferApplication

KEY_VARIABLE = "TRANSFER_PERSON_KEY"
KEY_FILE = Path(__file__).parent.parent / ".state" / "person.key"
"""In the checkout, wherever a command is run from: another key would give the same people other numbers."""


def person_secret(file: Path = KEY_FILE) -> bytes:
    """The key of the hashes: from the environment, else from a file made at first use.

    In service the province hands one key to all bureaus: with different keys the same application would
    get different numbers. An ID number has few enough possible values that an unkeyed hash would reveal it.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return given.encode()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # A file of its own, which nobody else may read, even where two processes bear one number.
        descriptor, fresh = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "w") as key:
            key.write(secrets.token_hex(32))
        # A link fails where a replace would not: of two first uses at once, one key wins for both.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        Path(fresh).unlink()
    return file.read_bytes().strip()


def person_key(id_number: str, secret: bytes) -> str:
    """A keyed hash of an ID number, the same for the same person, telling nothing without the key."""
    return _digest(id_number, secret)


def case_number(application: TransferApplication, secret: bytes) -> str:
    """'220100-20240912-K7F3QX2A': transfer-in bureau, day of application, keyed hash of all of it.

    An application handed in again corrected, or with the paper that was missing, is another case.
    """
    sorted_out = application.model_copy(update={"materials": tuple(sorted(application.materials))})
    day = application.submitted_on.strftime("%Y%m%d")
    return f"{application.bureau_in}-{day}-{_digest(sorted_out.model_dump_json(), secret)}"


def _digest(text: str, secret: bytes) -> str:
    return base64.b32encode(hmac.digest(secret, text.encode(), hashlib.sha256))[:8].decode()
