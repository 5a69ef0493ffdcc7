"""The worklist: what each party has to do now, nearest due date first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from desk.client.silence import NoAnswer
from desk.client.views.case_list import CaseSearch, marks, parts_of
from desk.client.views.duties import owed, owed_since
from desk.client.views.tone import Phrase, Tone, phrase
from desk.language import say
from desk.words import money
from models.messages.progress import Progress
from models.messages.stages import Party, Stage
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, RUNNING, STAGE, WAITING_ON, Flag

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.visibility import ListedCase
    from models.messages.bank_statement import UnallocatedReceipt
    from models.rates.messages import RateDraft

AT_ONCE = 8
"""How many cases are asked at the same time: few, as the platform has its own work to do."""

FOR_PROPOSALS = timedelta(seconds=1)
"""How long a worklist waits for the proposals outside cases."""

MOST_COMPARED = 1000
"""How many listed cases are compared to tell whether a worklist has changed."""

BROKEN_OFF = "ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')"
"""Selects terminated cases: nobody acts in one any more; its bureaus and the province have to look at it."""
Proposals = tuple[list["Proposal"], NoAnswer | None]
"""What a second officer has to check outside cases, or why that is not known."""
Proposed = Callable[["Client", str | None, Party | None], Coroutine[Any, Any, Proposals]]
"""Asks for the proposals of a bureau or a party."""
NO_SEARCH = CaseSearch()
"""A search that finds every case."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits for a party, with its answer about what it waits for, or why it gave none.

    A terminated case is not asked: `told` is None, and only what the engine lists of it is known.
    """

    row: ListedCase
    told: Progress | NoAnswer | None

    @property
    def waiting_on(self) -> Party:
        """The party by the case's own answer, or else by the engine's list."""
        return (
            self.told.waiting_on
            if isinstance(self.told, Progress)
            else Party(self.row.waiting_on or Party.NOBODY)
        )

    @property
    def bureau(self) -> str:
        """The bureau that acts, or the one that the person or the province would ask."""
        return self.row.bureau_out if self.waiting_on is Party.TRANSFER_OUT else self.row.bureau_in

    @property
    def since(self) -> datetime | None:
        """Since when the party owes its step."""
        return owed_since(self.told) if isinstance(self.told, Progress) else None

    @property
    def to_do(self) -> Phrase:
        """What the party owes, and what else needs its attention."""
        if self.told is None:
            return phrase(_ended_from_outside(), Tone.BAD)
        if isinstance(self.told, NoAnswer):
            return phrase(say("no answer", "未答复"), Tone.NOTICE)
        return phrase(owed(self.told) + self._more(self.told))

    def _more(self, told: Progress) -> str:
        fields = len(told.open_fields)
        more = say(f", {fields} fields open", f"，待更正 {fields} 项") if fields else ""
        if Flag.MESSAGE_REFUSED in self.row.flags:
            more += say("; read in its journal which message was refused", "；查看办理记录中未予处理的消息")
        return more

    @property
    def marks(self) -> Phrase:
        """The warnings about the case, most serious first."""
        return marks(self.row)

    def document(self) -> dict[str, Any]:
        """The task as a JSON document."""
        told = self.told
        document = {
            **self.row.document(),
            "waiting_on": self.waiting_on,
            "bureau": self.bureau,
            "since": self.since.isoformat() if self.since else None,
            "answered": isinstance(told, Progress),
        }
        if told is None:
            return document | {"to_do": _ended_from_outside()}
        if isinstance(told, NoAnswer):
            return document | {"no_answer": str(told)}
        return document | {
            "stage": told.stage,
            "to_do": owed(told),
            "open_fields": len(told.open_fields),
            "approvals": [one.model_dump(mode="json") for one in told.approvals],
        }


def _ended_from_outside() -> str:
    return say("ended from outside; have the operator revive it", "流程被系统外操作终止，请运维人员恢复运行")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal of one officer, outside any case, that another has to check.

    It concerns `receipt`, unallocated money at `bureau`, or `rate`, a yearly rate; both are None for a
    holiday notice of the province.
    """

    words: str
    maker: str
    receipt: UnallocatedReceipt | None = None
    bureau: str = ""
    rate: RateDraft | None = None

    def document(self) -> dict[str, Any]:
        """The proposal as a JSON document."""
        receipt = self.receipt.model_dump(mode="json") if self.receipt else None
        return {"words": self.words, "maker": self.maker, "receipt": receipt}


