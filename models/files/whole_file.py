"""A file that somebody names, read whole: a regular file of a bounded size, or nothing at all."""

import errno
import stat
from pathlib import Path

from rules.values.bounds import FILE_BYTES


def whole_file(path: Path) -> bytes:
    """The bytes of a file. Raises OSError, also for a pipe or a device, which might never end, and for a file
    of more than `FILE_BYTES`."""
    require_regular(path)
    with path.open("rb") as file:
        read = file.read(FILE_BYTES + 1)
    if len(read) > FILE_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {FILE_BYTES // 1024 // 1024} MB")
    return read


def require_regular(path: Path) -> None:
    """Raises OSError for a pipe, a device, a socket or a file that is not there."""
    kind = path.stat().st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        raise OSError(errno.EINVAL, "it is no regular file")
