"""Case numbers: a function of the application, so that the same application is the same case."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from desk.language import Words
from desk.problems import BadInput
from models.contacts.persons import PersonContact
from models.files.system_errors import why_not
from models.files.whole_file import whole_file
from models.messages.application import TransferApplication

KEY_VARIABLE = "TRANSFER_PERSON_KEY"
KEY_FILE = Path(__file__).parents[2] / ".state" / "person.key"
"""In the checkout, wherever a command is run from: another key would give the same people other numbers."""

SHORTEST_KEY_BYTES = 16

NEWER = ("original_retirement_age",)
"""Fields that were added after numbers had been given out: an empty one is no part of a number."""


def person_secret(file: Path = KEY_FILE) -> bytes:
    """The key of the hashes: from the environment, else from a file made at first use.

    In service the province hands one key to all bureaus: with different keys the same application would
    get different numbers. An ID number has few enough possible values that an unkeyed hash would reveal it.
    Raises BadInput for a key that could be guessed, and a file that cannot be read or made.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return _long_enough(given.encode(), KEY_VARIABLE)
    try:
        if not file.exists():
            _make_key(file)
        return _long_enough(whole_file(file).strip(), str(file))
    except OSError as error:
        raise BadInput(
            Words(
                f"The key of case numbers cannot be kept in {file}: {why_not(error).en}. Set {KEY_VARIABLE}.",
                f"案号密钥不能存于 {file}：{why_not(error).zh}。请设置 {KEY_VARIABLE}。",
            )
        ) from None


def _make_key(file: Path) -> None:
    """Write the key whole, readable by its owner alone and synced, before it gets its name.

    A case number outlives a crash.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # A file of its own, which nobody else may read, even where two processes bear one number.
    descriptor, fresh = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(descriptor, "w") as key:
        key.write(secrets.token_hex(32))
        key.flush()
        os.fsync(descriptor)
    # Linking fails if the file exists, unlike replacing: of two first uses at once, one key wins.
    with contextlib.suppress(FileExistsError):
        os.link(fresh, file)
    Path(fresh).unlink()
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _long_enough(key: bytes, where: str) -> bytes:
    """The key. Raises BadInput for one so short that all of them could be tried."""
    if len(key) < SHORTEST_KEY_BYTES:
        raise BadInput(
            Words(
                f"The key in {where} is shorter than {SHORTEST_KEY_BYTES} bytes: whoever guesses it can find "
                "ID numbers behind case numbers. Use the key the province has handed out.",
                f"{where} 中的密钥不足 {SHORTEST_KEY_BYTES} 字节，易被猜出。请使用全省统一的密钥。",
            )
        )
    return key


def person_key(id_number: str, secret: bytes) -> str:
    """A keyed hash of an ID number, the same for the same person, which reveals nothing without the key."""
    return _digest(id_number, secret)


def case_number(application: TransferApplication, secret: bytes) -> str:
    """'220100-20240912-K7F3QX2A': transfer-in bureau, day of application, keyed hash of all that decides it.

    How the person can be reached (`PersonContact`) is no part of it. An application handed in again
    corrected, or with the paper that was missing, is another case.
    """
    sorted_out = application.model_copy(update={"materials": tuple(sorted(application.materials))})
    day = application.submitted_on.strftime("%Y%m%d")
    left_out = {*PersonContact.model_fields, *(name for name in NEWER if getattr(sorted_out, name) is None)}
    decides = sorted_out.model_dump_json(exclude=left_out)
    return f"{application.bureau_in}-{day}-{_digest(decides, secret)}"


def _digest(text: str, secret: bytes) -> str:
    return base64.b32encode(hmac.digest(secret, text.encode(), hashlib.sha256))[:8].decode()


def linked_numbers(applications: Sequence[TransferApplication], secret: bytes) -> list[tuple[str, ...]]:
    """For each application the numbers of those that differ from it in the transfer-out bureau alone.

    Every rule is written for one pair of bureaus, so a person with several earlier places has a case for
    each of them, and each names the others.
    """
    places: defaultdict[TransferApplication, dict[str, str]] = defaultdict(dict)
    alike = [one.model_copy(update={"bureau_out": ""}) for one in applications]
    for application, whole in zip(applications, alike, strict=True):
        places[whole][application.bureau_out] = case_number(application, secret)
    return [
        tuple(number for place, number in sorted(places[whole].items()) if place != application.bureau_out)
        for application, whole in zip(applications, alike, strict=True)
    ]
