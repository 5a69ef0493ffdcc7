"""One structured line per event on standard error, without personal data."""

import json
import logging
import sys
from datetime import UTC, datetime

_EVENTS = logging.getLogger("transfer")


class OneLine(logging.Formatter):
    """A record as one JSON object. Of an exception only the type: its text may quote what it failed on."""

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


def log_events(level: int = logging.INFO) -> None:
    """Send the log to standard error, one line per event; the engine's own chatter only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _EVENTS.setLevel(level)


def event(name: str, **facts: object) -> None:
    """Log an event with its facts: codes and numbers, never names or ID numbers."""
    _EVENTS.info(name, extra={"facts": facts})
