"""Separation of duties: what one officer may not do in a case after having done something else in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.values.law import Finding, Law
from rules.values.officers import Right

REGULATION = "社会保险经办条例"
GRADED = Law(REGULATION, "第三十六条")


@dataclass(frozen=True, slots=True)
class OfficersAct:
    """One sealed request in a case. `side` is the party for which the officer acts: in, out or province.

    `about` is the number of what it concerns: a ruling, a notice, a form; empty where nothing has one.
    """

    right: Right
    side: str
    officer: str
    key: str
    about: str = ""

    def same_officer(self, other: "OfficersAct") -> bool:
        """Whether both acts are one officer's: the same key under any id, or the same id with any key."""
        return self.key == other.key or self.officer == other.officer


@dataclass(frozen=True, slots=True)
class Separation:
    """Whoever did one of `earlier` may do none of `later`; with `same_paper`, about the same paper only."""

    code: str
    earlier: frozenset[Right]
    later: frozenset[Right]
    law: Law
    en: str
    zh: str
    same_paper: bool = False


SEPARATIONS = (
    Separation(
        "amended_and_releases",
        frozenset({Right.AMEND}),
        frozenset({Right.APPROVE_RELEASE_OF_FUNDS}),
        GRADED,
        "Whoever has amended the information form does not release its funds.",
        "更正信息表的经办人不得审批该笔基金划转。",
    ),
    Separation(
        "proposed_and_checks",
        frozenset({Right.CHOOSE, Right.RULE, Right.REOPEN}),
        frozenset({Right.APPROVE_REFUND, Right.APPROVE_RULING, Right.APPROVE_REOPENING}),
        GRADED,
        "Whoever has proposed it does not check it.",
        "提交人不得复核本人提交的事项。",
        same_paper=True,
    ),
    Separation(
        "raised_and_answers",
        frozenset({Right.DISPUTE}),
        frozenset({Right.ANSWER}),
        GRADED,
        "Whoever has raised a dispute does not answer it.",
        "提出异议的经办人不得答复该异议。",
    ),
)
"""The rules about two kinds of acts. That nobody acts for two sides of a case is a separate rule."""


def conflicts(
    act: OfficersAct, earlier: Sequence[OfficersAct], within_one_bureau: bool
) -> tuple[Finding, ...]:
    """Every rule that an act would break after what the same officer has done in the case.

    Within one bureau both sides of a case are the same bureau, whose officers may act for either.
    """
    own = [one for one in earlier if one.same_officer(act)]
    found = [
        Finding(rule.code, rule.law, rule.zh, rule.en)
        for rule in SEPARATIONS
        if act.right in rule.later
        and any(one.right in rule.earlier and (not rule.same_paper or one.about == act.about) for one in own)
    ]
    sides = {_side(one.side, within_one_bureau) for one in (*own, act)}
    return (*found, _two_sides(act.officer)) if len(sides) > 1 else tuple(found)


def _two_sides(officer: str) -> Finding:
    return Finding(
        "acts_for_two_sides",
        GRADED,
        f"经办人 {officer} 已在本案中代表另一方。同一经办人不得在同一案件中代表双方社会保险局或省局办理，"
        "请由本方另一名经办人办理。",
        f"Officer {officer} has acted for another side. Nobody acts for two sides of a case: for both "
        "bureaus, or for a bureau and the province. Another officer of this side is to do it.",
    )


def _side(side: str, within_one_bureau: bool) -> str:
    return "bureau" if within_one_bureau and side in ("in", "out") else side
