"""What a person can do against a refusal: the remedies that a notice of refusal names."""

from datetime import date, timedelta

from rules.values.law import SOCIAL_INSURANCE_LAW, Finding, InForce, Law, in_force

_REVIEW_AND_SUIT = Law(SOCIAL_INSURANCE_LAW, "第八十三条")

DAYS_TO_ASK_FOR_REVIEW = (
    InForce(60, since=date(1999, 10, 1), law=Law("行政复议法", "第九条")),
    InForce(60, since=date(2024, 1, 1), law=Law("行政复议法", "第二十条")),
)
"""Calendar days, from the day on which the person learns of the refusal, to ask for administrative review."""

_REVIEWED_BY = (
    InForce(
        (
            "the government, or its department, that directs the bureau",
            "直接管理该社会保险局的人民政府或者其工作部门",
        ),
        since=date(1999, 10, 1),
        law=Law("行政复议法", "第十五条"),
    ),
    InForce(
        ("the government at the level of the bureau that decided", "办理该事项的社会保险局的同级人民政府"),
        since=date(2024, 1, 1),
        law=Law("行政复议法", "第二十四条"),
    ),
)
"""Who reviews what an organisation empowered by law has decided, in English and Chinese. A notice
that does not name it leaves the person up to a year (行政复议法第二十条第三款)."""

_MONTHS_TO_SUE = (
    InForce(3, since=date(1990, 10, 1), law=Law("行政诉讼法", "第三十九条")),
    InForce(6, since=date(2015, 5, 1), law=Law("行政诉讼法", "第四十六条")),
)
"""Months within which to sue without review."""


def last_day_for_review(delivered_on: date) -> date:
    """The last day on which administrative review can be asked for, once a refusal was delivered.

    Counted by the calendar alone. A holiday is replaced by the next working day
    (民事诉讼法第八十五条), which is not computed here.
    """
    return delivered_on + timedelta(days=in_force(DAYS_TO_ASK_FOR_REVIEW, delivered_on).value)


def delivery_problems(told_on: date, delivered_on: date, on: date) -> tuple[Finding, ...]:
    """What is wrong with the stated day of a delivery: it is before the notice, or after the day `on`."""
    law = in_force(DAYS_TO_ASK_FOR_REVIEW, on).law
    found = []
    if delivered_on < told_on:
        found.append(
            Finding(
                "delivered_before_notice",
                law,
                f"送达日期不应早于告知日期 {told_on}。",
                f"The notice is of {told_on}; it cannot have been delivered before.",
            )
        )
    if delivered_on > on:
        found.append(
            Finding("delivered_later", law, "送达日期不应晚于今日。", "The day of delivery is still to come.")
        )
    return tuple(found)


def remedies(on: date, *, refused: bool = True) -> tuple[Finding, ...]:
    """The remedies against a refusal, or against another result, told on a day (社会保险法第八十三条,
    行政复议法, 行政诉讼法). Raises nothing for a day since 1999-10-01."""
    limit, reviewer, suit = (
        in_force(of, on) for of in (DAYS_TO_ASK_FOR_REVIEW, _REVIEWED_BY, _MONTHS_TO_SUE)
    )
    what_en, what_zh, it_zh = (
        ("the refusal", "不予受理决定", "该决定") if refused else ("the result", "办理结果", "该结果")
    )
    return (
        Finding(
            "administrative_review",
            Law(limit.law.document, f"{limit.law.article}、{reviewer.law.article}"),
            f"对{what_zh}不服的，可自知道或者应当知道{it_zh}之日起 {limit.value} 日内，"
            f"向{reviewer.value[1]}申请行政复议。",
            f"Whoever disagrees with {what_en} may ask for administrative review within {limit.value} days "
            f"of when they know or should know of it, of {reviewer.value[0]}.",
        ),
        Finding(
            "review_or_suit",
            _REVIEW_AND_SUIT,
            "认为社会保险经办机构不依法办理社会保险转移接续手续的，可以依法申请行政复议或者提起行政诉讼。",
            "Whoever holds that the bureau does not handle the transfer as the law says may ask for "
            "administrative review or sue.",
        ),
        Finding(
            "suit",
            suit.law,
            f"直接向人民法院提起行政诉讼的，应当自知道或者应当知道作出行政行为之日起 {suit.value} 个月"
            "内提出。",
            f"Whoever sues without review does so within {suit.value} months of when they know or should "
            "know of what was decided.",
        ),
    )
