"""Standard output and error of a program: a missing character or a closed pipe does not end the program."""

import codecs
import io
import os
import sys
from typing import TextIO

NEAREST = {"–": "-", "—": "--", "→": "->", "…": "...", "’": "'", "≠": "!=", "·": ".", "〔": "[", "〕": "]"}
"""What replaces a character that a terminal's charset lacks; any other becomes a question mark."""
ERRORS = "nearest_character"


class _Unbroken(io.RawIOBase):
    """A stream that discards output nobody reads any more, so that `| head` does not end the program."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, written: object) -> int:
        data = memoryview(written)  # type: ignore[arg-type]
        try:
            return os.write(self._descriptor, data)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._descriptor)
            return len(data)


def keep_streams_going() -> None:
    """Make standard output and standard error such streams from now on."""
    codecs.register_error(ERRORS, _nearest)
    sys.stdout = _unbroken(sys.stdout)
    sys.stderr = _unbroken(sys.stderr)


def _unbroken(stream: TextIO) -> TextIO:
    raw = _Unbroken(stream.fileno())
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffered, stream.encoding, ERRORS, line_buffering=raw.isatty())


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(NEAREST.get(one, "?") for one in missing), error.end
