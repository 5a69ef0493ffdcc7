"""Loading a contribution history into a store, with the money behind it, once."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.files.history_file import HistoryFile, PersonEntry
from models.store.ledger import credit, debit, post
from models.store.loaded_records import KIND, LoadedRecord
from models.store.records import Enrolment, as_row, enrol, person_of, relationship_of
from models.store.store import PaperKey, Store
from models.store.tables import Account, AccountRateRow, CreditRow, OpeningRow
from rules.amounts.amounts import transfer_amount
from rules.amounts.arrears import OWED
from rules.amounts.rates import unit_contributions
from rules.values.money import MONTHS_IN_A_YEAR, Fen
from rules.values.months import Month
from rules.values.moves import other_employee_scheme
from rules.values.papers import Side
from rules.values.record import ContributionRange, MonthKind, Opening


async def load_history(
    session: AsyncSession, bureau: str, file: HistoryFile, on: date, at: datetime, order: str = ""
) -> bool:
    """Load one person's history by an officer's order; returns False if the relationship exists already.

    The ledger opens with the individual account as the record makes it on the day, and with what employers
    paid into the pooled fund; the record itself is filed as the paper that this rests on. Interest credited
    in later years is added when the account is drawn up.
    """
    person, history = file.person, file.history()
    if await relationship_of(session, person.id_number, history.scheme) is not None:
        return False
    enrolment = await enrol(session, person.id_number, person.name, history.scheme)
    await _enter_person(session, person)
    for part in history.ranges:
        session.add(as_row(part, enrolment.relationship_id, bureau))
    if history.opening:
        session.add(
            OpeningRow(
                relationship_id=enrolment.relationship_id,
                year=history.opening.year,
                balance=history.opening.balance,
                before_1998=history.opening.before_1998,
                pooled_base_sum=history.opening.pooled_base_sum,
            )
        )
    for one in history.credits:
        session.add(
            CreditRow(relationship_id=enrolment.relationship_id, month=str(one.month), amount=one.amount)
        )
    for year, rate in history.rates.items():
        session.add(AccountRateRow(relationship_id=enrolment.relationship_id, year=year, rate=rate))
    await session.flush()
    await _open_accounts(session, file, enrolment, on, at, order)
    return True


async def _enter_person(session: AsyncSession, person: PersonEntry) -> None:
    """Enter what the record states of the person beside the name; facts known already stay."""
    known = await person_of(session, person.id_number)
    assert known is not None
    known.personal_number = known.personal_number or person.personal_number
    if known.started_work is None and person.started_work is not None:
        known.started_work = str(person.started_work)


async def _open_accounts(
    session: AsyncSession,
    file: HistoryFile,
    enrolment: Enrolment,
    on: date,
    at: datetime,
    order: str,
) -> None:
    history = file.history()
    to = other_employee_scheme(history.scheme)
    paper = LoadedRecord(
        **dict(file.stated()),
        number=f"opening/{enrolment.relationship_id}",
        individual=transfer_amount(history, to, on).adjusted_record_balance,
        pooled=paid_by_employers(history.ranges, history.opening),
        entered_by=order,
    )
    entries = (
        debit(Account.BANK, paper.individual + paper.pooled),
        credit(Account.INDIVIDUAL_ACCOUNT, paper.individual, enrolment.relationship_id),
        credit(Account.POOLED_FUND, paper.pooled),
    )
    await post(session, paper.number, "", at, entries, step="seed_accounts", paper=paper.number)
    await Store.file(session, PaperKey("", KIND, Side.ISSUED, enrolment.relationship_id), at, paper)


def paid_by_employers(ranges: Iterable[ContributionRange], opening: Opening | None) -> Fen:
    """The employers' payments in the pooled fund for a record, in fen.

    Months covered by the opening are in its base sum.
    """
    total, begins = 0, None
    if opening:
        closed = Month(opening.year, MONTHS_IN_A_YEAR)
        total += unit_contributions(opening.pooled_base_sum, closed, closed)
        begins = closed.plus(1)
    for part in ranges:
        if part.kind not in OWED:
            after = None if part.kind is MonthKind.ARREARS_PAID else begins
            first = max(part.first, after) if after else part.first
            total += unit_contributions(part.base, first, part.last)
    return Fen(total)
