"""What must hold in all bureaus' books: no fen and no month lost or doubled. An own rule of this system.

Each bureau's books are checked against the papers it has on file, and the papers of one bureau against those
of the other: what one sent must be what the other received, posted, and has in its record.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from rules.values.books import (
    AccountBefore,
    AnnouncedRemittance,
    BookedMonths,
    CaseBooks,
    Divergence,
    Ended,
    Form,
    Movement,
    Posted,
    Sums,
    TakingInOnFile,
    left_in_account,
)
from rules.values.money import WHOLE
from rules.values.months import Month, count_months, months_between
from rules.values.papers import PaperKind, Side

BANK, INDIVIDUAL, POOLED, SUSPENSE = "bank", "individual_account", "pooled_fund", "suspense"
IN_TRANSIT_IN = "in_transit_in"
CLOSED = "closed"
"""The outcome of a case in which money and months were taken in."""
RETURNED = "returned"
"""The outcome of a case whose money was sent back and whose relationship was restored by ruling."""

Paid = tuple[int, int | None, str, str | None]
"""The record of one month: base in fen, rate booked, kind, and what a resident paid for its year."""


def divergences_within(books: CaseBooks) -> tuple[Divergence, ...]:
    """Every difference between one bureau's books of a case and the papers it has on file of it.

    Money in fen, months by number, a base by its month. A case within one bureau is compared with itself.
    """
    found = [
        *_money(books),
        *_amounts(books),
        *_months(books),
        *_twice(books),
        *_owners(books),
        *_on_file(books),
    ]
    if books.peer == books.bureau:
        found += divergences_between(books, books)
    return tuple(found)


def amounts_due(books: CaseBooks) -> dict[str, Counter[str]]:
    """The sums that the papers on file require to be posted, by paper and account, in fen; debits positive.

    Every movement, taking in, reversal and refund is a paper; what rests on none is not due. Of a remittance
    that is not complete, the part that has arrived is due, in suspense or in transit.
    """
    due: dict[str, Counter[str]] = {}
    for one in books.movements:
        sign = 1 if one.issued else -1
        owed = {SUSPENSE: one.total} if one.issued == one.goes_back else {INDIVIDUAL: one.individual}
        if one.issued != one.goes_back:
            owed[POOLED] = one.pooled
        _add(due, one.number, {BANK: -one.total, **owed}, sign)
    for waited in books.announced:
        waits = IN_TRANSIT_IN if waited.goes_back else SUSPENSE
        _add(due, waited.number, {BANK: waited.come, waits: -waited.come})
    for taken in books.takings_in:
        sides = {
            SUSPENSE: taken.individual + taken.pooled,
            INDIVIDUAL: -taken.individual,
            POOLED: -taken.pooled,
        }
        _add(due, taken.number, sides)
        if taken.reversal:
            _add(due, taken.reversal, sides, -1)
    for paid in books.payments:
        total = paid.personal + paid.unit
        _add(due, paid.number, {BANK: total, INDIVIDUAL: -paid.personal, POOLED: -paid.unit})
    for cleared in books.clearings:
        _add(due, cleared.number, {INDIVIDUAL: cleared.refund, BANK: -cleared.refund})
    return due


def unreversed_taking_in(books: CaseBooks) -> TakingInOnFile | None:
    """The taking in that has not been reversed, if there is one."""
    return next((one for one in books.takings_in if not one.reversal), None)


def sent(books: CaseBooks) -> int:
    """The amount the bank paid out for the case to the transfer-in bureau, in fen, by the ledger."""
    return sum(_crossed(books, one) for one in books.movements if one.issued and not one.goes_back)


def received(books: CaseBooks) -> int:
    """The amount the bank received for the case from the transfer-out bureau, in fen, by the ledger."""
    come = sum(_crossed(books, one) for one in books.movements if not one.issued and not one.goes_back)
    return come + sum(_crossed(books, one) for one in books.announced if not one.goes_back)


def returned_money(books: CaseBooks) -> int:
    """The amount the bank paid back for the case to the transfer-out bureau, in fen, by the ledger."""
    return sum(_crossed(books, one) for one in books.movements if one.issued and one.goes_back)


def posted(books: CaseBooks) -> int:
    """The part of the money received that is posted to fund and account, in fen, net of reversals."""
    taken = {one.number for one in books.takings_in} | {one.reversal for one in books.takings_in}
    sums = [_of(books, number) for number in taken]
    return -sum(each.get(INDIVIDUAL, 0) + each.get(POOLED, 0) for each in sums)


def in_suspense(books: CaseBooks) -> int:
    """The amount held in suspense for the case, in fen."""
    return -sum(sums.get(SUSPENSE, 0) for sums in (books.posted or {}).values())


def months_of(stretches: Iterable[BookedMonths]) -> int:
    """The total number of months."""
    return sum(_length(one.first, one.last) for one in stretches)


@lru_cache(maxsize=10_000)
def _length(first: str, last: str) -> int:
    return count_months(Month.parse(first), Month.parse(last))


def fingerprint(books: CaseBooks) -> str:
    """A digest of what both bureaus' books must have in common: papers that crossed, money, months, dossier.

    Equal fingerprints need no closer look. Unequal ones need not be wrong: a paper may be on its way.
    """
    common = (
        sorted((one.kind, one.version, one.digest) for one in books.papers),
        sorted((one.number, _crossed(books, one)) for one in books.movements),
        months_of((*books.left, *books.brought)),
        books.dossier,
    )
    return hashlib.sha256(json.dumps(common).encode()).hexdigest()[:24]


def divergences_between(one: CaseBooks, other: CaseBooks) -> tuple[Divergence, ...]:
    """Every contradiction between the books of the two bureaus of a case.

    While the case is open, what has left may not have arrived yet; what has arrived must have been sent.
    """
    return (
        *_papers(one, other),
        *(() if one is other else _papers(other, one)),
        *_arrivals(one, other),
        *(() if one is other else _arrivals(other, one)),
        *_both_closed(one, other),
    )


def _money(books: CaseBooks) -> Iterator[Divergence]:
    due = amounts_due(books)
    for number in sorted(due.keys() | (books.posted or {}).keys()):
        if number not in due:
            moved = sum(amount for amount in _of(books, number).values() if amount > 0)
            if moved:
                yield Divergence("posting_without_paper", books.bureau, number, 0, moved)
            continue
        for account in sorted(due[number].keys() | _of(books, number).keys()):
            expected, found = due[number].get(account, 0), _of(books, number).get(account, 0)
            if expected != found:
                yield Divergence("not_posted_as_stated", books.bureau, f"{number} {account}", expected, found)
    yield from _account(books)
    yield from _keys(books)
    if books.dossier and in_suspense(books):
        yield Divergence("left_in_suspense", books.bureau, books.case_no, 0, in_suspense(books))


def _account(books: CaseBooks) -> Iterator[Divergence]:
    """Check that after adjustments and remittances the account holds what the form says it should."""
    forms = [form for form in books.forms if form.issued]
    own = {one.number for one in books.movements if one.issued != one.goes_back}
    own |= {f"information-form/{books.case_no}/{form.version}" for form in forms}
    for number, sums in (books.adjusted or {}).items():
        if number not in own:
            moved = sum(amount for amount in sums.values() if amount > 0)
            yield Divergence("posting_without_paper", books.bureau, f"{number}/adjust", 0, moved)
        if set(sums) - {INDIVIDUAL, POOLED} or sum(sums.values()):
            yield Divergence("not_posted_as_stated", books.bureau, f"{number}/adjust", 0, sum(sums.values()))
    if books.account is None or not forms:
        return
    out = [one for one in books.movements if one.issued != one.goes_back]
    away = sum(one.individual if one.issued else -one.individual for one in out)
    expected = left_in_account(forms[-1].adjusted_record_balance, away)
    if books.account != expected:
        yield Divergence("account_not_as_stated", books.bureau, books.case_no, expected, books.account)


def _amounts(books: CaseBooks) -> Iterator[Divergence]:
    """Check that a form states what the account held and its interest, and a settlement what a rate adds."""
    first = next((form for form in books.forms if form.issued), None)
    if books.before is not None and first is not None and not (first.to_residents or books.before.amended):
        least, most = stated_at_best(books.before, first)
        stated = first.adjusted_record_balance
        if not least <= stated <= most:
            expected = least if stated < least else most
            yield Divergence("form_not_as_account", books.bureau, books.case_no, expected, stated)
    for before, form in pairwise(form for form in books.forms if not form.issued):
        added, by_years = form.individual - before.individual, form.account - before.account
        if form.version in books.differences and added != by_years:
            subject = f"information-form/{books.case_no}/{form.version}"
            yield Divergence("rate_not_on_form", books.bureau, subject, by_years, added)


def stated_at_best(before: AccountBefore, form: Form) -> tuple[int, int]:
    """The least and the most that the first form of a case can state of an account, in fen.

    Entries bear interest from the year of the first one on, and what has been paid of arrears from the year
    for which it was owed. The form lists the interest of what moves; what stays bears it by the same rates.
    """
    stays = max(0, form.adjusted_record_balance - form.individual)
    since = 0 if before.arrears_paid else before.since
    added = sum(one.interest + -(-stays * one.rate // WHOLE) for one in form.years if one.year >= since)
    odd = _by_a_borrowed_rate(form, before.since - 1, stays) + len(form.years) + 1
    return before.held - odd, before.held + added + odd


def _by_a_borrowed_rate(form: Form, year: int, stays: int) -> int:
    """What it makes that a year's interest may have been booked by the rate of the year before it, in fen.

    A quarter of it more covers the interest that it has borne since.
    """
    rates = {one.year: one.rate for one in form.years}
    held = sum(one.balance for one in form.years if one.year == year) + stays
    off = abs(rates.get(year, 0) - rates.get(year - 1, 0)) if year in rates else 0
    return -(-held * off * 5 // (4 * WHOLE))


def _owners(books: CaseBooks) -> Iterator[Divergence]:
    """Check that months and money are in the relationship of the form's person, marked as papers state."""
    for one in books.strangers:
        number = f"relationship {one.relationship}"
        yield Divergence("another_relationship", books.bureau, f"{books.case_no} {one.subject}", "—", number)
    for mark in books.wrong_marks:
        subject = f"{books.case_no} {mark.subject}"
        yield Divergence("not_marked_as_stated", books.bureau, subject, mark.stated, mark.found)


