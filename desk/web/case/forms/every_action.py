"""The form of each action of staff, and who may hand it in."""

from collections.abc import Mapping

from starlette.datastructures import FormData

from desk.client.views.possible import PossibleAction, possible_actions
from desk.language import Words
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.forms.applicants import ARREARS, CERTIFICATION, CHOICE, SUPPLEMENT
from desk.web.case.forms.corrections import (
    AMENDMENT,
    COMPLETION,
    CORRECTION,
    CORRECTION_WITHDRAWAL,
    REOPENING,
)
from desk.web.case.forms.disputes import ANSWER, DISPUTE, SETTLEMENT
from desk.web.case.forms.filled_in import ActionForm, Entered, read_reason, reason_asked, text
from desk.web.case.forms.holds import HOLD, RESUMPTION
from desk.web.case.forms.rulings import RULING
from desk.web.case.inputs import Group
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party
from models.officers.vouching import right_for
from rules.values.officers import Right
from workflows.case.permissions import POSSIBILITIES

AT_THE_COUNTER = {
    StaffAction.CHOOSE: (Party.TRANSFER_IN,),
    StaffAction.WITHDRAW: (Party.TRANSFER_IN,),
}
"""Where the person comes for their own actions: the party whose officers enter them."""
LEAVES_IN_THE_JOURNAL = {
    StaffAction.SUPPLEMENT: (Event.MATERIALS_SUPPLEMENTED,),
    StaffAction.ARREARS: (Event.ARREARS_PAID,),
    StaffAction.CERTIFY: (Event.SERVICE_CERTIFIED,),
    StaffAction.CORRECT: (Event.CORRECTION_REQUESTED,),
    StaffAction.AMEND: (Event.AMENDMENT_HANDED_IN, Event.AMENDED_OTHERWISE, Event.CORRECTION_DECLINED),
    StaffAction.APPROVE: (Event.APPROVAL_AWAITED,),
    StaffAction.CHOOSE: (Event.CHOICE_MADE,),
    StaffAction.WITHDRAW: (Event.WITHDRAWAL_REQUESTED,),
    StaffAction.DISPUTE: (Event.DISPUTE_RAISED,),
    StaffAction.ANSWER: (Event.POSITION_ANSWERED,),
    StaffAction.SETTLE: (Event.SETTLEMENT_PROPOSED,),
    StaffAction.REFER: (Event.REFERRED,),
    StaffAction.RULE: (Event.RULING_MADE,),
    StaffAction.WITHDRAW_CORRECTION: (Event.CORRECTION_WITHDRAWN,),
    StaffAction.WITHDRAW_DISPUTE: (Event.DISPUTE_WITHDRAWN,),
    StaffAction.COMPLETE: (Event.COMPLETION_REQUESTED,),
    StaffAction.REOPEN: (Event.REOPENING_REQUESTED,),
    StaffAction.HOLD: (Event.PUT_ON_HOLD,),
    StaffAction.RESUME: (Event.GOES_ON,),
}
"""The journal events that tell how often an action has come; of an approval, how often it was asked for."""


def possible_in(found: Found) -> list[PossibleAction]:
    """What can be handed in now; for a closed case, its reopening."""
    return [] if found.view.broken_off is not None else possible_actions(found.view.progress)


def acting_parties(possible: PossibleAction, found: Found) -> list[Party]:
    """The parties for which this officer may hand an action in; the person's own at the counter."""
    if not found.session.may(_right_of(possible)):
        return []
    if possible.approval is not None:
        return [one for one in found.parties if one is possible.approval.what.party]
    if counter := AT_THE_COUNTER.get(possible.action):
        return [Party.APPLICANT] if set(found.parties) & set(counter) else []
    return [one for one in found.parties if one in POSSIBILITIES[possible.action].parties]


def _right_of(possible: PossibleAction) -> Right | None:
    """The right that an action needs; None for an approval that does not name its subject yet."""
    if possible.approval is not None:
        return right_for(possible.action, possible.approval.what)
    return None if possible.action is StaffAction.APPROVE else right_for(possible.action)


def times_before(action: StaffAction, found: Found, what: str) -> str:
    """How often an action has come so far: the same words later are another message.

    The page keeps the number with the form, so that a form sent twice, or gone back to, is one message.
    """
    events = LEAVES_IN_THE_JOURNAL[action]
    about = (what or None) if action is StaffAction.APPROVE else None
    return str(sum(one.event in events and about in (None, one.paper) for one in found.view.journal))


def _approve(_: Found) -> list[Group]:
    """Nothing is asked: what is approved stands on the page."""
    return []


def _read_approve(form: FormData, _: Found) -> Entered:
    what = text(form, "what")
    if what not in tuple(Approvable):
        return Entered(
            {}, [Problem("", Words("Nothing of this kind can be approved.", "没有此类审批事项。"))]
        )
    return Entered({"what": what, "of": text(form, "of")})


FORMS: Mapping[StaffAction, ActionForm] = {
    StaffAction.SUPPLEMENT: SUPPLEMENT,
    StaffAction.ARREARS: ARREARS,
    StaffAction.CERTIFY: CERTIFICATION,
    StaffAction.CORRECT: CORRECTION,
    StaffAction.AMEND: AMENDMENT,
    StaffAction.APPROVE: ActionForm(_approve, _read_approve),
    StaffAction.CHOOSE: CHOICE,
    StaffAction.WITHDRAW: ActionForm(
        reason_asked(Words("Why the person takes it back", "撤回原因")), read_reason
    ),
    StaffAction.DISPUTE: DISPUTE,
    StaffAction.ANSWER: ANSWER,
    StaffAction.SETTLE: SETTLEMENT,
    StaffAction.REFER: ActionForm(
        reason_asked(Words("Why it cannot be settled between the bureaus", "协商不成的原因")), read_reason
    ),
    StaffAction.RULE: RULING,
    StaffAction.REOPEN: REOPENING,
    StaffAction.HOLD: HOLD,
    StaffAction.RESUME: RESUMPTION,
    StaffAction.COMPLETE: COMPLETION,
    StaffAction.WITHDRAW_CORRECTION: CORRECTION_WITHDRAWAL,
    StaffAction.WITHDRAW_DISPUTE: ActionForm(
        reason_asked(Words("Why the dispute is taken back", "撤回异议的原因")), read_reason
    ),
}
"""Every action of staff."""
