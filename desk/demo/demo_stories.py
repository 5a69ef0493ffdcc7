"""The five stories of the demo, what staff do in each; one per row of examples/demo/applications.csv."""

from collections.abc import Sequence

from desk.demo.demo_case import DemoCase, Story
from desk.language import Words
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from rules.values.due_dates import Alarm, Clock
from rules.values.orders import Close, DisputePoint, RestoreRelationship, ReturnFunds

IN, OUT, PROVINCE = Party.TRANSFER_IN, Party.TRANSFER_OUT, Party.PROVINCE
RELEASE, POSTING = Approvable.RELEASE_OF_FUNDS, Approvable.POSTING

LATE_BEFORE_RELEASE = 10
"""The delay in working days, reported to the province, after which the funds are released."""


async def _clean(case: DemoCase) -> None:
    await case.approve(RELEASE, after=5)
    await case.approve(POSTING, after=4)


async def _corrected_twice(case: DemoCase) -> None:
    await case.approve(RELEASE, after=3)
    await case.awaits(POSTING)
    await _correct(case, "base/2020-01..2020-12", "5600.00", "6200.00")
    await case.approve(RELEASE, after=1)
    await case.awaits(POSTING, version=2)
    await _correct(case, "base/2021-01..2021-12", "6800.00", "5900.00")
    await case.approve(POSTING, after=3, version=3)


async def _correct(case: DemoCase, field: str, seen: str, expected: str) -> None:
    """A round of correction: the transfer-in bureau asks, the transfer-out bureau checks and agrees."""
    await case.working_days_pass(1)
    asked = {"field": field, "seen": seen, "expected": expected, "evidence": "工资台账"}
    await case.submit(StaffAction.CORRECT, IN, "in-01", items=[asked])
    await case.working_days_pass(2)
    await case.submit(StaffAction.AMEND, OUT, "out-01", answers=[{"field": field, "value": expected}])


async def _overdue(case: DemoCase) -> None:
    await case.awaits(RELEASE)
    until_late = (await case.clock(Clock.TRANSFER_OUT)).alarms
    await _fire_each_alarm(case, until_late, already=0)
    reports = [
        one for one in await case.reports(Clock.TRANSFER_OUT) if one.working_days <= LATE_BEFORE_RELEASE
    ]
    await _fire_each_alarm(case, reports, already=len(until_late))
    await case.approve(RELEASE, after=2)
    await case.approve(POSTING, after=3)


async def _fire_each_alarm(case: DemoCase, alarms: Sequence[Alarm], already: int) -> None:
    """Let each alarm become due and fire before the next."""
    for number, alarm in enumerate(alarms, start=already + 1):
        await case.wait_until(alarm.at)
        await case.alarms_fire(number)


async def _arbitrated(case: DemoCase) -> None:
    await case.approve(RELEASE, after=7)
    await case.awaits(POSTING)
    await case.working_days_pass(1)
    revoked = {"statement": "调动决定已撤销，本人仍在原单位。", "evidence": ["撤销调动的决定"]}
    await case.submit(StaffAction.DISPUTE, OUT, "out-01", point=DisputePoint.SCOPE, position=revoked)
    await case.working_days_pass(2)
    hired = {"statement": "新单位已为其办理参保登记。", "evidence": ["参保登记表"]}
    await case.submit(StaffAction.ANSWER, IN, "in-01", position=hired)
    await case.working_days_pass(3)
    await case.submit(StaffAction.REFER, OUT, "out-01", reason="协商不成")
    await case.working_days_pass(5)
    await case.submit(
        StaffAction.RULE,
        PROVINCE,
        "province-01",
        number="吉社保裁〔2026〕1号",
        reasons="调动决定撤销后不再符合第二条，基金和关系应退回转出地。",
        orders=[ReturnFunds(), RestoreRelationship(), Close()],
    )
    await case.awaits(Approvable.RULING)
    await case.working_days_pass(2)
    await case.submit(StaffAction.APPROVE, PROVINCE, "province-02", what=Approvable.RULING)


async def _duplicates_cleared(case: DemoCase) -> None:
    await case.approve(RELEASE, after=8)
    await case.approve(POSTING, after=5)
    await case.comes_to(lambda progress: StaffAction.CHOOSE in progress.possible)
    await case.working_days_pass(9)
    answer = {"keep": [1], "consent": True, "refund_account": "6217000012345678"}
    await case.submit(StaffAction.CHOOSE, Party.APPLICANT, "in-01", **answer)
    await case.approve(Approvable.REFUND, after=2)


STORIES = (
    Story(
        Words("clean", "顺利办结"),
        Words("nothing goes wrong", "各环节按期办结"),
        _clean,
        shows=frozenset({Event.TAKEN_IN}),
    ),
    Story(
        Words("corrected twice", "两次更正"),
        Words("one supplement, then one surplus returned", "一次补划，一次退回多划"),
        _corrected_twice,
        shows=frozenset({Event.SUPPLEMENT_REMITTED, Event.SURPLUS_RETURNED, Event.RETURN_RECEIVED}),
    ),
    Story(
        Words("overdue", "逾期"),
        Words("nobody at the transfer-out bureau releases the funds", "转出地无人审批基金划转"),
        _overdue,
        shows=frozenset({Event.REMINDER_SENT, Event.CLOCK_OVERDUE, Event.ESCALATED}),
        late=True,
    ),
    Story(
        Words("arbitrated", "省局裁定"),
        Words("the province has the funds returned", "裁定退回基金、恢复关系"),
        _arbitrated,
        end=Stage.RETURNED,
        shows=frozenset({Event.REFERRED, Event.FUNDS_RETURNED, Event.RELATIONSHIP_RESTORED}),
    ),
    Story(
        Words("duplicates cleared", "清理重复缴费"),
        Words("two months were paid in both schemes", "两个月在两种制度重复缴费"),
        _duplicates_cleared,
        shows=frozenset({Event.CHOICE_OFFERED, Event.CHOICE_MADE, Event.DUPLICATES_CLEARED}),
    ),
)
