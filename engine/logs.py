"""One structured line per event on standard error, without personal data."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from functools import cache
from types import TracebackType

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from engine.listening import CannotListen, Listening

_EVENTS = logging.getLogger("transfer")
_ENGINE = logging.getLogger("temporalio.core")


class OneLine(logging.Formatter):
    """Formats a record as one JSON object. Of an exception only the type: its text may quote its input."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage().partition("\n")[0],
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def log_events() -> None:
    """Send the log to standard error, one line per event; of the engine's own log only warnings and worse."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    _EVENTS.setLevel(logging.INFO)


def log_the_end(kind: type[BaseException], mistake: BaseException, trace: TracebackType | None) -> None:
    """Log an uncaught exception as one line: its type and place, without its text."""
    frames = traceback.extract_tb(trace)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    facts = {"place": place}
    _EVENTS.critical("ended_by_mistake", exc_info=(kind, mistake, trace), extra={"facts": facts})


def runtime_that_logs(level: str = "WARN", metrics_at: Listening | None = None) -> Runtime:
    """The engine's native part, its log among ours: the sentence alone, as its details may quote a payload.

    With `metrics_at` it answers Prometheus there; raises CannotListen when it cannot. Has to be there before
    the first client of a process.
    """
    forwarding = LogForwardingConfig(
        logger=_ENGINE,
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    filtered = TelemetryFilter(core_level=level, other_level="ERROR")
    logging_config = LoggingConfig(filter=filtered, forwarding=forwarding)
    metrics = None
    if metrics_at:
        # Names and units as Prometheus has them.
        metrics = PrometheusConfig(
            str(metrics_at), counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
        )
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logging_config, metrics=metrics))
    except ValueError:
        if metrics_at:
            raise CannotListen(metrics_at) from None
        raise


@cache
def silent_runtime() -> Runtime:
    """The engine's native part for a command, whose own sentences say what a person has to know.

    One for the whole process, since each has threads of its own.
    """
    return Runtime(telemetry=TelemetryConfig(logging=None))


def event(name: str, **facts: object) -> None:
    """Log an event with its facts: codes and numbers, never names or ID numbers."""
    _EVENTS.info(name, extra={"facts": facts})
