"""The type of each command's document, by the words of the command."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from desk.schemas.calendars import CalendarDocument, PreviewDocument, RefusedDocument
from desk.schemas.cases import (
    ApplicantDocument,
    ExchangeDocument,
    PrintedDocument,
    ShowDocument,
    VerifiedDocument,
)
from desk.schemas.deliveries import DeliveredDocument, NoticeOnFile
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
from desk.schemas.system import (
    KeyDocument,
    MovedDocument,
    OfferDocument,
    RatePreviewDocument,
    RatesDocument,
    ReleasesDocument,
    RevivedDocument,
    RulingsDocument,
    StatementDocument,
)
from engine.encryption.access_log import Access
from models.messages.bank_statement import ExpectedFunds
from models.messages.calendar import Publication
from models.messages.requests import StaffAction
from models.messages.steps import SeedResult
from models.officers.rosters import RosterAnswer, RosterPage
from models.outbox.outgoing import OutgoingLine
from models.rates.messages import RatePublication, Settlement

_OF_STAFF = AnswerDocument | SentDocument | list[RowDocument]
_WITH_ITS_QUESTION = {StaffAction.APPROVE: AwaitedDocument, StaffAction.CHOOSE: OfferDocument}
"""Actions that, without an officer or an answer, tell what waits."""

DOCUMENTS: Mapping[str, Any] = {
    **{
        action.value: _OF_STAFF | _WITH_ITS_QUESTION[action] if action in _WITH_ITS_QUESTION else _OF_STAFF
        for action in StaffAction
    },
    "access": list[Access],
    "apply": list[OpenedDocument],
    "audit": AuditDocument,
    "bureaus": list[BureauDocument],
    "calculate": AmountDocument,
    "calendar preview": PreviewDocument,
    "calendar publish": Publication | RefusedDocument,
    "calendar show": CalendarDocument,
    "calendar withdraw": Publication | RefusedDocument,
    "check": CheckDocument | list[CheckDocument],
    "deadline": DeadlineDocument,
    "delivered": DeliveredDocument | list[NoticeOnFile],
    "export exchange": ExchangeDocument,
    "find": CaseListDocument,
    "funds assign": MovedDocument | RefusedDocument,
    "funds expected": ExpectedFunds,
    "funds import": StatementDocument,
    "funds return": MovedDocument | RefusedDocument,
    "list": CaseListDocument,
    "officer absent": RosterAnswer,
    "officer bootstrap": RosterAnswer,
    "officer dismiss": RosterAnswer,
    "officer enrol": RosterAnswer,
    "officer key": KeyDocument,
    "officer list": RosterPage,
    "outbox": list[OutgoingLine],
    "papers": list[PrintedDocument] | VerifiedDocument,
    "promote": ReleasesDocument,
    "rates preview": RatePreviewDocument,
    "rates publish": RatePublication | RefusedDocument,
    "rates settle": Settlement | RefusedDocument,
    "rates show": RatesDocument,
    "rates withdraw": RatePublication | RefusedDocument,
    "releases": ReleasesDocument,
    "report": ReportDocument,
    "revive": RevivedDocument,
    "rulings": RulingsDocument,
    "seed": list[SeedResult],
    "show": ShowDocument | ApplicantDocument,
    "worklist": WorklistDocument,
}


def schema_of(command: str) -> dict[str, Any]:
    """The JSON schema of a command's document. Raises KeyError for a command that has none here."""
    adapter: TypeAdapter[Any] = TypeAdapter(DOCUMENTS[command])
    described = adapter.json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described, "title": command}
