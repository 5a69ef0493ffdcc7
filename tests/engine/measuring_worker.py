"""`worker.py` as it is, but it measures its gauges several times a second."""

from functools import partial

import typer

import engine.gauges
import worker
from engine.leaving import run_and_leave

MEASURE_SECONDS = 0.2

if __name__ == "__main__":
    engine.gauges.MEASURE_SECONDS = MEASURE_SECONDS  # type: ignore[assignment]
    run_and_leave(partial(typer.run, worker.main))
