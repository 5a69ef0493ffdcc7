"""What a bureau prints on its papers about itself, and the numbers its papers get."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from models.contacts.persons import Address, ShortText, Telephone
from rules.values.moves import Scheme


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BankAccount(_Data):
    """An account to which a bureau is paid: 开户全称、开户银行、行号、账号."""

    holder: ShortText
    bank: ShortText
    bank_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")] | None = None
    number: Annotated[str, StringConstraints(pattern=r"^[0-9 -]{8,40}$")]


class BureauContact(_Data):
    """A bureau as its papers name it (社会保险经办机构信息); None where the province's file says nothing."""

    full_name: ShortText | None = None
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    """行政区划代码"""
    address: Address | None = None
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    phone: Telephone | None = None
    contact: ShortText | None = None
    """联系人, an office rather than a person."""
    account: BankAccount | None = None


class BureauEntry(BureauContact):
    """A bureau in the province's file: its printed data, and its schemes; all three unless stated."""

    schemes: frozenset[Scheme] = Field(default=frozenset(Scheme), min_length=1)

    def as_printed(self) -> BureauContact:
        """What the bureau's papers print about it."""
        return BureauContact.model_validate(self.model_dump(exclude={"schemes"}))


class NumberedPaper(StrEnum):
    """The papers that bear an official number."""

    CERTIFICATE = "certificate"
    CONTACT_LETTER = "contact_letter"
    INFORMATION_FORM = "information_form"
    NOTICE = "notice"


def _with_a_serial(pattern: str) -> str:
    """Accepts a pattern that contains a running number and only known fields."""
    try:
        first, second = (
            pattern.format(bureau="222400", year=2026, serial=f"{serial:06d}") for serial in (1, 2)
        )
    except (LookupError, ValueError):
        first = second = ""
    if first == second:
        raise PydanticCustomError(
            "number_pattern",
            "in braces, write the word serial for the running number; bureau and year may stand there too",
            {"zh": "请在花括号内写 serial 表示流水号；另可写 bureau 和 year"},
        )
    return pattern


Pattern = Annotated[str, StringConstraints(max_length=60), AfterValidator(_with_a_serial)]


class NumberScheme(_Data):
    """How the province numbers its papers: a running number of six digits for each bureau, kind and year.

    No official scheme was found; these patterns are this project's, and the province writes its own.
    """

    certificate: Pattern = "转凭〔{year}〕{bureau}-{serial}"
    contact_letter: Pattern = "转函〔{year}〕{bureau}-{serial}"
    information_form: Pattern = "转表〔{year}〕{bureau}-{serial}"
    notice: Pattern = "转告〔{year}〕{bureau}-{serial}"

    def number(self, paper: NumberedPaper, bureau: str, year: int, serial: int) -> str:
        """'转凭〔2026〕222400-000007'."""
        pattern: str = getattr(self, paper)
        return pattern.format(bureau=bureau, year=year, serial=f"{serial:06d}")


class OfficeData(_Data):
    """What a bureau's worker knows of its own office."""

    contact: BureauContact | None = None
    schemes: frozenset[Scheme] = frozenset(Scheme)
    """The schemes that the office handles."""
    numbers: NumberScheme = NumberScheme()
