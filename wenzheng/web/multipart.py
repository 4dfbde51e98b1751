"""Reading a form with files, piece by piece: files go to the spool, never into memory.

What is over a limit is refused as soon as the limit is passed; the rest of the request is then read and
thrown away, up to a cap, so that a browser gets to reading the answer. Whatever happens, nothing of a
request that was not kept stays in the spool.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import anyio
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request

from wenzheng.gateways.ports import Blobs, BlobsFull, Spooled
from wenzheng.petitions import attachments as rules
from wenzheng.petitions.attachments import FileLimits
from wenzheng.petitions.findings import Finding
from wenzheng.web.limits import STALLED_SECONDS, declared_length, lift_body_limit, waits_for_a_word
from wenzheng.web.problems import Problem
from wenzheng.web.services import services_of

DRAINED_UPLOAD: Final = 2 * 1024**3
"""Bytes of a refused upload that are read and thrown away; a phone's film is smaller."""
_PIECE: Final = 1024 * 1024
"""Bytes that are written to the spool at once."""
_FRAME: Final = 1024 * 1024
"""What a request may hold besides its files: boundaries, headers."""
_MOST_PARTS: Final = 200
_PLAIN: Final = "application/x-www-form-urlencoded"
_LONGEST_NAME: Final = 1000

_LOG = logging.getLogger(__name__)


@dataclass
class SentFile:
    """A file of a form: spooled, or refused already while it was read."""

    field: str
    name: str
    spooled: Spooled | None = None
    refused: Finding | None = None


@dataclass
class SentForm:
    """A form as it was sent. `fields` are the other fields; `overflowed` when the request was too large."""

    fields: FormData
    files: list[SentFile]
    overflowed: bool = False


@asynccontextmanager
async def sent_form(request: Request) -> AsyncIterator[SentForm]:
    """The form of a request; the files nobody has put in the blob store by the end are gone then.

    Raises Problem: 400 for a form that breaks off or cannot be read, 408 for a sender who stalls, 413 for
    one who sends more than is worth throwing away, 415 for another media type.
    """
    services = services_of(request)
    if request.headers.get("content-type", "").startswith(_PLAIN):
        async with request.form(max_fields=_MOST_PARTS) as plain:
            yield SentForm(plain, [])
        return
    reader = _Reader(services.blobs, services.settings.files, services.settings.body_limit)
    try:
        yield await reader.read(request)
    finally:
        # Shielded: also when the sender has gone, and the handler with them.
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(reader.discard)


async def words_of(request: Request) -> SentForm:
    """The words of a form, and the names of its files, of which nothing is kept: their sender may send none.

    Empty for a body that is no form. Raises Problem: 400 for a form that breaks off or cannot be read, 408
    for a sender who stalls, 413 for one who sends more than is worth throwing away.
    """
    media_type = request.headers.get("content-type", "")
    if media_type.startswith(_PLAIN):
        async with request.form(max_fields=_MOST_PARTS) as plain:
            return SentForm(plain, [])
    if not media_type.startswith("multipart/form-data"):
        return SentForm(FormData(), [])
    services = services_of(request)
    none = dataclasses.replace(services.settings.files, most=0)
    return await _Reader(services.blobs, none, services.settings.body_limit).read(request)


@dataclass
class _Part:
    """The part being read."""

    field: str
    file: SentFile | None
    words: bytearray = dataclasses.field(default_factory=bytearray)


