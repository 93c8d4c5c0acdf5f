"""Structured log lines that cannot hold personal data: only known fields of known types pass."""

import sys
from typing import Any
from uuid import UUID

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

#: The only fields a log line may carry. A field that is not here does not reach the log.
FIELDS = frozenset(
    """event level timestamp service topic partition records folded repeats parked quarantined accepted duplicates
    emitted milliseconds cause attempt number first last host port stage fired agency status table_version
    published""".split()  # noqa: SIM905 - a list of words reads better than a column of quotes
)
_SCALARS = (str, int, float, bool, UUID, type(None))


def only_known_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop every field not on the list, and every value that is not a plain scalar."""
    return {name: value for name, value in event.items() if name in FIELDS and isinstance(value, _SCALARS)}


def error_name(error: BaseException) -> str:
    """What a log may say of an exception: its class, never its text, which can quote data."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def configure(service: str, level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known_fields,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def _dumps(event: EventDict, **_: Any) -> bytes:
    return orjson.dumps(event, default=str)


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
