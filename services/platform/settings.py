"""Settings of one process, read from the environment and nowhere else."""

import base64
import binascii
import socket
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.questions import Dataref

#: Where delivery publishes the public keys of its signatures.
KEYS_PATH = "/.well-known/jwks.json"
_KEY_BYTES = 32
_DATAREF: TypeAdapter[Dataref] = TypeAdapter(Dataref)


class Settings(BaseSettings):
    """Every setting has a name in the README; addresses have no default that could reach a stranger."""

    model_config = SettingsConfigDict(env_prefix="GVD_", populate_by_name=True, hide_input_in_errors=True)

    kafka_bootstrap_servers: str = Field(default="127.0.0.1:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    database_url: SecretStr = Field(
        default=SecretStr("postgresql://gvd@127.0.0.1:5432/gvd"), validation_alias="DATABASE_URL"
    )
    instance: str = Field(default_factory=socket.gethostname, description="Static Kafka group membership.")
    oin: str = Field(default="00000099000000001000", pattern=r"^[0-9]{20}$", description="OIN of whoever runs this.")
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = Field(default="http://127.0.0.1:8080", description="Base of our datarefs.")
    router_url: str = Field(default="http://127.0.0.1:8080", description="Where stewards of the table reach a router.")
    delivery_url: str = Field(
        default="http://127.0.0.1:8080", description="Where receivers of webhooks find our keys; its host is our name."
    )
    log_level: str = "INFO"
    master_key: SecretStr = Field(
        default=SecretStr(""), description="Base64 of 32 bytes; wraps the key of every personal text."
    )
    signing_keys: SecretStr = Field(
        default=SecretStr(""), description="Base64 of 32 bytes each, separated by commas; the first signs webhooks."
    )
    intake_url: str = Field(default="http://127.0.0.1:8080", description="How our own services reach intake.")
    notices_token: SecretStr = Field(
        default=SecretStr(""), description="By which intake knows the notices service; without it no address is given."
    )
    notice_outbox: Path | None = Field(default=None, description="Folder for notices nothing else can send.")
    notice_from: str = "noreply@geenverkeerdedeur.example"
    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp://user:password@host:587, or smtps://.")
    notifynl_url: str = "https://api.notifynl.nl"
    notifynl_key: SecretStr = Field(default=SecretStr(""), description="API key of NotifyNL; empty: not used.")
    notifynl_templates: Path | None = Field(default=None, description="JSON: template id per kind and channel.")
    batch_size: int = Field(default=500, description="Larger was measured to be slower.")
    session_timeout_ms: int = 6_000
    stuck_seconds: float = Field(default=120, description="A batch or poll that takes longer is reported as not alive.")
    table_path: Path | None = Field(default=None, description="Another routing table than the shipped one.")

    @field_validator("public_url")
    @classmethod
    def _as_a_dataref_has_it(cls, value: str) -> str:
        """Small letters, no default port: so that our own datarefs, which are read that way, are known as ours."""
        return str(_DATAREF.validate_python(value)).rstrip("/")

    @field_validator("master_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if [len(key) for key in _seeds(value)] not in ([], [_KEY_BYTES]):
            raise ValueError("GVD_MASTER_KEY must be the base64 of 32 bytes")
        return value

    @field_validator("signing_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        if any(len(key) != _KEY_BYTES for key in _seeds(value)):
            raise ValueError("GVD_SIGNING_KEYS must be the base64 of 32 bytes, or more of them with commas between")
        return value

    @property
    def signing_seeds(self) -> list[bytes]:
        """The private keys of webhooks, the one that signs first."""
        return _seeds(self.signing_keys)

    @property
    def webhook_origin(self) -> str:
        """Who asks a receiver for permission: a name for all our processes together (CloudEvents Web Hooks §4.1.2)."""
        return urlsplit(self.delivery_url).hostname or "localhost"

    def source(self, service: str) -> str:
        """The CloudEvents source of one service (NL GOV profile: urn:nld:oin:<OIN>:systeem:<name>)."""
        return f"urn:nld:oin:{self.oin}:systeem:gvd-{service}"


def _seeds(value: SecretStr) -> list[bytes]:
    """What is not base64 becomes an empty key, which no check lets pass: an error would quote it."""
    return [_decoded(text.strip()) for text in value.get_secret_value().split(",") if text.strip()]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
