"""The options for months paid twice, as shown to the person at the counter (第四条)."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.language import Words, say
from desk.words import money, relationship
from models.messages.duplicates import DuplicateNotice, OfferedPeriod, OfferedRecord
from rules.values.moves import Scheme
from rules.values.record import RefundOf

RULE = Words(
    "The months count once, whichever is kept; the principal of the other is paid out.",
    "重复月份只计算一次，保留一处，另一处的个人账户本金退还本人。",
)
RULE_OF_BALANCE = Words(
    "The months count once, whichever is kept; the principal of the other with its interest is paid out.",
    "重复月份只计算一次，保留一处，另一处的个人账户本金和利息退还本人。",
)
"""The sentence shown if the province has arranged refunds by the national wording."""
RULE_OF_LINKING = Words(
    "The months count once, in the employee scheme; what the resident scheme has to give back is paid out.",
    "重复月份只计算一次，保留职工缴费；城乡居民缴费中按规定应退的部分退还本人。",
)
"""By 人社部发〔2014〕17号第七条 subsidies and interest stay in the account."""
CONSENT_NEEDED = Words("the person has to consent to the clearing", "须经本人同意方可清理重复缴费")


@dataclass(frozen=True, slots=True)
class OfferedRow:
    """An option of a period, with the number to choose it by; '–' if there is nothing to choose.

    `period` and `months` are given with the first option of a period and '' with the others.
    """

    period: str
    months: str
    option: str
    stays_with: str
    paid_out: str


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """The options of every period, how many the person is asked about, and whether consent is asked for."""

    case_no: str
    rows: tuple[OfferedRow, ...]
    rule: str
    open_periods: int
    needs_consent: bool


def shown_offer(offer: DuplicateNotice) -> ShownOffer:
    """Every period with its options and what each pays out, in yuan."""
    rows: list[OfferedRow] = []
    number = 0
    for period in offer.periods:
        asked = len(period.options) > 1
        number += asked
        rows += _rows(offer, period, str(number) if asked else "–")
    linking = any(record.scheme == Scheme.RESIDENT for record in offer.records)
    by_choice = RULE_OF_BALANCE if offer.refund_of is RefundOf.BALANCE else RULE
    rule = RULE_OF_LINKING if linking else by_choice
    return ShownOffer(offer.case_no, tuple(rows), str(rule), offer.open_periods, offer.needs_consent)


def _rows(offer: DuplicateNotice, period: OfferedPeriod, number: str) -> Iterator[OfferedRow]:
    for at, option in enumerate(period.options, start=1):
        first = (number, f"{period.first} – {period.last}") if at == 1 else ("", "")
        chosen = str(at) if len(period.options) > 1 else "–"
        yield OfferedRow(*first, chosen, _holder(offer.records[option.keep]), money(option.refund))
    if len(period.options) == 1:
        decided = say("an employee scheme keeps what residents have too", "与城乡居民重复的，保留职工缴费")
        if period.certified:
            decided = say("certified service decides this period", "已认定工作经历，按认定意见办理")
        yield OfferedRow("", "", "", decided, "")


def _holder(record: OfferedRecord) -> str:
    whence = say(" (brought along)", "（转入）") if record.transferred else say(" (paid here)", "（本地）")
    return relationship(record.scheme, record.bureau) + whence
