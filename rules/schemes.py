"""The three basic pension insurance schemes."""

from datetime import date
from enum import StrEnum

GOVERNMENT_SCHEME_BEGAN = date(2014, 10, 1)
"""The reform of the government scheme; its contributions begin in this month (吉社保〔2020〕6号第二条)."""


class Scheme(StrEnum):
    """A basic pension insurance scheme, by the letter this system writes for it."""

    GOVERNMENT = "G"
    ENTERPRISE = "E"
    RESIDENT = "R"

    @property
    def official(self) -> str:
        """The scheme's official name."""
        return _OFFICIAL[self]


_OFFICIAL = {
    Scheme.GOVERNMENT: "机关事业单位基本养老保险",
    Scheme.ENTERPRISE: "企业职工基本养老保险",
    Scheme.RESIDENT: "城乡居民基本养老保险",
}
