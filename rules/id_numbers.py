"""Citizens' ID numbers (公民身份号码, GB 11643): the form, the birth date and the check digit."""

import re

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)


def is_id_number(text: str) -> bool:
    """Whether this can be a citizen's ID number: eighteen places, a real birth date, the check digit.

    The first six digits are left alone: they keep the division code of the day of issue, and such codes
    have since been renamed, moved and abolished.
    """
    if not _FORM.fullmatch(text) or text[-1] != ric.calc_check_digit(text):
        return False
    try:
        ric.get_birth_date(text)
    except ValidationError:
        return False
    return True
