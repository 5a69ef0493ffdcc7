"""Whether the information form, the certificate and the money agree (吉社保〔2020〕6号第七条第二项)."""

from dataclasses import dataclass, field

from rules.values.law import JILIN_MEASURES, Law
from rules.values.money import Fen, yuan
from rules.values.moves import Scheme

RECONCILE = Law(JILIN_MEASURES, "第七条第二项、第三项")


@dataclass(frozen=True, slots=True)
class Insured:
    """Who a paper is about, and the scheme it says they leave."""

    id_number: str = field(repr=False)
    name: str = field(repr=False)
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class PaperClaims:
    """What each paper, and the bank, states about one transfer; money in fen.

    `remitted_*` are all remittances that came less what was returned, `received` is the same sum by the bank.
    `certificate` is None where the bureau has none: leavers come by the former employer's form.
    `name_amended`: a correction has put the name on the form right, so the certificate's is the wrong one.
    """

    form: Insured
    certificate: Insured | None
    form_individual: Fen
    form_pooled: Fen
    remitted_individual: Fen
    remitted_pooled: Fen
    received: Fen
    name_amended: bool = False

    @property
    def short_individual(self) -> Fen:
        """What the form states for the individual account and did not come, in fen; negative if too much."""
        return Fen(self.form_individual - self.remitted_individual)

    @property
    def short_pooled(self) -> Fen:
        """The same amount for the pooled fund."""
        return Fen(self.form_pooled - self.remitted_pooled)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field on which two sources differ. Fields that say who somebody is show no value."""

    field: str
    expected: str
    found: str


def disagreements(claims: PaperClaims) -> tuple[Disagreement, ...]:
    """Every disagreement, to the fen; none when everything agrees (吉社保〔2020〕6号第七条第二项、第三项)."""
    amounts = (
        ("line_4_individual", claims.form_individual, claims.remitted_individual),
        ("line_5_pooled", claims.form_pooled, claims.remitted_pooled),
        ("line_6_total", Fen(claims.form_individual + claims.form_pooled), claims.received),
    )
    found = [Disagreement(name, "as certified", "differs") for name in _contradicted(claims)]
    found += [Disagreement(name, yuan(due), yuan(came)) for name, due, came in amounts if due != came]
    return tuple(found)


def _contradicted(claims: PaperClaims) -> tuple[str, ...]:
    """The fields in which the form contradicts the certificate."""
    form, certificate = claims.form, claims.certificate
    if certificate is None:
        return ()
    contradicted = {
        "id_number": form.id_number != certificate.id_number,
        "name": form.name != certificate.name and not claims.name_amended,
        "scheme": form.scheme is not certificate.scheme,
    }
    return tuple(name for name, differs in contradicted.items() if differs)
