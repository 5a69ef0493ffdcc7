"""Papers as JSON documents with personal data masked: names, ID numbers, accounts, in any field."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from desk.files.orders import is_personal
from desk.words import mask, mask_change, mask_name

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
"""Fields whose names mark them as personal."""

_VALUES = ("value", "seen", "expected", "before", "after")
"""Fields that hold the value of another field, which may be a name."""

_CHANGES = (("seen", "expected"), ("before", "after"))
"""Pairs of such fields that are compared: what differs between the two is shown."""


def masked(paper: BaseModel, unmask: bool) -> Any:
    """A paper as a document, money in fen; personal data masked unless `unmask`."""
    document = paper.model_dump(mode="json")
    return document if unmask else _masked(document)


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if not isinstance(value, dict):
        return value
    personal = isinstance(value.get("field"), str) and is_personal(value["field"])
    whole = {key: _kept(key, one, personal) for key, one in value.items()}
    for before, after in _CHANGES if personal else ():
        if isinstance(value.get(before), str) and isinstance(value.get(after), str):
            whole[before], whole[after] = mask_change(value[before], value[after])
    return whole


def _kept(key: str, value: Any, personal: bool) -> Any:
    if isinstance(value, str):
        if key in _MASKS:
            return _MASKS[key](value)
        if personal and key in _VALUES:
            return mask_name(value)
    return _masked(value)
