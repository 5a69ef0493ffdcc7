"""The transfer application (《养老保险关系转移接续申请表》) as it travels with a case.

Workflow code reads this module, so it reaches values of the law and no rule function; what needs a
rule (the check digit of an ID number, whether a bureau exists) is asked in `models.files.application_intake`.
"""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.contacts.persons import PersonContact
from rules.values.months import Month
from rules.values.moves import (
    ApplicationRoute,
    CertifiedMonths,
    InsuredStatus,
    Material,
    Move,
    MoveReason,
    OriginalRetirementAge,
    Scheme,
)
from rules.values.names import normal_name

IdNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{17}[0-9X]$")]
BureauKey = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,20}$")]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3})?$")]
EmployerName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


def _one_form(value: Any) -> Any:
    return normal_name(value) if isinstance(value, str) else value


PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), BeforeValidator(_one_form)
]
"""A name in the one form in which it is kept and compared, see `rules.values.names`."""


class ServicePeriod(BaseModel):
    """Months certified as government service, both ends included (吉社保〔2020〕6号第四条)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    first: Month
    last: Month

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("period", "ends before it begins", {"zh": "结束早于开始"})
        return self


class TransferApplication(PersonContact):
    """One person's application. Name and ID number show neither in `repr` nor in an error, so in no log."""

    name: PersonName = Field(repr=False)
    id_number: IdNumber = Field(repr=False)
    scheme_from: Scheme
    scheme_to: Scheme
    bureau_out: BureauKey
    bureau_in: BureauKey
    reason: MoveReason
    status: InsuredStatus = InsuredStatus.ACTIVE
    registered_home: DivisionCode
    submitted_on: date
    new_employer: EmployerName | None = None
    employer_bureau: BureauKey | None = None
    individual_payer: bool = False
    entry: ApplicationRoute = ApplicationRoute.CONTACT_LETTER
    materials: tuple[Material, ...] = ()
    certified_government_service: tuple[ServicePeriod, ...] = ()
    original_retirement_age: OriginalRetirementAge | None = None
    """原法定退休年龄, asked for linking with the resident scheme."""

    def move(self) -> Move:
        """The facts of the move, without the person."""
        return Move(
            scheme_from=self.scheme_from,
            scheme_to=self.scheme_to,
            bureau_out=self.bureau_out,
            bureau_in=self.bureau_in,
            reason=self.reason,
            status=self.status,
            registered_home=self.registered_home,
            submitted_on=self.submitted_on,
            new_employer=self.new_employer,
            employer_bureau=self.employer_bureau,
            individual_payer=self.individual_payer,
            entry=self.entry,
            materials=frozenset(self.materials),
            certified_government_service=tuple(
                CertifiedMonths(period.first, period.last) for period in self.certified_government_service
            ),
            born_on=_born_on(self.id_number),
            male=int(self.id_number[16]) % 2 == 1,
            original_retirement_age=self.original_retirement_age,
        )


def _born_on(id_number: str) -> date | None:
    """The day of birth in an ID number; None where it holds none."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None
