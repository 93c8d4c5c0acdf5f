"""Every offset that was ever committed, as the broker keeps them: none may go back."""

import struct
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

_TOPIC = "__consumer_offsets"
Place = tuple[str, str, int]


def moved_back(bootstrap: str) -> tuple[list[str], int]:
    """Every commit lower than one before it for the same group and partition; and how many were looked at."""
    last: dict[Place, int] = {}
    found: list[str] = []
    count = 0
    for place, offset in _commits(bootstrap):
        count += 1
        if offset < last.get(place, 0):
            found.append(f"{place}: {offset} after {last[place]}")
        last[place] = offset
    return found, count


def _commits(bootstrap: str) -> Iterator[tuple[Place, int]]:
    settings = {"bootstrap.servers": bootstrap, "group.id": "verifier", "enable.auto.commit": False}
    consumer = Consumer({**settings, "enable.partition.eof": False})
    try:
        partitions = consumer.list_topics(_TOPIC, timeout=20).topics[_TOPIC].partitions
        ends = {p: consumer.get_watermark_offsets(TopicPartition(_TOPIC, p), timeout=20)[1] for p in partitions}
        for partition, end in ends.items():
            consumer.assign([TopicPartition(_TOPIC, partition, OFFSET_BEGINNING)])
            seen = 0
            while seen < end:
                for message in consumer.consume(1_000, 0.2):
                    assert not message.error(), message.error()
                    seen = message.offset() + 1
                    if message.key() and message.value():
                        yield from _commit(message.key(), message.value())
    finally:
        consumer.close()


def _commit(key: bytes, value: bytes) -> Iterator[tuple[Place, int]]:
    """Kafka's OffsetCommitKey (version 0 or 1) and the first field of OffsetCommitValue; others are about groups."""
    (version,) = struct.unpack_from(">h", key)
    if version in (0, 1):
        group, rest = _text(key[2:])
        topic, rest = _text(rest)
        yield (group, topic, struct.unpack(">i", rest)[0]), struct.unpack_from(">hq", value)[1]


def _text(raw: bytes) -> tuple[str, bytes]:
    (length,) = struct.unpack_from(">h", raw)
    return raw[2 : 2 + length].decode(), raw[2 + length :]
