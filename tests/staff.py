"""Staff for tests: requests with usual content, handed in by update or by signal."""

import asyncio
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from typing import Any, TypeVar

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from desk.client.asking import BEGINS
from desk.officers.signing import Ordered, seal_request, with_order
from engine.address import DEMONSTRATION
from engine.encryption.keys import demonstration_file, demonstration_keys
from models.messages.application import ServicePeriod, TransferApplication
from models.messages.progress import Progress
from models.messages.requests import (
    REQUESTS,
    Amendment,
    AmendmentAnswer,
    Approvable,
    Approval,
    ArrearsPaid,
    Certification,
    Choice,
    Completion,
    Correction,
    CorrectionItem,
    CorrectionWithdrawal,
    Dispute,
    DisputeAnswer,
    DisputeWithdrawal,
    Hold,
    HoldReason,
    Position,
    Receipt,
    Referral,
    Reopening,
    Resumption,
    Ruling,
    Settlement,
    StaffAction,
    StaffRequest,
    Supplement,
    Withdrawal,
)
from models.messages.stages import Party
from models.messages.steps import CaseOrder
from models.officers.keys import Demonstration
from models.officers.orders import Listed
from models.officers.seals import digest_of
from rules.values.months import Month
from rules.values.moves import Material
from rules.values.officers import Right
from rules.values.orders import DisputePoint, Order
from workflows.transfer_case import TransferCase

Handle = WorkflowHandle[TransferCase, Progress]
Answer = TypeVar("Answer")
BEGINS_WITHIN_SECONDS = 60

CHECKERS = {
    Party.TRANSFER_IN: "checker-01",
    Party.TRANSFER_OUT: "releaser-01",
    Party.PROVINCE: "province-02",
    Party.APPLICANT: "checker-01",
}
"""The officers who approve by default: none acts for both sides of a case."""

NAMES = {kind: step for step, kind in REQUESTS.items()}
_numbers = count(1)


def _head(by: Party, officer: str) -> dict[str, Any]:
    return {"message_id": f"m-{next(_numbers)}", "by": by, "officer": officer}


def supplement(*materials: Material) -> Supplement:
    return Supplement(**_head(Party.TRANSFER_IN, "in-01"), materials=materials)


def completion(by: Party, name: str | None = None, reason: str | None = None) -> Completion:
    """The completion of a record with a name, or its confirmation for a reason."""
    evidence = None if reason else "户籍证明"
    return Completion(**_head(by, f"{by}-01"), name=name, evidence=evidence, reason=reason)


def arrears_paid(first: str, last: str) -> ArrearsPaid:
    return ArrearsPaid(
        **_head(Party.TRANSFER_OUT, "out-01"),
        first=Month.parse(first),
        last=Month.parse(last),
        evidence="缴款凭证",
    )


def certification(first: str, last: str) -> Certification:
    period = ServicePeriod(first=Month.parse(first), last=Month.parse(last))
    return Certification(
        **_head(Party.TRANSFER_IN, "in-01"), periods=(period,), evidence="长人社认〔2026〕3号"
    )


def correction(*fields: tuple[str, str, str]) -> Correction:
    """Fields as (name, seen, expected)."""
    items = tuple(
        CorrectionItem(field=field, seen=seen, expected=expected, evidence="工资台账")
        for field, seen, expected in fields
    )
    return Correction(**_head(Party.TRANSFER_IN, "in-01"), items=items)


def amendment(values: dict[str, str | None]) -> Amendment:
    """Values by field; None declines with a reason."""
    answers = tuple(
        AmendmentAnswer(field=field, value=value, reason=None if value else "档案无此记录")
        for field, value in values.items()
    )
    return Amendment(**_head(Party.TRANSFER_OUT, "out-01"), answers=answers)


def approval(what: Approvable, officer: str = "", by: Party | None = None, of: str = "") -> Approval:
    party = by or what.party
    return Approval(**_head(party, officer or CHECKERS[party]), what=what, of=of)


def choice(*keep: int, consent: bool = True, officer: str = "in-01") -> Choice:
    return Choice(
        **_head(Party.APPLICANT, officer), keep=keep, consent=consent, refund_account="6217000012345678"
    )


def withdrawal() -> Withdrawal:
    return Withdrawal(**_head(Party.APPLICANT, "in-01"), reason="本人不再转移")


def dispute(by: Party = Party.TRANSFER_IN, point: DisputePoint = DisputePoint.BASES) -> Dispute:
    position = Position(statement="2020 年缴费基数偏低", evidence=("工资台账",))
    return Dispute(**_head(by, f"{by}-01"), point=point, position=position)


