"""Every month in one state, every posting with its step and paper"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite does not keep the name PostgreSQL gives to a constraint; this makes it the same on both.
NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
RANGE = ["relationship_id", "origin_case", "first", "last"]
OLD_KEY = "contribution_relationship_id_origin_case_first_last_key"
NEW_KEY = "contribution_range_once"

STEPS = {
    "/adjust": "remit_and_end_relationship",
    "/remit": "remit_and_end_relationship",
    "/settle": "remit_and_end_relationship",
    "/arrive": "receive_funds",
    "/take-in": "take_in",
}
"""What the last part of a posting's key said of its step before the step had a column."""


def upgrade() -> None:
    with op.batch_alter_table("contribution", naming_convention=NAMES) as contribution:
        contribution.add_column(sa.Column("cleared_by", sa.String(), nullable=True))
        contribution.add_column(sa.Column("supersedes", sa.Integer(), nullable=False, server_default="0"))
        contribution.add_column(sa.Column("entered_by", sa.String(), nullable=False, server_default=""))
        contribution.drop_constraint(OLD_KEY, type_="unique")
        contribution.create_unique_constraint(NEW_KEY, [*RANGE, "supersedes", "entered_by"])
        contribution.create_index(op.f("ix_contribution_supersedes"), ["supersedes"])
        contribution.create_index(op.f("ix_contribution_origin_case"), ["origin_case"])
    op.add_column("opening", sa.Column("moved_by", sa.String(), nullable=True))
    _let_openings_go_with_their_record()
    for column in ("step", "paper", "officer"):
        op.add_column("posting", sa.Column(column, sa.String(), nullable=False, server_default=""))
    _name_steps()


def _let_openings_go_with_their_record() -> None:
    """An opening left with the case that took the months; the relationship may stand again since."""
    op.execute(
        """
        UPDATE opening SET moved_by = (
            SELECT COALESCE(
                (SELECT MIN(c.moved_by) FROM contribution c
                  WHERE c.relationship_id = r.id AND c.origin_case = '' AND c.moved_by IS NOT NULL),
                r.ended_by)
              FROM relationship r WHERE r.id = opening.relationship_id)
        """
    )


def _name_steps() -> None:
    op.execute("UPDATE posting SET step = 'seed_accounts', paper = key WHERE key LIKE 'opening/%'")
    for ending, step in STEPS.items():
        op.execute(
            f"UPDATE posting SET step = '{step}', paper = substr(key, 1, length(key) - {len(ending)})"
            f" WHERE key LIKE 'remittance/%{ending}'"
        )
    op.execute("UPDATE posting SET paper = 'taking-in/' || case_no WHERE step = 'take_in'")


def downgrade() -> None:
    for column in ("officer", "paper", "step"):
        op.drop_column("posting", column)
    op.drop_column("opening", "moved_by")
    with op.batch_alter_table("contribution") as contribution:
        contribution.drop_index(op.f("ix_contribution_origin_case"))
        contribution.drop_index(op.f("ix_contribution_supersedes"))
        contribution.drop_constraint(NEW_KEY, type_="unique")
        contribution.create_unique_constraint(OLD_KEY, RANGE)
        contribution.drop_column("entered_by")
        contribution.drop_column("supersedes")
        contribution.drop_column("cleared_by")
