"""Which persons and moves the measures cover, one ground of refusal at a time."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from rules.values.law import (
    JILIN_MEASURES,
    RESIDENT_LINKING,
    SOCIAL_INSURANCE_LAW,
    TRANSFER_PROCEDURE,
    Finding,
    InForce,
    Law,
    Refusal,
    by_own_reading,
    in_force,
)
from rules.values.moves import LEAVING_REASONS, ApplicationRoute, InsuredStatus, Move, MoveReason, Scheme

_SCOPE = Law(JILIN_MEASURES, "第一条")
_SITUATIONS = Law(JILIN_MEASURES, "第二条")
_APPLICANT = Law(JILIN_MEASURES, "第五条")
_RESIDENTS = Law(JILIN_MEASURES, "第八条")


class LeaveToStartABusiness(StrEnum):
    """Whether staff on leave to start a business who keep their post (离岗创业) can be transferred at all.

    The measures say they may put the transfer off (可暂不转移, 第五条) and are silent on whoever applies
    all the same. `MAY_WAIT`, the default, takes the words as they stand: the application is accepted and
    the person told that it need not be made yet. `MUST_WAIT` refuses it until the post is given up.
    """

    MAY_WAIT = "may_wait"
    MUST_WAIT = "must_wait"


def crosses_government_and_enterprise(move: Move) -> bool:
    """Whether the move is one between the two employee schemes (吉社保〔2020〕6号第一条)."""
    return {move.scheme_from, move.scheme_to} == {Scheme.GOVERNMENT, Scheme.ENTERPRISE}


def not_an_active_person(move: Move) -> Refusal | None:
    """Only persons in employment (在职人员) are covered (第一条); a paused account is no retirement.

    That whoever draws a pension is no longer transferred is also the national rule (国办发〔2009〕66号).
    """
    if move.status is InsuredStatus.PENSIONER and move.links_residents:
        return Refusal(
            code="already_a_pensioner",
            law=Law(RESIDENT_LINKING, "第二条、第八条"),
            zh="已按规定领取养老保险待遇的人员，不再办理城乡养老保险制度衔接。",
            en="Whoever already draws a pension of either scheme is no longer linked.",
            cure_zh="无法补正；如参保状态登记有误，请先更正。同时领取两种待遇的，终止并解除城乡居民养老保险关系，"
            "个人账户余额扣除政府补贴后退还本人，已领取的基础养老金予以退还或抵扣。",
            cure_en="None; a status that is recorded wrongly is corrected first. Where two pensions are "
            "drawn, the resident relationship is ended and its balance, less the government's subsidy, "
            "refunded; the basic resident pension is paid back or set off.",
        )
    if move.status is InsuredStatus.PENSIONER:
        return Refusal(
            code="already_a_pensioner",
            law=_SCOPE,
            zh="已领取基本养老保险待遇的人员，不再转移基本养老保险关系。",
            en="A person who already draws a pension is no longer transferred.",
            cure_zh="无法补正；待遇由现发放地继续发放。如参保状态登记有误，请先到参保地更正。",
            cure_en="None; the pension goes on where it is paid now. If the status is recorded wrongly, have "
            "the paying bureau correct it first.",
        )
    if move.status is InsuredStatus.DECEASED:
        return Refusal(
            code="deceased",
            law=Law(SOCIAL_INSURANCE_LAW, "第十四条"),
            zh="参保人员已死亡，基本养老保险关系不再转移，个人账户余额可以继承。",
            en="The insured person has died: the relationship does not move, and the individual account is "
            "inherited.",
            cure_zh="请继承人到参保地社会保险局申领个人账户余额。",
            cure_en="The heirs claim the balance of the individual account at the bureau that holds it.",
        )
    return None


def scheme_not_handled(key: str, scheme: Scheme, handled: Collection[Scheme]) -> tuple[Refusal, ...]:
    """The ground of a bureau whose office does not handle the scheme (第八条, own reading).

    Which office of a place handles which scheme is data of the province; no text was found.
    """
    if scheme in handled:
        return ()
    return (
        by_own_reading(
            Refusal(
                code="scheme_not_handled",
                law=_RESIDENTS,
                zh=f"{key} 社会保险局不经办{scheme.official}。",
                en=f"Bureau {key} does not handle scheme {scheme.value} ({scheme.official}).",
                cure_zh="请向当地经办该险种的机构申请。",
                cure_en="Apply at the office of the place that handles this scheme.",
            )
        ),
    )


ENTERPRISE_RULES_SINCE = date(2010, 1, 1)
WITHIN_THE_ENTERPRISE_SCHEME = (
    InForce(
        (
            "按《吉林省城镇企业职工基本养老保险关系转移接续暂行办法》（吉政办发〔2010〕9号）办理。",
            "Apply under the rules for moves within the enterprise scheme (吉政办发〔2010〕9号).",
        ),
        since=ENTERPRISE_RULES_SINCE,
        law=_APPLICANT,
    ),
    InForce(
        (
            "自 2021 年起企业职工基本养老保险实行省级统筹，省内流动不再办理转移，"
            "由新用人单位（灵活就业人员由本人）办理参保变更登记；跨省流动的按国家规定转移。",
            "Since 2021 the enterprise scheme is pooled in the province: inside it nothing is transferred, "
            "and the new employer, or whoever pays alone, has the registration changed. Moves to or from "
            "another province follow the national rules.",
        ),
        since=date(2021, 1, 1),
        law=Law("人社部发〔2019〕112号", "企业职工基本养老保险省级统筹"),
    ),
)
"""What a person who moves within the enterprise scheme does instead (第五条 names the document of 2010).

