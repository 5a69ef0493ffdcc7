"""The forms of what the person does at the counter: further papers, and which months to keep."""

from starlette.datastructures import FormData

from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, alone, text, texts
from desk.web.case.inputs import Group, Input, Kind
from desk.words import bureau, money, scheme
from rules.values.moves import Material


def _supplement(found: Found) -> list[Group]:
    missing = {one.code for one in found.view.progress.missing}
    ordered = sorted(Material, key=lambda one: one.value not in missing)
    options = tuple(
        (one.value, f"{one.official}{say(' (missing)', '（缺）') if one.value in missing else ''}")
        for one in ordered
    )
    return alone(Input("materials", say("Papers handed in", "补交材料"), Kind.SEVERAL, options=options))


def _read_supplement(form: FormData, _: Found) -> Entered:
    return Entered({"materials": sorted(set(texts(form, "materials")))})


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
    chosen = [text(form, f"keep.{number}") for number in range(count)]
    problems = [
        Problem(f"keep.{number}", Words("choose one", "请选择一项"))
        for number, one in enumerate(chosen)
        if not one.isdecimal()
    ]
    keep = [int(one) if one.isdecimal() else 1 for one in chosen]
    consent = text(form, "consent") == "yes"
    return Entered(
        {"keep": keep, "consent": consent, "refund_account": text(form, "refund_account")}, problems
    )


SUPPLEMENT = ActionForm(_supplement, _read_supplement)
CHOICE = ActionForm(_choose, _read_choose)
