"""Whether a case would accept an action from a party as it stands: what it would refuse gets no button."""

from datetime import datetime

from desk.client.views.case import CaseView
from models.messages.disputes import DisputeRecord
from models.messages.requests import StaffAction
from models.messages.stages import Party
from rules.clocks.alarms import SILENCE_IN_DISPUTE
from rules.values.due_dates import china_day
from rules.values.law import in_force


def is_taken_now(action: StaffAction, by: Party, view: CaseView, now: datetime) -> bool:
    """False where the case, as shown, is certain to refuse; the case itself still decides."""
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
    """Whether enough calendar days have passed; the platform counts the working days among them."""
    since = china_day(dispute.positions[0].at)
    needed = in_force(SILENCE_IN_DISPUTE, since).value
    return (china_day(now) - since).days >= needed
