"""The tables of a bureau's store, and what the database itself refuses

The books only grow: postings, entries and papers cannot be altered or deleted, whoever asks the database for
it, and a posting that does not balance, or takes an individual account below zero, cannot be committed. The
entries of a posting come first and the posting seals them: none can be added later, and the foreign key,
checked on commit, lets none stand without its posting. SQLite has no deferred triggers, so there the balance
is checked when the posting is written, on PostgreSQL on commit.

A migration that rebuilds one of these tables on SQLite loses its triggers and has to make them again.
"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VIOLATION = "23000"
"""integrity_constraint_violation, which every driver reports as such."""


class Refusal(NamedTuple):
    """What a table refuses: the trigger's name, the table, the event, the condition, and what is said."""

    name: str
    table: str
    event: str
    condition: str
    said: str


KEPT = ("posting", "entry", "paper", "contribution")
CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in (
        *("id", "relationship_id", "first", "last", "base", "kind", "origin_bureau", "origin_case"),
        *("supersedes", "entered_by"),
    )
)
NEXT_LINK = (
    "NEW.link <> 1 + (SELECT COALESCE(MAX(link), 0) FROM"
    " (SELECT MAX(link) AS link FROM posting UNION ALL SELECT MAX(link) FROM paper) AS heads)"
)
UNBALANCED = "(SELECT COALESCE(SUM(amount), 0) FROM entry WHERE posting_id = NEW.id) <> 0"
OVERDRAWN = """EXISTS (
    SELECT 1 FROM entry taken WHERE taken.posting_id = NEW.id
       AND taken.account = 'individual_account' AND taken.amount > 0
       AND (SELECT SUM(held.amount) FROM entry held WHERE held.account = 'individual_account'
             AND held.relationship_id = taken.relationship_id) > 0)"""
OUTSIDE = """NEW.supersedes <> 0 AND NOT EXISTS (
    SELECT 1 FROM contribution before WHERE before.id = NEW.supersedes
       AND before.relationship_id = NEW.relationship_id
       AND before.origin_bureau = NEW.origin_bureau AND before.origin_case = NEW.origin_case
       AND before.first <= NEW.first AND NEW.last <= before.last)"""
TWICE = """NEW.supersedes <> 0 AND EXISTS (
    SELECT 1 FROM contribution other WHERE other.supersedes = NEW.supersedes
       AND other.first <= NEW.last AND NEW.first <= other.last)"""
SET_ONCE = """COALESCE(NEW.booked, -1) <> COALESCE(OLD.booked, -1)
    OR COALESCE(NEW.paid, '') <> COALESCE(OLD.paid, '')
    OR (OLD.moved_by IS NOT NULL AND COALESCE(NEW.moved_by, '') <> OLD.moved_by)
    OR (OLD.cleared_by IS NOT NULL AND COALESCE(NEW.cleared_by, '') <> OLD.cleared_by)"""
SUPERSEDED = "EXISTS (SELECT 1 FROM contribution later WHERE later.supersedes = OLD.id)"
BOTH = "NEW.moved_by IS NOT NULL AND NEW.cleared_by IS NOT NULL"

REFUSED = (
    *(Refusal(f"{table}_is_kept", table, "DELETE", "TRUE", "is never deleted") for table in KEPT),
    *(Refusal(f"{table}_stands", table, "UPDATE", "TRUE", "is never altered") for table in KEPT[:3]),
    Refusal("contribution_stands", "contribution", "UPDATE", f"{CHANGED} OR {SET_ONCE}", "is never altered"),
    Refusal("contribution_is_superseded", "contribution", "UPDATE", SUPERSEDED, "counts no more"),
    Refusal("contribution_state", "contribution", "UPDATE", BOTH, "is either moved or cleared"),
    Refusal("contribution_new_state", "contribution", "INSERT", BOTH, "is either moved or cleared"),
    Refusal("contribution_outside", "contribution", "INSERT", OUTSIDE, "supersedes no months like these"),
    Refusal("contribution_twice", "contribution", "INSERT", TWICE, "supersedes months superseded before"),
    Refusal("posting_link", "posting", "INSERT", NEXT_LINK, "is not the next link of the chain"),
    Refusal("paper_link", "paper", "INSERT", NEXT_LINK, "is not the next link of the chain"),
    Refusal(
        "posting_overdraws",
        "posting",
        "INSERT",
        OVERDRAWN,
        "takes more from an individual account than it holds",
    ),
    Refusal(
        "entry_comes_late",
        "entry",
        "INSERT",
        "EXISTS (SELECT 1 FROM posting WHERE id = NEW.posting_id)",
        "comes after its posting",
    ),
)

