"""The declared topics and access rules, on a real broker with an authorizer."""

from collections.abc import Iterator, Mapping

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from contracts import events
from deploy.kafka import apply, declared, has_password, new_password
from deploy.kafka.declaration import Rule
from deploy.local import LocalKafka
from tests.infrastructure import folder_of_our_own

AGENCIES = ("svb", "uwv")
PASSWORDS = {"svb": "svb-secret", "uwv": "uwv-secret"}


@pytest.fixture(scope="module")
def broker() -> Iterator[LocalKafka]:
    with folder_of_our_own("kafka") as folder, LocalKafka(folder, users=PASSWORDS) as started:
        apply(started.bootstrap, AGENCIES, access=True)
        yield started


def as_agency(broker: LocalKafka, name: str) -> dict[str, str]:
    return {
        "bootstrap.servers": broker.agency_bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": name,
        "sasl.password": PASSWORDS[name],
    }


def write(client: Mapping[str, str], topic: str) -> KafkaError | None:
    """What the broker says of a message from this client."""
    answers: list[KafkaError | None] = []
    producer = Producer({**client, "message.timeout.ms": 10_000, "log_level": 0})
    producer.produce(topic, b"x", on_delivery=lambda error, _: answers.append(error))
    producer.flush(15)
    return answers[0]


def read(client: Mapping[str, str], topic: str, group: str) -> bytes | KafkaError | None:
    """The first message this client gets, or why it gets none."""
    consumer = Consumer({**client, "group.id": group, "auto.offset.reset": "earliest", "log_level": 0})
    try:
        consumer.subscribe([topic])
        message = consumer.poll(15)
        assert message is not None
        return message.error() or message.value()
    except KafkaException as problem:
        return problem.args[0]
    finally:
        consumer.close()


def test_every_topic_of_the_contracts_is_declared() -> None:
    names = {topic.name for topic in declared(["svb"], {}).topics}
    in_contracts = {value for value in vars(events).values() if isinstance(value, str) and value.startswith("gvd.")}
    assert in_contracts - {events.IN_PREFIX, events.OUT_PREFIX} <= names
    assert {f"{events.IN_PREFIX}svb", f"{events.OUT_PREFIX}svb"} <= names


def test_the_cluster_gives_its_own_numbers() -> None:
    environment = {"GVD_KAFKA_PARTITIONS": "24", "GVD_KAFKA_REPLICATION": "3", "GVD_KAFKA_MIN_INSYNC": "2"}
    topics = {topic.name: topic for topic in declared(["svb"], environment).topics}
    assert topics["gvd.questions"].partitions == 24
    assert topics["gvd.routing-table"].partitions == 1
    assert {topic.replication for topic in topics.values()} == {3}
    assert {topic.config["min.insync.replicas"] for topic in topics.values()} == {"2"}


@pytest.mark.parametrize("name", ["SVB", "svb.uwv", "*", "", "-svb", "svb_1"])
def test_an_agency_name_that_could_mean_another_topic_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="an agency is named by"):
        declared([name])


def test_no_agency_may_touch_an_inner_topic_or_another_agency() -> None:
    for agency in AGENCIES:
        mine = {rule for rule in declared(AGENCIES, {}).rules if rule.principal == f"User:{agency}"}
        assert {rule.name for rule in mine if rule.resource == "topic"} == {f"gvd.in.{agency}", f"gvd.out.{agency}"}
        assert not {rule for rule in mine if rule.resource == "topic" and rule.prefixed}
        assert Rule(f"User:{agency}", "topic", f"gvd.in.{agency}", prefixed=False, operation="read") not in mine


def test_applying_again_changes_nothing(broker: LocalKafka) -> None:
    again = apply(broker.bootstrap, AGENCIES, access=True)
    assert not again.changed
    assert again.warnings == []


def test_a_compacted_topic_is_compacted(broker: LocalKafka) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    asked = ConfigResource(ConfigResource.Type.TOPIC, "gvd.routing-table")
    config = admin.describe_configs([asked])[asked].result(10)
    assert config["cleanup.policy"].value == "compact"


def test_a_changed_setting_is_put_right_and_nothing_is_deleted(broker: LocalKafka) -> None:
    apply(broker.bootstrap, [*AGENCIES, "cak"], access=True)
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    entry = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    change = ConfigResource(ConfigResource.Type.TOPIC, "gvd.questions", incremental_configs=[entry])
    admin.incremental_alter_configs([change])[change].result(10)

    outcome = apply(broker.bootstrap, AGENCIES, access=True)

    assert outcome.configured == ["gvd.questions"]
    assert "gvd.in.cak" in admin.list_topics(timeout=10).topics


def test_partitions_grow_with_a_warning_and_never_shrink(broker: LocalKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GVD_KAFKA_PARTITIONS", "8")
    assert "gvd.questions" in apply(broker.bootstrap, AGENCIES, access=True).grown
    monkeypatch.setenv("GVD_KAFKA_PARTITIONS", "6")
    outcome = apply(broker.bootstrap, AGENCIES, access=True)
    assert outcome.grown == []
    assert any(text.startswith("gvd.questions has 8 partitions") for text in outcome.warnings)


def test_an_agency_writes_to_its_own_door_only(broker: LocalKafka) -> None:
    svb = as_agency(broker, "svb")
    assert write(svb, "gvd.in.svb") is None
    for closed in ("gvd.in.uwv", "gvd.out.svb", "gvd.questions"):
        refusal = write(svb, closed)
        assert refusal is not None
        assert refusal.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_an_agency_reads_its_own_answers_only(broker: LocalKafka) -> None:
    svb, inside = as_agency(broker, "svb"), {"bootstrap.servers": broker.bootstrap}
    for topic in ("gvd.out.svb", "gvd.out.uwv", "gvd.handoffs"):
        assert write(inside, topic) is None
    assert read(svb, "gvd.out.svb", "svb.desk") == b"x"
    for closed in ("gvd.out.uwv", "gvd.handoffs", "gvd.in.svb"):
        refusal = read(svb, closed, "svb.desk")
        assert isinstance(refusal, KafkaError)
        assert refusal.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_an_agency_cannot_join_the_group_of_another(broker: LocalKafka) -> None:
    refusal = read(as_agency(broker, "svb"), "gvd.out.svb", "uwv.desk")
    assert isinstance(refusal, KafkaError)
    assert refusal.code() == KafkaError.GROUP_AUTHORIZATION_FAILED


def test_a_wrong_password_is_refused(broker: LocalKafka) -> None:
    stranger = as_agency(broker, "svb") | {"sasl.password": "guessed"}
    with pytest.raises(KafkaException):
        AdminClient({**stranger, "log_level": 0}).list_topics(timeout=3)


def test_an_agency_gets_a_password_and_another_instead_of_it(broker: LocalKafka) -> None:
    assert not has_password(broker.bootstrap, "duo")
    first = new_password(broker.bootstrap, "duo")
    assert has_password(broker.bootstrap, "duo")
    second = new_password(broker.bootstrap, "duo")
    assert first != second
    apply(broker.bootstrap, [*AGENCIES, "duo"], access=True)
    assert write({**as_agency(broker, "svb"), "sasl.username": "duo", "sasl.password": second}, "gvd.in.duo") is None
