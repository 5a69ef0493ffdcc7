"""Which officer has claimed a case: officers of a bureau claim cases and hand them over.

This is how a bureau shares its work and no part of a case: anybody of the bureau may still act. It is kept in
a file beside the access log, a line for each change, which the desks of a machine share.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

FILE_NAME = "claims.jsonl"


class ClaimChange(BaseModel):
    """A case passes to an officer, or to nobody, as `by` has entered it."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    bureau: str
    case_no: str
    officer: str
    by: str


class Claims:
    """The claims by bureau and case, as the file has them whenever somebody asks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: dict[tuple[str, str], ClaimChange] = {}
        self._read_to = 0

    def of(self, bureau: str, case_no: str) -> ClaimChange | None:
        """Who of a bureau has a case, and since when; None for nobody."""
        self._catch_up()
        return self._held.get((bureau, case_no))

    def held_by(self, bureau: str, officer: str) -> tuple[str, ...]:
        """The cases that an officer has claimed, the latest last."""
        self._catch_up()
        return tuple(
            case_no
            for (key, case_no), change in self._held.items()
            if (key, change.officer) == (bureau, officer)
        )

    def size(self) -> int:
        """Bytes of the file, which grow with every change; 0 where there is none."""
        return self.path.stat().st_size if self.path.exists() else 0

    async def change(self, change: ClaimChange, before: str) -> bool:
        """Enter a change if the case is still with `before`, '' for nobody. Raises OSError.

        Nothing is entered, and False, where the case is with somebody else by now or with whom it comes to.
        """
        entered = await asyncio.to_thread(self._entered, change, before)
        self._catch_up()
        return entered

    def _entered(self, change: ClaimChange, before: str) -> bool:
        """Write a change to the file if it applies; returns whether it did.

        It runs in another thread, so it leaves the claims in memory to `_catch_up`.
        """
        place = (change.bureau, change.case_no)
        known, read_to = self._held.get(place), self._read_to
        with _locked(self.path) as file:
            later, _ = _read(self.path, read_to)
            for one in later:
                known = one if (one.bureau, one.case_no) == place else known
            with_whom = known.officer if known else ""
            if with_whom != before or with_whom == change.officer:
                return False
            # A line of its own, also after one that was cut off.
            os.write(file, f"\n{change.model_dump_json()}\n".encode())
            os.fsync(file)
        return True

    def _catch_up(self) -> None:
        """Enter what this desk or another has written since the file was last read."""
        if self.size() < self._read_to:
            self._held, self._read_to = {}, 0
        later, self._read_to = _read(self.path, self._read_to)
        for change in later:
            self._held.pop((change.bureau, change.case_no), None)
            if change.officer:
                self._held[change.bureau, change.case_no] = change


def _read(path: Path, begin: int) -> tuple[list[ClaimChange], int]:
    """The changes that stand whole behind a byte, and the byte behind the last of them."""
    if not path.exists() or path.stat().st_size <= begin:
        return [], begin
    with path.open("rb") as file:
        file.seek(begin)
        whole, ends, _ = file.read().rpartition(b"\n")
    found = []
    for line in whole.split(b"\n"):
        try:
            found.append(ClaimChange.model_validate_json(line))
        except ValidationError:
            # A line that was cut off by a full disk must not spoil the next one.
            continue
    return found, begin + len(whole) + len(ends)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open for writing at its end, while no other desk writes."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
