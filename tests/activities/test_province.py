"""The provincial bureau's desk: arrangements, files of disputes, rulings checked, kept and found again."""

from datetime import UTC, datetime, timedelta

import pytest
from staff import approval, demonstration, ruling
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.province.province import ProvinceActivities
from models.files.arrangements_file import ArrangementsFile, ProvinceArrangements
from models.messages.arrangements import Arrangements, Officers
from models.messages.disputes import (
    RULINGS_TOLD,
    DisputeRecord,
    PastRulings,
    PositionTaken,
    ProvinceFile,
    RulingAnswer,
    RulingCheck,
    RulingNumber,
    RulingRecord,
    RulingsQuestion,
)
from models.messages.requests import Approvable, Position, Ruling, StaffAction, StaffRequest
from models.messages.stages import Party
from models.messages.steps import CaseOrder, CasePapers, Filing
from models.officers.rulings import RulingDelivery
from models.officers.seals import digest_of
from models.officers.vouching import SealedAct
from models.store.store import PaperKey, Store
from province import application
from rules.values.bounds import FIELD, ORDERS, TEXT, VALUE
from rules.values.law import Finding
from rules.values.officers import PROVINCE
from rules.values.orders import AmendField, CaseFacts, Close, DisputePoint, Proceed, ReturnFunds
from rules.values.papers import PaperKind, Side
from rules.values.texts import year_of_document

CASE = "220100-20260115-AAAAAAAA"
OTHER_CASE = "220300-20260116-CCCCCCCC"
THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)
TOO_FEW = "Fewer officers of the province than it takes have sealed this ruling"


@pytest.fixture
def desk(store: Store) -> ProvinceActivities:
    return ProvinceActivities(
        store, register=OfficerRegister(PROVINCE, store, AcceptedOfficers(demonstration()))
    )


def sealed(made: Ruling, case_no: str = CASE, officer: str = "province-01", of: str = PROVINCE) -> Ruling:
    return demonstration().officer(of, officer).seal(case_no, "rule", made)


def record(
    number: str = "裁〔2026〕1号",
    case_no: str = CASE,
    point: DisputePoint = DisputePoint.BASES,
    days: int = 0,
    carried_out: int = 0,
) -> RulingRecord:
    made = ruling([ReturnFunds(), Close()], number).model_copy(update={"message_id": f"m/{case_no}/{days}"})
    return RulingRecord(
        case_no=case_no,
        point=point,
        ruling=sealed(made, case_no),
        officers=("province-01", "province-02"),
        made_at=THEN + timedelta(days=days),
        carried_out=carried_out,
    )


def ruled(one: RulingRecord) -> SealedAct:
    """That its maker has sealed a ruling."""
    return act(StaffAction.RULE, one, one.ruling)


def approved(one: RulingRecord, officer: str = "province-02", of: str = PROVINCE) -> SealedAct:
    """That an officer has sealed the approval of just this ruling."""
    said = approval(Approvable.RULING, officer, of=one.ruling.number)
    about = (one.ruling.number, digest_of(one.ruling))
    return act(
        StaffAction.APPROVE,
        one,
        demonstration().officer(of, officer).seal(one.case_no, "approve", said, about),
    )


def act(action: StaffAction, one: RulingRecord, request: StaffRequest) -> SealedAct:
    return SealedAct(
        action=action,
        bureau=PROVINCE,
        about=one.ruling.number,
        request=request.model_dump(mode="json"),
        vouched_at=one.made_at,
    )


async def filed(desk: ProvinceActivities, one: RulingRecord, *acts: SealedAct) -> Filing:
    """File a ruling with the seals of its two officers, or with these."""
    delivery = RulingDelivery(record=one, acts=acts or (ruled(one), approved(one)))
    filing: Filing = await ActivityEnvironment().run(desk.file_ruling, delivery)
    return filing


async def on_point(desk: ProvinceActivities, point: DisputePoint = DisputePoint.BASES) -> list[RulingRecord]:
    return list((await page_on(desk, RulingsQuestion(point=point))).rulings)


async def page_on(desk: ProvinceActivities, asked: RulingsQuestion) -> PastRulings:
    answer: PastRulings = await ActivityEnvironment().run(desk.list_rulings, asked)
    return answer


async def test_a_case_is_opened_under_what_the_province_has_arranged(store: Store) -> None:
    arranged = ArrangementsFile(province=ProvinceArrangements(ruling=Officers.ONE_OFFICER))
    order = CaseOrder(case_no=CASE, application=application())
    answer: Arrangements = await ActivityEnvironment().run(ProvinceActivities(store, arranged).arrange, order)
    assert answer == arranged.for_case(order.application.bureau_out, order.application.bureau_in)
    assert answer.needed(Approvable.RULING) == 1


