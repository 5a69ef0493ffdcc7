"""The mark on a printed paper: which paper it is, which bureau filed it, and the paper's digest."""

import re
from dataclasses import dataclass

from rules.values.papers import PaperKind, Side

PREFIX = "JLZY1"
_MARK = re.compile(
    PREFIX + r"/([a-z_]+)/(issued|received)/(\d+)/([A-Z0-9]{2,20}|province)/([A-Z0-9-]{1,60})/([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Identifies a printed paper in the register of the bureau that filed it.

    It names no person. For a ruling the bureau is the province. `version` is the printed one, 1 for a paper
    that has no versions.
    """

    kind: PaperKind
    side: Side
    version: int
    bureau: str
    case_no: str
    digest: str

    def __str__(self) -> str:
        parts = (PREFIX, self.kind, self.side, self.version, self.bureau, self.case_no, self.digest)
        return "/".join(map(str, parts))

    @property
    def check(self) -> str:
        """校验码: the beginning of the digest, for people to compare."""
        return " ".join(self.digest[at : at + 4].upper() for at in range(0, 16, 4))


def mark_in(raw: bytes) -> Mark | None:
    """The mark in a printed file, or None if it is no paper of this system."""
    for found in _MARK.finditer(raw.decode("latin-1")):
        kind, side, version, bureau, case_no, digest = found.groups()
        if kind in set(PaperKind):
            return Mark(PaperKind(kind), Side(side), int(version), bureau, case_no, digest)
    return None