def reopening(*fields: tuple[str, str, str], officer: str = "in-01") -> Reopening:
    """Fields as (name, seen, expected)."""
    items = tuple(
        CorrectionItem(field=field, seen=seen, expected=expected, evidence="补报工资台账")
        for field, seen, expected in fields
    )
    return Reopening(**_head(Party.TRANSFER_IN, officer), reason="办结后发现基数有误", items=items)


def hold(by: Party = Party.TRANSFER_IN, why: HoldReason = HoldReason.COURT_FREEZE) -> Hold:
    return Hold(**_head(by, f"{by}-01"), why=why, evidence="协助执行通知书")


def resumption(by: Party = Party.TRANSFER_IN) -> Resumption:
    return Resumption(**_head(by, f"{by}-01"), reason="已解除冻结")


def correction_withdrawal(*fields: str) -> CorrectionWithdrawal:
    return CorrectionWithdrawal(**_head(Party.TRANSFER_IN, "in-01"), fields=fields)


def dispute_withdrawal(by: Party = Party.TRANSFER_IN) -> DisputeWithdrawal:
    return DisputeWithdrawal(**_head(by, f"{by}-01"), reason="经核对无误")


def answer(by: Party = Party.TRANSFER_OUT, officer: str = "") -> DisputeAnswer:
    return DisputeAnswer(**_head(by, officer or f"{by}-01"), position=Position(statement="按申报基数征缴"))


def settlement(by: Party, terms: str = "按申报基数办理") -> Settlement:
    return Settlement(**_head(by, f"{by}-01"), terms=terms)


def referral(by: Party = Party.TRANSFER_IN) -> Referral:
    return Referral(**_head(by, f"{by}-01"), reason="协商不成")


def ruling(orders: Sequence[Order], number: str = "裁〔2026〕1号", officer: str = "province-01") -> Ruling:
    return Ruling(
        **_head(Party.PROVINCE, officer), number=number, reasons="依申报材料认定", orders=tuple(orders)
    )


@cache
def demonstration() -> Demonstration:
    """The demonstration officers of the tests' key file."""
    secret = demonstration_keys(demonstration_file(DEMONSTRATION)).demonstration_secret()
    assert secret is not None
    return Demonstration(secret)


def by_officer(
    right: Right, bureau: str, asked: Ordered, officer: str, items: tuple[str, ...] = ()
) -> Ordered:
    """A request outside any case, with the sealed order of a demonstration officer."""
    return with_order(right, bureau, asked, officer, demonstration(), items)


def accepted(case_no: str, application: TransferApplication) -> CaseOrder:
    """The order that opens a case, with the seal of a demonstration officer who accepts the application."""
    order = CaseOrder(case_no=case_no, application=application)
    items = (digest_of(order.form_accepted()),)
    listed = by_officer(Right.APPLY, application.bureau_in, Listed(items=items), "registrar-01", items)
    return order.model_copy(update={"accepted": listed.order})


async def asked(handle: Handle, question: Callable[[TransferCase], Answer]) -> Answer:
    """A case's answer to a query, which is repeated if the case has just continued in another run."""
    async with asyncio.timeout(BEGINS_WITHIN_SECONDS):
        while True:
            try:
                return await handle.query(question)
            except RPCError as error:
                if BEGINS not in error.message:
                    raise
                await asyncio.sleep(0.05)


async def sealed(handle: Handle, request: StaffRequest, action: StaffAction | None = None) -> StaffRequest:
    """The request with the seal of a demonstration officer who has read the case's present papers."""
    if request.seal is not None:
        return request
    record = await asked(handle, TransferCase.record)
    return seal_request(action or NAMES[type(request)], request, record, demonstration())


async def submit(handle: Handle, request: StaffRequest) -> Receipt:
    """Hand in by update; raises WorkflowUpdateFailedError when the case refuses."""
    request = await sealed(handle, request)
    receipt: Receipt = await handle.execute_update(
        NAMES[type(request)], request, id=request.message_id, result_type=Receipt
    )
    return receipt


async def send(handle: Handle, request: StaffRequest, step: StaffAction | None = None) -> None:
    """Hand in by signal, without waiting for the answer."""
    request = await sealed(handle, request, step)
    await handle.signal(step or NAMES[type(request)], request)


async def refusal(handle: Handle, request: StaffRequest) -> str:
    """The sentence with which the case refuses an update; fails if it accepts."""
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await submit(handle, request)
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "Refused"
    return cause.message
