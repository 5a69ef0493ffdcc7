"""Who has read what of which case, when and why: one JSON line for each case that was read."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.files.whole_file import require_regular

FILE_NAME = "access.jsonl"
"""In the directory of the key file, unless another file is named."""


class Access(BaseModel):
    """One reading. The workflow identifies the case; no name and no content is logged."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    reader: str
    workflow: str
    """Empty for a payload that belongs to no single workflow."""
    why: str
    given: bool = True
    """False where the reader was refused."""


LONGEST_LINE = 64 * 1024
"""In characters; a longer line was not written by this program."""
READ_AT_ONCE = 1024 * 1024
"""How many bytes of a log are read where its end is asked for: some thousands of lines."""
READ_FOR_A_CASE = 16 * READ_AT_ONCE
"""The same where one case is asked about: lines that do not name it cost little."""


class Line(NamedTuple):
    """A line of a log, and where it begins, in bytes; no reading where it is unreadable or not asked for."""

    begins: int
    reading: Access | None


class AccessLog:
    """An append-only file, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, lines: Iterable[Access]) -> None:
        """Add lines, all or none, synced to the disk before anything is given out. Raises OSError."""
        text = "".join(f"{line.model_dump_json()}\n" for line in lines).encode()
        written = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # Alone, as what a full disk has cut off is taken back.
            fcntl.flock(written, fcntl.LOCK_EX)
            ends = os.fstat(written).st_size
            # After a line that a power failure has cut off, a new one begins.
            text = text if os.pread(written, 1, max(0, ends - 1)) in (b"\n", b"") else b"\n" + text
            try:
                if os.write(written, text) < len(text):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(written)
            except OSError:
                os.ftruncate(written, ends)
                raise
        finally:
            os.close(written)

    def read(self) -> Iterator[Access | None]:
        """Every line in its order; None for an unreadable one. Raises OSError where there is no file."""
        require_regular(self.path)
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for line in iter(lambda: lines.readline(LONGEST_LINE), ""):
                yield _reading(line)

    def latest(self, before: int | None = None, case_no: str = "") -> list[Line]:
        """The last lines that end before this byte of the file, or in all of it, newest first.

        Reads a bounded part of the file; what is older is asked for with where the last of these begins,
        which is 0 where nothing is. With a case only the lines that name it are read, and the oldest, which
        says how far back these go. Raises OSError where there is no file.
        """
        most, named = READ_FOR_A_CASE if case_no else READ_AT_ONCE, case_no.encode()
        require_regular(self.path)
        with self.path.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            end = end if before is None else min(before, end)
            begins = log.seek(max(0, end - most))
            block = log.read(end - begins)
        if begins:
            # The first line began earlier; it is read whole with the older part.
            begun = block.find(b"\n", 0, -1) + 1
            begins, block = begins + begun, block[begun:]
        lines: list[Line] = []
        for text in block.splitlines(keepends=True):
            lines.append(Line(begins, _reading(text) if named in text or not lines else None))
            begins += len(text)
        return lines[::-1]


def _reading(line: str | bytes) -> Access | None:
    try:
        return Access.model_validate_json(line)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class ReadFor:
    """Whom one process reads for at the moment, where it serves several, and the workflows noted for them."""

    reader: str
    noted: set[str] = field(default_factory=set)


READ_FOR: ContextVar[ReadFor | None] = ContextVar("read_for", default=None)
"""None where the owner of the keys reads."""


class OnceEach:
    """Notes for a command on one machine, which reads with keys of its own, each workflow it reads once."""

    def __init__(self, log: AccessLog, reader: str, why: str) -> None:
        self._log, self._why = log, why
        self._by_itself = ReadFor(reader)

    def __call__(self, workflow: str) -> None:
        whom = READ_FOR.get() or self._by_itself
        if workflow and workflow not in whom.noted:
            whom.noted.add(workflow)
            now = datetime.now(UTC)
            self._log.write([Access(at=now, reader=whom.reader, workflow=workflow, why=self._why)])
