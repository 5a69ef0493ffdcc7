"""A disk that can be filled: a small file system in memory, or, without the right to mount, a size limit."""

import errno
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

LEFT = 96 * 1024
"""The bytes left on the "full" disk: enough for some steps, not for all."""


class SmallDisk(Protocol):
    """The disk that holds the stores of a site."""

    kind: str

    def fill(self, pid: int) -> None:
        """Leave hardly any space; `pid` is the worker that writes."""

    def free(self, pid: int) -> None:
        """Free the space again."""


class Mounted:
    """A small tmpfs, which a file beside the stores fills."""

    kind = "a tmpfs of its own"

    def __init__(self, directory: Path) -> None:
        self.ballast = directory / "ballast"

    def fill(self, pid: int) -> None:
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
            file.truncate(file.tell() - LEFT)

    def free(self, pid: int) -> None:
        self.ballast.unlink()


class Limited:
    """A limit on the size of the worker's files: it needs no mount, and makes writes fail as well."""

    kind = "a limit on the size of files"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def fill(self, pid: int) -> None:
        largest = max(path.stat().st_size for path in self.directory.rglob("*"))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + LEFT, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk(directory: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A directory on a disk of this size, as far as this process may mount one."""
    directory.mkdir()
    options = f"size={megabytes}m"
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(directory)], capture_output=True, check=False
    )
    if mounting.returncode:
        yield Limited(directory)
        return
    try:
        yield Mounted(directory)
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)
