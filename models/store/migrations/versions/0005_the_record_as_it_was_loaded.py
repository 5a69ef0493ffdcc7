"""The record as it was loaded

Every opening of the ledger rests on a paper now, which states the record that was loaded and is a link of the
chain. For records loaded before, it is drawn up from what the store holds, and follows the last link.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PERSON = sa.table("person", *map(sa.column, ("id", "id_number")))
RELATIONSHIP = sa.table("relationship", *map(sa.column, ("id", "person_id", "scheme")))
PART = ("first", "last", "base", "booked", "kind")
MONTHS = sa.table(
    "contribution",
    *map(sa.column, ("id", "relationship_id", *PART, "origin_bureau", "origin_case", "supersedes")),
)
FIGURES = ("year", "balance", "before_1998", "pooled_base_sum")
OPENING = sa.table("opening", *map(sa.column, ("relationship_id", *FIGURES)))
RATE = sa.table("account_rate", *map(sa.column, ("relationship_id", "year", "rate")))
POSTING = sa.table(
    "posting",
    *map(sa.column, ("id", "key", "link", "chain")),
    sa.column("at", sa.DateTime(timezone=True)),
)
ENTRY = sa.table("entry", *map(sa.column, ("posting_id", "account", "amount")))
PAPER = sa.table(
    "paper",
    *map(sa.column, ("case_no", "kind", "version", "side", "body", "digest", "link", "chain")),
    sa.column("at", sa.DateTime(timezone=True)),
)
PAGE = 500


def upgrade() -> None:
    store = op.get_bind()
    heads = sa.union_all(*(sa.select(table.c.link, table.c.chain) for table in (POSTING, PAPER))).subquery()
    head = store.execute(sa.select(heads).order_by(heads.c.link.desc()).limit(1)).first()
    link, chained = (head.link, head.chain) if head else (0, "0" * 64)
    for opened in _openings(store):
        number = int(opened.key.removeprefix("opening/"))
        body = json.dumps(_loaded(store, opened, number), ensure_ascii=False, separators=(",", ":"))
        digest, at = hashlib.sha256(body.encode()).hexdigest(), _aware(opened.at)
        written = at.isoformat(timespec="microseconds")
        content = json.dumps(
            ("paper", "", "loaded_record", number, "issued", written, digest),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        link, chained = link + 1, hashlib.sha256(f"{chained}\n{content}".encode()).hexdigest()
        named = {"case_no": "", "kind": "loaded_record", "version": number, "side": "issued", "at": at}
        store.execute(sa.insert(PAPER).values(**named, body=body, digest=digest, link=link, chain=chained))


def _openings(store: sa.Connection) -> Iterator[Any]:
    """The postings that opened the ledger for a record and have no paper yet, some at a time."""
    number = sa.literal("opening/").concat(sa.cast(PAPER.c.version, sa.String))
    filed = sa.select(number).where(PAPER.c.case_no == "", PAPER.c.kind == "loaded_record")
    opening = sa.and_(POSTING.c.key.like("opening/%"), POSTING.c.key.not_in(filed))
    openings = sa.select(POSTING).where(opening).order_by(POSTING.c.id).limit(PAGE)
    last = 0
    while found := store.execute(openings.where(POSTING.c.id > last)).all():
        last = found[-1].id
        yield from found


def _loaded(store: sa.Connection, opened: Any, number: int) -> dict[str, Any]:
    sums = dict(
        store.execute(
            sa.select(ENTRY.c.account, sa.func.sum(ENTRY.c.amount))
            .where(ENTRY.c.posting_id == opened.id)
            .group_by(ENTRY.c.account)
        ).all()
    )
    person = store.execute(
        sa.select(PERSON.c.id_number, RELATIONSHIP.c.scheme)
        .join(RELATIONSHIP, RELATIONSHIP.c.person_id == PERSON.c.id)
        .where(RELATIONSHIP.c.id == number)
    ).one()
    loaded = (MONTHS.c.relationship_id == number, MONTHS.c.origin_case == "", MONTHS.c.supersedes == 0)
    months = store.execute(sa.select(MONTHS).where(*loaded).order_by(MONTHS.c.id)).all()
    opening = store.execute(sa.select(OPENING).where(OPENING.c.relationship_id == number)).first()
    rates = store.execute(sa.select(RATE).where(RATE.c.relationship_id == number).order_by(RATE.c.year))
    return {
        "number": opened.key,
        "id_number": person.id_number,
        "scheme": person.scheme,
        "bureau": months[0].origin_bureau if months else "",
        "months": [{name: getattr(row, name) for name in PART} for row in months],
        "opening": {name: getattr(opening, name) for name in FIGURES} if opening else None,
        "rates": {str(row.year): row.rate for row in rates},
        "individual": -int(sums.get("individual_account", 0)),
        "pooled": -int(sums.get("pooled_fund", 0)),
    }


def _aware(at: datetime) -> datetime:
    """SQLite knows no zone; what it keeps is UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def downgrade() -> None:
    """A link is never taken out of the chain: the papers stay, and the release before does not read them."""
