"""Citizens' ID numbers (公民身份号码, GB 11643-1999): form, birth date and check digit.

The first six digits are never looked up. They keep the division code of the day of first registration,
and such codes have since been renamed, moved and abolished.
"""

import re
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from rules.values.law import Finding, Law

ID_NUMBER_STANDARD = "GB 11643-1999"

_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_STANDARD = Law(ID_NUMBER_STANDARD, "")

BAD_FORM = Finding(
    "id_number_form",
    _STANDARD,
    "公民身份号码应为 18 位：17 位数字，末位为数字或大写 X",
    "an ID number has eighteen places: seventeen digits, then a digit or a capital X",
)
BAD_BIRTH_DATE = Finding(
    "id_number_birth_date",
    _STANDARD,
    "公民身份号码第 7 至 14 位不是日期，请核对证件",
    "places 7 to 14 of the ID number are no date; compare them with the card",
)
BAD_CHECK_DIGIT = Finding(
    "id_number_check_digit",
    _STANDARD,
    "公民身份号码校验位不符，请逐位核对证件",
    "the check digit of the ID number does not fit; compare all eighteen places with the card",
)

CUT_BY_SPREADSHEET = Finding(
    "id_number_cut",
    _STANDARD,
    "电子表格只保留 15 位数字，号码后几位可能已丢失（末尾为 000 或写成科学计数）。请将该列设为“文本”格式，"
    "照证件重新输入后另存为 .xlsx",
    "a spreadsheet keeps fifteen digits, and the last ones of this number may be lost (it ends in 000 or "
    "stands in short form). Format the column as text, type it again from the card, and save as .xlsx",
)
_CUT = re.compile(r"\d{15}000|\d{15,18}[.]0+|\d([.]\d+)?[eE][+]?\d+", re.ASCII)


def cut_by_a_spreadsheet(text: str) -> bool:
    """Whether an ID number out of a spreadsheet may have lost its last digits.

    Of the numbers a spreadsheet has cut, one in eleven passes the check digit. Of those it has not cut,
    about one in a thousand ends in 000; it cannot be told from a cut one and is reported as well.
    """
    return _CUT.fullmatch(text) is not None


def id_number_problems(text: str) -> tuple[Finding, ...]:
    """Every problem of an ID number (GB 11643-1999); empty if there is none. No finding repeats it."""
    if not _FORM.fullmatch(text):
        return (BAD_FORM,)
    found = []
    try:
        ric.get_birth_date(text)
    except ValidationError:
        found.append(BAD_BIRTH_DATE)
    if text[-1] != ric.calc_check_digit(text):
        found.append(BAD_CHECK_DIGIT)
    return tuple(found)


def is_id_number(text: str) -> bool:
    """Whether this can be a citizen's ID number (GB 11643-1999)."""
    return not id_number_problems(text)


def is_male(id_number: str) -> bool:
    """The sex in an ID number: the seventeenth digit is odd for men, even for women (GB 11643-1999)."""
    return int(id_number[16]) % 2 == 1


def birth_date(id_number: str) -> date:
    """The day of birth in an ID number. Raises ValueError when it holds no date."""
    try:
        return date.fromisoformat(ric.get_birth_date(id_number).isoformat())
    except ValidationError:
        raise ValueError("no birth date in this ID number") from None