def _on_file(books: CaseBooks) -> Iterator[Divergence]:
    """Check that papers are as they were when the case ended here, and that all those required are there."""
    for odd in books.odd_papers:
        code = "paper_differs" if odd.found else "paper_missing"
        subject = f"{books.case_no}/{odd.name}"
        yield Divergence(code, books.bureau, subject, odd.filed[:12], odd.found[:12] or "—")
    gone = {tuple(odd.name.split("/")[:2]) for odd in books.odd_papers}
    for kind, side in papers_owed(books.ended) if books.ended else ():
        if (kind, side) not in books.on_file and (kind, side) not in gone:
            yield Divergence("paper_missing", books.bureau, f"{books.case_no}/{kind}/{side}", 1, 0)


def papers_owed(ended: Ended) -> tuple[tuple[PaperKind, Side], ...]:
    """The papers a bureau must have on file of a case that ended so, whatever else happened in it.

    A case that was neither closed nor given back may have ended at any step: then only the notice is owed.
    """
    issued, received = Side.ISSUED, Side.RECEIVED
    owed = [(PaperKind.NOTICE, issued)] if ended.transfer_in else []
    if ended.outcome not in (CLOSED, RETURNED):
        return tuple(owed)
    returned_money = ended.outcome == RETURNED
    if ended.transfer_in:
        owed.append((PaperKind.REVIEW, issued))
        owed.append((PaperKind.REMITTANCE if returned_money else PaperKind.TAKING_IN, issued))
        arrivals = (PaperKind.INFORMATION_ARRIVAL, PaperKind.FUNDS_ARRIVAL)
        crossed = (PaperKind.INFORMATION_FORM, PaperKind.REMITTANCE)
        owed += [(kind, received) for kind in (*crossed, *arrivals)]
        if ended.by_letter:
            owed += [(PaperKind.CERTIFICATE, received), (PaperKind.CONTACT_LETTER, issued)]
    if ended.transfer_out:
        own = (PaperKind.CERTIFICATE_ANSWER, PaperKind.CERTIFICATE, PaperKind.LETTER_REGISTRATION)
        owed += [(kind, issued) for kind in (*own, PaperKind.INFORMATION_FORM, PaperKind.REMITTANCE)]
        entry = PaperKind.CONTACT_LETTER if ended.by_letter else PaperKind.FORMER_EMPLOYERS_FORM
        owed.append((entry, received))
        if returned_money:
            owed += [(PaperKind.REMITTANCE, received), (PaperKind.RESTORATION, issued)]
    return tuple(owed)


