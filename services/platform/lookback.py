"""What a predecessor of a relay published already, as it stands at the end of the partitions."""

from collections import deque
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

NUMBER, AGAIN = "journal", "again"
_LOOK_BACK = 500


class Sent:
    """Journal numbers per partition, in the order of the wire."""

    def __init__(self, found: Mapping[TopicPartition, Iterable[int]]) -> None:
        self._left = {place: deque(numbers) for place, numbers in found.items()}

    def has(self, place: TopicPartition, number: int) -> bool:
        """To be asked in journal order. After the first hole nothing counts: filling only that would be disorder.

        What came after it goes again, in order; a reader drops a repeat, but cannot put back what came too late.
        """
        left = self._left.get(place, ())
        while left:
            if left.popleft() == number:
                return True
        return False


async def sent_since(consumer: AIOKafkaConsumer, before: Mapping[str, int]) -> Sent:
    """Per topic what is on the wire after a number."""
    found: dict[TopicPartition, list[int]] = {}
    for topic, number in before.items():
        for partition in await _partitions(consumer, topic):
            place = TopicPartition(topic, partition)
            found[place] = await _tail(consumer, place, number)
    return Sent(found)


async def _tail(consumer: AIOKafkaConsumer, place: TopicPartition, before: int) -> list[int]:
    """Walks back from the end of a partition to an entry, not after `before`, that a relay sent in its turn.

    What was published again, for a repair or by hand, says nothing of how far the relay was.
    """
    consumer.assign([place])
    end, begin = (await consumer.end_offsets([place]))[place], (await consumer.beginning_offsets([place]))[place]
    found: list[int] = []
    step = _LOOK_BACK
    while end > begin:
        start = max(begin, end - step)
        numbers = await _numbers(consumer, place, start, end)
        turns = [at for at, (number, again) in enumerate(numbers) if number <= before and not again]
        since = numbers[turns[-1] + 1 :] if turns else numbers
        found = [number for number, _ in since if number > before] + found
        if turns:
            break
        end, step = start, step * 4
    return found


async def _numbers(consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int) -> list[tuple[int, bool]]:
    """Journal number of each record in a stretch, and whether it was published again."""
    consumer.seek(place, start)
    found: list[tuple[int, bool]] = []
    while await consumer.position(place) < end:
        for record in (await consumer.getmany(place, timeout_ms=1_000)).get(place, ()):
            headers = dict(record.headers)
            if record.offset < end and NUMBER in headers:
                found.append((int(headers[NUMBER]), AGAIN in headers))
    return found


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)  # noqa: SLF001 - the public call only knows subscribed topics
    return set(consumer.partitions_for_topic(topic) or ())
