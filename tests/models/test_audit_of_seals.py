"""The audit verifies each seal in each dossier by the roster, with public keys alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.audit.seals import divergences_of_seals
from models.files.history_file import StatedRecord
from models.messages.papers import Paper
from models.messages.requests import StaffAction, Withdrawal
from models.messages.stages import Party
from models.messages.steps import SeedBatch
from models.officers.keys import OfficerKey, make_key, text_of
from models.officers.orders import OfficersOrder, order_for
from models.officers.rosters import CHANGE, Bar, Bootstrap, Grant, RosterChange, RosterOrder
from models.officers.seals import digest_of
from models.officers.vouching import SealedAct
from models.store.loaded_records import LoadedRecord
from models.store.store import PaperKey, Store
from rules.values.money import Fen, Rate
from rules.values.moves import Scheme
from rules.values.officers import Right, Role
from rules.values.papers import PaperKind, Side

HERE, CASE = "220100", "220100-20260115-AAAAAAAA"
ROOT = make_key("province", "root")
LI, WANG = make_key(HERE, "li01"), make_key(HERE, "wang02")
THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)


class FiledDossier(Paper):
    """As much of a dossier as the register asks for."""

    application: dict[str, str]
    progress: dict[str, str]
    acts: tuple[SealedAct, ...]


def grant(key: OfficerKey) -> Grant:
    roles = (Role.OPERATOR, Role.REGISTRAR)
    return Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=roles)


def order(change: Grant | Bar | Bootstrap, by: OfficerKey) -> RosterOrder:
    return by.seal("", CHANGE, RosterOrder(message_id="r", officer=by.officer, bureau=HERE, change=change))


def act(key: OfficerKey = LI, at: datetime = THEN + timedelta(days=1), **changed: Any) -> SealedAct:
    said = Withdrawal(message_id="m-1", by=Party.APPLICANT, officer=key.officer, reason="不再转移")
    request = key.seal(CASE, "withdraw", said).model_copy(update=changed).model_dump(mode="json")
    return SealedAct(action=StaffAction.WITHDRAW, bureau=key.bureau, request=request, vouched_at=at)


async def enter(
    store: Store, serial: int, change: Grant | Bar | Bootstrap, *by: OfficerKey, days: int = 0
) -> None:
    made = RosterChange(
        serial=serial,
        change=change,
        orders=tuple(order(change, each) for each in by),
        started_at=THEN + timedelta(days=days),
    )
    async with store.transaction() as session:
        await store.file(session, PaperKey("", PaperKind.ROSTER, Side.ISSUED, serial), THEN, made)


@pytest.fixture
async def bureau(store: Store) -> Store:
    """A bureau with its two first officers."""
    await enter(store, 1, Bootstrap(officers=(grant(LI), grant(WANG)), reason="启用"), ROOT)
    return store


async def found(store: Store, *acts: SealedAct, root: bytes | None = ROOT.public) -> list[tuple[str, str]]:
    """Code and subject of what the audit finds where a dossier holds these acts."""
    moved = dict.fromkeys(("bureau_out", "bureau_in", "id_number", "scheme_from", "scheme_to"), "x")
    dossier = FiledDossier(application=moved, progress={"stage": "closed"}, acts=acts)
    async with store.transaction() as session:
        await store.file(session, PaperKey(CASE, PaperKind.DOSSIER, Side.RECEIVED), THEN, dossier)
    async with store.reading() as session:
        return [(one.code, one.subject) async for one in divergences_of_seals(session, HERE, root)]


UNSEALED = [("seal_not_genuine", f"{CASE} m-1")]


LOADED = StatedRecord(
    id_number="222401198604120247", scheme=Scheme.GOVERNMENT, bureau=HERE, months=(), opening=None, rates={}
)


async def entered(store: Store, *items: StatedRecord, order: OfficersOrder | None = None) -> list[str]:
    """What the audit finds where a record was loaded by an order that lists these."""
    listed = tuple(digest_of(one) for one in items)
    batch = SeedBatch(bureau=HERE, histories=())
    made = order or LI.seal("", Right.SEED, order_for(Right.SEED, HERE, LI.officer, batch, listed))
    key = PaperKey("", PaperKind.OFFICERS_ORDER, Side.RECEIVED, reference=made.message_id)
    loaded = LoadedRecord(
        **dict(LOADED), number="opening/1", individual=Fen(0), pooled=Fen(0), entered_by=made.message_id
    )
    async with store.transaction() as session:
        await store.file(session, key, THEN + timedelta(days=1), made)
        await store.file(session, PaperKey("", PaperKind.LOADED_RECORD, Side.ISSUED), THEN, loaded)
    async with store.reading() as session:
        return [one.code async for one in divergences_of_seals(session, HERE, ROOT.public)]


async def test_a_record_that_an_operators_order_lists_is_clean(bureau: Store) -> None:
    assert await entered(bureau, LOADED) == []


async def test_a_record_that_no_order_lists_is_named(bureau: Store) -> None:
    other = LOADED.model_copy(update={"rates": {2020: Rate(80_000)}})
    assert await entered(bureau, other) == ["entered_by_no_order"]


async def test_an_order_of_another_right_loads_nothing(bureau: Store) -> None:
    right, items = Right.IMPORT_STATEMENT, (digest_of(LOADED),)
    asked = order_for(right, HERE, LI.officer, SeedBatch(bureau=HERE, histories=()), items)
    assert await entered(bureau, order=LI.seal("", right, asked)) == ["entered_by_no_order"]


@pytest.mark.parametrize("changed", [{"officer": "wang02"}, {"items": ()}, {"seal": None}])
async def test_an_order_that_was_not_sealed_so_is_named(bureau: Store, changed: dict[str, Any]) -> None:
    asked = order_for(Right.SEED, HERE, LI.officer, LOADED, (digest_of(LOADED),))
    made = LI.seal("", Right.SEED, asked).model_copy(update=changed)
    assert (await entered(bureau, order=made))[0] == "order_not_genuine"


async def test_genuine_seals_are_clean_also_of_who_was_dismissed_since(bureau: Store) -> None:
    await enter(bureau, 2, Bar(officer="li01", reason="调离"), LI, WANG, days=5)
    assert await found(bureau, act(), act(WANG)) == []


async def test_a_seal_from_after_the_dismissal_is_named(bureau: Store) -> None:
    await enter(bureau, 2, Bar(officer="li01", reason="调离"), LI, WANG, days=5)
    assert await found(bureau, act(at=THEN + timedelta(days=6))) == UNSEALED


@pytest.mark.parametrize("changed", [{"reason": "另一理由"}, {"officer": "wang02"}, {"seal": None}])
async def test_what_was_not_sealed_so_is_named(bureau: Store, changed: dict[str, Any]) -> None:
    assert await found(bureau, act(**changed)) == UNSEALED


async def test_a_key_that_is_on_no_roster_is_named(bureau: Store) -> None:
    assert await found(bureau, act(make_key(HERE, "li01"))) == UNSEALED


async def test_what_the_others_officers_sealed_is_for_the_other_bureau_to_verify(
    bureau: Store,
) -> None:
    assert await found(bureau, act(make_key("222400", "li01"))) == []


async def test_a_roster_that_follows_from_no_root_is_named(bureau: Store) -> None:
    other = make_key("province", "root")
    assert await found(bureau, act(), root=other.public) == [("roster_not_verified", "roster")]


@pytest.mark.parametrize("by", [(LI,), (LI, LI), (LI, make_key(HERE, "sun03")), ()])
async def test_a_change_that_two_officers_have_not_ordered_is_named(
    bureau: Store, by: tuple[OfficerKey, ...]
) -> None:
    await enter(bureau, 2, grant(make_key(HERE, "chen04")), *by)
    assert await found(bureau) == [("roster_not_verified", "roster")]


async def test_a_change_struck_from_the_roster_is_named(bureau: Store) -> None:
    await enter(bureau, 3, grant(make_key(HERE, "chen04")), LI, WANG)
    assert await found(bureau) == [("roster_not_verified", "roster")]
