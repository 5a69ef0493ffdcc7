"""The grounds against issuing a contribution certificate: facts only the transfer-out bureau has."""

from dataclasses import dataclass, field, replace

from rules.values.law import JILIN_MEASURES, ONE_OFF_CONTRIBUTIONS, RESIDENT_LINKING, Law, Refusal
from rules.values.moves import InsuredStatus
from rules.values.names import difference

_ISSUE = Law(JILIN_MEASURES, "第七条第一项")
_ACTIVE_ONLY = Law(JILIN_MEASURES, "第一条")


@dataclass(frozen=True, slots=True)
class RelationshipFacts:
    """A person's relationship as the books of the transfer-out bureau show it."""

    known: bool
    named: str = field(default="", repr=False)
    """The name on record."""
    asked: str = field(default="", repr=False)
    """The name on the application."""
    linking: bool = False
    """The case links with the resident scheme (制度衔接)."""
    status: InsuredStatus | None = None
    reserved_by: str | None = None
    """The case that is already moving the relationship, if any."""
    ended: bool = False
    ended_by: str = ""
    """The case that has ended it; '' where none is known."""
    months_left_behind: bool = False
    """The relationship has ended, and one-off months stayed for want of papers."""
    proven: bool = False
    """The papers for one-off months are handed in with the application."""
    computable: bool = True
    """Whether the record is complete enough to compute what moves."""
    cleared_after_taking_in: bool = False
    """Months of the record were cleared; see the ground below."""
    against_linking: tuple[Refusal, ...] = ()
    """The grounds in the books against linking this way with the resident scheme."""


NO_RELATIONSHIP = Refusal(
    "no_relationship",
    _ISSUE,
    "转出地无该人员在该制度下的基本养老保险关系。",
    "The transfer-out bureau has no relationship of this person in this scheme.",
    "请核对身份证件号码、转出地和险种。",
    "Check the ID number, the transfer-out bureau and the scheme.",
)
_NAME_DIFFERS = Refusal(
    "name_differs",
    _ISSUE,
    "申请所填姓名与转出地登记不一致",
    "The name on the application differs from the one the transfer-out bureau has on record",
    "请核对姓名和身份证件号码，或先在转出地更正登记。",
    "Check name and ID number, or have the record corrected at the transfer-out bureau first.",
)
_NAME_DIFFERS_HERE = Refusal(
    "name_differs_here",
    Law(JILIN_MEASURES, "第七条第二项"),
    "申请所填姓名与转入地登记不一致",
    "The name on the application differs from the one the transfer-in bureau has for this ID number",
    "请核对姓名和身份证件号码，或先在转入地更正登记。",
    "Check name and ID number, or have the record corrected at the transfer-in bureau first.",
)
PENSION_DRAWN = Refusal(
    "pension_drawn",
    _ACTIVE_ONLY,
    "转出地记录显示已领取基本养老金，不属在职人员。",
    "By the transfer-out bureau's record the person draws a pension and is no longer active.",
    "不再办理转移接续；如参保状态登记有误，请先在转出地更正。",
    "None; the relationship stays where the pension is paid. If the status is recorded wrongly, have the "
    "transfer-out bureau correct it first.",
)
_PENSION_DRAWN_LINKING = replace(
    PENSION_DRAWN,
    law=Law(RESIDENT_LINKING, "第二条"),
    zh="转出地记录显示已按规定领取养老保险待遇，不再办理城乡养老保险制度衔接。",
    en="By the transfer-out bureau's record the person already draws a pension and is no longer linked.",
    cure_zh="待遇由现发放地继续发放；如参保状态登记有误，请先在转出地更正。",
)
RELATIONSHIP_ENDED = Refusal(
    "relationship_ended",
    _ISSUE,
    "该基本养老保险关系已终止。",
    "The relationship has already been ended.",
    "请查询此前的转移接续办理情况；关系在他处的，请以该地为转出地申请。",
    "Ask how the earlier transfer ended; where another bureau holds the relationship, name that one.",
)
REMAINDER_WITHOUT_PAPERS = Refusal(
    "remainder_without_papers",
    Law(ONE_OFF_CONTRIBUTIONS, "第一条至第三条"),
    "该基本养老保险关系已转移，留在转出地的一次性缴费月份缺少规定文书。",
    "The relationship has moved; the one-off months that stayed still lack the papers asked for.",
    "请附法院、审计、劳动保障监察或仲裁文书再次申请。",
    "Apply with the papers of a court, the auditors, labour inspection or arbitration.",
)
TRANSFER_UNDER_WAY = Refusal(
    "transfer_under_way",
    _ISSUE,
    "该基本养老保险关系正在办理另一件转移。",
    "Another case is already transferring this relationship.",
    "请待该案办结。",
    "Wait for that case to end.",
)
RECORD_INCOMPLETE = Refusal(
    "record_incomplete",
    _ISSUE,
    "转出地缴费记录不完整（缺少记账利率或记录有误），无法计算转移金额。",
    "The record at the transfer-out bureau is incomplete or wrong; the amount cannot be computed.",
    "请转出地补充完善缴费记录和记账利率后再申请。",
    "Apply again when the transfer-out bureau has completed its record and interest rates.",
)
CLEARED_AFTER_TAKING_IN = Refusal(
    "cleared_after_taking_in",
    _ISSUE,
    "此前转入后已清退重复缴费月份，本系统不能计算该个人账户的再次转移金额，请按人工流程办理。",
    "Months paid twice were cleared after an earlier taking in; this system cannot compute moving on what "
    "is left of that account.",
    "请由转出地人工核算。",
    "Have the transfer-out bureau compute the case by hand.",
)
"""A limit of this system and not of the law: the principal was refunded and its interest stayed, so neither
the balance taken over nor the months that are left show what is in the account."""


