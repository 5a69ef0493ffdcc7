"""Holiday notices as the province would hand them in: 2020 as it was planned, and as it was extended."""

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
