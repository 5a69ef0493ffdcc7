"""Random programs for a case: how it begins, who hands in what, who is off, what goes wrong."""

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
    """How a message is sent."""

    UPDATE = "update"
    SIGNAL = "signal"
    TWICE = "twice"


class Trouble(StrEnum):
    """What happens to a step the first time it is asked for."""

    LATE = "late"
    """It begins, and is done a while later."""
    TOLD_LATE = "told late"
    """It is done, and the case gets the result a while later."""
    NEVER_TOLD = "never told"
    """It is done, and the worker dies before it reports; the step is attempted again."""


@dataclass(frozen=True, slots=True)
class Act:
    """A party hands in something that is possible now, or waits until it is."""

    pick: int
    variant: int
    way: Way
    haste: bool


@dataclass(frozen=True, slots=True)
class WrongAction:
    """Any request by any party: the wrong party, too early, too late, or nonsense."""

    step: StaffAction
    by: Party
    variant: int
    way: Way


@dataclass(frozen=True, slots=True)
class Again:
    """An earlier message is sent again."""

    which: int


@dataclass(frozen=True, slots=True)
class Off:
    """A bureau's worker is stopped, even in the middle of a step."""

    bureau: str


@dataclass(frozen=True, slots=True)
class On:
    """A bureau's worker is started again."""

    bureau: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is handed in until the running workers have done all pending steps."""


@dataclass(frozen=True, slots=True)
class DaysGoBy:
    """Time is skipped."""

    days: int


Happening = Act | WrongAction | Again | Off | On | Wait | DaysGoBy


@dataclass(frozen=True, slots=True)
class Program:
    """How a case begins and what happens to it."""

    arrangements: ArrangementsFile
    papers_missing: bool
    paid_twice: bool
    apart: MonthKind | None
    """The kind of the months before 2020; None if the record has none."""
    proven: bool
    """Whether the papers for one-off months come with the application, or else with a second one."""
    certified: bool
    """Whether a certification of service without months is handed in."""
    by_form: bool
    short_runs: bool
    """Whether the case continues in a further run after every few events."""
    troubles: dict[str, Trouble]
    """The troubles, by the name of the step."""
    happenings: tuple[Happening, ...]
    elsewhere_too: bool = False
    """Whether a second case brings a year of the same months from another bureau, where none stay behind."""


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
"""A case without troubles, which waits for an officer before the release of funds."""


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
"""Programs with a second case of the same person."""
