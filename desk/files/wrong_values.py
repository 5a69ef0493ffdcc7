"""What a value has to be instead, by pydantic's error type.

pydantic's own messages are English and written for programmers; none of them is shown to a reader.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from desk.files.typed_words import one_of, titles_of
from desk.language import Words
from models.files.arrangements_file import OfficersAccepted
from models.messages.arrangements import Officers, Rail
from models.messages.requests import Approvable, HoldReason
from rules.values.due_dates import OpenYears
from rules.values.form_fields import CorrectionEffect
from rules.values.moves import ApplicationRoute, InsuredStatus, Material, MoveReason, Scheme
from rules.values.officers import Right, Role
from rules.values.orders import DisputePoint
from rules.values.record import CreditRounding, RefundOf

OTHERWISE = Words("cannot be used as it is written", "填写有误")
"""The sentence for every other error type."""
_RECORD = Words(
    "one record in braces is expected here, no list and no single value", "此处应为花括号内的一条记录"
)
_LIST = Words("has to be a list", "应为列表")
_DAY = Words("not a day; write it as 2026-01-31", "不是日期，应写成 2026-01-31")
_INSTANT = Words(
    "not an instant with its zone; write it as 2026-01-31T09:00:00+08:00",
    "不是带时区的时刻，应写成 2026-01-31T09:00:00+08:00",
)
_WHOLE_NUMBER = Words("has to be a whole number", "应为整数")
_NUMBER = Words("has to be a number", "应为数字")
_YES_OR_NO = Words("has to be true or false", "应为 true（是）或 false（否）")
_ONE_OF = Words("has to be {expected}", "应为 {expected}")
_SENTENCES = {
    "missing": Words("missing", "必填"),
    "extra_forbidden": Words("not a known field", "没有此字段"),
    **dict.fromkeys(("enum", "literal_error"), _ONE_OF),
    "string_type": Words("has to be a text in quotes", "应为引号内的文本"),
    "string_too_short": Words("at least {min_length} characters", "至少 {min_length} 字"),
    "string_too_long": Words("too long, at most {max_length} characters", "过长，最多 {max_length} 字"),
    "too_long": Words("at most {max_length} of them", "最多 {max_length} 项"),
    "too_short": Words("at least {min_length} of them", "至少 {min_length} 项"),
    "string_pattern_mismatch": Words("not in the form that it has to have", "格式有误"),
    "string_unicode": Words("not a text", "不是文本"),
    "greater_than": Words("has to be more than {gt}", "应大于 {gt}"),
    "greater_than_equal": Words("has to be {ge} or more", "不得小于 {ge}"),
    "less_than": Words("has to be less than {lt}", "应小于 {lt}"),
    "less_than_equal": Words("has to be {le} or less", "不得大于 {le}"),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE_NUMBER),
    **dict.fromkeys(
        ("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing"), _NUMBER
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), _YES_OR_NO),
    **dict.fromkeys(("tuple_type", "list_type", "set_type", "frozen_set_type", "iterable_type"), _LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), _RECORD),
    **dict.fromkeys(
        (
            *("date_type", "date_parsing", "date_from_datetime_parsing"),
            "date_from_datetime_inexact",
        ),
        _DAY,
    ),
    **dict.fromkeys(
        (
            *("datetime_type", "datetime_parsing", "datetime_object_invalid"),
            *("datetime_from_date_parsing", "timezone_aware"),
        ),
        _INSTANT,
    ),
    **dict.fromkeys(("json_invalid", "json_type"), Words("not a record in JSON", "不是有效的 JSON")),
    **dict.fromkeys(
        ("union_tag_invalid", "union_tag_not_found"), Words("not of a known kind", "没有这一种类")
    ),
}
_EMPTY = Words("must not be empty", "不能为空")
"""The sentence for a text or list that needs at least one element."""

_TITLED: Mapping[tuple[str, ...], type[StrEnum]] = {
    tuple(member.value for member in kind): kind
    for kind in (
        *(ApplicationRoute, Approvable, CorrectionEffect, DisputePoint, HoldReason, InsuredStatus, Material),
        *(MoveReason, Right, Role, Scheme),
    )
}
"""Closed lists whose members have titles, by the tuple of their values."""

_ARRANGED = {
    tuple(map(str, kind)): chinese
    for kind, chinese in (
        (Officers, ("无需审批", "一人审批", "两人审批")),
        (Rail, ("即时到账", "以银行对账单为准")),
        (OfficersAccepted, ("演示经办人", "仅登记的经办人")),
        (RefundOf, ("本金", "储存额")),
        (CreditRounding, ("按年取整", "按月取整")),
        (OpenYears, ("按放假办法的原则", "按历年最大范围")),
    )
}
"""The Chinese words for values of the province's arrangements, by the tuple of values."""


def sentence_of(kind: str, details: Mapping[str, Any]) -> Words:
    """The sentence for an error of this type; `details` is its context."""
    if details.get("min_length") == 1:
        return _EMPTY
    words = _SENTENCES.get(kind, OTHERWISE)
    if words is not _ONE_OF:
        return Words(words.en.format_map(details), words.zh.format_map(details))
    return _one_of(re.findall(r"'([^']*)'", str(details["expected"])))


def _one_of(values: Sequence[str]) -> Words:
    """The words of a closed list, by their titles if they have any."""
    if kind := _TITLED.get(tuple(values)):
        return one_of(titles_of(kind))
    if chinese := _ARRANGED.get(tuple(values)):
        values_zh = [f"{zh}（{value}）" for zh, value in zip(chinese, values, strict=True)]
        return Words(f"one of {', '.join(values)}", f"应为 {'、'.join(values_zh)} 之一")
    return Words(f"one of {', '.join(values)}", f"应为 {'、'.join(values)} 之一")
