"""Values as people write them in files: amounts, percentages, months, days, names, ID numbers, bureaus.

Wide digits and letters of an input method are read as plain ones, and days as spreadsheets and Chinese
offices write them. Each refusal says what to write instead, in both languages, and never repeats what was
written. Amounts and percentages are strings, because a JSON number may already have lost a fen.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError

from models.messages.application import BureauKey, PersonName
from rules.application.bureaus import bureau_called, listed_bureau
from rules.application.identity import is_id_number
from rules.values.money import Fen, Rate, fen_from_yuan, percent, rate_from_percent, yuan
from rules.values.months import Month
from rules.values.names import lost_character, lost_in_a_name

_DAY = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))", re.ASCII)
_TIME_OF_DAY = re.compile(r" \d{1,2}:\d\d(:\d\d([.]\d+)?)?$", re.ASCII)
NOT_A_DAY = "not a day; write it as 2026-01-31", "不是日期，应写成 2026-01-31 或 2026年1月31日"
"""The sentence for anything that is not a day, in English and Chinese."""
_MONTH = re.compile(r"(\d{4})(?:[-/](\d{1,2})|[.](\d\d)|年(\d{1,2})月|(\d\d))", re.ASCII)
_SHORTENED = re.compile(r"\d{4}[.]1", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+([.]\d{1,2})?", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def wrong(code: str, en: str, zh: str) -> PydanticCustomError:
    """An error that carries its sentence in both languages: the message, and `zh` in its context."""
    return PydanticCustomError(code, en, {"zh": zh})


def plain(text: str) -> str:
    """A number, code or day without the marks of an input method: '２０２６－０１－１５ ' → '2026-01-15'.

    Full-width characters become plain ones, dashes become hyphens; blanks around it and invisible characters
    are removed.
    """
    wide = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(one for one in wide if unicodedata.category(one) != "Cf").strip()


def written_day(text: str) -> date:
    """'2026-1-15', '2026/1/15', '2026.1.15', '2026年1月15日', '20260115'.

    Raises ValueError for anything else: with a time of day it might not be the day that is meant.
    """
    found = _DAY.fullmatch(plain(text))
    if found is None:
        raise ValueError("not a day")
    year, _, *numbers = found.groups()
    return date(int(year), *(int(one) for one in numbers if one is not None))


def day(value: Any) -> date:
    """A day in a file, also with the time of day that a spreadsheet adds.

    Raises a bilingual error for anything else, a number included, which could count days or seconds.
    """
    try:
        return written_day(_TIME_OF_DAY.sub("", plain(value) if isinstance(value, str) else ""))
    except ValueError:
        raise wrong("day", *NOT_A_DAY) from None


def amount(value: Any) -> Fen:
    """'3500.00', '3,500.00' or '¥3500.00' → 350 000 fen.

    Raises a bilingual error for anything else, a JSON number included.
    """
    if not isinstance(value, str):
        raise wrong(
            "amount_not_text",
            'write the amount as a string in yuan, such as "3500.00"',
            '金额请写成以元为单位的字符串，如 "3500.00"',
        )
    text = plain(value).removeprefix("¥").removesuffix("元").strip()
    try:
        return fen_from_yuan(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    except ValueError:
        raise wrong(
            "amount",
            'not an amount in yuan with at most two decimals, such as "3500.00"',
            '不是最多两位小数的金额，应如 "3500.00"',
        ) from None


def percentage(value: Any) -> Rate:
    """'8.31' or '8.31%' → 83 100 parts per million. Raises a bilingual error for anything else."""
    if not isinstance(value, str):
        raise wrong(
            "percentage_not_text",
            'write the percentage as a string, such as "8" or "8.31"',
            '百分比请写成字符串，如 "8" 或 "8.31"',
        )
    try:
        return rate_from_percent(plain(value).removesuffix("%"))
    except ValueError:
        raise wrong(
            "percentage",
            'not a percentage with at most four decimals, such as "8.31"',
            '不是最多四位小数的百分比，应如 "8.31"',
        ) from None


def month(value: Any) -> Month:
    """'2017-01', '2017/1', '2017年1月', '201701', or the first day of the month → January 2017.

    A spreadsheet keeps a month as its first day. Raises a bilingual error for anything else.
    """
    text = plain(value) if isinstance(value, str) else ""
    if _SHORTENED.fullmatch(text):
        raise wrong(
            "month_shortened",
            "January or October? A spreadsheet shortens 2017.10 to 2017.1; write 2017-01 or 2017-10",
            "是 1 月还是 10 月？电子表格会把 2017.10 缩短为 2017.1，请写成 2017-01 或 2017-10",
        )
    try:
        if found := _MONTH.fullmatch(text):
            number = next(int(one) for one in found.groups()[1:] if one is not None)
            return Month.parse(f"{found[1]}-{number:02d}")
        first = day(text)
        if first.day != 1:
            raise ValueError
        return Month.of(first)
    except ValueError:
        raise wrong(
            "month",
            'not a month; write "YYYY-MM" with a month from 01 to 12, such as "2017-01"',
            '不是月份，应写成 "年年年年-月月"，月份为 01 至 12，如 "2017-01"',
        ) from None


def year(value: Any) -> int:
    """2016, or "2016" as JSON writes keys. Raises a bilingual error for anything else."""
    if isinstance(value, str):
        text = plain(value).removesuffix("年").removesuffix(".0")
        if len(text) == 4 and text.isascii() and text.isdigit():
            return int(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise wrong("year", "not a year; write four digits, such as 2016", "不是年份，应为四位数字，如 2016")


def _name(value: str) -> str:
    if lost := lost_character(value):
        zh, en = lost_in_a_name(lost)
        raise wrong("name", en, zh)
    return value


def _as_typed(value: Any) -> Any:
    """A number with a plain X at its end, a code of digits without the '.0' of a spreadsheet."""
    return code(value).upper() if isinstance(value, str) else value


def code(text: str) -> str:
    """'220100.0', '２２０１００' → '220100'."""
    typed = plain(text)
    whole, point, rest = typed.partition(".")
    return whole if point and whole.isascii() and whole.isdigit() and not rest.strip("0") else typed


def account_number(text: str) -> str:
    """'6217 0012-3456', '６２１７' → '621700123456', '6217': an account without the groups of a bank card."""
    return plain(text).replace(" ", "").replace("-", "")


def _id_number(value: str) -> str:
    if not is_id_number(value):
        raise wrong(
            "id_number",
            "not a valid ID number; compare all eighteen places with the card",
            "公民身份号码有误，请逐位核对",
        )
    return value


def _bureau(value: Any, info: ValidationInfo) -> str:
    """A key that a bureau has or had; also its name, where the context says of which day."""
    if isinstance(value, str):
        if listed_bureau(key := code(value).upper()):
            return key
        on: date | None = (info.context or {}).get("on")
        if on is not None and (named := bureau_called(plain(value), on)):
            return named.key
    raise wrong("no_such_bureau", "no such bureau", "没有该社会保险局")


Yuan = Annotated[Fen, BeforeValidator(amount), PlainSerializer(yuan)]
Percent = Annotated[Rate, BeforeValidator(percentage), PlainSerializer(percent)]
WrittenMonth = Annotated[Month, BeforeValidator(month)]
WrittenYear = Annotated[int, BeforeValidator(year)]
CheckedName = Annotated[PersonName, AfterValidator(_name)]
CheckedIdNumber = Annotated[str, BeforeValidator(_as_typed), AfterValidator(_id_number)]
ListedBureau = Annotated[BureauKey, BeforeValidator(_bureau)]
"""The key of a bureau of today or earlier; whether it is still valid, a rule says."""
