"""Linking the resident scheme with an employee scheme (制度衔接): who may ask, when, and which way.

人社部发〔2014〕17号 between residents and enterprises, to which 吉社保〔2020〕6号第八条 refers for the
government scheme. Once of retirement age and before drawing a pension, a person moves towards the employee
scheme with enough years there, and away from it without. The years are in the books of the bureau that keeps
the employee record, so that bureau decides the direction: where residents come in the review, where they go
the certificate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.amounts.residents import whole_balance
from rules.application.destination import GATHERED_FIRST, RESIDENTS_AT_HOME, destination
from rules.application.retirement import (
    RISING_AGE,
    minimum_months,
    reaches_retirement_age_on,
    retirement_age,
)
from rules.values.law import LINKING_SINCE, RESIDENT_LINKING, Finding, Law, Refusal, by_own_reading
from rules.values.months import Month, months_between
from rules.values.moves import ApplicationRoute, Move, MoveReason, OriginalRetirementAge, Scheme
from rules.values.record import ContributionRange, MonthKind, RecognisedService

WHEN = Law(RESIDENT_LINKING, "第三条")
APPLICATION = Law(RESIDENT_LINKING, "第九条")

COUNTS_FOR_NOTHING = frozenset({MonthKind.ARREARS, MonthKind.RESIDENT})
"""Months that are no years of an employee scheme. Pilot months before the reform are such years (own
reading): only their money moves otherwise."""


class RecognisedYears(StrEnum):
    """Whether recognised service (视同缴费年限) counts towards the years that linking asks for.

    17号第三条 says 缴费年限 and nothing of service. `COUNT`, the default, is a reading of this system: years
    count together wherever they were served (社会保险法第十九条), recognised ones as if paid. `PAID_ONLY`
    takes months paid alone.
    """

    COUNT = "count"
    PAID_ONLY = "paid_only"


RECOGNISED_YEARS = RecognisedYears.COUNT


@dataclass(frozen=True, slots=True)
class EmployeeRecord:
    """A person's months in the employee schemes by the books of a bureau, for the direction of linking.

    `months` count in the scheme that the case names; `recognised` of them are recognised service, and not
    paid. `kept` says whether that relationship is still there: it may never have existed, or have left.
    `elsewhere` are the months that another employee scheme has here, which have to be gathered first;
    `under_way` is a case that is moving any of them, '' for none.
    """

    months: int
    recognised: int = 0
    kept: bool = True
    elsewhere: int = 0
    under_way: str = ""


def original_age(move: Move) -> OriginalRetirementAge | None:
    """The age that held for the person before 2025: stated, or that of men; None where a woman has to say."""
    if move.original_retirement_age is None and move.male:
        return OriginalRetirementAge.SIXTY
    return move.original_retirement_age


def linking_from(move: Move) -> date | None:
    """The first day on which the person may apply (17号第三条); None while it cannot be known."""
    original = original_age(move)
    if not move.links_residents or move.born_on is None or original is None:
        return None
    return max(reaches_retirement_age_on(move.born_on, original), LINKING_SINCE)


def grounds_against_linking(move: Move, on: date) -> tuple[Refusal, ...]:
    """Every ground against linking that the application itself shows (17号第三条、第九条).

    None for a move that does not touch the resident scheme. `rules.application.scope`
    refuses whoever draws a pension, as in every move.
    """
    if not move.links_residents:
        return ()
    found = (_another_reason(move), _age_not_stated(move), _too_young(move, on), _not_at_home(move, on))
    return tuple(one for one in found if one is not None)


def _another_reason(move: Move) -> Refusal | None:
    if move.reason is MoveReason.LINKING:
        if move.entry is ApplicationRoute.CONTACT_LETTER:
            return None
        return Refusal(
            "not_for_linking",
            APPLICATION,
            "制度衔接由本人书面申请，不由原单位在转出地申报。",
            "For linking the person applies in writing; no former employer files for it.",
            "请由本人向转入地申请。",
            "Have the person apply at the transfer-in bureau.",
        )
    return Refusal(
        "not_for_linking",
        APPLICATION,
        "与城乡居民基本养老保险之间只办理制度衔接，由本人在达到法定退休年龄后书面申请；"
        f"“{move.reason.official}”不是衔接的原因。",
        "Between the resident scheme and an employee scheme there is linking only, for which the person "
        f"applies in writing once of retirement age; '{move.reason.value}' is no reason for it.",
        f"请将转移原因改为“{MoveReason.LINKING.official}”，由本人向转入地申请。",
        "Give linking as the reason and have the person apply at the transfer-in bureau.",
    )


def _age_not_stated(move: Move) -> Refusal | None:
    if move.born_on is not None and original_age(move) is not None:
        return None
    return Refusal(
        "original_retirement_age_not_stated",
        RISING_AGE,
        "女职工的原法定退休年龄有五十周岁和五十五周岁之分，申请中未注明，无法确定可以申请的日期。",
        "A woman's retirement age was 50 or 55 before it began to rise; the application does not say which, "
        "so the day from which it is possible cannot be known.",
        "请注明原法定退休年龄（50、55 或 60）后申请。",
        "State the original retirement age (50, 55 or 60) and apply again.",
    )


def _too_young(move: Move, on: date) -> Refusal | None:
    possible, original = linking_from(move), original_age(move)
    if possible is None or on >= possible or move.born_on is None or original is None:
        return None
    years, months = retirement_age(move.born_on, original)
    age_zh = f"{years} 周岁" + (f" {months} 个月" if months else "")
    age_en = f"{years} years" + (f" and {months} months" if months else "")
    return Refusal(
        "before_retirement_age",
        WHEN,
        f"未达到职工基本养老保险法定退休年龄（{age_zh}），暂不能办理制度衔接。",
        f"The person has not reached the retirement age of the employee scheme yet ({age_en}).",
        f"自 {possible} 起可以申请。",
        f"The application is possible from {possible} on.",
    )


def _not_at_home(move: Move, on: date) -> Refusal | None:
    """Into the resident scheme only where the person is registered, within the province (第一条)."""
    if move.scheme_to is not Scheme.RESIDENT or destination(move, on).bureau is not None:
        return None
    return by_own_reading(
        Refusal(
            "registered_home_outside_the_province",
            RESIDENTS_AT_HOME,
            "城乡居民基本养老保险在户籍地参加，户籍所在地在省内无对应社会保险局。",
            "Residents are insured where they are registered, and that leads to no bureau of Jilin.",
            "请核对户籍所在地代码；户籍在外省的，向户籍地申请。",
            "Check the code of the household registration; whoever is registered elsewhere applies there.",
        )
    )


def counted_months(ranges: Iterable[ContributionRange]) -> frozenset[Month]:
    """The months of a record that count as years of an employee scheme (17号第三条)."""
    counting = (part for part in ranges if part.kind not in COUNTS_FOR_NOTHING)
    return frozenset(month for part in counting for month in months_between(part.first, part.last))


def recognised_months(
    service: Iterable[RecognisedService],
    ranges: Iterable[ContributionRange],
    rule: RecognisedYears = RECOGNISED_YEARS,
) -> int:
    """How many months recognised service adds to those of a record; one that is in both counts there."""
    if rule is RecognisedYears.PAID_ONLY:
        return 0
    served = {month for one in service for month in months_between(one.first, one.last)}
    return len(served - counted_months(ranges))


def grounds_against_direction(
    move: Move, record: EmployeeRecord, on: date, told_on: date
) -> tuple[Refusal, ...]:
    """Every ground that the books of the employee scheme give against linking this way (17号第三条、第四条).

    `on` is the day of application, by which the age is judged; `told_on` the day on which the books are read
    and the person is told what to do, from which months that are still missing are counted. A person with
    enough years moves towards the employee scheme, one without away from it. None where the day of
    retirement age is not known, or not reached: that is a ground of its own.
    """
    reached = linking_from(move)
    if reached is None or on < reached:
        return ()
    found = (_not_gathered(record), _wrong_direction(move, record, reached, told_on))
    return tuple(one for one in found if one is not None)


def _not_gathered(record: EmployeeRecord) -> Refusal | None:
    if record.under_way:
        return Refusal(
            "employee_transfer_under_way",
            GATHERED_FIRST,
            f"职工基本养老保险关系正由案件 {record.under_way} 办理转移，应先归集再衔接。",
            f"Case {record.under_way} is moving an employee relationship of the person; all of them are "
            "gathered before linking.",
            f"案件 {record.under_way} 办结后的次日起可以申请。",
            f"The application is possible from the day after case {record.under_way} has closed.",
        )
    if record.elsewhere:
        return Refusal(
            "employee_relationships_not_gathered",
            GATHERED_FIRST,
            f"另一职工基本养老保险制度下还有 {record.elsewhere} 个月缴费，应先归集再衔接。",
            f"Another employee scheme still holds {record.elsewhere} months; all employee relationships "
            "are gathered before linking.",
            "请先办理机关事业单位与企业职工之间的转移，办结后的次日起可以申请。",
            "Transfer between the government and the enterprise scheme first; the application is possible "
            "from the day after that case has closed.",
        )
    return None


def _wrong_direction(move: Move, record: EmployeeRecord, reached: date, told_on: date) -> Refusal | None:
    least = minimum_months(reached)
    short = least.value - record.months
    of_them_zh = f"（其中视同缴费 {record.recognised} 个月）" if record.recognised else ""
    of_them_en = f" ({record.recognised} of them recognised service)" if record.recognised else ""
    if move.scheme_to is Scheme.RESIDENT and short <= 0:
        left = move.scheme_from.official
        enough = Refusal(
            "enough_employee_years",
            least.law,
            f"{left}缴费年限 {record.months} 个月{of_them_zh}，已满 {least.value} 个月，"
            "不能转入城乡居民基本养老保险。",
            f"The employee scheme counts {record.months} months{of_them_en}, and {least.value} are enough "
            "for a pension: the relationship does not move to the resident scheme.",
            f"今日起即可申请从城乡居民基本养老保险转入{left}，或按职工办法申领待遇。",
            "From today on the person can apply the other way round, or claim the employee pension.",
        )
        return by_own_reading(enough) if short + record.recognised > 0 else enough
    if move.scheme_from is Scheme.RESIDENT and short > 0:
        cure_zh, cure_en = _how_to_enough(move, record, Month.of(told_on).plus(short))
        return Refusal(
            "too_few_employee_years",
            least.law,
            f"{move.scheme_to.official}缴费年限 {record.months} 个月{of_them_zh}，"
            f"不满 {least.value} 个月，差 {short} 个月。",
            f"The employee scheme counts {record.months} months{of_them_en}, {short} fewer than "
            f"{least.value}.",
            cure_zh,
            cure_en,
        )
    return None


def _how_to_enough(move: Move, record: EmployeeRecord, earliest: Month) -> tuple[str, str]:
    """What a resident with too few employee years here can do, in Chinese and English."""
    scheme = move.scheme_to.official
    if record.elsewhere or record.under_way:
        return "职工养老保险关系归集后，重新计算缴费年限。", "The years are counted again once gathered."
    if not record.kept:
        return (
            f"转入地没有本人的{scheme}关系：关系在他处的，请以该地为转入地申请；"
            "没有职工养老保险关系的，在城乡居民基本养老保险领取待遇。",
            "The transfer-in bureau holds no such relationship: where another does, apply there; who has "
            "none draws the pension of residents.",
        )
    return (
        f"按月延长缴费的，最早自 {earliest}-01 起可以申请；"
        f"也可自今日起申请从{scheme}转入城乡居民基本养老保险。",
        f"Paying on month by month, the application is possible from {earliest}-01 on at the earliest; "
        "or apply from today on to move to the resident scheme.",
    )


def about_linking(move: Move) -> tuple[Finding, ...]:
    """What the applicant should know about linking, no ground of refusal (17号第三条、第五条、第六条)."""
    reached = linking_from(move)
    if reached is None:
        return ()
    least = minimum_months(reached)
    towards = move.scheme_from is Scheme.RESIDENT
    return (
        Finding(
            "linking_from",
            RISING_AGE,
            f"自 {reached} 起可以申请制度衔接。",
            f"Linking is possible from {reached} on.",
        ),
        Finding(
            "months_needed",
            least.law,
            f"职工基本养老保险缴费年限（含视同缴费年限）须{'满' if towards else '不满'} {least.value} 个月，"
            "以该地账库为准。",
            f"The employee scheme has to count {'at least' if towards else 'fewer than'} {least.value} "
            "months, recognised service included; its bureau's books decide.",
        ),
        whole_balance(move.scheme_from),
    )
