"""Holiday notices as the province would hand them in: 2020 as planned and as extended, and plain years."""

from datetime import date, timedelta

from models.files.holiday_notice import CalendarFile
from rules.calendar.published_holidays import is_rest_day, statutory_days

NOTICE_2020 = {
    "year": 2020,
    "number": "国办发明电〔2019〕16号",
    "published_on": "2019-11-21",
    "days_off": [
        {"from": "2020-01-01", "to": "2020-01-01", "name": "元旦"},
        {"from": "2020-01-24", "to": "2020-01-30", "name": "春节"},
        {"from": "2020-04-04", "to": "2020-04-06", "name": "清明节"},
        {"from": "2020-05-01", "to": "2020-05-05", "name": "劳动节"},
        {"from": "2020-06-25", "to": "2020-06-27", "name": "端午节"},
        {"from": "2020-10-01", "to": "2020-10-08", "name": "国庆节、中秋节"},
    ],
    "make_up_days": [
        *("2020-01-19", "2020-02-01", "2020-04-26", "2020-05-09"),
        *("2020-06-28", "2020-09-27", "2020-10-10"),
    ],
}
EXTENSION_2020 = {
    "year": 2020,
    "number": "国办发明电〔2020〕1号",
    "published_on": "2020-01-27",
    "days_off": [{"from": "2020-01-31", "to": "2020-02-02", "name": "春节延长假期"}],
    "amends": True,
}


def plain_notice(year: int, number: int = 1) -> CalendarFile:
    """A whole year's notice: the statutory days, with the next weekday off in lieu of each on a weekend."""
    off = set(statutory_days(year))
    for day, names in statutory_days(year).items():
        for _ in range(len(names) - (0 if is_rest_day(day) else 1)):
            given = day
            while given in off or is_rest_day(given):
                given += timedelta(days=1)
            off.add(given)
    spans = [{"from": day, "to": day, "name": "放假"} for day in sorted(off)]
    notice = {"year": year, "number": f"放假〔{year}〕{number}号", "published_on": date(year - 1, 11, 4)}
    return CalendarFile.model_validate({"notice": {**notice, "days_off": spans}})