async def test_a_ruling_is_answered_with_everything_that_stands_in_its_way(desk: ProvinceActivities) -> None:
    check = RulingCheck(orders=(ReturnFunds(), Proceed(), Close()), standing=CaseFacts())
    answer = await ActivityEnvironment().run(desk.check_ruling, check)
    assert [finding.code for finding in answer.findings] == ["nothing_received", "conclusion_not_last"]
    sound = RulingCheck(orders=(Proceed(),), standing=CaseFacts())
    assert (await ActivityEnvironment().run(desk.check_ruling, sound)).findings == ()


async def test_the_number_of_a_ruling_is_given_once_a_year_in_the_province(desk: ProvinceActivities) -> None:
    async def use(number: str, case_no: str = CASE) -> tuple[Finding, ...]:
        asked = RulingNumber(number=number, case_no=case_no)
        given: RulingAnswer = await ActivityEnvironment().run(desk.use_ruling_number, asked)
        return given.findings

    assert await use("裁〔2026〕1号") == ()
    assert await use("裁〔2026〕1号") == ()
    (used,) = await use("裁〔2026〕1号", OTHER_CASE)
    assert used.code == "ruling_number_used"
    assert used.zh == f"文号 裁〔2026〕1号 已用于案件 {CASE} 的裁定，请另编文号。"
    assert f"The number 裁〔2026〕1号 has been used for a ruling in case {CASE}" in used.en
    assert await use("裁〔2027〕1号", OTHER_CASE) == ()
    assert await use("第1号", OTHER_CASE) == ()
    assert [one.code for one in await use("第1号")] == ["ruling_number_used"]


def test_a_document_number_has_one_form_however_its_brackets_are_typed() -> None:
    typed = ("裁〔2026〕1号", "裁[2026]1号", "裁（2026） 1 号", "裁【2026】１号", "裁(2026)1号")
    assert {ruling([Proceed()], one).number for one in typed} == {"裁〔2026〕1号"}
    assert [year_of_document(one) for one in ("裁〔2026〕1号", "第1号")] == [2026, None]


async def test_each_dispute_of_a_case_has_its_own_file_and_a_referral_repeated_opens_no_second(
    desk: ProvinceActivities,
) -> None:
    def file(number: int, statement: str) -> ProvinceFile:
        position = Position(statement=statement)
        taken = PositionTaken(party=Party.TRANSFER_IN, position=position, at=THEN)
        dispute = DisputeRecord(
            number=number, point=DisputePoint.BASES, raised_by=Party.TRANSFER_IN, positions=(taken,)
        )
        return ProvinceFile(case_no=CASE, dispute=dispute, papers=CasePapers())

    run = ActivityEnvironment().run
    first: Filing = await run(desk.open_province_file, file(1, "2020 年缴费基数偏低"))
    assert first.bureau == PROVINCE
    assert await run(desk.open_province_file, file(1, "2020 年缴费基数偏低")) == first
    await run(desk.open_province_file, file(2, "金额有误"))
    async with desk.store.transaction() as session:
        for number, statement in ((1, "2020 年缴费基数偏低"), (2, "金额有误")):
            key = PaperKey(CASE, PaperKind.PROVINCE_FILE, Side.RECEIVED, number)
            kept = await desk.store.paper(session, key, ProvinceFile)
            assert kept is not None
            assert kept.dispute.positions[0].position.statement == statement


async def test_rulings_on_a_point_are_told_newest_first(desk: ProvinceActivities) -> None:
    older, newer = record(), record("裁〔2026〕2号", "220300-20260115-BBBBBBBB", days=9)
    elsewhere = record("裁〔2026〕3号", point=DisputePoint.AMOUNT, days=20)
    for one in (newer, elsewhere, older):
        await filed(desk, one)
    assert await on_point(desk) == [newer, older]
    assert await on_point(desk, DisputePoint.AMOUNT) == [elsewhere]


async def test_the_register_tells_of_rulings_by_page_however_many_there_are(
    desk: ProvinceActivities,
) -> None:
    """The engine takes two megabytes; a ruling says at most so much."""
    amended = AmendField("x" * FIELD, "改" * VALUE)
    longest = record().ruling.model_copy(
        update={"reasons": "由" * TEXT, "orders": (*[amended] * (ORDERS - 1), Close())}
    )
    many = [
        record(days=day).model_copy(update={"ruling": longest.model_copy(update={"message_id": f"m/{day}"})})
        for day in range(2 * RULINGS_TOLD + 1)
    ]
    async with desk.store.transaction() as session:
        for one in many:
            key = PaperKey(CASE, PaperKind.RULING, Side.ISSUED, 1, one.ruling.message_id)
            await desk.store.file(session, key, THEN, one)
    pages = [
        await page_on(desk, RulingsQuestion(point=DisputePoint.BASES, skip=number * RULINGS_TOLD))
        for number in range(3)
    ]
    assert [len(one.rulings) for one in pages] == [RULINGS_TOLD, RULINGS_TOLD, 1]
    assert max(len(one.model_dump_json().encode()) for one in pages) < 1_000_000
    assert [one for page in pages for one in page.rulings] == many[::-1]
    assert {one.total for one in pages} == {len(many)}
    others = RulingsQuestion(point=DisputePoint.BASES, without_case=CASE)
    assert await page_on(desk, others) == PastRulings(rulings=(), total=0)


