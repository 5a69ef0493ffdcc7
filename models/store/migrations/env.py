"""Alembic's entry: runs the migrations on the connection a store hands over."""

from alembic import context
from sqlmodel import SQLModel

import models.store.tables  # noqa: F401 -- the tables register themselves with the metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
