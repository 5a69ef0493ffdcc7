"""The province's file of arrangements: who must approve what at which bureau, when a bureau's day ends."""

import re
import tomllib
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.files.written_values import ListedBureau
from models.messages.arrangements import Arrangements, Officers, Rail
from models.messages.requests import Approvable
from models.officers.seals import Base64Url
from rules.clocks.clocks import EFFECT_ON_TAKE_IN, EFFECT_ON_TRANSFER_OUT, MEASURES_SINCE
from rules.values.due_dates import OpenYears
from rules.values.form_fields import CorrectionEffect
from rules.values.law import in_force
from rules.values.officers import Right, Role
from rules.values.record import CreditRounding, RefundOf

MIDNIGHT = "24:00"
HOUR = re.compile(r"(?:0[1-9]|1\d|2[0-3]):[0-5]\d", re.ASCII)


def _close_of_business(value: Any) -> time | None:
    """'17:00'; None for '24:00', the end of the calendar day (民法典第二百零三条第二款)."""
    if value == MIDNIGHT:
        return None
    if isinstance(value, str) and HOUR.fullmatch(value):
        return time.fromisoformat(value)
    raise PydanticCustomError(
        "close_of_business",
        'not an hour at which a day ends; write it as "17:00", or "24:00"',
        {"zh": '不是下班时间，应写成 "17:00"，全天为 "24:00"'},
    )


CloseOfBusiness = Annotated[time | None, BeforeValidator(_close_of_business)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BureauArrangements(_Part):
    """The arrangements of one bureau. Money paid to a person needs two officers unless arranged otherwise."""

    release_of_funds: Officers = Officers.STRAIGHT_THROUGH
    posting: Officers = Officers.STRAIGHT_THROUGH
    refund: Officers = Officers.TWO_OFFICERS
    reopening: Officers = Officers.TWO_OFFICERS
    close_of_business: CloseOfBusiness = None
    rail: Rail = Rail.EMBEDDED

    def over(self, defaults: "BureauArrangements") -> "BureauArrangements":
        """These arrangements, with the given defaults where they say nothing."""
        return defaults.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


class ProvinceArrangements(_Part):
    """The arrangements of the province."""

    ruling: Officers = Officers.TWO_OFFICERS
    reopen_within_days: Annotated[int, Field(ge=0, le=3650)] = 365
    """So many days after its close a case can be reopened; own rule, the measures set no time."""


class CorrectionArrangements(_Part):
    """Which reading of 第七条第二项 the clocks follow; see `rules.clocks.clocks`."""

    clock_b: CorrectionEffect = in_force(EFFECT_ON_TRANSFER_OUT, MEASURES_SINCE).value
    clock_c: CorrectionEffect = in_force(EFFECT_ON_TAKE_IN, MEASURES_SINCE).value


class DuplicateArrangements(_Part):
    """Which reading of 第四条 a refund follows; see `rules.amounts.duplicates`."""

    refund_of: RefundOf = RefundOf.PRINCIPAL


class AmountArrangements(_Part):
    """Which rule of rounding the credits of an individual account follow; see `rules.values.record`."""

    credit_rounding: CreditRounding = CreditRounding.YEARLY


class CalendarArrangements(_Part):
    """The limits of a due date in a year whose holiday notice is still to come."""

    open_years: OpenYears = OpenYears.PRINCIPLES


class OfficersAccepted(StrEnum):
    """Whether demonstration officers are accepted, where the keys are those of a demonstration."""

    DEMONSTRATION = "demonstration"
    ENROLLED = "enrolled"


class ArrangementsFile(_Part):
    """The whole file. An empty one is the built-in arrangement.

    `rights` replaces the rights of the roles it names (`rules.officers.rights`). `province_root` is the
    province's public root key, by which a bureau knows its first officers and the officers of the province.
    A bureau's worker holds cases to the officers arranged here that reached the bureau `since` this day.
    """

    officers: OfficersAccepted = OfficersAccepted.DEMONSTRATION
    province_root: Base64Url | None = None
    since: date | None = None
    rights: dict[Role, frozenset[Right]] = Field(default_factory=dict)
    defaults: BureauArrangements = BureauArrangements()
    bureaus: dict[ListedBureau, BureauArrangements] = Field(default_factory=dict)
    province: ProvinceArrangements = ProvinceArrangements()
    corrections: CorrectionArrangements = CorrectionArrangements()
    duplicates: DuplicateArrangements = DuplicateArrangements()
    amounts: AmountArrangements = AmountArrangements()
    calendar: CalendarArrangements = CalendarArrangements()

    @classmethod
    def written(cls, text: str) -> Self:
        """The arrangements of a TOML text. Raises TOMLDecodeError or ValidationError."""
        return cls.model_validate(tomllib.loads(text))

    def at(self, bureau: str) -> BureauArrangements:
        """The arrangements of a bureau."""
        own = self.bureaus.get(bureau)
        return own.over(self.defaults) if own else self.defaults

    def for_case(self, bureau_out: str, bureau_in: str) -> Arrangements:
        """The arrangements of a case between two bureaus; within one bureau no bank carries the money."""
        out, into = self.at(bureau_out), self.at(bureau_in)
        within = bureau_out == bureau_in
        return Arrangements(
            officers={
                Approvable.RELEASE_OF_FUNDS: out.release_of_funds,
                Approvable.POSTING: into.posting,
                Approvable.REFUND: into.refund,
                Approvable.RULING: self.province.ruling,
                Approvable.REOPENING: into.reopening,
            },
            effect_on_transfer_out=self.corrections.clock_b,
            effect_on_take_in=self.corrections.clock_c,
            refund_of=self.duplicates.refund_of,
            credit_rounding=self.amounts.credit_rounding,
            reopen_within_days=self.province.reopen_within_days,
            close_out=out.close_of_business,
            close_in=into.close_of_business,
            rail_out=Rail.EMBEDDED if within else out.rail,
            rail_in=Rail.EMBEDDED if within else into.rail,
        )
