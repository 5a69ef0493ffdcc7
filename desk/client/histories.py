"""A person's record as a bureau's books have it, asked of that bureau's own worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk.client.case_numbers import person_key, person_secret
from desk.client.session import with_client
from desk.files.files import bureau_keys, typed_id_number
from desk.language import Words
from desk.problems import BadInput
from desk.words import bureau
from models.messages.steps import HistoryAnswer, HistoryQuestion
from rules.values.moves import Scheme
from rules.values.record import History, RecognisedService

if TYPE_CHECKING:
    from temporalio.client import Client


@dataclass(frozen=True, slots=True)
class RecordAtBureau:
    """Whose record, and what is in it."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    bureau: str
    history: History
    recognised_service: tuple[RecognisedService, ...] = ()


def record_at(key: str, id_number: str, left: Scheme) -> RecordAtBureau:
    """The record a bureau has of a person in the scheme they would leave.

    Raises BadInput when the bureau does not exist, knows no such relationship, or does not answer.
    """
    keys, problems = bureau_keys([key], "bureau")
    try:
        number = typed_id_number("id_number", id_number)
    except BadInput as bad:
        problems += bad.problems
    if problems:
        raise BadInput(Words("Nothing can be calculated:", "无法试算："), problems)
    question, (key,) = HistoryQuestion(id_number=number, scheme=left), keys
    answer = with_client(lambda client: _ask(client, key, question))
    if answer.history is None:
        raise BadInput(
            Words(
                f"{bureau(key)} has no running relationship of this person in scheme {left}.",
                f"{bureau(key)}没有该人员在 {left} 制度下存续的基本养老保险关系。",
            )
        )
    return RecordAtBureau(answer.name, number, key, answer.history, answer.recognised_service)


async def _ask(client: Client, key: str, question: HistoryQuestion) -> HistoryAnswer:
    from activities.contracts import READ_HISTORY
    from desk.client.worker_answers import TO_LOOK_UP, ask_bureau

    person = person_key(question.id_number, person_secret())
    return await ask_bureau(client, key, READ_HISTORY, question, f"{person}/{question.scheme}", TO_LOOK_UP)
