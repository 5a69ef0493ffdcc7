"""The library's module of China, loaded without its package, says what the library says."""

import holidays
import pytest

from rules.calendar import published_holidays


@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
@pytest.mark.parametrize("observed", [True, False])
def test_each_year_has_the_days_the_library_gives(language: str, observed: bool) -> None:
    for year in range(published_holidays.FIRST_PUBLISHED_YEAR, 2101):
        expected = holidays.country_holidays("CN", years=year, language=language, observed=observed)
        assert dict(published_holidays._listed(year, language, observed)) == dict(expected)
