"""All types within a type, at any depth, for tests of what messages may contain."""

import types
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel


def types_within(kind: Any, seen: set[Any] | None = None) -> Iterator[Any]:
    """A type and, recursively, every type of its fields and parameters."""
    seen = set() if seen is None else seen
    if kind in seen:
        return
    seen.add(kind)
    yield kind
    for part in _parts(kind):
        yield from types_within(part, seen)


def _parts(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.annotation for field in kind.model_fields.values()]
    if get_origin(kind) is not None or isinstance(kind, types.UnionType):
        return [part for part in get_args(kind) if part is not Ellipsis]
    if hasattr(kind, "__supertype__"):
        return [kind.__supertype__]
    if hasattr(kind, "__dataclass_fields__"):
        return [part.type for part in kind.__dataclass_fields__.values()]
    return []
