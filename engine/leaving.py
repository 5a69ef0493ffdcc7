"""The end of a program that has used the engine's client."""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn


def run_and_leave(program: Callable[[], int | None]) -> NoReturn:
    """Run a program and end the process with its exit code, 1 after an error nobody caught.

    The interpreter's own exit is not used: it frees the engine's native runtime, whose threads may want the
    interpreter just then. Such a process has been seen to hang for ever, and now and then aborts (sdk-python
    issue 300). Everything but the two streams is written and closed by now.
    """
    code: object
    try:
        code = program()
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    _leave(code if isinstance(code, int) else int(code is not None))


def leave_at_the_latest(after: timedelta, code: int, say: Callable[[], None]) -> None:
    """End the process if it still exists after this time, whatever it waits for; calls `say` before.

    The SDK waits without limit for a case that cannot be evicted from memory. Nothing is lost with such a
    process: the service hands its cases and steps to another.
    """

    def leave() -> None:
        say()
        _leave(code)

    # A thread, since the event loop itself may be blocked.
    limit = threading.Timer(after.total_seconds(), leave)
    limit.daemon = True
    limit.start()


def _leave(code: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