@dataclass(frozen=True, slots=True)
class Worklist:
    """The tasks, how many cases there are in all, and the proposals that wait for a second officer.

    `silence` says why the proposals are not known.
    """

    tasks: Sequence[Task]
    total: int
    proposals: Sequence[Proposal] = ()
    silence: NoAnswer | None = None

    def by_party(self) -> list[tuple[Party, list[Task]]]:
        """The tasks of each party that has any."""
        grouped = ((party, [task for task in self.tasks if task.waiting_on is party]) for party in Party)
        return [(party, own) for party, own in grouped if own]

    @property
    def unanswered(self) -> list[NoAnswer]:
        """Why cases, or the worker asked for proposals, did not answer."""
        cases = [task.told for task in self.tasks if isinstance(task.told, NoAnswer)]
        return [*cases, *([self.silence] if self.silence else [])]

    @property
    def count(self) -> str:
        """'50 of 312 cases'."""
        shown = len(self.tasks)
        return say(f"{shown} of {self.total} cases", f"共 {self.total} 件，显示 {shown} 件")

    def document(self) -> dict[str, Any]:
        """The worklist as a JSON document."""
        tasks = [task.document() for task in self.tasks]
        proposals = [one.document() for one in self.proposals]
        return {"total": self.total, "tasks": tasks, "proposals": proposals}


async def worklist_of(
    client: Client,
    bureau: str | None = None,
    party: Party | None = None,
    limit: int = 50,
    *,
    search: CaseSearch = NO_SEARCH,
    skip: int = 0,
    proposed: Proposed | None = None,
) -> Worklist:
    """What a bureau, a party or, without either, everybody has to do now; `bureau` is a known key.

    `party` is the province or the applicant; a bureau is named by its key. Only cases that `search` finds are
    listed, without the first `skip`. `proposed` returns the proposals outside cases; by default they are
    asked for.
    """
    from desk.client.asking import ask_each
    from desk.client.visibility import find

    proposing = asyncio.create_task((proposed or proposals_or_silence)(client, bureau, party))
    try:
        rows, total = await find(client, [_of_whom(bureau, party), *parts_of(search)], limit, skip)
        asked = [row.case_no for row in rows if not row.broken_off]
        answers = await ask_each(client, asked, AT_ONCE)
        proposals, silence = await proposing
    finally:
        proposing.cancel()
    told = dict(zip(asked, answers, strict=True))
    # A listed case may have been deleted from the server before it was asked.
    tasks = [
        Task(row, told.get(row.case_no)) for row in rows if row.broken_off or told[row.case_no] is not None
    ]
    return Worklist(tasks, total, proposals, silence)


async def listed_tasks(
    client: Client, bureau: str | None = None, party: Party | None = None
) -> tuple[list[ListedCase], int]:
    """What the engine lists of a worklist, to tell whether it has changed; no case is asked."""
    from desk.client.visibility import find

    return await find(client, [_of_whom(bureau, party)], MOST_COMPARED)


async def proposals_or_silence(client: Client, bureau: str | None, party: Party | None) -> Proposals:
    """What a second officer has to check outside cases, or why that is not known."""
    try:
        return await _proposals(client, bureau, party), None
    except NoAnswer as silence:
        return [], silence


async def _proposals(client: Client, bureau: str | None, party: Party | None) -> list[Proposal]:
    """What a second officer of the bureau, or of the province, has to check. Raises NoAnswer."""
    if bureau is not None:
        return await _on_unallocated_money(client, bureau)
    return [*await proposed_notices(client), *await _rates(client)] if party is Party.PROVINCE else []


