"""What can be done against a refusal, and by when."""

from datetime import date

import pytest

from rules.application.remedies import remedies
from rules.values.law import SOCIAL_INSURANCE_LAW, Law


@pytest.mark.parametrize(
    ("told_on", "article"), [(date(2023, 12, 31), "第九条"), (date(2024, 1, 1), "第二十条")]
)
def test_a_refusal_names_review_within_sixty_days_and_the_suit(told_on: date, article: str) -> None:
    review, either = remedies(told_on)
    assert review.law == Law("行政复议法", article)
    assert "60 日内" in review.zh
    assert "60 days" in review.en
    assert either.law == Law(SOCIAL_INSURANCE_LAW, "第八十三条")
    assert "行政诉讼" in either.zh
