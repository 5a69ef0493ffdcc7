"""Books that only grow

What stands in the books cannot be altered or deleted, whoever asks the database for it, and a posting that
does not balance cannot be committed. The entries of a posting come first and the posting seals them: none can
be added later, and the foreign key, looked at on commit, lets none stand without its posting. SQLite has no
deferred triggers, so there the balance is looked at when the posting is written, on PostgreSQL on commit.

A migration that rebuilds one of these tables on SQLite loses its triggers and has to make them again.
"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOREIGN_KEY = "entry_posting_id_fkey"
VIOLATION = "23000"
"""integrity_constraint_violation, which every driver reports as such."""
NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}


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
OUTSIDE = """NEW.supersedes <> 0 AND NOT EXISTS (
    SELECT 1 FROM contribution before WHERE before.id = NEW.supersedes
       AND before.relationship_id = NEW.relationship_id
       AND before.origin_bureau = NEW.origin_bureau AND before.origin_case = NEW.origin_case
       AND before.first <= NEW.first AND NEW.last <= before.last)"""
TWICE = """NEW.supersedes <> 0 AND EXISTS (
    SELECT 1 FROM contribution other WHERE other.supersedes = NEW.supersedes
       AND other.first <= NEW.last AND NEW.first <= other.last)"""
SET_ONCE = """COALESCE(NEW.booked, -1) <> COALESCE(OLD.booked, -1)
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
            AND version = NEW.version AND side = NEW.side))""",
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
    if op.get_bind().dialect.name == "sqlite":
        _let_entries_come_first_in_sqlite()
        for refusal in (*REFUSED, *REFUSED_BY_SQLITE):
            op.execute(_in_sqlite(refusal))
    else:
        op.execute(f"ALTER TABLE entry ALTER CONSTRAINT {FOREIGN_KEY} DEFERRABLE INITIALLY DEFERRED")
        for refusal in REFUSED:
            for statement in _in_postgresql(refusal):
                op.execute(statement)
        for statement in _balance_at_commit():
            op.execute(statement)


def _let_entries_come_first_in_sqlite() -> None:
    moves_money = sa.CheckConstraint("amount <> 0", name="entry_moves_money")
    with op.batch_alter_table("entry", naming_convention=NAMES, table_args=(moves_money,)) as entry:
        entry.drop_constraint(FOREIGN_KEY, type_="foreignkey")
        entry.create_foreign_key(
            FOREIGN_KEY, "posting", ["posting_id"], ["id"], deferrable=True, initially="DEFERRED"
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
        with op.batch_alter_table("entry") as entry:
            entry.drop_constraint(FOREIGN_KEY, type_="foreignkey")
            entry.create_foreign_key(FOREIGN_KEY, "posting", ["posting_id"], ["id"])
    else:
        for name in (*(refusal.name for refusal in REFUSED), "posting_balances"):
            op.execute(f"DROP FUNCTION {name}() CASCADE")
        op.execute(f"ALTER TABLE entry ALTER CONSTRAINT {FOREIGN_KEY} NOT DEFERRABLE")
