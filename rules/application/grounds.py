"""Every ground on which an application may not be accepted, told at once."""

from collections.abc import Iterator
from datetime import date

from rules.application.bureaus import bureau, bureau_now_serving, in_province, listed_bureau
from rules.application.destination import destination, goes_home
from rules.application.linking import grounds_against_linking
from rules.application.scope import (
    LeaveToStartABusiness,
    crosses_government_and_enterprise,
    form_of_former_employer,
    nobody_to_apply,
    not_an_active_person,
    on_leave_to_start_a_business,
    reason_against_direction,
    same_scheme,
)
from rules.values.law import JILIN_MEASURES, Finding, Law, Refusal, by_own_reading
from rules.values.moves import Move

_INSIDE_THE_PROVINCE = Law(JILIN_MEASURES, "第一条")
_DESTINATION = Law(JILIN_MEASURES, "第五条")


def grounds_for_refusal(
    move: Move, on: date, leave: LeaveToStartABusiness = LeaveToStartABusiness.MAY_WAIT
) -> tuple[Refusal, ...]:
    """Every ground that applies, so that the applicant need not come back twice (一次性告知).

    吉社保〔2020〕6号第一条、第二条、第五条、第八条; told as 第六条 asks. `on` is the day of application: it
    decides which bureaus there are. The measures do not say from which day on moves are covered, so no
    move is refused for being old. Empty when the application can be accepted; raises nothing.
    """
    found = (
        not_an_active_person(move),
        same_scheme(move),
        *grounds_against_linking(move, on),
        reason_against_direction(move),
        nobody_to_apply(move),
        form_of_former_employer(move),
        on_leave_to_start_a_business(move, leave),
        *_wrong_bureaus(move, on),
        _home_without_bureau(move, on),
        _wrong_destination(move, on),
    )
    return tuple(ground for ground in found if ground is not None)


def _wrong_bureaus(move: Move, on: date) -> Iterator[Refusal]:
    """Both bureaus must be bureaus of Jilin (第一条: 省内) and exist on the day."""
    named = (
        ("out", "转出地", move.bureau_out),
        ("in", "转入地", move.bureau_in),
        ("employer", "新用人单位所属", move.employer_bureau),
    )
    for side, side_zh, key in named:
        if key is None or bureau(key, on):
            continue
        listed, now = listed_bureau(key), bureau_now_serving(key, on)
        if listed and now:
            yield Refusal(
                code=f"bureau_{side}_replaced",
                law=_INSIDE_THE_PROVINCE,
                zh=f"{side_zh}社会保险局代码 {key}（{listed.zh}）在申请日无效。",
                en=f"The {side} bureau {key} ({listed.en}) is not valid on the day of application.",
                cure_zh=f"请改填 {now.key}（{now.zh}）。",
                cure_en=f"Name {now.key} ({now.en}) instead.",
            )
        else:
            yield Refusal(
                code=f"bureau_{side}_outside_the_province",
                law=_INSIDE_THE_PROVINCE,
                zh=f"{side_zh}社会保险局 {key} 不是吉林省内的社会保险局；本办法只适用于省内转移。",
                en=f"The {side} bureau {key} is none of Jilin's; the measures cover moves inside the "
                "province only.",
                cure_zh="如代码填写有误请更正；跨省转移请按国家规定办理。",
                cure_en="Correct the key if it is mistyped; moves to or from another province follow the "
                "national rules.",
            )


def _home_without_bureau(move: Move, on: date) -> Refusal | None:
    """A leaver's household registration must lead to a bureau of Jilin (第五条, within 第一条)."""
    if not goes_home(move) or destination(move, on).bureau is not None:
        return None
    if in_province(move.registered_home):
        return Refusal(
            code="registered_home_unknown",
            law=_DESTINATION,
            zh=f"户籍所在地代码 {move.registered_home} 不能确定对应的社会保险局。",
            en=f"The code {move.registered_home} of the household registration leads to no bureau.",
            cure_zh="请填写户口簿上现户籍地的县（市、区）代码。",
            cure_en="Give the county, city or district code of the household registration as of today.",
        )
    return Refusal(
        code="registered_home_outside_the_province",
        law=_INSIDE_THE_PROVINCE,
        zh="户籍所在地不在吉林省；本办法只适用于省内转移。",
        en="The household registration is outside Jilin; the measures cover moves inside the province only.",
        cure_zh="请由原单位按人社厅发〔2017〕7号第九条办理转往省外户籍所在地。",
        cure_en="The former employer files for a transfer to the home province (人社厅发〔2017〕7号 art. 9).",
    )


def _wrong_destination(move: Move, on: date) -> Refusal | None:
    """The transfer-in bureau must be the one the law names (第五条); the ground names the right one."""
    if not crosses_government_and_enterprise(move) and not move.links_residents:
        return None
    right = destination(move, on)
    named = bureau_now_serving(move.bureau_in, on)
    if right.bureau is None or named is None or named.key == right.bureau.key:
        return None
    refusal = Refusal(
        code="wrong_destination",
        law=right.law,
        zh=f"不应转入 {move.bureau_in}（{named.zh}）。{right.zh}",
        en=f"{move.bureau_in} ({named.en}) is not where this relationship goes. {right.en}",
        cure_zh=f"应转入 {right.bureau.key}（{right.bureau.zh}），请向该局申请。",
        cure_en=f"The right bureau is {right.bureau.key} ({right.bureau.en}); apply there.",
    )
    return by_own_reading(refusal) if right.own_reading else refusal


def not_accepted(why: Finding) -> Refusal:
    """The refusal of an application that no officer of the transfer-in bureau has accepted under seal."""
    return Refusal(
        why.code,
        why.law,
        f"申请未经转入地经办人员有效受理：{why.zh}",
        f"No officer of the transfer-in bureau has accepted the application: {why.en}",
        "由转入地经办人员重新受理。",
        "Hand it in again at the transfer-in bureau, whose officer accepts it.",
    )
