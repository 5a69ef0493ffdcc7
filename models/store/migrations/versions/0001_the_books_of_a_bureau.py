"""The books of a bureau"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no", "kind", "version", "side"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id_number"),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_posting_case_no"), "posting", ["case_no"], unique=False)
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
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("relationship_id", sa.Integer(), nullable=True),
        sa.Column("remittance", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="entry_moves_money"),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"],
            ["posting.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_entry_relationship_id"), "entry", ["relationship_id"], unique=False)
    op.create_index(op.f("ix_entry_posting_id"), "entry", ["posting_id"], unique=False)
    op.create_index(op.f("ix_entry_remittance"), "entry", ["remittance"], unique=False)
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
        sa.Column("origin_bureau", sa.String(), nullable=False),
        sa.Column("origin_case", sa.String(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("relationship_id", "origin_case", "first", "last"),
    )
    op.create_index(op.f("ix_contribution_moved_by"), "contribution", ["moved_by"], unique=False)
    op.create_index(
        op.f("ix_contribution_relationship_id"), "contribution", ["relationship_id"], unique=False
    )
    op.create_table(
        "opening",
        sa.Column("relationship_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("before_1998", sa.BigInteger(), nullable=False),
        sa.Column("pooled_base_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relationship_id"],
            ["relationship.id"],
        ),
        sa.PrimaryKeyConstraint("relationship_id"),
    )


def downgrade() -> None:
    op.drop_table("opening")
    op.drop_index(op.f("ix_contribution_relationship_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_moved_by"), table_name="contribution")
    op.drop_table("contribution")
    op.drop_table("account_rate")
    op.drop_index(op.f("ix_entry_remittance"), table_name="entry")
    op.drop_index(op.f("ix_entry_posting_id"), table_name="entry")
    op.drop_index(op.f("ix_entry_relationship_id"), table_name="entry")
    op.drop_table("entry")
    op.drop_table("relationship")
    op.drop_index(op.f("ix_posting_case_no"), table_name="posting")
    op.drop_table("posting")
    op.drop_table("person")
    op.drop_table("paper")