That only a change of registration (变更登记) is made inside a province is read in guides (grade C); that it
holds since 2021 is inferred from the end of 2020, by which the document, recalled, asks for pooling."""


def same_scheme(move: Move) -> Refusal | None:
    """A move within one scheme is no situation of 第二条; enterprise moves have their own rules (第五条)."""
    if move.scheme_from is not move.scheme_to:
        return None
    within = move.scheme_from
    enterprise = in_force(WITHIN_THE_ENTERPRISE_SCHEME, max(move.submitted_on, ENTERPRISE_RULES_SINCE))
    cure_zh, cure_en = {
        Scheme.GOVERNMENT: (
            "在机关事业单位之间流动的，由新单位按机关事业单位养老保险转移规定（人社厅发〔2017〕7号）办理。",
            "The new unit applies under the rules for moves within the government scheme "
            "(人社厅发〔2017〕7号).",
        ),
        Scheme.ENTERPRISE: enterprise.value,
        Scheme.RESIDENT: (
            "按城乡居民基本养老保险关系转移的规定办理。",
            "Apply under the rules for moves within the resident scheme.",
        ),
    }[within]
    return Refusal(
        code="same_scheme",
        law={Scheme.GOVERNMENT: _SITUATIONS, Scheme.ENTERPRISE: _APPLICANT, Scheme.RESIDENT: _SCOPE}[within],
        zh=f"转出和转入同为{within.official}，不属于跨制度转移。",
        en=f"Both sides are the {within.name.lower()} scheme: this is no move across schemes.",
        cure_zh=cure_zh,
        cure_en=cure_en,
    )


def reason_against_direction(move: Move) -> Refusal | None:
    """Leaving a unit is a reason to leave the government scheme, being recruited one to enter it (第二条)."""
    if not crosses_government_and_enterprise(move):
        return None
    if move.reason is MoveReason.LINKING:
        return Refusal(
            code="reason_against_direction",
            law=_RESIDENTS,
            zh="“城乡养老保险制度衔接”只适用于与城乡居民基本养老保险之间的转移。",
            en="Linking is for moves from or to the resident scheme only.",
            cure_zh="请更正转移原因后重新申请。",
            cure_en="Correct the reason and apply again.",
        )
    leaving = move.reason in LEAVING_REASONS or move.reason in (
        MoveReason.LEAVE_TO_START_A_BUSINESS,
        MoveReason.UNIT_CONVERTED,
    )
    entering = move.reason is MoveReason.RECRUITED
    enters_government = move.scheme_to is Scheme.GOVERNMENT
    if not (leaving and enters_government) and not (entering and not enters_government):
        return None
    return by_own_reading(
        Refusal(
            code="reason_against_direction",
            law=_SITUATIONS,
            zh=f"“{move.reason.official}”不能作为从{move.scheme_from.official}"
            f"转入{move.scheme_to.official}的原因。",
            en=f"'{move.reason.value}' is no reason to move from scheme {move.scheme_from.value} to "
            f"{move.scheme_to.value}.",
            cure_zh="请更正转移原因或转移方向后重新申请。",
            cure_en="Correct the reason or the direction and apply again.",
        )
    )


def nobody_to_apply(move: Move) -> Refusal | None:
    """The employer applies (第五条), so whoever does not go home needs one; an individual payer has none."""
    if not crosses_government_and_enterprise(move) or move.new_employer is not None:
        return None
    if move.reason in LEAVING_REASONS or move.reason is MoveReason.LINKING:
        return None
    if move.individual_payer and move.scheme_to is Scheme.ENTERPRISE:
        return None
    return Refusal(
        code="no_new_employer",
        law=_APPLICANT,
        zh="转入应由用人单位申请，申请中没有新用人单位。",
        en="The new employer applies, and the application names none.",
        cure_zh="请由新用人单位提出申请，并填写单位名称。",
        cure_en="Have the new employer apply and name itself in the application.",
    )


def form_of_former_employer(move: Move) -> Refusal | None:
    """The former employer's form, filed with the out bureau, is for leavers (人社厅发〔2017〕7号第九条)."""
    if move.entry is not ApplicationRoute.FORMER_EMPLOYERS_FORM or not crosses_government_and_enterprise(
        move
    ):
        return None
    if move.reason in LEAVING_REASONS and move.scheme_from is Scheme.GOVERNMENT:
        return None
    return Refusal(
        code="former_employers_form_for_leavers_only",
        law=Law(TRANSFER_PROCEDURE, "第九条"),
        zh="只有辞职、辞退、判刑等离开机关事业单位的人员，才由原单位在转出地申报。",
        en="The former employer files at the transfer-out bureau only for those who leave a government unit "
        "by resignation, dismissal, conviction or the like.",
        cure_zh="请由新用人单位（以个人身份缴费的，由本人）向转入地社会保险局申请。",
        cure_en="Have the new employer, or whoever pays alone, apply at the transfer-in bureau.",
    )