async def _on_unallocated_money(client: Client, bureau: str) -> list[Proposal]:
    from activities.contracts import LIST_EXPECTED_FUNDS
    from desk.client.worker_answers import Patience, ask_bureau
    from models.messages.bank_statement import ExpectedFundsQuestion

    question, patience = ExpectedFundsQuestion(bureau=bureau), Patience(attempts=1, in_all=FOR_PROPOSALS)
    funds = await ask_bureau(client, bureau, LIST_EXPECTED_FUNDS, question, patience=patience)
    found = []
    for receipt in funds.kept:
        if (proposed := receipt.proposed) is None:
            continue
        amount, reference, to = money(proposed.amount), proposed.reference, proposed.to
        where_en, where_zh = (f"to {to}", f"计入 {to}") if to else ("back to the payer", "退回付款方")
        words = say(
            f"{amount} under the bank's reference {reference} is to go {where_en}; read receipt and reason",
            f"流水号 {reference} 的 {amount} 拟{where_zh}，请核对到账与理由",
        )
        found.append(Proposal(words, proposed.officer, receipt, bureau))
    return found


async def _rates(client: Client) -> list[Proposal]:
    """Yearly rates, without the figure: the officer who checks it types it from the document."""
    from desk.rates.client import proposed_rates

    found = []
    for one in await proposed_rates(client):
        year, document = one.draft.year, one.draft.document
        words = say(
            f"the interest rate of {year} by {document} is to be published; check it with the document",
            f"拟公布 {year} 年度记账利率（{document}），请按文件复核",
        )
        found.append(Proposal(words, one.maker, rate=one.draft))
    return found


async def proposed_notices(client: Client) -> list[Proposal]:
    """Holiday notices of the province that a second officer has to check. Raises PlatformOff."""
    from temporalio.service import RPCError

    from desk.client.silence import PlatformOff
    from desk.client.worker_answers import QUERY_PATIENCE
    from models.messages.calendar import PublicationStage
    from workflows.calendar_publication import PublishCalendar

    found = []
    async for one in client.list_workflows(f"WorkflowType = 'PublishCalendar' AND {RUNNING}"):
        handle = client.get_workflow_handle_for(PublishCalendar.run, one.id)
        try:
            publication = await handle.query(PublishCalendar.publication, rpc_timeout=QUERY_PATIENCE)
        except RPCError:
            raise PlatformOff from None
        if publication.stage is PublicationStage.AWAITING_CHECK:
            number = publication.number
            words = say(
                f"{number} is to be published; compare it with the notice", f"拟发布 {number}，请与通知核对"
            )
            found.append(Proposal(words, publication.maker))
    return found


def _of_whom(key: str | None, party: Party | None) -> str:
    """The query for the running cases that wait for this bureau or party, and its terminated cases."""
    from desk.client.visibility import at_either_side

    under_way = f"{RUNNING} AND {_query(key, party)}"
    if party is Party.APPLICANT:
        return under_way
    broken_off = f"{BROKEN_OFF} AND {at_either_side(key)}" if key else BROKEN_OFF
    return f"(({under_way}) OR ({broken_off}))"


def _query(key: str | None, party: Party | None) -> str:
    """The query for cases whose next step is this bureau's or party's; for bureaus and the province also
    cases flagged for their attention."""
    from desk.client.visibility import at_either_side, flagged

    if key is not None:
        inward = f"({BUREAU_IN.name} = '{key}' AND {WAITING_ON.name} = '{Party.TRANSFER_IN}')"
        outward = f"({BUREAU_OUT.name} = '{key}' AND {WAITING_ON.name} = '{Party.TRANSFER_OUT}')"
        return f"({inward} OR {outward} OR ({at_either_side(key)} AND {flagged(Flag.MESSAGE_REFUSED)}))"
    if party is Party.PROVINCE:
        before = f"{STAGE.name} = '{Stage.BEFORE_THE_PROVINCE}'"
        marked = f"{flagged(Flag.ESCALATED)} OR {flagged(Flag.MESSAGE_REFUSED)}"
        return f"({WAITING_ON.name} = '{Party.PROVINCE}' OR {before} OR {marked})"
    if party is not None:
        return f"{WAITING_ON.name} = '{party}'"
    return f"{WAITING_ON.name} != '{Party.NOBODY}'"
