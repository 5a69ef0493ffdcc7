"""`worker.py` on a machine whose clock is wrong by days: the project's modules read another time."""

import datetime as real
import sys
import time
from functools import partial
from types import ModuleType
from typing import Any
from unittest.mock import patch

import typer

import worker
from engine.leaving import run_and_leave

OURS = ("activities", "desk", "engine", "models", "rules", "worker", "workflows")


class _Anyone(type):
    """Counts real instants as instances too, so that those made before the change remain valid."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, real.datetime)


def wrong_clock(wrong_by: real.timedelta) -> type[real.datetime]:
    """`datetime`, except that its present time is wrong."""

    class WrongClock(real.datetime, metaclass=_Anyone):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.datetime.now(tz) + wrong_by

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(real.UTC).replace(tzinfo=None)

    return WrongClock


def modules_of_ours() -> list[ModuleType]:
    """Every module of the project that has imported `datetime` by name."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in OURS and vars(module).get("datetime") is real.datetime
    ]


if __name__ == "__main__":
    _, days, *arguments = sys.argv
    sys.argv = ["worker.py", *arguments]
    wrong_by = real.timedelta(days=int(days))
    clock = wrong_clock(wrong_by)
    for module in modules_of_ours():
        module.datetime = clock  # type: ignore[attr-defined]
    right = time.time
    with patch.object(time, "time", lambda: right() + wrong_by.total_seconds()):
        run_and_leave(partial(typer.run, worker.main))
