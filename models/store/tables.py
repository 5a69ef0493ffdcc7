"""The tables of a bureau's store. Rows stay inside activities; what crosses is a paper.

Money is whole fen; months are 'YYYY-MM', which sorts as it should; words from a closed set are plain text,
so that a new word needs no change of the schema.
"""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from rules.values.moves import InsuredStatus, Scheme
from rules.values.papers import PaperKind, Side
from rules.values.record import MonthKind


class Instant(TypeDecorator[datetime]):
    """An aware instant; SQLite, which knows no zone, keeps it in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    id_number: str = Field(unique=True)
    name: str
    started_work: str | None = Field(default=None, max_length=7)
    """参加工作时间, a month; None where the record does not state it."""
    personal_number: str | None = None
    """个人编号"""


_RESERVED = text("reserved_by IS NOT NULL")


class RelationshipRow(SQLModel, table=True):
    """A basic pension insurance relationship (基本养老保险关系); `reserved_by` is the case moving it out."""

    __tablename__ = "relationship"
    __table_args__ = (
        UniqueConstraint("person_id", "scheme"),
        Index(
            "ix_relationship_reserved_by", "reserved_by", sqlite_where=_RESERVED, postgresql_where=_RESERVED
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    scheme: Scheme = Field(sa_type=String)
    status: InsuredStatus = Field(sa_type=String)
    reserved_by: str | None = None
    ended_by: str | None = None


_MOVED, _CLEARED = text("moved_by IS NOT NULL"), text("cleared_by IS NOT NULL")


class ContributionRow(SQLModel, table=True):
    """Months on one base, a fact: never deleted, and nothing in it altered but what is set once.

    `origin_case` brought the months here. They are here until `moved_by` took them away or `cleared_by`
    cleared them, each the number of a case or paper. Cutting or correcting a range is done by new rows that
    supersede it (`supersedes` is its id, 0 for none), entered by the paper `entered_by`; a row that another
    supersedes counts no more.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("relationship_id", "origin_case", "first", "last", "supersedes", "entered_by"),
        # Without the rows that have neither, which SQLite would search for a person's months.
        Index("ix_contribution_moved_by", "moved_by", sqlite_where=_MOVED, postgresql_where=_MOVED),
        Index("ix_contribution_cleared_by", "cleared_by", sqlite_where=_CLEARED, postgresql_where=_CLEARED),
    )

    id: int | None = Field(default=None, primary_key=True)
    relationship_id: int = Field(foreign_key="relationship.id", index=True)
    first: str = Field(max_length=7)
    last: str = Field(max_length=7)
    base: int = Field(sa_type=BigInteger)
    booked: int | None = None
    kind: MonthKind = Field(sa_type=String)
    paid: str | None = None
    """What was paid for the year in the resident scheme (`rules.values.record.ResidentYear` as text)."""
    origin_bureau: str
    origin_case: str = Field(default="", index=True)
    moved_by: str | None = None
    cleared_by: str | None = None
    supersedes: int = Field(default=0, index=True)
    entered_by: str = ""


class OpeningRow(SQLModel, table=True):
    """A balance taken over when the record was first loaded (see `rules.values.record.Opening`).

    `moved_by` is the case with which it left; a relationship that is reopened does not get it back.
    """

    __tablename__ = "opening"

    relationship_id: int = Field(primary_key=True, foreign_key="relationship.id")
    year: int
    balance: int = Field(sa_type=BigInteger)
    before_1998: int = Field(sa_type=BigInteger)
    pooled_base_sum: int = Field(sa_type=BigInteger)
    moved_by: str | None = None


class CreditRow(SQLModel, table=True):
    """A one-off subsidy in the account of a record (see `rules.values.record.AccountCredit`), in fen.

    It leaves and comes back with the opening, and `moved_by` says so in the same way.
    """

    __tablename__ = "credit"

    relationship_id: int = Field(primary_key=True, foreign_key="relationship.id")
    month: str = Field(primary_key=True, max_length=7)
    amount: int = Field(sa_type=BigInteger)
    moved_by: str | None = None


class AccountRateRow(SQLModel, table=True):
    """A yearly interest rate known for this account where no nationwide rate was published."""

    __tablename__ = "account_rate"

    relationship_id: int = Field(primary_key=True, foreign_key="relationship.id")
    year: int = Field(primary_key=True)
    rate: int


class Account(StrEnum):
    """The accounts of the ledger."""

    BANK = "bank"
    INDIVIDUAL_ACCOUNT = "individual_account"
    POOLED_FUND = "pooled_fund"
    IN_TRANSIT_OUT = "in_transit_out"
    """Sent, and not yet left the bank."""
    IN_TRANSIT_IN = "in_transit_in"
    """Announced by the other bureau, and not yet in the bank."""
    SUSPENSE = "suspense"
    """In the bank, and not yet posted to fund and account."""
    REFUNDS_PAYABLE = "refunds_payable"
    """Owed to the insured person for months cleared."""


