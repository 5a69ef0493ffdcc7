"""Who has a case on their table: officers of a bureau claim cases and hand them over.

This is how a bureau shares its work and no part of a case: anybody of the bureau may still act. It is kept
in a file of the desk, a line for each change, beside the access log.
"""

import asyncio
import os
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

FILE_NAME = "claims.jsonl"


class Change(BaseModel):
    """A case came to an officer, or to nobody, by the word of `by`."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    bureau: str
    case_no: str
    officer: str
    by: str


class Claims:
    """The claims of one desk, by bureau and case, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: dict[tuple[str, str], Change] = {}
        for change in _read(path):
            self._enter(change)

    def of(self, bureau: str, case_no: str) -> Change | None:
        """Who of a bureau has a case, and since when; None for nobody."""
        return self._held.get((bureau, case_no))

    def held_by(self, bureau: str, officer: str) -> tuple[str, ...]:
        """The cases that an officer has claimed, the latest last."""
        return tuple(
            case_no
            for (key, case_no), change in self._held.items()
            if (key, change.officer) == (bureau, officer)
        )

    async def change(self, change: Change) -> bool:
        """Enter a change; nothing, and False, where it is so already. Raises OSError."""
        before = self.of(change.bureau, change.case_no)
        if (before.officer if before else "") == change.officer:
            return False
        await asyncio.to_thread(_append, self.path, change)
        self._enter(change)
        return True

    def _enter(self, change: Change) -> None:
        self._held.pop((change.bureau, change.case_no), None)
        if change.officer:
            self._held[change.bureau, change.case_no] = change


def _read(path: Path) -> list[Change]:
    """Every change that can be read; none where there is no file."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            found.append(Change.model_validate_json(line))
        except ValidationError:
            # A line that was cut off by a full disk takes no other with it.
            continue
    return found


def _append(path: Path, change: Change) -> None:
    written = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A line of its own, also after one that was cut off.
        os.write(written, f"\n{change.model_dump_json()}\n".encode())
        os.fsync(written)
    finally:
        os.close(written)
