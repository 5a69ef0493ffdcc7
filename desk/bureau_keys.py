"""A bureau's key as it was typed: one of the list, or a sentence that says it is none."""

from desk.language import say
from desk.problems import BadInput
from rules.bureaus import listed_bureau


def no_such_bureau(key: str) -> str:
    """What a clerk is told of a key that is in no list."""
    return say(
        f"There is no bureau {key}; `starter.py bureaus` lists them.",
        f"没有社会保险局 {key}，可用 `starter.py bureaus` 查名录。",
    )


def bureau_key(key: str) -> str:
    """The key, if a bureau has or had it: letters and digits only. Raises BadInput."""
    if listed_bureau(key) is None:
        raise BadInput(no_such_bureau(key))
    return key
