"""What befalls a case, drawn at random: how it begins, who hands in what, who is off, what goes wrong."""

from dataclasses import dataclass, replace
from enum import StrEnum

from hypothesis import strategies as st

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    CLEAN_CASE,
    CLEAR_DUPLICATES,
    ENTER_ARREARS_PAYMENT,
    GIVE_WRITTEN_NOTICE,
    OFFER_CHOICE,
    RECEIVE_RETURN,
    RELEASE_RESERVATION,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    SUPPLEMENT_FUNDS,
)
from models.files.arrangements_file import (
    ArrangementsFile,
    BureauArrangements,
    CorrectionArrangements,
    ProvinceArrangements,
)
from models.messages.arrangements import Officers
from models.messages.requests import StaffAction
from models.messages.stages import Party
from province import CHANGCHUN, YANBIAN
from rules.values.form_fields import CorrectionEffect
from rules.values.record import MonthKind

TROUBLED = [
    step.name
    for step in (
        *CLEAN_CASE,
        AMEND_INFORMATION_FORM,
        CLEAR_DUPLICATES,
        ENTER_ARREARS_PAYMENT,
        GIVE_WRITTEN_NOTICE,
        OFFER_CHOICE,
        RECEIVE_RETURN,
        RELEASE_RESERVATION,
        RETURN_FUNDS,
        REVERSE_TAKING_IN,
        SUPPLEMENT_FUNDS,
    )
]


class Way(StrEnum):
    """How a message comes."""

    UPDATE = "update"
    SIGNAL = "signal"
    TWICE = "twice"


class Trouble(StrEnum):
    """What happens to a step the first time it is asked for."""

    LATE = "late"
    """It is taken up, and done a while later."""
    TOLD_LATE = "told late"
    """It is done, and the case hears of it a while later."""
    NEVER_TOLD = "never told"
    """It is done, and the worker dies before it can say so; it is asked for again."""


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody hands in something that is possible at the moment, or waits for that."""

    pick: int
    variant: int
    way: Way
    haste: bool


@dataclass(frozen=True, slots=True)
class WrongAction:
    """Somebody hands in anything in anybody's name: the wrong party, too early, too late, nonsense."""

    step: StaffAction
    by: Party
    variant: int
    way: Way


@dataclass(frozen=True, slots=True)
class Again:
    """A message that came before comes once more."""

    which: int


@dataclass(frozen=True, slots=True)
class Off:
    """A bureau's worker is stopped, whatever it is doing."""

    bureau: str


@dataclass(frozen=True, slots=True)
class On:
    """It is started again."""

    bureau: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is handed in until everybody who is there has done what there is to do."""


@dataclass(frozen=True, slots=True)
class DaysGoBy:
    """Time is skipped."""

    days: int


Happening = Act | WrongAction | Again | Off | On | Wait | DaysGoBy


@dataclass(frozen=True, slots=True)
class Program:
    """How a case begins and what befalls it."""

    arrangements: ArrangementsFile
    papers_missing: bool
    paid_twice: bool
    apart: MonthKind | None
    """The kind of the months before 2020, where the record has any."""
    proven: bool
    """The papers for one-off months are handed in with the application, and else with a second one."""
    certified: bool
    """A certification of service is handed in that names no months."""
    by_form: bool
    short_runs: bool
    """The case is handed over to a further run after few events, again and again."""
    troubles: dict[str, Trouble]
    """By the name of the step they befall."""
    happenings: tuple[Happening, ...]
    elsewhere_too: bool = False
    """A second case brings a year of the same months from another bureau, where no month stays apart."""


UNTROUBLED = Program(
    arrangements=ArrangementsFile(defaults=BureauArrangements(release_of_funds=Officers.ONE_OFFICER)),
    papers_missing=False,
    paid_twice=False,
    apart=None,
    proven=False,
    certified=False,
    by_form=False,
    short_runs=False,
    troubles={},
    happenings=(),
)
"""A case to which nothing happens; it waits for an officer before the funds leave."""


OFFICERS = st.sampled_from([*Officers, Officers.ONE_OFFICER])
EFFECTS = st.sampled_from(CorrectionEffect)
WAYS = st.sampled_from(Way)
VARIANTS = st.integers(0, 11)
APART = st.sampled_from(
    [None, MonthKind.ARREARS, MonthKind.ONE_OFF_WITHOUT_PAPERS, None, MonthKind.UNIT_ARREARS]
)
WHERE = st.sampled_from([CHANGCHUN, YANBIAN])

ARRANGEMENTS = st.builds(
    ArrangementsFile,
    defaults=st.builds(BureauArrangements, release_of_funds=OFFICERS, posting=OFFICERS, refund=OFFICERS),
    province=st.builds(ProvinceArrangements, ruling=OFFICERS),
    corrections=st.builds(CorrectionArrangements, clock_b=EFFECTS, clock_c=EFFECTS),
)
ACTS = st.builds(Act, pick=st.integers(0, 11), variant=VARIANTS, way=WAYS, haste=st.booleans())
HAPPENINGS = st.one_of(
    ACTS,
    ACTS,
    ACTS,
    ACTS,
    ACTS,
    st.builds(Wait),
    st.builds(
        WrongAction, step=st.sampled_from(StaffAction), by=st.sampled_from(Party), variant=VARIANTS, way=WAYS
    ),
    st.builds(Again, which=st.integers(0, 9)),
    st.builds(Off, bureau=WHERE),
    st.builds(On, bureau=WHERE),
    st.builds(DaysGoBy, days=st.integers(1, 60)),
)
PROGRAMS = st.builds(
    Program,
    arrangements=ARRANGEMENTS,
    papers_missing=st.booleans(),
    paid_twice=st.booleans(),
    apart=APART,
    proven=st.booleans(),
    certified=st.booleans(),
    by_form=st.booleans(),
    short_runs=st.booleans(),
    troubles=st.dictionaries(st.sampled_from(TROUBLED), st.sampled_from(Trouble), max_size=4),
    happenings=st.lists(HAPPENINGS, min_size=4, max_size=20).map(tuple),
)
TWO_CASES = PROGRAMS.map(lambda program: replace(program, elsewhere_too=True, apart=None))
"""The same with a second case of the person."""
