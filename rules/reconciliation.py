"""Whether the information form, the certificate and the money agree (吉社保〔2020〕6号第七条第二项)."""

from dataclasses import dataclass

from rules.law import JILIN_MEASURES, Law
from rules.money import Fen, yuan

RECONCILE = Law(JILIN_MEASURES, "第七条第二项、第三项")


@dataclass(frozen=True, slots=True)
class Claims:
    """What each paper, and the bank, says of one transfer; money in fen."""

    form_id_number: str
    certificate_id_number: str
    form_individual: Fen
    form_pooled: Fen
    remitted_individual: Fen
    remitted_pooled: Fen
    received: Fen


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field on which two sources differ. Personal fields show no value."""

    field: str
    expected: str
    found: str


def disagreements(claims: Claims) -> tuple[Disagreement, ...]:
    """Every disagreement, to the fen; none when everything agrees (吉社保〔2020〕6号第七条第二项、第三项)."""
    found = []
    if claims.form_id_number != claims.certificate_id_number:
        found.append(Disagreement("id_number", "as certified", "differs"))
    amounts = (
        ("line_4_individual", claims.form_individual, claims.remitted_individual),
        ("line_5_pooled", claims.form_pooled, claims.remitted_pooled),
        ("line_6_total", Fen(claims.form_individual + claims.form_pooled), claims.received),
    )
    found += [Disagreement(field, yuan(due), yuan(came)) for field, due, came in amounts if due != came]
    return tuple(found)
