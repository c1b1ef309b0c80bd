"""Alembic's way in: it migrates over the connection it is given, inside that transaction."""

from __future__ import annotations

from alembic import context

from screener.log.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
