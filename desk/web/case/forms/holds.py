"""The forms by which a bureau puts a case on hold, and lets it go on."""

from starlette.datastructures import FormData

from desk.language import Words, say
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, alone, read_reason, reason_asked, text
from desk.web.case.inputs import Group, Input, Kind
from desk.words import title
from models.messages.requests import HoldReason


def _hold(_: Found) -> list[Group]:
    reasons = tuple((one.value, title(one)) for one in HoldReason)
    return alone(
        Input("why", say("What has happened", "暂缓原因"), Kind.CHOICE, options=reasons),
        Input("evidence", say("What shows it", "依据"), Kind.LONG),
    )


def _read_hold(form: FormData, _: Found) -> Entered:
    return Entered({"why": text(form, "why"), "evidence": text(form, "evidence")})


HOLD = ActionForm(_hold, _read_hold)
RESUMPTION = ActionForm(reason_asked(Words("Why the case goes on", "继续办理的原因")), read_reason)
