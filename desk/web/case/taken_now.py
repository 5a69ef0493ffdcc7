"""Whether a case would take an action from a party as it stands: what would be refused is no button."""

from datetime import datetime

from desk.client.views.case import CaseView
from models.messages.disputes import DisputeRecord
from models.messages.requests import StaffAction
from models.messages.stages import Party
from rules.clocks.alarms import SILENCE_IN_DISPUTE
from rules.values.due_dates import CHINA_TIME
from rules.values.law import in_force


def is_taken_now(action: StaffAction, by: Party, view: CaseView, now: datetime) -> bool:
    """False where the case is certain to refuse, by what it shows; the case itself decides all the same."""
    dispute = next((one for one in reversed(view.disputes) if one.is_open), None)
    if dispute is None:
        return True
    answered = not dispute.spoken <= {dispute.raised_by}
    match action:
        case StaffAction.ANSWER:
            return answered or by is not dispute.raised_by
        case StaffAction.WITHDRAW_DISPUTE:
            return not answered and by is dispute.raised_by
        case StaffAction.REFER:
            return answered or (by is dispute.raised_by and _may_be_silent_for_long_enough(dispute, now))
    return True


def _may_be_silent_for_long_enough(dispute: DisputeRecord, now: datetime) -> bool:
    """By days of the calendar, of which the working days are some; the platform counts those."""
    since = dispute.positions[0].at.astimezone(CHINA_TIME).date()
    needed = in_force(SILENCE_IN_DISPUTE, since).value
    return (now.astimezone(CHINA_TIME).date() - since).days >= needed
