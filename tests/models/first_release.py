"""A store of the first released schema: one person gone, one who left and came again, one who stayed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from province import TEACHER, WORKER

GONE, COME = "222400-20260115-AAAAAAAA", "220100-20260115-BBBBBBBB"
LETTER = {"number": f"contact-letter/{GONE}", "refusals": []}
CERTIFICATE = {"number": f"certificate/{GONE}", "name": "崔明玉", "months_paid": 12}
ON = datetime(2026, 1, 20, 4, tzinfo=UTC)


def _range(number: int, relationship: int, origin_case: str, moved_by: str | None) -> dict[str, Any]:
    return {
        "id": number,
        "relationship_id": relationship,
        "first": "2020-01",
        "last": "2020-12",
        "base": 6000_00,
        "booked": None,
        "kind": "regular",
        "origin_bureau": "222400",
        "origin_case": origin_case,
        "moved_by": moved_by,
    }


def _posting(number: int, key: str, case_no: str) -> dict[str, Any]:
    return {"id": number, "key": key, "case_no": case_no, "at": ON + timedelta(minutes=number)}


def _entry(posting: int, account: str, amount: int) -> dict[str, Any]:
    return {
        "posting_id": posting,
        "account": account,
        "amount": amount,
        "relationship_id": None,
        "remittance": None,
    }


def _paper(number: int, kind: str, side: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "case_no": GONE,
        "kind": kind,
        "version": 1,
        "side": side,
        "at": ON + timedelta(hours=number),
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    }


FIRST_RELEASED: dict[str, list[dict[str, Any]]] = {
    "person": [
        {"id": 1, "id_number": TEACHER, "name": "崔明玉"},
        {"id": 2, "id_number": WORKER, "name": "孙立国"},
    ],
    "relationship": [
        {"id": 1, "person_id": 1, "scheme": "G", "status": "active", "reserved_by": None, "ended_by": GONE},
        {"id": 2, "person_id": 2, "scheme": "E", "status": "active", "reserved_by": None, "ended_by": None},
        {"id": 3, "person_id": 2, "scheme": "G", "status": "active", "reserved_by": None, "ended_by": None},
    ],
    "contribution": [
        _range(1, 1, "", GONE),
        _range(2, 2, "", GONE),
        _range(3, 2, COME, None),
        _range(4, 3, "", None),
    ],
    "opening": [
        {"relationship_id": each, "year": 2019, "balance": 1_00, "before_1998": 0, "pooled_base_sum": 2_00}
        for each in (1, 2, 3)
    ],
    "posting": [
        _posting(1, "opening/1", ""),
        _posting(2, f"remittance/{GONE}/1/settle", GONE),
        _posting(5, f"remittance/{COME}/1/arrive", COME),
        _posting(7, f"remittance/{COME}/1/take-in", COME),
    ],
    "entry": [
        _entry(posting, account, amount)
        for posting in (1, 2, 5, 7)
        for account, amount in (("bank", 5_00), ("pooled_fund", -5_00))
    ],
    "paper": [
        _paper(1, "certificate", "issued", {"certificate": CERTIFICATE, "refusals": []}),
        _paper(2, "contact_letter", "received", LETTER),
        _paper(3, "information_form", "issued", {"number": f"information-form/{GONE}/1"}),
    ],
}