def _ended_by(case_no: str) -> Refusal:
    """The ground with the case that has ended the relationship, and the way to have that one corrected."""
    if not case_no:
        return RELATIONSHIP_ENDED
    return replace(
        RELATIONSHIP_ENDED,
        zh=f"该基本养老保险关系已由案件 {case_no} 终止。",
        en=f"The relationship has already been ended by case {case_no}.",
        cure_zh=f"关系在案件 {case_no} 的转入地：再次转移的，请以该地为转出地申请；该案如有错误，"
        "请该地社会保险局在规定期限内恢复办理。",
        cure_en=f"The bureau to which case {case_no} took it holds it: to move it on, name that one as the "
        "transfer-out bureau; if the case is wrong, have that bureau reopen it in the time arranged.",
    )


def name_differs_here(asked: str, named: str) -> Refusal:
    """The ground of a transfer-in bureau that has another name for the ID number (第七条第二项)."""
    return _where(_NAME_DIFFERS_HERE, asked, named)


def _where(ground: Refusal, asked: str, named: str) -> Refusal:
    """The ground with the place where the two names first differ, showing only that character of each."""
    here, there, place = difference(asked, named)
    end_en, end_zh = ("nothing more", "无字")
    return replace(
        ground,
        zh=f"{ground.zh}：第 {place} 个字，申请为{here or end_zh}，登记为{there or end_zh}。",
        en=f"{ground.en}: character {place} is {here or end_en} on the application and "
        f"{there or end_en} on record.",
    )


def grounds_against_certificate(facts: RelationshipFacts, case_no: str) -> tuple[Refusal, ...]:
    """Every ground against a certificate for a case, or none (吉社保〔2020〕6号第一条、第七条第一项).

    That this case itself has reserved the relationship is no ground.
    """
    if not facts.known:
        return (NO_RELATIONSHIP,)
    moves = facts.months_left_behind or not facts.ended
    found = (
        (facts.asked != facts.named, _where(_NAME_DIFFERS, facts.asked, facts.named)),
        (
            facts.status is InsuredStatus.PENSIONER,
            _PENSION_DRAWN_LINKING if facts.linking else PENSION_DRAWN,
        ),
        (facts.ended and not facts.months_left_behind, _ended_by(facts.ended_by)),
        (facts.months_left_behind and not facts.proven, REMAINDER_WITHOUT_PAPERS),
        (facts.reserved_by not in (None, case_no), TRANSFER_UNDER_WAY),
        (not facts.computable and moves, RECORD_INCOMPLETE),
        (facts.cleared_after_taking_in and moves, CLEARED_AFTER_TAKING_IN),
    )
    return (*(refusal for applies, refusal in found if applies), *facts.against_linking)
