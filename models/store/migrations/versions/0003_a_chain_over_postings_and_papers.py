"""A chain over postings and papers

A paper that crossed is on file at both bureaus under one kind, so that their digests can be compared; what a
bureau answered about it has a kind of its own. A contact letter received before this was not kept as such.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POSTING = sa.table(
    "posting",
    *map(sa.column, ("id", "key", "case_no", "step", "paper", "officer", "link", "chain")),
    sa.column("at", sa.DateTime(timezone=True)),
)
ENTRY = sa.table(
    "entry", *map(sa.column, ("posting_id", "account", "relationship_id", "remittance", "amount"))
)
PAPER = sa.table(
    "paper",
    *map(sa.column, ("id", "case_no", "kind", "version", "side", "body", "digest", "link", "chain")),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for table in ("posting", "paper"):
        op.add_column(table, sa.Column("link", sa.BigInteger(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("chain", sa.String(64), nullable=False, server_default=""))
    op.add_column("paper", sa.Column("digest", sa.String(64), nullable=False, server_default=""))
    _file_papers_apart_from_answers(op.get_bind())
    _chain_what_is_there(op.get_bind())
    for table in ("posting", "paper"):
        op.create_index(op.f(f"ix_{table}_link"), table, ["link"], unique=True)


def _file_papers_apart_from_answers(store: sa.Connection) -> None:
    for kind, side, answer in (
        ("certificate", "issued", "certificate_answer"),
        ("contact_letter", "received", "letter_registration"),
    ):
        store.execute(
            sa.update(PAPER)
            .where(PAPER.c.kind == kind, PAPER.c.side == side)
            .values(kind=answer, side="issued")
        )
    answers = sa.select(PAPER).where(PAPER.c.kind == "certificate_answer").order_by(PAPER.c.id)
    last = 0
    while row := store.execute(answers.where(PAPER.c.id > last).limit(1)).one_or_none():
        last = row.id
        certificate = json.loads(row.body)["certificate"]
        if certificate is not None:
            body = json.dumps(certificate, ensure_ascii=False, separators=(",", ":"))
            copied = {name: getattr(row, name) for name in ("case_no", "version", "side", "at")}
            # The unique index on links comes when every row has its own.
            store.execute(
                sa.insert(PAPER).values(**copied, kind="certificate", body=body, digest="", link=0, chain="")
            )


def _chain_what_is_there(store: sa.Connection) -> None:
    """Postings and papers in the order of their instants, the postings of one instant before its papers."""
    rows = [(_at(row.at), 0, row.id) for row in store.execute(sa.select(POSTING.c.id, POSTING.c.at))]
    rows += [(_at(row.at), 1, row.id) for row in store.execute(sa.select(PAPER.c.id, PAPER.c.at))]
    previous = "0" * 64
    for link, (_, is_paper, number) in enumerate(sorted(rows), start=1):
        table = PAPER if is_paper else POSTING
        content, more = (_paper if is_paper else _posting)(store, number)
        previous = hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()
        store.execute(sa.update(table).where(table.c.id == number).values(link=link, chain=previous, **more))


def _posting(store: sa.Connection, number: int) -> tuple[str, dict[str, str]]:
    row = store.execute(sa.select(POSTING).where(POSTING.c.id == number)).one()
    entries = store.execute(
        sa.select(ENTRY.c.account, ENTRY.c.relationship_id, ENTRY.c.remittance, ENTRY.c.amount).where(
            ENTRY.c.posting_id == number
        )
    )
    sides = sorted(_canonical(*entry) for entry in entries)
    named = (row.key, row.case_no, row.step, row.paper, row.officer)
    return _canonical("posting", *named, _at(row.at), sides), {}


def _paper(store: sa.Connection, number: int) -> tuple[str, dict[str, str]]:
    row = store.execute(sa.select(PAPER).where(PAPER.c.id == number)).one()
    digest = hashlib.sha256(row.body.encode()).hexdigest()
    named = (row.case_no, row.kind, row.version, row.side)
    return _canonical("paper", *named, _at(row.at), digest), {"digest": digest}


def _canonical(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _at(at: datetime) -> str:
    """SQLite knows no zone; what it keeps is UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


def downgrade() -> None:
    for table in ("paper", "posting"):
        op.drop_index(op.f(f"ix_{table}_link"), table_name=table)
        op.drop_column(table, "chain")
        op.drop_column(table, "link")
    op.drop_column("paper", "digest")
    op.execute("DELETE FROM paper WHERE kind = 'certificate' AND side = 'issued'")
    op.execute("UPDATE paper SET kind = 'certificate' WHERE kind = 'certificate_answer'")
    op.execute(
        "DELETE FROM paper WHERE kind = 'contact_letter' AND side = 'received' AND case_no IN"
        " (SELECT case_no FROM paper WHERE kind = 'letter_registration')"
    )
    op.execute(
        "UPDATE paper SET kind = 'contact_letter', side = 'received' WHERE kind = 'letter_registration'"
    )
