"""Today's date, as staff at a counter use it."""

from datetime import date, datetime

from rules.values.due_dates import CHINA_TIME


def china_today() -> date:
    """Today in China by this machine's clock: for staff and for files, never for a step of a case."""
    return datetime.now(CHINA_TIME).date()
