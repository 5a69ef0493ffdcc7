"""A yearly rate as people type it, and what became of its publication, in words. Knows no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from desk.files.files import field_problems
from desk.language import Words
from desk.problems import Problem
from desk.words import day
from models.files.written_values import plain
from models.rates.messages import RateDraft, RatePublication, RateStage
from rules.application.bureaus import listed_bureau
from rules.values.money import percent, rate_from_percent

if TYPE_CHECKING:
    from desk.rates.client import RefusedRate

MEANT = {
    "year": Words("a year from 1990 to 2200", "1990 至 2200 的年度"),
    "rate": Words("a rate in per cent with at most four decimals", "百分数，至多四位小数"),
    "document": Words("the number of a document, at most 60 characters", "文号，至多 60 字"),
}
"""What each of the three has to be."""


def rate_draft(year: str, rate: str, document: str) -> tuple[RateDraft | None, list[Problem]]:
    """The rate, or everything wrong with what was typed, by field."""
    wrong = set()
    try:
        parts = rate_from_percent(plain(rate).removesuffix("%").strip())
    except ValueError:
        wrong.add("rate")
        parts = rate_from_percent("0")
    try:
        said = {"year": plain(year).removesuffix("年"), "rate": parts, "document": document}
        draft = RateDraft.model_validate(said)
    except ValidationError as error:
        wrong |= {one.field for one in field_problems(error)}
    if wrong:
        return None, [Problem(field, words) for field, words in MEANT.items() if field in wrong]
    return draft, []


def rate_words(draft: RateDraft) -> Words:
    """'2026: 2.1 %', '2026 年度 2.1%'."""
    return Words(f"{draft.year}: {percent(draft.rate)} %", f"{draft.year} 年度 {percent(draft.rate)}%")


def refusal_words(refused: RefusedRate) -> Words:
    """Which bureau refuses what, whose it is to see to it, and when the bureau is asked again."""
    one, on = refused.refusal, day(refused.refusal.asked_again_at)
    known = listed_bureau(one.bureau)
    by_en = f"{known.place_en} {one.bureau}" if known else one.bureau or "the province's register"
    by_zh = f"{known.place_zh} {one.bureau}" if known else one.bureau or "省局登记册"
    about = " ".join(filter(None, (str(refused.year), refused.document, refused.case_no)))
    end_en = " A settlement may also be ended, to be seen to by hand." if refused.case_no else ""
    end_zh = "补差也可转人工处理。" if refused.case_no else ""
    return Words(
        f"{about}: {by_en} refuses: {one.en} This is for the province's officers to see to. "
        f"The bureau is asked again on {on}, and at once when an officer orders the same once more.{end_en}",
        f"{about}：{by_zh}未予办理：{one.zh}由省局经办人处理；系统将于 {on} 再次请求其办理，"
        f"省局经办人以相同内容再提交一次的，立即请求。{end_zh}",
    )


def publication_words(publication: RatePublication) -> Words:
    """How far a publication has come, and what is to follow."""
    named, maker, checker = rate_words(publication.draft), publication.maker, publication.checker
    match publication.stage:
        case RateStage.AWAITING_CHECK:
            return Words(
                f"{named.en}: proposed by {maker}; another officer has to check it with the same words.",
                f"{named.zh}：已由 {maker} 提交，须由另一经办人以相同内容复核。",
            )
        case RateStage.WITHDRAWN:
            return Words(f"{named.en}: withdrawn by {maker}.", f"{named.zh}：已由 {maker} 撤回。")
        case _:
            return Words(
                f"{named.en}: published by {maker} and {checker}; forms with another rate are being settled.",
                f"{named.zh}：已由 {maker} 提交、{checker} 复核并公布，正在对利率不同的信息表补差。",
            )