# INSERT OR REPLACE deletes without asking a DELETE trigger, and a column of SQLite takes values of any type.
REFUSED_BY_SQLITE = (
    Refusal("posting_balances", "posting", "INSERT", UNBALANCED, "does not balance"),
    Refusal(
        "posting_once",
        "posting",
        "INSERT",
        "EXISTS (SELECT 1 FROM posting WHERE id = NEW.id OR key = NEW.key)",
        "stands already",
    ),
    Refusal(
        "entry_once", "entry", "INSERT", "EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)", "stands already"
    ),
    Refusal(
        "paper_once",
        "paper",
        "INSERT",
        """EXISTS (SELECT 1 FROM paper WHERE id = NEW.id OR (case_no = NEW.case_no AND kind = NEW.kind
            AND version = NEW.version AND side = NEW.side AND reference = NEW.reference))""",
        "stands already",
    ),
    Refusal(
        "contribution_once",
        "contribution",
        "INSERT",
        """EXISTS (SELECT 1 FROM contribution WHERE id = NEW.id OR (relationship_id = NEW.relationship_id
            AND origin_case = NEW.origin_case AND first = NEW.first AND last = NEW.last
            AND supersedes = NEW.supersedes AND entered_by = NEW.entered_by))""",
        "stands already",
    ),
    Refusal("entry_in_fen", "entry", "INSERT", "typeof(NEW.amount) <> 'integer'", "is not in whole fen"),
    Refusal(
        "contribution_in_fen",
        "contribution",
        "INSERT",
        "typeof(NEW.base) <> 'integer'",
        "is not in whole fen",
    ),
)


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        for refusal in (*REFUSED, *REFUSED_BY_SQLITE):
            op.execute(_in_sqlite(refusal))
    else:
        for refusal in REFUSED:
            for statement in _in_postgresql(refusal):
                op.execute(statement)
        for statement in _balance_at_commit():
            op.execute(statement)


