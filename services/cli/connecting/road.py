"""Topics, access rules and a password on Kafka; a token for HTTP; a webhook."""

from typing import Any

from services.cli.connecting.step import Done, Stopped
from services.platform import tokens
from services.platform.database import execute_once, fetch_once
from services.platform.settings import Settings


def topics(organisation: str, settings: Settings, *, check: bool) -> Done:
    """`gvd.in` and `gvd.out`, and who may touch them. Raises Stopped."""
    from confluent_kafka import KafkaException

    from deploy import kafka

    where = settings.kafka_bootstrap_servers
    try:
        lacking = kafka.lacking(where, organisation)
        if lacking and check:
            raise Stopped(*(f"missing: {one}" for one in lacking), "Without --check these are made.")
        if lacking:
            kafka.connect(where, organisation)
        done = Done([f"made: {one}" for one in lacking])
        return _password(organisation, where, done, check=check)
    except KafkaException as error:
        code = error.args[0].name() if error.args else type(error).__name__
        raise Stopped(
            f"Apache Kafka on {where} says {code}.",
            "Is it there, is KAFKA_BOOTSTRAP_SERVERS right, and may you make topics and access rules on it?",
        ) from error


def _password(organisation: str, where: str, done: Done, *, check: bool) -> Done:
    from deploy import kafka

    done.said.append(f"it writes gvd.in.{organisation} and reads gvd.out.{organisation}")
    if not kafka.guarded():
        done.todo.append("This Kafka asks for no password (GVD_KAFKA_ACCESS is not yes): good for a try, not for real.")
        return done
    if kafka.has_password(where, organisation):
        done.said.append(f"User:{organisation} has a password (lost? run again with --new-secrets)")
    elif check:
        raise Stopped(f"User:{organisation} has no password. Without --check it gets one.")
    else:
        done.said += _shown("Kafka password", organisation, kafka.new_password(where, organisation))
    return done


def renewed(organisation: str, settings: Settings) -> list[str]:
    """Another Kafka password instead of the lost one."""
    from deploy import kafka

    if not kafka.guarded():
        return []
    return _shown("Kafka password", organisation, kafka.new_password(settings.kafka_bootstrap_servers, organisation))


async def token(organisation: str, settings: Settings, *, check: bool, renew: bool) -> Done:
    """One token that works. Raises Stopped."""
    database = settings.database_url.get_secret_value()
    row = await fetch_once(database, _TOKENS, organisation)
    if row is not None and row["number"] and not renew:
        return Done(
            [f"{row['number']} in use, the last of {row['last']:%Y-%m-%d} (lost? run again with --new-secrets)"]
        )
    if check:
        raise Stopped("There is no token in use. Without --check one is made.")
    made = tokens.fresh()
    await execute_once(database, _RENEWED if renew else _NOTHING, organisation)
    await execute_once(
        database,
        "insert into intake.credential (agency, token_sha256) values ($1, $2)",
        organisation,
        tokens.digest(made),
    )
    return Done(_shown("token", organisation, made))


def _shown(what: str, organisation: str, secret: str) -> list[str]:
    return [f"{what} for {organisation}, shown once: {secret}"]


async def webhook(organisation: str, settings: Settings) -> Any:
    """How the webhook stands, as `gvd agency show` asks it."""
    from services.cli.agency import SHOW

    return await fetch_once(settings.database_url.get_secret_value(), SHOW, organisation)


_TOKENS = """
select count(*) as number, max(created_at) as last from intake.credential where agency = $1 and revoked_at is null
"""
_RENEWED = "update intake.credential set revoked_at = now() where agency = $1 and revoked_at is null"
_NOTHING = "select $1::text"
