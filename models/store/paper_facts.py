"""The columns that repeat what a paper states, so that no statement has to look into its body."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from rules.values.papers import PaperKind


class PaperFacts(NamedTuple):
    """The columns of a paper that repeat its body; empty where the body has nothing of the kind."""

    number: str = ""
    bureau_out: str = ""
    bureau_in: str = ""
    id_number: str = ""
    scheme_from: str = ""
    scheme_to: str = ""
    outcome: str = ""
    ranges: int | None = None


_NUMBERED = frozenset(
    {
        PaperKind.ANNOUNCED_REMITTANCE,
        PaperKind.ARREARS_PAYMENT,
        PaperKind.CLEARING,
        PaperKind.CONTACT_LETTER,
        PaperKind.FORMER_EMPLOYERS_FORM,
        PaperKind.INFORMATION_FORM,
        PaperKind.LOADED_RECORD,
        PaperKind.REMITTANCE,
        PaperKind.RESTORATION,
        PaperKind.REVERSAL,
        PaperKind.TAKING_IN,
        PaperKind.UNALLOCATED,
    }
)
_OF_PROVINCE = frozenset(
    {
        PaperKind.HOLIDAY_NOTICE,
        PaperKind.PROVINCE_FILE_FILING,
        PaperKind.PUBLISHED_RATE,
        PaperKind.RULING_FILING,
    }
)
LOOKED_INTO = _NUMBERED | _OF_PROVINCE | {PaperKind.DOSSIER_FILING}
"""The kinds whose bodies are read as the chain is verified; of long dossiers the filing is read."""
ANCHORED = (
    frozenset(
        {
            PaperKind.CLEARING,
            PaperKind.CONTACT_LETTER,
            PaperKind.DOSSIER_FILING,
            PaperKind.INFORMATION_FORM,
            PaperKind.REMITTANCE,
            PaperKind.RESTORATION,
            PaperKind.REVERSAL,
            PaperKind.TAKING_IN,
            PaperKind.UNALLOCATED,
        }
    )
    | _OF_PROVINCE
)
"""Of these the kinds that state, where they are issued, which link of the chain they were filed after."""
_OF_A_MOVE = ("bureau_out", "bureau_in", "id_number", "scheme_from", "scheme_to")


def facts_of(kind: PaperKind, body: str) -> PaperFacts:
    """The facts in the body of a paper, which is JSON; none for kinds without such columns."""
    if kind == PaperKind.DOSSIER:
        return _of_dossier(from_json(body))
    return facts_from(kind, from_json(body)) if kind in _NUMBERED else PaperFacts()


def facts_from(kind: PaperKind, stated: Mapping[str, Any]) -> PaperFacts:
    """The same from the parsed body."""
    if kind not in _NUMBERED:
        return PaperFacts()
    move = {name: stated.get(name, "") for name in _OF_A_MOVE}
    record = stated.get("record")
    return PaperFacts(stated["number"], **move, ranges=None if record is None else len(record))


def _of_dossier(dossier: Mapping[str, Any]) -> PaperFacts:
    application, outcome = dossier["application"], dossier["progress"]["stage"]
    return PaperFacts(**{name: application[name] for name in _OF_A_MOVE}, outcome=outcome)
