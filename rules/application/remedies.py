"""What a person can do against a refusal: the remedies that a notice of refusal names."""

from datetime import date, timedelta

from rules.values.law import SOCIAL_INSURANCE_LAW, Finding, InForce, Law, in_force

_REVIEW_AND_SUIT = Law(SOCIAL_INSURANCE_LAW, "第八十三条")

DAYS_TO_ASK_FOR_REVIEW = (
    InForce(60, since=date(1999, 10, 1), law=Law("行政复议法", "第九条")),
    InForce(60, since=date(2024, 1, 1), law=Law("行政复议法", "第二十条")),
)
"""Calendar days, from the day on which the person learns of the refusal, to ask for administrative review.

The article before the revision of 2023 is recalled."""


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


def remedies(on: date) -> tuple[Finding, ...]:
    """The remedies against a refusal told on a day (社会保险法第八十三条, 行政复议法). Raises nothing for a
    day since 1999-10-01."""
    limit = in_force(DAYS_TO_ASK_FOR_REVIEW, on)
    return (
        Finding(
            "administrative_review",
            limit.law,
            f"对不予受理决定不服的，可自知道该决定之日起 {limit.value} 日内申请行政复议。",
            f"Whoever disagrees may ask for administrative review within {limit.value} days of learning of "
            "the refusal.",
        ),
        Finding(
            "review_or_suit",
            _REVIEW_AND_SUIT,
            "认为社会保险经办机构不依法办理社会保险转移接续手续的，可以依法申请行政复议或者提起行政诉讼。",
            "Whoever holds that the bureau does not handle the transfer as the law says may ask for "
            "administrative review or sue.",
        ),
    )
