"""The claim check: the person's own words and how to reach them, encrypted, and the ledger of who read them.

Every text has a key of its own, wrapped by the master key. Forgetting a person is throwing that key away.
"""

import base64
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from pydantic import ConfigDict, StringConstraints

from contracts.base import Contract
from contracts.questions import Dataref
from services.platform import ids
from services.platform.database import Connection

_PURPOSE = "warm hand-off of this question"
_BASIS = "Awb 2:3"


def at_our_address(dataref: Dataref, texts_at: str) -> bool:
    """Whether only we can answer there, also when it is none of our texts: nobody could read the story then.

    On a host with others (a base path) the rest is theirs.
    """
    ours = urlsplit(texts_at)
    base = ours.path.removesuffix("/v1/personal-texts/")
    return _authority(urlsplit(str(dataref))) == _authority(ours) and f"{dataref.path}/".startswith(f"{base}/")


def _authority(url: SplitResult) -> tuple[str | None, int | None]:
    """http and https on their own ports are one place: the one leads to the other."""
    return url.hostname, None if url.port in (None, 80, 443) else url.port


class PersonalText(Contract):
    """What the next desk needs so that the person tells the story once. Never leaves by Kafka or log."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    email: Annotated[str, StringConstraints(max_length=200)] | None = None
    address: Annotated[str, StringConstraints(max_length=300)] | None = None
    representative_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    representative_phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    representative_email: Annotated[str, StringConstraints(max_length=200)] | None = None
    representative_address: Annotated[str, StringConstraints(max_length=300)] | None = None
    text: Annotated[str, StringConstraints(max_length=4000)] | None = None


def filled(content: PersonalText) -> set[str]:
    """The fields somebody filled in."""
    return set(content.model_dump(exclude_none=True))


@dataclass(frozen=True, slots=True)
class Found:
    """A stored text and what it belongs to. `content` is None once the person was forgotten."""

    agency: str
    question: UUID | None
    content: PersonalText | None


class Vault:
    """Encrypts and decrypts with keys wrapped by the master key (AES-GCM, RFC 3394)."""

    def __init__(self, master_key: str) -> None:
        self._master = base64.b64decode(master_key)

    async def leave(self, connection: Connection, agency: str, content: PersonalText, now: datetime) -> UUID:
        text = ids.time_ordered(now)
        key, nonce = AESGCM.generate_key(256), os.urandom(12)
        sealed = AESGCM(key).encrypt(nonce, content.model_dump_json(exclude_none=True).encode(), text.bytes)
        await connection.execute(
            "insert into personal_text (text, agency, key, nonce, content, created_at) values ($1, $2, $3, $4, $5, $6)",
            text,
            agency,
            aes_key_wrap(self._master, key),
            nonce,
            sealed,
            now,
        )
        return text

    async def find(self, connection: Connection, text: UUID) -> Found | None:
        row = await connection.fetchrow(
            "select agency, question, key, nonce, content from personal_text where text = $1", text
        )
        if row is None:
            return None
        if row["key"] is None:
            return Found(row["agency"], row["question"], None)
        plain = AESGCM(aes_key_unwrap(self._master, row["key"])).decrypt(row["nonce"], row["content"], text.bytes)
        return Found(row["agency"], row["question"], PersonalText.model_validate_json(plain))


async def disclose(
    connection: Connection,
    text: UUID,
    question: UUID,
    recipient: str,
    fields: Iterable[str],
    now: datetime,
    purpose: str = _PURPOSE,
) -> None:
    """One line per reading: recipient, fields, purpose, legal basis (requirements R-40, R-46)."""
    await connection.execute(
        "insert into disclosure (disclosure, text, question, recipient, fields, purpose, legal_basis, at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ids.time_ordered(now),
        text,
        question,
        recipient,
        sorted(fields),
        purpose,
        _BASIS,
        now,
    )


async def forget(connection: Connection, text: UUID, agency: str, now: datetime) -> bool:
    """Throw the key away. Who left the text may, and who follows its question now: the first door can be no more."""
    done = await connection.execute(
        "update personal_text p set key = null, forgotten_at = $3 where text = $1 and key is not null and (agency = $2 "
        "or exists (select 1 from keyed k where k.key = p.question and k.state ->> 'follower' = $2))",
        text,
        agency,
        now,
    )
    return bool(done == "UPDATE 1")


async def claim_texts(connection: Connection, wanted: Sequence[tuple[UUID, str, UUID | None]]) -> list[UUID]:
    """Tie texts to their questions; gives those that are not this agency's or already in use."""
    if not wanted:
        return []
    claimed = await connection.fetch(
        "update personal_text p set question = w.question "
        "from unnest($1::uuid[], $2::text[], $3::uuid[]) as w(text, agency, question) "
        "where p.text = w.text and p.agency = w.agency and p.question is null and p.key is not null returning p.text",
        [text for text, _, _ in wanted],
        [agency for _, agency, _ in wanted],
        [question for _, _, question in wanted],
    )
    good = {row["text"] for row in claimed}
    return [text for text, _, _ in wanted if text not in good]
