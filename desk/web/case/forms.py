"""The form of each staff action: its fields, and what is handed in when it is filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from desk.client.views.possible import PossibleAction
from desk.files.orders import WrongOrder, field_change, field_title, order_from
from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.inputs import Group, Input, Kind
from desk.words import bureau, money, scheme, title
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party
from models.officers.vouching import right_for
from rules.values.form_fields import NAME, STATED, LineField, WrongFormField, form_field
from rules.values.moves import Material
from rules.values.officers import Right
from rules.values.orders import DisputePoint, OrderKind, Proceed
from workflows.case.permissions import POSSIBILITIES
from workflows.corrections.open_requests import MONEY

FILES = "evidence_files"
"""The input of uploaded files, beside the input `evidence`."""
CORRECTIONS_AT_ONCE = 4
ORDERS_AT_ONCE = 6
AT_THE_COUNTER = {
    StaffAction.CHOOSE: (Party.TRANSFER_IN,),
    StaffAction.WITHDRAW: (Party.TRANSFER_IN,),
}
"""Where the person comes to do what is theirs to do: whose officers enter it for them."""
LEAVES_IN_THE_JOURNAL = {
    StaffAction.SUPPLEMENT: Event.MATERIALS_SUPPLEMENTED,
    StaffAction.CORRECT: Event.CORRECTION_REQUESTED,
    StaffAction.AMEND: Event.AMENDMENT_HANDED_IN,
    StaffAction.APPROVE: Event.APPROVAL_AWAITED,
    StaffAction.CHOOSE: Event.CHOICE_MADE,
    StaffAction.WITHDRAW: Event.WITHDRAWAL_REQUESTED,
    StaffAction.DISPUTE: Event.DISPUTE_RAISED,
    StaffAction.ANSWER: Event.POSITION_ANSWERED,
    StaffAction.SETTLE: Event.SETTLEMENT_PROPOSED,
    StaffAction.REFER: Event.REFERRED,
    StaffAction.RULE: Event.RULING_MADE,
    StaffAction.WITHDRAW_CORRECTION: Event.CORRECTION_WITHDRAWN,
    StaffAction.WITHDRAW_DISPUTE: Event.DISPUTE_WITHDRAWN,
    StaffAction.COMPLETE: Event.COMPLETION_REQUESTED,
    StaffAction.REOPEN: Event.REOPENING_REQUESTED,
}
"""By what the journal tells how often an action has come; of an approval, how often it was asked for."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was filled in, as an action's content, and what is wrong that the content cannot show."""

    content: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ActionForm:
    """How an action is asked for, and how its content is read."""

    groups: Callable[[Found], list[Group]]
    read: Callable[[FormData, Found], Entered]


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
    """The right that an action needs; None for one that no role is named for."""
    if possible.approval is not None:
        return right_for(possible.action, possible.approval.what)
    return right_for(possible.action) if str(possible.action) in tuple(map(str, Right)) else None


def times_before(action: StaffAction, found: Found, what: str) -> str:
    """How often an action has come so far: the same words later are another message.

    The page keeps it with the form, so that a form sent twice, or gone back to, is one message.
    """
    event = LEAVES_IN_THE_JOURNAL[action]
    about = (what or None) if action is StaffAction.APPROVE else None
    return str(sum(one.event is event and about in (None, one.paper) for one in found.view.journal))


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "").strip()


def _texts(form: FormData, name: str) -> list[str]:
    return [str(one) for one in form.getlist(name)]


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in _text(form, name).splitlines() if line.strip()]


def _alone(*inputs: Input) -> list[Group]:
    return [Group("", inputs)]


# Papers that were missing


def _supplement(found: Found) -> list[Group]:
    missing = {one.code for one in found.view.progress.missing}
    ordered = sorted(Material, key=lambda one: one.value not in missing)
    options = tuple(
        (one.value, f"{one.official}{say(' (missing)', '（缺）') if one.value in missing else ''}")
        for one in ordered
    )
    return _alone(Input("materials", say("Papers handed in", "补交材料"), Kind.SEVERAL, options=options))