async def test_a_ruling_is_told_as_far_as_it_was_carried_out_and_kept_as_it_was_made(
    desk: ProvinceActivities,
) -> None:
    made, done = record(), record(carried_out=2)
    await filed(desk, made)
    await filed(desk, done)
    assert await filed(desk, made) == await filed(desk, made), "filed late or twice, it changes nothing"
    assert await on_point(desk) == [done]
    async with desk.store.transaction() as session:
        key = PaperKey(
            CASE, PaperKind.RULING, Side.ISSUED, 1, f"{made.ruling.number} by {made.ruling.message_id}"
        )
        assert await desk.store.paper(session, key, RulingRecord) == made


async def test_a_ruling_that_no_officer_of_the_province_has_sealed_does_not_enter_its_register(
    desk: ProvinceActivities,
) -> None:
    genuine = record()
    made = genuine.ruling
    unsealed = made.model_copy(update={"seal": None})
    for forged in (
        unsealed,
        made.model_copy(update={"reasons": "另一理由"}),
        made.model_copy(update={"orders": (Proceed(),)}),
        sealed(unsealed, OTHER_CASE),
        sealed(unsealed, of="220100"),
        sealed(
            unsealed.model_copy(update={"officer": "demo-calendar-registrar"}),
            officer="demo-calendar-registrar",
        ),
    ):
        with pytest.raises(ApplicationError, match=TOO_FEW):
            await filed(desk, genuine.model_copy(update={"ruling": forged}))
    assert await on_point(desk) == []
    await filed(desk, genuine)


async def test_a_ruling_that_too_few_officers_have_approved_does_not_enter_the_register(
    desk: ProvinceActivities,
) -> None:
    """Whoever files a ruling says who has approved it."""
    genuine = record()
    alone = genuine.model_copy(update={"officers": ("province-01",)})
    twice = genuine.model_copy(update={"officers": ("province-01", "province-01")})
    sealed_approval = approved(genuine)
    changed = sealed_approval.model_copy(update={"request": sealed_approval.request | {"message_id": "m"}})
    of_a_registrar = genuine.model_copy(update={"officers": ("province-01", "demo-calendar-registrar")})
    for one, acts in (
        (genuine, (ruled(genuine),)),
        (alone, (ruled(alone),)),
        (alone, (ruled(alone), approved(alone))),
        (twice, (ruled(twice), approved(twice, "province-01"))),
        (genuine, (ruled(genuine), approved(record(days=1)))),
        (genuine, (ruled(genuine), approved(genuine, of="220100"))),
        (genuine, (ruled(genuine), changed)),
        (genuine, (approved(genuine, "province-01"), approved(genuine))),
        (of_a_registrar, (ruled(genuine), approved(genuine, "demo-calendar-registrar"))),
    ):
        with pytest.raises(ApplicationError, match=f"{TOO_FEW}|that 2 officers approve the ruling"):
            await filed(desk, one, *acts)
    assert await on_point(desk) == []
    await filed(desk, genuine)


async def test_where_one_officer_is_arranged_a_ruling_is_filed_without_an_approval(store: Store) -> None:
    arranged = ArrangementsFile(province=ProvinceArrangements(ruling=Officers.ONE_OFFICER))
    register = OfficerRegister(PROVINCE, store, AcceptedOfficers(demonstration()))
    desk = ProvinceActivities(store, arranged, register)
    alone = record().model_copy(update={"officers": ("province-01",)})
    await filed(desk, alone, ruled(alone))
    assert await on_point(desk) == [alone]


async def test_two_rulings_in_one_case_are_two(desk: ProvinceActivities) -> None:
    replaced, later = record(), record("裁〔2026〕2号", days=1)
    await filed(desk, replaced)
    await filed(desk, later)
    assert await on_point(desk) == [later, replaced]


async def test_two_rulings_of_one_number_in_one_case_are_both_kept(desk: ProvinceActivities) -> None:
    """The case refuses the second; were it carried out, it would be on file all the same."""
    first, second = record(carried_out=1), record(carried_out=1, days=1)
    await filed(desk, first)
    await filed(desk, second)
    assert await on_point(desk) == [second, first]
