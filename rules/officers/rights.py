"""Which rights each role gives, unless the arrangements of the province say otherwise."""

from collections.abc import Collection, Mapping

from rules.values.officers import Right, Role

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.REGISTRAR: frozenset(
        {Right.APPLY, Right.SUPPLEMENT, Right.CERTIFY, Right.CHOOSE, Right.WITHDRAW, Right.RECORD_DELIVERY}
    ),
    Role.MAKER: frozenset(
        {
            Right.ARREARS,
            Right.CORRECT,
            Right.AMEND,
            Right.DISPUTE,
            Right.ANSWER,
            Right.SETTLE,
            Right.REFER,
            Right.WITHDRAW_CORRECTION,
            Right.WITHDRAW_DISPUTE,
            Right.COMPLETE,
            Right.REOPEN,
            Right.HOLD,
            Right.RESUME,
            Right.IMPORT_STATEMENT,
            Right.MOVE_UNALLOCATED,
            Right.RECORD_DELIVERY,
        }
    ),
    Role.CHECKER: frozenset(
        {Right.APPROVE_POSTING, Right.APPROVE_REFUND, Right.APPROVE_REOPENING, Right.MOVE_UNALLOCATED}
    ),
    Role.RELEASER: frozenset({Right.APPROVE_RELEASE_OF_FUNDS, Right.APPROVE_REFUND}),
    Role.ARBITRATOR: frozenset({Right.RULE, Right.APPROVE_RULING}),
    Role.CALENDAR_REGISTRAR: frozenset({Right.PUBLISH_CALENDAR, Right.PUBLISH_RATE}),
    Role.OPERATOR: frozenset({Right.SEED, Right.PROMOTE, Right.MANAGE_OFFICERS}),
}
"""The defaults. Grading of approvals: 社会保险经办条例第三十六条至第三十八条."""


def rights_of(
    roles: Collection[Role], arranged: Mapping[Role, frozenset[Right]] | None = None
) -> frozenset[Right]:
    """Everything that the roles allow together; `arranged` replaces the rights of the roles it names."""
    table = {**RIGHTS, **(arranged or {})}
    return frozenset().union(*(table[role] for role in roles))


def roles_for(right: Right, arranged: Mapping[Role, frozenset[Right]] | None = None) -> tuple[Role, ...]:
    """The roles that allow something, in their order."""
    table = {**RIGHTS, **(arranged or {})}
    return tuple(role for role in Role if right in table[role])
