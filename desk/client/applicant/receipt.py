"""The code on a receipt; with the case number it opens the person's page."""

import base64
import hashlib
import hmac

from models.files.written_values import plain

LETTERS = 8


def receipt_code(case_no: str, secret: bytes) -> str:
    """'7KQ4-2MXA': 40 bits that can be computed only with the key of the case numbers."""
    digest = hmac.digest(secret, f"receipt/{case_no}".encode(), hashlib.sha256)
    text = base64.b32encode(digest)[:LETTERS].decode()
    return f"{text[:4]}-{text[4:]}"


def is_code_of(case_no: str, typed: str, secret: bytes) -> bool:
    """Whether a code, as a person types it, belongs to a case number.

    It takes as long for a wrong number as for a wrong code, and does not reveal whether there is a case.
    """
    code = plain(typed).upper().replace(" ", "").replace("-", "")
    code = code.replace("0", "O").replace("1", "I").replace("8", "B")
    return hmac.compare_digest(code.encode(), receipt_code(case_no, secret).replace("-", "").encode())
