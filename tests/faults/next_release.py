"""The next release, in its own folder, with one more migration and a change of the workflow."""

import shutil
from pathlib import Path

from desk.stack import ROOT

LAYERS = ("rules", "models", "activities", "workflows", "engine", "desk")
CHANGE = "told-of-the-upgrade"
"""The name of the patch, which the history of a case opened after the upgrade holds."""

RUN = """        self.board.open()
        if new:
"""
CHANGED_RUN = f"""        self.board.open()
        if workflow.patched("{CHANGE}"):
            await workflow.sleep(0.01)
        if new:
"""

MIGRATION = '''"""A column and a table more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paper", sa.Column("remark", sa.String, nullable=True))
    op.create_table("remark", sa.Column("id", sa.Integer, primary_key=True))
'''


def write_next_release(directory: Path) -> Path:
    """Write the next release and return the path of its worker program."""
    for layer in LAYERS:
        shutil.copytree(ROOT / layer, directory / layer, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "worker.py", directory / "worker.py")
    case = directory / "workflows" / "transfer_case.py"
    before = case.read_text()
    assert before.count(RUN) == 1
    case.write_text(before.replace(RUN, CHANGED_RUN))
    versions = directory / "models" / "store" / "migrations" / "versions"
    (versions / "0002_a_column_and_a_table_more.py").write_text(MIGRATION)
    return directory / "worker.py"
