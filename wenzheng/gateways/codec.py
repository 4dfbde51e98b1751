"""How definitions and calendars travel through Temporal: as digests.

The payload of a definition or calendar is its sha256 (32 bytes) and nothing else. The codec fetches what
it stands for in a thread while the payload is decoded, off the workflow thread; the converter
then hands the workflow the object from memory. If it is missing, decoding fails, the workflow
task is retried, and the letter goes on once the definition is deployed.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
)

from wenzheng.calendars import Calendar
from wenzheng.catalog.registry import Registry
from wenzheng.contracts import CalendarRef, DefinitionRef
from wenzheng.engine.definition import Definition
from wenzheng.gateways.wire import WireConverter

_ENCODING_KEY: Final = "encoding"
_DEFINITION: Final = "wenzheng/definition"
_CALENDAR: Final = "wenzheng/calendar"
_HEX_DIGITS: Final = 64


class _DigestConverter(EncodingPayloadConverter):
    """Converts references and loaded objects to a digest, and a digest to the loaded object."""

    def __init__(self, encoding: str, kinds: tuple[type[Any], type[Any]], registry: Registry | None) -> None:
        self._encoding = encoding
        self._kinds = kinds
        self._registry = registry

    @property
    def encoding(self) -> str:
        return self._encoding

    def to_payload(self, value: Any) -> Payload | None:
        if not isinstance(value, self._kinds):
            return None
        digest = value.version if isinstance(value, Calendar) else str(value.digest)
        return Payload(metadata={_ENCODING_KEY: self._encoding.encode()}, data=bytes.fromhex(digest))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002
        digest = _digest(payload)
        if self._registry is None:  # a client that only sends, or looks at histories
            reference = DefinitionRef if self._encoding == _DEFINITION else CalendarRef
            return reference(digest)
        if self._encoding == _DEFINITION:
            return self._registry.definition(digest)
        return self._registry.calendar(digest)


def _digest(payload: Payload) -> str:
    """As hex digits. Version 0.1.0 wrote the digits, twice as long."""
    return payload.data.decode() if len(payload.data) == _HEX_DIGITS else payload.data.hex()


class DigestCodec(PayloadCodec):
    """Leaves payloads as they are; makes sure that what a digest stands for is in memory."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads leave as they are."""
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads arrive as they are, once their digests are resolved. Raises NotDeployed."""
        for payload in payloads:
            encoding = payload.metadata.get(_ENCODING_KEY, b"").decode()
            if encoding not in (_DEFINITION, _CALENDAR):
                continue
            digest = _digest(payload)
            if encoding == _DEFINITION and not self._registry.has_definition(digest):
                await asyncio.to_thread(self._registry.fetch_definition, digest)
            elif encoding == _CALENDAR and not self._registry.has_calendar(digest):
                await asyncio.to_thread(self._registry.fetch_calendar, digest)
        return list(payloads)


def data_converter(registry: Registry | None) -> DataConverter:
    """Temporal's converter with our two digests; without a registry digests stay references."""
    shared = CompositePayloadConverter(
        _DigestConverter(_DEFINITION, (Definition, DefinitionRef), registry),
        _DigestConverter(_CALENDAR, (Calendar, CalendarRef), registry),
        *(
            WireConverter() if isinstance(plain, JSONPlainPayloadConverter) else plain
            for plain in DefaultPayloadConverter.default_encoding_payload_converters
        ),
    )

    class Converter(CompositePayloadConverter):
        def __init__(self) -> None:
            self.converters = shared.converters  # every workflow in memory has a converter of its own

    return dataclasses.replace(
        DataConverter.default,
        payload_converter_class=Converter,
        payload_codec=DigestCodec(registry) if registry is not None else None,
    )