class PostingRow(SQLModel, table=True):
    """One balanced posting. `key` is unique: the same step cannot post twice.

    `step` and `paper` say what was done by which paper, `officer` who released it, `reference` the bank's
    reference of the arrival whose money it moves. Written after its entries, which it seals; `link` and
    `chain` are its place in the chain (`models.store.chain`).
    """

    __tablename__ = "posting"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    case_no: str = Field(default="", index=True)
    step: str = ""
    paper: str = ""
    officer: str = ""
    reference: str = Field(default="", index=True)
    at: datetime = Field(sa_type=Instant)
    link: int = Field(default=0, sa_type=BigInteger, index=True, unique=True)
    chain: str = Field(default="", max_length=64)


class EntryRow(SQLModel, table=True):
    """One side of a posting, in fen: debits positive, credits negative."""

    __tablename__ = "entry"
    __table_args__ = (CheckConstraint("amount <> 0", name="entry_moves_money"),)

    id: int | None = Field(default=None, primary_key=True)
    posting_id: int = Field(
        sa_column=Column(
            ForeignKey("posting.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True
        )
    )
    account: Account = Field(sa_type=String)
    relationship_id: int | None = Field(default=None, foreign_key="relationship.id", index=True)
    remittance: str | None = Field(default=None, index=True)
    amount: int = Field(sa_type=BigInteger)


_ANNOUNCED = text(f"kind = '{PaperKind.ANNOUNCED_REMITTANCE}'")
_NOTICE = text(f"kind = '{PaperKind.HOLIDAY_NOTICE}'")


class PaperRow(SQLModel, table=True):
    """The register of papers: letters, forms, remittances, notices, dossiers. One row per paper and side.

    The unique key makes every step safe to repeat: its paper is filed in the transaction of its effect.
    `reference` tells apart papers that agree in all else: the bank's reference of an arrival, the number and
    message of a ruling.

    The columns from `number` to `ranges` repeat what the body states, for statements that must not read
    bodies; the store fills them (`models.store.paper_facts`) and the audit proves them.
    `digest` is that of the body: of a paper received from the other bureau it is the receipt, which
    must agree with the digest of the paper issued there.
    """

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("case_no", "kind", "version", "side", "reference"),
        # Looked for in all cases, every minute, or with every clock; there are few among all papers.
        Index("ix_paper_announced", "id", sqlite_where=_ANNOUNCED, postgresql_where=_ANNOUNCED),
        Index("ix_paper_notice", "kind", sqlite_where=_NOTICE, postgresql_where=_NOTICE),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_no: str
    kind: PaperKind = Field(sa_type=String)
    version: int = 1
    side: Side = Field(sa_type=String)
    reference: str = ""
    at: datetime = Field(sa_type=Instant)
    number: str = Field(default="", index=True)
    """The number the paper bears, by which months and postings name it."""
    bureau_out: str = ""
    bureau_in: str = ""
    id_number: str = Field(default="", index=True)
    scheme_from: str = ""
    scheme_to: str = ""
    outcome: str = ""
    """The stage in which a case has ended, on its dossier."""
    ranges: int | None = None
    """How many ranges of months an information form moves."""
    body: str = Field(sa_type=Text)
    digest: str = Field(default="", max_length=64)
    link: int = Field(default=0, sa_type=BigInteger, index=True, unique=True)
    chain: str = Field(default="", max_length=64)


class OfficialNumberRow(SQLModel, table=True):
    """The last running number given to a kind of paper in a year (`models.store.official_numbers`)."""

    __tablename__ = "official_number"

    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class OutgoingRow(SQLModel, table=True):
    """A message for somebody outside (`models.store.outbox`), and how far it has got.

    Written in the transaction of its event, outside the chain: messages are no part of the books. `next_at`
    is when it is to be tried next.
    """

    __tablename__ = "outgoing"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    case_no: str = Field(index=True)
    body: str = Field(sa_type=Text)
    state: str = Field(index=True)
    written_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""


class OwnerRow(SQLModel, table=True):
    """Whose store it is: one row, the key of a bureau or `province`, entered when it is first opened."""

    __tablename__ = "store_owner"

    key: str = Field(primary_key=True)


(
    PERSON,
    RELATIONSHIP,
    MONTHS,
    OPENING,
    CREDIT,
    RATE,
    POSTING,
    ENTRY,
    PAPER,
    OFFICIAL_NUMBER,
    OUTGOING,
    OWNER,
) = (
    SQLModel.metadata.tables[name]
    for name in (
        *("person", "relationship", "contribution", "opening", "credit", "account_rate", "posting", "entry"),
        *("paper", "official_number", "outgoing", "store_owner"),
    )
)
"""The tables themselves, for statements that read columns and build no rows."""
