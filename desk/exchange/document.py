"""The information form under the codes of other systems. Not official: see the note in every file."""

from datetime import date
from typing import Any

from desk.client.views.case import CaseView
from desk.print.form_rows import FormRow, form_rows
from desk.screens.information_form import service_document
from models.messages.papers import ContactLetter, InformationForm
from rules.application.bureaus import listed_bureau
from rules.application.identity import birth_date, is_id_number, is_male
from rules.values.money import Fen, Rate, percent, yuan
from rules.values.months import Month

NOT_OFFICIAL = (
    "Codes as several makers' programs use them; no official description was to be had. "
    "代码取自若干厂商软件的共同做法，未见官方说明，仅供参考。"
)
MALE, FEMALE = "1", "2"
"""AAC004, by GB/T 2261.1."""


def exchange_document(view: CaseView) -> dict[str, Any] | None:
    """The form in force of a case, with the letter it answers; None before there is a form.

    Amounts are strings in yuan, days YYYYMMDD, months YYYYMM; null is not known.
    """
    if not view.papers.information_forms:
        return None
    form = view.papers.information_forms[-1]
    entry = view.papers.entry
    letter = entry if isinstance(entry, ContactLetter) else None
    return {
        "official": False,
        "note": NOT_OFFICIAL,
        "case_no": form.case_no,
        "version": form.version,
        "AAE270": (letter.official_number or letter.number) if letter else None,
        "AAB301": _division(form.bureau_in),
        "AAB299": _division(form.bureau_out),
        **_person(form),
        **_head(form),
        "AIC083": yuan(form.lines.individual),
        "AIC084": yuan(form.lines.pooled),
        "AIC102": yuan(form.lines.total),
        "AAE035": _day(form.drawn_up_on),
        # No code for the months that count as if paid was to be had.
        "recognised_service": [service_document(one) for one in form.head.recognised_service],
        "IC91": [_row(row, form) for row in form_rows(form)],
    }


def _person(form: InformationForm) -> dict[str, str | None]:
    number = form.id_number
    known = is_id_number(number)
    return {
        "AAC002": number,
        "AAC003": form.name,
        "AAC004": (MALE if is_male(number) else FEMALE) if known else None,
        "AAC006": _day(birth_date(number)) if known else None,
        "AAC010": form.head.home_address,
        "AAC007": _month(form.head.started_work),
    }


def _head(form: InformationForm) -> dict[str, Any]:
    head = form.head
    return {
        # 首次参保地实行个人缴费时间 and 建立个人账户时间: no paper of this system states them.
        "AAB305": None,
        "AAC049": _month(head.first_paid),
        "AAC032": None,
        "AAE030": _month(head.here_from),
        "AAE031": _month(head.here_to),
        "AAE201": form.months,
    }


def _row(row: FormRow, form: InformationForm) -> dict[str, Any]:
    listed = listed_bureau(form.bureau_out)
    return {
        "AAB299": row.division,
        "AAB300": listed.place_zh if listed and row.division else None,
        "AAE001": row.year,
        "AAE041": _month(row.first),
        "AAE042": _month(row.last),
        "AAE180": _amount(row.base),
        "AAE202": row.months,
        "AAA041": None,
        "AAA042": _share(row.share),
        "AAA043": _share(row.own_share),
        "AAE381": _amount(row.credited),
        "AAE264": _amount(row.own),
        "AAE269": _amount(row.interest),
        "AAE265": _amount(row.own_interest),
        "AAE382": _amount(row.balance),
        "AAE273": _amount(row.own_balance),
        "AAE013": row.note or None,
    }


def _division(key: str) -> str | None:
    listed = listed_bureau(key)
    return listed.division_code if listed else None


def _amount(fen: Fen | None) -> str | None:
    return None if fen is None else yuan(fen)


def _share(rate: Rate | None) -> str | None:
    return None if rate is None else percent(rate)


def _day(on: date) -> str:
    return on.strftime("%Y%m%d")


def _month(one: Month | None) -> str | None:
    return None if one is None else f"{one.year}{one.number:02d}"
