"""JSON schemas: every command that prints JSON has one, and what it prints is of that form.

That a document is of its form is held wherever a test reads one, by `Screen.document` in `clerk.py`.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from clerk import Clerk
from pydantic import TypeAdapter, ValidationError

from desk.client.views.shown_case import ask_case
from desk.command_list import COMMANDS
from desk.exchange.document import exchange_document
from desk.schemas.cases import ExchangeDocument
from desk.schemas.registry import DOCUMENTS, schema_of
from province import Province, account, application

NOWHERE = "127.0.0.1:9"
EXPORT = "export exchange"


def printing_json(command: Any, words: str) -> Iterator[str]:
    """The words of every command with a flag --json, from this one on."""
    if further := getattr(command, "commands", None):
        for name, one in further.items():
            yield from printing_json(one, f"{words} {name}")
    elif any("--json" in option.opts for option in command.params):
        yield words


def references(schema: Any) -> Iterator[str]:
    """What a schema refers to, wherever it does."""
    if isinstance(schema, dict):
        if isinstance(named := schema.get("$ref"), str):
            yield named
        for one in schema.values():
            yield from references(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from references(one)


def test_every_command_that_prints_json_has_a_schema() -> None:
    found = {words for one in COMMANDS for words in printing_json(one.load(), one.name)}
    assert set(DOCUMENTS) == found | {EXPORT}


@pytest.mark.parametrize("command", DOCUMENTS)
def test_a_schema_says_what_it_is_of_and_is_whole(command: str) -> None:
    schema = json.loads(json.dumps(schema_of(command)))
    assert schema["title"] == command
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12/")
    known = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    assert set(references(schema)) <= known
    assert {"type", "anyOf", "$ref"} & set(schema)


async def test_schemas_are_printed_and_listed_without_an_engine() -> None:
    clerk = Clerk(NOWHERE)
    listed = (await clerk("export", "schema")).printed.splitlines()
    assert set(listed) == set(DOCUMENTS)
    printed = json.loads((await clerk("export", "schema", "calendar", "show")).printed)
    assert printed == schema_of("calendar show")
    (told, *_) = (await clerk("export", "schema", "demo")).refusal()
    assert told == "There is no schema of demo; `export schema` lists what there is."


async def test_the_exchange_file_is_of_its_schema_and_nothing_else_is(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    view, _ = await ask_case(province.client, handle.id.removeprefix("transfer/"))
    document = exchange_document(view)
    assert document is not None
    of_the_file: TypeAdapter[Any] = TypeAdapter(ExchangeDocument)
    of_the_file.validate_json(json.dumps(document))
    for wrong in ({"AIC102": "12.5"}, {"AAC002": None}, {"AAE270": 7}, {"more": "than there is"}):
        with pytest.raises(ValidationError):
            of_the_file.validate_json(json.dumps(document | wrong))
