"""Spans of months as typed: 2018-05..2018-06, 2018年5月至2018年6月, or one month."""

import re
from collections.abc import Sequence

from pydantic_core import PydanticCustomError

from desk.language import Words
from desk.problems import Problem
from models.files.written_values import month

_BETWEEN = re.compile(r"[.．]{2}|[~～至]")
_MEANT = Words("write first and last month as 2018-05..2018-06", "请写起止年月，如 2018-05..2018-06")


def typed_spans(texts: Sequence[str], field: str = "months") -> tuple[list[tuple[str, str]], list[Problem]]:
    """First and last month of each span, and a problem for each wrong span or for an empty list."""
    spans: list[tuple[str, str]] = []
    problems = [] if texts else [Problem(field, _MEANT)]
    for text in texts:
        first, *rest = _BETWEEN.split(text)
        try:
            ends = month(first), month(rest[0] if rest else first)
        except PydanticCustomError:
            ends = None
        if ends is None or len(rest) > 1 or ends[1] < ends[0]:
            problems.append(Problem(field, Words(f"{text!r}: {_MEANT.en}", f"“{text}”：{_MEANT.zh}")))
        else:
            spans.append((str(ends[0]), str(ends[1])))
    return spans, problems
