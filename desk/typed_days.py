"""A day as it is typed after a flag: written in one way only, and refused in one sentence."""

import re
from datetime import date

from desk.language import say
from desk.problems import BadInput

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def typed_day(flag: str, text: str) -> date:
    """The day. Raises BadInput for anything else; what was typed is not repeated."""
    try:
        # The standard library would also read 20260131, and 2026-W05 as its Monday.
        return date.fromisoformat(text if _WRITTEN.fullmatch(text) else "")
    except ValueError:
        raise BadInput(
            say(
                f"{flag}: not a day; write it as 2026-01-31.",
                f"{flag}：不是日期，应写成 2026-01-31。",
            )
        ) from None
