"""Papers for machines with what is personal masked: names, ID numbers, accounts, wherever they stand."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from desk.files.orders import is_personal
from desk.words import mask, mask_name

_MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "name_before": mask_name,
    "name_after": mask_name,
    "id_number": mask,
    "refund_account": mask,
    "mobile": mask,
    "home_address": mask,
    "personal_number": mask,
    "agent_name": mask_name,
    "agent_mobile": mask,
    "agent_address": mask,
}
"""Fields that are personal by their own name."""

_VALUES = ("value", "seen", "expected", "before", "after")
"""Fields that hold the value of another field, which may be a name."""


def masked(paper: BaseModel, unmask: bool) -> Any:
    """A paper as a document, money in fen; everything personal masked unless `unmask`."""
    document = paper.model_dump(mode="json")
    return document if unmask else _masked(document)


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if not isinstance(value, dict):
        return value
    personal = isinstance(value.get("field"), str) and is_personal(value["field"])
    return {key: _kept(key, one, personal) for key, one in value.items()}


def _kept(key: str, value: Any, personal: bool) -> Any:
    if isinstance(value, str):
        if key in _MASKS:
            return _MASKS[key](value)
        if personal and key in _VALUES:
            return mask_name(value)
    return _masked(value)
