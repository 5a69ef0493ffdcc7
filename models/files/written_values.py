"""Values as people write them in files: amounts, percentages, months, ID numbers, bureaus.

Each refusal says what to write instead, in both languages, and never repeats what was written. Amounts and
percentages are strings, because a JSON number may already have lost a fen.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from models.messages.application import BureauKey
from rules.application.bureaus import listed_bureau
from rules.application.identity import is_id_number
from rules.values.money import Fen, Rate, fen_from_yuan, percent, rate_from_percent, yuan
from rules.values.months import Month


def wrong(code: str, en: str, zh: str) -> PydanticCustomError:
    """An error that carries its sentence in both languages: the message, and `zh` in its context."""
    return PydanticCustomError(code, en, {"zh": zh})


def amount(value: Any) -> Fen:
    """'3500.00' → 350 000 fen. Raises a bilingual error for anything else, a JSON number included."""
    if not isinstance(value, str):
        raise wrong(
            "amount_not_text",
            'write the amount as a string in yuan, such as "3500.00"',
            '金额请写成以元为单位的字符串，如 "3500.00"',
        )
    try:
        return fen_from_yuan(value)
    except ValueError:
        raise wrong(
            "amount",
            'not an amount in yuan with at most two decimals, such as "3500.00"',
            '不是最多两位小数的金额，应如 "3500.00"',
        ) from None


def percentage(value: Any) -> Rate:
    """'8.31' → 83 100 parts per million. Raises a bilingual error for anything else."""
    if not isinstance(value, str):
        raise wrong(
            "percentage_not_text",
            'write the percentage as a string, such as "8" or "8.31"',
            '百分比请写成字符串，如 "8" 或 "8.31"',
        )
    try:
        return rate_from_percent(value)
    except ValueError:
        raise wrong(
            "percentage",
            'not a percentage with at most four decimals, such as "8.31"',
            '不是最多四位小数的百分比，应如 "8.31"',
        ) from None


def month(value: Any) -> Month:
    """'2017-01' → January 2017. Raises a bilingual error for anything else."""
    try:
        return Month.parse(value)
    except (TypeError, ValueError):
        raise wrong(
            "month",
            'not a month; write "YYYY-MM" with a month from 01 to 12, such as "2017-01"',
            '不是月份，应写成 "年年年年-月月"，月份为 01 至 12，如 "2017-01"',
        ) from None


def year(value: Any) -> int:
    """2016, or "2016" as JSON writes keys. Raises a bilingual error for anything else."""
    if isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise wrong("year", "not a year; write four digits, such as 2016", "不是年份，应为四位数字，如 2016")


def _id_number(value: str) -> str:
    if not is_id_number(value):
        raise wrong(
            "id_number",
            "not a valid ID number; compare all eighteen places with the card",
            "公民身份号码有误，请逐位核对",
        )
    return value


def _bureau(value: str) -> str:
    if listed_bureau(value) is None:
        raise wrong("no_such_bureau", "no such bureau", "没有该社会保险局")
    return value


Yuan = Annotated[Fen, BeforeValidator(amount), PlainSerializer(yuan)]
Percent = Annotated[Rate, BeforeValidator(percentage), PlainSerializer(percent)]
WrittenMonth = Annotated[Month, BeforeValidator(month)]
WrittenYear = Annotated[int, BeforeValidator(year)]
CheckedIdNumber = Annotated[str, AfterValidator(_id_number)]
ListedBureau = Annotated[BureauKey, AfterValidator(_bureau)]
