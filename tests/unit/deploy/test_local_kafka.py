"""What Kafka's own tools are given on a local start."""

import uuid
from base64 import urlsafe_b64decode

from deploy.local.kafka import cluster_id


def test_a_cluster_id_never_reads_as_an_option() -> None:
    """One random id in 64 opened with a hyphen, and Kafka's storage tool then refused to start."""
    for first in range(256):
        made = cluster_id(uuid.UUID(bytes=bytes((first, *range(15)))))
        assert not made.startswith("-")
        assert len(made) == 22
        assert len(urlsafe_b64decode(made + "==")) == 16
