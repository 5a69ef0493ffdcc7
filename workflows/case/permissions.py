"""Which actions of staff are possible at which stage, and for which party: one table.

The table describes the procedure; nothing in it is computed from dates or amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.requests import StaffAction
    from models.messages.stages import ENDS, Party, Stage
    from rules.values.law import Finding

BUREAUS = frozenset({Party.TRANSFER_IN, Party.TRANSFER_OUT})

THE_FUNDS_MAY_STILL_BE_THERE = frozenset(
    {
        Stage.APPLICATION_RECEIVED,
        Stage.AWAITING_MATERIALS,
        Stage.RECORD_TO_BE_COMPLETED,
        Stage.ACCEPTED,
        Stage.CONTACT_LETTER_SENT,
        Stage.TRANSFERRING_OUT,
        Stage.AWAITING_FUNDS,
        Stage.TO_BE_CORRECTED,
        Stage.IN_DISPUTE,
        Stage.ON_HOLD,
    }
)
"""The stages in which the funds may still be at the transfer-out bureau; the case checks whether they are."""
UNDER_WAY = (
    frozenset(Stage)
    - ENDS
    - {
        Stage.TO_BE_REOPENED,
        Stage.CANNOT_GO_ON,
        Stage.BEING_CLOSED,
        Stage.ON_HOLD,
        Stage.IN_DISPUTE,
        Stage.BEFORE_THE_PROVINCE,
    }
)


@dataclass(frozen=True, slots=True)
class Possibility:
    """The parties that may do an action, and the stages in which they can."""

    parties: frozenset[Party]
    stages: frozenset[Stage]


POSSIBILITIES = {
    StaffAction.SUPPLEMENT: Possibility(
        frozenset({Party.TRANSFER_IN}), frozenset({Stage.AWAITING_MATERIALS})
    ),
    StaffAction.ARREARS: Possibility(frozenset({Party.TRANSFER_OUT}), frozenset({Stage.AWAITING_MATERIALS})),
    StaffAction.CERTIFY: Possibility(frozenset({Party.TRANSFER_IN}), UNDER_WAY),
    StaffAction.CORRECT: Possibility(
        frozenset({Party.TRANSFER_IN}),
        frozenset(
            {
                Stage.AWAITING_FUNDS,
                Stage.TO_BE_RECONCILED,
                Stage.TO_BE_CORRECTED,
                Stage.TAKING_IN,
                Stage.AWAITING_CHOICE,
            }
        ),
    ),
    StaffAction.AMEND: Possibility(
        frozenset({Party.TRANSFER_OUT}), frozenset({Stage.AWAITING_FUNDS, Stage.TO_BE_CORRECTED})
    ),
    StaffAction.APPROVE: Possibility(
        BUREAUS | {Party.PROVINCE},
        frozenset(
            {
                Stage.TRANSFERRING_OUT,
                Stage.AWAITING_FUNDS,
                Stage.TO_BE_CORRECTED,
                Stage.TAKING_IN,
                Stage.AWAITING_CHOICE,
                Stage.BEFORE_THE_PROVINCE,
                Stage.CANNOT_GO_ON,
                Stage.TO_BE_REOPENED,
            }
        ),
    ),
    StaffAction.CHOOSE: Possibility(frozenset({Party.APPLICANT}), frozenset({Stage.AWAITING_CHOICE})),
    StaffAction.WITHDRAW: Possibility(frozenset({Party.APPLICANT}), THE_FUNDS_MAY_STILL_BE_THERE),
    StaffAction.DISPUTE: Possibility(
        BUREAUS,
        UNDER_WAY - {Stage.APPLICATION_RECEIVED, Stage.AWAITING_MATERIALS, Stage.RECORD_TO_BE_COMPLETED},
    ),
    StaffAction.ANSWER: Possibility(BUREAUS, frozenset({Stage.IN_DISPUTE})),
    StaffAction.SETTLE: Possibility(BUREAUS, frozenset({Stage.IN_DISPUTE})),
    StaffAction.REFER: Possibility(BUREAUS, frozenset({Stage.IN_DISPUTE})),
    StaffAction.RULE: Possibility(
        frozenset({Party.PROVINCE}), frozenset({Stage.BEFORE_THE_PROVINCE, Stage.CANNOT_GO_ON})
    ),
    StaffAction.WITHDRAW_CORRECTION: Possibility(
        frozenset({Party.TRANSFER_IN}), frozenset({Stage.AWAITING_FUNDS, Stage.TO_BE_CORRECTED})
    ),
    StaffAction.WITHDRAW_DISPUTE: Possibility(BUREAUS, frozenset({Stage.IN_DISPUTE})),
    StaffAction.HOLD: Possibility(BUREAUS, UNDER_WAY),
    StaffAction.RESUME: Possibility(BUREAUS, frozenset({Stage.ON_HOLD})),
    StaffAction.REOPEN: Possibility(frozenset({Party.TRANSFER_IN}), frozenset({Stage.TO_BE_REOPENED})),
    StaffAction.COMPLETE: Possibility(BUREAUS, frozenset({Stage.RECORD_TO_BE_COMPLETED})),
}
"""Every action of staff. The part of the case that carries it out may refuse it for further reasons, such as
an officer who has approved already."""


class Refused(Exception):
    """The refusal of a request: why, and what can be done instead, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


def refused_for(en: str, zh: str, findings: Sequence[Finding]) -> Refused:
    """A refusal with every reason that a rule has found."""
    return Refused(
        f"{en} " + " ".join(one.en for one in findings), f"{zh}" + "".join(one.zh for one in findings)
    )


def possible_at(stage: Stage) -> tuple[StaffAction, ...]:
    """The actions that are possible at a stage, in the order of the table."""
    return tuple(action for action, row in POSSIBILITIES.items() if stage in row.stages)


def require_possible(action: StaffAction, by: Party, stage: Stage, now: Sequence[StaffAction]) -> None:
    """Raises Refused when the party may not do the action, or not at this stage; `now` are those possible."""
    row = POSSIBILITIES[action]
    if by not in row.parties:
        raise Refused(
            f"'{action.titles[0]}' is for the {_listed(row.parties, 0, ' or the ')} to do, "
            f"not for the {by.titles[0]}.",
            f"“{action.titles[1]}”应由{_listed(row.parties, 1, '或')}办理，不由{by.titles[1]}办理。",
        )
    if stage not in row.stages:
        en = ", ".join(one.titles[0] for one in now) or "nothing"
        zh = "、".join(one.titles[1] for one in now) or "无"
        raise Refused(
            f"'{action.titles[0]}' is not possible while the case is '{stage.titles[0]}'; possible now: "
            f"{en}.",
            f"案件处于“{stage.titles[1]}”，不能“{action.titles[1]}”；现可办理：{zh}。",
        )


def _listed(parties: frozenset[Party], language: int, joint: str) -> str:
    return joint.join(party.titles[language] for party in Party if party in parties)
