"""Where notices go: the file `channels.yaml` of the data folder, and Apprise that brings them there.

The file holds passwords and addresses: neither it nor what it names is ever logged.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import logging
import smtplib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import apprise
import yaml
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wenzheng.catalog.messages import Message
from wenzheng.gateways.sms import NotDelivered, SmsGateway, send_sms

__all__ = [
    "ADDRESS",
    "BadChannels",
    "Channels",
    "NotDelivered",
    "PersonChannels",
    "SmsGateway",
    "Target",
    "Way",
    "deliver",
    "read_channels",
]

ADDRESS: Final = "{address}"

# Apprise names recipients and hosts in its own log.
logging.getLogger("apprise").disabled = True


class BadChannels(Exception):
    """channels.yaml cannot be used; the sentence names the key and quotes no value."""


Url = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Way:
    """How somebody is reached: an Apprise URL, or a gateway for text messages with the number it is for."""

    url: str
    gateway: SmsGateway | None = None
    to: str = ""


class PersonChannels(BaseModel):
    """Apprise URLs with `{address}` where a person's mail address or phone number goes, or a gateway."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mail: Url | None = None
    sms: Url | SmsGateway | None = None

    def of(self, contact: str) -> Way | None:
        """What reaches a mail address or phone number."""
        found = self.mail if "@" in contact else self.sms
        if isinstance(found, SmsGateway):
            return Way(f"{found.url}#{contact.strip()}", found, contact.strip())
        return None if found is None else Way(found.replace(ADDRESS, quote(contact.strip(), safe="@+")))


class Channels(BaseModel):
    """What channels.yaml may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: Url
    language: Literal["zh", "en"] = "zh"
    author: PersonChannels = PersonChannels()
    people: PersonChannels | None = None
    roles: dict[str, list[Url]] = {}
    units: dict[str, dict[str, list[Url]]] = {}

    def of_role(self, role: str, unit: str | None) -> list[str]:
        """The URLs of a role: those of its unit, else those of the role everywhere."""
        return self.units.get(unit or "", {}).get(role) or self.roles.get(role, [])

    @property
    def staff(self) -> PersonChannels:
        """What reaches people of the house; unless given, what reaches authors."""
        return self.people or self.author


def read_channels(path: Path) -> Channels | None:
    """The file's channels, None when there is no file. Raises BadChannels."""
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadChannels(f"expected YAML in {path.name}, found {type(error).__name__}; mend it") from error
    try:
        return Channels.model_validate(found)
    except ValidationError as error:
        # Not the error's own text: it would quote the URL, password and all.
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise BadChannels(f"{path.name}, {key}: {first['msg']}; see docs/how-to/notices.md") from None


@dataclass(frozen=True)
class Target:
    """One address of a notice, and the language that is read there (zh or en); `to` is a gateway's number.

    `person` is the account of whoever has the address: a person is told once, also when the address changes
    between two tries.
    """

    url: str
    language: str = "zh"
    person: str | None = None
    gateway: SmsGateway | None = None
    to: str = ""

    @property
    def id(self) -> str:
        """Names the address without telling it (12 hex digits); the same for the same person or URL."""
        named = f"person/{self.person}" if self.person is not None else self.url
        return hashlib.sha256(named.encode()).hexdigest()[:12]


def deliver(target: Target, message: Message, key: str) -> None:
    """Hand a message over. A repeat carries the same Message-ID or Idempotency-Key, made of `key`.

    Blocks for seconds at most (Apprise's time limits). Raises NotDelivered; its sentence names the
    service and its host, and no person.
    """
    if target.gateway is not None:
        send_sms(target.gateway, target.to, message.body, key)
        return
    service = apprise.Apprise.instantiate(target.url, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        schema = target.url.partition(":")[0][:20]
        raise NotDelivered(f"expected an Apprise URL, found one of {schema!r} that it cannot read")
    where = f"{target.url.partition(':')[0]} at {getattr(service, 'smtp_host', None) or service.host}"
    if isinstance(service, NotifyEmail):
        _mail(service, message, key, where)
        return
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        headers["Idempotency-Key"] = key
    if not service.notify(body=message.body, title=message.subject, body_format="text"):
        raise NotDelivered(f"expected {where} to take the notice, found that it refused or was away")


def _mail(service: Any, message: Message, key: str, where: str) -> None:
    """Send by the mail server Apprise has read from the URL, with a Message-ID that stays the same."""
    if not service.targets:
        raise NotDelivered(f"expected somebody to write to, found no address for {where}")
    sender = service.from_addr[1]
    prepared = NotifyEmail.prepare_emails(
        subject=message.subject,
        body=message.body,
        from_addr=service.from_addr,
        to=service.targets,
        cc=service.cc,
        bcc=service.bcc,
        reply_to=service.reply_to,
        smtp_host=service.smtp_host,
        notify_format="text",
        headers=service.headers,
        names=service.names,
        tzinfo=service.tzinfo,
    )
    try:
        with AppriseSMTPController(
            host=service.smtp_host,
            port=service.port,
            secure_mode=service.secure_mode,
            user=service.user,
            password=service.password,
            verify_certificate=service.verify_certificate,
            socket_connect_timeout=service.socket_connect_timeout,
        ) as smtp:
            for number, one in enumerate(prepared):
                letter = email.message_from_string(one.body, policy=email.policy.SMTP)
                letter.replace_header("Message-ID", f"<{key}.{number}@{sender.rpartition('@')[2]}>")
                if not smtp.sendmail(sender, one.to_addrs, letter.as_string()):
                    raise NotDelivered(f"expected {where} to take the letter, found that it refused it")
    except (OSError, smtplib.SMTPException, RuntimeError) as error:
        code = getattr(error, "smtp_code", "")
        said = f"{type(error).__name__} {code}".strip()
        raise NotDelivered(f"expected {where} to take the letter, found {said}") from error
