"""`worker.py` that waits only one second for the lock of a store, instead of half a minute."""

import sys
from functools import partial

import typer

import models.store.databases
import worker
from engine.leaving import run_and_leave

PATIENCE_SECONDS = 1

if __name__ == "__main__":
    models.store.databases.LOCK_PATIENCE_SECONDS = PATIENCE_SECONDS
    sys.argv = ["worker.py", *sys.argv[1:]]
    run_and_leave(partial(typer.run, worker.main))
