"""`worker.py` as it is, but it waits one second for the lock of a store and not half a minute."""

import sys

import typer

import models.databases
import worker

PATIENCE_SECONDS = 1

if __name__ == "__main__":
    models.databases.LOCK_PATIENCE_SECONDS = PATIENCE_SECONDS
    sys.argv = ["worker.py", *sys.argv[1:]]
    typer.run(worker.main)
