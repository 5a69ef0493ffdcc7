"""A transfer application as people hand it in, checked before it becomes a paper.

Read by the desk alone: the checks are rules, which workflow code must not reach. Every problem comes in one
`ValidationError`, in both languages and without the value, which may be personal. Chinese titles of fields
and values are read as well, so a clerk's own table can be used as it is.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError
from stdnum import numdb

from models.contacts.persons import Address, ShortText, Telephone
from models.files import written_values
from models.files.written_values import CheckedName, ListedBureau, code, month, plain, wrong
from models.messages.application import ServicePeriod, TransferApplication
from rules.application.identity import birth_date, id_number_problems, is_male
from rules.values.months import Month
from rules.values.moves import (
    GOVERNMENT_SCHEME_BEGAN,
    ApplicationRoute,
    InsuredStatus,
    Material,
    MoveReason,
    OriginalRetirementAge,
    Scheme,
)

TITLES = {
    "name": "姓名",
    "id_number": "公民身份号码",
    "scheme_from": "转出险种",
    "scheme_to": "转入险种",
    "bureau_out": "转出地社会保险局",
    "bureau_in": "转入地社会保险局",
    "reason": "转移原因",
    "status": "参保状态",
    "registered_home": "户籍所在地",
    "submitted_on": "申请日期",
    "new_employer": "新用人单位",
    "employer_bureau": "新用人单位社会保险局",
    "individual_payer": "个人身份参保",
    "entry": "申请途径",
    "materials": "提交材料",
    "certified_government_service": "认定的机关事业单位工作经历",
    "original_retirement_age": "原法定退休年龄",
    "mobile": "联系电话",
    "home_address": "户籍地地址",
    "personal_number": "原个人编号",
    "employer_code": "单位编号",
    "refund_account": "退款账户",
    "agent_name": "代办人",
    "agent_relation": "代办人与本人关系",
    "agent_mobile": "代办人电话",
    "agent_address": "代办人地址",
}
"""The fields by the titles a Chinese table gives them."""

LISTS = ("materials", "certified_government_service")
SEPARATORS = re.compile(r"[;；\n]")
SPAN = re.compile(r"\s*(?:[~～至]|\.\.)\s*")
_DIGITS = re.compile(r"\d(?:[ -]?\d)*", re.ASCII)
"""A number as a bank card shows it, in groups or not."""
DIVISION = re.compile(r"\d{6}(\d{3})?", re.ASCII)
YES = frozenset({"true", "yes", "1", "是"})
NO = frozenset({"false", "no", "0", "否"})

_SHORT_NAMES = {
    "机关事业单位": Scheme.GOVERNMENT,
    "机关保": Scheme.GOVERNMENT,
    "企业职工": Scheme.ENTERPRISE,
    "企职保": Scheme.ENTERPRISE,
    "城乡居民": Scheme.RESIDENT,
    "居民保": Scheme.RESIDENT,
}
"""The short names of the schemes in the measures and among clerks (吉社保〔2020〕6号第六条)."""

CODES = frozenset({"mobile", "personal_number", "employer_code", "agent_mobile"})
"""Fields of digits and letters, which an input method may have made full-width."""

_WRITTEN: Mapping[str, Mapping[str, StrEnum]] = {
    "scheme": {plain(scheme.official): scheme for scheme in Scheme} | _SHORT_NAMES,
    "reason": {plain(reason.official): reason for reason in MoveReason},
    "status": {plain(status.official): status for status in InsuredStatus},
    "entry": {plain(entry.official): entry for entry in ApplicationRoute},
    "materials": {plain(material.official): material for material in Material},
    "original_retirement_age": {
        **{plain(age.official): age for age in OriginalRetirementAge},
        **{f"{age}{unit}": age for age in OriginalRetirementAge for unit in ("岁", "周岁", ".0")},
    },
}


def _id_number(value: Any) -> Any:
    """A lower-case 'x' is accepted as 'X'; other problems are reported place by place."""
    if not isinstance(value, str):
        raise wrong("id_number_not_text", "write the ID number as a string", "公民身份号码请写成字符串")
    number = plain(value).upper()
    if problems := id_number_problems(number):
        raise wrong(
            problems[0].code,
            "; ".join(problem.en for problem in problems),
            "；".join(problem.zh for problem in problems),
        )
    return number


def _day(value: Any, info: ValidationInfo) -> date:
    """A day, after the reform and not in the future."""
    day = written_values.day(value)
    if day < GOVERNMENT_SCHEME_BEGAN:
        raise wrong(
            "day_before_reform",
            f"before {GOVERNMENT_SCHEME_BEGAN}, when the government scheme began",
            f"早于机关事业单位养老保险制度改革之日 {GOVERNMENT_SCHEME_BEGAN}",
        )
    today: date | None = (info.context or {}).get("on")
    if today is not None and day > today:
        raise wrong("day_in_future", "lies in the future", "晚于今天")
    if (id_number := info.data.get("id_number")) and birth_date(id_number) > day:
        raise wrong(
            "born_later", "by the ID number, the person was born later", "早于公民身份号码上的出生日期"
        )
    return day


def _home(value: Any) -> str:
    """A division code of six digits, or nine where only the township tells the bureau."""
    if not (isinstance(value, str) and DIVISION.fullmatch(home := code(value))):
        raise wrong(
            "division",
            "not a division code; write six digits as a string, or nine for a township",
            "不是行政区划代码，应为六位数字的字符串（乡镇为九位）",
        )
    if not _is_in_a_prefecture(home):
        raise wrong(
            "division",
            "no prefecture has a division code that begins like this; compare it with the household register",
            "没有以此开头的地级行政区划代码，请核对户口簿",
        )
    return home


def _is_in_a_prefecture(division: str) -> bool:
    """Whether the first four digits are those of a prefecture that is or once was (GB/T 2260).

    The rest is not looked up: counties are renamed and merged, and people's papers keep the old code.
    """
    return bool(numdb.get("cn/loc").info(f"{division[:4]}00")[-1][1])


def _original_age(value: Any, info: ValidationInfo) -> Any:
    """For linking with the resident scheme a woman states her retirement age before it rose."""
    stated = info.data
    schemes = (stated.get("scheme_from"), stated.get("scheme_to"))
    if value is not None or None in schemes or "id_number" not in stated:
        return value
    if (Scheme.RESIDENT in schemes) and len(set(schemes)) == 2 and not is_male(stated["id_number"]):
        raise wrong(
            "original_retirement_age",
            "for a woman state 50 or 55, or 60 where her post had the age of men",
            "女职工请填写 50 或 55；按男职工年龄退休的填 60",
        )
    return value


def _refund_account(text: str) -> str:
    """Bank and holder as written, and an account of as many digits as `RefundAccount` has."""
    if any(8 <= len(re.sub(r"\D", "", run)) <= 30 for run in _DIGITS.findall(plain(text))):
        return text
    raise wrong("refund_account", "no account of 8 to 30 digits in it", "其中没有 8 至 30 位数字的账号")


def _of_agent(value: Any, info: ValidationInfo) -> Any:
    """An agent is stated with name, relation and telephone; the address only if given."""
    if "agent_name" not in info.data:
        return value
    named = info.data["agent_name"] is not None
    if named and value is None and info.field_name != "agent_address":
        raise wrong("agent", "needed where somebody hands it in for the person", "由他人代办时必填")
    if value is not None and not named:
        raise wrong("agent", "given without the name of who hands it in", "未填写代办人姓名")
    return value


def _certified(periods: tuple[ServicePeriod, ...], info: ValidationInfo) -> tuple[ServicePeriod, ...]:
    """Certified service ends with the present month at the latest, as in a case under way."""
    today: date | None = (info.context or {}).get("on")
    if today is not None and any(one.last > Month.of(today) for one in periods):
        this_month = Month.of(today)
        raise wrong(
            "month_in_future",
            f"service is certified up to {this_month} at most",
            f"认定的月份最晚至 {this_month}",
        )
    return periods


class CheckedApplication(TransferApplication):
    """An application whose every field has been checked; `application` is the paper it becomes.

    With the context `{"on": day}` an application of a later day is refused.
    """

    name: CheckedName = Field(repr=False)
    id_number: Annotated[str, BeforeValidator(_id_number)] = Field(repr=False)
    bureau_out: ListedBureau
    bureau_in: ListedBureau
    employer_bureau: ListedBureau | None = None
    registered_home: Annotated[str, BeforeValidator(_home)]
    submitted_on: Annotated[date, BeforeValidator(_day)]
    original_retirement_age: Annotated[
        OriginalRetirementAge | None, AfterValidator(_original_age), Field(validate_default=True)
    ] = None
    refund_account: Annotated[Address, AfterValidator(_refund_account)] | None = Field(
        default=None, repr=False
    )
    agent_name: CheckedName | None = Field(default=None, repr=False)
    agent_relation: Annotated[ShortText | None, AfterValidator(_of_agent)] = Field(
        default=None, repr=False, validate_default=True
    )
    agent_mobile: Annotated[Telephone | None, AfterValidator(_of_agent)] = Field(
        default=None, repr=False, validate_default=True
    )
    agent_address: Annotated[Address | None, AfterValidator(_of_agent)] = Field(default=None, repr=False)
    certified_government_service: Annotated[tuple[ServicePeriod, ...], AfterValidator(_certified)] = ()

    def application(self) -> TransferApplication:
        """The paper, without the checks."""
        return TransferApplication.model_validate(self.model_dump())

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, document: Any) -> Any:
        """Chinese titles and values in the words of the fields; empty cells left out."""
        if not isinstance(document, dict):
            return document
        fields = {zh: field for field, zh in TITLES.items()}
        named = {str(fields.get(key, key)): value for key, value in document.items()}
        return {
            field: _as_meant(field, value)
            for field, value in named.items()
            if not (isinstance(value, str) and not value.strip())
        }


def _as_meant(field: str, value: Any) -> Any:
    """The value that a cell's text stands for; other types, and texts not understood, as they are."""
    if field in LISTS:
        parts = SEPARATORS.split(value) if isinstance(value, str) else value
        if not isinstance(parts, list):
            return value
        return [_listed(field, part) for part in parts if part not in ("", None)]
    if not isinstance(value, str):
        return value
    text = plain(value)
    if field == "individual_payer":
        return True if text.lower() in YES else False if text.lower() in NO else text
    if field in ("scheme_from", "scheme_to"):
        return known_scheme(text)
    known = _WRITTEN.get(field)
    if known is not None:
        return known.get(text, text)
    return text if field in CODES else value.strip()


def known_scheme(text: str) -> str:
    """A scheme by its letter, its official or its short name; any other text unchanged."""
    written = plain(text)
    return _WRITTEN["scheme"].get(written, written.upper())


def _listed(field: str, part: Any) -> Any:
    """A paper by its title; a certified period written '2020-01~2020-06' or '2020-01..2020-06'."""
    if not isinstance(part, str):
        return part
    if field == "materials":
        return _WRITTEN["materials"].get(plain(part), plain(part))
    first, *rest = SPAN.split(plain(part))
    return {"first": _month(first), "last": _month(rest[0] if rest else first)}


def _month(text: str) -> Any:
    """The month as a paper writes it; what cannot be read as it is, for its own error."""
    try:
        return str(month(text))
    except PydanticCustomError:
        return text
