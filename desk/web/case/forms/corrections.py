"""The forms of corrections: asked for, answered, taken back; a record completed, a closed case reopened."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.datastructures import FormData

from desk.files.orders import field_change, field_title, typed_field, typed_value
from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, alone, evidence_files, text, texts
from desk.web.case.inputs import Group, Input, Kind
from desk.words import money, title
from models.messages.stages import Party
from rules.values.form_fields import NAME, STATED, LineField, WrongFormField, form_field
from workflows.corrections.open_requests import MONEY

CORRECTIONS_AT_ONCE = 4


def _correct(found: Found) -> list[Group]:
    forms = found.view.papers.information_forms
    lines = dict(forms[-1].lines.numbered()) if forms else {}
    fields = [(NAME, field_title(NAME)), ("base", say("monthly base of some months", "某段月缴费基数"))]
    fields += [
        (str(LineField(number)), f"{title(LineField(number))}  {money(lines[number])}")
        for number in STATED
        if number in lines
    ]
    groups = [
        Group(
            say(f"Field {number + 1}", f"第 {number + 1} 个栏目"),
            (
                Input(f"items.{number}.field", say("Field", "栏目"), Kind.CHOICE, options=tuple(fields)),
                Input(
                    f"items.{number}.months",
                    say("Months, of a base only", "起止月份（仅更正缴费基数时填写）"),
                    hint=say("for example 2020-01..2020-12", "例如 2020-01..2020-12"),
                ),
                Input(f"items.{number}.seen", say("On the form", "信息表所载")),
                Input(f"items.{number}.expected", say("Should be", "应为")),
            ),
            folded=number > 0,
        )
        for number in range(CORRECTIONS_AT_ONCE)
    ]
    proof = Input("evidence", say("What proves it", "依据"), Kind.LONG)
    return [*groups, Group("", (proof, evidence_files()))]


def _read_correct(form: FormData, _: Found) -> Entered:
    items: list[dict[str, str]] = []
    problems: list[Problem] = []
    evidence = text(form, "evidence")
    for number in range(CORRECTIONS_AT_ONCE):
        place = f"items.{number}"
        kind, months = text(form, f"{place}.field"), text(form, f"{place}.months")
        named = typed_field(f"base/{months}" if kind == "base" else kind)
        seen, expected = (typed_value(named, text(form, f"{place}.{one}")) for one in ("seen", "expected"))
        if not (kind or months or seen or expected):
            continue
        problems += _field_problems(place, named, {"seen": seen, "expected": expected})
        items.append({"field": named, "seen": seen, "expected": expected, "evidence": evidence})
    if not items:
        problems.append(Problem("items.0.field", Words("name at least one field", "请至少填写一个栏目")))
    if not evidence:
        problems.append(Problem("evidence", Words("say what proves it", "请说明依据")))
    places = {f"items.{number}.evidence": "evidence" for number in range(len(items))}
    return Entered({} if problems else {"items": items}, problems, places)


def _field_problems(place: str, named: str, values: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a field of the information form, and with each value for it."""
    if not named:
        return [Problem(f"{place}.field", Words("choose a field", "请选择栏目"))]
    try:
        known = form_field(named)
    except WrongFormField as wrong:
        where = "months" if named.startswith("base/") else "field"
        return [Problem(f"{place}.{where}", Words(wrong.en, wrong.zh))]
    problems = []
    for key, value in values.items():
        try:
            known.value(value)
        except WrongFormField as wrong:
            problems.append(Problem(f"{place}.{key}", Words(wrong.en, wrong.zh)))
    return problems


