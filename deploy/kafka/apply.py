"""Make a cluster follow the declaration. Running it again changes nothing; it never deletes a topic or a rule."""

import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it names what it exports nowhere
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from deploy.kafka.declaration import Declaration, Rule, Topic, declared, declared_for

_SECONDS = 30.0


@dataclass
class Outcome:
    """What was changed, and what a human must look at."""

    created: list[str] = field(default_factory=list)
    grown: list[str] = field(default_factory=list)
    configured: list[str] = field(default_factory=list)
    allowed: list[Rule] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the cluster was different."""
        return bool(self.created or self.grown or self.configured or self.allowed)


def apply(
    bootstrap: str,
    agencies: Iterable[str],
    *,
    access: bool | None = None,
    client: Mapping[str, str] | None = None,
) -> Outcome:
    """Create what is missing, set what differs, add partitions, and allow what is declared.

    `access` says whether the cluster has an authorizer (default: GVD_KAFKA_ACCESS=yes); without one it would
    refuse the rules. `client` holds further settings of the connection, such as its password.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap, **(client or {})})
    return _follow(declared(agencies), admin, with_rules=guarded() if access is None else access)


def _follow(declaration: Declaration, admin: AdminClient, *, with_rules: bool) -> Outcome:
    outcome = Outcome()
    present = _partitions(admin)
    _create([topic for topic in declaration.topics if topic.name not in present], admin, outcome)
    existing = [topic for topic in declaration.topics if topic.name in present]
    _grow(existing, present, admin, outcome)
    _configure(existing, admin, outcome)
    if with_rules:
        _allow(declaration.rules, admin, outcome)
    return outcome


def connect(bootstrap: str, agency: str) -> Outcome:
    """The same for one agency, while the rest is in use."""
    return _follow(declared_for(agency), AdminClient({"bootstrap.servers": bootstrap}), with_rules=guarded())


def lacking(bootstrap: str, agency: str) -> list[str]:
    """What `connect` would make, without making it."""
    declaration, admin = declared_for(agency), AdminClient({"bootstrap.servers": bootstrap})
    present = _partitions(admin)
    found = [f"topic {topic.name}" for topic in declaration.topics if topic.name not in present]
    if guarded():
        missing = _not_allowed(declaration.rules, admin)
        found += [f"{one.principal} may {one.operation} {one.resource} {one.name}" for one in missing]
    return found


def guarded() -> bool:
    """Whether the cluster has an authorizer; without one it would refuse the rules."""
    return os.environ.get("GVD_KAFKA_ACCESS") == "yes"


def _partitions(admin: AdminClient) -> dict[str, int]:
    topics = admin.list_topics(timeout=_SECONDS).topics
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _create(topics: list[Topic], admin: AdminClient, outcome: Outcome) -> None:
    if not topics:
        return
    wanted = [NewTopic(topic.name, topic.partitions, topic.replication, config=dict(topic.config)) for topic in topics]
    for name, job in admin.create_topics(wanted, operation_timeout=_SECONDS).items():
        # Another process may have been quicker: two may start at once.
        if _unless(job, KafkaError.TOPIC_ALREADY_EXISTS):
            outcome.created.append(name)


def _grow(topics: list[Topic], present: Mapping[str, int], admin: AdminClient, outcome: Outcome) -> None:
    smaller = [topic for topic in topics if present[topic.name] < topic.partitions]
    for topic in topics:
        if present[topic.name] > topic.partitions:
            outcome.warnings.append(
                f"{topic.name} has {present[topic.name]} partitions, declared are {topic.partitions}: it cannot shrink"
            )
    if not smaller:
        return
    jobs = admin.create_partitions([NewPartitions(topic.name, topic.partitions) for topic in smaller])
    for name, job in jobs.items():
        if _unless(job, KafkaError.INVALID_PARTITIONS):
            outcome.grown.append(name)
            outcome.warnings.append(
                f"{name} grew: keys move to other partitions, so let consumers finish what is there first"
            )


def _configure(topics: list[Topic], admin: AdminClient, outcome: Outcome) -> None:
    if not topics:
        return
    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic.name) for topic in topics]
    found = {resource.name: job.result(_SECONDS) for resource, job in admin.describe_configs(asked).items()}
    changes = []
    for topic in topics:
        differing = {key: value for key, value in topic.config.items() if found[topic.name][key].value != value}
        if differing:
            outcome.configured.append(topic.name)
            changes.append(_change(topic.name, differing))
    if changes:
        for job in admin.incremental_alter_configs(changes).values():
            job.result(_SECONDS)


def _change(topic: str, values: Mapping[str, str]) -> ConfigResource:
    entries = [ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in values.items()]
    return ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=entries)


def _allow(rules: Iterable[Rule], admin: AdminClient, outcome: Outcome) -> None:
    missing = _not_allowed(rules, admin)
    if not missing:
        return
    for job in admin.create_acls([_binding(rule) for rule in missing]).values():
        job.result(_SECONDS)
    deadline = time.monotonic() + _SECONDS
    while _not_allowed(missing, admin):  # brokers hear of a rule a moment later
        if time.monotonic() > deadline:
            raise TimeoutError("the brokers do not show the new access rules")
        time.sleep(0.05)
    outcome.allowed.extend(missing)


def _not_allowed(rules: Iterable[Rule], admin: AdminClient) -> list[Rule]:
    anything = AclBindingFilter(
        ResourceType.ANY,
        None,  # type: ignore[arg-type]  # none is any
        ResourcePatternType.ANY,
        None,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    present = set(admin.describe_acls(anything).result(_SECONDS))
    return [rule for rule in rules if _binding(rule) not in present]


def _binding(rule: Rule) -> AclBinding:
    return AclBinding(
        {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.BROKER}[rule.resource],
        rule.name,
        ResourcePatternType.PREFIXED if rule.prefixed else ResourcePatternType.LITERAL,
        rule.principal,
        "*",
        AclOperation[rule.operation.upper()],
        AclPermissionType.ALLOW,
    )


def _unless(job: "Future[Any]", harmless: int) -> bool:
    """Whether the job did something; False when it found it done."""
    try:
        job.result(_SECONDS)
    except KafkaException as problem:
        if problem.args[0].code() != harmless:
            raise
        return False
    return True