def postings_called_for(books: CaseBooks) -> dict[str, str]:
    """The postings that the papers on file call for, by their keys, with the step that makes each."""
    called: dict[str, str] = {}
    for one in books.movements:
        out = one.issued != one.goes_back
        if one.issued:
            first = "remit_and_end_relationship" if one.number.endswith("/1") else "supplement_funds"
            step = "return_funds" if one.goes_back else first
            parts: tuple[str, ...] = ("remit", "settle")
        else:
            waited = one.number in books.by_bank
            step = "await_funds" if waited else "receive_return" if one.goes_back else "receive_funds"
            arrives = () if waited else ("arrive",)
            parts = (*arrives, "enter") if waited or one.goes_back else arrives
        called |= {f"{one.number}/{part}": step for part in (*parts, *(("adjust",) if out else ()))}
    for taken in books.takings_in:
        called[taken.number] = "take_in_difference" if taken.version in books.differences else "take_in"
        if taken.reversal:
            called[taken.reversal] = "reverse_taking_in"
    for form in books.forms:
        if form.issued and form.version > 1:
            called[f"information-form/{books.case_no}/{form.version}/adjust"] = "amend_information_form"
    called |= {paid.number: "enter_arrears_payment" for paid in books.payments}
    for cleared in books.clearings:
        called |= {f"{cleared.number}/{part}": "clear_duplicates" for part in ("refund", "pay")}
    return called