def on_leave_to_start_a_business(move: Move, rule: LeaveToStartABusiness) -> Refusal | None:
    """The ground of 离岗创业 under the variant `MUST_WAIT` (第五条); None under `MAY_WAIT`."""
    waits = rule is LeaveToStartABusiness.MUST_WAIT and move.reason is MoveReason.LEAVE_TO_START_A_BUSINESS
    if not waits or not crosses_government_and_enterprise(move):
        return None
    return by_own_reading(
        Refusal(
            code="post_still_kept",
            law=_APPLICANT,
            zh="离岗创业保留人事关系期间，暂不转移基本养老保险关系。",
            en="While the post is kept during leave to start a business, the relationship stays where it is.",
            cure_zh="正式办理离职后，根据重新就业情况申请。",
            cure_en="Apply after formally leaving, according to the new employment.",
        )
    )


def notices(move: Move) -> tuple[Finding, ...]:
    """What the applicant should know beside the grounds of refusal: 离岗创业 may wait (第五条)."""
    if move.reason is not MoveReason.LEAVE_TO_START_A_BUSINESS:
        return ()
    return (
        Finding(
            code="may_wait",
            law=_APPLICANT,
            zh="离岗创业保留人事关系期间，可暂不转移；待正式离职后再按重新就业情况转移。",
            en="While the post is kept during leave to start a business the transfer may wait until the "
            "person formally leaves.",
        ),
    )


def situation(move: Move) -> Finding | None:
    """The item of 吉社保〔2020〕6号第二条 under which the move must be made, or the article on linking.

    None when there is none."""
    if move.links_residents and move.reason is MoveReason.LINKING:
        by_reference = Scheme.GOVERNMENT in (move.scheme_from, move.scheme_to)
        law = _RESIDENTS if by_reference else Law(RESIDENT_LINKING, "第二条")
        zh, en = "城乡养老保险制度衔接。", "Linking with the resident scheme."
        return Finding("linking_with_residents", law, zh, en)
    if not crosses_government_and_enterprise(move) or reason_against_direction(move):
        return None
    if move.reason in LEAVING_REASONS:
        law, zh = Law(JILIN_MEASURES, "第二条第二项"), "因辞职、辞退、判刑等原因离开机关事业单位。"
        return Finding("left_government_unit", law, zh, "Left a government unit.")
    if move.individual_payer and move.scheme_to is Scheme.GOVERNMENT:
        law, zh = (
            Law(JILIN_MEASURES, "第二条第三项"),
            "以个人身份参加企业职工基本养老保险，被招录到机关事业单位。",
        )
        return Finding("recruited_individual", law, zh, "Insured as an individual, now in a government unit.")
    law, zh = Law(JILIN_MEASURES, "第二条第一项"), "在机关事业单位和企业之间流动。"
    return Finding("between_units", law, zh, "Moves between a government unit and an enterprise.")
