"""Invented people for benchmarks, each about to move from one of a few bureaus to another."""

from datetime import date, timedelta
from itertools import count

from stdnum.cn import ric

from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication

BUREAUS = ("220100", "220200", "220300", "220400", "220500", "222400")
SECRET = b"benchmarks of cases"
FIRST_BIRTHDAY = date(1970, 1, 1)
_numbers = count()


def movers(size: int) -> list[tuple[HistoryFile, TransferApplication]]:
    """The given number of new people, each with seven years of contributions and an application."""
    return [mover(next(_numbers)) for _ in range(size)]


def _name(number: int) -> str:
    """A name of Chinese characters that no other number has."""
    return "甲" + str(number).translate(str.maketrans("0123456789", "零一二三四五六七八九"))


def mover(number: int) -> tuple[HistoryFile, TransferApplication]:
    """The person of this number, always the same."""
    days, sequence = number % 10_000, number // 10_000
    body = f"222401{FIRST_BIRTHDAY + timedelta(days=days):%Y%m%d}{sequence:02}1"
    id_number = body + str(ric.calc_check_digit(f"{body}0"))
    bureau_out, bureau_in = (BUREAUS[(number + step) % len(BUREAUS)] for step in (0, 1))
    months = (("2019-01", "2022-12", f"{4000 + number}.00"), ("2023-01", "2025-12", f"{5000 + number}.00"))
    history = HistoryFile.model_validate(
        {
            "person": {"name": _name(number), "id_number": id_number},
            "scheme": "G",
            "bureau": bureau_out,
            "months": [{"from": first, "to": last, "base": base} for first, last, base in months],
        }
    )
    return history, TransferApplication.model_validate(
        {
            "name": _name(number),
            "id_number": id_number,
            "scheme_from": "G",
            "scheme_to": "E",
            "bureau_out": bureau_out,
            "bureau_in": bureau_in,
            "reason": "posting",
            "registered_home": "222401",
            "submitted_on": date(2026, 1, 15),
            "new_employer": "长春北方软件有限公司",
            "employer_bureau": bureau_in,
            "materials": ("identity_document", "application_form", "posting_document"),
        }
    )
