"""The grounds that rest on a bureau's error: the bureau completes its record instead (第七条第二项).

Where the person's basic data are wrong, the transfer-in bureau tells the transfer-out bureau through the
platform and goes on when that one has completed its papers. That the same holds for an error at the
transfer-in bureau, and that the application is refused when a bureau confirms its record as it stands, is a
reading of this system.
"""

from enum import StrEnum

from rules.values.law import JILIN_MEASURES, Law

COMPLETION = Law(JILIN_MEASURES, "第七条第二项")


class ErringBureau(StrEnum):
    """Whose record a ground is about."""

    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


BUREAU_ERRORS = {
    "name_differs": ErringBureau.TRANSFER_OUT,
    "record_incomplete": ErringBureau.TRANSFER_OUT,
    "name_differs_here": ErringBureau.TRANSFER_IN,
}
"""By the code of the ground, the bureau that completes its record."""
OF_THE_NAME = frozenset({"name_differs", "name_differs_here"})
"""The grounds that are cured by the name on the bureau's record."""
