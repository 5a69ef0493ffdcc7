"""The forms of a dispute between the bureaus."""

from typing import Any

from starlette.datastructures import FormData

from desk.language import say
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, alone, evidence_files, lines_of, text
from desk.web.case.inputs import Group, Input, Kind
from desk.words import title
from rules.values.orders import DisputePoint


def _position() -> tuple[Input, ...]:
    return (
        Input("statement", say("What your bureau holds", "本局意见"), Kind.LONG),
        Input(
            "evidence",
            say("Evidence", "依据"),
            Kind.LONG,
            say("one on each line", "每行一项"),
        ),
        evidence_files(),
    )


def _dispute(_: Found) -> list[Group]:
    points = tuple((one.value, title(one)) for one in DisputePoint)
    return alone(Input("point", say("Point", "争议事项"), Kind.CHOICE, options=points), *_position())


def _read_dispute(form: FormData, _: Found) -> Entered:
    return Entered({"point": text(form, "point"), "position": _read_position(form)})


def _answer(_: Found) -> list[Group]:
    return alone(*_position())


def _read_answer(form: FormData, _: Found) -> Entered:
    return Entered({"position": _read_position(form)})


def _read_position(form: FormData) -> dict[str, Any]:
    return {"statement": text(form, "statement"), "evidence": lines_of(form, "evidence")}


def _settle(found: Found) -> list[Group]:
    disputes = found.view.disputes
    others = [one for one in disputes[-1].proposals if one.party not in found.parties] if disputes else []
    proposed = others[-1].terms if others else ""
    hint = (
        say(
            "What the other bureau proposes; the same terms settle the dispute.",
            "对方提出的意见；双方意见一致即为协商一致。",
        )
        if proposed
        else say("Settled when both bureaus hand in the same.", "双方提交相同意见即为协商一致。")
    )
    return alone(Input("terms", say("Terms", "协商意见"), Kind.LONG, hint, value=proposed))


def _read_settle(form: FormData, _: Found) -> Entered:
    return Entered({"terms": text(form, "terms")})


DISPUTE = ActionForm(_dispute, _read_dispute)
ANSWER = ActionForm(_answer, _read_answer)
SETTLEMENT = ActionForm(_settle, _read_settle)