class _Reader:
    """Takes one multipart request apart."""

    def __init__(self, blobs: Blobs, limits: FileLimits, most_words: int) -> None:
        self._blobs = blobs
        self._limits = limits
        self._words_left = most_words
        self._parts = 0
        self._events: list[tuple[str, bytes]] = []
        self._part: _Part | None = None
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._buffer = bytearray()
        self._ended = False
        self.fields: list[tuple[str, str | UploadFile]] = []
        self.files: list[SentFile] = []

    async def read(self, request: Request) -> SentForm:
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            detail = "Expected a form with files (multipart/form-data). Send it as one."
            raise Problem(415, "unsupported-media-type", detail)
        lift_body_limit(request)
        declared = declared_length(request.headers)
        most = self._limits.total + self._words_left + _FRAME
        if declared is not None and declared > (
            most if waits_for_a_word(request.headers) else DRAINED_UPLOAD
        ):
            raise upload_too_large(self._limits)
        overflowed = await self._take_apart(request, self._parser(boundary), most)
        if not self._ended and not overflowed:
            raise _broken("the form ends in the middle")
        return SentForm(FormData(self.fields), self.files, overflowed)

    def discard(self) -> None:
        """Forget what is still in the spool."""
        for file in self.files:
            if file.spooled is not None:
                file.spooled.discard()

    async def _take_apart(self, request: Request, parser: MultipartParser, most: int) -> bool:
        seen = 0
        async for chunk in _pieces(request):
            before, seen = seen, seen + len(chunk)
            if seen > DRAINED_UPLOAD:
                raise upload_too_large(self._limits)
            if before > most:
                # Far too much altogether: no part of it is looked at any more.
                await run_in_threadpool(self._give_up)
                continue
            try:
                parser.write(chunk)
            except FormParserError as error:
                raise _broken(str(error)) from error
            await self._happened()
        return seen > most

    def _give_up(self) -> None:
        for file in self.files:
            if file.spooled is not None:
                file.spooled.discard()
                file.spooled = None
            file.refused = file.refused or rules.too_much(self._limits)
        if not self.files:
            self.files.append(SentFile("file", "", refused=rules.too_much(self._limits)))

    # --- what the parser says: kept in order, done after each piece -------------------------------

    def _parser(self, boundary: bytes) -> MultipartParser:
        def said(what: str) -> None:
            self._events.append((what, b""))

        def data(what: str, piece: bytes, start: int, end: int) -> None:
            self._events.append((what, bytes(piece[start:end])))

        return MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: said("begin"),
                "on_header_field": lambda piece, start, end: data("header", piece, start, end),
                "on_header_value": lambda piece, start, end: data("value", piece, start, end),
                "on_header_end": lambda: said("header-end"),
                "on_headers_finished": lambda: said("headers"),
                "on_part_data": lambda piece, start, end: data("data", piece, start, end),
                "on_part_end": lambda: said("end"),
                "on_end": lambda: said("finished"),
            },
        )

    async def _happened(self) -> None:
        events, self._events = self._events, []
        for what, piece in events:
            match what:
                case "data":
                    await self._data(piece)
                case "end":
                    await self._end()
                case "finished":
                    self._ended = True
                case _:
                    self._heading(what, piece)

    def _heading(self, what: str, piece: bytes) -> None:
        match what:
            case "begin":
                self._header, self._value, self._disposition = b"", b"", b""
                self._parts += 1
                if self._parts > _MOST_PARTS:
                    raise _broken(f"more than {_MOST_PARTS} parts")
            case "header":
                self._header += piece
            case "value":
                self._value += piece
            case "header-end":
                if self._header.lower() == b"content-disposition":
                    self._disposition = self._value
                self._header, self._value = b"", b""
            case "headers":
                self._open()

    def _open(self) -> None:
        _kind, options = parse_options_header(self._disposition)
        name = _text(options.get(b"name", b""))
        file = None
        if b"filename" in options:
            file = SentFile(name, _text(options[b"filename"])[:_LONGEST_NAME])
        self._part = _Part(name, file)
        self._buffer.clear()

    async def _data(self, piece: bytes) -> None:
        part = self._part
        assert part is not None  # the parser says "headers" before "data"
        if part.file is None:
            self._words_left -= len(piece)
            if self._words_left < 0:
                raise _broken("more text than a form may hold")
            part.words += piece
        elif part.file.refused is None:
            self._buffer += piece
            if len(self._buffer) >= _PIECE:
                await self._spool(part.file)

    async def _end(self) -> None:
        part, self._part = self._part, None
        assert part is not None  # as above
        if part.file is None:
            self.fields.append((part.field, _text(bytes(part.words))))
            return
        file = part.file
        if not file.name and not self._buffer and file.spooled is None:
            return  # a field for files that was left empty
        if file.refused is None:
            await self._spool(file)

    async def _spool(self, file: SentFile) -> None:
        """Write what has come of a file; refuse it once it is too large, or one too many."""
        piece = bytes(self._buffer)
        self._buffer.clear()
        if file.spooled is None:
            file.refused = self._no_more()
            self.files.append(file)
            if file.refused is not None:
                return
        size = len(piece) + (file.spooled.size if file.spooled is not None else 0)
        if size > self._limits.largest:
            file.refused = rules.too_large(self._limits)
            if file.spooled is not None:
                await run_in_threadpool(file.spooled.discard)
                file.spooled = None
            return
        try:
            await run_in_threadpool(self._write, file, piece)
        except BlobsFull as error:
            _LOG.error("an upload was refused: %s", error)
            file.refused = disk_full()

    def _no_more(self) -> Finding | None:
        waiting = sum(file.spooled is not None for file in self.files)
        return rules.too_many(self._limits) if waiting >= self._limits.most else None

    def _write(self, file: SentFile, piece: bytes) -> None:
        if file.spooled is None:
            file.spooled = self._blobs.spool()
        file.spooled.write(piece)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, from a sender who keeps sending."""
    stream = request.stream()
    while True:
        try:
            with anyio.fail_after(STALLED_SECONDS):
                piece = await anext(stream, None)
        except TimeoutError as error:
            detail = f"Nothing came for {STALLED_SECONDS:g} seconds; nothing was kept. Send it again."
            raise Problem(408, "upload-stalled", detail, headers={"Connection": "close"}) from error
        if piece is None:
            return
        yield piece


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _broken(why: str) -> Problem:
    detail = f"The form could not be read: {why}. Nothing of it was kept; send it again."
    return Problem(400, "broken-form", detail, headers={"Connection": "close"})


def upload_too_large(limits: FileLimits) -> Problem:
    """The refusal of a request nobody reads to its end."""
    finding = rules.too_much(limits)
    return Problem(413, "too-large", finding.en, headers={"Connection": "close"})


def disk_full() -> Finding:
    """There is no room for files at all."""
    return Finding(
        "file.disk_full",
        rules.FIELD,
        "系统存储空间不足，暂时不能保存附件；您写的内容都在。请稍后再试，或先提交来信，以后再补充附件。",
        "expected room for the file, found none on our side; what you wrote is kept. "
        "Try later, or send the letter and add the file afterwards.",
    )


def findings_of(files: list[SentFile]) -> Iterator[tuple[str, Finding]]:
    """Names and reasons of the files that were refused."""
    for file in files:
        if file.refused is not None:
            yield file.name, file.refused


__all__ = [
    "ClientDisconnect",
    "SentFile",
    "SentForm",
    "findings_of",
    "sent_form",
    "upload_too_large",
    "words_of",
]
