"""What all documents have in common: every field is known, days and amounts are strings."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, WithJsonSchema, create_model

Day = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Yuan = Annotated[str, StringConstraints(pattern=r"^-?\d+\.\d\d$")]
"""An amount in yuan with two decimals, '1234.50'."""
Percent = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
MonthText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d$")]


class Document(BaseModel):
    """A document, or a part of one, that holds nothing but its fields."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class FindingDocument(Document):
    """A finding with its law, in both languages."""

    code: str
    law: str
    en: str
    zh: str


def document_of(name: str, model: type[BaseModel], told: str, **more: tuple[Any, Any]) -> type[Document]:
    """A document with the fields of a message and some that are told beside it, as (type, default).

    No subclass: what is told beside it is often a property of the message.
    """
    fields: dict[str, Any] = {field: (one.annotation, one) for field, one in model.model_fields.items()}
    fields |= more
    made: type[Document] = create_model(name, __base__=Document, __doc__=told, **fields)
    return made
