"""One stack per state directory: a second one on the same directory is refused and changes nothing."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.language import Words
from desk.problems import BadInput
from models.files.system_errors import why_not


@contextmanager
def claimed(state: Path) -> Iterator[None]:
    """Lock a state directory, created if missing, until the end; the kernel unlocks it if the process dies.

    Raises BadInput when another process has locked it, or when it cannot be written or is no directory.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / "up.lock").open("a")
    except OSError as error:
        # If there is a file in place of the directory, the system's own error only says that it exists.
        no_directory = NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        why = no_directory if isinstance(error, FileExistsError) else error
        raise BadInput(
            Words(
                f"{state} cannot keep the state: {why_not(why).en}. "
                "Choose a directory that can be written with --state.",
                f"{state} 不能用于保存数据：{why_not(why).zh}。请用 --state 另选可写的目录。",
            )
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                Words(
                    f"`starter.py up` runs already with the state in {state}: end it, or choose another "
                    "--state with --port, --ui-port and --web-port of its own.",
                    f"已有 `starter.py up` 使用 {state}：请先结束它，"
                    "或用 --state 另选目录，并用 --port、--ui-port、--web-port 另选端口。",
                )
            ) from None
        yield
