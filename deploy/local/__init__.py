"""Real Apache Kafka and real PostgreSQL as child processes, without Docker and without Java."""

from deploy.local.kafka import LocalKafka
from deploy.local.postgres import LocalPostgres

__all__ = ["LocalKafka", "LocalPostgres"]
