"""The worklist: what each party has to do now, the nearest due date first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desk.client.silence import NoAnswer
from desk.client.views.case_list import CaseSearch, marks, parts_of
from desk.client.views.duties import owed
from desk.client.views.tone import Phrase, Tone, phrase
from desk.language import say
from models.messages.progress import Progress
from models.messages.stages import Party, Stage
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, STAGE, WAITING_ON, Flag

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.visibility import ListedCase

AT_ONCE = 8
"""Cases asked at the same time; a worklist must not keep the platform from its work."""

RUNNING = "ExecutionStatus = 'Running'"
NO_SEARCH = CaseSearch()
"""Leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits on somebody, and what it waits for, or why it does not say."""

    row: ListedCase
    told: Progress | NoAnswer

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
        """Since when it waits on this party."""
        told = isinstance(self.told, Progress) and self.told.holdings
        return told[-1].since if told else None

    @property
    def to_do(self) -> Phrase:
        """What the party owes, and what else it has to look at."""
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
        if isinstance(told, NoAnswer):
            return document | {"no_answer": str(told)}
        return document | {
            "stage": told.stage,
            "to_do": owed(told),
            "open_fields": len(told.open_fields),
            "approvals": [one.model_dump(mode="json") for one in told.approvals],
        }


@dataclass(frozen=True, slots=True)
class Worklist:
    """The tasks, and how many cases there are in all."""

    tasks: Sequence[Task]
    total: int

    def by_party(self) -> list[tuple[Party, list[Task]]]:
        """The tasks of each party that has any."""
        grouped = ((party, [task for task in self.tasks if task.waiting_on is party]) for party in Party)
        return [(party, own) for party, own in grouped if own]

    @property
    def unanswered(self) -> list[NoAnswer]:
        """Why cases did not answer."""
        return [task.told for task in self.tasks if isinstance(task.told, NoAnswer)]

    @property
    def count(self) -> str:
        """'50 of 312 cases'."""
        shown = len(self.tasks)
        return say(f"{shown} of {self.total} cases", f"共 {self.total} 件，显示 {shown} 件")

    def document(self) -> dict[str, Any]:
        """For machines."""
        return {"total": self.total, "tasks": [task.document() for task in self.tasks]}


async def worklist_of(
    client: Client,
    bureau: str | None = None,
    party: Party | None = None,
    limit: int = 50,
    *,
    search: CaseSearch = NO_SEARCH,
    skip: int = 0,
) -> Worklist:
    """What a bureau or a party has to do now, or everybody; `bureau` is a known key.

    Of parties only the province and the applicant can be asked for: bureaus differ by their key. `search`
    leaves out what it does not find, `skip` the first of what is left.
    """
    from desk.client.asking import ask_each
    from desk.client.visibility import find

    rows, total = await find(client, [RUNNING, _query(bureau, party), *parts_of(search)], limit, skip)
    answers = await ask_each(client, [row.case_no for row in rows], AT_ONCE)
    tasks = [Task(row, told) for row, told in zip(rows, answers, strict=True) if told is not None]
    return Worklist(tasks, total)


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
