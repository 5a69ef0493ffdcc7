"""The next act in a case of the simulated year: by whom, after how many working days, and what it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.year.plans import Plan
from benchmarks.year.shares import Shares, one_of
from models.messages.dossier import CaseRecord
from models.messages.progress import AwaitedApproval, Progress
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from rules.values.money import Fen, yuan
from rules.values.officers import PROVINCE
from rules.values.orders import Close, DisputePoint, Order, Proceed, RestoreRelationship, ReturnFunds

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT
RAISED_BY, LOWERED_BY = Fen(50_000), Fen(30_000)
TERMS = "按申报基数办理"
DAYS_OF_APPROVALS = {
    Approvable.RELEASE_OF_FUNDS: "release",
    Approvable.POSTING: "posting",
    Approvable.REFUND: "refund",
    Approvable.RULING: "rule",
}
WORDS = {IN: "in", OUT: "out", Party.PROVINCE: "province", Party.APPLICANT: "in"}


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """An action of staff that is due. `about` distinguishes it from other acts in its case; `role` begins the
    officer's id, so that the officer who checks is never the one who asked."""

    action: StaffAction
    by: Party
    days: int
    about: str
    role: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment on the bank's next statement: part `part` of a remittance, `amount` in fen."""

    remittance: str
    part: int
    amount: Fen
    days: int

    @property
    def about(self) -> str:
        """What distinguishes it from other payments in its case."""
        return f"payment {self.remittance.rpartition('/')[2]}.{self.part}"


def bureau_of(party: Party, progress: Progress) -> str:
    """The bureau of a party's officers; for the applicant the transfer-in bureau acts."""
    if party is Party.PROVINCE:
        return PROVINCE
    return progress.bureau_out if party is OUT else progress.bureau_in


def paid_at(payment: Payment, record: CaseRecord) -> str:
    """The bureau whose bank a payment reaches."""
    sent = next(one for one in record.papers.remittances if one.number == payment.remittance)
    return record.progress.bureau_out if sent.purpose.goes_back else record.progress.bureau_in


