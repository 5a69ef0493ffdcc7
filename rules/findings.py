"""What a rule answers with: findings that name their law, in both languages."""

from dataclasses import dataclass

from rules.law import Law


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


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """A paper the applicant still has to hand in (一次性告知, 吉社保〔2020〕6号第六条)."""

    code: str
    law: Law
    zh: str
    en: str