def _read_supplement(form: FormData, _: Found) -> Entered:
    return Entered({"materials": sorted(set(_texts(form, "materials")))})


# Corrections


def _correct(found: Found) -> list[Group]:
    forms = found.view.papers.information_forms
    lines = {number: amount for number, amount in forms[-1].lines.numbered()} if forms else {}
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
        )
        for number in range(CORRECTIONS_AT_ONCE)
    ]
    proof = Input("evidence", say("What proves it", "依据"), Kind.LONG)
    return [*groups, Group("", (proof, evidence_files()))]


def _read_correct(form: FormData, _: Found) -> Entered:
    items: list[dict[str, str]] = []
    problems: list[Problem] = []
    evidence = _text(form, "evidence")
    for number in range(CORRECTIONS_AT_ONCE):
        place = f"items.{number}"
        kind, months = _text(form, f"{place}.field"), _text(form, f"{place}.months")
        seen, expected = _text(form, f"{place}.seen"), _text(form, f"{place}.expected")
        if not (kind or months or seen or expected):
            continue
        named = f"base/{months}" if kind == "base" else kind
        problems += _field_problems(place, named, {"seen": seen, "expected": expected})
        items.append({"field": named, "seen": seen, "expected": expected, "evidence": evidence})
    if not items:
        problems.append(Problem("items.0.field", Words("name at least one field", "请至少填写一个栏目")))
    if not evidence:
        problems.append(Problem("evidence", Words("say what proves it", "请说明依据")))
    return Entered(None if problems else {"items": items}, problems)


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
    for number, one in enumerate(found.view.corrections):
        item, place = one.item, f"answers.{number}"
        seen, expected = field_change(item.field, item.seen, item.expected, found.unmask)
        asked = say(f"on the form {seen}, should be {expected}", f"信息表所载 {seen}，应为 {expected}")
        groups.append(
            Group(
                f"{field_title(item.field)}{say(': ', '：')}{asked}",
                (
                    Input(f"{place}.how", say("Answer", "答复"), Kind.ONE_OF, item.evidence, words, "amend"),
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
    answers: list[dict[str, str]] = []
    problems: list[Problem] = []
    for number, one in enumerate(found.view.corrections):
        place, item = f"answers.{number}", one.item
        how, reason = _text(form, f"{place}.how"), _text(form, f"{place}.reason")
        if how == "decline":
            answers.append({"field": item.field, "reason": reason})
            if not reason:
                problems.append(Problem(f"{place}.reason", Words("say why it stays", "请说明不予更正的理由")))
        elif how == "amend":
            value = _text(form, f"{place}.value") or item.expected
            answers.append({"field": item.field, "value": value})
            if item.field != MONEY:
                problems += _field_problems(place, item.field, {"value": value})
    if not answers:
        problems.append(Problem("answers.0.how", Words("answer at least one field", "请至少答复一个栏目")))
    return Entered(None if problems else {"answers": answers}, problems)


# Approvals


def _approve(found: Found) -> list[Group]:
    return []


def _read_approve(form: FormData, _: Found) -> Entered:
    what = _text(form, "what")
    if what not in tuple(Approvable):
        return Entered(
            None, [Problem("", Words("Nothing of this kind can be approved.", "没有此类审批事项。"))]
        )
    return Entered({"what": what, "of": _text(form, "of")})


# What the person decides


def _choose(found: Found) -> list[Group]:
    offer = found.view.choice
    groups: list[Group] = []
    asked = [period for period in offer.periods if len(period.options) > 1] if offer else []
    for number, period in enumerate(asked):
        assert offer is not None
        options = []
        for at, option in enumerate(period.options, start=1):
            record = offer.records[option.keep]
            held = f"{scheme(record.scheme)} {bureau(record.bureau)}"
            paid = money(option.refund)
            told = say(f"keep with {held}; {paid} yuan paid out", f"保留于{held}，退还本金 {paid} 元")
            options.append((str(at), told))
        groups.append(
            Group(
                f"{period.first} – {period.last}",
                (
                    Input(
                        f"keep.{number}", say("Months stay with", "保留于"), Kind.ONE_OF, "", tuple(options)
                    ),
                ),
            )
        )
    told = say("The person consents to the clearing", "本人同意清理重复缴费")
    rest = (
        Input("consent", say("Consent", "本人确认"), Kind.CONSENT, options=(("yes", told),)),
        Input(
            "refund_account",
            say("Account for the refund", "退款账号"),
            hint=say("8 to 30 digits", "8 至 30 位数字"),
        ),
    )
    return [*groups, Group("", rest)]


def _read_choose(form: FormData, found: Found) -> Entered:
    offer = found.view.choice
    count = offer.open_periods if offer else 0
    chosen = [_text(form, f"keep.{number}") for number in range(count)]
    problems = [
        Problem(f"keep.{number}", Words("choose one", "请选择一项"))
        for number, one in enumerate(chosen)
        if not one.isdecimal()
    ]
    keep = [int(one) if one.isdecimal() else 1 for one in chosen]
    consent = _text(form, "consent") == "yes"
    return Entered(
        {"keep": keep, "consent": consent, "refund_account": _text(form, "refund_account")}, problems
    )


def _reason(label: Words) -> Callable[[Found], list[Group]]:
    return lambda _: _alone(Input("reason", str(label), Kind.LONG))


def _read_reason(form: FormData, _: Found) -> Entered:
    return Entered({"reason": _text(form, "reason")})


# Disputes


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


def evidence_files() -> Input:
    """Files to be kept by the officer's bureau; each is a line of the evidence."""
    return Input(
        FILES,
        say("Evidence as files", "依据文件"),
        Kind.FILES,
        say("PDF, PNG or JPEG, 1 MB each at most", "PDF、PNG 或 JPEG，每个不超过 1 MB"),
    )


def _reopen(found: Found) -> list[Group]:
    reason = Input("reason", say("Why the case is taken up again", "恢复办理的原因"), Kind.LONG)
    return [*_alone(reason), *_correct(found)]


def _read_reopen(form: FormData, found: Found) -> Entered:
    entered = _read_correct(form, found)
    content = None if entered.content is None else {**entered.content, "reason": _text(form, "reason")}
    return Entered(content, entered.problems)


def _complete(found: Found) -> list[Group]:
    application = found.view.papers.application
    name = application.application.name if application is not None and found.unmask else ""
    return _alone(
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
    return Entered({name: _text(form, name) or None for name in ("name", "evidence", "reason")})


def _withdraw_correction(found: Found) -> list[Group]:
    own = [one.item.field for one in found.view.corrections if one.raised_by is Party.TRANSFER_IN]
    options = tuple((one, field_title(one)) for one in own)
    return _alone(
        Input("fields", say("Requests taken back", "撤回的更正栏目"), Kind.SEVERAL, options=options)
    )


def _read_withdraw_correction(form: FormData, _: Found) -> Entered:
    return Entered({"fields": _texts(form, "fields")})


def _dispute(_: Found) -> list[Group]:
    points = tuple((one.value, title(one)) for one in DisputePoint)
    return _alone(Input("point", say("Point", "争议事项"), Kind.CHOICE, options=points), *_position())


def _read_dispute(form: FormData, _: Found) -> Entered:
    return Entered({"point": _text(form, "point"), "position": _read_position(form)})


def _answer(_: Found) -> list[Group]:
    return _alone(*_position())


def _read_answer(form: FormData, _: Found) -> Entered:
    return Entered({"position": _read_position(form)})


def _read_position(form: FormData) -> dict[str, Any]:
    return {"statement": _text(form, "statement"), "evidence": _lines(form, "evidence")}


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
    return _alone(Input("terms", say("Terms", "协商意见"), Kind.LONG, hint, value=proposed))


def _read_settle(form: FormData, _: Found) -> Entered:
    return Entered({"terms": _text(form, "terms")})


def _rule(_: Found) -> list[Group]:
    kinds = tuple((one.value, title(one)) for one in OrderKind)
    head = (
        Input(
            "number",
            say("Number of the ruling", "裁定文号"),
            hint=say("such as 吉社保裁〔2026〕3号", "例如 吉社保裁〔2026〕3号"),
        ),
        Input("reasons", say("Reasons", "理由"), Kind.LONG),
    )
    orders = tuple(
        Group(
            say(f"Order {number + 1}", f"第 {number + 1} 项裁定"),
            (
                Input(f"orders.{number}", say("What is ordered", "裁定事项"), Kind.CHOICE, options=kinds),
                Input(
                    f"orders.{number}.rest",
                    say("To what", "内容"),
                    hint=str(_ORDERS_SAY) if number == 0 else "",
                ),
            ),
        )
        for number in range(ORDERS_AT_ONCE)
    )
    return [Group("", head), *orders]


_ORDERS_SAY = Words(
    "A field and its value (base/2017-01..2017-08 4200.00); two amounts in yuan, individual account and "
    "pooled fund (79538.37 92736.00); a clock (B); a clock and days (B 10). A ruling ends with proceed or "
    "close.",
    "更正栏目：栏目和值（base/2017-01..2017-08 4200.00）；金额：个人账户、统筹基金（79538.37 92736.00，元）；"
    "期限：字母（B），延长另加天数（B 10）。最后一项应为继续办理或终结。",
)


def _read_rule(form: FormData, _: Found) -> Entered:
    orders: list[Any] = []
    problems: list[Problem] = []
    for number in range(ORDERS_AT_ONCE):
        kind, rest = _text(form, f"orders.{number}"), _text(form, f"orders.{number}.rest")
        if not (kind or rest):
            continue
        try:
            orders.append(order_from(f"{kind} {rest}".strip()))
        except WrongOrder as wrong:
            where = f"orders.{number}.rest" if kind else f"orders.{number}"
            problems.append(Problem(where, wrong.words))
    if not orders and not problems:
        problems.append(Problem("orders.0", Words("at least one order", "至少一项裁定事项")))
    content = {"number": _text(form, "number"), "reasons": _text(form, "reasons")}
    # What cannot be read is told of once, and not as missing as well.
    return Entered({**content, "orders": [Proceed()] if problems else orders}, problems)


FORMS: Mapping[StaffAction, ActionForm] = {
    StaffAction.SUPPLEMENT: ActionForm(_supplement, _read_supplement),
    StaffAction.CORRECT: ActionForm(_correct, _read_correct),
    StaffAction.AMEND: ActionForm(_amend, _read_amend),
    StaffAction.APPROVE: ActionForm(_approve, _read_approve),
    StaffAction.CHOOSE: ActionForm(_choose, _read_choose),
    StaffAction.WITHDRAW: ActionForm(
        _reason(Words("Why the person takes it back", "撤回原因")), _read_reason
    ),
    StaffAction.DISPUTE: ActionForm(_dispute, _read_dispute),
    StaffAction.ANSWER: ActionForm(_answer, _read_answer),
    StaffAction.SETTLE: ActionForm(_settle, _read_settle),
    StaffAction.REFER: ActionForm(
        _reason(Words("Why it cannot be settled between the bureaus", "协商不成的原因")), _read_reason
    ),
    StaffAction.RULE: ActionForm(_rule, _read_rule),
    StaffAction.REOPEN: ActionForm(_reopen, _read_reopen),
    StaffAction.COMPLETE: ActionForm(_complete, _read_complete),
    StaffAction.WITHDRAW_CORRECTION: ActionForm(_withdraw_correction, _read_withdraw_correction),
    StaffAction.WITHDRAW_DISPUTE: ActionForm(
        _reason(Words("Why the dispute is taken back", "撤回异议的原因")), _read_reason
    ),
}
"""Every action of staff."""
