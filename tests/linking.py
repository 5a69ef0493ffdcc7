"""A farmer of retirement age with a resident record and an employee record."""

from collections.abc import Sequence
from typing import Any

from desk.today import china_today
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from province import CHANGCHUN, YANBIAN, account, application
from rules.application.identity import is_id_number

LAST_YEAR = china_today().year - 1
"""The last year of an account whose record brings its own rates."""


def id_number(serial: int, born: str = "19650115") -> str:
    """An invented ID number; an odd serial is a man's."""
    stem = f"222401{born}{serial:03d}"
    return next(stem + last for last in "0123456789X" if is_id_number(stem + last))


FARMER = id_number(11)
"""A man born in January 1965: of retirement age since February 2025."""


def farmed(
    number: str = FARMER, bureau: str = YANBIAN, years: Sequence[int] = (2023, 2024), **more: Any
) -> HistoryFile:
    """A resident account of 5,000.00 at the end of last year; each year 1,200.00 + 240.00, subsidy 120.00."""
    paid = {"kind": "resident", "own": "1200.00", "collective": "240.00", "subsidy": "120.00"}
    months = [{"from": f"{year}-01", "to": f"{year}-12", **paid} for year in years]
    opening = {"year": LAST_YEAR, "balance": "5000.00"}
    return HistoryFile.model_validate(
        {
            "person": {"name": "金顺吉", "id_number": number},
            "scheme": "R",
            "bureau": bureau,
            "months": months,
            "opening": opening,
            **more,
        }
    )


def employed(
    scheme: str,
    *months: tuple[str, str],
    number: str = FARMER,
    bureau: str = CHANGCHUN,
    balance: str = "30000.00",
    **more: Any,
) -> HistoryFile:
    """An employee account whose months are all before its balance at the end of last year."""
    opening = {"year": LAST_YEAR, "balance": balance}
    paid = [(first, last, "4000.00") for first, last in months]
    return account(number, "金顺吉", scheme, bureau, paid, opening=opening, **more)


def asks(left: str, joined: str, number: str = FARMER, **changes: Any) -> TransferApplication:
    """An application for linking without any ground of refusal of its own."""
    towards_residents = joined == "R"
    return application(
        **{
            "name": "金顺吉",
            "id_number": number,
            "scheme_from": left,
            "scheme_to": joined,
            "reason": "linking",
            "registered_home": YANBIAN,
            "bureau_out": CHANGCHUN if towards_residents else YANBIAN,
            "bureau_in": YANBIAN if towards_residents else CHANGCHUN,
            "new_employer": None,
            "employer_bureau": None,
            "materials": ("identity_document", "linking_form"),
            **changes,
        }
    )
