"""Values as written on papers: Chinese titles, days, months and amounts, '' for what is not known."""

from collections.abc import Iterable
from datetime import date

from desk import words
from models.contacts.bureaus import BureauContact
from rules.application.bureaus import listed_bureau
from rules.application.identity import birth_date, is_id_number, is_male
from rules.values.money import Fen, Rate, percent
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import MonthsApart

PROVINCIAL_BUREAU = "吉林省社会保险事业管理局"
"""The name that the measures give it (吉社保〔2020〕6号第十条)."""


def money(amount: Fen | None) -> str:
    """123456789 fen → '1,234,567.89' yuan."""
    return "" if amount is None else words.money(amount)


def day(on: date | None) -> str:
    """'2026年3月2日'."""
    return "" if on is None else f"{on.year}年{on.month}月{on.day}日"


def month(one: Month | None) -> str:
    """'2026年3月'."""
    return "" if one is None else f"{one.year}年{one.number}月"


def months(first: Month | None, last: Month | None) -> str:
    """'2020年1月至2025年12月'."""
    return "" if first is None else f"{month(first)}至{month(last)}"


def share(rate: Rate | None) -> str:
    """'8%'."""
    return "" if rate is None else f"{percent(rate)}%"


def bureau(key: str, contact: BureauContact | None = None) -> str:
    """The bureau's name in the province's file, else its name in the directory."""
    if contact and contact.full_name:
        return contact.full_name
    listed = listed_bureau(key)
    return listed.zh if listed else key


def scheme(one: Scheme) -> str:
    """The official name of a scheme."""
    return one.official


def form_title(left: Scheme) -> str:
    """The title of the information form, by the scheme that the person leaves; for residents by 25号."""
    if left is Scheme.RESIDENT:
        return "城乡居民基本养老保险信息表"
    return "基本养老保险关系转移接续信息表"


def ticked(chosen: Scheme) -> str:
    """新参保险种 as in the letter: '■机关事业单位 □企业职工 □城乡居民'."""
    return "  ".join(
        f"{'■' if one is chosen else '□'}{one.official.removesuffix('基本养老保险')}" for one in Scheme
    )


def sex(id_number: str) -> str:
    """By the ID number; empty where it can be none."""
    if not is_id_number(id_number):
        return ""
    return "男" if is_male(id_number) else "女"


def born_on(id_number: str) -> str:
    """By the ID number; empty where it can be none."""
    return day(birth_date(id_number)) if is_id_number(id_number) else ""


def apart(kept: Iterable[MonthsApart]) -> str:
    """The months that stay at the transfer-out bureau, by kind: '24个月（试点，2012-01至2013-12）'."""
    return "；".join(f"{one.months}个月（{one.kind.titles[1]}，{one.first}至{one.last}）" for one in kept)
