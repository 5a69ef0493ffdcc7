"""Papers for a screen: what is personal is masked unless it is asked for."""

from typing import Any

from desk.words import mask

MASKED = ("id_number",)
HIDDEN = ("name",)


def paper_fields(paper: dict[str, Any], unmask: bool) -> dict[str, Any]:
    """The fields of a paper; ID numbers masked and names cut to the family name unless `unmask`."""
    if unmask:
        return paper
    shown = {}
    for field, value in paper.items():
        if field in MASKED and isinstance(value, str):
            shown[field] = mask(value)
        elif field in HIDDEN and isinstance(value, str):
            shown[field] = value[:1] + "*" * (len(value) - 1)
        else:
            shown[field] = value
    return shown
