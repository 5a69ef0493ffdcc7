"""The outboxes of the stores, asked over the engine like everything else of a store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from models.outbox.outgoing import MessagesQuestion, OutboxQuestion, OutgoingLine
from rules.values.officers import PROVINCE

if TYPE_CHECKING:
    from temporalio.client import Client


async def messages_of_case(client: Client, case_no: str, bureaus: Iterable[str]) -> list[OutgoingLine]:
    """Every message of a case, from the outboxes of its bureaus and of the province, oldest first.

    Raises NoAnswer where one of them does not answer.
    """
    asked = (_ask(client, key, OutboxQuestion(case_no=case_no)) for key in dict.fromkeys(bureaus))
    answers = await asyncio.gather(_of_the_province(client, case_no), *asked)
    found = [line for lines in answers for line in lines]
    return sorted(found, key=lambda line: line.written_at)


async def dead_letters(client: Client, key: str, *, retry: bool = False) -> list[OutgoingLine]:
    """What could not be delivered from the store of a bureau, or of the province; tried again if `retry`.

    Raises NoAnswer where nobody answers.
    """
    return list(await _ask(client, key, OutboxQuestion(dead_only=True, retry=retry)))


async def _of_the_province(client: Client, case_no: str) -> tuple[OutgoingLine, ...]:
    from activities.contracts import READ_PROVINCE_MESSAGES
    from desk.client.worker_answers import ask_platform

    question = MessagesQuestion(case_no=case_no)
    return (await ask_platform(client, READ_PROVINCE_MESSAGES, question, f"outbox {case_no}")).lines


async def _ask(client: Client, key: str, question: OutboxQuestion) -> tuple[OutgoingLine, ...]:
    from activities.contracts import READ_OUTBOX, READ_PROVINCE_OUTBOX
    from desk.client.worker_answers import TO_LOOK_UP, ask_bureau, ask_platform

    about = f"outbox {question.case_no or 'dead letters'}"
    if key == PROVINCE:
        return (await ask_platform(client, READ_PROVINCE_OUTBOX, question, about)).lines
    return (await ask_bureau(client, key, READ_OUTBOX, question, f"{about} at {key}", TO_LOOK_UP)).lines