def _amend(found: Found) -> list[Group]:
    words = (
        ("amend", say("amend to this value", "更正为下列值")),
        ("decline", say("stays as it is, for this reason", "不予更正，理由如下")),
        ("later", say("answer later", "暂不答复")),
    )
    groups = []
    for one in found.view.corrections:
        item, place = one.item, f"answers.{one.item.field}"
        seen, expected = field_change(item.field, item.seen, item.expected, found.unmask)
        proof = say(f"evidence: {item.evidence}", f"依据：{item.evidence}")
        asked = say(f"on the form {seen}, should be {expected}", f"信息表所载 {seen}，应为 {expected}")
        groups.append(
            Group(
                f"{field_title(item.field)}{say(': ', '：')}{asked}",
                (
                    Input(f"{place}.how", say("Answer", "答复"), Kind.ONE_OF, proof, words, "amend"),
                    Input(
                        f"{place}.value",
                        say("Value", "更正值"),
                        value=item.expected if expected == item.expected else "",
                        hint=say("left empty: as it should be", "留空即按“应为”更正"),
                    ),
                    Input(f"{place}.reason", say("Reason", "理由")),
                ),
            )
        )
    return groups


def _read_amend(form: FormData, found: Found) -> Entered:
    """The answers by field, so that an old page answers what it has shown and nothing else."""
    answered = (one.asked for one in found.view.answered)
    asked = {one.item.field: one.item for one in (*answered, *found.view.corrections)}
    answers: list[dict[str, str]] = []
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for place in [name.removesuffix(".how") for name in form if name.startswith("answers.")]:
        field = place.removeprefix("answers.")
        how, reason = text(form, f"{place}.how"), text(form, f"{place}.reason")
        if field not in asked or how not in ("amend", "decline"):
            continue
        places[f"answers.{len(answers)}"] = place
        if how == "decline":
            answers.append({"field": field, "reason": reason})
            if not reason:
                problems.append(Problem(f"{place}.reason", Words("say why it stays", "请说明不予更正的理由")))
        else:
            value = typed_value(field, text(form, f"{place}.value")) or asked[field].expected
            answers.append({"field": field, "value": value})
            if field != MONEY:
                problems += _field_problems(place, field, {"value": value})
    if not answers:
        problems.append(Problem("", Words("answer at least one field", "请至少答复一个栏目")))
    return Entered({} if problems else {"answers": answers}, problems, places)


def _reopen(found: Found) -> list[Group]:
    reason = Input("reason", say("Why the case is taken up again", "恢复办理的原因"), Kind.LONG)
    return [*alone(reason), *_correct(found)]


def _read_reopen(form: FormData, found: Found) -> Entered:
    entered = _read_correct(form, found)
    return replace(entered, content={**entered.content, "reason": text(form, "reason")})


def _complete(found: Found) -> list[Group]:
    application = found.view.papers.application
    name = application.application.name if application is not None and found.unmask else ""
    return alone(
        Input(
            "name",
            say("Name as the record is to have it", "应登记的姓名"),
            hint=say("only where the name is in question", "仅在姓名有异时填写"),
            value=name,
        ),
        Input("evidence", say("Completed on the evidence of", "补充完善的依据"), Kind.LONG),
        Input("reason", say("Or why the record is right as it stands", "或者：资料无误的理由"), Kind.LONG),
    )


def _read_complete(form: FormData, _: Found) -> Entered:
    return Entered({name: text(form, name) or None for name in ("name", "evidence", "reason")})


def _withdraw_correction(found: Found) -> list[Group]:
    own = [one.item.field for one in found.view.corrections if one.raised_by is Party.TRANSFER_IN]
    options = tuple((one, field_title(one)) for one in own)
    return alone(Input("fields", say("Requests taken back", "撤回的更正栏目"), Kind.SEVERAL, options=options))


def _read_withdraw_correction(form: FormData, _: Found) -> Entered:
    return Entered({"fields": texts(form, "fields")})


CORRECTION = ActionForm(_correct, _read_correct)
AMENDMENT = ActionForm(_amend, _read_amend)
REOPENING = ActionForm(_reopen, _read_reopen)
COMPLETION = ActionForm(_complete, _read_complete)
CORRECTION_WITHDRAWAL = ActionForm(_withdraw_correction, _read_withdraw_correction)
