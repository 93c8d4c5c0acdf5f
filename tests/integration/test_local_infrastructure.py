"""The broker and the database from wheels: real, durable, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.local import LocalKafka, LocalPostgres, jars
from deploy.local.ports import answers, is_free, remembered_port


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    server = LocalKafka(tmp_path_factory.mktemp("kafka"))
    yield server.start()
    server.destroy()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    server = LocalPostgres(tmp_path_factory.mktemp("postgres"))
    yield server.start()
    server.destroy()


def create_topic(bootstrap: str, name: str) -> None:
    client = AdminClient({"bootstrap.servers": bootstrap})
    client.create_topics([NewTopic(name, 1, 1)])[name].result(10)


def publish(bootstrap: str, topic: str, values: list[bytes]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(30) == 0


def read_all(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    found: list[bytes] = []
    deadline = time.monotonic() + 30
    while len(found) < count and time.monotonic() < deadline:
        found += [message.value() for message in consumer.consume(count, 0.5) if not message.error()]
    consumer.close()
    return found


def test_records_survive_a_killed_broker(broker: LocalKafka) -> None:
    values = [b"%d" % number for number in range(1000)]
    create_topic(broker.bootstrap, "survivors")
    publish(broker.bootstrap, "survivors", values)
    address = broker.bootstrap

    broker.kill()
    assert not broker.running
    broker.start()

    assert broker.bootstrap == address
    assert read_all(address, "survivors", len(values)) == values


def test_the_broker_makes_no_topic_by_itself(broker: LocalKafka) -> None:
    client = AdminClient({"bootstrap.servers": broker.bootstrap})
    client.list_topics("asked-for-once", timeout=10)
    assert "asked-for-once" not in client.list_topics(timeout=10).topics


async def test_rows_survive_a_killed_server(server: LocalPostgres) -> None:
    connection = await asyncpg.connect(server.url)
    await connection.execute("create table survivors as select * from generate_series(1, 1000) n")
    address = server.url

    server.kill()
    server.start()

    assert server.url == address
    connection = await asyncpg.connect(address)
    assert await connection.fetchval("select count(*) from survivors") == 1000
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await connection.fetchval(f"show {setting}") == "on"
    await connection.close()


async def test_the_database_asks_for_a_password(server: LocalPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url, password="wrong")  # noqa: S106


def test_the_database_files_are_closed_to_others(server: LocalPostgres) -> None:
    assert (server.data_dir / "password").stat().st_mode & 0o077 == 0
    arguments = Path(f"/proc/{server.pid}/cmdline").read_bytes().split(b"\0")
    cluster = Path(os.fsdecode(arguments[arguments.index(b"-D") + 1]))
    assert cluster.stat().st_mode & 0o077 == 0


def test_only_the_loopback_address_listens(broker: LocalKafka, server: LocalPostgres) -> None:
    sockets = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    listening = [line.split()[1].rsplit(":", 1) for line in sockets.splitlines() if " 0A " in line]
    ours = {address for address, port in listening if int(port, 16) in {broker.port, server.port}}
    assert ours
    assert ours <= {"0100007F", "0000000000000000FFFF00000100007F"}


OWNER = """
import sys, time
from pathlib import Path
from deploy.local import LocalKafka, LocalPostgres
base = Path(sys.argv[1])
kafka, postgres = LocalKafka(base / "kafka").start(), LocalPostgres(base / "postgres").start()
if "suspend" in sys.argv:
    kafka.suspend(), postgres.suspend()
print(kafka.pid, postgres.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("state", ["running", "suspend"])
def test_nothing_outlives_its_killed_owner(tmp_path: Path, state: str) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path), state], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    children = [int(pid) for pid in owner.stdout.readline().split()]
    assert len(children) == 2

    owner.send_signal(signal.SIGKILL)
    owner.wait()

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_lives(pid) for pid in children):
        time.sleep(0.05)
    assert [pid for pid in children if _lives(pid)] == []
    LocalPostgres(tmp_path / "postgres").destroy()


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_jar_with_another_sum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = tmp_path / "forged"
    forged.write_bytes(b"not Apache's")
    jar = jars.Jar("0" * 64, forged.stat().st_size, "org.example:broker:1")
    monkeypatch.setattr(jars, "listed", lambda: [jar])
    monkeypatch.setattr(jars, "_download", lambda _jar, _work: forged)
    with pytest.raises(jars.JarError, match="refused"):
        jars.kafka_jars(tmp_path / "jars")
    assert not (tmp_path / "jars" / jar.name).exists()


def test_a_port_is_remembered_while_it_is_free(tmp_path: Path, broker: LocalKafka) -> None:
    memory = tmp_path / "port"
    first = remembered_port(memory)
    assert is_free(first)
    assert remembered_port(memory) == first
    memory.write_text(str(broker.port))
    assert answers(broker.port)
    assert remembered_port(memory) != broker.port