def _keys(books: CaseBooks) -> Iterator[Divergence]:
    """Check that the papers call for each posting, and that arrivals bear the bank's reference."""
    called = postings_called_for(books)
    for one in books.postings:
        step = called.get(one.key) or _of_an_arrival(one)
        if step is None:
            yield Divergence("posting_without_paper", books.bureau, one.key, "—", one.step)
        elif step != one.step:
            yield Divergence("not_posted_as_stated", books.bureau, f"{one.key} step", step, one.step)


def _of_an_arrival(one: Posted) -> str | None:
    if not one.key.endswith("/counted"):
        return None
    return {"statement": "import_statement", "unallocated": "move_unallocated"}.get(one.key.partition("/")[0])


def _months(books: CaseBooks) -> Iterator[Divergence]:
    """Check that months that left are those of the form last issued, brought ones those of that taken in."""
    issued = [form for form in books.forms if form.issued]
    gone = any(one.issued and not one.goes_back for one in books.movements) and not books.restored
    yield from _compare(books, issued[-1].record if issued and gone else (), books.left)
    taken = unreversed_taking_in(books)
    record = next((f.record for f in reversed(books.forms) if taken and f.version == taken.version), ())
    yield from _compare(books, record, books.brought)
    for cleared in books.clearings:
        if odd := sorted(set(cleared.months) ^ set(cleared.found)):
            stated, found = int(odd[0] in cleared.months), int(odd[0] in cleared.found)
            yield Divergence("month_not_as_stated", books.bureau, f"{cleared.number} {odd[0]}", stated, found)


def _twice(books: CaseBooks) -> Iterator[Divergence]:
    """Check that no case is closed whose months the person has here in two records."""
    if books.counted_twice and unreversed_taking_in(books):
        subject = f"{books.case_no} {books.counted_twice[0]}"
        yield Divergence("months_counted_twice", books.bureau, subject, 0, len(books.counted_twice))


