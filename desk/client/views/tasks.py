"""The worklist: what each party has to do now, the nearest due date first."""

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
"""Cases asked at the same time; a worklist must not keep the platform from its work."""

FOR_PROPOSALS = timedelta(seconds=1)
"""So long a worklist waits for what is proposed outside of cases."""

MOST_COMPARED = 1000
"""Cases without a due date that count when a worklist is compared with what it was."""

BROKEN_OFF = "ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')"
"""Ended from outside: nobody acts in the case any more; its bureaus and the province have to see to it."""
Proposals = tuple[list["Proposal"], NoAnswer | None]
"""What a second officer has to check outside of cases, and else why that is not known."""
Proposed = Callable[["Client", str | None, Party | None], Coroutine[Any, Any, Proposals]]
"""Asks for the proposals of a bureau or a party."""
NO_SEARCH = CaseSearch()
"""Leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits on somebody, and what it waits for, or why it does not say.

    One that was broken off is not asked: `told` is None, and the list says all there is to say.
    """

    row: ListedCase
    told: Progress | NoAnswer | None

    @property
    def waiting_on(self) -> Party:
        """As the case says, or else as it is listed."""
        return (
            self.told.waiting_on
            if isinstance(self.told, Progress)
            else Party(self.row.waiting_on or Party.NOBODY)
        )

    @property
    def bureau(self) -> str:
        """The bureau that acts, or the one at which a person or the province would ask."""
        return self.row.bureau_out if self.waiting_on is Party.TRANSFER_OUT else self.row.bureau_in

    @property
    def since(self) -> datetime | None:
        """Since when the party owes what it owes."""
        return owed_since(self.told) if isinstance(self.told, Progress) else None

    @property
    def to_do(self) -> Phrase:
        """What the party owes, and what else it has to look at."""
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
        """What a person has to notice about the case, the gravest first."""
        return marks(self.row)

    def document(self) -> dict[str, Any]:
        """For machines."""
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
    """What one officer has proposed outside of any case and another has to check.

    `receipt` is the unallocated money it is about, at `bureau`, and `rate` a yearly rate; both None for a
    holiday notice of the province.
    """

    words: str
    maker: str
    receipt: UnallocatedReceipt | None = None
    bureau: str = ""
    rate: RateDraft | None = None

    def document(self) -> dict[str, Any]:
        """For machines."""
        receipt = self.receipt.model_dump(mode="json") if self.receipt else None
        return {"words": self.words, "maker": self.maker, "receipt": receipt}


@dataclass(frozen=True, slots=True)
class Worklist:
    """The tasks, how many cases there are in all, and what waits for a second officer outside of cases.

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
        """Why cases, or whoever knows of proposals, did not answer."""
        cases = [task.told for task in self.tasks if isinstance(task.told, NoAnswer)]
        return [*cases, *([self.silence] if self.silence else [])]

    @property
    def count(self) -> str:
        """'50 of 312 cases'."""
        shown = len(self.tasks)
        return say(f"{shown} of {self.total} cases", f"共 {self.total} 件，显示 {shown} 件")

    def document(self) -> dict[str, Any]:
        """For machines."""
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
    """What a bureau or a party has to do now, or everybody; `bureau` is a known key.

    Of parties only the province and the applicant can be asked for: bureaus differ by their key. `search`
    leaves out what it does not find, `skip` the first of what is left. `proposed` gives what is proposed
    outside of cases to whoever has it, else it is asked for.
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
    # Of those that were asked, the server may know one no more.
    tasks = [
        Task(row, told.get(row.case_no)) for row in rows if row.broken_off or told[row.case_no] is not None
    ]
    return Worklist(tasks, total, proposals, silence)


async def listed_tasks(
    client: Client, bureau: str | None = None, party: Party | None = None
) -> tuple[list[ListedCase], int]:
    """What the engine lists of a worklist, without asking a case; for telling whether it has changed."""
    from desk.client.visibility import find

    return await find(client, [_of_whom(bureau, party)], MOST_COMPARED)


async def proposals_or_silence(client: Client, bureau: str | None, party: Party | None) -> Proposals:
    """What a second officer has to check outside of cases, or why that is not known."""
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
    """Yearly rates. The rate itself is not told: whoever checks it types what the document says."""
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
    """Cases under way in which it is the turn of whoever asks, and those of theirs that were broken off."""
    from desk.client.visibility import at_either_side

    under_way = f"{RUNNING} AND {_query(key, party)}"
    if party is Party.APPLICANT:
        return under_way
    broken_off = f"{BROKEN_OFF} AND {at_either_side(key)}" if key else BROKEN_OFF
    return f"(({under_way}) OR ({broken_off}))"


def _query(key: str | None, party: Party | None) -> str:
    """Whose step is next; for the province also what it has to see to without it being its step."""
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