def _create_tables() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("bureau_out", sa.String(), nullable=False),
        sa.Column("bureau_in", sa.String(), nullable=False),
        sa.Column("id_number", sa.String(), nullable=False),
        sa.Column("scheme_from", sa.String(), nullable=False),
        sa.Column("scheme_to", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ranges", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("link", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no", "kind", "version", "side", "reference"),
    )
    announced = sa.text("kind = 'announced_remittance'")
    op.create_index("ix_paper_announced", "paper", ["id"], sqlite_where=announced, postgresql_where=announced)
    op.create_index(op.f("ix_paper_id_number"), "paper", ["id_number"], unique=False)
    notice = sa.text("kind = 'holiday_notice'")
    op.create_index("ix_paper_notice", "paper", ["kind"], sqlite_where=notice, postgresql_where=notice)
    op.create_index(op.f("ix_paper_link"), "paper", ["link"], unique=True)
    op.create_index(op.f("ix_paper_number"), "paper", ["number"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_work", sa.String(length=7), nullable=True),
        sa.Column("personal_number", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id_number"),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_posting_case_no"), "posting", ["case_no"], unique=False)
    op.create_index(op.f("ix_posting_link"), "posting", ["link"], unique=True)
    op.create_index(op.f("ix_posting_reference"), "posting", ["reference"], unique=False)
    op.create_table(
        "relationship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reserved_by", sa.String(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "scheme"),
    )
    reserved = sa.text("reserved_by IS NOT NULL")
    op.create_index(
        "ix_relationship_reserved_by",
        "relationship",
        ["reserved_by"],
        sqlite_where=reserved,
        postgresql_where=reserved,
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_outgoing_case_no"), "outgoing", ["case_no"], unique=False)
    op.create_index(op.f("ix_outgoing_state"), "outgoing", ["state"], unique=False)
    op.create_table(
        "official_number",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year"),
    )
    op.create_table(
        "account_rate",
        sa.Column("relationship_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("relationship_id", "year"),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("relationship_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("paid", sa.String(), nullable=True),
        sa.Column("origin_bureau", sa.String(), nullable=False),
        sa.Column("origin_case", sa.String(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.Column("cleared_by", sa.String(), nullable=True),
        sa.Column("supersedes", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("relationship_id", "origin_case", "first", "last", "supersedes", "entered_by"),
    )
    for mark in ("moved_by", "cleared_by"):
        bears = sa.text(f"{mark} IS NOT NULL")
        op.create_index(
            f"ix_contribution_{mark}", "contribution", [mark], sqlite_where=bears, postgresql_where=bears
        )
    op.create_index(op.f("ix_contribution_origin_case"), "contribution", ["origin_case"], unique=False)
    op.create_index(
        op.f("ix_contribution_relationship_id"), "contribution", ["relationship_id"], unique=False
    )
    op.create_index(op.f("ix_contribution_supersedes"), "contribution", ["supersedes"], unique=False)
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("relationship_id", sa.Integer(), nullable=True),
        sa.Column("remittance", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="entry_moves_money"),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_entry_posting_id"), "entry", ["posting_id"], unique=False)
    op.create_index(op.f("ix_entry_relationship_id"), "entry", ["relationship_id"], unique=False)
    op.create_index(op.f("ix_entry_remittance"), "entry", ["remittance"], unique=False)
    op.create_table(
        "opening",
        sa.Column("relationship_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("before_1998", sa.BigInteger(), nullable=False),
        sa.Column("pooled_base_sum", sa.BigInteger(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("relationship_id"),
    )
    op.create_table(
        "credit",
        sa.Column("relationship_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("relationship_id", "month"),
    )
    op.create_table(
        "store_owner", sa.Column("key", sa.String(), nullable=False), sa.PrimaryKeyConstraint("key")
    )


def _in_sqlite(refusal: Refusal) -> str:
    return (
        f"CREATE TRIGGER {refusal.name} BEFORE {refusal.event} ON {refusal.table} WHEN {refusal.condition}"
        f" BEGIN SELECT RAISE(ABORT, '{refusal.table} {refusal.said}'); END"
    )


def _in_postgresql(refusal: Refusal) -> tuple[str, ...]:
    function = f"""
        CREATE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {refusal.condition} THEN
                RAISE EXCEPTION '{refusal.table} {refusal.said}' USING ERRCODE = '{VIOLATION}';
            END IF;
            RETURN NEW;
        END $$"""
    row = (
        f"CREATE TRIGGER {refusal.name} BEFORE {refusal.event} ON {refusal.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {refusal.name}()"
    )
    whole = (
        f"CREATE TRIGGER {refusal.name}_whole BEFORE TRUNCATE ON {refusal.table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {refusal.name}()"
    )
    return (function, row, whole) if refusal.event == "DELETE" else (function, row)


def _balance_at_commit() -> tuple[str, str]:
    return (
        f"""
        CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT SUM(amount) FROM entry WHERE posting_id = NEW.posting_id) <> 0 THEN
                RAISE EXCEPTION 'posting does not balance' USING ERRCODE = '{VIOLATION}';
            END IF;
            RETURN NULL;
        END $$""",
        """
        CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION posting_balances()""",
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for refusal in (*REFUSED, *REFUSED_BY_SQLITE):
            op.execute(f"DROP TRIGGER {refusal.name}")
    else:
        for name in (*(refusal.name for refusal in REFUSED), "posting_balances"):
            op.execute(f"DROP FUNCTION {name}() CASCADE")

    op.drop_table("store_owner")
    op.drop_table("credit")
    op.drop_table("opening")
    op.drop_index(op.f("ix_entry_remittance"), table_name="entry")
    op.drop_index(op.f("ix_entry_relationship_id"), table_name="entry")
    op.drop_index(op.f("ix_entry_posting_id"), table_name="entry")
    op.drop_table("entry")
    op.drop_index(op.f("ix_contribution_supersedes"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_relationship_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_origin_case"), table_name="contribution")
    op.drop_index("ix_contribution_cleared_by", table_name="contribution")
    op.drop_index("ix_contribution_moved_by", table_name="contribution")
    op.drop_table("contribution")
    op.drop_table("account_rate")
    op.drop_table("official_number")
    op.drop_index(op.f("ix_outgoing_state"), table_name="outgoing")
    op.drop_index(op.f("ix_outgoing_case_no"), table_name="outgoing")
    op.drop_table("outgoing")
    op.drop_index("ix_relationship_reserved_by", table_name="relationship")
    op.drop_table("relationship")
    op.drop_index(op.f("ix_posting_reference"), table_name="posting")
    op.drop_index(op.f("ix_posting_link"), table_name="posting")
    op.drop_index(op.f("ix_posting_case_no"), table_name="posting")
    op.drop_table("posting")
    op.drop_table("person")
    op.drop_index(op.f("ix_paper_number"), table_name="paper")
    op.drop_index(op.f("ix_paper_link"), table_name="paper")
    op.drop_index(op.f("ix_paper_id_number"), table_name="paper")
    op.drop_index("ix_paper_notice", table_name="paper")
    op.drop_index("ix_paper_announced", table_name="paper")
    op.drop_table("paper")