class Staff:
    """All who act in the cases of the year."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares

    def next(self, plan: Plan, record: CaseRecord) -> PlannedAct | Payment | None:
        """The act or payment that is due in a case; None if nothing is known to do."""
        progress = record.progress
        ruling = [one for one in progress.approvals if one.what is Approvable.RULING]
        if ruling:
            return self._approve(plan, ruling[0], record)
        if progress.awaited_funds is not None:
            # This includes money that a ruling has ordered back.
            return self._payment(plan, progress)
        if progress.dispute is not None:
            return self._in_dispute(plan, record)
        if progress.stage is Stage.AWAITING_MATERIALS:
            return self._papers(plan, progress)
        if progress.open_fields:
            return self._amend(plan, record)
        if progress.approvals:
            return self._before_approval(plan, record) or self._approve(plan, progress.approvals[0], record)
        if progress.stage is Stage.AWAITING_CHOICE and record.chosen is None:
            return self._choose(plan, record)
        return None

    def _planned(
        self,
        plan: Plan,
        action: StaffAction,
        by: Party,
        kind: str,
        nth: int,
        role: str = "",
        **content: Any,
    ) -> PlannedAct:
        about = f"{kind} {nth}"
        days = one_of(self.shares.days[kind], plan.draw(f"days of {about}"))
        return PlannedAct(action, by, days, about, role or WORDS[by], content)

    def _papers(self, plan: Plan, progress: Progress) -> PlannedAct:
        if not plan.supplemented:
            return self._withdraw(plan)
        missing = tuple(one.code for one in progress.missing)
        return self._planned(plan, StaffAction.SUPPLEMENT, IN, "supplement", 1, materials=missing)

    def _withdraw(self, plan: Plan) -> PlannedAct:
        return self._planned(
            plan, StaffAction.WITHDRAW, Party.APPLICANT, "withdraw", 1, reason="新单位不再录用"
        )

    def _before_approval(self, plan: Plan, record: CaseRecord) -> PlannedAct | None:
        """The plan's withdrawal, correction or dispute, which comes before an officer approves."""
        what = record.progress.approvals[0].what
        if what is Approvable.RELEASE_OF_FUNDS and plan.withdrawn and not record.progress.funds_since:
            return self._withdraw(plan)
        if what is not Approvable.POSTING:
            return None
        rounds = times(record, Event.CORRECTION_REQUESTED)
        if rounds < len(plan.corrections):
            return self._correct(plan, record, rounds)
        if plan.dispute and not record.disputes:
            position = {"statement": "缴费基数与工资台账不符", "evidence": ("工资台账",)}
            point = DisputePoint.BASES
            return self._planned(plan, StaffAction.DISPUTE, IN, "dispute", 1, point=point, position=position)
        return None

    def _approve(self, plan: Plan, waiting: AwaitedApproval, record: CaseRecord) -> PlannedAct:
        by = waiting.what.party
        kind = DAYS_OF_APPROVALS[waiting.what]
        nth = times(record, Event.APPROVED) + 1
        role = f"{WORDS[by]}-checker{len(waiting.by) + 1}"
        return self._planned(plan, StaffAction.APPROVE, by, kind, nth, role, what=waiting.what, of=waiting.of)

    def _correct(self, plan: Plan, record: CaseRecord, rounds: int) -> PlannedAct:
        """A request to correct one base of the form, another one in each round."""
        bases = record.papers.information_forms[-1].bases
        wrong = bases[-1 - rounds % len(bases)]
        raised = plan.corrections[rounds] != "lowered"
        right = Fen(wrong.base + RAISED_BY if raised else wrong.base - LOWERED_BY)
        item = {
            "field": f"base/{wrong.first}..{wrong.last}",
            "seen": yuan(wrong.base),
            "expected": yuan(right),
            "evidence": "工资台账",
        }
        return self._planned(plan, StaffAction.CORRECT, IN, "correct", rounds + 1, items=[item])

    def _amend(self, plan: Plan, record: CaseRecord) -> PlannedAct:
        rounds = max(times(record, Event.CORRECTION_REQUESTED), 1)
        declined = plan.corrections[rounds - 1 : rounds] == ("declined",)
        answers = [
            {"field": one.item.field, "reason": "档案与信息表一致"}
            if declined
            else {"field": one.item.field, "value": one.item.expected}
            for one in record.corrections
        ]
        return self._planned(plan, StaffAction.AMEND, OUT, "amend", rounds, answers=answers)

    def _choose(self, plan: Plan, record: CaseRecord) -> PlannedAct:
        assert record.choice is not None
        content: dict[str, Any] = {
            "keep": (1,) * record.choice.open_periods,
            "consent": True,
            "refund_account": "6217000012345678",
        }
        return self._planned(plan, StaffAction.CHOOSE, Party.APPLICANT, "choose", 1, **content)

    def _in_dispute(self, plan: Plan, record: CaseRecord) -> PlannedAct | None:
        dispute, progress = record.disputes[-1], record.progress
        if progress.stage is Stage.BEFORE_THE_PROVINCE:
            return self._rule(plan, record)
        if plan.dispute == "withdrawn":
            return self._planned(plan, StaffAction.WITHDRAW_DISPUTE, IN, "take_back", 1, reason="经核对无误")
        if len(dispute.positions) == 1:
            position = {"statement": "按申报基数征缴", "evidence": ("申报表",)}
            return self._planned(plan, StaffAction.ANSWER, OUT, "answer", 1, position=position)
        if plan.dispute == "settled":
            by = OUT if dispute.proposals else IN
            nth = len(dispute.proposals) + 1
            return self._planned(plan, StaffAction.SETTLE, by, "settle", nth, terms=TERMS)
        return self._planned(plan, StaffAction.REFER, IN, "refer", 1, reason="协商不成")

    def _rule(self, plan: Plan, record: CaseRecord) -> PlannedAct:
        orders: Sequence[Order] = (Proceed(),)
        if plan.dispute == "ruled_to_return":
            orders = (ReturnFunds(), RestoreRelationship(), Close())
        number = f"吉社保裁〔{plan.number}〕1号"
        content: dict[str, Any] = {"number": number, "reasons": "依申报材料认定", "orders": orders}
        return self._planned(plan, StaffAction.RULE, Party.PROVINCE, "rule", 0, **content)

    def _payment(self, plan: Plan, progress: Progress) -> Payment:
        """The payment on the bank's next statement: all that is missing, or the first of two parts."""
        awaited = progress.awaited_funds
        assert awaited is not None
        part = 2 if awaited.come else 1
        missing = awaited.announced - awaited.come
        amount = missing // 2 if part == 1 and plan.in_two_parts and missing > 1 else missing
        payment = Payment(awaited.remittance, part, Fen(amount), 0)
        by = plan.draw(f"days of {payment.about}")
        return replace(payment, days=one_of(self.shares.days["bank"], by))


def times(record: CaseRecord, event: Event) -> int:
    """How often an event is in a case's journal."""
    return sum(entry.count for entry in record.journal if entry.event is event)
