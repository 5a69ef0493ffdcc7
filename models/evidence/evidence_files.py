"""A file of evidence as it crosses to the bureau that keeps it; its bytes are in no history of a case."""

import hashlib
from base64 import b64decode
from typing import Annotated

from pydantic import Field, StringConstraints

from models.messages.papers import Done, Paper
from models.messages.requests import OfficerId

LARGEST_FILE = 1024 * 1024
"""In bytes; in base64 it is still below the engine's limit for a message."""
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""The file types that are accepted, by their first bytes."""

FileName = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f/\\]{1,100}$", min_length=1)
]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Content = Annotated[str, StringConstraints(max_length=LARGEST_FILE * 4 // 3 + 4), Field(repr=False)]


class EvidenceHandedIn(Paper):
    """Asks a bureau to keep a file; `content` is base64."""

    case_no: str
    name: FileName = Field(repr=False)
    content: Content
    officer: OfficerId

    def bytes(self) -> bytes:
        """The bytes of the file. Raises ValueError for content that is not base64."""
        return b64decode(self.content, validate=True)


class EvidenceFile(Done):
    """A file as it is on file."""

    digest: Digest
    name: FileName = Field(repr=False)
    media_type: str
    content: Content
    officer: OfficerId


class EvidenceKept(Done):
    """The file is in the bureau's store; no `digest` where it is too large or of no known kind."""

    digest: str = ""
    media_type: str = ""


class EvidenceQuestion(Paper):
    """Asks a bureau for a file of a case."""

    case_no: str
    digest: Digest


class EvidenceAnswer(Paper):
    """The file, or None where the bureau has none of this digest."""

    file: EvidenceFile | None = Field(default=None, repr=False)


def media_type_of(content: bytes) -> str:
    """The type of a file by its first bytes: PDF, PNG or JPEG; '' for any other and for one too large."""
    if len(content) > LARGEST_FILE:
        return ""
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), "")


def digest_of(content: bytes) -> str:
    """The digest of a file's bytes."""
    return hashlib.sha256(content).hexdigest()
