"""Cases as the engine lists them, with the warnings about each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from desk.client.silence import NoAnswer
from desk.client.views.duties import stage_phrase
from desk.client.views.tone import Phrase, Tone, listed, phrase
from desk.language import Words, say
from desk.words import bureau, title
from models.messages.stages import Party, Stage
from workflows.identifiers import OVERDUE, PERSON_KEY, WAITING_ON, Flag, case_workflow_id

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.visibility import ListedCase

AT_ONCE = 8
"""How many cases are asked at the same time."""
LOOKED_THROUGH = 200
"""At most this many cases are asked whether an officer has acted in them, nearest due date first."""

FLAGS_IN_WORDS = {
    Flag.REMINDED: Words("reminded", "已催办"),
    Flag.ESCALATED: Words("escalated", "已上报省局"),
    Flag.DISPUTED: Words("disputed", "有异议"),
    Flag.AWAITING_APPROVAL: Words("awaits approval", "待审批"),
    Flag.MESSAGE_REFUSED: Words("message refused", "有消息未予处理"),
    Flag.PROVISIONAL: Words("due date provisional", "到期日暂定"),
    Flag.REOPENED: Words("asked to be reopened", "曾申请恢复办理"),
}


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Which cases are looked for; a field that is None, empty or False does not restrict the search.

    `bureau` is a known key and finds its cases in both directions. `among` limits the search to these case
    numbers.
    """

    bureau: str | None = None
    stage: Stage | None = None
    flag: Flag | None = None
    overdue: bool = False
    due_before: date | None = None
    since: date | None = None
    """Opened on this day or later."""
    waiting_on: Party | None = None
    person: str = ""
    """The keyed hash of an ID number."""
    officer: str = ""
    """The id of an officer who has acted in the case; the cases are asked, as the engine does not list it."""
    among: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. `ways` names both bureaus; `due` is blank when nothing is due any more."""

    case_no: str
    stage: Phrase
    waiting_on: str
    ways: str
    due: str
    marks: Phrase


@dataclass(frozen=True, slots=True)
class CaseList:
    """The cases found, nearest due date first, and how many there are in all."""

    found: Sequence[ListedCase]
    total: int
    looked_through: int | None = None
    """How many cases were asked whether the officer has acted in them; None if no officer was named."""

    @property
    def rows(self) -> list[CaseRow]:
        """The cases in the reader's words."""
        return [case_row(one) for one in self.found]

    @property
    def count(self) -> str:
        """'50 of 312 cases'."""
        shown, looked = len(self.found), self.looked_through
        if looked is not None:
            return say(
                f"{shown} cases, after looking through {looked} of {self.total}",
                f"{shown} 件，已查阅 {self.total} 件中的 {looked} 件",
            )
        return say(f"{shown} of {self.total} cases", f"共 {self.total} 件，显示 {shown} 件")

    def document(self) -> dict[str, Any]:
        """The list as a JSON document."""
        document = {"total": self.total, "cases": [one.document() for one in self.found]}
        return (
            document if self.looked_through is None else {**document, "looked_through": self.looked_through}
        )


async def cases_found(client: Client, search: CaseSearch, limit: int, skip: int = 0) -> CaseList:
    """At most `limit` cases that match a search, after the first `skip`.

    Raises BadInput for an unknown bureau.
    """
    from desk.client.visibility import find

    if not search.officer:
        return CaseList(*await find(client, parts_of(search), limit, skip))
    rows, total = await find(client, parts_of(search), LOOKED_THROUGH)
    acted = await _acted_in(client, [row.case_no for row in rows], search.officer)
    found = [row for row in rows if row.case_no in acted]
    return CaseList(found[skip : skip + limit], total, len(rows))


async def _acted_in(client: Client, cases: Sequence[str], officer: str) -> set[str]:
    """The cases whose journals name an officer; a case that does not answer is left out."""
    from temporalio.service import RPCError, RPCStatusCode

    from desk.client.asking import ask
    from workflows.transfer_case import TransferCase

    turn = asyncio.Semaphore(AT_ONCE)

    async def acted(case: str) -> bool:
        async with turn:
            try:
                journal = await ask(client, case, TransferCase.journal)
            except NoAnswer:
                return False
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                # The list lags: the engine has already deleted the case.
                return False
        return any(entry.officer == officer for entry in journal)

    answers = await asyncio.gather(*map(acted, cases))
    return {case for case, yes in zip(cases, answers, strict=True) if yes}


def parts_of(search: CaseSearch) -> list[str]:
    """A search as conditions of a query to the engine. Raises BadInput for an unknown bureau."""
    from desk.client.visibility import at_either_side, at_stage, due_before, flagged, opened_since

    parts = [at_either_side(search.bureau)] if search.bureau else []
    parts += [due_before(search.due_before)] if search.due_before else []
    parts += [at_stage(search.stage)] if search.stage else []
    parts += [flagged(search.flag)] if search.flag else []
    parts += [f"{OVERDUE.name} = true"] if search.overdue else []
    parts += [opened_since(search.since)] if search.since else []
    parts += [f"{WAITING_ON.name} = '{search.waiting_on}'"] if search.waiting_on else []
    parts += [f"{PERSON_KEY.name} = '{search.person}'"] if search.person else []
    if search.among is not None:
        ids = ", ".join(f"'{case_workflow_id(one)}'" for one in search.among)
        parts.append(f"WorkflowId IN ({ids or repr('')})")
    return parts


def case_row(listed: ListedCase) -> CaseRow:
    """A listed case in the reader's words."""
    return CaseRow(
        case_no=listed.case_no,
        stage=stage_phrase(Stage(listed.stage), listed.broken_off),
        waiting_on=_waiting_on(listed),
        ways=f"{bureau(listed.bureau_out)} → {bureau(listed.bureau_in)}",
        due="" if listed.broken_off else str(listed.due_on or ""),
        marks=marks(listed),
    )


def _waiting_on(listed: ListedCase) -> str:
    """The party whose step is next; blank if there is none."""
    nobody = listed.broken_off or listed.waiting_on in ("", Party.NOBODY)
    return "" if nobody else title(Party(listed.waiting_on))


def marks(case: ListedCase) -> Phrase:
    """The warnings about a case, most serious first."""
    if case.broken_off:
        return ()
    found = [phrase(say("program fails", "程序出错"), Tone.BAD)] if case.stuck else []
    found += [phrase(say("overdue", "逾期"), Tone.BAD)] if case.overdue else []
    found += [phrase(str(FLAGS_IN_WORDS[Flag(one)])) for one in case.flags if one in FLAGS_IN_WORDS]
    return listed(found, say(", ", "，"))
