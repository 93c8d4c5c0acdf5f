"""What `topics.yaml` says, for a given set of connected agencies."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

FILE = Path(__file__).with_name("topics.yaml")
Operation = Literal["read", "write", "describe", "create", "describe_configs", "idempotent_write"]
Resource = Literal["topic", "group", "cluster"]
_AGENCY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Topic:
    """One topic as it should be."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, order=True)
class Rule:
    """One thing somebody may do."""

    principal: str
    resource: Resource
    name: str
    prefixed: bool
    operation: Operation


@dataclass(frozen=True)
class Declaration:
    """All topics and all access rules."""

    topics: tuple[Topic, ...]
    rules: tuple[Rule, ...]


def declared(agencies: Iterable[str], environment: Mapping[str, str] | None = None) -> Declaration:
    """The declaration for these agencies, with the cluster's own numbers from the environment."""
    text: dict[str, Any] = yaml.safe_load(FILE.read_text())
    settings = _Settings(text["defaults"], os.environ if environment is None else environment)
    names = sorted(set(agencies))
    for name in names:
        if not _AGENCY.fullmatch(name):
            raise ValueError(f"an agency is named by small letters, digits and hyphens, not {name!r}")
    topics = [settings.topic(name, wanted) for name, wanted in text["inner"].items()]
    rules = list(_service_rules(text["access"]["services"], settings.service_principal))
    for agency in names:
        for pattern, wanted in text["per_agency"].items():
            topics.append(settings.topic(pattern.format(agency=agency), wanted))
        rules += _agency_rules(text, agency)
    return Declaration(tuple(topics), tuple(sorted(rules)))


def declared_for(agency: str, environment: Mapping[str, str] | None = None) -> Declaration:
    """Only what this agency needs. Topics that others use stay as they are: growing one delays what is on its way."""
    both, without = declared([agency], environment), declared([], environment)
    topics = tuple(topic for topic in both.topics if topic not in without.topics)
    return Declaration(topics, tuple(sorted(set(both.rules) - set(without.rules))))


class _Settings:
    """The defaults, with what the environment says of this cluster."""

    def __init__(self, defaults: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._partitions = int(environment.get("GVD_KAFKA_PARTITIONS", defaults["partitions"]))
        self._replication = int(environment.get("GVD_KAFKA_REPLICATION", defaults["replication"]))
        given = environment.get("GVD_KAFKA_MIN_INSYNC")
        self._config = dict(defaults["config"]) | ({"min.insync.replicas": given} if given else {})
        self.service_principal = environment.get("GVD_KAFKA_SERVICE_PRINCIPAL")

    def topic(self, name: str, wanted: Mapping[str, Any]) -> Topic:
        config = self._config | wanted.get("config", {})
        return Topic(name, wanted.get("partitions", self._partitions), self._replication, config)


def _service_rules(access: Mapping[str, str], principal: str | None) -> Iterator[Rule]:
    who = principal or access["principal"]
    for operation in ("read", "write", "describe", "describe_configs"):
        yield Rule(who, "topic", access["topic_prefix"], prefixed=True, operation=operation)
    yield Rule(who, "group", access["group_prefix"], prefixed=True, operation="read")
    yield Rule(who, "cluster", "kafka-cluster", prefixed=False, operation="idempotent_write")


def _agency_rules(text: Mapping[str, Any], agency: str) -> Iterator[Rule]:
    who = text["access"]["agency"]["principal"].format(agency=agency)
    group = text["access"]["agency"]["group_prefix"].format(agency=agency)
    for pattern, wanted in text["per_agency"].items():
        for operation in (*wanted["agency_may"], "describe"):
            yield Rule(who, "topic", pattern.format(agency=agency), prefixed=False, operation=operation)
    yield Rule(who, "group", group, prefixed=True, operation="read")
    yield Rule(who, "group", agency, prefixed=False, operation="read")
