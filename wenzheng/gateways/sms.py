"""Text messages through a gateway: a webhook we send, signed as those are that we take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wenzheng.gateways.webhooks import headers, read_secret

_TIMEOUT: Final = httpx2.Timeout(10.0)
_TAKEN: Final = range(200, 300)


class NotDelivered(Exception):
    """A channel did not take a notice; it may be tried again."""


def _secret(text: str) -> str:
    read_secret(text)
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError("expected http(s)://HOST/PATH without a password, found something else")
    return text


class SmsGateway(BaseModel):
    """Where text messages are handed over, and the secrets they are signed with (`whsec_…`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, AfterValidator(_address)]
    secrets: Annotated[
        tuple[Annotated[str, AfterValidator(_secret)], ...], Field(min_length=1, max_length=5, repr=False)
    ]


def _now() -> datetime:
    return datetime.now(UTC)


def send_sms(gateway: SmsGateway, to: str, text: str, key: str, now: Callable[[], datetime] = _now) -> None:
    """Hand a text message over. A repeat carries the same webhook-id and Idempotency-Key, made of `key`.

    Blocks for ten seconds at most. Raises NotDelivered; its sentence names the host and no person.
    """
    at = now()
    told = {"type": "message.send", "timestamp": at.isoformat(), "data": {"to": to, "text": text}}
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    webhook_id = f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    secrets = [read_secret(one) for one in gateway.secrets]
    signed = headers(secrets, webhook_id, at, body)
    where = f"the gateway at {urlsplit(gateway.url).hostname}"
    try:
        # No redirect is followed: the message is for this gateway. No proxy of the environment is asked.
        with httpx2.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = client.post(
                gateway.url,
                content=body,
                headers=signed | {"Content-Type": "application/json", "Idempotency-Key": key},
            )
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        said = type(error).__name__
        raise NotDelivered(f"expected {where} to take the message, found {said}") from error
    if answer.status_code not in _TAKEN:
        raise NotDelivered(f"expected {where} to take the message, found status {answer.status_code}")
