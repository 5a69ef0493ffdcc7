"""Every step tried in every stage by every party: done, or refused with a sentence that helps.

The same table stands in `docs/procedure.md`. When the code has changed and the document is to follow:

    RENEW_PROCEDURE=1 .venv/bin/python -m pytest tests/workflows/test_every_action_at_every_stage.py
"""

import asyncio
import os
from collections.abc import Iterable, Iterator

import pytest
from every_stage import FIELD, LED_TO, WAITING_FOR, bring_to, steps_of
from staff import (
    Handle,
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
    submit,
    supplement,
    withdrawal,
)
from stage_diagram import PROCEDURE, drawn
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from models.messages.progress import Progress
from models.messages.requests import Approvable, Receipt, StaffAction, StaffRequest
from models.messages.stages import ENDS, Party, Stage
from province import Province, account, application
from rules.values.moves import Material
from rules.values.orders import Proceed
from workflows.case.permissions import POSSIBILITIES, possible_at
from workflows.transfer_case import TransferCase

BEGIN, END = "<!-- who may do what, and when: begin -->\n", "<!-- who may do what, and when: end -->\n"
UNDER_WAY = [stage for stage in Stage if stage not in ENDS]
AT_ONCE = 8
"""So many updates a case is asked at a time; the server turns away more than ten."""


def requested(step: StaffAction, by: Party) -> StaffRequest:
    """A step in its usual words, in any party's name."""
    requests: dict[StaffAction, StaffRequest] = {
        StaffAction.SUPPLEMENT: supplement(Material.APPLICATION_FORM),
        StaffAction.ARREARS: arrears_paid("2019-07", "2019-12"),
        StaffAction.CERTIFY: certification("2025-11", "2025-12"),
        StaffAction.CORRECT: correction((FIELD, "6000.00", "7000.00")),
        StaffAction.AMEND: amendment({FIELD: "7000.00"}),
        StaffAction.APPROVE: approval(Approvable.POSTING),
        StaffAction.CHOOSE: choice(1),
        StaffAction.WITHDRAW: withdrawal(),
        StaffAction.DISPUTE: dispute(),
        StaffAction.ANSWER: answer(),
        StaffAction.SETTLE: settlement(Party.TRANSFER_IN),
        StaffAction.REFER: referral(),
        StaffAction.RULE: ruling([Proceed()]),
        StaffAction.WITHDRAW_CORRECTION: correction_withdrawal(FIELD),
        StaffAction.WITHDRAW_DISPUTE: dispute_withdrawal(),
        StaffAction.COMPLETE: completion(by, "崔明玉"),
        StaffAction.HOLD: hold(),
        StaffAction.RESUME: resumption(),
        StaffAction.REOPEN: reopening((FIELD, "6000.00", "7000.00")),
    }
    return requests[step].model_copy(update={"by": by})


async def answered(handle: Handle, request: StaffRequest) -> Receipt | tuple[str, str]:
    """The receipt, or the sentence of the refusal in both languages; anything else is an error."""
    try:
        return await submit(handle, request)
    except WorkflowUpdateFailedError as failed:
        cause = failed.cause
        assert isinstance(cause, ApplicationError)
        assert cause.type == "Refused", cause
        return cause.message, cause.details[0]


def helps(step: StaffAction, by: Party, progress: Progress, said: tuple[str, str]) -> None:
    """A refusal tells who may, or what the case is at and what can be done now; in both languages."""
    row = POSSIBILITIES[step]
    for language, sentence in enumerate(said):
        assert step.titles[language] in sentence
        if by not in row.parties:
            assert all(party.titles[language] in sentence for party in row.parties | {by}), sentence
        else:
            assert progress.stage.titles[language] in sentence, sentence
            possible = [one.titles[language] for one in progress.possible] or [("nothing", "无")[language]]
            assert sentence.endswith((", ", "、")[language].join(possible) + ".。"[language]), sentence


