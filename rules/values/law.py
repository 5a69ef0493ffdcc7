"""Citations, and numbers from the law that carry the date from which they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Law:
    """Where a rule stands: the document and the article, both in the words of the document."""

    document: str
    article: str

    def __str__(self) -> str:
        return f"{self.document}{self.article}"


JILIN_MEASURES = "吉社保〔2020〕6号"
"""The Jilin measures this system carries out; where they are silent the documents below fill in."""

TRANSFER_NOTICE = "人社部规〔2017〕1号"
TRANSFER_PROCEDURE = "人社厅发〔2017〕7号"
RESIDENT_LINKING = "人社部发〔2014〕17号"
LINKING_SINCE = date(2014, 7, 1)
"""The day from which the rules on linking hold (人社部发〔2014〕17号第十一条)."""
LINKING_PROCEDURE = "人社厅发〔2014〕25号"
LATER_RETIREMENT = "国务院关于渐进式延迟法定退休年龄的办法"
ONE_OFF_CONTRIBUTIONS = "人社厅发〔2019〕94号"
CIVIL_CODE = "民法典"
SOCIAL_INSURANCE_LAW = "社会保险法"


@dataclass(frozen=True, slots=True)
class InForce(Generic[T]):
    """A value the law sets, in force from `since` on until a later value of the same rule replaces it."""

    value: T
    since: date
    law: Law


def in_force(values: Sequence[InForce[T]], on: date) -> InForce[T]:
    """The value that holds on a day. `values` stand in order of `since`.

    Raises LookupError when none of them held yet.
    """
    for value in reversed(values):
        if value.since <= on:
            return value
    raise LookupError(f"no value in force on {on.isoformat()}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule established. `code` is stable; the sentences are for people."""

    code: str
    law: Law
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ground on which an application may not be accepted, and what would cure it."""

    code: str
    law: Law
    zh: str
    en: str
    cure_zh: str
    cure_en: str


def by_own_reading(refusal: Refusal) -> Refusal:
    """The refusal with the words that no text says so: it rests on a reading of this system."""
    return replace(
        refusal,
        zh=f"{refusal.zh}办法对此没有明文规定，此为本系统的理解。",
        en=f"{refusal.en} The measures do not say so in words; this is a reading of this system.",
    )


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """A paper the applicant still has to hand in (一次性告知, 吉社保〔2020〕6号第六条)."""

    code: str
    law: Law
    zh: str
    en: str
