"""Signed webhooks, as Standard Webhooks 1.0 describes them: who may hand letters in, and how we sign ours.

A sender signs `ID.TIMESTAMP.BODY` with HMAC-SHA256 and a shared secret. Several secrets may hold at the same
time, so that one can be replaced without a pause. The secrets stand in a file of the data folder: neither
they nor what was sent is ever logged or kept in the store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
TOLERANCE: Final = timedelta(minutes=5)
"""How far the time of sending may lie from ours, both ways."""
LONGEST_ID: Final = 80
"""Characters of an id: an act id is made of it."""
_SHORTEST_SECRET: Final = 24
_LONGEST_SECRET: Final = 64
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_MOST_SIGNATURES: Final = 10
_DIGITS: Final = 12


class BadSecrets(Exception):
    """The file of secrets cannot be used; the sentence names the place and quotes no value."""


class NotGenuine(Exception):
    """A webhook that cannot be believed. `code` is stable; the sentence says what to do."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Secret:
    """A secret that a gateway and the city share."""

    key: bytes = field(repr=False)


def read_secret(text: object) -> Secret:
    """A secret as it is written: `whsec_` and base64 of 24 to 64 bytes. Raises ValueError without it."""
    try:
        key = base64.b64decode(str(text).removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not isinstance(text, str) or not _SHORTEST_SECRET <= len(key) <= _LONGEST_SECRET:
        expected = f"{_PREFIX} and base64 of {_SHORTEST_SECRET} to {_LONGEST_SECRET} bytes"
        raise ValueError(f"expected {expected}, found something else")
    return Secret(key)


def read_secrets(path: Path) -> dict[str, tuple[Secret, ...]]:
    """The secrets of each channel, `CHANNEL: [SECRET, …]` in YAML; none without a file. Raises BadSecrets."""
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        # Not the error's own text: it would quote the line, secret and all.
        raise BadSecrets(f"expected YAML in {path.name}, found {type(error).__name__}; mend it") from None
    if not isinstance(found, dict):
        raise BadSecrets(f"expected CHANNEL: [SECRET, …] in {path.name}, found something else; mend it")
    return {str(channel): _secrets_of(path.name, channel, given) for channel, given in found.items()}


def _secrets_of(name: str, channel: object, given: object) -> tuple[Secret, ...]:
    listed = given if isinstance(given, list) else [given]
    try:
        return tuple(read_secret(one) for one in listed)
    except ValueError as error:
        raise BadSecrets(f"{name}, {channel}: {error}; see docs/how-to/channels.md") from None


def signature(secret: Secret, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a webhook under one secret."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.key, signed, hashlib.sha256).digest()
    return f"{_VERSION},{base64.b64encode(digest).decode()}"


def headers(secrets: Iterable[Secret], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a webhook we send, signed under each secret that holds."""
    timestamp = int(at.timestamp())
    signed = " ".join(signature(secret, webhook_id, timestamp, body) for secret in secrets)
    return {ID: webhook_id, TIMESTAMP: str(timestamp), SIGNATURE: signed}


def verify(secrets: Sequence[Secret], given: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a webhook that one of the secrets has signed just now. Raises NotGenuine."""
    webhook_id, stamp, signed = (given.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not webhook_id or not stamp or not signed:
        raise NotGenuine("missing-signature", f"Expected the headers {ID}, {TIMESTAMP} and {SIGNATURE}.")
    if len(webhook_id) > LONGEST_ID or not webhook_id.isascii() or not _plain(webhook_id):
        raise NotGenuine("bad-webhook-id", f"Expected at most {LONGEST_ID} letters, digits, - and _ in {ID}.")
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > _DIGITS:
        raise NotGenuine("bad-timestamp", f"Expected seconds since 1970 in {TIMESTAMP}.")
    sent_at = datetime.fromtimestamp(int(stamp), UTC)
    if abs(now - sent_at) > TOLERANCE:
        word = "old" if sent_at < now else "early"
        minutes = int(TOLERANCE.total_seconds() // 60)
        detail = (
            f"It was sent more than {minutes} minutes too {word} by our clock. Send it again, signed anew."
        )
        raise NotGenuine(f"too-{word}", detail)
    wanted = [signature(secret, webhook_id, int(stamp), body) for secret in secrets]
    offered = signed.split(" ")[:_MOST_SIGNATURES]
    # Every pair is compared: how long it takes tells nothing of which secret was near.
    matches = [
        hmac.compare_digest(one.encode("utf-8", "replace"), ours.encode())
        for one in offered
        for ours in wanted
    ]
    if not any(matches):
        detail = (
            "No signature is right for this channel. Check the secret, and that the body is sent as signed."
        )
        raise NotGenuine("bad-signature", detail)
    return webhook_id


def _plain(webhook_id: str) -> bool:
    """Letters, digits, hyphens, underscores: with a full stop two webhooks could have one signed text."""
    return webhook_id.replace("-", "").replace("_", "").isalnum()
