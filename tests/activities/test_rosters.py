"""A bureau's roster, and what the bureau vouches for, on both kinds of store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from temporalio.testing import ActivityEnvironment

from activities.officers.approved import ApprovalsNeeded, PaperToApprove
from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.officers.roster import RosterActivities
from activities.officers.vouching import VouchingActivities, vouched, vouched_key
from activities.recovery.provisional_store import provisional
from models.messages.requests import (
    Amendment,
    AmendmentAnswer,
    Approvable,
    Approval,
    StaffAction,
    StaffRequest,
    Withdrawal,
)
from models.messages.stages import Party
from models.officers.keys import Demonstration, OfficerKey, make_key, text_of
from models.officers.rosters import (
    CHANGE,
    Bar,
    Bootstrap,
    Grant,
    Roster,
    RosterAnswer,
    RosterHindrance,
    RosterOrder,
    RosterPage,
    RosterQuestion,
)
from models.officers.seals import digest_of
from models.officers.verifying import NotVerified, verified_roster
from models.officers.vouching import ActLine, SealedAct, Vouched, VouchOrder
from models.store.store import Store
from models.store.tables import PaperRow
from rules.values.officers import Right, Role

CASE = "220100-20260115-AAAAAAAA"
HERE = "220100"
THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)

ROOT = make_key("province", "root")
LI, WANG = make_key(HERE, "li01"), make_key(HERE, "wang02")


class Bureau:
    """One bureau's officers' activities, at an instant that a test sets."""

    def __init__(self, store: Store, accepted: AcceptedOfficers) -> None:
        self.store = store
        self.register = OfficerRegister(HERE, store, accepted)
        self.now = THEN

    async def _run(self, method: Any, asked: Any) -> Any:
        desk = ActivityEnvironment()
        desk.info = replace(desk.info, started_time=self.now)
        return await desk.run(method, type(asked).model_validate_json(asked.model_dump_json()))

    async def change(self, change: Grant | Bar | Bootstrap, by: OfficerKey) -> RosterAnswer:
        order = RosterOrder(message_id="r-1", officer=by.officer, bureau=HERE, change=change)
        return await self.run_change(by.seal("", CHANGE, order, at=self.now))

    async def run_change(self, order: RosterOrder) -> RosterAnswer:
        """What becomes of a sealed order."""
        answer: RosterAnswer = await self._run(RosterActivities(self.register).change_roster, order)
        return answer

    async def bootstrapped(self) -> None:
        first = tuple(grant(each, Role.OPERATOR, Role.MAKER, Role.REGISTRAR) for each in (LI, WANG))
        answer = await self.change(Bootstrap(officers=first, reason="启用"), ROOT)
        assert answer.made is not None

    async def both(self, change: Grant | Bar) -> RosterAnswer:
        assert (await self.change(change, LI)).proposed
        return await self.change(change, WANG)

    async def vouch(
        self,
        request: StaffRequest,
        action: StaffAction = StaffAction.WITHDRAW,
        case_no: str = CASE,
        earlier: tuple[ActLine, ...] = (),
    ) -> list[str]:
        """The codes of the refusals; none when the bureau vouches."""
        order = VouchOrder(
            case_no=case_no,
            bureau=HERE,
            action=action,
            request=request.model_dump(mode="json"),
            earlier=earlier,
        )
        vouched: Vouched = await self._run(VouchingActivities(self.register).vouch, order)
        return [one.code for one in vouched.refusals]

    async def roster(self) -> RosterPage:
        page: RosterPage = await self._run(
            RosterActivities(self.register).read_roster, RosterQuestion(bureau=HERE)
        )
        return page


@pytest.fixture
def bureau(store: Store) -> Bureau:
    return Bureau(store, AcceptedOfficers(root=ROOT.public))


@pytest.fixture
def demonstration() -> Demonstration:
    return Demonstration(b"s" * 32)


def grant(key: OfficerKey, *roles: Role, **more: Any) -> Grant:
    return Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=roles, **more)


def withdrawal(key: OfficerKey, **more: Any) -> StaffRequest:
    said = {"message_id": "m-1", "by": Party.APPLICANT, "officer": key.officer, "reason": "不再转移"}
    return key.seal(CASE, "withdraw", Withdrawal.model_validate(said | more))


async def test_the_first_officers_come_by_the_pinned_root_and_only_once(bureau: Bureau) -> None:
    first = Bootstrap(
        officers=(grant(LI, Role.OPERATOR), grant(WANG, Role.OPERATOR)), reason="启用，会议纪要第1号"
    )
    stranger = make_key("province", "root")
    assert (await bureau.change(first, stranger)).hindrance is RosterHindrance.NO_ROOT
    assert (await bureau.change(first, ROOT)).made
    assert (await bureau.change(first, ROOT)).made, "the same order once more is the same answer"
    again = first.model_copy(update={"reason": "再次"})
    assert (await bureau.change(again, ROOT)).hindrance is RosterHindrance.NOT_EMPTY
    (made,) = (await bureau.roster()).changes
    assert made.orders[0].officer == "root"
    assert made.change == first


async def test_first_officers_need_two_operators_and_a_key_each(bureau: Bureau) -> None:
    one = Bootstrap(officers=(grant(LI, Role.OPERATOR), grant(WANG, Role.MAKER)), reason="启用")
    assert (await bureau.change(one, ROOT)).hindrance is RosterHindrance.NO_OPERATORS
    twice = grant(LI, Role.OPERATOR).model_copy(update={"officer": "wang02"})
    same_key = Bootstrap(officers=(grant(LI, Role.OPERATOR), twice), reason="启用")
    assert (await bureau.change(same_key, ROOT)).hindrance is RosterHindrance.KEY_TAKEN


async def test_enrolling_takes_two_officers(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    assert await bureau.vouch(withdrawal(chen)) == ["key_not_enrolled"]
    enrolled = grant(chen, Role.REGISTRAR)
    assert (await bureau.change(enrolled, LI)).proposed
    assert (await bureau.change(enrolled, LI)).proposed, "the same officer's word twice is one word"
    assert [one.order.officer for one in (await bureau.roster()).proposed] == ["li01"]
    assert await bureau.vouch(withdrawal(chen)) == ["key_not_enrolled"]
    answer = await bureau.change(enrolled, WANG)
    assert answer.made
    assert [one.officer for one in answer.made.orders] == ["li01", "wang02"]
    assert (await bureau.roster()).proposed == ()
    assert await bureau.vouch(withdrawal(chen)) == []


async def test_who_is_no_operator_enrols_nobody(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    await bureau.both(grant(chen, Role.REGISTRAR))
    answer = await bureau.change(grant(make_key(HERE, "x"), Role.MAKER), chen)
    assert answer.hindrance is RosterHindrance.NOT_VOUCHED
    assert "no right" in answer.why_en


async def test_one_key_with_two_ids_is_one_officer(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    second_id = grant(LI, Role.CHECKER).model_copy(update={"officer": "li02"})
    assert (await bureau.change(second_id, WANG)).hindrance is RosterHindrance.KEY_TAKEN
    under_another_name = grant(LI, Role.CHECKER).model_copy(update={"officer": "li02", "key": "0" * 32})
    assert (await bureau.change(under_another_name, WANG)).hindrance is RosterHindrance.NOT_VOUCHED
    as_li02 = Withdrawal(message_id="m-1", by=Party.APPLICANT, officer="li02", reason="不再转移")
    sealed = LI.seal(CASE, "withdraw", as_li02.model_copy(update={"officer": "li01"}))
    assert await bureau.vouch(sealed.model_copy(update={"officer": "li02"})) == ["key_of_another_officer"]


async def test_a_dismissed_officers_old_seals_verify_and_new_ones_do_not(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    await bureau.both(grant(chen, Role.REGISTRAR))
    bureau.now += timedelta(days=1)
    old, vouched_at = withdrawal(chen), bureau.now
    assert await bureau.vouch(old) == []
    bureau.now += timedelta(days=1)
    answer = await bureau.both(Bar(officer="CHEN03", reason="调离"))
    assert answer.made
    bureau.now += timedelta(minutes=1)
    assert await bureau.vouch(withdrawal(chen, message_id="m-2")) == ["officer_barred"]
    roster = Roster((await bureau.roster()).changes)
    assert roster.public_key(chen.id) == text_of(chen.public)
    assert roster.holder(chen.id, vouched_at)
    assert roster.holder(chen.id, bureau.now) is None


async def test_after_a_lost_key_the_officer_goes_on_with_a_new_one(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    lost, found = make_key(HERE, "chen03"), make_key(HERE, "chen03")
    await bureau.both(grant(lost, Role.REGISTRAR))
    bureau.now += timedelta(days=1)
    await bureau.both(Bar(officer="chen03", reason="密钥遗失"))
    await bureau.both(grant(found, Role.REGISTRAR))
    bureau.now += timedelta(minutes=1)
    assert await bureau.vouch(withdrawal(lost)) == ["officer_barred"]
    assert await bureau.vouch(withdrawal(found)) == []


async def test_an_absent_officer_is_back_after_the_last_day(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    await bureau.both(grant(chen, Role.REGISTRAR))
    leaves, returns = THEN + timedelta(days=1), THEN + timedelta(days=8)
    await bureau.both(Bar(officer="chen03", since=leaves, until=returns, reason="年休假"))
    for days, codes in ((0, []), (2, ["officer_barred"]), (8, [])):
        bureau.now = THEN + timedelta(days=days)
        assert await bureau.vouch(withdrawal(chen, message_id=f"m-{days}")) == codes


async def test_a_deputy_has_the_role_for_the_time_and_no_longer(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    await bureau.both(grant(chen, Role.MAKER))
    until = THEN + timedelta(days=5)
    await bureau.both(grant(chen, Role.REGISTRAR, until=until, deputy_for="li01"))
    assert await bureau.vouch(withdrawal(chen)) == []
    bureau.now = until
    assert await bureau.vouch(withdrawal(chen, message_id="m-2")) == ["no_right"]


async def test_a_role_gives_its_rights_and_no_others(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    checker = make_key(HERE, "chen03")
    await bureau.both(grant(checker, Role.CHECKER))
    assert await bureau.vouch(withdrawal(checker)) == ["no_right"]
    arbitrator = grant(make_key(HERE, "sun04"), Role.ARBITRATOR)
    assert (await bureau.change(arbitrator, LI)).hindrance is RosterHindrance.ROLE_UNKNOWN


async def test_forged_copied_and_unsealed_requests_are_refused(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    sealed = withdrawal(LI)
    assert await bureau.vouch(sealed) == []
    assert await bureau.vouch(sealed, case_no="220100-20260115-BBBBBBBB") == ["seal_not_genuine"]
    assert await bureau.vouch(sealed.model_copy(update={"reason": "别的"})) == ["seal_not_genuine"]
    assert await bureau.vouch(sealed.model_copy(update={"seal": None})) == ["not_sealed"]
    elsewhere = make_key("222400", "li01")
    assert await bureau.vouch(withdrawal(elsewhere)) == ["key_of_another_bureau"]


async def test_the_bureau_keeps_what_money_will_rest_on(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    checker = make_key(HERE, "chen03")
    await bureau.both(grant(checker, Role.CHECKER))
    said = Approval(
        message_id="m-9", by=Party.TRANSFER_IN, officer="chen03", what=Approvable.POSTING, of="form/1"
    )
    approval = checker.seal(CASE, "approve", said, ("form/1", "a" * 64))
    assert await bureau.vouch(approval, StaffAction.APPROVE) == []
    async with bureau.store.reading() as session:
        kept = await bureau.store.paper(session, vouched_key(CASE, "m-9"), SealedAct)
    assert kept is not None
    assert kept.request == approval.model_dump(mode="json")


async def test_separation_of_duties_is_told_by_its_rule(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    for_the_other = ActLine(right=Right.AMEND, side="out", officer="li01", key="f" * 32)
    assert await bureau.vouch(withdrawal(LI), earlier=(for_the_other,)) == ["acts_for_two_sides"]


def amendment(key: OfficerKey, case_no: str = CASE) -> StaffRequest:
    answer = AmendmentAnswer(field="name", value="崔明玉")
    said = Amendment(message_id="m-5", by=Party.TRANSFER_OUT, officer=key.officer, answers=(answer,))
    return key.seal(case_no, "amend", said, ("form/1", "a" * 64))


def release(key: OfficerKey, case_no: str = CASE, message_id: str = "m-6") -> StaffRequest:
    said = Approval(
        message_id=message_id,
        by=Party.TRANSFER_OUT,
        officer=key.officer,
        what=Approvable.RELEASE_OF_FUNDS,
        of="form/2",
    )
    return key.seal(case_no, "approve", said, ("form/2", "b" * 64))


async def two_who_amend_and_release(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    for key in (LI, WANG):
        await bureau.both(grant(key, Role.OPERATOR, Role.MAKER, Role.RELEASER))


async def test_who_has_amended_a_form_does_not_release_it_though_the_caller_names_nothing_earlier(
    bureau: Bureau,
) -> None:
    await two_who_amend_and_release(bureau)
    assert await bureau.vouch(amendment(LI), StaffAction.AMEND) == []
    assert await bureau.vouch(release(LI), StaffAction.APPROVE) == ["amended_and_releases"]
    async with bureau.store.reading() as session:
        assert await bureau.store.paper(session, vouched_key(CASE, "m-6"), SealedAct) is None
    assert await bureau.vouch(release(WANG, message_id="m-7"), StaffAction.APPROVE) == []
    elsewhere = "220100-20260115-BBBBBBBB"
    assert await bureau.vouch(release(LI, elsewhere), StaffAction.APPROVE, elsewhere) == []


async def test_an_approval_that_is_kept_stays_vouched_for_whatever_its_officer_does_after_it(
    bureau: Bureau,
) -> None:
    await two_who_amend_and_release(bureau)
    approval = release(LI)
    assert await bureau.vouch(approval, StaffAction.APPROVE) == []
    assert await bureau.vouch(amendment(LI), StaffAction.AMEND) == []
    assert await bureau.vouch(approval, StaffAction.APPROVE) == []


async def test_an_approval_that_comes_again_under_a_new_seal_counts_under_that_seal(bureau: Bureau) -> None:
    """The case may have refused the first, as when a dispute was raised meanwhile: the same words by the same
    officer then bear the same message id."""
    await two_who_amend_and_release(bureau)
    paper = RosterQuestion(bureau=HERE)
    said = Approval(
        message_id="m-8",
        by=Party.TRANSFER_OUT,
        officer="li01",
        what=Approvable.RELEASE_OF_FUNDS,
        of="form/2",
    )
    wanted = PaperToApprove(CASE, Approvable.RELEASE_OF_FUNDS, "form/2", paper)
    for hours in range(3):
        at = THEN + timedelta(hours=hours)
        sealed = LI.seal(CASE, "approve", said, ("form/2", digest_of(paper)), at=at)
        for _ in range(2):
            assert await bureau.vouch(sealed, StaffAction.APPROVE) == []
        act = SealedAct(
            action=StaffAction.APPROVE,
            bureau=HERE,
            about="form/2",
            request=sealed.model_dump(mode="json"),
            vouched_at=at,
        )
        async with bureau.store.transaction() as session:
            await ApprovalsNeeded().require(bureau.store, session, wanted, ("li01",), (act,))
            assert len(await vouched(bureau.store, session, CASE, "m-8")) == hours + 1
    other = LI.seal(CASE, "approve", said.model_copy(update={"of": "form/3"}), ("form/3", "c" * 64))
    assert await bureau.vouch(other, StaffAction.APPROVE) == ["message_id_in_use"]


async def test_who_is_enrolled_on_trial_acts_on_trial_and_nowhere_else(store: Store) -> None:
    """A store that was lost from its beginning is recovered so: its first officers, then what they did."""
    accepted = AcceptedOfficers(root=ROOT.public)
    async with provisional(store) as trial, trial.part() as part:
        on_trial = Bureau(trial, accepted)
        await on_trial.bootstrapped()
        assert await on_trial.vouch(withdrawal(LI)) == []
        await part.rollback()
    assert await Bureau(store, accepted).vouch(withdrawal(LI)) == ["key_not_enrolled"]


async def test_demonstration_officers_need_no_ceremony_and_are_entered_as_such(
    store: Store, demonstration: Demonstration
) -> None:
    bureau = Bureau(store, AcceptedOfficers(demonstration))
    anybody = demonstration.officer(HERE, "zhang09")
    assert await bureau.vouch(withdrawal(anybody)) == []
    assert await bureau.vouch(withdrawal(anybody, message_id="m-2")) == []
    (made,) = (await bureau.roster()).changes
    assert isinstance(made.change, Grant)
    assert (made.change.officer, made.change.demonstration) == ("zhang09", True)
    forger = Demonstration(b"x" * 32).officer(HERE, "zhang09")
    assert await bureau.vouch(withdrawal(forger)) == ["key_not_enrolled"]


async def test_where_officers_are_enrolled_those_of_a_demonstration_are_refused(
    store: Store, demonstration: Demonstration
) -> None:
    anybody = demonstration.officer(HERE, "zhang09")
    assert await Bureau(store, AcceptedOfficers(demonstration)).vouch(withdrawal(anybody)) == []
    bureau = Bureau(store, AcceptedOfficers(root=ROOT.public))
    assert await bureau.vouch(withdrawal(anybody, message_id="m-2")) == ["officer_barred"]
    await bureau.bootstrapped()
    assert await bureau.vouch(withdrawal(LI, message_id="m-3")) == []


async def test_an_enrolled_officers_id_is_no_demonstration_officers(
    store: Store, demonstration: Demonstration
) -> None:
    bureau = Bureau(store, AcceptedOfficers(demonstration, root=ROOT.public))
    await bureau.bootstrapped()
    assert await bureau.vouch(withdrawal(demonstration.officer(HERE, "li01"))) == ["key_not_enrolled"]


async def test_the_roster_is_part_of_the_chain(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    async with bureau.store.reading() as session:
        (row,) = await session.exec(select(PaperRow))
    assert row.link == 1


async def test_a_key_is_lost_twice_and_each_time_two_officers_bar_it(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    lost = Bar(officer="chen03", reason="密钥遗失")
    for number in range(2):
        chen = make_key(HERE, "chen03")
        await bureau.both(grant(chen, Role.REGISTRAR))
        assert await bureau.vouch(withdrawal(chen, message_id=f"m-{number}")) == []
        bureau.now += timedelta(days=1)
        assert (await bureau.change(lost, LI)).proposed, "one officer alone never bars a key"
        assert (await bureau.change(lost, LI)).proposed
        answer = await bureau.change(lost, WANG)
        assert answer.made
        assert {one.officer for one in answer.made.orders} == {"li01", "wang02"}
        assert await bureau.vouch(withdrawal(chen)) == ["officer_barred"]
        bureau.now += timedelta(days=1)
    page = await bureau.roster()
    assert [one.change.kind for one in page.changes] == ["bootstrap", "grant", "bar", "grant", "bar"]
    assert page.proposed == ()
    assert verified_roster(HERE, page.changes, ROOT.public, lambda _: False).serial == 5


async def test_an_officer_who_comes_back_is_enrolled_with_the_same_key_again(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen = make_key(HERE, "chen03")
    enrolled = grant(chen, Role.REGISTRAR)
    await bureau.both(enrolled)
    await bureau.both(Bar(officer="chen03", reason="借调"))
    assert await bureau.vouch(withdrawal(chen)) == ["officer_barred"]
    bureau.now += timedelta(days=30)
    assert (await bureau.both(enrolled)).made
    assert await bureau.vouch(withdrawal(chen)) == []
    assert (await bureau.change(enrolled, LI)).made, "typed once more it is the same change"


async def test_a_used_order_counts_for_no_second_change(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    chen, lost = make_key(HERE, "chen03"), Bar(officer="chen03", reason="密钥遗失")
    await bureau.both(grant(chen, Role.REGISTRAR))
    first = (await bureau.both(lost)).made
    assert first is not None
    bureau.now += timedelta(days=1)
    await bureau.both(grant(make_key(HERE, "chen03"), Role.REGISTRAR))
    used = next(one for one in first.orders if one.officer == "li01")
    copied = await bureau.run_change(used)
    assert copied.made == first
    assert (await bureau.change(lost, WANG)).proposed


async def test_where_one_operator_is_left_the_root_is_the_second_word(bureau: Bureau) -> None:
    await bureau.bootstrapped()
    lost = Bar(officer="wang02", reason="密钥遗失")
    stranger = make_key("province", "root")
    assert (await bureau.change(lost, stranger)).hindrance is RosterHindrance.NOT_VOUCHED
    assert (await bureau.change(lost, ROOT)).proposed
    assert (await bureau.change(lost, ROOT)).proposed, "the root alone changes nothing"
    assert (await bureau.change(lost, LI)).made
    assert (await bureau.change(grant(make_key(HERE, "sun04"), Role.OPERATOR), LI)).proposed
    assert (await bureau.change(grant(make_key(HERE, "zhao05"), Role.OPERATOR), WANG)).hindrance
    page = await bureau.roster()
    assert verified_roster(HERE, page.changes, ROOT.public, lambda _: False).serial == 2
    with pytest.raises(NotVerified):
        verified_roster(HERE, page.changes, stranger.public, lambda _: False)