def _compare(
    books: CaseBooks, stated: tuple[BookedMonths, ...], found: tuple[BookedMonths, ...]
) -> Iterator[Divergence]:
    if stated == found:
        return
    expected, there = _by_month(stated), _by_month(found)
    for month in sorted(expected.keys() | there.keys()):
        if len(expected.get(month, ())) != len(there.get(month, ())):
            counts = len(expected.get(month, ())), len(there.get(month, ()))
            yield Divergence("month_not_as_stated", books.bureau, f"{books.case_no} {month}", *counts)
            return
        if expected[month] != there[month]:
            bases = _said(expected[month]), _said(there[month])
            yield Divergence("base_not_as_stated", books.bureau, f"{books.case_no} {month}", *bases)
            return


def _by_month(stretches: Iterable[BookedMonths]) -> dict[str, list[Paid]]:
    found: dict[str, list[Paid]] = {}
    for one in stretches:
        for month in months_between(Month.parse(one.first), Month.parse(one.last)):
            found.setdefault(str(month), []).append((one.base, one.booked, one.kind, one.paid))
    return {month: sorted(paid, key=repr) for month, paid in found.items()}


def _said(paid: list[Paid]) -> str:
    return "; ".join(" ".join(str(part) for part in one if part is not None) for one in paid)


def _papers(receiver: CaseBooks, issuer: CaseBooks) -> Iterator[Divergence]:
    """Check that every paper received is the one that was issued: its digest is the receipt."""
    issued = {(one.kind, one.version): one.digest for one in issuer.papers if one.side is Side.ISSUED}
    for one in receiver.papers:
        sent_as = issued.get((one.kind, one.version), "")
        if one.side is Side.RECEIVED and sent_as != one.digest:
            subject = f"{one.kind}/{receiver.case_no}/{one.version}"
            where = f"{receiver.bureau} / {issuer.bureau}"
            yield Divergence("paper_differs", where, subject, sent_as[:12] or "—", one.digest[:12])


def _arrivals(sender: CaseBooks, receiver: CaseBooks) -> Iterator[Divergence]:
    arrived = {one.number for one in receiver.movements if not one.issued}
    for one in sender.movements:
        if not one.issued or (one.number not in arrived and not (sender.dossier or receiver.dossier)):
            continue
        gone = _crossed(sender, one)
        come = _crossed(receiver, one) if one.number in arrived else 0
        if gone != come:
            where = f"{sender.bureau} / {receiver.bureau}"
            yield Divergence("sent_not_received", where, one.number, gone, come)


def _both_closed(one: CaseBooks, other: CaseBooks) -> Iterator[Divergence]:
    """Check that a closed case has the same dossier at both bureaus, and its months at one of them."""
    if not (one.dossier or other.dossier):
        return
    where = f"{one.bureau} / {other.bureau}"
    for has, lacks in ((one, other), (other, one)):
        if has.dossier and not lacks.dossier and not has.refused:
            yield Divergence("dossier_missing", lacks.bureau, one.case_no, has.dossier[:12], "—")
    if one.dossier and other.dossier and one.dossier != other.dossier:
        subject = f"dossier/{one.case_no}"
        yield Divergence("paper_differs", where, subject, one.dossier[:12], other.dossier[:12])
    left = months_of((*one.left, *(other.left if other is not one else ())))
    brought = months_of((*one.brought, *(other.brought if other is not one else ())))
    if left != brought:
        yield Divergence("months_not_taken_in", where, one.case_no, left, brought)


def _crossed(books: CaseBooks, one: Movement | AnnouncedRemittance) -> int:
    """The sum the bank paid or received by a movement, in fen; within one bureau it did both: the paper's."""
    return one.total if books.peer == books.bureau else abs(_of(books, one.number).get(BANK, 0))


def _of(books: CaseBooks, number: str) -> Sums:
    return (books.posted or {}).get(number, {})


def _add(due: dict[str, Counter[str]], number: str, sides: Mapping[str, int], sign: int = 1) -> None:
    sums = due.setdefault(number, Counter())
    for account, amount in sides.items():
        sums[account] += sign * amount
