"""The type of each command's document, by the words of the command."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from desk.schemas.cases import (
    ApplicantDocument,
    ExchangeDocument,
    PrintedDocument,
    ShowDocument,
    VerifiedDocument,
)
from desk.schemas.figures import AuditDocument, ReportDocument
from desk.schemas.law import AmountDocument, BureauDocument, CheckDocument, DeadlineDocument
from desk.schemas.lists import (
    AnswerDocument,
    AwaitedDocument,
    CaseListDocument,
    OpenedDocument,
    RowDocument,
    SentDocument,
    WorklistDocument,
)
from models.messages.bank_statement import ExpectedFunds
from models.messages.requests import StaffAction
from models.messages.steps import SeedResult
from models.officers.rosters import RosterAnswer, RosterPage
from models.outbox.outgoing import OutgoingLine

_OF_STAFF = AnswerDocument | SentDocument | list[RowDocument]
_WITH_ITS_QUESTION = {StaffAction.APPROVE: AwaitedDocument, StaffAction.CHOOSE: dict[str, Any]}
"""Actions that, without an officer or an answer, tell what waits."""

DOCUMENTS: Mapping[str, Any] = {
    **{
        action.value: _OF_STAFF | _WITH_ITS_QUESTION[action] if action in _WITH_ITS_QUESTION else _OF_STAFF
        for action in StaffAction
    },
    "apply": list[OpenedDocument],
    "audit": AuditDocument,
    "bureaus": list[BureauDocument],
    "calculate": AmountDocument,
    "check": CheckDocument | list[CheckDocument],
    "deadline": DeadlineDocument,
    "export exchange": ExchangeDocument,
    "find": CaseListDocument,
    "funds expected": ExpectedFunds,
    "list": CaseListDocument,
    "officer absent": RosterAnswer,
    "officer dismiss": RosterAnswer,
    "officer enrol": RosterAnswer,
    "officer list": RosterPage,
    "outbox": list[OutgoingLine],
    "papers": list[PrintedDocument] | VerifiedDocument,
    "report": ReportDocument,
    "seed": list[SeedResult],
    "show": ShowDocument | ApplicantDocument,
    "worklist": WorklistDocument,
}


def schema_of(command: str) -> dict[str, Any]:
    """The JSON schema of a command's document. Raises KeyError for a command that has none here."""
    adapter: TypeAdapter[Any] = TypeAdapter(DOCUMENTS[command])
    described = adapter.json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": command, **described}
