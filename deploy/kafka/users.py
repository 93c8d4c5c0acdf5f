"""Passwords of agencies, on a cluster that asks for them (SCRAM-SHA-512)."""

import secrets
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it names what it exports nowhere
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

_SECONDS = 30.0
_ITERATIONS = 8_192


def has_password(bootstrap: str, user: str) -> bool:
    """Whether the cluster knows this user."""
    admin = AdminClient({"bootstrap.servers": bootstrap})  # kept: without it the answer never comes
    jobs: Any = admin.describe_user_scram_credentials([user])
    try:
        return bool(jobs[user].result(_SECONDS).scram_credential_infos)
    except KafkaException as problem:
        if problem.args[0].code() == KafkaError.RESOURCE_NOT_FOUND:
            return False
        raise


def new_password(bootstrap: str, user: str) -> str:
    """Give the user a password, instead of any it had. It is shown once."""
    made = secrets.token_urlsafe(24)
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
    wanted = UserScramCredentialUpsertion(user, info, made.encode())
    admin = AdminClient({"bootstrap.servers": bootstrap})
    jobs = admin.alter_user_scram_credentials([wanted])
    jobs[user].result(_SECONDS)
    return made
