"""The yardstick: the same messages through raw aiokafka, with pydantic in and out and no memory of anything."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import TypeAdapter

from contracts.events import AgencyEvent, QuestionAcceptedEvent
from services.cli.main import run_loop

_MODELS = {"gvd.questions": QuestionAcceptedEvent}


async def main(bootstrap: str, source: str, target: str, total: int) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(_MODELS.get(source, AgencyEvent))
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=bootstrap,
        group_id=f"raw-{target}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=2, max_batch_size=262_144
    )
    await consumer.start()
    await producer.start()
    done = 0
    while done < total:
        offsets, sent = {}, []
        for place, records in (await consumer.getmany(timeout_ms=500, max_records=500)).items():
            for record in records:
                value = adapter.dump_json(adapter.validate_json(record.value))
                sent.append(await producer.send(target, value, key=record.key, partition=record.partition))
            offsets[TopicPartition(place.topic, place.partition)] = records[-1].offset + 1
        if sent:
            await asyncio.gather(*sent)
            await consumer.commit(offsets)
            done += len(sent)
    await producer.stop()
    await consumer.stop()


if __name__ == "__main__":
    run_loop(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
