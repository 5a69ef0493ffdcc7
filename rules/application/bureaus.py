"""Which bureau there is on a day, and which one a household registration belongs to."""

from datetime import date

from rules.application.bureau_list import (
    BUREAUS,
    CHANGBAISHAN,
    DISTRICTS,
    OLD_COUNTIES,
    ZONE_TOWNSHIPS,
    Bureau,
)

PROVINCE = "22"
"""First two digits of every division code in Jilin (GB/T 2260)."""

_BY_KEY = {listed.key: listed for listed in BUREAUS}
_KEY_OF_DIVISION = {
    **{code: key for key, codes in DISTRICTS.items() for code in codes.split()},
    **{code: key for key, codes in OLD_COUNTIES.items() for code in codes.split()},
    **{code: CHANGBAISHAN for code in ZONE_TOWNSHIPS},
}


def bureaus(on: date) -> tuple[Bureau, ...]:
    """The bureaus of a day (the addressees of 吉社保〔2020〕6号), prefectures before counties."""
    return tuple(listed for listed in BUREAUS if listed.valid(on))


def bureaus_at_work(on: date) -> tuple[Bureau, ...]:
    """The bureaus of a day, and those replaced in the five years before it (撤并).

    The successor continues their open cases under the old key and in the old books, until the last one is
    closed. The five years are an own rule, longer than a case lasts.
    """
    return tuple(
        listed
        for listed in BUREAUS
        if listed.valid(on) or (listed.until is not None and on.year - 5 < listed.until.year <= on.year)
    )


def bureau(key: str, on: date) -> Bureau | None:
    """The bureau of that key on that day; None when the key is unknown, not yet or no longer valid."""
    listed = _BY_KEY.get(key)
    return listed if listed is not None and listed.valid(on) else None


def listed_bureau(key: str) -> Bureau | None:
    """The bureau of that key whatever the day, for names on old papers; None when there never was one."""
    return _BY_KEY.get(key)


def bureau_called(name: str, on: date) -> Bureau | None:
    """The bureau of that name or place on a day, in Chinese or English, as screens and papers write it."""
    meant = name.casefold()
    return next(
        (
            one
            for one in bureaus(on)
            if meant in (one.place_zh, one.zh, one.place_en.casefold(), one.en.casefold())
        ),
        None,
    )


def bureau_now_serving(key: str, on: date) -> Bureau | None:
    """The bureau that has the files of `key` on a day: itself, its successor, or its predecessor."""
    last = _last(key)
    return next((listed for listed in bureaus(on) if _last(listed.key) == last), None)


def bureau_for_division(code: str, on: date) -> Bureau | None:
    """The bureau a household registration belongs to (户籍所在地, 吉社保〔2020〕6号第五条).

    `code` is a division code of six digits, of today or of an earlier list; a district belongs to its
    city. Nine digits name a township, which only the Changbaishan zone needs. The beginning of an ID
    number is no such code: it keeps the place of first registration for life. None when the code is
    not one of Jilin's, or names a place that was split since.
    """
    key = _KEY_OF_DIVISION.get(code) or _KEY_OF_DIVISION.get(code[:6]) or code[:6]
    return bureau_now_serving(key, on) if key in _BY_KEY else None


def in_province(code: str) -> bool:
    """Whether a division code lies in Jilin, known or not."""
    return code.startswith(PROVINCE)


def _last(key: str) -> str:
    """The key at the end of a chain of successors."""
    listed = _BY_KEY.get(key)
    while listed is not None and listed.successor is not None:
        key = listed.successor
        listed = _BY_KEY.get(key)
    return key
