"""The forms of what the person brings to the counter: papers, months paid or certified, months to keep."""

from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData

from desk.client.views.offers import CONSENT_NEEDED
from desk.files.spans import typed_spans
from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, alone, lines_of, text, texts
from desk.web.case.inputs import Group, Input, Kind
from desk.words import bureau, material, money, scheme
from models.files.written_values import account_number, month
from models.messages.duplicates import DuplicateNotice, OfferedPeriod
from rules.values.moves import Material


def _supplement(found: Found) -> list[Group]:
    missing = {one.code for one in found.view.progress.missing}
    ordered = sorted(Material, key=lambda one: one.value not in missing)
    options = tuple(
        (one.value, f"{material(one)}{say(' (missing)', '（缺）') if one.value in missing else ''}")
        for one in ordered
    )
    return alone(Input("materials", say("Papers handed in", "补交材料"), Kind.SEVERAL, options=options))


def _read_supplement(form: FormData, _: Found) -> Entered:
    return Entered({"materials": sorted(set(texts(form, "materials")))})


def _arrears(found: Found) -> list[Group]:
    certificate = found.view.papers.certificate
    owed = ", ".join(f"{one.first}..{one.last}" for one in certificate.arrears) if certificate else ""
    return alone(
        Input("first", say("First month paid", "补缴起始年月"), hint=owed),
        Input("last", say("Last month paid", "补缴终止年月")),
        Input("evidence", say("Receipt of the payment", "补缴凭据"), Kind.LONG),
    )


def _read_arrears(form: FormData, _: Found) -> Entered:
    months = {name: _month(text(form, name)) for name in ("first", "last")}
    return Entered({**months, "evidence": text(form, "evidence")})


def _month(typed: str) -> str:
    """A month as the case reads it; what is none is left as it was typed, and told of like the rest."""
    try:
        return str(month(typed))
    except PydanticCustomError:
        return typed


def _certify(_: Found) -> list[Group]:
    return alone(
        Input(
            "periods",
            say("Months certified, a span on each line", "认定的起止年月（每行一段）"),
            Kind.LONG,
            hint=say("for example 2018-05..2018-06", "例如 2018-05..2018-06"),
        ),
        Input("evidence", say("Who certified it, and the number", "认定机关和文号"), Kind.LONG),
    )


def _read_certify(form: FormData, _: Found) -> Entered:
    spans, problems = typed_spans(lines_of(form, "periods"), "periods")
    periods = [{"first": first, "last": last} for first, last in spans]
    content = {} if problems else {"periods": periods}
    return Entered({**content, "evidence": text(form, "evidence")}, problems)


def _options(offer: DuplicateNotice, period: OfferedPeriod) -> tuple[tuple[str, str], ...]:
    """Each way to clear a period, by its number: with whom the months stay, and what is paid out."""
    options = []
    for at, option in enumerate(period.options, start=1):
        record, paid = offer.records[option.keep], money(option.refund)
        held = f"{scheme(record.scheme)} {bureau(record.bureau)}"
        options.append((str(at), say(f"{held}; {paid} yuan paid out", f"{held}，退还本金 {paid} 元")))
    return tuple(options)


def _choose(found: Found) -> list[Group]:
    offer = found.view.choice
    offered = [(period, _options(offer, period)) for period in offer.periods] if offer else []
    groups: list[Group] = []
    decided = []
    for period, options in offered:
        months, number = f"{period.first} – {period.last}", len(groups)
        if len(options) == 1:
            decided.append(f"{months} {options[0][1]}")
            continue
        groups.append(
            Group(
                months,
                (Input(f"keep.{number}", say("Months stay with", "保留于"), Kind.ONE_OF, "", options),),
            )
        )
    told = say("The person consents to the clearing", "本人同意清理重复缴费")
    fixed = say("Nothing to choose: ", "无需选择：") + say("; ", "；").join(decided) if decided else ""
    digits, label = say("8 to 30 digits", "8 至 30 位数字"), say("Account for the refund", "退款账号")
    if offer is not None and not offer.needs_consent:
        return [*groups, Group(fixed, (Input("refund_account", label, hint=digits),))]
    consent = Input("consent", say("Consent", "本人确认"), Kind.CONSENT, fixed, (("yes", told),))
    return [*groups, Group("", (consent, Input("refund_account", label, hint=digits)))]


def _read_choose(form: FormData, found: Found) -> Entered:
    offer = found.view.choice
    count = offer.open_periods if offer else 0
    chosen = [text(form, f"keep.{number}") for number in range(count)]
    problems = [
        Problem(f"keep.{number}", Words("choose one", "请选择一项"))
        for number, one in enumerate(chosen)
        if not one.isdecimal()
    ]
    keep = [int(one) if one.isdecimal() else 1 for one in chosen]
    consent = text(form, "consent") == "yes"
    if not consent and (offer is None or offer.needs_consent):
        problems.append(Problem("consent", CONSENT_NEEDED))
    return Entered(
        {
            "keep": keep,
            "consent": consent,
            "refund_account": account_number(text(form, "refund_account")),
        },
        problems,
    )


SUPPLEMENT = ActionForm(_supplement, _read_supplement)
ARREARS = ActionForm(_arrears, _read_arrears)
CERTIFICATION = ActionForm(_certify, _read_certify)
CHOICE = ActionForm(_choose, _read_choose)
