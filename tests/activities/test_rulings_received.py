"""A bureau is given a ruling: it verifies the province's officers by what it holds itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from staff import approval, ruling
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import MORE_OFFICERS
from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.officers.ruled import require_ruled
from activities.officers.rulings import RulingActivities
from models.files.arrangements_file import ArrangementsFile, ProvinceArrangements
from models.messages.arrangements import Officers
from models.messages.disputes import RulingRecord
from models.messages.requests import Approvable, StaffAction, StaffRequest
from models.officers.keys import Demonstration, OfficerKey, make_key, text_of
from models.officers.rosters import CHANGE, Bar, Bootstrap, Grant, RosterChange, RosterOrder
from models.officers.rulings import RulingDelivery
from models.officers.seals import digest_of
from models.officers.verifying import NotVerified
from models.officers.vouching import SealedAct
from models.store.store import Store
from rules.values.officers import PROVINCE, Role
from rules.values.orders import Close, DisputePoint

HERE, CASE = "220100", "220100-20260115-AAAAAAAA"
THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)
ROOT = make_key(PROVINCE, "root")
GAO, HE = make_key(PROVINCE, "gao01"), make_key(PROVINCE, "he02")


def grant(key: OfficerKey, *roles: Role) -> Grant:
    return Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=roles)


def change(serial: int, made: Grant | Bar | Bootstrap, *by: OfficerKey) -> RosterChange:
    orders = tuple(
        key.seal("", CHANGE, RosterOrder(message_id="r", officer=key.officer, bureau=PROVINCE, change=made))
        for key in by
    )
    return RosterChange(serial=serial, change=made, orders=orders, started_at=THEN)


BOTH = Bootstrap(
    officers=tuple(grant(key, Role.ARBITRATOR, Role.OPERATOR) for key in (GAO, HE)), reason="启用"
)
ROSTER = (change(1, BOTH, ROOT),)


def act(action: StaffAction, key: OfficerKey, request: StaffRequest, about: tuple[str, str]) -> SealedAct:
    return _kept(action, key, about[0], key.seal(CASE, action.value, request, about))


def _kept(action: StaffAction, key: OfficerKey, number: str, sealed: StaffRequest) -> SealedAct:
    return SealedAct(
        action=action,
        bureau=key.bureau,
        about=number,
        request=sealed.model_dump(mode="json"),
        vouched_at=THEN + timedelta(days=1),
    )


def delivery(
    maker: OfficerKey = GAO, checker: OfficerKey = HE, roster: Sequence[RosterChange] = ROSTER
) -> RulingDelivery:
    """A ruling by one officer of the province, approved by another."""
    made = ruling([Close()], "裁〔2026〕1号", maker.officer)
    made = maker.seal(CASE, "rule", made)
    ruled = _kept(StaffAction.RULE, maker, made.number, made)
    said = approval(Approvable.RULING, checker.officer, of=made.number)
    checked = act(StaffAction.APPROVE, checker, said, (made.number, digest_of(made)))
    record = RulingRecord(
        case_no=CASE,
        point=DisputePoint.AMOUNT,
        ruling=made,
        officers=(maker.officer, checker.officer),
        made_at=THEN,
    )
    return RulingDelivery(record=record, acts=(ruled, checked), roster=tuple(roster))


async def given(store: Store, delivered: RulingDelivery, accepted: AcceptedOfficers | None = None) -> None:
    accepted = accepted or AcceptedOfficers(root=ROOT.public)
    desk = ActivityEnvironment()
    desk.info = replace(desk.info, started_time=THEN)
    method = RulingActivities(OfficerRegister(HERE, store, accepted)).receive_ruling
    await desk.run(method, RulingDelivery.model_validate_json(delivered.model_dump_json()))


async def on_file(store: Store) -> bool:
    async with store.reading() as session:
        try:
            await require_ruled(store, session, CASE, "裁〔2026〕1号", Close)
        except ValueError:
            return False
    return True


async def test_a_ruling_of_two_arbitrators_is_filed_and_then_carried_out(store: Store) -> None:
    assert not await on_file(store)
    await given(store, delivery())
    assert await on_file(store)
    await given(store, delivery())


@pytest.mark.parametrize(
    ("delivered", "said"),
    [
        (delivery(checker=GAO), "twice by one officer"),
        (delivery(maker=make_key(PROVINCE, "gao01")), "nobody on the roster"),
        (delivery(checker=make_key(HERE, "he02")), "not sealed by every officer"),
        (delivery(roster=()), "nobody on the roster"),
        (delivery(roster=(change(1, BOTH, make_key(PROVINCE, "root")),)), "rests on no officers' seals"),
        (delivery().model_copy(update={"acts": ()}), "not sealed by every officer"),
    ],
    ids=["one officer", "another key", "a bureau's officer", "no roster", "another root", "no seals"],
)
async def test_a_forged_ruling_is_not_filed(store: Store, delivered: RulingDelivery, said: str) -> None:
    with pytest.raises(NotVerified, match=said):
        await given(store, delivered)
    assert not await on_file(store)


async def test_a_ruling_whose_orders_were_changed_afterwards_is_not_filed(store: Store) -> None:
    genuine = delivery()
    changed = genuine.record.ruling.model_copy(update={"reasons": "另一理由"})
    record = genuine.record.model_copy(update={"ruling": changed})
    with pytest.raises(NotVerified):
        await given(store, genuine.model_copy(update={"record": record}))
    assert not await on_file(store)


async def test_who_is_no_arbitrator_makes_no_ruling(store: Store) -> None:
    sun = make_key(PROVINCE, "sun03")
    roster = (*ROSTER, change(2, grant(sun, Role.CALENDAR_REGISTRAR), GAO, HE))
    with pytest.raises(NotVerified, match="no right"):
        await given(store, delivery(maker=sun, roster=roster))


async def test_a_roster_older_than_one_seen_here_is_not_believed(store: Store) -> None:
    newer = (*ROSTER, change(2, Bar(officer="wu09", reason="-"), GAO, HE))
    first = delivery(roster=newer)
    await given(store, first)
    with pytest.raises(NotVerified, match="older than one that was seen"):
        await given(store, another_by_one_officer())


@pytest.mark.parametrize(
    ("arranged", "filed"),
    [
        (None, False),
        (ArrangementsFile(), False),
        (ArrangementsFile(province=ProvinceArrangements(ruling=Officers.ONE_OFFICER)), True),
        (ArrangementsFile(since=THEN.date() + timedelta(days=1)), False),
    ],
    ids=["no file", "two officers", "one officer", "two officers since a later day"],
)
async def test_a_bureau_carries_out_what_as_many_arbitrators_have_sealed_as_are_arranged_there(
    store: Store, arranged: ArrangementsFile | None, filed: bool
) -> None:
    """Whoever delivers a ruling says who has approved it, and may name the one who made it alone."""
    accepted = AcceptedOfficers(root=ROOT.public, arranged=arranged)
    if filed:
        await given(store, another_by_one_officer(), accepted)
        return
    with pytest.raises(ApplicationError, match="has arranged that 2 officers approve the ruling") as more:
        await given(store, another_by_one_officer(), accepted)
    assert more.value.type == MORE_OFFICERS
    await given(store, delivery(), accepted)


async def test_a_case_from_before_the_arrangements_keeps_the_officers_it_was_opened_with(
    store: Store,
) -> None:
    await given(store, delivery())
    later = ArrangementsFile(since=THEN.date() + timedelta(days=1))
    await given(store, another_by_one_officer(), AcceptedOfficers(root=ROOT.public, arranged=later))


def another_by_one_officer() -> RulingDelivery:
    """A later ruling, which comes with the first roster."""
    made = GAO.seal(CASE, "rule", ruling([Close()], "裁〔2026〕2号", GAO.officer))
    ruled = _kept(StaffAction.RULE, GAO, made.number, made)
    record = RulingRecord(
        case_no=CASE, point=DisputePoint.AMOUNT, ruling=made, officers=(GAO.officer,), made_at=THEN
    )
    return RulingDelivery(record=record, acts=(ruled,), roster=ROSTER)


async def test_demonstration_officers_of_the_province_are_known_to_a_bureau_of_the_demonstration(
    store: Store,
) -> None:
    shared, other = Demonstration(b"s" * 32), Demonstration(b"o" * 32)
    keys = [shared.officer(PROVINCE, one) for one in ("gao01", "he02")]
    roster = tuple(
        RosterChange(
            serial=number,
            change=grant(key, Role.ARBITRATOR).model_copy(update={"demonstration": True, "since": THEN}),
            orders=(),
            started_at=THEN,
        )
        for number, key in enumerate(keys, start=1)
    )
    maker, checker = keys
    delivered = delivery(maker, checker, roster)
    for accepted in (AcceptedOfficers(other), AcceptedOfficers(root=ROOT.public)):
        with pytest.raises(NotVerified):
            await given(store, delivered, accepted)
    await given(store, delivered, AcceptedOfficers(shared))
    assert await on_file(store)
