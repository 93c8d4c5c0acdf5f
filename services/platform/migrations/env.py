"""Alembic's entry: runs the migrations of one service in that service's own schema."""

import asyncio

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine


def _run(connection: Connection, schema: str) -> None:
    connection.execute(text(f'create schema if not exists "{schema}"'))
    connection.execute(text(f'set search_path to "{schema}"'))
    connection.commit()
    connection.dialect.default_schema_name = schema
    context.configure(connection=connection, version_table_schema=schema, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _main() -> None:
    options = context.config.attributes
    engine = create_async_engine(options["url"])
    async with engine.connect() as connection:
        # Two starting processes must not migrate at once.
        await connection.execute(text("select pg_advisory_lock(7265)"))
        await connection.run_sync(_run, options["schema"])
        await connection.commit()
        await connection.execute(text("select pg_advisory_unlock(7265)"))
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())
