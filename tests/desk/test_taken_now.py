"""Which actions a case as it stands would take from whom: what it is certain to refuse is no button."""

from datetime import datetime, timedelta

import pytest
from case_views import progress, view

from desk.web.case.taken_now import is_taken_now
from models.messages.disputes import DisputeRecord, PositionTaken
from models.messages.requests import Position, StaffAction
from models.messages.stages import Party
from rules.values.due_dates import CHINA_TIME
from rules.values.orders import DisputePoint

RAISED_AT = datetime(2026, 3, 2, 9, tzinfo=CHINA_TIME)
IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


def dispute(*spoken: Party) -> DisputeRecord:
    """One that the transfer-out bureau has raised, with the positions of these parties."""
    positions = tuple(
        PositionTaken(party=party, position=Position(statement="x"), at=RAISED_AT) for party in spoken
    )
    return DisputeRecord(number=1, point=DisputePoint.SCOPE, raised_by=OUT, positions=positions)


@pytest.mark.parametrize(
    ("action", "by", "spoken", "days", "taken"),
    [
        (StaffAction.ANSWER, OUT, (OUT,), 0, False),
        (StaffAction.ANSWER, IN, (OUT,), 0, True),
        (StaffAction.ANSWER, OUT, (OUT, IN), 0, True),
        (StaffAction.WITHDRAW_DISPUTE, OUT, (OUT,), 0, True),
        (StaffAction.WITHDRAW_DISPUTE, IN, (OUT,), 0, False),
        (StaffAction.WITHDRAW_DISPUTE, OUT, (OUT, IN), 0, False),
        (StaffAction.REFER, OUT, (OUT,), 4, False),
        (StaffAction.REFER, OUT, (OUT,), 5, True),
        (StaffAction.REFER, IN, (OUT,), 5, False),
        (StaffAction.REFER, IN, (OUT, IN), 0, True),
        (StaffAction.SETTLE, OUT, (OUT,), 0, True),
        (StaffAction.HOLD, OUT, (OUT,), 0, True),
    ],
)
def test_in_a_dispute_each_bureau_is_offered_what_it_may_do(
    action: StaffAction, by: Party, spoken: tuple[Party, ...], days: int, taken: bool
) -> None:
    case = view(progress(), disputes=[dispute(*spoken)])
    assert is_taken_now(action, by, case, RAISED_AT + timedelta(days=days)) is taken


def test_without_a_dispute_nothing_of_it_is_in_the_way() -> None:
    ended = dispute(OUT).model_copy(update={"settled_at": RAISED_AT})
    for case in (view(progress()), view(progress(), disputes=[ended])):
        assert is_taken_now(StaffAction.CORRECT, IN, case, RAISED_AT)
        assert is_taken_now(StaffAction.CHOOSE, Party.APPLICANT, case, RAISED_AT)
