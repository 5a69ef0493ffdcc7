"""Requests that fit the state of a case, in one of several variants, some of which make no sense."""

from collections.abc import Sequence
from dataclasses import dataclass

from staff import (
    amendment,
    answer,
    approval,
    arrears_paid,
    certification,
    choice,
    completion,
    correction,
    correction_withdrawal,
    dispute,
    dispute_withdrawal,
    hold,
    referral,
    reopening,
    resumption,
    ruling,
    settlement,
    supplement,
    withdrawal,
)

from models.messages.corrections import OpenItem
from models.messages.duplicates import DuplicateNotice
from models.messages.progress import Progress
from models.messages.requests import Approvable, StaffAction, StaffRequest
from models.messages.stages import Party
from rules.application.checklist import MONTHS_OF_CERTIFICATION
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.moves import Material
from rules.values.orders import (
    AmendField,
    Close,
    ExtendClock,
    Order,
    Proceed,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)

BACK = (ReturnFunds(), RestoreRelationship(), Close())
BASE = AmendField("base/2021-01..2021-12", "6600.00")
CORRECTIONS = (
    [("base/2020-01..2020-12", "6000.00", "7000.00")],
    [("base/2021-01..2021-12", "6000.00", "5000.00")],
    [("line/5", "51840.00", "52000.00")],
    [("line/2", "1.00", "30000.00"), ("base/2022-01..2022-06", "6000.00", "6100.00")],
    [("name", "崔明玉", "崔明宇")],
    [("base/2030-01..2030-12", "6000.00", "7000.00")],
    [("line/6", "1.00", "2.00")],
)
PAID = (("2016-01", "2018-12"), ("2016-01", "2016-06"), ("2016-07", "2018-12"), ("2019-01", "2019-02"))
RULINGS: tuple[tuple[Order, ...], ...] = (
    (Proceed(),),
    BACK,
    (Close(),),
    (ReturnFunds(), Proceed()),
    (BASE, Proceed()),
    (SetAmount(Fen(3_000_000), Fen(5_000_000)), Proceed()),
    (SupplementFunds(Fen(100), Fen(250)), Proceed()),
    (SetAmount(Fen(9_000_000), Fen(9_000_000)), SupplementFunds(Fen(100), Fen(250)), Proceed()),
    (RestartClock(Clock.TRANSFER_OUT), RestartClock(Clock.REVIEW), Proceed()),
    (RestartClock(Clock.TAKE_IN), ExtendClock(Clock.TRANSFER_OUT, 5), Proceed()),
    (BASE, *BACK),
    (BASE, Close()),
    (SupplementFunds(Fen(100), Fen(250)), Close()),
)


@dataclass(frozen=True)
class Known:
    """What staff know of a case before they act."""

    progress: Progress
    open_items: Sequence[OpenItem]
    offer: DuplicateNotice | None
    number: int
    """The number of the message, which makes officers and rulings differ."""


def worded(step: StaffAction, variant: int, known: Known) -> StaffRequest:
    """A request that fits the case, or nearly fits it."""
    match step:
        case StaffAction.SUPPLEMENT:
            return _papers(variant, known)
        case StaffAction.ARREARS:
            return arrears_paid(*PAID[variant % len(PAID)])
        case StaffAction.CERTIFY:
            return certification(*(("2025-11", "2025-12"), ("2018-01", "2018-02"))[variant % 2])
        case StaffAction.CORRECT:
            return correction(*CORRECTIONS[variant % len(CORRECTIONS)])
        case StaffAction.AMEND:
            return _amendment(variant, known)
        case StaffAction.APPROVE:
            return _approval(variant, known)
        case StaffAction.CHOOSE:
            periods = known.offer.open_periods if known.offer else 0
            return choice(*[1 + variant % 2] * periods, consent=variant != 11)
        case StaffAction.RULE:
            orders = RULINGS[variant % len(RULINGS)]
            return ruling(
                orders, f"裁〔2026〕{known.progress.case_no}-{known.number}号", f"province-{known.number % 3}"
            )
        case StaffAction.WITHDRAW_CORRECTION:
            fields = [one.item.field for one in known.open_items] or ["line/5"]
            return correction_withdrawal(*(fields if variant % 2 else fields[:1]))
        case _:
            return _about_the_case(step, variant)


def _about_the_case(step: StaffAction, variant: int) -> StaffRequest:
    by = (Party.TRANSFER_IN, Party.TRANSFER_OUT)[variant % 2]
    match step:
        case StaffAction.REOPEN:
            return reopening(*CORRECTIONS[variant % len(CORRECTIONS)])
        case StaffAction.HOLD:
            return hold(by)
        case StaffAction.RESUME:
            return resumption(by)
        case StaffAction.COMPLETE:
            return completion(by, "崔明玉")
        case StaffAction.WITHDRAW_DISPUTE:
            return dispute_withdrawal(by)
        case StaffAction.DISPUTE:
            return dispute(by)
        case StaffAction.ANSWER:
            return answer(by)
        case StaffAction.SETTLE:
            return settlement(by)
        case StaffAction.REFER:
            return referral(by)
        case _:
            return withdrawal()


def papers_missing(progress: Progress) -> list[Material]:
    """The missing papers, without months that a certification has to name."""
    return [Material(one.code) for one in progress.missing if one.code != MONTHS_OF_CERTIFICATION]


def _papers(variant: int, known: Known) -> StaffRequest:
    missing = papers_missing(known.progress) or [Material.APPLICATION_FORM]
    return supplement(*(missing if variant % 3 else missing[:1]))


def _amendment(variant: int, known: Known) -> StaffRequest:
    expected = {one.item.field: one.item.expected for one in known.open_items} or {"line/5": "1.00"}
    if variant % 4 == 3:
        expected = dict(list(expected.items())[:1])
    if variant % 4 == 2:
        return amendment(dict.fromkeys(expected))
    return amendment({field: "confirmed" if field == "funds" else said for field, said in expected.items()})


def _approval(variant: int, known: Known) -> StaffRequest:
    awaited = [one.what for one in known.progress.approvals] or list(Approvable)
    what = awaited[variant % len(awaited)]
    return approval(what, f"checker-{variant % 3}")
