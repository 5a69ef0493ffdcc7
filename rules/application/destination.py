"""Where a relationship goes: to the new employer's bureau, or home."""

from dataclasses import dataclass
from datetime import date

from rules.application.bureau_list import Bureau
from rules.application.bureaus import bureau_for_division, bureau_now_serving
from rules.values.law import JILIN_MEASURES, RESIDENT_LINKING, Law
from rules.values.moves import LEAVING_REASONS, Move, MoveReason, Scheme

GATHERED_FIRST = Law(RESIDENT_LINKING, "第四条")
"""All employee relationships are gathered where the pension will be drawn, before linking."""
RESIDENTS_AT_HOME = Law("国发〔2014〕8号", "第三条")
"""Residents are insured where they are registered. Recalled, not read in a retrieved text."""
_EMPLOYER_APPLIES = Law(JILIN_MEASURES, "第五条")
_LEAVERS_GO_HOME = Law(JILIN_MEASURES, "第五条")


@dataclass(frozen=True, slots=True)
class Destination:
    """The right transfer-in bureau and why. `bureau` is None when the facts name no bureau of Jilin."""

    bureau: Bureau | None
    law: Law
    zh: str
    en: str
    own_reading: bool = False
    """No text names this place for such a person; it is this system's reading."""


def goes_home(move: Move) -> bool:
    """Whether the relationship goes to the bureau of the household registration.

    Leavers by resignation, dismissal, conviction and the like do (吉社保〔2020〕6号第五条；人社厅发〔2017〕
    7号第九条). So does whoever leaves the government scheme to pay as an individual: no employer can
    apply, and the household registration is the only other place the law names. That second half is this
    system's reading; the law is silent.
    """
    leaves_government = move.scheme_from is Scheme.GOVERNMENT and move.scheme_to is Scheme.ENTERPRISE
    pays_alone = move.individual_payer and move.new_employer is None
    return leaves_government and (move.reason in LEAVING_REASONS or pays_alone)


def destination(move: Move, on: date) -> Destination:
    """The bureau that should take the relationship in (吉社保〔2020〕6号第五条，人社部规〔2017〕1号).

    Raises nothing: a place outside Jilin or an unknown code gives a destination without a bureau.
    """
    if goes_home(move):
        return _home(move, on)
    if move.links_residents:
        return _of_linking(move, on)
    return Destination(
        bureau=bureau_now_serving(move.employer_bureau or move.bureau_in, on),
        law=_EMPLOYER_APPLIES,
        zh="由用人单位向其参保地社会保险局申请转入。",
        en="The employer applies at the bureau where it is insured itself.",
    )


def _of_linking(move: Move, on: date) -> Destination:
    """Residents are insured where they are registered; an employee scheme is joined where its record is."""
    if move.scheme_to is Scheme.RESIDENT:
        return Destination(
            bureau_for_division(move.registered_home, on),
            RESIDENTS_AT_HOME,
            "城乡居民基本养老保险在户籍地参加，转入户籍所在地社会保险局。",
            "Residents are insured where they are registered: the relationship goes to that bureau.",
            own_reading=True,
        )
    return Destination(
        bureau_now_serving(move.bureau_in, on),
        GATHERED_FIRST,
        "转入职工基本养老保险待遇领取地，即职工养老保险关系归集地社会保险局。",
        "The resident relationship goes where the employee pension will be drawn: to the bureau at which the "
        "employee relationships are gathered.",
    )


def _home(move: Move, on: date) -> Destination:
    zh = "因辞职、辞退、判刑等原因离开机关事业单位的，基本养老保险关系转入户籍所在地社会保险局。"
    en = (
        "Whoever leaves a government unit by resignation, dismissal, conviction or the like goes to "
        "the bureau of the household registration."
    )
    own_reading = False
    if move.reason not in LEAVING_REASONS:
        own_reading = True
        zh = "离开机关事业单位后以个人身份缴费、没有新用人单位的，基本养老保险关系转入户籍所在地社会保险局。"
        en = (
            "Whoever leaves the government scheme to pay alone, without a new employer, goes to the bureau "
            "of the household registration."
        )
    elif move.reason is MoveReason.CONTRACT_ENDED:
        own_reading = True
        zh = (
            "聘用合同终止或解聘的，按因辞职、辞退、判刑等原因离开机关事业单位办理，转入户籍所在地社会保险局。"
        )
        en = (
            "Whose contract with a government unit ended or was dissolved goes, like one who resigned, to "
            "the bureau of the household registration."
        )
    return Destination(bureau_for_division(move.registered_home, on), _LEAVERS_GO_HOME, zh, en, own_reading)
