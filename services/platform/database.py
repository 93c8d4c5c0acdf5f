"""PostgreSQL: one pool per process that sees its own service's schema and no other."""

from typing import Any, TypeAlias

import asyncpg

from services.platform.settings import Settings

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy | asyncpg.Connection
Pool: TypeAlias = asyncpg.pool.Pool

#: Failures after which the same transaction may simply be tried again.
TRANSIENT = (
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.UniqueViolationError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InterfaceError,
    asyncpg.exceptions.InternalClientError,
    ConnectionError,
    OSError,
    TimeoutError,
)


async def open_pool(settings: Settings, schema: str, *, size: int = 6) -> Pool:
    """`search_path` is the service's own schema only: another's tables cannot be named by accident."""
    return await asyncpg.create_pool(
        settings.database_url.get_secret_value(),
        min_size=1,
        max_size=size,
        command_timeout=30,
        server_settings=session(settings, schema),
    )


async def connect(settings: Settings, schema: str) -> asyncpg.Connection:
    """A session that ends when its process is silent for as long as Kafka waits for it: what it locked comes free."""
    silent = {"idle_session_timeout": str(settings.session_timeout_ms)}
    return await asyncpg.connect(
        settings.database_url.get_secret_value(),
        command_timeout=30,
        server_settings=session(settings, schema) | silent,
    )


async def execute_once(url: str, statement: str, *arguments: object) -> str:
    """One statement of an operator, on a connection of its own; it names the schema itself."""
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.execute(statement, *arguments))
    finally:
        await connection.close()


async def fetch_once(url: str, statement: str, *arguments: object) -> asyncpg.Record | None:
    """One row for an operator, in the same way."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchrow(statement, *arguments)
    finally:
        await connection.close()


def session(settings: Settings, schema: str) -> dict[str, Any]:
    return {
        "search_path": schema,
        "application_name": f"gvd-{schema} {settings.instance}"[:63],  # an operator sees which process holds what
        "idle_in_transaction_session_timeout": "30s",
        "jit": "off",
    }