@pytest.mark.parametrize("stage", UNDER_WAY)
async def test_every_step_is_done_or_refused_with_a_sentence_that_helps(
    province: Province, stage: Stage
) -> None:
    handle = await bring_to(province, stage)
    gate = asyncio.Semaphore(AT_ONCE)

    async def refused(step: StaffAction, by: Party) -> None:
        async with gate:
            said = await answered(handle, requested(step, by))
        assert isinstance(said, tuple), f"{by} may not {step} while {stage}"
        helps(step, by, progress, said)

    progress = await handle.query(TransferCase.progress)
    impossible = [(step, by) for step in StaffAction for by in Party if not _possible(step, by, stage)]
    await asyncio.gather(*(refused(step, by) for step, by in impossible))
    progress = await handle.query(TransferCase.progress)
    assert progress.stage is stage, "what is refused leaves nothing behind"
    known_beside_the_table = {StaffAction.APPROVE, StaffAction.ARREARS}
    if progress.funds_since:
        known_beside_the_table |= {StaffAction.WITHDRAW}
    if not progress.open_fields:
        known_beside_the_table |= {StaffAction.AMEND, StaffAction.WITHDRAW_CORRECTION}
    assert {*progress.possible} == {*possible_at(stage)} - known_beside_the_table | (
        {*progress.possible} & {StaffAction.APPROVE}
    )
    for step, by in _withdrawal_last((step, by) for step in StaffAction for by in Party):
        if _possible(step, by, stage):
            said = await answered(handle, requested(step, by))
            assert isinstance(said, Receipt) or all(said), "done, or refused with a sentence"
    assert await steps_of(handle) <= drawn()


async def test_after_the_end_the_server_turns_every_step_away(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    for step in StaffAction:
        with pytest.raises(RPCError) as turned_away:
            await submit(handle, requested(step, next(iter(POSSIBILITIES[step].parties))))
        assert turned_away.value.status is RPCStatusCode.NOT_FOUND
    assert not any(possible_at(stage) for stage in ENDS)


def test_a_case_is_brought_to_every_stage() -> None:
    assert LED_TO.keys() | WAITING_FOR.keys() == set(UNDER_WAY)
    assert POSSIBILITIES.keys() == set(StaffAction)


def _possible(step: StaffAction, by: Party, stage: Stage) -> bool:
    row = POSSIBILITIES[step]
    return by in row.parties and stage in row.stages


def _withdrawal_last(tried: Iterable[tuple[StaffAction, Party]]) -> list[tuple[StaffAction, Party]]:
    return sorted(tried, key=lambda one: one[0] is StaffAction.WITHDRAW)


def matrix() -> Iterator[str]:
    """Per stage and step who may, as lines of the document."""
    yield "| Stage | " + " | ".join(f"`{step}` {step.titles[1]}" for step in StaffAction) + " |"
    yield "|---" * (len(StaffAction) + 1) + "|"
    for stage in UNDER_WAY:
        en, zh = stage.titles
        cells = [_who_may(step, stage) for step in StaffAction]
        yield f"| {en} {zh} | " + " | ".join(cells) + " |"


def _who_may(step: StaffAction, stage: Stage) -> str:
    row = POSSIBILITIES[step]
    if stage not in row.stages:
        return ""
    if step is StaffAction.APPROVE:
        return "whoever is asked 被请审批者"
    return ", ".join(" ".join(party.titles) for party in Party if party in row.parties)


def test_the_document_has_the_same_table() -> None:
    table = "".join(f"{line}\n" for line in matrix())
    before, _, rest = PROCEDURE.read_text(encoding="utf-8").partition(BEGIN)
    written, _, after = rest.partition(END)
    if "RENEW_PROCEDURE" in os.environ:
        PROCEDURE.write_text(before + BEGIN + table + END + after, encoding="utf-8")
        return
    assert written == table, "renew it as the head of this module says"
