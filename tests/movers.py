"""People who change scheme, as applications for the rules."""

from dataclasses import replace
from datetime import date

from rules.values.moves import InsuredStatus, Move, MoveReason, Scheme

DAY = date(2026, 1, 15)

TEACHER = Move(
    scheme_from=Scheme.GOVERNMENT,
    scheme_to=Scheme.ENTERPRISE,
    bureau_out="222400",
    bureau_in="220100",
    reason=MoveReason.POSTING,
    status=InsuredStatus.ACTIVE,
    registered_home="222401",
    submitted_on=DAY,
    new_employer="长春北方软件有限公司",
    employer_bureau="220100",
)
"""A teacher in Yanbian who joins a firm in Changchun; there is no ground of refusal."""

LEAVER = replace(
    TEACHER, reason=MoveReason.RESIGNED, bureau_in="222401", new_employer=None, employer_bureau=None
)
"""The same teacher, who resigned and goes home to Yanji."""

RECRUIT = replace(
    TEACHER,
    scheme_from=Scheme.ENTERPRISE,
    scheme_to=Scheme.GOVERNMENT,
    reason=MoveReason.RECRUITED,
    individual_payer=True,
    new_employer="长春市第二实验小学",
)
"""A flexible worker recruited into a school."""
