"""The fixtures themselves: real servers, a fresh database each time, and no skipped test in CI."""

import asyncpg
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

pytest_plugins = ["pytester"]


async def test_each_test_has_an_empty_database(database: str) -> None:
    connection = await asyncpg.connect(database)
    tables = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
    await connection.execute("create table left_behind ()")
    await connection.close()
    assert tables == 0


test_and_the_next_one_too = test_each_test_has_an_empty_database


def test_the_broker_is_real(kafka: str, topic_name: str) -> None:
    client = AdminClient({"bootstrap.servers": kafka})
    client.create_topics([NewTopic(topic_name, 1, 1)])[topic_name].result(10)
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    producer.produce(topic_name, b"a question")
    assert producer.flush(30) == 0
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": topic_name, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic_name])
    message = consumer.poll(30)
    consumer.close()
    assert message is not None
    assert message.value() == b"a question"


def test_a_skipped_test_fails_the_run_in_ci(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makeconftest("pytest_plugins = ['tests.nothingskipped']")
    pytester.makepyfile("import pytest\ndef test_ran(): pass\ndef test_skipped(): pytest.skip('no broker')")

    monkeypatch.delenv("CI", raising=False)
    assert pytester.runpytest_subprocess("-p", "no:schemathesis").ret == pytest.ExitCode.OK

    monkeypatch.setenv("CI", "true")
    result = pytester.runpytest_subprocess("-p", "no:schemathesis")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*1 skipped tests fail this run*"])
