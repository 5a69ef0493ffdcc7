"""What can be done against a refusal, and by when."""

from datetime import date

import pytest

from rules.application.remedies import remedies
from rules.values.law import SOCIAL_INSURANCE_LAW, Law


@pytest.mark.parametrize(
    ("told_on", "article", "reviewer"),
    [
        (date(2023, 12, 31), "第九条、第十五条", "人民政府或者其工作部门"),
        (date(2024, 1, 1), "第二十条、第二十四条", "同级人民政府"),
    ],
)
def test_a_refusal_names_review_within_sixty_days_and_the_suit(
    told_on: date, article: str, reviewer: str
) -> None:
    review, either, suit = remedies(told_on)
    assert review.law == Law("行政复议法", article)
    assert "60 日内，向" in review.zh
    assert f"{reviewer}申请行政复议" in review.zh
    assert "60 days" in review.en
    assert either.law == Law(SOCIAL_INSURANCE_LAW, "第八十三条")
    assert "行政诉讼" in either.zh
    assert suit.law == Law("行政诉讼法", "第四十六条")
    assert "6 个月内" in suit.zh
    assert "6 months" in suit.en


def test_what_is_told_of_another_result_does_not_speak_of_a_refusal() -> None:
    told = remedies(date(2026, 11, 30), refused=False)
    assert told[0].zh.startswith("对办理结果不服的")
    assert not any("不予受理" in one.zh or "refusal" in one.en for one in told)
