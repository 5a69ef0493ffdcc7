"""Has the officer's bureau vouch for a request before the case accepts it, and keeps what it vouched for."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import VOUCH
    from models.messages.requests import Approval, Ruling, StaffAction, StaffRequest
    from models.messages.stages import ENDS, Party, Stage
    from models.officers.seals import digest_of
    from models.officers.vouching import SealedAct, Vouched, VouchOrder, act_line
    from rules.values.officers import PROVINCE
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext, until_stopped
    from workflows.case.permissions import Refused, refused_for
    from workflows.waiting import wait_for_condition

VOUCHED_WITHIN = timedelta(minutes=10)
"""How long a case waits for a bureau to vouch; a bureau whose worker is down delays nobody else."""
OVER = ENDS | {Stage.BEING_CLOSED}

PaperRead = tuple[str, str]
"""The number and digest of a paper; empty where there is none."""


class Vouching:
    """Checks the shape of a seal, and has the bureau vouch for it."""

    def __init__(self, context: CaseContext, approvals: Approvals) -> None:
        self.context = context
        self.approvals = approvals

    def require_sealed(self, action: StaffAction, request: StaffRequest) -> None:
        """Raises Refused for a request without a seal, with one of another bureau, or about another paper."""
        seal, bureau = request.seal, self._bureau(request.by)
        if seal is None:
            raise Refused(
                "The message bears no officer's seal; nothing was done.", "消息未经经办人签章，未作处理。"
            )
        if seal.bureau != bureau:
            raise Refused(
                f"The seal is of an officer of {seal.bureau}, who does not act for {bureau}.",
                f"签章人属于 {seal.bureau}，不得代表 {bureau} 办理。",
            )
        _, digest = self._paper_of(action, request)
        if seal.digest != digest and (seal.digest or action is StaffAction.APPROVE):
            raise Refused(
                "The paper it is about is not the one that the officer has read; read it again, and hand it "
                "in anew.",
                "所涉文书与经办人核阅的不一致，请重新核阅后再提交。",
            )

    async def vouch(self, action: StaffAction, request: StaffRequest) -> SealedAct:
        """Wait until the bureau has vouched. Raises Refused when it does not, or the case ends meanwhile."""
        about, _ = self._paper_of(action, request)
        order = VouchOrder(
            case_no=self.context.order.case_no,
            bureau=self._bureau(request.by),
            action=action,
            about=about,
            request=request.model_dump(mode="json"),
            earlier=tuple(act_line(one.action, one.request, one.about) for one in self.context.state.acts),
            within_one_bureau=self._bureau(Party.TRANSFER_IN) == self._bureau(Party.TRANSFER_OUT),
        )
        vouched = await self._answer(order, request.by)
        if vouched.refusals:
            raise refused_for("It is not accepted:", "未予办理：", vouched.refusals)
        return SealedAct(
            action=action,
            bureau=order.bureau,
            about=about,
            request=order.request,
            vouched_at=vouched.started_at,
            demonstration=vouched.demonstration,
        )

    def _paper_of(self, action: StaffAction, request: StaffRequest) -> PaperRead:
        """The number and digest of the paper that a request is about, as the case has it now."""
        form, offer = self.context.state.form, self.context.state.offer
        match request:
            case Approval(what=what) if what in self.approvals.awaited:
                awaited = self.approvals.awaited[what]
                return awaited.of, awaited.digest
            case Ruling(number=number):
                return number, ""
        if action in (StaffAction.CORRECT, StaffAction.AMEND) and form is not None:
            return form.number, digest_of(form)
        if action is StaffAction.CHOOSE and offer is not None:
            return offer.number, digest_of(offer)
        return "", ""

    async def _answer(self, order: VouchOrder, by: Party) -> Vouched:
        state = self.context.state
        asked = asyncio.create_task(self._ask(order, by))
        await wait_for_condition(lambda: asked.done() or state.stage in OVER, VOUCHED_WITHIN)
        if not asked.done():
            asked.cancel()
            await until_stopped(asked)
            raise _no_answer(order.bureau) if state.stage not in OVER else _over()
        return await asked

    async def _ask(self, order: VouchOrder, by: Party) -> Vouched:
        if by is Party.PROVINCE:
            return await self.context.ask_platform(VOUCH, order)
        return await self.context.ask(by, VOUCH, order)

    def _bureau(self, party: Party) -> str:
        return PROVINCE if party is Party.PROVINCE else self.context.bureau(party)


def _no_answer(bureau: str) -> Refused:
    minutes = int(VOUCHED_WITHIN.total_seconds()) // 60
    return Refused(
        f"{bureau} has not vouched for its officer within {minutes} minutes: its worker is off. Hand it in "
        "again when it runs.",
        f"{bureau} 未在 {minutes} 分钟内核验经办人签章：其工作进程未运行，请待其运行后再提交。",
    )


def _over() -> Refused:
    return Refused(
        "The case ended before the officer's bureau had vouched; nothing was done.",
        "经办机构核验签章之前案件已终结，未作处理。",
    )
